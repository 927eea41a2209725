import { plainImage, type RgbImage } from '../image/index.js';
import { extraInputs } from '../interpreters/contract/extra-inputs.js';
import type { SampleRun } from '../interpreters/infer/infer.js';
import type { Signature } from '../launchers/types.js';
import type { ModelConfig } from './config.js';
import { resolveInput } from './input.js';
import type { SessionPool } from './threads/pool.js';
import { fitImage, normalise, toPixels } from './preprocess.js';
import { inputShape } from './feeding.js';

/**
 * A trial run of a model whose interpreter is not settled yet: one image, the best guess of preprocessing, whatever
 * outputs come.
 *
 * @param image the one to be explained, or null: then an image of soft patches stands for it.
 */
export function sampleRun(
  config: ModelConfig,
  signature: Signature,
  pool: SessionPool,
  image: RgbImage | null,
): SampleRun {
  return async ({ preprocessing, size }) => {
    const input = resolveInput(
      signature,
      { layout: config.layout, size: config.inputSize, usualSize: size ?? undefined },
      config.description,
    );
    const { color, mean, std, scale, resize, pad } = config;
    const settled = {
      ...preprocessing,
      ...given({ color, mean, std, scale, resize, pad }),
    };
    const placed = await fitImage(image ?? patches(input.width, input.height), input, settled.resize);
    const one = normalise(toPixels(placed, settled, input.channels), settled, input);
    const count = input.batch ?? 1;
    const data = new Float32Array(count * one.length);
    for (let slot = 0; slot < count; slot++) data.set(one, slot * one.length);
    const outputs = await pool.run({
      type: 'run',
      feeds: {
        ...extraInputs(signature, input, count),
        [input.name]: { data, shape: inputShape(input, count) },
      },
    });
    return { outputs, input: { width: input.width, height: input.height } };
  };
}

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
