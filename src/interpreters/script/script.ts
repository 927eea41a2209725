import { access } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { createJiti } from 'jiti';
import { z } from 'zod';
import * as annotations from '../../annotations/index.js';
import { DatumError, messageOf, option } from '../../errors.js';
import type { Tensor } from '../../launchers/types.js';
import { classificationPreprocessing } from '../families/classification-preprocessing.js';
import { extraInputs } from '../contract/extra-inputs.js';
import { adaptPreprocessing } from '../contract/preprocessing.js';
import { scriptPredictions } from './script-answers.js';
import type { Evidence, Interpreter } from '../contract/types.js';

/** File name endings of scripts that can be interpreters. */
const EXTENSIONS = ['.js', '.mjs', '.ts'];

/** An interpreter that a user wrote. */
export interface ScriptInterpreter extends Interpreter {
  /** Absolute path of the script. */
  readonly path: string;
  /** Names of the classes from the script's `getCategories`, or null where it has none. */
  readonly categories: readonly string[] | null;
  /**
   * The script's own preprocessing, or null where it has none: given the image at the input's size `[H, W, 3]`, RGB
   * in 0..255, returns it as the model wants it, `[H, W, C]` or `[C, H, W]` (a leading 1 is dropped). Masks are applied
   * to the result.
   *
   * @throws DatumError (`interpreter`) where the script throws or returns anything else.
   */
  readonly preprocess: ((image: Tensor) => Promise<Tensor>) | null;
}

/** Whether the user names a script rather than a built-in interpreter. */
export function isScriptPath(interpreter: string): boolean {
  return EXTENSIONS.includes(extname(interpreter).toLowerCase());
}

/**
 * Loads a user's script: it exports `processOutputs(inputs, outputs)` and may export `preprocess(image)` and
 * `getCategories()`. `datum-explain/annotations` resolves inside it wherever it lies.
 *
 * @param path of a `.js`, `.mjs` or `.ts` module; a relative one counts from the current directory.
 * @throws DatumError (`interpreter`) where the file is missing, does not load, or lacks `processOutputs`.
 */
export async function loadScript(path: string): Promise<ScriptInterpreter> {
  const file = resolve(path);
  const script = await importScript(file);
  const processOutputs = functionOf(script, 'processOutputs', file);
  if (processOutputs === null) {
    throw new DatumError(
      'interpreter',
      `the script ${file} does not export a function processOutputs: add "export function processOutputs(inputs, outputs) { ... }".`,
      { file },
    );
  }
  const preprocess = functionOf(script, 'preprocess', file);
  const getCategories = functionOf(script, 'getCategories', file);
  const categories =
    getCategories === null ? null : categoriesOf(file, await call(file, 'getCategories', getCategories));
  return {
    name: file,
    title: `the script ${file}`,
    path: file,
    task: 'either',
    truncated: false,
    nms: 0.5,
    options: z.object({}),
    categories,
    preprocessing: (evidence) =>
      adaptPreprocessing(evidence, classificationPreprocessing(evidence), taskOf(evidence)).preprocessing,
    preprocess:
      preprocess === null
        ? null
        : async (image) => imageOf(file, image, await call(file, 'preprocess', preprocess, image)),
    recognise: () => ({
      confidence: 'certain',
      reason: `the script ${file} reads the outputs`,
      options: {},
      ...(categories === null ? {} : { classes: { count: null, numbering: 'zero', names: categories } }),
    }),
    create: (context) => {
      // The longest vector of class scores so far: answers may name other classes in every run.
      let classes = categories?.length ?? 0;
      return {
        extraInputs: ({ count }) => extraInputs(context.signature, context.input, count),
        decode: (outputs, { count, pixels }) => {
          const inputs = {
            get data() {
              return pixels().data;
            },
            get shape() {
              return pixels().shape;
            },
          };
          const [only, ...others] = Object.values(outputs);
          const answers = callNow(file, 'processOutputs', processOutputs, inputs, others.length === 0 ? only : outputs);
          const predictions = scriptPredictions(file, answers, count, classes);
          for (const { scores } of predictions) classes = Math.max(classes, scores?.length ?? 0);
          return predictions;
        },
      };
    },
  };
}

type Exported = (...values: unknown[]) => unknown;

/** A script does not say what it reads; one row of values an image is that of a classifier. */
function taskOf({ signature: { outputs } }: Evidence): Interpreter['task'] {
  const [only, ...others] = outputs;
  const row = only !== undefined && only.shape.length >= 2 && only.shape.slice(2).every((length) => length === 1);
  return row && others.length === 0 ? 'classification' : 'either';
}

async function importScript(file: string): Promise<object> {
  if (!isScriptPath(file)) {
    throw new DatumError(
      'interpreter',
      `${file} is no script: an interpreter's file name ends in ${EXTENSIONS.join(', ')}.`,
      { file },
    );
  }
  try {
    await access(file);
  } catch (error) {
    throw new DatumError(
      'interpreter',
      `there is no readable script ${file}: check the path given with ${option('interpreter')}.`,
      {
        cause: error,
        file,
      },
    );
  }
  const jiti = createJiti(file, {
    fsCache: false,
    moduleCache: false,
    virtualModules: { 'datum-explain/annotations': annotations },
  });
  let script: unknown;
  try {
    script = await jiti.import(file);
  } catch (error) {
    throw new DatumError('interpreter', `the script ${file} does not load: ${described(error, file)}`, {
      cause: error,
      file,
    });
  }
  return typeof script === 'object' && script !== null ? script : {};
}

