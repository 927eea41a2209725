import { resolve } from 'node:path';
import type { Prediction } from '../../annotations/index.js';
import { codeOf, DatumError } from '../../errors.js';
import { readingReason, requireFile } from '../../files.js';
import { PythonChild, type PythonOptions } from '../../python/child.js';
import type { Tensor } from '../../launchers/types.js';
import type { PythonArray } from '../../python/frames.js';
import type { DecodedBatch, DecoderContext, Preprocessing } from '../contract/types.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import { answersOf, readingInterpreter, type OwnInterpreter, type OwnReader, type WholeImage } from './own.js';

/** What the child says of a script: `child/script.py` tells the forms apart. */
interface Script {
  readonly form: 'datumaro' | 'class' | 'plain' | 'simple';
  readonly categories: readonly string[] | null;
  /** What its own preprocessing is given: the `whole` image, or the `scaled` one; null where it has none. */
  readonly prepares: 'whole' | 'scaled' | null;
  /** What it looks at of the images. */
  readonly inputs: 'shape' | 'pixels' | 'scaled-pixels' | null;
}

/**
 * Loads a person's Python script: one of Datumaro, of any release, or one that answers plain data.
 *
 * @param path of a `.py` file; a relative one counts from the current directory.
 * @throws DatumError (`interpreter`) where there is no Python, or where the script is missing, does not load, or reads nothing.
 */
export async function loadPythonScript(path: string, python: PythonOptions): Promise<OwnInterpreter> {
  const file = resolve(path);
  const called = `the script ${file}`;
  await requireScript(file);
  const children: PythonChild[] = [];
  const start = (): PythonChild => {
    const child = new PythonChild({ kind: 'script', path: file, called, errors: 'interpreter' }, python);
    children.push(child);
    return child;
  };
  const child = start();
  const script = scriptOf((await child.ask('hello')).message);
  const { form, categories, prepares } = script;
  const parts = {
    path: file,
    called,
    categories,
    preprocess: prepares === 'scaled' ? (image: Tensor) => normalized(child, image) : null,
  };
  const interpreter = readingInterpreter(file, parts, (context) => readerOf(start(), script, context, parts));
  return {
    ...interpreter,
    python,
    prepare: prepares === 'whole' ? (image) => prepared(child, called, image) : null,
    ...(form === 'plain' || form === 'simple' ? {} : { preprocessing: () => AS_DATUMARO, fed: FED_AS_DATUMARO }),
    close: () => {
      for (const one of children) one.close();
    },
  };
}

/** What Datumaro fed a network with: the image scaled to its input by OpenCV, blue first, 0..255. */
const AS_DATUMARO: Preprocessing = { ...preprocessingOf({ color: 'bgr', scale: 1 }), antialias: false };
const FED_AS_DATUMARO = { by: 'convention', source: 'as Datumaro did, whose script it is' } as const;

/** Refuses a pipe or a device, which would be read for ever; that a file is missing is said by Python. */
async function requireScript(file: string): Promise<void> {
  try {
    await requireFile(file);
  } catch (cause) {
    if (codeOf(cause) !== undefined) return;
    throw new DatumError('interpreter', `the script ${file} cannot be read: ${readingReason(cause)}.`, { cause, file });
  }
}

function scriptOf({ form, categories, prepares, inputs }: Readonly<Record<string, unknown>>): Script {
  return {
    form: form === 'datumaro' || form === 'class' || form === 'simple' ? form : 'plain',
    categories: Array.isArray(categories) ? categories.map(String) : null,
    prepares: prepares === 'whole' || prepares === 'scaled' ? prepares : null,
    inputs: inputs === 'shape' || inputs === 'pixels' || inputs === 'scaled-pixels' ? inputs : null,
  };
}

