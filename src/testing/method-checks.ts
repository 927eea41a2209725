import assert from 'node:assert/strict';
import { resolveOptions, type Design, type Estimates } from '../explain/method.js';
import { completeMethod, isMethodPlugin, type MethodPlugin } from '../explain/plugin.js';
import { ScoreTable } from '../explain/rise/scores.js';
import { assertFinite, check, correlation, noise, type Check } from './check.js';

/** A method, and how it is to be tried. */
export interface MethodCase {
  readonly method: MethodPlugin;
  /** Options, the common ones too; the method's defaults where absent. Choose them so that a trial is short. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  /** The part of the input that is explained, in pixels; 48 x 32 where absent. */
  readonly area?: { readonly width: number; readonly height: number } | undefined;
  /** Smallest correlation of its map with the weights of a linear model, whose map is known; 0.9 where absent. */
  readonly correlation?: number | undefined;
}

/** What the house relies on in a method, as checks for any test runner. */
export function methodChecks(given: MethodCase): Check[] {
  assert.ok(isMethodPlugin(given.method), 'a method has a name and plan(area, options)');
  const method = completeMethod(given.method);
  const { area = { width: 48, height: 32 }, correlation: least = 0.9 } = given;
  const size = area.width * area.height;
  const plan = (): Design => method.plan(area, resolveOptions(method, given.options ?? {}), shownIn(area));
  const drawn = (design: Design, index: number): Float32Array => {
    const mask = new Float32Array(size);
    design.draw(index, mask);
    return mask;
  };
  return [
    check('its options have defaults, and unknown ones are refused', () => {
      assert.doesNotThrow(() => resolveOptions(method, given.options ?? {}));
      assert.throws(() => resolveOptions(method, { noSuchOption: 1 }), 'an option that there is not must be refused');
    }),
    check('plans a number of masks', () => {
      const { most } = plan();
      assert.ok(Number.isSafeInteger(most) && most > 0, `${most} masks`);
    }),
    check('masks are between 0 and 1', () => {
      const design = plan();
      for (const index of someOf(design.most)) {
        const mask = drawn(design, index);
        const bad = mask.find((value) => !(value >= 0 && value <= 1));
        assert.equal(bad, undefined, `mask ${index} has a value ${bad}`);
      }
    }),
    check('a mask is a function of its number alone', () => {
      const design = plan();
      const indices = someOf(design.most);
      const first = indices.map((index) => drawn(design, index));
      const other = plan();
      for (const [place, index] of [...indices.entries()].reverse()) {
        assert.deepEqual(
          drawn(other, index),
          first[place],
          `mask ${index}, drawn by another plan and in another order`,
        );
        const dirty = new Float32Array(size).fill(0.5);
        design.draw(index, dirty);
        assert.deepEqual(dirty, first[place], `mask ${index} depends on what was in the memory`);
      }
    }),
    check('an estimate is a function of the scores alone', () => {
      const scored = tableOf(plan(), noise(size), area);
      const [first, second] = [estimated(plan(), scored), estimated(plan(), scored)];
      assert.deepEqual(second.map(0), first.map(0));
      assert.deepEqual(first.map(0), first.map(0), 'asked twice');
      assert.equal(second.reliability(0), first.reliability(0));
    }),
    check('maps have the size of the area, and are finite', () => {
      const estimates = estimated(plan(), tableOf(plan(), noise(size), area));
      for (const target of [0, 1]) {
        assert.equal(estimates.map(target).length, size);
        assertFinite(estimates.map(target), 'the map');
        const error = estimates.standardError(target);
        if (error !== null) assert.equal(error.length, size);
        const reliability = estimates.reliability(target);
        if (reliability !== null) assert.ok(reliability >= 0 && reliability <= 1, `a reliability of ${reliability}`);
      }
    }),
    check('a part of the masks gives a map too', () => {
      const design = plan();
      const half = tableOf(design, noise(size), area, Math.ceil(design.most / 2));
      assertFinite(estimated(design, half).map(0), 'the map');
    }),
    check('a score that nothing changes has a flat map', () => {
      const design = plan();
      const flat = tableOf(design, new Float32Array(size), area);
      const map = estimated(design, flat).map(0);
      for (const value of map) assert.ok(Math.abs(value) < 1e-3, `the map has ${value}, where no pixel matters`);
    }),
    check(`the map of a linear model is its weights (correlation of ${least})`, () => {
      const design = plan();
      const weights = spot(area);
      const found = correlation(estimated(design, tableOf(design, weights, area)).map(0), weights);
      assert.ok(found >= least, `the correlation is ${found.toFixed(3)}`);
    }),
  ];
}

/** The scores of a linear model, whose second target is the opposite of the first: in 0..1, and those on the whole image. */
interface Scored {
  readonly table: ScoreTable;
  readonly baseline: readonly number[];
}

function tableOf(
  design: Design,
  weights: Float32Array,
  { width, height }: { readonly width: number; readonly height: number },
  count = design.most,
): Scored {
  const table = new ScoreTable(2);
  const mask = new Float32Array(width * height);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const scoreOf = (kept: number): number => (sum === 0 ? 0.5 : kept / sum);
  for (let index = 0; index < count; index++) {
    design.draw(index, mask);
    const kept = scoreOf(weights.reduce((total, weight, i) => total + weight * (mask[i] ?? 0), 0));
    table.append(Float32Array.of(kept, 1 - kept));
  }
  const whole = scoreOf(sum);
  return { table, baseline: [whole, 1 - whole] };
}

function estimated(design: Design, { table, baseline }: Scored): Estimates {
  return design.estimate(table, { baseline, rivals: [[], []] });
}

/** An image with as many colors as there are: for methods whose masks follow what is seen. */
function shownIn({ width, height }: { readonly width: number; readonly height: number }) {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return [(255 * x) / width, (255 * y) / height, 128][i % 3] ?? 0;
  });
  return { width, height, data };
}

/** A soft spot, not in the middle: what a method of coarse masks can show as well. */
function spot({ width, height }: { readonly width: number; readonly height: number }): Float32Array {
  return Float32Array.from({ length: width * height }, (_, i) => {
    const x = ((i % width) - 0.7 * width) / (0.2 * width);
    const y = (Math.floor(i / width) - 0.4 * height) / (0.2 * height);
    return Math.exp(-(x * x + y * y) / 2);
  });
}

/** The first masks, and some of the others. */
function someOf(most: number): number[] {
  const wanted = [0, 1, 2, 3, 7, 16, Math.floor(most / 2), most - 1];
  return [...new Set(wanted.filter((index) => index < most))];
}
