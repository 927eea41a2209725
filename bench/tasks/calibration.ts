import type { Analysis } from '../../src/explain/rise/analysis.js';
import { RandomStream } from '../../src/explain/rise/philox.js';
import { createSampler } from '../../src/explain/rise/samplers.js';
import { isReliable, nextCheckpoint } from '../../src/explain/rise/stopping.js';
import { openModel } from '../../src/models/open.js';
import { correlation, mean, ScoredImage, Scores } from '../scored-image.js';
import { subjects } from '../subjects.js';
import type { BenchTask, Measurement } from '../task.js';

const COUNTS = [64, 128, 256, 512, 1024, 2048];
/** Two halves of whole blocks, each judged against the other. */
const HALF = 2048;
const MODELS = 'squeezenet1.1,mobilenetv2,animals-clean,animals-detector';
/** The default run: it ends at this reliability or after this many masks. */
const STOP_AT = 0.95;
const MAX_SAMPLES = 2000;

/** One map that shows something once it has converged. */
interface Judged {
  readonly claimed: number;
  readonly measured: number;
  /** Share of pixels whose 95 % interval holds the converged map's value. */
  readonly covered: number;
  readonly noise: boolean;
}

/**
 * Whether maps are as good as they say. Each half of an image's masks is judged against the map of the other half,
 * whose own noise is allowed for: correlations are divided by its reliability, and intervals are of the difference.
 */
export const calibration: BenchTask = {
  name: 'calibration',
  title: 'claims compared with converged maps; arguments: images a model (20), models, a folder to keep scores in',
  async run([size = '20', names = MODELS, cache]) {
    const measurements = onNoise();
    const all = new Map<string, Judged[]>();
    for (const subject of subjects()) {
      if (!names.split(',').includes(subject.name)) continue;
      const found = new Map<string, Judged[]>();
      const model = await openModel(subject.source);
      let images = 0;
      for (const path of subject.images) {
        if (images >= Number(size)) break;
        const image = await ScoredImage.open(model, path, cache);
        if (image === null) continue;
        images++;
        const scores = await image.score('foldover', 4, 2 * HALF);
        for (const first of [0, HALF]) {
          const converged = scores.analyse('regression', HALF - first, HALF);
          for (const count of COUNTS) {
            judge(scores.analyse('regression', first, count), converged, collect(found, String(count)));
          }
          judge(endOfRun(scores, first), converged, collect(found, 'default run'));
        }
      }
      await model.close();
      console.log(`  ${subject.name}, ${images} images`);
      print(found);
      for (const [key, judged] of found) collect(all, key).push(...judged);
    }
    if (all.size === 0) return measurements;
    console.log('  all models');
    print(all);
    for (const [key, judged] of all) {
      const { claimed, measured, covered, noise } = summary(judged);
      const name = key.replace(' ', '-');
      measurements.push(
        { name: `claimed-less-measured-${name}`, value: claimed - measured, unit: 'correlation' },
        { name: `coverage-${name}`, value: covered, unit: 'share' },
        { name: `ok-called-noise-${name}`, value: noise, unit: 'share' },
      );
    }
    return measurements;
  },
};

function collect(groups: Map<string, Judged[]>, key: string): Judged[] {
  const group = groups.get(key) ?? [];
  groups.set(key, group);
  return group;
}

function judge(analysis: Analysis, converged: Analysis, out: Judged[]): void {
  for (let target = 0; target < analysis.targets; target++) {
    if (converged.verdict(target) !== 'ok') continue;
    const map = analysis.map(target);
    const truth = converged.map(target);
    const error = analysis.standardError(target);
    const errorOfTruth = converged.standardError(target);
    const inside = map.map((value, i) =>
      Math.abs(value - truth[i]!) <= 1.96 * Math.hypot(error[i]!, errorOfTruth[i]!) ? 1 : 0,
    );
    out.push({
      claimed: analysis.reliability(target),
      measured: correlation(map, truth) / converged.reliability(target),
      covered: mean(inside),
      noise: analysis.verdict(target) === 'noise',
    });
  }
}

/** Masks from `first` on, until the default run would end. */
function endOfRun(scores: Scores, first: number): Analysis {
  let count = nextCheckpoint(0);
  for (;;) {
    const analysis = scores.analyse('regression', first, count);
    if (count >= MAX_SAMPLES || isReliable(analysis, STOP_AT)) return analysis;
    count = Math.min(MAX_SAMPLES, nextCheckpoint(count));
  }
}

function summary(judged: readonly Judged[]): { claimed: number; measured: number; covered: number; noise: number } {
  return {
    claimed: mean(judged.map((one) => one.claimed)),
    measured: mean(judged.map((one) => one.measured)),
    covered: mean(judged.map((one) => one.covered)),
    noise: mean(judged.map((one) => Number(one.noise))),
  };
}

function print(groups: ReadonlyMap<string, readonly Judged[]>): void {
  console.log('  | masks | maps | claimed | measured | difference | covered | called noise |');
  for (const [key, judged] of groups) {
    const { claimed, measured, covered, noise } = summary(judged);
    const figures = [claimed, measured, claimed - measured, covered, noise].map((value) => value.toFixed(3));
    console.log(`  | ${key} | ${judged.length} | ${figures.join(' | ')} |`);
  }
}

/** Scores that do not depend on masks. */
const MEANINGLESS: Readonly<Record<string, (normal: number, uniform: number) => number>> = {
  constant: () => 0.7,
  uniform: (_, uniform) => uniform,
  normal: (normal) => 5 + normal,
  // Few large ones among many small, as scores of boxes are.
  'log-normal': (normal) => Math.exp(2 * normal),
};
const SEEDS = 40;
const COLUMNS = 25;

/** Share of meaningless scores that are called noise, by kind and number of masks. */
function onNoise(): Measurement[] {
  console.log(`  scores without meaning called noise, ${SEEDS * COLUMNS} times each`);
  console.log(`  | scores | ${COUNTS.join(' | ')} |`);
  const measurements: Measurement[] = [];
  for (const [kind, make] of Object.entries(MEANINGLESS)) {
    const shares = COUNTS.map((count) => {
      let noise = 0;
      for (let seed = 0; seed < SEEDS; seed++) {
        const analysis = meaningless(seed, count, make).analyse('regression', 0, count);
        for (let column = 0; column < COLUMNS; column++) if (analysis.verdict(column) === 'noise') noise++;
      }
      return noise / (SEEDS * COLUMNS);
    });
    console.log(`  | ${kind} | ${shares.map((share) => share.toFixed(3)).join(' | ')} |`);
    measurements.push({ name: `${kind}-called-noise-at-least`, value: Math.min(...shares), unit: 'share' });
  }
  return measurements;
}

function meaningless(seed: number, count: number, make: (normal: number, uniform: number) => number): Scores {
  const sampler = createSampler({
    sampler: 'foldover',
    height: 112,
    width: 112,
    gridHeight: 7,
    gridWidth: 7,
    probability: 0.5,
    seed,
  });
  const stream = new RandomStream(seed + 1000);
  stream.at(count, 9);
  const data = Float32Array.from({ length: count * COLUMNS }, () => {
    const uniform = stream.uniform();
    return make(Math.sqrt(-2 * Math.log(1 - uniform)) * Math.cos(2 * Math.PI * stream.uniform()), uniform);
  });
  return new Scores(sampler, data, new Float32Array(COLUMNS));
}
