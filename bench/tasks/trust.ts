import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { z } from 'zod';
import {
  advantageScale,
  judgedVerdict,
  LEAST_ADVANTAGE,
  overallArea,
  wantsAdvantage,
} from '../../src/explain/faithfulness.js';
import { curveOf, fewCounts } from '../../src/explain/metrics/curve.js';
import { orderBySaliency } from '../../src/explain/metrics/saliency-order.js';
import { RandomStream } from '../../src/explain/rise/philox.js';
import { blurImage } from '../../src/image/index.js';
import { openModel, type ModelSource } from '../../src/models/open.js';
import type { OpenModel } from '../../src/models/open-model.js';
import { ask, type Answer } from '../../src/runs/answer.js';
import { curvesOf } from '../../src/runs/measure/judging.js';
import { measure } from '../../src/runs/measure/measure.js';
import { Perturbation } from '../../src/runs/measure/perturbation.js';
import { openImage } from '../../src/runs/open-image.js';
import { planExplanation } from '../../src/runs/plan.js';
import { runPlan } from '../../src/runs/run-plan.js';
import type { ExplainedTarget } from '../../src/results/explanation.js';
import { mean } from '../scored-image.js';
import { shuffledModel, type Shuffled } from '../shuffled-model.js';
import { subjects, type Subject } from '../subjects.js';
import type { BenchTask, Measurement } from '../task.js';

/** Classes of a classifier that are explained, by their rank; a class of rank 100 is one that the model does not answer. */
const RANKS = [1, 2, 5, 100];
/** Boxes of a detector that are explained, best first. */
const BOXES = 3;
/** Random fields that a map is compared with. */
const FIELDS = 6;
/** Cells of a random field along each side: about as coarse as a map. */
const FIELD_CELLS = 7;

/** What was measured of one case: a model, an image, a target. */
const caseSchema = z.object({
  model: z.string(),
  image: z.string(),
  target: z.string(),
  /** Whether it is a trained model's own answer: its top class, or a box that it found. */
  isAnswer: z.boolean(),
  byMasks: z.string(),
  verdict: z.string(),
  score: z.number(),
  scale: z.number(),
  reliability: z.number().nullable(),
  rho: z.number().nullable(),
  oa: z.number(),
  /** Always measured here, whether the product asks for it or not. */
  advantage: z.number(),
  fields: z.array(z.number()),
  /** Area under insertion from, less that under deletion to, a blurred image. */
  blurred: z.number(),
  samples: z.number(),
});
type Case = z.output<typeof caseSchema>;

/**
 * How often the verdict `unfaithful` is right, by truths that the rule is no part of: random smooth fields in the place of
 * the map, and curves between the image and a blurred one. Cases as those that the rule was made on: top classes and
 * boxes of trained models, classes of rank 2, 5 and 100, and networks with shuffled weights.
 */
export const trust: BenchTask = {
  name: 'trust',
  title:
    'detection and false alarms of the verdict on maps; arguments: images a model (2), models (all), a folder to keep cases in, options of the method as JSON',
  async run([size = '2', names = 'all', folder = mkdtempSync(join(tmpdir(), 'trust-')), given = '{}']) {
    mkdirSync(folder, { recursive: true });
    const log = join(folder, 'cases.jsonl');
    const kept = existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : [];
    const cases = kept.map((line) => caseSchema.parse(JSON.parse(line)));
    const done = new Set(cases.map(({ model, image }) => `${model} ${image}`));
    for (const subject of suspects(folder)) {
      if (names !== 'all' && !names.split(',').includes(subject.name)) continue;
      let model: OpenModel | null = null;
      let images = 0;
      for (const path of subject.images) {
        if (images >= Number(size)) break;
        images++;
        if (done.has(`${subject.name} ${basename(path)}`)) continue;
        model ??= await openModel(subject.source);
        const fresh = await casesOf(model, subject, path, z.record(z.string(), z.unknown()).parse(JSON.parse(given)));
        // A detector may find nothing.
        if (fresh.length === 0) images--;
        for (const one of fresh) appendFileSync(log, `${JSON.stringify(one)}\n`);
        cases.push(...fresh);
        console.log(`  ${subject.name} ${basename(path)}: ${fresh.length} cases, ${cases.length} in all`);
      }
      await model?.close();
    }
    return report(cases);
  },
};

interface Suspect extends Subject {
  readonly isTrained: boolean;
}

