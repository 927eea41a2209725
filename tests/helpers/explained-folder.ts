import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GRID, type EvidenceItem, type EvidenceTarget } from '../../src/findings/index.js';
import { encodePng } from '../../src/image/files.js';
import { placeImage, type RgbImage } from '../../src/image/index.js';
import { MapSheet } from '../../src/results/map-sheet.js';
import { placeOfItem } from '../../src/results/run/item-place.js';
import { writeRunRecord } from '../../src/results/run/run-record.js';
import { rangeOf } from '../../src/results/scale.js';
import type { ExplainedRecord } from '../../src/results/schema/item.js';
import type { RunRecord } from '../../src/results/schema/run.js';
import { targetSchema, type TargetRecord } from '../../src/results/schema/target.js';
import { paint } from './images.js';
import { plantedEvidence, type Planted } from './planted-evidence.js';

/** What an explained folder is made of. */
export interface FolderPlan extends Planted {
  readonly model?: string;
  /** Written instead of the class's name, to try what a name may do. */
  readonly rename?: (label: string) => string;
  readonly renameItem?: (id: string) => string;
}

const same = (name: string): string => name;

const WIDTH = 160;
const HEIGHT = 120;
/** How an image lies in the input of a model whose every pixel is a cell of the planted maps. */
const PLACEMENT = placeImage({ width: WIDTH, height: HEIGHT }, { width: GRID, height: GRID }, 'stretch');
/** Of the stored maps. */
const MAP_SIZE = { width: 56, height: 56 };

/**
 * Writes a folder as `datum explain DATASET -o` does, out of planted evidence: images with a colored object (and a
 * white mark where one is planted), maps, curves, boundaries. Two folders of one seed have the same items.
 */
export async function writeExplainedFolder(folder: string, plan: FolderPlan): Promise<void> {
  const { rename = same, renameItem = same } = plan;
  const evidence = plantedEvidence(plan);
  const classes = [...new Set(evidence.items.flatMap(({ truth }) => truth?.labels ?? []))];
  await mkdir(join(folder, 'images'), { recursive: true });
  const lines: string[] = [];
  for (const [index, item] of evidence.items.entries()) {
    const image = imageOf(item, classes, plan);
    const path = join(folder, 'images', `${index}.png`);
    await writeFile(path, await encodePng(image));
    lines.push(JSON.stringify(await writeItem(folder, item, { index, path, classes, rename, renameItem })));
  }
  await writeFile(join(folder, 'items.jsonl'), `${lines.join('\n')}\n`);
  await writeRunRecord(folder, runOf(plan, classes.map(rename), lines.length));
}

function runOf({ model = 'animals', seed }: FolderPlan, classes: readonly string[], items: number): RunRecord {
  return {
    version: 1,
    model: {
      name: model,
      sha256: '3b7e1c9d'.repeat(8),
      interpreter: 'classification',
      input: { width: 160, height: 120 },
      preprocessing: { scale: 1 / 255 },
      labels: null,
      classScore: null,
    },
    dataset: {
      format: 'coco',
      root: '/data/planted',
      items,
      fingerprint: 'f',
      labels: Object.fromEntries(classes.map((name, id) => [name, [id]])),
      match: null,
      read: null,
    },
    choice: { subset: null, filter: null, limit: null, only: null },
    shard: null,
    method: { name: 'rise', options: { maxSamples: 512, maskWidth: 7, maskHeight: 7, prob: 0.5, seed, stopAt: 0.9 } },
    metrics: 'fast',
    fullSize: false,
    save: ['json'],
    given: { maxSamples: 512, seed },
  };
}

interface Context {
  readonly index: number;
  readonly path: string;
  readonly classes: readonly string[];
  readonly rename: (label: string) => string;
  readonly renameItem: (id: string) => string;
}

async function writeItem(folder: string, item: EvidenceItem, context: Context): Promise<ExplainedRecord> {
  const { index, path, classes, rename, renameItem } = context;
  const id = renameItem(item.id);
  const place = placeOfItem(id);
  await mkdir(join(folder, place.folder), { recursive: true });
  const named = (name: string) => ({ id: classes.indexOf(name), name: rename(name), model: [classes.indexOf(name)] });
  const truth: ExplainedRecord['truth'] = {
    labels: (item.truth?.labels ?? []).map(named),
    boxes: (item.truth?.objects ?? []).map((object) => ({
      ...named(object.label),
      bbox: [object.x * WIDTH, object.y * HEIGHT, object.width * WIDTH, object.height * HEIGHT],
      outcome: 'found',
    })),
  };
  const sheet = new MapSheet(`${place.base}-maps.png`, MAP_SIZE, PLACEMENT);
  const targets = item.targets.map((target) => targetRecord(target, context, sheet));
  if (!sheet.isEmpty) await writeFile(join(folder, place.folder, sheet.file), await sheet.encode());
  const explanation = `${place.base}-explanation.json`;
  const image = { path, width: WIDTH, height: HEIGHT };
  await writeFile(
    join(folder, place.folder, explanation),
    JSON.stringify({
      version: 1,
      image,
      model: { name: 'animals', sha256: '0', interpreter: 'classification' },
      method: { name: 'rise', options: {} },
      run: { samples: 512, stopped: 'reliability' },
      targets: targets.map((target) => ({
        ...target,
        significant: regionOf(target.coarse ?? []),
        ...curves(target),
      })),
      notes: [],
    }),
  );
  return {
    version: 1,
    index,
    id,
    subset: 'default',
    status: 'ok',
    image,
    folder: place.folder,
    explanation,
    run: { samples: 512, forwards: 540, metricForwards: 26, judgingForwards: 0, stopped: 'reliability' },
    truth,
    outcomes: null,
    targets,
    notes: [],
  };
}

