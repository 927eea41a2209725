import { resolve } from 'node:path';
import { Command } from 'commander';
import { DatumError } from '../../errors.js';
import type { ModelConfig } from '../../models/config.js';
import { namesOf } from '../../plugins/entry.js';
import { isScriptPath } from '../../plugins/module-path.js';
import { flagName } from '../flag-names.js';
import type { Io } from '../io.js';
import { launcherChoice, launcherCommand, launcherFlags } from '../launcher-flags.js';
import { modelRunCommand } from './model-run.js';

interface AddFlags {
  readonly name?: string;
  readonly launcher?: string;
  readonly copy?: boolean;
  readonly check: boolean;
  readonly project: string;
}

/** `datum model add|remove|list`. */
export function modelCommand(io: Io, launcherArgs: readonly string[]): Command {
  const model = new Command('model').description("the project's models");
  model
    .command('add')
    .argument('[name]', 'what to call it (default: model-0, model-1...)')
    .usage('[NAME] -l LAUNCHER [options] -- LAUNCHER_ARGS')
    .description("register a model; LAUNCHER_ARGS are listed by 'datum model add -- -h'")
    .option('-n, --name <name>', 'the same as NAME')
    .option('-l, --launcher <name|file>', launcherChoice())
    .option('--copy', 'copy its files into the project')
    .option('--no-check', 'do not load it')
    .option('-p, --project <dir>', "the project's folder", '.')
    .action((name: string | undefined, flags: AddFlags) => add(io, nameOf(name, flags.name), flags, launcherArgs));
  model
    .command('remove')
    .argument('<name>')
    .description('take a model out of the project')
    .option('-p, --project <dir>', "the project's folder", '.')
    .action(async (name: string, { project }: { project: string }) => {
      const { Project } = await import('../../project/project.js');
      await (await Project.open(project)).removeModel(name);
      io.stdout.line(`Removed the model ${name}.`);
    });
  model
    .command('list')
    .description("list the project's models")
    .option('-v, --verbose', 'with all their settings')
    .option('--json', 'as JSON')
    .option('-p, --project <dir>', "the project's folder", '.')
    .action((flags: { verbose?: boolean; json?: boolean; project: string }) => list(io, flags));
  return model.addCommand(modelRunCommand(io, launcherArgs));
}

function nameOf(positional: string | undefined, flag: string | undefined): string | undefined {
  if (positional !== undefined && flag !== undefined && positional !== flag) {
    throw new DatumError('usage', `two names are given, ${positional} and ${flag}: give one.`);
  }
  return positional ?? flag;
}

async function add(
  io: Io,
  name: string | undefined,
  { launcher, copy = false, check, project: folder }: AddFlags,
  launcherArgs: readonly string[],
): Promise<void> {
  const { Project } = await import('../../project/project.js');
  const { modelConfigSchema } = await import('../../models/config.js');
  if (launcher !== undefined && (await addPlugin(io, name, { launcher, check, project: folder }, launcherArgs))) return;
  const flags = launcherFlags(launcherCommand().exitOverride().parse(launcherArgs, { from: 'user' }));
  if (flags.description === undefined) {
    throw new DatumError('usage', 'name the model file: datum model add NAME -l onnx -- -d model.onnx');
  }
  const { launcherForFile, LAUNCHERS, loadLauncher } = await import('../../launchers/registry.js');
  const named = namedLauncher(launcher, flags.launcher);
  const chosen = named ?? launcherForFile(flags.description)?.name;
  if (chosen === undefined) {
    throw new DatumError(
      'usage',
      `the ending of ${flags.description} belongs to no launcher: name one with -l (${namesOf(LAUNCHERS)}).`,
    );
  }
  await loadLauncher(chosen);
  const project = await Project.open(folder);
  project.checkNewName(name ?? project.freeModelName());
  let config: ModelConfig = modelConfigSchema.parse({ ...flags, launcher: chosen });
  if (check) config = await checked(io, config);
  const added = await project.addModel(name ?? null, config, copy ? await filesOf(config) : []);
  for (const [what, path] of [
    ['launcher', config.launcher],
    ['script', config.interpreter],
  ] as const) {
    if (!copy || path === undefined || !isScriptPath(path)) continue;
    io.stderr.line(`The ${what} ${path} is not copied: it may import others beside it.`);
  }
  io.stdout.line(`Added the model ${added}.`);
}

