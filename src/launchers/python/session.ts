import { z } from 'zod';
import { DatumError } from '../../errors.js';
import { PythonChild } from '../../python/child.js';
import type { PythonArray } from '../../python/frames.js';
import { launcherCalled } from './plugins.js';
import type { ImagePixels, PreparedModel, Session, Signature, Tensor } from '../types.js';

/** What the child says of a model: `child/host.py`. */
const helloSchema = z.object({
  /** Of what it is given. */
  type: z.enum(['uint8', 'float32']),
  layout: z.enum(['nchw', 'nhwc']),
  channels: z.number(),
  /** Height and width; null where it takes images of any size. */
  size: z.tuple([z.number(), z.number()]).nullable(),
  /** How the size is known: the model's `own`, `given`, found because no other `tried` works, a `guess`; or `any` goes. */
  sized: z.enum(['own', 'given', 'tried', 'guess', 'any']),
  batch: z.number().nullable(),
  /** Why it takes pixels in 0..255. */
  pixels: z.string().nullable(),
  /** Whether 0..1 is guessed, as detectors of torchvision take it. */
  unit: z.boolean(),
  names: z.array(z.string()).nullable(),
  /** Whether its own preprocessing is called `once` for an image, masks being laid over its result, or for `each` masked one; null without one. */
  prepares: z.enum(['once', 'each']).nullable(),
  /** Outputs with their shapes behind the batch; null where it answers classes and boxes. */
  outputs: z.array(z.object({ name: z.string(), shape: z.array(z.number()) })).nullable(),
});
type Hello = z.output<typeof helloSchema>;

/** The outputs in which classes and boxes come: `src/interpreters/families/annotations.ts` reads them. */
const ANNOTATIONS = [
  { name: 'scores', shape: ['N', 'C'] },
  { name: 'boxes', shape: ['N', 'K', 4] },
  { name: 'box_scores', shape: ['N', 'K'] },
  { name: 'box_labels', shape: ['N', 'K'] },
  { name: 'counts', shape: ['N', 2] },
] as const;

/**
 * Opens a model in a Python process of its own.
 *
 * @param image the first that the model sees; a gray one where absent
 */
export async function openPythonSession(
  { options }: PreparedModel,
  threads: number,
  image?: ImagePixels,
): Promise<Session> {
  const { description, device, python, size, arg, plugin, timeout } = options;
  const called = plugin === undefined ? `the model ${description}` : launcherCalled(plugin.name, description);
  const child = new PythonChild(
    { kind: 'model', path: description, called, errors: 'model' },
    { python, timeout, threads },
  );
  let hello: Hello;
  try {
    const masked = options.masked ?? 'results';
    const request = { device, size: size ?? null, arguments: arg ?? {}, masked, plugin: plugin ?? null };
    const shown = image === undefined ? {} : { image: pixelsOf(image) };
    hello = helloSchema.parse((await child.ask('hello', request, shown)).message);
  } catch (error) {
    child.close();
    throw error;
  }
  return {
    signature: signatureOf(hello, options.outputLayers, description),
    async run(feeds) {
      const { image, image_size: sizes } = feeds;
      if (image === undefined) {
        throw new DatumError('model', `${description} was given no image.`, { file: description });
      }
      const data = hello.type === 'uint8' ? bytesOf(image) : image.data;
      const { arrays } = await child.ask(
        'run',
        {},
        { images: { data, shape: image.shape }, ...(sizes === undefined ? {} : { sizes }) },
      );
      return tensorsOf(arrays);
    },
    // Bytes are as short as masks.
    ...(hello.type === 'float32' && hello.size !== null ? { runMasked: maskedIn(child, hello) } : {}),
    ...(hello.prepares === 'once' ? { prepare: (image) => prepared(child, image) } : {}),
    close() {
      child.close();
      return Promise.resolve();
    },
  };
}

function signatureOf(hello: Hello, wanted: readonly string[] | undefined, file: string): Signature {
  const { type, layout, channels, size, sized, batch, pixels, unit, prepares, names, outputs } = hello;
  const [height, width] = size ?? ['H', 'W'];
  const first = batch ?? 'N';
  const all = (outputs ?? ANNOTATIONS).map(({ name, shape }) => ({
    name,
    type: 'float32' as const,
    shape: outputs === null ? [...shape] : [first, ...shape],
  }));
  const missing = wanted?.find((name) => all.every((output) => output.name !== name));
  if (missing !== undefined) {
    throw new DatumError(
      'model',
      `${file} has no output '${missing}', only ${all.map(({ name }) => name).join(', ')}.`,
      {
        file,
        option: 'outputLayers',
      },
    );
  }
  return {
    inputs: [
      {
        name: 'image',
        type,
        shape: layout === 'nchw' ? [first, channels, height, width] : [first, height, width, channels],
      },
      // Images that are brought to one size have a border, which the model is not to see.
      ...(size === null ? [{ name: 'image_size', type: 'float32' as const, shape: [first, 2] }] : []),
    ],
    outputs: all.filter(({ name }) => wanted === undefined || wanted.includes(name)),
    metadata: {
      'datum.sized': sized,
      ...(pixels === null ? {} : { 'datum.pixels': pixels }),
      ...(unit ? { 'datum.unit': 'what detectors of torchvision take' } : {}),
      ...(prepares === null ? {} : { 'datum.prepares': prepares === 'once' ? 'image' : 'each' }),
      ...(names === null ? {} : { labels: JSON.stringify(names) }),
      ...(outputs === null ? { 'datum.answers': 'annotations' } : {}),
    },
  };
}

/** What the person's own preprocessing makes of an image. */
async function prepared(child: PythonChild, image: ImagePixels): Promise<Tensor> {
  const { arrays } = await child.ask('prepare', {}, { image: pixelsOf(image) });
  const { input } = arrays;
  if (input === undefined) throw new DatumError('model', 'the preprocess of the model returned no image.');
  return floatsOf(input);
}

/** Scenes that a child keeps: a few images of a dataset are under way at once. */
const SCENES = 8;

/** Lays masks on in the child: a scene crosses once, and then a mask for each image. */
function maskedIn(child: PythonChild, { layout }: Hello): NonNullable<Session['runMasked']> {
  let known: number[] = [];
  return async ({ id, input, fill, area }, masks) => {
    if (!known.includes(id)) {
      const forgotten = known.slice(0, Math.max(0, known.length + 1 - SCENES));
      known = [...known.slice(forgotten.length), id];
      const shape = [input.length];
      const arrays = { input: { data: input, shape }, ...(fill === null ? {} : { fill: { data: fill, shape } }) };
      await child.ask('scene', { id, forgotten, area, layout }, arrays);
    }
    const { arrays } = await child.ask('run_masked', { id }, { masks });
    return tensorsOf(arrays);
  };
}

function tensorsOf(arrays: Readonly<Record<string, PythonArray>>): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, floatsOf(array)]));
}

function pixelsOf({ width, height, data }: ImagePixels): PythonArray {
  return { data, shape: [height, width, 3] };
}

/** Pixels in 0..255 as bytes. */
function bytesOf({ data }: Tensor): Uint8Array {
  const bytes = new Uint8ClampedArray(data.length);
  bytes.set(data);
  return new Uint8Array(bytes.buffer);
}

function floatsOf({ data, shape }: PythonArray): Tensor {
  return { data: data instanceof Float32Array ? data : Float32Array.from(data), shape };
}