function targetRecord(target: EvidenceTarget, { classes, rename }: Context, sheet: MapSheet): TargetRecord {
  const label = (name: string) => ({ id: classes.indexOf(name), name: rename(name) });
  const { min, max } = rangeOf(target.map!);
  const { score, contrast } = target;
  return targetSchema.parse({
    index: target.index,
    kind: target.kind,
    label: target.label === null ? null : label(target.label),
    bbox: null,
    score,
    map: sheet.add(target.map!),
    range: { min, max },
    reliability: target.reliability,
    meanStandardError: 0.02,
    verdict: target.verdict,
    belief: { baseline: score, low: score * 0.2, median: score * 0.6, high: score * 0.95, filled: 0.1 },
    outcome: target.outcome,
    truth: 0,
    pointing: target.outcome === 'true-positive',
    energyInObject: 0.2 + 0.6 * (target.reliability ?? 0) * score,
    objectArea: 0.1,
    peak: peakOf(target.map!),
    faithfulness: target.verdict === 'ok' ? { advantage: 0.4, rho: 0.8, oa: 0.4, scale: score, runs: 14 } : null,
    deletionAuc: 0.1 + 0.2 * score,
    insertionAuc: 0.8 * score,
    boundary: {
      removed: { share: target.removed?.share ?? 1, below: 0, to: label(target.removed?.to ?? classes[0]!) },
      sufficient: { share: 0.12, below: 0.1 },
    },
    contrast: contrast === null ? null : { label: label(contrast.rival), file: null, map: sheet.add(contrast.map) },
    coarse: Array.from(target.map!),
    coarseContrast: contrast === null ? null : Array.from(contrast.map),
  });
}

/** The middle of the highest cell, in pixels of the image. */
function peakOf(map: Float32Array): { x: number; y: number } {
  const cell = map.indexOf(Math.max(...map));
  return { x: ((cell % GRID) + 0.5) * (WIDTH / GRID), y: (Math.floor(cell / GRID) + 0.5) * (HEIGHT / GRID) };
}

/** The cells above a third of the highest. */
function regionOf(map: readonly number[]): { width: number; height: number; runs: string } {
  const { max } = rangeOf(Float32Array.from(map));
  const inside = map.map((value) => (value > max / 3 ? 1 : 0)).join('');
  // The first run lies outside, and may be empty.
  const runs = (/^1/.test(inside) ? [''] : []).concat(inside.match(/0+|1+/g) ?? []).map(({ length }) => length);
  return { width: GRID, height: GRID, runs: runs.join(' ') };
}

function curves({ score }: TargetRecord) {
  const shares = Array.from({ length: 41 }, (_, i) => i / 40);
  return {
    deletion: { shares, scores: shares.map((share) => score * Math.exp(-6 * share)), auc: score / 6 },
    insertion: { shares, scores: shares.map((share) => score * (1 - Math.exp(-8 * share))), auc: score * 0.87 },
  };
}

/** A background of bands, each object an ellipse in its class's color, the mark a white plate. */
function imageOf({ truth }: EvidenceItem, classes: readonly string[], { mark }: Planted): RgbImage {
  const objects = truth?.objects ?? [];
  const marked = mark !== undefined && truth?.labels[0] === mark.label;
  return paint(WIDTH, HEIGHT, (px, py) => {
    const [x, y] = [(px + 0.5) / WIDTH, (py + 0.5) / HEIGHT];
    if (marked && x > mark.at.x && x < mark.at.x + mark.at.width && y > mark.at.y && y < mark.at.y + mark.at.height) {
      return (px + py) % 6 < 3 ? [250, 250, 250] : [60, 60, 70];
    }
    for (const { x: left, y: top, width: w, height: h, label } of objects) {
      if (((x - left - w / 2) / (w / 2)) ** 2 + ((y - top - h / 2) / (h / 2)) ** 2 < 1)
        return colorOf(classes.indexOf(label));
    }
    const band = 0.5 + 0.5 * Math.sin(7 * y + 2 * Math.sin(5 * x));
    return [Math.round(150 + 50 * band), Math.round(175 + 35 * band), Math.round(165 - 25 * band)];
  });
}

function colorOf(index: number): readonly [number, number, number] {
  const turn = (shift: number): number => Math.round(120 + 90 * Math.sin(index * 2.4 + shift));
  return [turn(0), turn(2.1), turn(4.2)];
}
