/** The small maps that runs over datasets keep: read back as they were written, by us and by others. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeGray16Png, encodeGray16Png, type Gray16Image } from '../../src/image/files.js';
import { placeImage, type ResizeMode } from '../../src/image/index.js';
import { openModel } from '../../src/models/open.js';
import type { OpenModel } from '../../src/models/open-model.js';
import { gridOf, MapSheet, readMapSheet, storedMapSize } from '../../src/results/map-sheet.js';
import { explain } from '../helpers/explain.js';
import { exampleImages } from '../../examples/animals/annotations.js';
import { paint } from '../helpers/images.js';
import { classifierConfig, plantedClassifier } from '../helpers/planted.js';
import { enlarged, shareOff, storedMaps } from '../helpers/stored-maps.js';
import { tempFolder } from '../helpers/temp-folder.js';

const temp = tempFolder();

const images = fc
  .record({ width: fc.integer({ min: 1, max: 70 }), height: fc.integer({ min: 1, max: 90 }) })
  .chain(({ width, height }) =>
    fc
      .uint16Array({ minLength: width * height, maxLength: width * height })
      .map((data): Gray16Image => ({ width, height, data })),
  );

describe('a 16-bit gray PNG', () => {
  it('reads back exactly, whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(images, async (image) => {
        expect(await decodeGray16Png(await encodeGray16Png(image))).toEqual(image);
      }),
      { numRuns: 60 },
    );
  });

  it('reads back exactly at the ends of its range, and as high as the maps of a hundred targets', async () => {
    const data = Uint16Array.from({ length: 56 * 5600 }, (_, i) => [0, 65_535, 255, 256, 32_768][i % 5]!);
    const { data: read, ...size } = await decodeGray16Png(await encodeGray16Png({ width: 56, height: 5600, data }));
    expect(size).toEqual({ width: 56, height: 5600 });
    expect(Buffer.from(read.buffer).equals(Buffer.from(data.buffer))).toBe(true);
  });

  const python = spawnSync('python3', ['-c', 'import PIL, numpy'], { encoding: 'utf8' });

  it.skipIf(python.status !== 0)('is the same to Pillow and NumPy', async () => {
    const image = {
      width: 31,
      height: 57,
      data: Uint16Array.from({ length: 31 * 57 }, (_, i) => (i * 2654435761) >>> 16),
    };
    writeFileSync(temp.at('gray.png'), await encodeGray16Png(image));
    const script = `
import sys, numpy
from PIL import Image
image = Image.open(sys.argv[1])
array = numpy.asarray(image)
print(image.mode, array.dtype.kind, array.dtype.itemsize, array.shape)
sys.stdout.write(' '.join(map(str, array.ravel().tolist())))
`;
    const { stdout, stderr } = spawnSync('python3', ['-c', script, temp.at('gray.png')], { encoding: 'utf8' });
    const [facts, values] = stdout.split('\n');
    expect(stderr).toBe('');
    expect(facts).toMatch(/^I;16 u 2 \(57, 31\)$/);
    expect(values).toBe(image.data.join(' '));
  });
});

describe('the size of a stored map', () => {
  const whole = { mapWidth: 500, mapHeight: 400 };
  const sizeOf = (
    options: Record<string, unknown>,
    image: { width: number; height: number },
    mode: ResizeMode,
    map = { mapWidth: image.width, mapHeight: image.height },
  ): [number, number] => {
    const { width, height } = storedMapSize(options, placeImage(image, { width: 416, height: 416 }, mode), map);
    return [width, height];
  };

  it('is eight samples a mask cell', () => {
    const image = { width: 500, height: 400 };
    expect(sizeOf({ maskWidth: 7, maskHeight: 7 }, image, 'stretch')).toEqual([56, 56]);
    expect(sizeOf({ maskWidth: 9, maskHeight: 5 }, image, 'stretch')).toEqual([72, 40]);
    expect(sizeOf({ maskWidth: 1, maskHeight: 1 }, image, 'stretch')).toEqual([8, 8]);
    expect(sizeOf({ maskWidth: 40, maskHeight: 16 }, image, 'stretch')).toEqual([320, 128]);
    // A method of the caller's own may have no cells.
    expect(sizeOf({}, image, 'stretch')).toEqual([56, 56]);
  });

  it('is never more than the map has pixels', () => {
    expect(sizeOf({ maskWidth: 7, maskHeight: 7 }, { width: 24, height: 16 }, 'stretch')).toEqual([24, 16]);
    expect(sizeOf({ maskWidth: 90, maskHeight: 7 }, { width: 500, height: 400 }, 'stretch', whole)).toEqual([500, 56]);
    expect(sizeOf({ maskWidth: 7, maskHeight: 7 }, { width: 1, height: 1 }, 'stretch')).toEqual([1, 1]);
  });

  it('is the same where padding surrounds the image: masks cover the image alone', () => {
    const image = { width: 400, height: 200 };
    expect(sizeOf({ maskWidth: 7, maskHeight: 7 }, image, 'letterbox')).toEqual([56, 56]);
    expect(sizeOf({ maskWidth: 7, maskHeight: 7 }, image, 'letterbox-top-left')).toEqual([56, 56]);
  });

  it('is more where the model sees a part of the image alone: the cells of that part count', () => {
    expect(sizeOf({ maskWidth: 7, maskHeight: 7 }, { width: 800, height: 400 }, 'center-crop')).toEqual([112, 56]);
    expect(sizeOf({ maskWidth: 7, maskHeight: 7 }, { width: 400, height: 600 }, 'center-crop')).toEqual([56, 84]);
  });
});

describe('a sheet of maps', () => {
  const placement = placeImage({ width: 64, height: 48 }, { width: 64, height: 48 }, 'stretch');
  const size = { width: 64, height: 48 };
  const map = (salt: number): Float32Array =>
    Float32Array.from({ length: 64 * 48 }, (_, i) => Math.sin(i * 0.01 * salt) * salt - 0.25);

  it('gives every map back within an eighth of a thousandth of its range, and its extremes exactly', async () => {
    const sheet = new MapSheet('maps.png', size, placement);
    expect(sheet.isEmpty).toBe(true);
    const maps = [1, 2, 3].map(map);
    const stored = maps.map((one) => sheet.add(one));
    expect(stored.map(({ top, file }) => [top, file])).toEqual([0, 48, 96].map((top) => [top, 'maps.png']));
    const png = await decodeGray16Png(await sheet.encode());
    expect([png.width, png.height]).toEqual([64, 144]);
    for (const [i, one] of stored.entries()) {
      const { values } = gridOf(png, one)!;
      expect(shareOff(values, maps[i]!).largest).toBeLessThan(1 / 8000);
      expect(Math.max(...values)).toBeCloseTo(Math.max(...maps[i]!), 6);
      expect(Math.min(...values)).toBeCloseTo(Math.min(...maps[i]!), 6);
      // As the schema says it, for other readers.
      const at = 100;
      expect(one.min + (png.data[one.top * 64 + at]! / 65_535) * (one.max - one.min)).toBeCloseTo(values[at]!, 6);
    }
  });

  it('holds maps that are flat, and keeps zeros where a crop left nothing to see', async () => {
    const cropped = placeImage({ width: 128, height: 48 }, { width: 64, height: 48 }, 'center-crop');
    const sheet = new MapSheet('maps.png', { width: 128, height: 48 }, cropped);
    const flat = sheet.add(new Float32Array(64 * 48).fill(0));
    const stored = sheet.add(new Float32Array(64 * 48).fill(2));
    const png = await decodeGray16Png(await sheet.encode());
    expect(new Set(gridOf(png, flat)!.values)).toEqual(new Set([0]));
    const { values } = gridOf(png, stored)!;
    const columns = Array.from({ length: 128 }, (_, x) => values[20 * 128 + x]!);
    expect(columns).toEqual(columns.map((_, x) => (x >= 32 && x < 96 ? 2 : 0)));
  });

  it('is null where its file is gone or too small, and refused where it is damaged', async () => {
    expect(await readMapSheet(temp.at('none.png'))).toBeNull();
    const sheet = new MapSheet('maps.png', size, placement);
    const stored = sheet.add(map(1));
    const bytes = await sheet.encode();
    const png = await readMapSheet(temp.write('maps.png', bytes));
    expect(gridOf(png!, { ...stored, top: 1 })).toBeNull();
    expect(gridOf(png!, { ...stored, width: 63 })).toBeNull();
    const torn = temp.write('torn.png', bytes.subarray(0, 60));
    await expect(readMapSheet(torn)).rejects.toMatchObject({
      kind: 'output',
      file: torn,
      message: expect.stringMatching(/torn\.png is damaged \(.*\): explain the image again\.$/s) as unknown,
    });
  });
});

describe('the example models', () => {
  const folder = fileURLToPath(new URL('../../examples/animals/', import.meta.url));
  const images = [...exampleImages().values()];

  it.each([
    ['classifier-clean.onnx', 'classifier_'],
    ['classifier-shortcut.onnx', 'classifier_'],
    ['detector.onnx', 'scene_'],
  ])('%s: a map enlarged from 48 x 48 is that of the image', async (file, kind) => {
    const chosen = images.filter((one) => one.file.includes(kind)).slice(0, 6);
    const off = await measure(
      await openModel(`${folder}${file}`),
      chosen.map(({ path }) => path),
    );
    expect(off.length).toBeGreaterThan(5);
    // Measured over 67 maps: 0.15 % and 2.8 % at most.
    for (const { rms, largest, size } of off) {
      expect(size).toEqual([48, 48]);
      expect(rms).toBeLessThan(0.003);
      expect(largest).toBeLessThan(0.05);
    }
  });
});

describe('a model that sees the image otherwise', () => {
  const image = paint(96, 48, (x, y) => [(x * 5 + y) % 256, (x * y) % 256, 128]);
  const model = temp.write(
    'model.onnx',
    plantedClassifier({ width: 48, height: 48 }, { x: 20, y: 8, width: 12, height: 16 }),
  );

  it.each(['stretch', 'letterbox', 'letterbox-top-left', 'center-crop'] as const)(
    '%s: its map is that of the image',
    async (resize) => {
      const opened = await openModel({ ...classifierConfig(model), resize }, { workers: 1 });
      try {
        const explanation = await explain(opened, image, { maxSamples: 128, stopAt: 'off' });
        const [{ grid } = { grid: null }] = await storedMaps(explanation);
        const map = explanation.targets[0]!.renderMap();
        const again = enlarged(grid!, 96, 48);
        // Where a crop ends, the map falls to 0 at once: a sample on either side is left out.
        const away = Array.from(map.keys()).filter((i) => resize !== 'center-crop' || awayFrom([24, 72], i % 96));
        const { rms, largest } = shareOff(
          away.map((i) => again[i]!),
          away.map((i) => map[i]!),
        );
        expect(rms).toBeLessThan(0.005);
        expect(largest).toBeLessThan(0.05);
      } finally {
        await opened.close();
      }
    },
  );

  function awayFrom(borders: readonly number[], x: number): boolean {
    return borders.every((border) => Math.abs(x + 0.5 - border) > 1);
  }
});

async function measure(model: OpenModel, paths: readonly string[]) {
  const off: { rms: number; largest: number; size: [number, number] }[] = [];
  try {
    for (const path of paths) {
      const explanation = await explain(model, path, { maxSamples: 128, stopAt: 'off' });
      const { mapWidth, mapHeight } = explanation.image;
      for (const [i, { grid }] of (await storedMaps(explanation)).entries()) {
        const map = explanation.targets[i]!.renderMap();
        off.push({ ...shareOff(enlarged(grid, mapWidth, mapHeight), map), size: [grid.width, grid.height] });
      }
    }
  } finally {
    await model.close();
  }
  return off;
}
