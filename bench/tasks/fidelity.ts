import type { Analysis } from '../../src/explain/rise/analysis.js';
import type { EstimatorName } from '../../src/explain/rise/estimators.js';
import { openModel } from '../../src/models/open.js';
import type { OpenModel } from '../../src/models/open-model.js';
import type { TargetMetrics } from '../../src/explain/metrics/target-metrics.js';
import { measure } from '../../src/runs/measure/measure.js';
import { correlation, mean, ScoredImage, type Scores } from '../scored-image.js';
import { subjects, type Subject } from '../subjects.js';
import { median, type BenchTask, type Measurement } from '../task.js';

const COUNTS = [64, 128, 256, 512, 1024, 2048, 4096];
const MOST = COUNTS.at(-1)!;
/** Masks of the new maps whose deletion and insertion are compared with those of the paper's at `MOST`. */
const FEW = 256;
/** The curves of a single map depend on chance: means over maps of so many disjoint sets of `FEW` masks. */
const REPEATS = 8;

const METHODS = ['reference', 'reference-own', 'centered', 'foldover+regression'] as const;
type Method = (typeof METHODS)[number];

/** By method, a figure for each of `COUNTS`. */
type Curves = Readonly<Record<Method, readonly number[]>>;

interface Outcome {
  readonly curves: Curves;
  /** Mean correlation of the converged maps with a map without noise. */
  readonly converged: number;
  readonly areas: Areas;
}

/** Areas under the curves, as means over targets: of the new maps and of the paper's. */
interface Areas {
  readonly deletion: { readonly fresh: number; readonly paper: number };
  readonly insertion: { readonly fresh: number; readonly paper: number };
}

/**
 * How well maps agree with converged ones of other masks, by estimator and number of masks, and how many times fewer
 * runs give the fidelity that the paper's estimator has at 4096. Means over targets, then over images.
 *
 * A converged map is the regression's over 4096 masks of another seed and design. Two of them tell how noisy each is,
 * and correlations are divided by that, so that this noise counts against nobody.
 *
 * The paper's masks are not the same everywhere, so endless runs of them give a slightly other map: `reference-own` is
 * the paper's estimator compared with that map, masks of each of two seeds against the other's. It leaves out what is
 * wrong with the masks themselves, and is the harder one to beat.
 */
export const fidelity: BenchTask = {
  name: 'fidelity',
  title: 'correlation with a converged map; arguments: images a model (1), models (all), a folder to keep scores in',
  async run([size = '1', names = 'all', cache]) {
    const measurements: Measurement[] = [];
    const savings: Record<Subject['task'], number[]> = { classifier: [], detector: [] };
    for (const subject of subjects()) {
      if (names !== 'all' && !names.split(',').includes(subject.name)) continue;
      const model = await openModel(subject.source);
      const outcomes: Outcome[] = [];
      for (const path of subject.images) {
        if (outcomes.length >= Number(size)) break;
        const image = await ScoredImage.open(model, path, cache);
        const outcome = image === null ? null : await judge(model, image);
        if (outcome !== null) outcomes.push(outcome);
      }
      await model.close();
      if (outcomes.length === 0) continue;
      const curves = meanCurves(outcomes.map((one) => one.curves));
      const saving = savingOf(curves, 'reference');
      const savingOwn = savingOf(curves, 'reference-own');
      savings[subject.task].push(saving);
      print(subject, outcomes, curves);
      console.log(
        `  saving ${saving.toFixed(1)} times; with the paper's masks against their own map ${savingOwn.toFixed(1)}`,
      );
      const areas = meanAreas(outcomes);
      measurements.push(
        { name: `${subject.name}-pictures`, value: outcomes.length, unit: 'pictures' },
        { name: `${subject.name}-saving`, value: saving, unit: 'times' },
        { name: `${subject.name}-saving-own`, value: savingOwn, unit: 'times' },
        { name: `${subject.name}-paper-${MOST}`, value: curves.reference.at(-1)!, unit: 'correlation' },
        {
          name: `${subject.name}-new-${FEW}`,
          value: curves['foldover+regression'][COUNTS.indexOf(FEW)]!,
          unit: 'correlation',
        },
        { name: `${subject.name}-deletion-new-less-paper`, value: difference(areas.deletion), unit: 'score' },
        { name: `${subject.name}-insertion-new-less-paper`, value: difference(areas.insertion), unit: 'score' },
      );
    }
    for (const [task, values] of Object.entries(savings)) {
      if (values.length === 0) continue;
      console.log(`  saving, median over models, ${task}s: ${median(values).toFixed(1)}`);
      measurements.push({ name: `${task}s-saving`, value: median(values), unit: 'times' });
    }
    return measurements;
  },
};

