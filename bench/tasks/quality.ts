import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { areaUnderCurve, FEW_SHARES } from '../../src/explain/metrics/curve.js';
import { energyPointing } from '../../src/explain/metrics/pointing.js';
import { orderBySaliency } from '../../src/explain/metrics/saliency-order.js';
import type { Estimates } from '../../src/explain/method.js';
import { ScoreTable } from '../../src/explain/rise/scores.js';
import { blurImage } from '../../src/image/index.js';
import { openModel } from '../../src/models/open.js';
import type { OpenModel } from '../../src/models/open-model.js';
import { ask, type Answer } from '../../src/runs/answer.js';
import { regionOfBox } from '../../src/explain/metrics/region.js';
import { Perturbation } from '../../src/runs/measure/perturbation.js';
import { openImage } from '../../src/runs/open-image.js';
import { planExplanation, type Plan } from '../../src/runs/plan.js';
import { mean } from '../scored-image.js';
import { subjects, type Subject } from '../subjects.js';
import { median, type BenchTask, type Measurement } from '../task.js';

/** Masks that are compared. The first one is what others are held against. */
const SETTINGS = {
  '7x7 zero': { maskWidth: 7, maskHeight: 7, fill: 'zero' },
  '4x4 blur': { maskWidth: 4, maskHeight: 4, fill: 'blur' },
  '5x5 blur': { maskWidth: 5, maskHeight: 5, fill: 'blur' },
  '6x6 blur': { maskWidth: 6, maskHeight: 6, fill: 'blur' },
  '7x7 blur': { maskWidth: 7, maskHeight: 7, fill: 'blur' },
  '10x10 blur': { maskWidth: 10, maskHeight: 10, fill: 'blur' },
} as const;
type Setting = keyof typeof SETTINGS;
const FIRST: Setting = '7x7 zero';

/** Masks at most, and the number at which all settings are compared. */
const MOST = 384;
const EQUAL = 128;
/** Reliability at which a run ends by itself. */
const STOP_AT = 0.95;
const rowSchema = z.object({
  model: z.string(),
  task: z.enum(['classifier', 'detector']),
  image: z.string(),
  setting: z.string(),
  target: z.number(),
  /** Share of the image that the target's box covers; null for a class. */
  box: z.number().nullable(),
  /** Masks at which a run ends by itself; `MOST` where it does not before. */
  stop: z.number(),
  /** Which masks the map rests on. */
  at: z.enum(['stop', 'equal']),
  verdict: z.string(),
  oa: z.number(),
  oab: z.number(),
  /** Share of positive saliency in the box. */
  epg: z.number().nullable(),
});
type Row = z.output<typeof rowSchema>;

/**
 * Which masks give the most faithful maps for the fewest runs. Insertion less deletion, by two yardsticks: OA (from RISE's light blur, to zero)
 * and OAB (from, and to, an image blurred with a tenth of its longer side: not the fill of any mask). Differences are paired by target.
 */
export const quality: BenchTask = {
  name: 'quality',
  title:
    'faithfulness of maps by masks; arguments: folder for rows (resumed), images a model (12), models (all), masks (all)',
  async run([folder = join(tmpdir(), 'datum-quality'), images = '12', names = 'all', masks = 'all']) {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'rows.jsonl');
    const known = existsSync(file) ? readRows(file) : [];
    const done = new Set(known.map(({ model, image, setting }) => `${model} ${image} ${setting}`));
    for (const subject of subjects(folder)) {
      if (names !== 'all' && !names.split(',').includes(subject.name)) continue;
      const model = await openModel(subject.source);
      let used = 0;
      for (const path of subject.images) {
        if (used >= Number(images)) break;
        const image = basename(path);
        const wanted = settings().filter((setting) => masks === 'all' || masks.split(',').includes(setting));
        const missing = wanted.filter((setting) => !done.has(`${subject.name} ${image} ${setting}`));
        const rows = [];
        for (const setting of missing) rows.push(...(await rowsOf(model, subject, path, setting)));
        if (missing.length > 0 && rows.length === 0) continue;
        appendFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
        used++;
      }
      await model.close();
    }
    return summary(readRows(file));
  },
};