/** Trained models, and networks whose weights were shuffled. */
function suspects(folder: string): Suspect[] {
  const trained = subjects().map((subject): Suspect => ({ ...subject, isTrained: true }));
  const shuffled = (of: string, name: string, which: Shuffled): Suspect[] => {
    const subject = trained.find((one) => one.name === of);
    const source: ModelSource | undefined = subject?.source;
    if (subject === undefined || source === undefined) return [];
    const description = typeof source === 'string' ? source : source.description;
    const path = join(folder, `${name}.onnx`);
    writeFileSync(path, shuffledModel(description, which));
    return [
      {
        ...subject,
        name,
        isTrained: false,
        source: typeof source === 'string' ? path : { ...source, description: path },
      },
    ];
  };
  return [
    ...trained,
    ...shuffled('mobilenetv2', 'mobilenetv2-shuffled-last', 'largest'),
    ...shuffled('squeezenet1.1', 'squeezenet1.1-shuffled', 'convolutions'),
  ];
}

async function casesOf(
  model: OpenModel,
  { name, task, isTrained }: Suspect,
  path: string,
  given: Readonly<Record<string, unknown>>,
): Promise<Case[]> {
  const image = await openImage(path);
  const first = await ask(model, image, { given });
  const answer =
    task === 'detector'
      ? await ask(model, image, { given: { ...given, maxBoxes: BOXES } })
      : await ask(model, image, { given: { ...given, classes: rankedClasses(first) } });
  const plan = planExplanation(answer, model.info);
  if (plan.targets.length === 0) return [];
  const run = runPlan(model, answer, plan, { metrics: 'none' });
  let next = await run.next();
  while (next.done !== true) next = await run.next();
  const { explanation } = next.value;
  const targets = explanation.targets.filter(({ kind }) => task === 'classifier' || kind === 'bbox');
  const measurable = targets.map((one) => ({
    planned: one.planned,
    areaMap: one.areaMap,
    // Nothing is known of what is held out, so that the advantage is asked for of all.
    judged: { ...one.belief, rho: null },
  }));
  const { faithfulness } = await measure(model, answer, measurable, {
    level: 'fast',
    samples: explanation.run.samples,
  });
  const blurredAreas = await areasBetweenBlurred(model, answer, targets);
  const out: Case[] = [];
  for (const [i, target] of targets.entries()) {
    const { oa, advantage } = faithfulness[i]!;
    const scale = advantageScale(target.belief);
    const rho = target.heldOutCorrelation();
    const asked = wantsAdvantage(rho, oa, scale);
    out.push({
      model: name,
      image: basename(path),
      target: task === 'classifier' ? `rank ${RANKS[i] ?? '?'}` : `box ${i}`,
      isAnswer: isTrained && (task === 'detector' || i === 0),
      byMasks: target.verdict,
      verdict: judgedVerdict(target.verdict, { advantage: asked ? advantage : null }),
      score: target.belief.baseline,
      scale,
      reliability: target.reliability,
      rho,
      oa,
      advantage: advantage!,
      fields: await fieldAreas(model, answer, target),
      blurred: blurredAreas[i]!,
      samples: explanation.run.samples,
    });
  }
  return out;
}

/** Classes of some ranks, by number; those of a small model as far as it has them. */
function rankedClasses({ prediction }: Answer): string[] {
  const scores = prediction.scores ?? new Float32Array(0);
  const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!);
  return RANKS.flatMap((rank) => (rank <= order.length ? [String(order[rank - 1])] : []));
}

/** Areas of curves in which the order is that of random smooth fields. */
async function fieldAreas(model: OpenModel, answer: Answer, { planned }: ExplainedTarget): Promise<number[]> {
  const { width, height } = answer.scene.placement.area;
  const orders = Array.from({ length: FIELDS }, (_, i) => orderBySaliency(smoothField(width, height, 1000 + i)));
  const runs = new Perturbation(model, answer, [planned.target], orders, undefined);
  const counts = fewCounts(runs.pixels);
  return Promise.all(
    orders.map(async (_, order) => {
      const { deletion, insertion } = await curvesOf(runs, 0, counts, order);
      return overallArea(deletion, insertion);
    }),
  );
}

/** Random numbers on a lattice, bilinear between them. */
function smoothField(width: number, height: number, seed: number): Float32Array {
  const random = new RandomStream(seed).at(0, 92);
  const nodes = Float64Array.from({ length: (FIELD_CELLS + 1) ** 2 }, () => random.uniform());
  return Float32Array.from({ length: width * height }, (_, i) => {
    const x = (((i % width) + 0.5) / width) * FIELD_CELLS;
    const y = ((Math.floor(i / width) + 0.5) / height) * FIELD_CELLS;
    const [column, row] = [Math.floor(x), Math.floor(y)];
    const at = (r: number, c: number): number => nodes[r * (FIELD_CELLS + 1) + c]!;
    const upper = at(row, column) + (at(row, column + 1) - at(row, column)) * (x - column);
    const lower = at(row + 1, column) + (at(row + 1, column + 1) - at(row + 1, column)) * (x - column);
    return upper + (lower - upper) * (y - row);
  });
}

