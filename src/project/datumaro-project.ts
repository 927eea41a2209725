import { stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { codeOf, DatumError, messageOf, option } from '../errors.js';
import { readingReason, readWholeText } from '../files.js';
import { modelConfigSchema, type ModelConfig } from '../models/config.js';
import { describeIssue } from '../schema-issues.js';

/** A model as a project of Datumaro keeps it. */
interface DatumaroModel {
  /** Null where its entry is damaged. */
  readonly launcher: string | null;
  readonly options: Readonly<Record<string, unknown>>;
}

/** A dataset of a project of Datumaro: where it may lie, the most likely place first. */
interface DatumaroSource {
  readonly format: string;
  readonly places: readonly string[];
}

/** A project that any release of Datumaro wrote, as it is: it is read and never written. */
export interface DatumaroProject {
  /** The folder that holds `.datumaro`, absolute. */
  readonly root: string;
  /** Whether release 0.1 wrote it. */
  readonly early: boolean;
  readonly models: ReadonlyMap<string, DatumaroModel>;
  readonly sources: ReadonlyMap<string, DatumaroSource>;
}

/** The folder of Datumaro's own files, and what its releases call the file of models in it: 0.1, and later ones. */
const FOLDER = '.datumaro';
const CONFIGS = ['config.yaml', 'config.yml'] as const;

const sourceSchema = z.looseObject({
  format: z.string().nullish(),
  url: z.string().nullish(),
  path: z.string().nullish(),
});
const modelSchema = z.looseObject({
  launcher: z.string(),
  options: z.record(z.string(), z.unknown()).nullish(),
});
const configSchema = z.looseObject({
  format_version: z.number().nullish(),
  // A damaged model is no other's fault.
  models: z.record(z.string(), z.unknown()).nullish(),
  sources: z.record(z.string(), sourceSchema).nullish(),
});
const treeSchema = z.looseObject({ sources: z.record(z.string(), sourceSchema).nullish() });

/**
 * Reads the project of Datumaro in a folder, or in its `.datumaro`.
 *
 * @returns null where there is none
 * @throws DatumError (`project`) where its files are damaged
 */
export async function readDatumaroProject(folder: string): Promise<DatumaroProject | null> {
  const given = resolve(folder);
  const root = basename(given) === FOLDER ? dirname(given) : given;
  for (const name of CONFIGS) {
    const file = join(root, FOLDER, name);
    const text = await textOf(file);
    if (text === null) continue;
    const config = parsed(configSchema, text, file);
    const early = name === 'config.yaml';
    const tree = early ? null : join(root, FOLDER, 'tree', 'config.yml');
    const treeText = tree === null ? null : await textOf(tree);
    const sources = tree === null || treeText === null ? config.sources : parsed(treeSchema, treeText, tree).sources;
    return {
      root,
      early,
      models: new Map(
        Object.entries(config.models ?? {}).map(([model, entry]) => {
          const read = modelSchema.safeParse(entry);
          return [model, { launcher: read.data?.launcher ?? null, options: read.data?.options ?? {} }];
        }),
      ),
      sources: new Map(
        Object.entries(sources ?? {}).map(([source, { format, url, path }]) => [
          source,
          // Release 0.1 left the data where `url` says, or copied it; later ones copied it to the project's folder.
          { format: format ?? '', places: placesOf(root, early ? 'sources' : '', source, early ? url : path, url) },
        ]),
      ),
    };
  }
  return null;
}

/** The folder of a project of Datumaro above a folder, or null. */
export async function findDatumaroProject(folder: string): Promise<string | null> {
  for (let here = resolve(folder); ; here = dirname(here)) {
    for (const name of CONFIGS) if (await isThere(join(here, FOLDER, name))) return here;
    if (dirname(here) === here) return null;
  }
}

function placesOf(
  root: string,
  copies: string,
  name: string,
  inside: string | null | undefined,
  url: string | null | undefined,
): string[] {
  const copy = join(root, copies, name);
  const places = copies === '' ? [join(copy, inside ?? ''), copy] : [copy];
  if (url != null && url !== '') places.push(resolve(root, url));
  return [...new Set(places)];
}

/**
 * A model of a project of Datumaro, with absolute paths.
 *
 * @throws DatumError (`project`) where its files are not found, or its launcher is none that can be served
 */
export async function datumaroModel(project: DatumaroProject, name: string): Promise<ModelConfig> {
  const model = project.models.get(name);
  if (model === undefined) throw notThere('model', name, project.models, project.root);
  const { launcher, options } = model;
  if (launcher === null) {
    throw new DatumError(
      'project',
      `the model '${name}' of ${project.root} is damaged, since it has no launcher and options: add it anew.`,
      { option: 'model' },
    );
  }
  // Releases 0.1.0 to 0.1.5 wrote it in two words.
  if (!/^open_?vino$/i.test(launcher)) return pluginModel(project, name, model);
  const text = (key: string): string | undefined => {
    const value = options[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const downloaded = text('model_name');
  if (downloaded !== undefined) {
    throw new DatumError(
      'project',
      `the model '${name}' of ${project.root} is '${downloaded}', which Datumaro downloaded: add the model's own files instead.`,
      { option: 'model' },
    );
  }
  const file = async (key: string): Promise<string | undefined> => {
    const given = text(key);
    return given === undefined ? undefined : findFile(project, name, given);
  };
  const layers = options['output_layers'];
  const config = {
    launcher: 'openvino',
    description: await file('description'),
    weights: await file('weights'),
    interpreter: await file('interpreter'),
    device: text('device')?.toLowerCase(),
    outputLayers: Array.isArray(layers) && layers.length > 0 ? layers : undefined,
  };
  const known = modelConfigSchema.safeParse(
    Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined)),
  );
  if (known.success) return known.data;
  const [issue] = known.error.issues;
  throw new DatumError(
    'project',
    `the model '${name}' of ${project.root} is damaged (${issue?.path.join('.') ?? ''} ${issue === undefined ? '' : describeIssue(issue)}): add it anew.`,
    { option: 'model' },
  );
}

/** A model that a plug-in of the project runs. Which file of them is told where the model is opened: by Python. */
async function pluginModel(
  { root, early }: DatumaroProject,
  name: string,
  { launcher, options }: DatumaroModel,
): Promise<ModelConfig> {
  const folder = join(root, FOLDER, 'plugins');
  if (!(await isThere(folder))) {
    throw new DatumError(
      'project',
      `the model '${name}' of ${root} is run by the launcher '${launcher}', a plug-in in Python, and there is no folder ${folder}: put the plug-in there.`,
      { file: folder, option: 'model' },
    );
  }
  // Release 0.1 told every plug-in its folder, later ones where there was one.
  const modelDir = join(root, FOLDER, 'models', name);
  const plugin = { name: launcher, options: { ...options } };
  return modelConfigSchema.parse({
    launcher: 'python',
    description: folder,
    plugin: early || (await isThere(modelDir)) ? { ...plugin, modelDir } : plugin,
  });
}

/** Datumaro kept paths as they were typed, in whatever folder that was. */
async function findFile({ root }: DatumaroProject, model: string, given: string): Promise<string> {
  if (isAbsolute(given) && (await isThere(given))) return given;
  const folders = [join(root, FOLDER, 'models', model), root, process.cwd()];
  const places = [
    ...folders.map((folder) => resolve(folder, given)),
    ...folders.map((folder) => join(folder, basename(given))),
  ];
  for (const place of places) if (await isThere(place)) return place;
  throw new DatumError(
    'project',
    `the file ${given} of the model '${model}' is not found: it was looked for as ${[...new Set(places)].join(', ')}.`,
    { file: given, option: 'model' },
  );
}

/**
 * A dataset of a project of Datumaro: where it lies, and its format in our words.
 *
 * @throws DatumError (`project`) where there is none of that name, or its data are not found
 */
export async function datumaroSource(
  project: DatumaroProject,
  name: string,
): Promise<{ readonly path: string; readonly format: string }> {
  const source = project.sources.get(name);
  if (source === undefined) throw notThere('source', name, project.sources, project.root);
  for (const path of source.places) if (await isThere(path)) return { path, format: source.format };
  throw new DatumError(
    'project',
    `the data of the source '${name}' are not found: they were looked for in ${source.places.join(', ')}.`,
    { option: 'source' },
  );
}

function notThere(what: 'model' | 'source', name: string, all: ReadonlyMap<string, unknown>, root: string): DatumError {
  const has = all.size > 0 ? `it has ${[...all.keys()].sort().join(', ')}` : 'it has none';
  return new DatumError('project', `there is no ${what} '${name}' in ${root}: ${has}.`, { option: what });
}

/** What is said where something would be written. */
export function readOnly(root: string): DatumError {
  return new DatumError(
    'project',
    `the project in ${root} is one of Datumaro, which is read and never written: make one of your own from it with ${option('from', root)}.`,
    { file: root, option: 'project' },
  );
}

async function textOf(file: string): Promise<string | null> {
  try {
    return await readWholeText(file);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT' || codeOf(cause) === 'ENOTDIR') return null;
    throw new DatumError('project', `the project file ${file} cannot be read: ${readingReason(cause)}.`, {
      cause,
      file,
    });
  }
}

function parsed<Schema extends z.ZodType>(schema: Schema, text: string, file: string): z.output<Schema> {
  let value: unknown;
  try {
    value = parse(text) ?? {};
  } catch (cause) {
    throw new DatumError('project', `the project file ${file} is damaged (${messageOf(cause).split('\n')[0] ?? ''}).`, {
      cause,
      file,
      option: 'project',
    });
  }
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw new DatumError(
    'project',
    `the project file ${file} is damaged (${issue?.path.join('.') ?? ''} ${issue === undefined ? '' : describeIssue(issue)}).`,
    { file, option: 'project' },
  );
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
