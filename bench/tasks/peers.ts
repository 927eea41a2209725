import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem, type as systemType } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { energyPointing } from '../../src/explain/metrics/pointing.js';
import { unionOf } from '../../src/explain/metrics/region.js';
import { mapToArea, type ImageMap } from '../../src/image/map-to-area.js';
import { explain, measure } from '../../src/library/node.js';
import { openModel, type Model } from '../../src/library/open-model.js';
import { regionOfBox } from '../../src/explain/metrics/region.js';
import { packageVersion } from '../../src/version.js';
import { comparisonPage, meanOf } from '../peers/comparison.js';
import {
  comparisonSchema,
  logSchema,
  type Comparison,
  type LogLine,
  type MapFigures,
  type PhotoResult,
} from '../peers/data.js';
import { explainedByDatum, explainedByPeer, type Explained } from '../peers/explained.js';
import {
  COSTLY_PHOTOS,
  METHODS,
  MODELS,
  PHOTOS,
  THREADS,
  type ComparedMethod,
  type ComparedModel,
} from '../peers/plan.js';
import { preparePhoto, type PreparedPhoto } from '../peers/prepared-photo.js';
import type { BenchTask, Measurement } from '../task.js';

const KEPT = fileURLToPath(new URL('../results/peers.json', import.meta.url));
const PAGE = fileURLToPath(new URL('../../docs/research/comparison.md', import.meta.url));
const PACKAGES = fileURLToPath(new URL('../../package-lock.json', import.meta.url));

/**
 * Other tools beside the product: the same models, photos, inputs and yardstick. Maps are made in processes of their own, one
 * after another; `measure()` scores them all.
 */
export const peers: BenchTask = {
  name: 'peers',
  title:
    'other tools on the same photos; arguments: photos a model (6), runs that all get (1000), folder for what is done (resumed), models (all), methods (all); "write" in place of the photos writes the page anew',
  async run([photos = '6', runs = '1000', folder = '/tmp/datum-peers', models = 'all', methods = 'all']) {
    mkdirSync(folder, { recursive: true });
    if (photos === 'write') {
      writePage(comparisonSchema.parse(JSON.parse(readFileSync(KEPT, 'utf8'))));
      return [];
    }
    const log = join(folder, `log-${runs}.jsonl`);
    const chosen = (list: string, id: string): boolean => list === 'all' || list.split(',').includes(id);
    for (const model of MODELS.filter(({ id }) => chosen(models, id))) {
      const asked = METHODS.filter(({ id, tasks }) => tasks.includes(model.task) && chosen(methods, id));
      await compareOn(model, asked, { photos: Number(photos), budget: Number(runs), folder, log });
    }
    const comparison = kept(readLog(log), Number(runs), await packageVersion());
    writeFileSync(KEPT, `${JSON.stringify(comparison)}\n`.replaceAll('{"model"', '\n{"model"'));
    writePage(comparison);
    return measurements(comparison);
  },
};

function writePage(comparison: Comparison): void {
  writeFileSync(PAGE, comparisonPage(readFileSync(PAGE, 'utf8'), comparison));
}

interface Sitting {
  readonly photos: number;
  readonly budget: number;
  readonly folder: string;
  readonly log: string;
}

async function compareOn(compared: ComparedModel, methods: readonly ComparedMethod[], sitting: Sitting): Promise<void> {
  const { budget, folder, log } = sitting;
  const model = await openModel({ ...compared.source, workers: THREADS });
  const detector = await openModel({ ...detectorOf().source, workers: 1 });
  try {
    const prepared: PreparedPhoto[] = [];
    for (const photo of PHOTOS[compared.task].slice(0, sitting.photos)) {
      const one = await preparePhoto(model, compared, photo, detector, folder);
      if (one.targets.length > 0) prepared.push(one);
    }
    const [first] = prepared;
    // So that what is compiled at its first use is compiled.
    if (first !== undefined) await explain(model, first.path, { maxSamples: 64, stopAt: 'off' });
    for (const method of methods) {
      const lines = readLog(log);
      const done = new Set(
        lines.flatMap((line) =>
          line.kind === 'result' && line.model === compared.id && line.method === method.id ? [line.photo] : [],
        ),
      );
      const missing = prepared
        .slice(0, method.costly === true ? COSTLY_PHOTOS : undefined)
        .filter(({ file }) => !done.has(file));
      if (missing.length === 0) continue;
      const base = { model: compared.id, method: method.id };
      try {
        for await (const explained of made(method, compared, model, missing, sitting)) {
          const maps: MapFigures[] = [];
          for (const i of explained.maps.keys()) maps.push(await figuresOf(model, explained, i));
          const { photo, runs, cpu, peak, start } = explained;
          const result: PhotoResult = { ...base, photo: photo.file, budget, runs, cpu, peak, start, maps };
          append(log, { kind: 'result', ...result });
          const oa = meanOf(maps.map((map) => map.oa));
          console.log(
            `  ${compared.id} ${photo.file} ${method.id}: ${runs} runs, ${cpu.toFixed(1)} CPU s, ${(peak / 2 ** 20).toFixed(0)} MiB, OA ${oa.toFixed(3)}`,
          );
        }
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        append(log, { kind: 'failure', ...base, why });
        console.log(`  ${compared.id} ${method.id}: ${why}`);
      }
    }
  } finally {
    await model.close();
    await detector.close();
  }
}