function settings(): Setting[] {
  return Object.keys(SETTINGS).filter((name): name is Setting => name in SETTINGS);
}

function readRows(file: string): Row[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => rowSchema.parse(JSON.parse(line)));
}

/** What one setting makes of one image; nothing where the model finds nothing. */
async function rowsOf(model: OpenModel, subject: Subject, path: string, setting: Setting): Promise<Row[]> {
  const { fill, ...grid } = SETTINGS[setting];
  const given = { ...grid, fill, maxSamples: MOST, ...(subject.task === 'detector' ? { maxBoxes: 5 } : {}) };
  const opened = await openImage(path);
  const answer = await ask(model, opened, { given });
  const whole = planExplanation(answer, model.info);
  // Boxes of a detector, and the first class of a classifier.
  const targets = whole.targets.filter(({ box }) => subject.task === 'classifier' || box !== null);
  if (targets.length === 0) return [];
  const { tables, stop } = await scored(model, answer, whole);
  const soft = await blurred(model, answer);
  const rows: Row[] = [];
  for (const at of ['stop', 'equal'] as const) {
    const estimates = tables[at];
    const orders = targets.map(({ index }) => orderBySaliency(estimates.map(index)));
    const kinds = targets.map(({ target }) => target);
    const light = new Perturbation(model, answer, kinds, orders, undefined);
    const heavy = new Perturbation(model, soft, kinds, orders, undefined);
    for (const [i, planned] of targets.entries()) {
      const counts = FEW_SHARES.map((share) => Math.round(share * light.pixels));
      const area = async (curves: Perturbation, mode: 'delete' | 'insert' | 'remove' | 'keep'): Promise<number> =>
        areaUnderCurve(FEW_SHARES, (await curves.at(i, mode, counts)).scores);
      const region = planned.box === null ? null : regionOfBox(planned.box, answer.placement);
      rows.push({
        model: subject.name,
        task: subject.task,
        image: basename(path),
        setting,
        target: planned.index,
        box:
          planned.box === null
            ? null
            : (planned.box.width * planned.box.height) / (opened.pixels.width * opened.pixels.height),
        stop,
        at,
        verdict: estimates.verdict(planned.index),
        oa: (await area(light, 'insert')) - (await area(light, 'delete')),
        oab: (await area(heavy, 'keep')) - (await area(heavy, 'remove')),
        epg: region === null ? null : energyPointing(estimates.map(planned.index), region),
      });
    }
  }
  return rows;
}

/** The maps of a run that ends by itself, and those after `EQUAL` masks. */
async function scored(
  model: OpenModel,
  answer: Answer,
  { scored: { targets, rivals }, baseline, design }: Plan,
): Promise<{ readonly tables: Readonly<Record<Row['at'], Estimates>>; readonly stop: number }> {
  const { scene, scoring, milliseconds, kinds } = answer;
  const data = new Float32Array(MOST * targets.length);
  let at = 0;
  const estimated = (count: number): Estimates => {
    const table = new ScoreTable(targets.length, count);
    table.append(data.subarray(0, count * targets.length));
    return design.estimate(table, { baseline, rivals });
  };
  let checkpoint = design.nextCheckpoint(0);
  let stop: number | null = null;
  const batch = model.batchSize(undefined);
  const runs = { scene, design, targets, scoring, kinds, batch, millisecondsPerRun: milliseconds };
  for await (const chunk of model.scoreMasks(runs)) {
    data.set(chunk, at);
    at += chunk.length;
    while (stop === null && checkpoint * targets.length <= at) {
      if (design.isSettled(estimated(checkpoint), STOP_AT, new Set())) stop = checkpoint;
      checkpoint = design.nextCheckpoint(checkpoint);
    }
    if (stop !== null && at >= EQUAL * targets.length) break;
  }
  return { tables: { stop: estimated(stop ?? MOST), equal: estimated(EQUAL) }, stop: stop ?? MOST };
}

