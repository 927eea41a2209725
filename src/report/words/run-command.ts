import { basename } from 'node:path';
import { resolveOptions } from '../../explain/method.js';
import { riseMethod } from '../../explain/rise/method.js';
import type { StoredItem, StoredRun } from '../../results/read-run.js';
import type { TargetRecord } from '../../results/schema/target.js';
import { shellCommand } from './shell-command.js';

/** Options that decide answers and maps, and that an explanation's file holds as they were resolved. */
const DECIDING = [
  ...['maxSamples', 'stopAt', 'seed', 'maskWidth', 'maskHeight', 'prob', 'sampler', 'estimator', 'fill'],
  ...['topK', 'match', 'iouThresh', 'detConfThresh', 'maxBoxes'],
];

/** What the folder of results is called: a page is the same, byte for byte, in whatever folder it lies. */
const OUT = 'out';

/**
 * The command that explains a run's dataset again. Files and folders are named without where they lie on this machine,
 * which is nobody else's business. Null for single images, each of which has one of its own.
 */
export function runCommand(run: StoredRun): string | null {
  if (run.dataset === null) return null;
  const { root, format, choice } = run.dataset;
  const { subset, filter, limit, only, shard, metrics } = choice;
  const given = { ...run.given, subset, filter, limit, only, shard: shardText(shard), metrics: besideUsual(metrics) };
  return shellCommand([
    ...['datum', 'explain', `${basename(root)}:${format}`],
    ...modelWords(run),
    ...flags(given),
    ...['-o', OUT],
  ]);
}

/** The command that explains one image of a run again; null where no file of it is known. */
export function itemCommand(run: StoredRun, item: StoredItem): string | null {
  if (item.image.path === null) return null;
  const options = run.dataset === null ? unusual(run) : { ...run.given };
  return shellCommand([
    ...['datum', 'explain', basename(item.image.path)],
    ...modelWords(run),
    ...flags({ ...options, metrics: besideUsual(run.dataset?.choice['metrics']) }),
    ...askedWords(item.targets),
    ...['-o', OUT],
  ]);
}

/** The command that writes the page of folders again: the same wherever it is written to. */
export function reportCommand(folders: readonly string[]): string {
  const names = folders.length === 1 ? [OUT] : folders.map((folder) => basename(folder));
  return shellCommand(['datum', 'report', ...names, ...(names.length > 1 ? ['-o', 'both'] : [])]);
}

function modelWords({ model, method }: StoredRun): string[] {
  return ['-m', model.name, ...(method.name === riseMethod.name ? [] : [basename(method.name)])];
}

/** Options with a value, as the command line calls them: their names in kebab-case. */
function flags(options: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === null || value === undefined || value === false) return [];
    if (value === true) return [flag];
    if (typeof value === 'string' || typeof value === 'number') return [flag, String(value)];
    return Array.isArray(value) && value.every((one) => typeof one === 'string' || typeof one === 'number')
      ? [flag, value.join(',')]
      : [];
  });
}

/** Resolved options that are not what the preset makes of none. */
function unusual({ method: { name, options }, model }: StoredRun): Record<string, unknown> {
  const task = model.interpreter === 'classification' ? 'classification' : 'detection';
  if (name !== riseMethod.name) return {};
  const { preset } = options;
  const usual: Readonly<Record<string, unknown>> = resolveOptions(
    riseMethod,
    preset === undefined ? {} : { preset },
    task,
  );
  const changed = DECIDING.filter(
    (option) =>
      option in options && options[option] !== usual[option] && !(option === 'fill' && usual[option] === 'auto'),
  );
  return {
    ...(preset === undefined || preset === 'balanced' ? {} : { preset }),
    ...Object.fromEntries(changed.map((option) => [option, options[option] ?? 'off'])),
  };
}

/** What was asked for beside the model's own answers. */
function askedWords(targets: readonly TargetRecord[]): string[] {
  return targets.flatMap(({ why, bbox, label }) => {
    if (why !== 'asked') return [];
    if (bbox !== null) return ['--box', `${bbox.map(Math.round).join(',')}${label === null ? '' : `:${label.name}`}`];
    return label === null ? [] : ['--classes', String(label.id)];
  });
}

function shardText(shard: unknown): string | null {
  if (typeof shard !== 'object' || shard === null || !('index' in shard) || !('count' in shard)) return null;
  return `${String(shard.index)}/${String(shard.count)}`;
}

/** Where results are written, `fast` is asked for anyway. */
function besideUsual(metrics: unknown): unknown {
  return metrics === 'fast' ? null : metrics;
}
