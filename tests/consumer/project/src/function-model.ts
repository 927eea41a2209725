/**
 * A model that is a function of this program, linear in the pixels: its RISE map has a closed form. For
 * y = sum w(x') I(x') M(x') the centered map estimates Cov(y, M(x)) / p = sum w(x') I(x') (1 - p) K(x', x), where K is the
 * covariance of two pixels of a mask, by rows times by columns.
 */
import assert from 'node:assert/strict';
import { explain, functionModel } from 'datum-explain';

const WIDTH = 20;
const HEIGHT = 14;
const PIXELS = WIDTH * HEIGHT;
const CELLS = { maskWidth: 5, maskHeight: 3 };
const PROB = 0.5;
const SEEDS = 10;

/** Weights of both signs that no symmetry hides. */
const weights = Float64Array.from({ length: PIXELS }, (_, i) => Math.sin(1 + i * 0.7 + (i % WIDTH) * 0.31) / 20);
const image = {
  width: WIDTH,
  height: HEIGHT,
  data: Uint8Array.from({ length: PIXELS * 3 }, (_, i) => 40 + ((i * 97) % 200)),
};

await using model = await functionModel({
  input: { width: WIDTH, height: HEIGHT, channels: 3, scale: 1 / 255, mean: [0], std: [1] },
  // [N, 3, H, W] -> [N, 2]
  run: (data, shape) => {
    const count = shape[0] ?? 0;
    const scores = new Float32Array(count * 2);
    for (let n = 0; n < count; n++) {
      let sum = 0;
      for (let i = 0; i < 3 * PIXELS; i++) sum += ((weights[i % PIXELS] ?? 0) * (data[n * 3 * PIXELS + i] ?? 0)) / 3;
      scores.set([sum, -sum], n * 2);
    }
    return { scores: { data: scores, shape: [count, 2] } };
  },
  interpreter: ({ scores }, { count }) => {
    assert.ok(scores !== undefined);
    return Array.from({ length: count }, (_, n) => ({ scores: scores.data.slice(n * 2, n * 2 + 2), proposals: null }));
  },
  labels: ['for', 'against'],
  name: 'linear',
});

const [found] = await model.predict(image);
const whole = weights.reduce((sum, weight, i) => sum + weight * brightness(i), 0);
assert.equal(found?.label.name, whole > 0 ? 'for' : 'against');
assert.ok(Math.abs((found?.score ?? 0) - Math.abs(whole)) < 1e-4, 'the score is the sum');
assert.equal(found?.box, null);

const maps: Float32Array[] = [];
for (let seed = 1; seed <= SEEDS; seed++) {
  const explanation = await explain(model, image, {
    ...CELLS,
    prob: PROB,
    sampler: 'random',
    estimator: 'centered',
    fill: 'zero',
    classes: ['for'],
    maxSamples: 1500,
    stopAt: 'off',
    seed,
  });
  const [target] = explanation.targets;
  assert.ok(target !== undefined);
  assert.deepEqual(target.label, { id: 0, name: 'for' });
  assert.equal(typeof target.summary, 'string');
  const { data, shape } = target.map;
  assert.deepEqual([...shape], [HEIGHT, WIDTH]);
  maps.push(data);
}

// The mean over the seeds deviates from the closed form by its standard error, and that is small.
const exact = closedForm();
const deviations: number[] = [];
const errors: number[] = [];
for (let i = 0; i < PIXELS; i++) {
  const values = maps.map((map) => map[i] ?? NaN);
  const mean = values.reduce((sum, value) => sum + value, 0) / SEEDS;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (SEEDS - 1);
  const error = Math.sqrt(variance / SEEDS);
  errors.push(error);
  deviations.push((mean - (exact[i] ?? NaN)) / error);
}
assert.ok(
  rootMeanSquare(deviations) < 1.7,
  `the map is its closed form: ${rootMeanSquare(deviations)} standard errors`,
);
assert.ok(rootMeanSquare(errors) < 0.1 * rootMeanSquare([...exact]), 'the error is small beside the map');

function brightness(pixel: number): number {
  const [r = 0, g = 0, b = 0] = image.data.subarray(pixel * 3, pixel * 3 + 3);
  return (r + g + b) / 3 / 255;
}

/** Mean over all offsets of a grid of the common weight of its cells at two pixels of an axis. */
function kernel(pixels: number, cells: number): number[][] {
  const pitch = Math.ceil(pixels / cells);
  const half = pitch % 2 === 0 ? 0.5 : 0;
  const share = (at: number, cell: number): number => Math.max(0, 1 - Math.abs(at - cell));
  return Array.from({ length: pixels }, (_, a) =>
    Array.from({ length: pixels }, (__, b) => {
      let sum = 0;
      for (let offset = 0; offset < pitch; offset++) {
        const first = (a + offset + half) / pitch;
        const second = (b + offset + half) / pitch;
        for (let cell = Math.floor(first) - 1; cell <= first + 2; cell++)
          sum += share(first, cell) * share(second, cell);
      }
      return sum / pitch;
    }),
  );
}

function closedForm(): Float64Array {
  const rows = kernel(HEIGHT, CELLS.maskHeight);
  const columns = kernel(WIDTH, CELLS.maskWidth);
  return Float64Array.from({ length: PIXELS }, (_, to) =>
    weights.reduce((sum, weight, from) => {
      const row = rows[Math.floor(to / WIDTH)]?.[Math.floor(from / WIDTH)] ?? 0;
      const column = columns[to % WIDTH]?.[from % WIDTH] ?? 0;
      return sum + weight * brightness(from) * (1 - PROB) * row * column;
    }, 0),
  );
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}
