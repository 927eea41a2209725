import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { ImageMap } from '../../src/image/map-to-area.js';
import type { ModelInfo } from '../../src/library/model.js';
import { explain } from '../../src/library/node.js';
import type { Model } from '../../src/library/open-model.js';
import { decodeNpyGrid } from '../../src/results/npy.js';
import { explanationSchema } from '../../src/results/schema/explanation.js';
import { commandOptions, THREADS, type ComparedModel, type Peer } from './plan.js';
import { cornersInInput, overPhoto, type PreparedPhoto } from './prepared-photo.js';
import { pythonWith } from './venv.js';

const COMMAND = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));

/** What a method made of a photo, and what that took. */
export interface Explained {
  readonly photo: PreparedPhoto;
  readonly runs: number;
  readonly cpu: number;
  readonly peak: number;
  /** CPU seconds of starting, loading, opening and writing. */
  readonly start: number;
  /** One a target. */
  readonly maps: readonly ImageMap[];
}

/** No process may take longer, in milliseconds. */
const PATIENCE = 30 * 60_000;

const clockSchema = z.object({ cpu: z.number(), peak: z.number() });

/**
 * Maps of the product's own command, in a process for each photo. What the explanation alone takes is counted on the same
 * done by the library in this process, whose model is open.
 */
export async function explainedByDatum(
  { source, args }: ComparedModel,
  model: Model,
  photo: PreparedPhoto,
  setting: Readonly<Record<string, unknown>>,
  folder: string,
): Promise<Explained> {
  const [clock, out] = [join(folder, 'clock.json'), join(folder, 'out')];
  rmSync(out, { recursive: true, force: true });
  const options = { ...setting, ...(photo.targets[0]?.box == null ? {} : { maxBoxes: photo.targets.length }) };
  const kept = ['--workers', String(THREADS), '--metrics', 'none', '--save', 'raw,json'];
  const command = [
    COMMAND,
    'explain',
    photo.path,
    '-m',
    source.description,
    '-o',
    out,
    ...commandOptions(options),
    ...kept,
    '--',
    ...args,
  ];
  const python = pythonWith('requirements.txt');
  const script = fileURLToPath(new URL('clock.py', import.meta.url));
  ran(python, [script, clock, process.execPath, ...command], folder);
  const { cpu, peak } = clockSchema.parse(JSON.parse(readFileSync(clock, 'utf8')));
  const name = readdirSync(out).find((file) => file.endsWith('explanation.json'));
  if (name === undefined) throw new Error('the command wrote no explanation');
  const { run, targets } = explanationSchema.parse(JSON.parse(readFileSync(join(out, name), 'utf8')));
  const maps = photo.targets.map(({ label, box }) => {
    // Boxes are told apart by their corner: both come of the same answer of the model.
    const target = targets.find(
      (one) =>
        one.label?.id === label.id &&
        (box === null
          ? one.bbox === null
          : one.bbox !== null && Math.hypot(one.bbox[0] - box.x, one.bbox[1] - box.y) < 1),
    );
    if (target?.raw == null) throw new Error(`the command wrote no map of ${label.name}`);
    return mapIn(join(out, target.raw));
  });
  const before = process.cpuUsage();
  await explain(model, photo.path, { ...options, metrics: 'none' });
  const { user, system } = process.cpuUsage(before);
  const call = (user + system) / 1e6;
  return { photo, runs: run.forwards, cpu: call, peak, start: cpu - call, maps };
}

const answerSchema = z.object({
  versions: z.record(z.string(), z.string()),
  python: z.string(),
  items: z.array(z.object({ runs: z.number(), cpu: z.number() })),
  cpu: z.number(),
  peak: z.number(),
});

/** Maps of a peer, all photos in one process of Python. */
export function explainedByPeer(
  { script, requirements }: Peer,
  setting: unknown,
  model: ComparedModel,
  info: ModelInfo,
  photos: readonly PreparedPhoto[],
  folder: string,
): { readonly explained: readonly Explained[]; readonly versions: Readonly<Record<string, string>> } {
  const { color, scale, mean, std } = info.preprocessing;
  const job = join(folder, 'job.json');
  const result = join(folder, 'result.json');
  rmSync(result, { force: true });
  const pathOf = (photo: number, target: number): string => join(folder, `map-${photo}-${target}.npy`);
  const content = {
    threads: THREADS,
    setting,
    result,
    model: {
      path: model.source.description,
      task: model.task,
      softmax: model.softmax,
      classes: info.labels?.length ?? 0,
      width: info.input.width,
      height: info.input.height,
      color,
      scale,
      mean,
      std,
    },
    items: photos.map(({ pixels, input, targets, placement }, i) => ({
      pixels,
      input,
      targets: targets.map(({ label, box }) => ({
        label: label.id,
        ...(box === null ? {} : { box: cornersInInput(box, placement) }),
      })),
      maps: targets.map((_, j) => pathOf(i, j)),
    })),
  };
  writeFileSync(job, JSON.stringify(content));
  ran(pythonWith(requirements), [fileURLToPath(new URL(script, import.meta.url)), job], folder);
  const { items, cpu, peak, versions, python } = answerSchema.parse(JSON.parse(readFileSync(result, 'utf8')));
  const start = cpu - items.reduce((sum, item) => sum + item.cpu, 0);
  const explained = photos.map((photo, i): Explained => {
    const item = items[i];
    if (item === undefined) throw new Error(`${script} left out a photo`);
    const maps = photo.targets.map((_, j) => overPhoto(mapIn(pathOf(i, j)), photo.placement));
    return { photo, runs: item.runs, cpu: item.cpu, peak, start, maps };
  });
  return { explained, versions: { ...versions, Python: python } };
}

/** Runs a program to its end. @throws Error with its last words */
function ran(command: string, args: readonly string[], folder: string): void {
  mkdirSync(folder, { recursive: true });
  const { status, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: PATIENCE,
    maxBuffer: 2 ** 28,
    env: { ...process.env, BENCH_THREADS: String(THREADS), PYTHONDONTWRITEBYTECODE: '1' },
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(lastWords(stderr));
}

/** The last line that says something, without what progress bars leave. */
function lastWords(text: string): string {
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== '' && !line.includes('it/s'));
  return lines.at(-1)?.trim().slice(0, 300) ?? 'the process failed without a word';
}

function mapIn(path: string): ImageMap {
  const grid = existsSync(path) ? decodeNpyGrid(readFileSync(path)) : null;
  if (grid === null) throw new Error(`${path} is no map`);
  return { data: grid.values, shape: [grid.height, grid.width] };
}
