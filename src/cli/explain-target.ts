import { stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { DatumError } from '../errors.js';
import { datasetFileEndings, openDataset, parseTarget, unknownFormatOf, type Dataset } from '../datasets/index.js';
import { Project } from '../project/project.js';
import { joinDatasets } from '../datasets/joined-dataset.js';

/** What a TARGET turned out to be. */
export type ExplainTarget =
  { readonly kind: 'image'; readonly path: string } | { readonly kind: 'dataset'; readonly dataset: Dataset };

/** The target that stands for all sources of the project. */
const PROJECT = 'project';

/**
 * Finds out what TARGET means: a path, with a format behind a colon or without; a source of the project; or, where it
 * is left out or `project`, all sources of the project.
 *
 * @throws DatumError (`dataset`, `project`, `usage`) where it is nothing of these.
 */
export async function resolveTarget(target: string | undefined, folder: string): Promise<ExplainTarget> {
  const path = target === undefined ? null : await existing(target);
  if (target !== undefined && path !== null) {
    const { isDataset } = path;
    return isDataset ? withImages(await openDataset(target)) : { kind: 'image', path: target };
  }
  const project = await openProject(folder, target);
  if (project !== null && target !== undefined && project.hasSource(target)) {
    return withImages(await openSource(project, target));
  }
  if (target === undefined || target === PROJECT) {
    const sources = project?.sourceNames ?? [];
    const [only, second] = sources;
    if (project === null || only === undefined) {
      throw new DatumError(
        'usage',
        `name an image or a dataset: datum explain photo.jpg -m MODEL. ${project === null ? '' : `The project in ${resolve(folder)} has no sources: 'datum import' adds them.`}`.trim(),
      );
    }
    if (second === undefined) return withImages(await openSource(project, only));
    const datasets = new Map<string, Dataset>();
    for (const name of sources) datasets.set(name, await openSource(project, name));
    return withImages(joinDatasets(datasets, project.root));
  }
  // What has a format behind it is meant as a dataset; the rest as an image, whose reader says that it is not there.
  if (parseTarget(target).format !== null || (await unknownFormatOf(target)) !== null)
    return withImages(await openDataset(target));
  return { kind: 'image', path: target };
}

/** @throws DatumError (`dataset`) where it is known to have none. */
function withImages(dataset: Dataset): ExplainTarget {
  if (dataset.count === 0) {
    throw new DatumError(
      'dataset',
      `${dataset.root} has no images: its ${dataset.format} files list none, name another dataset.`,
    );
  }
  return { kind: 'dataset', dataset };
}

/** A dataset that the project knows. */
export async function openSource(project: Project, name: string): Promise<Dataset> {
  const { path, format } = project.source(name);
  return openDataset(path, { format });
}

async function existing(target: string): Promise<{ readonly isDataset: boolean } | null> {
  const whole = await kindOf(target);
  // A file of another ending is taken for an image.
  if (whole !== null)
    return { isDataset: whole === 'folder' || datasetFileEndings().has(extname(target).toLowerCase()) };
  const { path, format } = parseTarget(target);
  return format !== null && (await kindOf(path)) !== null ? { isDataset: true } : null;
}

async function kindOf(path: string): Promise<'folder' | 'file' | null> {
  const found = await stat(path).catch(() => null);
  return found === null ? null : found.isDirectory() ? 'folder' : 'file';
}

/** The project, or null where there is none and none is needed to say what is wrong. */
async function openProject(folder: string, target: string | undefined): Promise<Project | null> {
  try {
    return await Project.open(folder);
  } catch (error) {
    if (target === PROJECT) throw error;
    return null;
  }
}
