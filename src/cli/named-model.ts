import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DatumError } from '../errors.js';
import { launcherForFile, modelFileEndings } from '../launchers/registry.js';
import { openModel, type LoadOptions } from '../models/open.js';
import type { ModelConfig } from '../models/config.js';
import type { OpenModel } from '../models/open-model.js';
import { Project } from '../project/project.js';
import { commandHint } from './command-hints.js';
import { flagName } from './flag-names.js';
import type { LauncherFlags } from './launcher-flags.js';

/**
 * Opens the model that `-m` names: a registered one, or a model file, for which no project is needed. Launcher flags
 * overrule what is registered.
 *
 * @throws DatumError where it is neither, or does not load.
 */
export async function openNamedModel(
  name: string,
  folder: string,
  flags: LauncherFlags,
  options: Pick<LoadOptions, 'workers' | 'image' | 'signal'>,
): Promise<OpenModel> {
  // With a launcher named, any file is a model.
  const registered = flags.launcher !== undefined && (await isFile(name)) ? null : await registeredModel(name, folder);
  if (registered !== null) {
    const { interpreterOptions, ...rest } = registered;
    // Options were inferred for the registered interpreter; another one has its own.
    const kept = flags.interpreter === undefined && interpreterOptions !== undefined ? { interpreterOptions } : {};
    return openModel({ ...rest, ...kept, ...flags }, { ...options, name });
  }
  const path = resolve(name);
  if (flags.launcher === undefined && launcherForFile(name) === undefined) {
    const nothing = (await isFile(path))
      ? `the ending of ${path} is that of no model file (${modelFileEndings().join(', ')}): say what opens it with -l, behind --.`
      : `'${name}' is neither a model file nor a model of the project in ${resolve(folder)}: 'datum model list' shows them.`;
    throw new DatumError('model', nothing);
  }
  return openModel({ ...flags, description: path }, options);
}

/** Null where the project has no such model, or there is no project and the name is a path. */
async function registeredModel(name: string, folder: string): Promise<ModelConfig | null> {
  let project: Project;
  try {
    project = await Project.open(folder);
  } catch (error) {
    // Without a project, or with a damaged one, a path still works; where it leads nowhere, that is what to say.
    if (launcherForFile(name) !== undefined) return null;
    if (error instanceof DatumError && !(await isFile(resolve(folder, '.datum', 'config.json')))) {
      throw new DatumError('model', `'${name}' is no model file, and ${error.say(flagName)}${commandHint(error)}`, {
        cause: error,
      });
    }
    throw error;
  }
  return project.hasModel(name) ? project.model(name) : null;
}

async function isFile(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
