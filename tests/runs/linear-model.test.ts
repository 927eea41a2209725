/**
 * A model that is linear in the pixels has a RISE map in closed form. For y = sum_x' w(x') I(x') M(x') the centred map
 * estimates Cov(y, M(x)) / p = sum_x' w(x') I(x') Cov(M(x'), M(x)) / p, and the covariance of stationary masks is
 * p (1 - p) K_rows K_columns with the kernels computed here from the definition: a mask's value at a pixel mixes the
 * two nearest cells linearly, at an offset that is uniform over one cell.
 */
import { describe, expect, it } from 'vitest';
import { openModel } from '../../src/models/open.js';
import { explain } from '../helpers/explain.js';
import { buildOnnx } from '../helpers/onnx-graph.js';
import { speckled } from '../helpers/images.js';
import { classifierConfig } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
const WIDTH = 20;
const HEIGHT = 14;
const PIXELS = WIDTH * HEIGHT;
const image = speckled(WIDTH, HEIGHT);
/** Weights of both signs that no symmetry of the image hides, in score units of about 1 for the whole image. */
const weights = Float64Array.from({ length: PIXELS }, (_, i) => Math.sin(1 + i * 0.7 + (i % WIDTH) * 0.31) / 20);

function linearModel(): Uint8Array {
  const column = Float32Array.from({ length: 3 * PIXELS }, (_, i) => weights[i % PIXELS]! / 3);
  return buildOnnx(['N', 3, HEIGHT, WIDTH], ['N', 1, 2], (g, image) => {
    const flat = g.node('Reshape', [image, g.ints([0, -1])]);
    const score = g.node('MatMul', [flat, g.constant(column, [3 * PIXELS, 1])]);
    return g.node('Concat', [score, g.node('Neg', [score])], { axis: 1 });
  });
}

/** K(a, b): mean over offsets of the common weight of cells at two pixels of an axis. */
function kernel(pixels: number, grid: number): number[][] {
  const pitch = Math.ceil(pixels / grid);
  const share = (at: number, cell: number): number => Math.max(0, 1 - Math.abs(at - cell));
  return Array.from({ length: pixels }, (_, a) =>
    Array.from({ length: pixels }, (__, b) => {
      let sum = 0;
      for (let offset = 0; offset < pitch; offset++) {
        // Centres of pixels fall on centres of cells where the pitch is odd, and between them where it is even.
        const half = pitch % 2 === 0 ? 0.5 : 0;
        const first = (a + offset + half) / pitch;
        const second = (b + offset + half) / pitch;
        for (let cell = Math.floor(first) - 1; cell <= first + 2; cell++)
          sum += share(first, cell) * share(second, cell);
      }
      return sum / pitch;
    }),
  );
}

function exactMap(gridWidth: number, gridHeight: number, prob: number): Float64Array {
  const rows = kernel(HEIGHT, gridHeight);
  const columns = kernel(WIDTH, gridWidth);
  const map = new Float64Array(PIXELS);
  for (let to = 0; to < PIXELS; to++) {
    for (let from = 0; from < PIXELS; from++) {
      const { data } = image;
      const brightness = (data[from * 3]! + data[from * 3 + 1]! + data[from * 3 + 2]!) / 3 / 255;
      const row = rows[Math.floor(to / WIDTH)]![Math.floor(from / WIDTH)]!;
      map[to]! += weights[from]! * brightness * (1 - prob) * row * columns[to % WIDTH]![from % WIDTH]!;
    }
  }
  return map;
}

/** Maps of independent seeds, their mean and its standard error at every pixel. */
async function estimate(options: Parameters<typeof explain>[2], seeds: number) {
  const path = folder.write('linear.onnx', linearModel());
  const model = await openModel(classifierConfig(path), { workers: 1 });
  try {
    const maps: Float32Array[] = [];
    for (let seed = 1; seed <= seeds; seed++) {
      const { targets } = await explain(model, image, { ...options, stopAt: 'off', classes: ['0'], seed });
      maps.push(targets[0]!.renderMap());
    }
    const mean = Float64Array.from({ length: PIXELS }, (_, i) => maps.reduce((sum, map) => sum + map[i]! / seeds, 0));
    const error = mean.map((value, i) =>
      Math.sqrt(maps.reduce((sum, map) => sum + (map[i]! - value) ** 2, 0) / (seeds - 1) / seeds),
    );
    return { mean, error };
  } finally {
    await model.close();
  }
}

function rootMeanSquare(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

describe('the map of a model that is linear in the pixels', () => {
  it.each([
    { maskWidth: 5, maskHeight: 3, prob: 0.5 },
    { maskWidth: 4, maskHeight: 7, prob: 0.3 },
  ])('converges to its closed form within the standard error, %o', async (grid) => {
    const exact = exactMap(grid.maskWidth, grid.maskHeight, grid.prob);
    const options = { ...grid, sampler: 'random', estimator: 'centered', maxSamples: 1500 } as const;
    const { mean, error } = await estimate(options, 10);
    // Deviations in units of the standard error have root mean square 1 if the map is right (t with 9 degrees of
    // freedom: 1.13); neighbouring pixels go together, so a few independent ones are averaged and 1.7 is rare.
    const z = mean.map((value, i) => (value - exact[i]!) / error[i]!);
    expect(rootMeanSquare(z)).toBeLessThan(1.7);
    // And the error is small: the test can see a map that is wrong by a tenth.
    expect(rootMeanSquare(error)).toBeLessThan(0.1 * rootMeanSquare(exact));
  });

  it('has an error that falls with the square root of the number of masks', async () => {
    const options = { maskWidth: 5, maskHeight: 3, sampler: 'random', estimator: 'centered' } as const;
    const few = await estimate({ ...options, maxSamples: 100 }, 8);
    const many = await estimate({ ...options, maxSamples: 1600 }, 8);
    const ratio = rootMeanSquare(few.error) / rootMeanSquare(many.error);
    // 4 is expected; standard errors from 8 seeds are known to a quarter, less the averaging over pixels.
    expect(ratio).toBeGreaterThan(2.8);
    expect(ratio).toBeLessThan(5.7);
  });
});