/** An export that must be a function where it is there; also looked for in a default export. */
function functionOf(script: object, name: string, file: string): Exported | null {
  const exported: unknown = Reflect.get(script, name);
  if (exported === undefined) return null;
  if (!isFunction(exported)) {
    throw new DatumError(
      'interpreter',
      `${name} of the script ${file} is not a function: export it as one, or remove it.`,
      { file },
    );
  }
  return exported;
}

function isFunction(value: unknown): value is Exported {
  return typeof value === 'function';
}

/** Calls a function of the script; what it throws is the user's to mend. */
function callNow(file: string, name: string, exported: Exported, ...values: unknown[]): unknown {
  let result: unknown;
  try {
    result = exported(...values);
  } catch (error) {
    if (error instanceof DatumError) throw error;
    throw new DatumError('interpreter', `${name} of the script ${file} failed: ${described(error, file)}`, {
      cause: error,
      file,
    });
  }
  if (result instanceof Promise) {
    // Its failure would otherwise end the process as an unhandled one.
    result.catch(() => undefined);
    throw new DatumError(
      'interpreter',
      `${name} of the script ${file} returned a promise, but it runs once for every masked image and must answer at once: make it a plain function, not an async one.`,
      { file },
    );
  }
  return result;
}

/** The same for functions that run once and may take their time. */
async function call(file: string, name: string, exported: Exported, ...values: unknown[]): Promise<unknown> {
  try {
    return await exported(...values);
  } catch (error) {
    if (error instanceof DatumError) throw error;
    throw new DatumError('interpreter', `${name} of the script ${file} failed: ${described(error, file)}`, {
      cause: error,
      file,
    });
  }
}

/** Names of the classes: strings, or Datumaro's categories with a `name` each. */
function categoriesOf(file: string, value: unknown): string[] {
  const names = Array.isArray(value) ? value.map(nameOf) : [];
  if (names.length === 0 || !names.every((name) => name !== null)) {
    throw new DatumError(
      'interpreter',
      `getCategories of the script ${file} must return an array of class names, such as ["cat", "dog"].`,
      { file },
    );
  }
  return names;
}

function nameOf(category: unknown): string | null {
  if (typeof category === 'string') return category;
  if (typeof category !== 'object' || category === null || !('name' in category)) return null;
  return typeof category.name === 'string' ? category.name : null;
}

/** The image that `preprocess` returned, checked, without a leading 1. */
function imageOf(file: string, given: Tensor, value: unknown): Tensor {
  const refuse = (what: string): DatumError =>
    new DatumError(
      'interpreter',
      `preprocess of the script ${file} ${what}: return { data, shape } with shape [H, W, C] or [C, H, W], H x W being ${given.shape[0] ?? 0} x ${given.shape[1] ?? 0}.`,
      { file },
    );
  if (typeof value !== 'object' || value === null || !('data' in value) || !('shape' in value)) {
    throw refuse('did not return an image');
  }
  const shape = numbersOf(value.shape);
  const data = value.data instanceof Float32Array ? value.data : numbersOf(value.data);
  if (shape === null || data === null) throw refuse('returned data or a shape that are not numbers');
  const sizes = shape.length === 4 && shape[0] === 1 ? shape.slice(1) : shape;
  const [height, width] = given.shape;
  const [a, b, c] = sizes;
  const rowsFirst = a === height && b === width;
  const channelsFirst = b === height && c === width;
  if (sizes.length !== 3 || !(rowsFirst || channelsFirst)) throw refuse(`returned the shape [${shape.join(', ')}]`);
  if (data.length !== sizes.reduce((product, size) => product * size, 1)) {
    throw refuse(`returned ${data.length} values for the shape [${shape.join(', ')}]`);
  }
  const floats = data instanceof Float32Array ? data : Float32Array.from(data);
  if (!floats.every(Number.isFinite)) throw refuse('returned values that are not finite');
  return { data: floats, shape: sizes };
}

/** Any array-like of numbers as an array of them; null for anything else. */
function numbersOf(value: unknown): number[] | null {
  if (!isArrayLike(value)) return null;
  const items = Array.from(value);
  return items.every((item) => typeof item === 'number') ? items : null;
}

function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** What an error says and, where it tells, the line of the script: `boom, in line 2.` */
function described(error: unknown, file: string): string {
  const [text = ''] = messageOf(error).split('\n');
  const trace = error instanceof Error ? (error.stack ?? '') : '';
  const at = trace.indexOf(`${file}:`);
  const line = at < 0 ? null : /^\d+/.exec(trace.slice(at + file.length + 1));
  const sentence = text.trim().replace(/\.$/, '');
  return line === null ? `${sentence}.` : `${sentence}, in line ${line[0]}.`;
}