/** Areas of curves between the image and one blurred by a tenth of its longer side: no zero anywhere, and no light blur. */
async function areasBetweenBlurred(
  model: OpenModel,
  answer: Answer,
  targets: readonly ExplainedTarget[],
): Promise<number[]> {
  const { pixels } = answer.image;
  const blurred = await model.scene(blurImage(pixels, Math.max(pixels.width, pixels.height) / 10), 'zero');
  const scene = { ...answer.scene, id: blurred.id, fill: blurred.input };
  const runs = new Perturbation(
    model,
    { ...answer, scene },
    targets.map(({ planned }) => planned.target),
    targets.map(({ areaMap }) => orderBySaliency(areaMap)),
    undefined,
  );
  const counts = fewCounts(runs.pixels);
  return Promise.all(
    targets.map(async (_, i) => {
      const [removed, kept] = await Promise.all([runs.at(i, 'remove', counts), runs.at(i, 'keep', counts)]);
      return curveOf(counts, runs.pixels, kept.scores).auc - curveOf(counts, runs.pixels, removed.scores).auc;
    }),
  );
}

/** Truth by random fields: the map is above all of them, and above their mean by a tenth of the score. */
function isFaithfulByFields({ oa, fields, scale }: Case): boolean {
  return fields.every((field) => oa > field) && oa - mean(fields) > LEAST_ADVANTAGE * scale;
}

/** Truth by another baseline of the curves. */
function isFaithfulByBlur({ blurred, scale }: Case): boolean {
  return blurred > LEAST_ADVANTAGE * scale;
}

/** Plainly bad: hardly above the mean of the fields, or below a third of them. */
function isBad({ oa, fields, scale }: Case): boolean {
  return oa - mean(fields) < 0.03 * scale || fields.filter((field) => oa > field).length < 0.7 * fields.length;
}

function report(all: readonly Case[]): Measurement[] {
  const measurements: Measurement[] = [];
  // What is noise or lost has no map to be judged.
  const judged = all.filter(({ byMasks }) => byMasks === 'ok' || byMasks === 'weak');
  const flaggedByRule = ({ advantage }: Case): boolean => advantage < LEAST_ADVANTAGE;
  const flagged = ({ verdict }: Case): boolean => verdict === 'unfaithful';
  const doubted = ({ verdict }: Case): boolean => verdict !== 'ok';
  const groups: readonly (readonly [string, readonly Case[]])[] = [
    ['all', judged],
    ['answers', judged.filter(({ isAnswer }) => isAnswer)],
    ['scores of .01 and more', judged.filter(({ byMasks }) => byMasks === 'ok')],
  ];
  const verdicts = [...new Set(all.map(({ verdict }) => verdict))];
  console.log(
    `  ${all.length} cases: ${verdicts.map((one) => `${all.filter(({ verdict }) => verdict === one).length} ${one}`).join(', ')}`,
  );
  for (const [name, cases] of groups) {
    for (const [rule, test] of [
      ['advantage below a tenth, asked of all', flaggedByRule],
      ['verdict unfaithful', flagged],
      ['verdict unfaithful or weak', doubted],
      ['advantage below a tenth, or OA below 0', (one: Case) => flaggedByRule(one) || one.oa < 0],
    ] as const) {
      const rows = [
        ['fields', isFaithfulByFields],
        ['blur', isFaithfulByBlur],
        ['not plainly bad', (one: Case) => !isBad(one)],
      ] as const;
      const texts = rows.map(([truth, isFaithful]) => {
        const faithful = cases.filter(isFaithful);
        const others = cases.filter((one) => !isFaithful(one));
        const [caught, alarms] = [others.filter(test).length, faithful.filter(test).length];
        const key = `${name}-${rule}-${truth}`.replaceAll(/[^a-z0-9]+/gi, '-');
        if (others.length > 0)
          measurements.push({ name: `${key}-caught`, value: caught / others.length, unit: 'share' });
        if (faithful.length > 0)
          measurements.push({ name: `${key}-false`, value: alarms / faithful.length, unit: 'share' });
        return `${truth}: ${caught} of ${others.length} caught, ${alarms} of ${faithful.length} false`;
      });
      console.log(`  ${name}; ${rule}: ${texts.join('; ')}`);
    }
  }
  const asked = judged.filter(({ byMasks }) => byMasks === 'ok');
  const runs = asked.map(({ rho, oa, scale }) => (wantsAdvantage(rho, oa, scale) ? 42 : 0));
  console.log(
    `  runs a judged target beside its curves: ${mean(runs).toFixed(1)}, asked of ${runs.filter(Boolean).length} of ${asked.length}`,
  );
  const missed = judged.filter((one) => flaggedByRule(one) && !wantsAdvantage(one.rho, one.oa, one.scale)).length;
  console.log(`  below a tenth and not asked: ${missed}`);
  measurements.push(
    { name: 'runs-a-target', value: mean(runs), unit: 'runs' },
    { name: 'cases', value: all.length, unit: 'cases' },
  );
  return measurements;
}
