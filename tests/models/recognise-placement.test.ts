/** Where a preprocessing of a user's own lets the image lie, against those whose answer is known. */
import { describe, expect, it } from 'vitest';
import type { RgbImage } from '../../src/image/index.js';
import { preprocessingOf } from '../../src/interpreters/contract/preprocessing.js';
import type { Preprocessing } from '../../src/interpreters/contract/types.js';
import { fitImage, normalise, toPixels } from '../../src/models/preprocess.js';
import { recognisePlacement, UnknownPlacement } from '../../src/models/recognise-placement.js';

const INPUT = { name: 'image', layout: 'nchw', channels: 3, width: 224, height: 224, batch: 1, rank: 4 } as const;
const MEAN = [0.485, 0.456, 0.406];
const STD = [0.229, 0.224, 0.225];

function made(image: RgbImage, preprocessing: Preprocessing): Float32Array {
  const pixels = toPixels(fitImage(image, INPUT, preprocessing), preprocessing, 3);
  return normalise(pixels, preprocessing, INPUT);
}

describe('recognisePlacement', () => {
  it.each([
    ['stretch', 1],
    ['letterbox', 1],
    ['letterbox-top-left', 1],
    ['center-crop', 1],
    // torchvision: scaled to 256, and 224 of it cut out; its newer weights 232.
    ['center-crop', 224 / 256],
    ['center-crop', 224 / 232],
    ['stretch', 224 / 256],
    ['stretch', 224 / 235],
  ] as const)('%s of which %f is kept', async (resize, kept) => {
    const own = { ...preprocessingOf({ resize, mean: MEAN, std: STD }), kept };
    const found = await recognisePlacement((image) => Promise.resolve(made(image, own)), INPUT, 'x');
    expect({ resize: found.resize, kept: found.kept ?? 1 }).toEqual({ resize, kept });
    found.mean.forEach((value, i) => {
      expect(Math.abs(value - 255 * MEAN[i]!)).toBeLessThan(0.5);
    });
  });

  it('blue first', async () => {
    const own = preprocessingOf({ color: 'bgr', scale: 1 });
    const found = await recognisePlacement((image) => Promise.resolve(made(image, own)), INPUT, 'x');
    expect(found.color).toBe('bgr');
  });

  it('refuses what turns the image', async () => {
    const own = preprocessingOf({});
    const turned = (image: RgbImage): Float32Array => made(image, own).reverse();
    await expect(recognisePlacement((image) => Promise.resolve(turned(image)), INPUT, 'x')).rejects.toThrow(
      UnknownPlacement,
    );
  });
});