/** Null where no target shows anything once it has converged. */
async function judge(model: OpenModel, image: ScoredImage): Promise<Outcome | null> {
  const paper = await image.score('reference', 1, MOST);
  const paperAgain = await image.score('reference', 2, MOST);
  const random = await image.score('random', 3, MOST);
  const foldover = await image.score('foldover', 4, MOST);
  const whole = (scores: Scores): Analysis => scores.analyse('regression', 0, MOST);
  const [ofPaper, ofPaperAgain, ofRandom, ofFoldover] = [paper, paperAgain, random, foldover].map(whole) as [
    Analysis,
    Analysis,
    Analysis,
    Analysis,
  ];
  const targets = Array.from({ length: random.targets }, (_, target) => target).filter((target) =>
    [ofPaper, ofPaperAgain, ofRandom, ofFoldover].every((analysis) => analysis.verdict(target) === 'ok'),
  );
  if (targets.length === 0) return null;
  const noiseless = noiselessness(ofRandom, ofFoldover, targets);
  const noiselessPaper = noiselessness(ofPaper, ofPaperAgain, targets);
  const curve = (
    scores: Scores,
    estimator: EstimatorName,
    converged: Analysis,
    divisors: ReadonlyMap<number, number>,
  ): number[] =>
    COUNTS.map((count) => {
      const analysis = scores.analyse(estimator, 0, count);
      return mean(
        targets.map((target) => correlation(analysis.map(target), converged.map(target)) / divisors.get(target)!),
      );
    });
  const both = (a: readonly number[], b: readonly number[]): number[] => a.map((value, i) => (value + b[i]!) / 2);
  return {
    curves: {
      reference: both(curve(paper, 'average', ofRandom, noiseless), curve(paperAgain, 'average', ofRandom, noiseless)),
      'reference-own': both(
        curve(paper, 'average', ofPaperAgain, noiselessPaper),
        curve(paperAgain, 'average', ofPaper, noiselessPaper),
      ),
      centered: curve(random, 'centered', ofFoldover, noiseless),
      'foldover+regression': curve(foldover, 'regression', ofRandom, noiseless),
    },
    converged: mean([...noiseless.values()]),
    areas: await areasOf(
      model,
      image,
      targets,
      Array.from({ length: REPEATS }, (_, i) => foldover.analyse('regression', (i * MOST) / REPEATS, FEW)),
      [paper, paperAgain].map((scores) => scores.analyse('average', 0, MOST)),
    ),
  };
}

/** By target, the correlation of a converged map with one without noise, from two whose noises are independent. */
function noiselessness(a: Analysis, b: Analysis, targets: readonly number[]): ReadonlyMap<number, number> {
  return new Map(targets.map((target) => [target, Math.sqrt(correlation(a.map(target), b.map(target)))]));
}

async function areasOf(
  model: OpenModel,
  { answer, plan }: ScoredImage,
  indices: readonly number[],
  fresh: readonly Analysis[],
  paper: readonly Analysis[],
): Promise<Areas> {
  const selected = indices.map((index) => plan.targets[index]!);
  const boxes = selected.filter(({ box }) => box !== null);
  const judged = boxes.length > 0 ? boxes : selected;
  const areas = async (analyses: readonly Analysis[]): Promise<{ deletion: number; insertion: number }> => {
    const metrics: TargetMetrics[] = [];
    for (const analysis of analyses) {
      const targets = judged.map((planned) => ({ planned, areaMap: analysis.map(planned.index) }));
      // As finely as `--metrics fast` ever does.
      const measured = await measure(model, answer, targets, { level: 'fast', samples: MOST });
      metrics.push(...measured.targets.flatMap((one) => one ?? []));
    }
    return {
      deletion: mean(metrics.map(({ deletion }) => deletion.auc)),
      insertion: mean(metrics.map(({ insertion }) => insertion.auc)),
    };
  };
  const [ofFresh, ofPaper] = [await areas(fresh), await areas(paper)];
  return {
    deletion: { fresh: ofFresh.deletion, paper: ofPaper.deletion },
    insertion: { fresh: ofFresh.insertion, paper: ofPaper.insertion },
  };
}

function meanCurves(all: readonly Curves[]): Curves {
  const average = (method: Method): number[] => COUNTS.map((_, i) => mean(all.map((curves) => curves[method][i]!)));
  return {
    reference: average('reference'),
    'reference-own': average('reference-own'),
    centered: average('centered'),
    'foldover+regression': average('foldover+regression'),
  };
}

/** How many times fewer masks give what the paper's estimator has at `MOST`, between counts along log N. */
function savingOf(curves: Curves, paper: 'reference' | 'reference-own'): number {
  const wanted = curves[paper].at(-1)!;
  const curve = curves['foldover+regression'];
  const above = curve.findIndex((value) => value >= wanted);
  if (above < 0) return 1;
  if (above === 0) return MOST / COUNTS[0]!;
  const low = curve[above - 1]!;
  const share = (wanted - low) / (curve[above]! - low);
  return MOST / (COUNTS[above - 1]! * (COUNTS[above]! / COUNTS[above - 1]!) ** share);
}

function meanAreas(outcomes: readonly Outcome[]): Areas {
  const pair = (curve: keyof Areas): Areas['deletion'] => ({
    fresh: mean(outcomes.map(({ areas }) => areas[curve].fresh)),
    paper: mean(outcomes.map(({ areas }) => areas[curve].paper)),
  });
  return { deletion: pair('deletion'), insertion: pair('insertion') };
}

function difference({ fresh, paper }: Areas['deletion']): number {
  return fresh - paper;
}

function print({ name, task }: Subject, outcomes: readonly Outcome[], curves: Curves): void {
  const converged = mean(outcomes.map((one) => one.converged));
  console.log(`  ${name} (${task}), ${outcomes.length} images; converged maps ${converged.toFixed(4)}`);
  console.log(`  | masks | ${COUNTS.join(' | ')} |`);
  for (const method of METHODS) {
    console.log(`  | ${method} | ${curves[method].map((value) => value.toFixed(3)).join(' | ')} |`);
  }
  const { deletion, insertion } = meanAreas(outcomes);
  console.log(
    `  deletion ${deletion.fresh.toFixed(4)} at ${FEW} masks, paper's ${deletion.paper.toFixed(4)} at ${MOST}; insertion ${insertion.fresh.toFixed(4)}, paper's ${insertion.paper.toFixed(4)}`,
  );
}