/**
 * Registers a model that a plug-in of Datumaro runs, whose own parser reads the arguments.
 *
 * @returns false where the launcher is none of the project's plug-ins
 */
async function addPlugin(
  io: Io,
  name: string | undefined,
  { launcher, check, project: folder }: Required<Pick<AddFlags, 'launcher' | 'check' | 'project'>>,
  launcherArgs: readonly string[],
): Promise<boolean> {
  const { LAUNCHERS } = await import('../../launchers/registry.js');
  if (isScriptPath(launcher) || LAUNCHERS.some(({ name: own }) => own === currentName(launcher))) return false;
  const { Project } = await import('../../project/project.js');
  // Without a project there are no plug-ins: that no launcher has this name is what to say.
  const project = await Project.open(folder).catch(() => null);
  const plugins = (await project?.pluginFolder()) ?? null;
  if (project === null || plugins === null) return false;
  project.checkNewName(name ?? project.freeModelName());
  const { parsePluginArguments } = await import('../../launchers/python/plugins.js');
  const at = launcherArgs.indexOf('--python');
  const python = at < 0 ? undefined : launcherArgs[at + 1];
  const parsed = await parsePluginArguments(plugins, launcher, launcherArgs, { python });
  // What the plug-in does not know is for us.
  const flags = launcherFlags(launcherCommand().exitOverride().parse(parsed.rest, { from: 'user' }));
  const { modelConfigSchema } = await import('../../models/config.js');
  const plugin = { name: launcher, options: parsed.options };
  const config = modelConfigSchema.parse({ ...flags, launcher: 'python', description: plugins, plugin });
  const added = await project.addModel(name ?? null, check ? await checked(io, config) : config);
  io.stdout.line(`Added the model ${added}.`);
  return true;
}

/** A launcher's name as it is now: early releases of Datumaro wrote this one in two words. */
function currentName(launcher: string): string {
  return /^open_?vino$/i.test(launcher) ? 'openvino' : launcher;
}

/** The launcher may be named on both sides of `--`. */
function namedLauncher(before: string | undefined, behind: string | undefined): string | undefined {
  const named = before === undefined ? undefined : isScriptPath(before) ? resolve(before) : currentName(before);
  if (named !== undefined && behind !== undefined && named !== behind) {
    throw new DatumError('usage', `two launchers are named, ${named} and ${behind}: give one.`);
  }
  return named ?? behind;
}

/** The files that a model is read from, with its labels. */
async function filesOf(config: ModelConfig): Promise<string[]> {
  const { loadLauncher } = await import('../../launchers/registry.js');
  const prepared = await (await loadLauncher(config.launcher)).prepare(config);
  return [...prepared.files, ...(config.labels === undefined ? [] : [config.labels])];
}

/** Loads the model once, tells what was found, and keeps the interpreter that was inferred. */
async function checked(io: Io, config: ModelConfig): Promise<ModelConfig> {
  const { openModel } = await import('../../models/open.js');
  const model = await openModel(config, { workers: 1 });
  try {
    const { describeModel } = await import('../describe-model.js');
    io.stdout.write(describeModel(model.info));
    const { interpreter, interpreterOptions } = model.info;
    // A module is opened by its path again.
    const own = config.interpreter !== undefined && isScriptPath(config.interpreter);
    return { ...config, interpreter: own ? config.interpreter : interpreter, interpreterOptions };
  } finally {
    await model.close();
  }
}

async function list(
  io: Io,
  { verbose, json, project: folder }: { verbose?: boolean; json?: boolean; project: string },
): Promise<void> {
  const { Project } = await import('../../project/project.js');
  const project = await Project.open(folder);
  const models = project.modelNames.flatMap((name) => {
    try {
      return [{ name, ...project.model(name) }];
    } catch (error) {
      if (!(error instanceof DatumError)) throw error;
      io.stderr.line(`${name}: ${error.say(flagName)}`);
      return [];
    }
  });
  if (json === true) {
    io.stdout.write(`${JSON.stringify(models, null, 2)}\n`);
    return;
  }
  if (models.length === 0) io.stderr.write("The project has no models: add one with 'datum model add'.\n");
  for (const { name, launcher, description, interpreter, ...rest } of models) {
    io.stdout.line(`${name}  ${launcher}  ${interpreter ?? '(inferred)'}  ${description}`);
    if (verbose !== true) continue;
    for (const [key, value] of Object.entries(rest)) io.stdout.write(`    ${key}: ${JSON.stringify(value)}\n`);
  }
}
