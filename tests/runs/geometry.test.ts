/** Maps come back at the image's size and place, whatever was done to bring the image to the model. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModel } from '../../src/models/open.js';
import type { OpenModel } from '../../src/models/open-model.js';
import type { ModelConfig } from '../../src/models/config.js';
import { explain } from '../helpers/explain.js';
import { densities, peakOf } from '../helpers/maps.js';
import { buildOnnx } from '../helpers/onnx-graph.js';
import { paint, white } from '../helpers/images.js';
import { classifierConfig, plantedClassifier } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
const open: OpenModel[] = [];
afterAll(async () => {
  for (const model of open) await model.close();
});

let file: string;
beforeAll(() => {
  // The input is 64 x 64, the evidence a region in its right half, a little below the middle.
  file = folder.write(
    'square.onnx',
    plantedClassifier({ width: 64, height: 64 }, { x: 40, y: 34, width: 12, height: 10 }),
  );
});

async function mapOf(config: Partial<ModelConfig>, width: number, height: number, options = {}) {
  const model = await openModel(classifierConfig(file, config), { workers: 1 });
  open.push(model);
  const { image, targets } = await explain(model, white(width, height), { maxSamples: 500, ...options });
  return { image, map: { width: image.mapWidth, height: image.mapHeight, data: targets[0]!.renderMap() } };
}

describe('an image of 120 x 60 pixels in a square input', () => {
  it.each([
    // Scales: 64/120 and 64/60.
    ['stretch', { x: 75, y: 31.9, width: 22.5, height: 9.4 }],
    // Scale 64/120, 16 rows of border above.
    ['letterbox', { x: 75, y: 33.75, width: 22.5, height: 18.75 }],
    // Scale 64/120, so rows below 32 are border: no evidence is in the image.
    ['letterbox-top-left', null],
    // Scale 64/60, 32 columns cut off on each side.
    ['center-crop', { x: 67.5, y: 31.9, width: 11.25, height: 9.4 }],
  ] as const)('%s', async (resize, region) => {
    const { image, map } = await mapOf({ resize }, 120, 60);
    expect(image).toMatchObject({ width: 120, height: 60, mapWidth: 120, mapHeight: 60, mapScale: 1 });
    if (region === null) {
      expect(map.data.every((value) => value === 0)).toBe(true);
      return;
    }
    const { inside, outside } = densities(map, region);
    expect(inside).toBeGreaterThan(4 * outside);
    const { x, y } = peakOf(map);
    // Within two image pixels of the region: masks are smooth over a cell.
    expect(x).toBeGreaterThan(region.x - 2);
    expect(x).toBeLessThan(region.x + region.width + 2);
    expect(y).toBeGreaterThan(region.y - 2);
    expect(y).toBeLessThan(region.y + region.height + 2);
  });

  it('has no saliency where a crop kept it from the model', async () => {
    const { map } = await mapOf({ resize: 'center-crop' }, 120, 60);
    for (let y = 0; y < 60; y++) {
      for (const x of [0, 15, 28, 91, 119]) expect(map.data[y * 120 + x]).toBe(0);
    }
  });
});

describe("a letterbox's border", () => {
  it('is never masked', async () => {
    // The model answers how bright the lowest rows of the input are: with a white border, always 1.
    const bottom = folder.write(
      'bottom.onnx',
      plantedClassifier({ width: 32, height: 32 }, { x: 0, y: 24, width: 32, height: 8 }),
    );
    const config = classifierConfig(bottom, { resize: 'letterbox-top-left', pad: 255 });
    const model = await openModel(config, { workers: 1 });
    open.push(model);
    const black = paint(64, 32, () => [0, 0, 0]);
    const { targets } = await explain(model, black, { maxSamples: 50 });
    expect(targets[0]!.score).toBe(1);
    expect(targets[0]!.renderMap().every((value) => value === 0)).toBe(true);
  });
});

describe('an image above 4 megapixels', () => {
  const width = 2600;
  const height = 1600;

  it('has maps of at most 4 megapixels and says how much smaller they are', async () => {
    const { image, map } = await mapOf({}, width, height, { maxSamples: 200 });
    expect(image.width).toBe(width);
    expect(image.mapScale).toBeCloseTo(Math.sqrt(4e6 / (width * height)), 10);
    expect(map.data.length).toBeLessThanOrEqual(4e6);
    expect(map.width / map.height).toBeCloseTo(width / height, 2);
    const scale = image.mapScale;
    const region = { x: 1625 * scale, y: 850 * scale, width: 487.5 * scale, height: 250 * scale };
    const { inside, outside } = densities(map, region);
    expect(inside).toBeGreaterThan(4 * outside);
  });

  it('has maps of its own size where that is asked for', async () => {
    const { image, map } = await mapOf({}, width, height, { maxSamples: 20, fullSize: true });
    expect(image.mapScale).toBe(1);
    expect(map.data).toHaveLength(width * height);
  });
});

describe('what stands where a mask hides the image', () => {
  /** Scores: the mean of each channel. */
  async function channelMeans(fill: 'zero' | 'mean' | 'blur' | readonly [number, number, number]): Promise<string> {
    const path = folder.write(
      'channels.onnx',
      buildOnnx(['N', 3, 16, 24], ['N', 3], (g, image) =>
        g.node('ReduceMean', [image, g.ints([2, 3])], { keepdims: 0 }),
      ),
    );
    const model = await openModel(classifierConfig(path), { workers: 1 });
    open.push(model);
    const image = paint(24, 16, (x) => (x < 12 ? [210, 100, 0] : [70, 100, 255]));
    const given = typeof fill === 'string' ? fill : ([...fill] as [number, number, number]);
    const { targets } = await explain(model, image, { maxSamples: 2000, classes: ['0', '1', '2'], fill: given });
    // Whether the left and the right of the image speak for each channel (+), against it (-), or not at all (0).
    return targets
      .map((target) => {
        const map = target.renderMap();
        return [3, 20].map((x) => signOf(map[8 * 24 + x]!)).join('');
      })
      .join(' ');
  }

  function signOf(value: number): string {
    // Colors that matter give 0.003 and more here, and chance gives 0.0005 to the others.
    if (Math.abs(value) < 0.002) return '0';
    return value > 0 ? '+' : '-';
  }

  it('black takes every color away', async () => {
    expect(await channelMeans('zero')).toBe('++ ++ 0+');
  });

  it('the mean color leaves what is common to all pixels', async () => {
    // Mean red is 140, so 210 on the left speaks for red and 70 on the right against it; green is the same everywhere.
    expect(await channelMeans('mean')).toBe('+- 00 -+');
  });

  it('a color of one’s own takes away what exceeds it and adds what is missing', async () => {
    expect(await channelMeans([255, 100, 0])).toBe('-- 00 0+');
  });

  it('a blurred image takes little away where the image is smooth', async () => {
    expect(await channelMeans('blur')).toBe('00 00 00');
  });
});
