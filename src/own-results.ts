import { lstat, opendir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readWholeText, writeWhole } from './files.js';

/** Lies in every folder of results, so that no reader of datasets takes them for data, wherever they are. */
export const RESULTS_MARKER = '.datum-results.json';

/** Says whose names are where no JSON of the image does; marks the files of single images. */
export const OWNERS_FILE = '.datum-names.json';

/** What the names of explanations end with. */
export const EXPLANATION_ENDING = '-explanation.json';
/** What the names of the images of small maps end with. */
export const MAPS_ENDING = '-maps.png';
/** What the names of the pages of single images end with. */
export const PAGE_ENDING = '-report.html';

/** What a folder holds: a run over a dataset, a report, a model's answers, or the demo; these two are read when asked for. */
export type ResultsKind = 'run' | 'report' | 'predictions' | 'demo';

/** Kinds of folders that hold data for those who ask for it. */
const READ_WHEN_ASKED: ReadonlySet<ResultsKind> = new Set<ResultsKind>(['predictions', 'demo']);

const markerSchema = z.object({
  version: z.number(),
  holds: z.enum(['run', 'report', 'predictions', 'demo']),
  whole: z.boolean(),
});

/** What a marker says; `whole` where nothing else than results was in the folder when they came. */
export type ResultsMarker = Pick<z.output<typeof markerSchema>, 'holds' | 'whole'>;

/** What a run and its report leave in their folder. */
const RUN_NAMES: ReadonlySet<string> = new Set([
  ...['run.json', 'items.jsonl', 'items', 'summary.json'],
  // The page was called report.html until version 0.2, and is where an index.html of somebody else's is there.
  ...['findings.json', 'index.html', 'report.html'],
]);

/** Names of the files of a target, behind the image's name; version 0.2 and earlier put the number behind the kind. */
const TARGET_ENDINGS = [
  /^-\d+(?:-[\p{L}\p{M}\p{N}-]+)?-(?:heatmap|overlay|error|evidence|contrast)\.(?:png|npy)$/u,
  /^-(?:heatmap|overlay|error|evidence|contrast)-\d+\.(?:png|npy)$/,
];
/** Those of the other files of an image's explanation. */
const ENDINGS: readonly string[] = [EXPLANATION_ENDING, MAPS_ENDING, PAGE_ENDING];

/** Whether a file is called as those of the explanation of an image are that is called `base`. */
export function isResultOf(base: string, name: string): boolean {
  return name.startsWith(base) && isResultEnding(name.slice(base.length));
}

function isResultEnding(ending: string): boolean {
  return ENDINGS.includes(ending) || TARGET_ENDINGS.some((known) => known.test(ending));
}

/** What the programs of systems and tools leave in any folder. Hidden names, which begin with a dot, count too. */
const LITTER: ReadonlySet<string> = new Set([
  ...['__MACOSX', '@eaDir', '$RECYCLE.BIN', 'System Volume Information', 'lost+found', '__pycache__'],
  ...['Thumbs.db', 'ehthumbs.db', 'desktop.ini', 'Icon\r'],
]);

/** Whether a name in a folder is nobody's data: hidden, or left there by a system or a tool. */
export function isLitter(name: string): boolean {
  return name.startsWith('.') || LITTER.has(name);
}

/**
 * Marks a folder of results; one that is marked stays as it is.
 *
 * @throws DatumError (`output`) where it cannot be written.
 */
export async function markResults(folder: string, holds: ResultsKind): Promise<void> {
  if ((await markerOf(folder)) !== null) return;
  const whole = await hasNothingElse(folder, holds);
  await writeWhole(join(folder, RESULTS_MARKER), `${JSON.stringify({ version: 1, holds, whole })}\n`);
}

/** What a folder is marked as; null where it is not. A damaged mark still says that there are results. */
export async function markerOf(folder: string): Promise<ResultsMarker | null> {
  const text = await readWholeText(join(folder, RESULTS_MARKER)).catch(() => null);
  if (text === null) return null;
  try {
    return markerSchema.parse(JSON.parse(text));
  } catch {
    return { holds: 'run', whole: false };
  }
}

