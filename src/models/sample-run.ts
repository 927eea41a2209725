import { plainImage, type RgbImage } from '../image/index.js';
import { extraInputs } from '../interpreters/contract/extra-inputs.js';
import { normalisationGiven } from '../interpreters/contract/preprocessing.js';
import type { SampleRun } from '../interpreters/infer/infer.js';
import type { Tensor } from '../launchers/types.js';
import type { ModelConfig } from './config.js';
import { resolveInput } from './input.js';
import { pairRun, type PairRun } from './pair-run.js';
import type { Runtime } from './runtime.js';
import { customOf, ownWay } from './own-way.js';
import { createScene, fillScene } from './scene.js';
import { Feeder } from './scoring/batch-scorer.js';
import { WholeSource } from './scoring/whole-source.js';

/**
 * A trial run of a model whose interpreter is not settled yet: one image, the best guess of preprocessing, whatever
 * outputs come.
 *
 * @param image the one to be explained, or null: then an image of soft patches stands for it.
 */
export async function sampleRun(
  config: ModelConfig,
  runtime: Pick<Runtime, 'signature' | 'takes' | 'run' | 'prepare'>,
  image: RgbImage | null,
  { preprocessing, size, hidden = false, asIs = false }: Parameters<SampleRun>[0],
): Promise<Awaited<ReturnType<SampleRun>> & { readonly pair: PairRun | null }> {
  const { signature } = runtime;
  const input = resolveInput(
    signature,
    { layout: config.layout, size: config.inputSize, usualSize: size ?? undefined },
    config.description,
  );
  const { color, mean, std, scale, resize, pad } = asIs ? NOTHING_GIVEN : config;
  const scene = await createScene(image ?? patches(input.width, input.height), {
    input,
    preprocessing: { ...preprocessing, ...normalisationGiven({ scale, mean, std }), ...given({ color, resize, pad }) },
    custom: customOf(ownWay(null, runtime, config.description), input),
    wantsPixels: runtime.takes !== 'tensors',
    fill: 'zero',
  });
  const count = input.batch ?? 1;
  const raw = { decode: () => [], extraInputs: () => extraInputs(signature, input, count) };
  const shown = hidden ? fillScene(scene, input) : scene;
  const feeder = new Feeder(shown, input, raw, new WholeSource(shown, input, count), count);
  const outputs = await runtime.run(feeder.batch(count, count));
  const extra = (images: number): Record<string, Tensor> => extraInputs(signature, input, images);
  const pair = input.batch === null && !hidden ? await pairRun(runtime, scene, input, outputs, extra) : null;
  return { outputs, input: { width: input.width, height: input.height }, batched: pair?.batched ?? null, pair };
}

const NOTHING_GIVEN: Partial<ModelConfig> = {};

function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** Soft patches of color: something for a model to see where there is no image yet. */
function patches(width: number, height: number): RgbImage {
  const { data } = plainImage(width, height, [0, 0, 0]);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      for (let channel = 0; channel < 3; channel++) {
        const wave = Math.sin((x / width) * (9 + 4 * channel)) * Math.cos((y / height) * (11 - 3 * channel));
        data[at + channel] = Math.round(127.5 + 120 * wave);
      }
    }
  }
  return { width, height, data };
}
