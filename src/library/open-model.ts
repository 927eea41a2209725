import { resolve } from 'node:path';
import { z } from 'zod';
import { checkOptions } from '../explain/check-options.js';
import { interpreterOption, type InterpreterPlugin, type ReadOutputs } from '../interpreters/script/own.js';
import type { LauncherPlugin } from '../launchers/plugin.js';
import type { ModelConfig } from '../models/config.js';
import { functionModel as functionCore, type FunctionModelOptions } from '../models/function-model.js';
import { openModel as openCore, type LoadOptions } from '../models/open.js';
import type { RgbImage } from '../image/types.js';
import { text } from './arguments.js';
import { files, type ImageSource } from './images.js';
import { LibraryModel, type ModelOf } from './model.js';

/** How a model is opened, fed and read; everything that is left out is inferred. */
export interface OpenModelOptions
  extends
    Partial<Omit<ModelConfig, 'description' | 'labels' | 'launcher' | 'interpreter'>>,
    Pick<LoadOptions, 'workers' | 'name' | 'signal'> {
  /** What runs the model: a name, the path of a module, or a value of the caller's own; by the file's ending where absent. */
  readonly launcher?: string | LauncherPlugin | undefined;
  /** How outputs are read: a name, the path of a module, a family or a function of the caller's; inferred where absent. */
  readonly interpreter?: string | InterpreterPlugin | ReadOutputs | undefined;
  /** Names of the classes, or the path of a file of them. */
  readonly labels?: string | readonly string[] | undefined;
  /** An image to try the model on, where its shapes do not tell how its outputs are to be read. */
  readonly image?: ImageSource | undefined;
}

/** A model's configuration: its file, and the same options. */
export interface ModelSource extends OpenModelOptions {
  /** Path of the model file. */
  readonly description: string;
}

/** An open model: what it is, and what it says of images. Close it when done, or open it with `await using`. */
export type Model = ModelOf<ImageSource>;

/** What may be a value of the caller's; the rest is checked as a configuration. */
const valuesSchema = z.strictObject({
  labels: z.union([z.string().min(1), z.array(z.string())]).optional(),
  launcher: z
    .custom<NonNullable<OpenModelOptions['launcher']>>(
      (value) => typeof value === 'string' || (typeof value === 'object' && value !== null && 'open' in value),
      'must be a name, the path of a module, or { name, open }',
    )
    .optional(),
  interpreter: interpreterOption.optional(),
  name: z.string().min(1).optional(),
});

/**
 * Opens a model.
 *
 * @param source path of a model file (`.onnx`, `.xml`), or its configuration
 * @throws DatumError (`model`, `interpreter`, `usage`, `interrupted`) saying what is wrong with which file or option.
 */
export async function openModel(source: string | ModelSource, options: OpenModelOptions = {}): Promise<Model> {
  const given: ModelSource = {
    ...(typeof source === 'object' ? source : { description: text(source, 'source') }),
    ...options,
  };
  text(given.description, 'description');
  checkOptions(valuesSchema, {
    labels: given.labels,
    launcher: given.launcher,
    interpreter: given.interpreter,
    name: given.name,
  });
  const { workers, name, signal, image, labels, launcher, interpreter, ...config } = given;
  const tried: RgbImage | undefined = image === undefined ? undefined : (await files.open(image)).pixels;
  const core = await openCore(
    {
      ...config,
      ...(typeof labels === 'string' ? { labels: resolve(labels) } : {}),
      ...(typeof launcher === 'string' ? { launcher } : {}),
      ...(typeof interpreter === 'string' ? { interpreter } : {}),
    },
    {
      workers,
      name,
      signal,
      image: tried,
      ...(typeof labels === 'object' ? { labels } : {}),
      ...(typeof launcher === 'object' ? { launcher } : {}),
      ...(typeof interpreter === 'string' || interpreter === undefined ? {} : { interpreter }),
    },
  );
  return new LibraryModel(core, files.open);
}

/**
 * A model out of a function. The function is called in this thread, once to see its outputs, and then as often as masks
 * are scored.
 *
 * @throws DatumError (`model`, `interpreter`) where it fails, or where its outputs cannot be read.
 */
export async function functionModel(options: FunctionModelOptions): Promise<Model> {
  return new LibraryModel(await functionCore(options), files.open);
}
