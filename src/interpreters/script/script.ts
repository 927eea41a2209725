import { DatumError } from '../../errors.js';
import type { Tensor } from '../../launchers/types.js';
import { types } from 'node:util';
import { isPythonPath } from '../../plugins/module-path.js';
import { exportOf, loadModule, type LoadedModule } from '../../plugins/load-module.js';
import { describeThrown } from '../../plugins/users-code.js';
import { withinTime, withinTimeLater, type TimeLimit } from '../../plugins/within-time.js';
import {
  answersOf,
  functionInterpreter,
  isInterpreterPlugin,
  isReadFunction,
  pluginInterpreter,
  readingInterpreter,
  type OwnInterpreter,
  type OwnParts,
  type InterpreterPlugin,
  type PythonOptions,
  type ReadOutputs,
} from './own.js';

/**
 * Loads the interpreter in a user's module: a script that exports `processOutputs(inputs, outputs)` and may export
 * `preprocess(image)` and `getCategories()`; a family, as `interpreter`; or a function that reads outputs, as `interpreter`
 * or by default.
 *
 * @param path of a `.js`, `.mjs` or `.ts` module, or of a script in Python; a relative one counts from the current directory.
 * @throws DatumError (`interpreter`) where the file is missing, does not load, or holds none of these.
 */
export async function loadScript(path: string, python: PythonOptions = {}): Promise<OwnInterpreter> {
  if (isPythonPath(path)) return (await import('./script-in-python.js')).loadPythonScript(path, python);
  // Threads open it again, with as much time.
  return { ...(await loadOwn(path, python)), python };
}

async function loadOwn(path: string, python: PythonOptions): Promise<OwnInterpreter> {
  const loaded = await loadModule(path, { what: 'interpreter', kind: 'interpreter', seconds: python.timeout });
  const { file } = loaded;
  const limit: TimeLimit = { seconds: python.timeout, file };
  const processOutputs = functionOf(loaded, 'processOutputs');
  const parts = await partsOf(loaded, limit);
  if (processOutputs !== null) return scriptInterpreter(processOutputs, parts, limit);
  const own = exportOf(loaded, 'interpreter')?.value;
  const called = `the interpreter ${file}`;
  if (isInterpreterPlugin(own)) return pluginInterpreter(timedPlugin(own, called, limit), { ...parts, called });
  if (isReadFunction(own)) {
    const read: ReadOutputs = (...given) => withinTime(() => own(...given), called, limit);
    return functionInterpreter(read, file, { ...parts, called });
  }
  throw new DatumError(
    'interpreter',
    `the script ${file} does not export a function processOutputs: add "export function processOutputs(inputs, outputs) { ... }", or export an interpreter.`,
    { file, option: 'interpreter' },
  );
}

/** A family of a user's module whose reading of outputs is stopped after some time. */
function timedPlugin(plugin: InterpreterPlugin, called: string, limit: TimeLimit): InterpreterPlugin {
  // One by one: it may be an object of a class, whose methods a copy would not have.
  const { name, task, truncated, nms, usualSize } = plugin;
  return {
    name,
    task,
    truncated,
    nms,
    ...(usualSize === undefined ? {} : { usualSize }),
    ...(plugin.preprocessing === undefined ? {} : { preprocessing: plugin.preprocessing.bind(plugin) }),
    ...(plugin.recognise === undefined ? {} : { recognise: plugin.recognise.bind(plugin) }),
    create(context) {
      const decoder = withinTime(() => plugin.create(context), called, limit);
      return {
        decode: (...given) => withinTime(() => decoder.decode(...given), called, limit),
        ...(decoder.extraInputs === undefined ? {} : { extraInputs: decoder.extraInputs.bind(decoder) }),
      };
    },
  };
}

/** What a module says beside how outputs are read. */
async function partsOf(loaded: LoadedModule, limit: TimeLimit): Promise<OwnParts> {
  const { file } = loaded;
  const preprocess = functionOf(loaded, 'preprocess');
  const getCategories = functionOf(loaded, 'getCategories');
  return {
    path: file,
    called: `the script ${file}`,
    categories: getCategories === null ? null : categoriesOf(file, await call(limit, 'getCategories', getCategories)),
    preprocess:
      preprocess === null
        ? null
        : async (image) => imageOf(file, image, await call(limit, 'preprocess', preprocess, image)),
  };
}

function scriptInterpreter(processOutputs: Exported, parts: OwnParts, limit: TimeLimit): OwnInterpreter {
  const { file } = limit;
  const from = { called: `processOutputs of the script ${file}`, file };
  const reading = `reading the answer of ${from.called}`;
  return readingInterpreter(file, parts, () =>
    answersOf(
      from,
      parts,
      (outputs, { pixels }) => {
        const inputs = {
          get data() {
            return pixels().data;
          },
          get shape() {
            return pixels().shape;
          },
        };
        const [only, ...others] = Object.values(outputs);
        return callNow(limit, 'processOutputs', processOutputs, inputs, others.length === 0 ? only : outputs);
      },
      (work) => withinTime(work, reading, limit),
    ),
  );
}

type Exported = (...values: unknown[]) => unknown;

/** An export that must be a function where it is there. */
function functionOf({ exports, file }: LoadedModule, name: string): Exported | null {
  const exported = exports[name];
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
function callNow(limit: TimeLimit, name: string, exported: Exported, ...values: unknown[]): unknown {
  const { file } = limit;
  let result: unknown;
  try {
    result = withinTime(() => exported(...values), `${name} of the script ${file}`, limit);
  } catch (error) {
    if (error instanceof DatumError) throw error;
    throw new DatumError('interpreter', `${name} of the script ${file} failed: ${describeThrown(error, file)}`, {
      cause: error,
      file,
    });
  }
  if (types.isPromise(result)) {
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
async function call(limit: TimeLimit, name: string, exported: Exported, ...values: unknown[]): Promise<unknown> {
  const { file } = limit;
  try {
    return await withinTimeLater(() => exported(...values), `${name} of the script ${file}`, limit);
  } catch (error) {
    if (error instanceof DatumError) throw error;
    throw new DatumError('interpreter', `${name} of the script ${file} failed: ${describeThrown(error, file)}`, {
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
