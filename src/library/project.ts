import type { Dataset } from '../datasets/index.js';
import { openDataset } from '../datasets/index.js';
import { Project as ProjectFile } from '../project/project.js';
import { text } from './arguments.js';
import { openModel, type Model, type OpenModelOptions } from './open-model.js';

/** A folder with models and datasets under names. */
export interface Project {
  /** Absolute. */
  readonly root: string;
  /** Names of its models, sorted. */
  readonly models: readonly string[];
  /** Names of its datasets, sorted. */
  readonly sources: readonly string[];
  /**
   * Opens a model of it.
   *
   * @param options overrule what is registered
   * @throws DatumError (`project`) for a name that there is not; others as `openModel` does.
   */
  openModel(name: string, options?: OpenModelOptions): Promise<Model>;
  /**
   * Opens a dataset of it.
   *
   * @throws DatumError (`project`) for a name that there is not; others as `openDataset` does.
   */
  openDataset(name: string): Promise<Dataset>;
}

/**
 * Opens the project in a folder: `.datum/config.json`, as the command line makes it.
 *
 * @throws DatumError (`project`) where there is none, its file is damaged, or a newer version wrote it.
 */
export async function openProject(folder = '.'): Promise<Project> {
  const project = await ProjectFile.open(text(folder, 'folder'));
  return {
    root: project.root,
    models: project.modelNames,
    sources: project.sourceNames,
    openModel: async (name, options = {}) => openModel({ ...project.model(name), name, ...options }),
    openDataset: async (name) => {
      const { path, format } = project.source(name);
      return openDataset(`${path}:${format}`);
    },
  };
}
