import { DatumError } from '../errors.js';
import type { RgbImage } from '../image/index.js';
import type { Preprocessing } from '../interpreters/contract/types.js';
import type { OwnInterpreter } from '../interpreters/script/own.js';
import type { Tensor } from '../launchers/types.js';
import type { InputSpec } from './input.js';
import { checkPlacement, recognisePlacement } from './recognise-placement.js';
import type { Runtime } from './runtime.js';
import type { CustomPreprocess } from './scene.js';

/** A script's or a model's own way from an image to the input. */
export interface OwnWay {
  /** How sentences name it. */
  readonly called: string;
  readonly preprocess?: OwnInterpreter['preprocess'];
  readonly prepare?: OwnInterpreter['prepare'];
}

/** What prepares images: a script goes before a model. */
export function ownWay(
  own: OwnInterpreter | null,
  runtime: Pick<Runtime, 'signature' | 'prepare'>,
  file: string,
): OwnWay | null {
  if (own?.preprocess != null || own?.prepare != null) return own;
  if (runtime.prepare === undefined || runtime.signature.metadata['datum.prepares'] !== 'image') return null;
  return {
    called: `the model ${file}`,
    prepare: async (image) => ({ input: await runtime.prepare!(image), told: null }),
  };
}

/** Where a script or model that prepares the image itself lets it lie in the input, found out by trying. */
export async function placedAsPrepared(
  family: Preprocessing,
  own: OwnWay | null,
  input: InputSpec,
  image: RgbImage | null,
): Promise<Preprocessing> {
  if (own?.prepare == null) return family;
  const { prepare, called } = own;
  const arranged = async (one: RgbImage): Promise<Float32Array> => arrange((await prepare(one)).input, input, called);
  const found = await recognisePlacement(arranged, input, called);
  if (image !== null) await checkPlacement(arranged, image, input, found, called);
  return found;
}

/** The way as scenes are made by it; null where there is none. */
export function customOf(way: OwnWay | null, input: InputSpec): CustomPreprocess | null {
  if (way === null) return null;
  const { preprocess, prepare, called } = way;
  if (prepare != null) {
    return {
      from: 'whole',
      run: async (image) => {
        const { input: made, told } = await prepare(image);
        return { input: arrange(made, input, called), told };
      },
    };
  }
  if (preprocess == null) return null;
  return {
    from: 'scaled',
    run: async (pixels, width, height) =>
      arrange(await preprocess({ data: pixels, shape: [height, width, 3] }), input, called),
  };
}

/** Brings `[H, W, C]` or `[C, H, W]` to the input's layout. */
function arrange(tensor: Tensor, input: InputSpec, called: string): Float32Array {
  const { channels, height, width, layout } = input;
  const planar = tensor.shape[0] === channels && tensor.shape[1] === height && tensor.shape[2] === width;
  const rows = tensor.shape[0] === height && tensor.shape[1] === width && tensor.shape[2] === channels;
  if (!planar && !rows) {
    throw new DatumError(
      'interpreter',
      `the preprocessing of ${called} returns the shape [${tensor.shape.join(', ')}], and the model takes ${channels} x ${height} x ${width}: return the image as the model takes it.`,
    );
  }
  if (planar === (layout === 'nchw')) return tensor.data;
  const pixels = height * width;
  const out = new Float32Array(tensor.data.length);
  for (let channel = 0; channel < channels; channel++) {
    for (let i = 0; i < pixels; i++) {
      if (layout === 'nchw') out[channel * pixels + i] = tensor.data[i * channels + channel]!;
      else out[i * channels + channel] = tensor.data[channel * pixels + i]!;
    }
  }
  return out;
}