/** The same answer, with an image behind the masks that is blurred by a tenth of its longer side. */
async function blurred(model: OpenModel, answer: Answer): Promise<Answer> {
  const { pixels } = answer.image;
  const soft = await model.scene(blurImage(pixels, Math.max(pixels.width, pixels.height) / 10));
  return { ...answer, scene: { ...answer.scene, id: soft.id, fill: soft.input, pixelFill: soft.pixels } };
}

function summary(rows: readonly Row[]): Measurement[] {
  const measurements: Measurement[] = [];
  const groups = [...new Set(rows.map(({ model }) => model))].map((model) => ({
    name: model,
    rows: rows.filter((row) => row.model === model),
  }));
  const small = rows.filter(({ box }) => box !== null && box < 0.08);
  for (const group of [...groups, { name: 'boxes below 8 % of the image', rows: small }]) {
    if (group.rows.length === 0) continue;
    console.log(`\n${group.name}`);
    console.log('| masks | images, targets | stop, median | at its stop: OA | OAB | EPG | at 128: OA | OAB | not ok |');
    for (const setting of settings()) {
      const own = group.rows.filter((row) => row.setting === setting);
      if (own.length === 0) continue;
      const images = new Map(own.map((row) => [`${row.model} ${row.image}`, row.stop]));
      const stop = median([...images.values()]);
      const cells = (['stop', 'equal'] as const).flatMap((at) => {
        const of = (figure: 'oa' | 'oab' | 'epg'): string => compared(group.rows, setting, at, figure);
        return at === 'stop' ? [of('oa'), of('oab'), of('epg')] : [of('oa'), of('oab')];
      });
      const stops = own.filter(({ at }) => at === 'stop');
      const bad = stops.filter(({ verdict }) => verdict !== 'ok').length;
      console.log(`| ${setting} | ${images.size}, ${stops.length} | ${stop} | ${cells.join(' | ')} | ${bad} |`);
      measurements.push({ name: `${group.name}-${setting}-stop`, value: stop, unit: 'masks' });
      for (const figure of ['oa', 'oab'] as const) {
        measurements.push({
          name: `${group.name}-${setting}-${figure}`,
          value: mean(stops.map((row) => row[figure])),
          unit: 'score',
        });
      }
    }
  }
  return measurements;
}

/** The mean of the first setting; of others the mean difference to it, paired by target, and its standard error over images. */
function compared(rows: readonly Row[], setting: Setting, at: Row['at'], figure: 'oa' | 'oab' | 'epg'): string {
  const valuesOf = (name: Setting): Map<string, number> =>
    new Map(
      rows.flatMap((row) => {
        const value = row[figure];
        if (row.setting !== name || row.at !== at || value === null) return [];
        return [[`${row.model} ${row.image} ${row.target}`, value] as const];
      }),
    );
  const [own, first] = [valuesOf(setting), valuesOf(FIRST)];
  if (own.size === 0) return '-';
  if (setting === FIRST) return mean([...own.values()]).toFixed(3);
  const byImage = new Map<string, number[]>();
  for (const [key, value] of own) {
    const other = first.get(key);
    if (other === undefined) continue;
    const image = key.slice(0, key.lastIndexOf(' '));
    byImage.set(image, [...(byImage.get(image) ?? []), value - other]);
  }
  const differences = [...byImage.values()].map(mean);
  if (differences.length === 0) return '-';
  const middle = mean(differences);
  const error = Math.sqrt(
    mean(differences.map((value) => (value - middle) ** 2)) / Math.max(1, differences.length - 1),
  );
  return `${middle < 0 ? '' : '+'}${middle.toFixed(3)} ± ${error.toFixed(3)}`;
}