/**
 * Whether a folder holds results and nothing else: marked so, or as version 0.2 and earlier wrote runs, without a mark; or
 * files of single images' explanations; or folders of such alone.
 */
export async function holdsOnlyResults(folder: string, isData: (name: string) => boolean): Promise<boolean> {
  const marker = await markerOf(folder);
  // What lay beside the results may be gone, and earlier versions did not know their own files.
  if (marker !== null) return marker.whole || (await hasNothingElse(folder, marker.holds));
  // Before the listing, which may be long.
  if ((await isHere(join(folder, 'run.json'))) && (await isHere(join(folder, 'items.jsonl')))) {
    const there = await readdir(folder).catch(() => []);
    return !there.some((name) => isData(name) && !isLitter(name));
  }
  return (await contentsOf(folder, isData)) === 'results';
}

/** What is in a folder without a mark; the first file that is no result ends the look. */
async function contentsOf(folder: string, isData: (name: string) => boolean): Promise<'results' | 'nothing' | 'data'> {
  const files: string[] = [];
  const folders: string[] = [];
  try {
    for await (const entry of await opendir(folder)) {
      if (entry.isDirectory()) {
        if (!isLitter(entry.name)) folders.push(entry.name);
      } else if (entry.name === OWNERS_FILE || basesOf(entry.name).length > 0) files.push(entry.name);
      else if (!isLitter(entry.name)) return 'data';
    }
  } catch {
    return 'data';
  }
  const isOwn = await ownNamesIn(folder, files);
  if (!files.every((name) => isOwn(name) || isLitter(name))) return 'data';
  let holds: 'results' | 'nothing' = files.length > 0 ? 'results' : 'nothing';
  for (const name of folders) {
    const inside = join(folder, name);
    if (await holdsOnlyResults(inside, isData)) holds = 'results';
    else if ((await contentsOf(inside, isData)) !== 'nothing') return 'data';
  }
  return holds;
}

/** Whether there is nothing in a folder but results of a kind, of which a run that begins has written some alone. */
async function hasNothingElse(folder: string, holds: ResultsKind): Promise<boolean> {
  const there = await readdir(folder).catch(() => []);
  const isOwn = await ownNamesIn(folder, there);
  const isOfRun = (name: string): boolean => !READ_WHEN_ASKED.has(holds) && RUN_NAMES.has(name);
  return there.every((name) => isLitter(name) || isOwn(name) || isOfRun(name));
}

const isHere = async (path: string): Promise<boolean> => (await lstat(path).catch(() => null)) !== null;

const isRun = (names: readonly string[]): boolean => names.includes('run.json') && names.includes('items.jsonl');

/**
 * Tells the names in a folder that are files of results from those that are data.
 *
 * @param there all names in the folder
 */
export async function ownNamesIn(folder: string, there: readonly string[]): Promise<(name: string) => boolean> {
  const marked = there.includes(RESULTS_MARKER) ? await markerOf(folder) : null;
  const ofRun = isRun(there) || (marked !== null && !READ_WHEN_ASKED.has(marked.holds));
  const bases = there.flatMap((name) =>
    name.endsWith(EXPLANATION_ENDING) ? [name.slice(0, -EXPLANATION_ENDING.length)] : [],
  );
  if (there.includes(OWNERS_FILE)) bases.push(...(await ownersIn(folder)));
  if (!ofRun && bases.length === 0) return () => false;
  const known = new Set(bases);
  return (name) => (ofRun && RUN_NAMES.has(name)) || basesOf(name).some((base) => known.has(base));
}

/** What an image may be called that a file of results is of. */
function basesOf(name: string): string[] {
  const bases: string[] = [];
  for (let dash = name.indexOf('-'); dash !== -1; dash = name.indexOf('-', dash + 1)) {
    if (isResultEnding(name.slice(dash))) bases.push(name.slice(0, dash));
  }
  return bases;
}

async function ownersIn(folder: string): Promise<string[]> {
  try {
    return Object.keys(
      z.record(z.string(), z.unknown()).parse(JSON.parse(await readWholeText(join(folder, OWNERS_FILE)))),
    );
  } catch {
    return [];
  }
}
