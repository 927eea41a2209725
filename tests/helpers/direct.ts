/** Runs a model file in this thread, straight through the launcher and an interpreter: what workers do, without them. */
import type { Prediction } from '../../src/annotations/index.js';
import type { Placement, RgbImage } from '../../src/image/index.js';
import { extraInputs } from '../../src/interpreters/contract/extra-inputs.js';
import { imageInput } from '../../src/interpreters/contract/image-input.js';
import {
  configureInterpreter,
  inferInterpreter,
  type Inference,
  type SampleRun,
} from '../../src/interpreters/infer/infer.js';
import { loadInterpreter } from '../../src/interpreters/registry.js';
import type { DecodedBatch, Decoder, Evidence, Preprocessing } from '../../src/interpreters/contract/types.js';
import { loadLauncher } from '../../src/launchers/registry.js';
import type { Session, Tensor } from '../../src/launchers/types.js';
import { fitImage, normalise, toPixels } from '../../src/models/preprocess.js';

export interface Direct {
  readonly inference: Inference;
  predict(
    image: RgbImage,
    preprocessing?: Preprocessing,
  ): Promise<{ readonly prediction: Prediction; readonly placement: Placement }>;
  close(): Promise<void>;
}

export interface DirectOptions {
  readonly launcher?: string;
  readonly labels?: readonly string[];
  /** A built-in interpreter instead of the inferred one. */
  readonly interpreter?: string;
}

/** Opens a model and infers its interpreter with a trial run on an image. */
export async function openDirect(model: string, image: RgbImage, options: DirectOptions = {}): Promise<Direct> {
  const launcher = await loadLauncher(options.launcher ?? 'onnx');
  const session = await launcher.open(await launcher.prepare({ description: model, device: 'cpu' }), 2);
  const evidence: Evidence = {
    signature: session.signature,
    labels: options.labels ?? null,
    sample: null,
    input: null,
  };
  const sample: SampleRun = async ({ preprocessing, size }) => {
    const { outputs, width, height } = await runOnce(session, image, preprocessing, size);
    return { outputs, input: { width, height } };
  };
  const inference =
    options.interpreter === undefined
      ? await inferInterpreter(evidence, sample)
      : await configureInterpreter(await loadInterpreter(options.interpreter), evidence, {}, sample);
  let decoder: Decoder | null = null;
  return {
    inference,
    predict: async (image, preprocessing = inference.preprocessing) => {
      const size = inference.interpreter.usualSize ?? null;
      const { outputs, placement, ...input } = await runOnce(session, image, preprocessing, size);
      decoder ??= inference.interpreter.create({
        signature: session.signature,
        input: { ...input, channels: 3 },
        labels: inference.labels,
        options: inference.recognition.options,
      });
      const batch: DecodedBatch = {
        count: 1,
        placement: { ...placement, imageWidth: image.width, imageHeight: image.height },
        pixels: () => ({ data: new Float32Array(), shape: [] }),
      };
      return { prediction: decoder.decode(outputs, batch)[0]!, placement };
    },
    close: () => session.close(),
  };
}

async function runOnce(
  session: Session,
  image: RgbImage,
  preprocessing: Preprocessing,
  usual: { readonly width: number; readonly height: number } | null,
): Promise<{ outputs: Record<string, Tensor>; placement: Placement; name: string; width: number; height: number }> {
  const input = imageInput(session.signature);
  const width = input?.width ?? usual?.width ?? 0;
  const height = input?.height ?? usual?.height ?? 0;
  if (input === null || width === 0 || height === 0) throw new Error('no image input of a known size');
  const { name, rank } = input;
  const { layout } = preprocessing;
  const spec = { name, layout, channels: 3, width, height, batch: 1, rank } as const;
  const placed = fitImage(image, spec, preprocessing);
  const data = normalise(toPixels(placed, preprocessing, 3), preprocessing, spec);
  const sizes = layout === 'nchw' ? [3, height, width] : [height, width, 3];
  const feeds = {
    [name]: { data, shape: rank === 4 ? [1, ...sizes] : sizes },
    ...extraInputs(session.signature, { width, height }, 1),
  };
  return { outputs: await session.run(feeds), placement: placed.placement, name, width, height };
}