/** The model's input, from the image itself. */
async function prepared(
  child: PythonChild,
  called: string,
  image: WholeImage,
): Promise<{ input: Tensor; told: string | null }> {
  const { width, height, data } = image;
  const { message, arrays } = await child.ask(
    'prepare',
    {},
    {
      image: { data, shape: [height, width, 3] },
    },
  );
  const { input } = arrays;
  if (input === undefined) throw new DatumError('interpreter', `preprocess of ${called} returned no image.`);
  return {
    input: { data: floats(input), shape: input.shape },
    told: typeof message['told'] === 'string' ? message['told'] : null,
  };
}

/** What `normalize(inputs)` of Datumaro 1.1 to 1.3 makes of the scaled image; it is given `[1, 3, H, W]`, blue first. */
async function normalized(child: PythonChild, { data, shape }: Tensor): Promise<Tensor> {
  const [height = 0, width = 0] = shape;
  const plane = height * width;
  const planes = new Float32Array(3 * plane);
  for (let pixel = 0; pixel < plane; pixel++) {
    for (let channel = 0; channel < 3; channel++) planes[channel * plane + pixel] = data[3 * pixel + 2 - channel]!;
  }
  const { arrays } = await child.ask('normalize', {}, { images: { data: planes, shape: [1, 3, height, width] } });
  const { input } = arrays;
  if (input === undefined || input.data.length !== planes.length) {
    throw new DatumError(
      'interpreter',
      'normalize of the script returns another shape than it was given: return the images, normalized.',
    );
  }
  return { data: floats(input), shape: [3, height, width] };
}

function floats({ data }: PythonArray): Float32Array {
  return data instanceof Float32Array ? data : Float32Array.from(data);
}

function readerOf(
  child: PythonChild,
  script: Script,
  { input, signature }: DecoderContext,
  parts: Pick<OwnInterpreter, 'path' | 'called' | 'categories'>,
): Pick<OwnReader, 'decode' | 'forgiven'> {
  // Scripts of Datumaro get a dict where layers were chosen, of one output too.
  const layers = signature.metadata['datum.outputLayers'] !== undefined;
  const forgiven = new Set<string>();
  const reader = answersOf({ called: parts.called, file: parts.path }, parts, async (outputs, batch) => {
    const arrays: Record<string, PythonArray> = {};
    for (const [name, tensor] of Object.entries(outputs)) arrays[`out:${name}`] = tensor;
    if (script.inputs === 'pixels' || script.inputs === 'scaled-pixels') arrays['images'] = batch.pixels();
    const { placement, count, told = null, color = 'rgb' } = batch;
    const { width, height } = input;
    const answer = await child.ask('read', { count, placement, told, layers, color, input: { width, height } }, arrays);
    const { answers, notes } = answer.message;
    if (Array.isArray(notes)) for (const note of notes) forgiven.add(`${parts.called}: ${String(note)}`);
    // Plain scripts are shown the input, and give boxes in its pixels; the others give them in pixels of the image.
    if (!Array.isArray(answers)) return answers;
    const whole = answers.map((annotations: unknown, image) => vectorOf(answer.arrays, image) ?? annotations);
    return script.form === 'plain' ? whole : inInput(whole, placement);
  });
  return { ...reader, forgiven: () => [...forgiven] };
}

/** Scores of all classes of an image, where the child gave them as one array. */
function vectorOf(arrays: Readonly<Record<string, PythonArray>>, image: number): Prediction | null {
  const scores = arrays[`scores:${image}`];
  return scores === undefined ? null : { scores: floats(scores), proposals: null };
}

/** Boxes in pixels of the image as those in pixels of the input. */
function inInput(answers: readonly unknown[], placement: DecodedBatch['placement']): unknown[] {
  const { scaleX, scaleY, offsetX, offsetY } = placement;
  return answers.map((annotations) =>
    Array.isArray(annotations)
      ? annotations.map((one: unknown) =>
          isBox(one)
            ? { ...one, x: one.x * scaleX + offsetX, y: one.y * scaleY + offsetY, w: one.w * scaleX, h: one.h * scaleY }
            : one,
        )
      : annotations,
  );
}

function isBox(value: unknown): value is { x: number; y: number; w: number; h: number } {
  return typeof value === 'object' && value !== null && 'x' in value && typeof value.x === 'number';
}
