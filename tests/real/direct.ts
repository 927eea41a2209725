/** Runs a model file in this thread, straight through the launcher and an interpreter: what workers do, without them. */
import type { Prediction } from '../../src/annotations/index.js';
import { readImage, type Placement, type RgbImage } from '../../src/image/index.js';
import { extraInputs } from '../../src/interpreters/extra-inputs.js';
import { imageInput } from '../../src/interpreters/image-input.js';
import { inferInterpreter, type Inference } from '../../src/interpreters/infer.js';
import type { Decoder, Preprocessing } from '../../src/interpreters/types.js';
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

/** Opens a model and infers its interpreter with a trial run on a picture. */
export async function openDirect(model: string, picture: string, launcherName = 'onnx'): Promise<Direct> {
  const launcher = await loadLauncher(launcherName);
  const session = await launcher.open(await launcher.prepare({ description: model, device: 'cpu' }), 2);
  const image = await readImage(picture);
  const evidence = { signature: session.signature, labels: null, sample: null, input: null };
  const inference = await inferInterpreter(evidence, async ({ preprocessing, size }) => {
    const { outputs, width, height } = await runOnce(session, image, preprocessing, size);
    return { outputs, input: { width, height } };
  });
  let decoder: Decoder | null = null;
  return {
    inference,
    predict: async (picture, preprocessing = inference.preprocessing) => {
      const { outputs, placement, ...input } = await runOnce(session, picture, preprocessing, null);
      decoder ??= inference.interpreter.create({
        signature: session.signature,
        input: { ...input, channels: 3 },
        labels: inference.labels,
        options: inference.recognition.options,
      });
      const batch = {
        count: 1,
        placement: { ...placement, imageWidth: picture.width, imageHeight: picture.height },
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
  const spec = {
    name: input.name,
    layout: preprocessing.layout,
    channels: 3,
    width,
    height,
    batch: 1,
    rank: input.rank,
  } as const;
  const placed = await fitImage(image, spec, preprocessing.resize);
  const data = normalise(toPixels(placed, preprocessing, 3), preprocessing, spec);
  const sizes = preprocessing.layout === 'nchw' ? [3, height, width] : [height, width, 3];
  const feeds = {
    [input.name]: { data, shape: input.rank === 4 ? [1, ...sizes] : sizes },
    ...extraInputs(session.signature, { width, height }, 1),
  };
  const outputs = await session.run(feeds);
  return { outputs, placement: placed.placement, name: input.name, width, height };
}