/** Maps of a method, photo by photo. */
async function* made(
  { peer, setting }: ComparedMethod,
  compared: ComparedModel,
  model: Model,
  photos: readonly PreparedPhoto[],
  { budget, folder, log }: Sitting,
): AsyncGenerator<Explained> {
  const chosen = setting(budget);
  if (peer === null) {
    for (const photo of photos) yield await explainedByDatum(compared, model, photo, chosen, folder);
    return;
  }
  const { explained, versions } = explainedByPeer(peer, chosen, compared, model.info, photos, folder);
  append(log, { kind: 'versions', versions: named(versions) });
  yield* explained;
}

/** Two releases of Datumaro are compared. */
function named({ datumaro, ...others }: Readonly<Record<string, string>>): Record<string, string> {
  if (datumaro === undefined) return others;
  return { [`Datumaro ${datumaro.split('.').slice(0, 1).join('.')}.x`]: datumaro };
}

async function figuresOf(model: Model, { photo, maps }: Explained, at: number): Promise<MapFigures> {
  const [map, target] = [maps[at], photo.targets[at]];
  if (map === undefined || target === undefined) throw new Error('a map without a target');
  const { label, box } = target;
  const truth = photo.truth ?? (box === null ? undefined : [box]);
  const of = box === null ? { label: label.id } : { box: { ...box, label: label.name } };
  const { score, deletion, insertion, blurred, energyInObject, pointing } = await measure(model, photo.path, {
    map,
    ...of,
    ...(truth === undefined ? {} : { truth }),
  });
  return {
    label: label.name,
    score,
    deletion: deletion.auc,
    insertion: insertion.auc,
    oa: insertion.auc - deletion.auc,
    oab: blurred.insertion.auc - blurred.deletion.auc,
    epg: energyInObject,
    epg01: truth === undefined ? null : energyFromZero(map, photo, truth),
    pointing,
  };
}

/** Share of a map in boxes once its lowest value is 0: what maps with a constant of their own can be compared by. */
function energyFromZero(
  map: ImageMap,
  { placement }: PreparedPhoto,
  boxes: readonly Parameters<typeof regionOfBox>[0][],
): number {
  const area = mapToArea(map, placement);
  const lowest = area.reduce((least, value) => Math.min(least, value), Infinity);
  const [first, ...others] = boxes.map((box) => regionOfBox(box, placement));
  if (first === undefined) throw new Error('no boxes');
  return (
    energyPointing(
      area.map((value) => value - lowest),
      unionOf([first, ...others]),
    ) ?? 0
  );
}

function detectorOf(): ComparedModel {
  const detector = MODELS.find(({ task }) => task === 'detector');
  if (detector === undefined) throw new Error('no detector');
  return detector;
}

function readLog(path: string): LogLine[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => logSchema.parse(JSON.parse(line)));
}

function append(path: string, line: LogLine): void {
  appendFileSync(path, `${JSON.stringify(line)}\n`);
}

/** What is kept in the repository of all that was done. */
function kept(lines: readonly LogLine[], budget: number, version: string): Comparison {
  const results = lines.flatMap((line) => {
    if (line.kind !== 'result') return [];
    const { kind: _, ...result } = line;
    return [result];
  });
  const failures = new Map<string, Comparison['failures'][number]>();
  for (const line of lines) {
    if (line.kind !== 'failure') continue;
    const { kind: _, ...failure } = line;
    const later = results.some(({ model, method }) => model === line.model && method === line.method);
    if (!later) failures.set(`${line.model} ${line.method}`, failure);
  }
  const versions: Record<string, string> = { 'datum-explain': version, 'Node.js': process.version.slice(1) };
  versions['onnxruntime-node'] = runtimeVersion();
  for (const line of lines) if (line.kind === 'versions') Object.assign(versions, line.versions);
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    machine: {
      cpu: (cpus()[0]?.model ?? 'unknown').trim(),
      cores: cpus().length,
      memory: totalmem(),
      system: systemType(),
      load: loadavg()[2] ?? 0,
    },
    threads: THREADS,
    budget,
    versions,
    results,
    failures: [...failures.values()],
  };
}

function runtimeVersion(): string {
  const match = /"node_modules\/onnxruntime-node": \{\s*"version": "([^"]+)"/.exec(readFileSync(PACKAGES, 'utf8'));
  return match?.[1] ?? 'unknown';
}

function measurements({ results }: Comparison): Measurement[] {
  const names = new Set(results.map(({ model, method }) => `${model}-${method}`));
  return [...names].flatMap((name) => {
    const group = results.filter(({ model, method }) => `${model}-${method}` === name);
    return [
      { name: `${name}-oa`, value: meanOf(group.map(({ maps }) => meanOf(maps.map(({ oa }) => oa)))), unit: 'score' },
      { name: `${name}-cpu`, value: meanOf(group.map(({ cpu }) => cpu)), unit: 's' },
    ];
  });
}
