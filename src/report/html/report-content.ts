import { basename } from 'node:path';
import { inOrder } from '../../models/in-order.js';
import { ClassNames } from '../../findings/class-names.js';
import { evidenceOfRun } from '../../findings/evidence-of-run.js';
import { maskCells } from '../../results/mask-cells.js';
import { inputOf, type StoredRun, type StoredItem } from '../../results/read-run.js';
import { findingsOf, type Findings } from '../../findings/index.js';
import { answerData, truthData } from './item-data.js';
import { imageFor, type ImagePlace } from './images.js';
import { reportCommand } from '../words/run-command.js';
import type { ItemData, ReportData } from './report-data.js';
import { runData } from './run-data.js';

/** Up to this many images are put into the page; with more, they lie beside it. */
export const MOST_INSIDE = 200;

/** Images read at once: sharp decodes in threads of its own. */
const AT_ONCE = 4;

/** A run with its findings and the name that tells it from the others. */
export interface NamedRun {
  readonly name: string;
  readonly run: StoredRun;
  readonly findings: Findings;
}

/** Names runs after their models, and after their folders where models have one name; makes their findings. */
export function nameRuns(runs: readonly StoredRun[]): NamedRun[] {
  const unique = (names: readonly string[]): boolean => new Set(names).size === names.length;
  const byModel = runs.map(({ model }) => model.name);
  const byFolder = runs.map(({ folder }) => basename(folder));
  const names = unique(byModel) ? byModel : unique(byFolder) ? byFolder : runs.map(({ folder }) => folder);
  return runs.map((run, i) => ({ name: names[i]!, run, findings: findingsOf(evidenceOfRun(run)) }));
}

/** What the page of one or several runs shows; their items are brought together by id. */
export async function reportContent(
  runs: readonly NamedRun[],
  { tool, beside, onItem }: { tool: string; beside: string; onItem?: (done: number, all: number) => void },
): Promise<ReportData> {
  const byId = itemsById(runs);
  const targets = runs.reduce((sum, { run }) => sum + run.items.reduce((n, item) => n + item.targets.length, 0), 0);
  const place: ImagePlace = {
    side: byId.size === 1 ? 1024 : byId.size <= MOST_INSIDE ? 400 : 480,
    beside: byId.size <= MOST_INSIDE ? null : beside,
  };
  const names = runs.map(({ run }) => new ClassNames(run));
  const items: ItemData[] = [];
  const made = inOrder(byId.values(), AT_ONCE, (sources) =>
    itemData(sources, runs, names, place, mapSide(runs, targets)),
  );
  for await (const item of made) {
    items.push(item);
    onItem?.(items.length, byId.size);
  }
  return {
    version: 1,
    title: titleOf(runs),
    tool,
    command: reportCommand(runs.map(({ run }) => run.folder)),
    runs: runs.map(({ run, name, findings }) => runData(run, name, findings)),
    items,
  };
}

type Sources = readonly (StoredItem | undefined)[];

function itemsById(runs: readonly NamedRun[]): Map<string, Sources> {
  const byId = new Map<string, (StoredItem | undefined)[]>();
  for (const [at, { run }] of runs.entries()) {
    for (const item of run.items) {
      const sources = byId.get(item.id) ?? new Array<StoredItem | undefined>(runs.length).fill(undefined);
      sources[at] = item;
      byId.set(item.id, sources);
    }
  }
  return byId;
}

/** Side of the maps: six pixels a mask cell show all there is; fewer where there are very many maps. */
function mapSide(runs: readonly NamedRun[], targets: number): number {
  const cells = runs.map(({ run }) => maskCells(run.method.options, inputOf(run)));
  const most = Math.max(7, ...cells.flatMap(({ width, height }) => [Math.ceil(width), Math.ceil(height)]));
  if (targets > 20_000) return 16;
  return targets > 4000 ? 32 : Math.min(128, 7 * most);
}

async function itemData(
  sources: Sources,
  runs: readonly NamedRun[],
  names: readonly ClassNames[],
  place: ImagePlace,
  side: number,
): Promise<ItemData> {
  const best = sources.find((item) => item?.status === 'ok') ?? sources.find((item) => item !== undefined)!;
  const withTruth = sources.findIndex((item) => item !== undefined && item.truth !== null);
  return {
    id: best.id,
    image: await imageFor(best.image.path, place),
    width: best.image.width,
    height: best.image.height,
    truth: withTruth < 0 ? null : truthData(sources[withTruth]!, runs[withTruth]!.run),
    answers: await Promise.all(
      sources.map((item, i) =>
        item === undefined ? Promise.resolve(null) : answerData(runs[i]!.run, item, names[i]!, side),
      ),
    ),
  };
}

function titleOf(runs: readonly NamedRun[]): string {
  const models = runs.map(({ name }) => name).join(' beside ');
  const [first] = runs;
  const [only] = first?.run.items ?? [];
  if (first === undefined) return models;
  const subject =
    first.run.dataset !== null
      ? basename(first.run.dataset.root)
      : first.run.items.length === 1 && only !== undefined
        ? only.id
        : basename(first.run.folder);
  return `${subject} · ${models}`;
}
