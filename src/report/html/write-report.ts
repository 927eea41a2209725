import { basename, dirname, relative, resolve } from 'node:path';
import { DatumError } from '../../errors.js';
import { readWholeText, writeWhole } from '../../files.js';
import { markResults } from '../../own-results.js';
import { findingsRecord } from '../../findings/findings-record.js';
import { EXPLANATION_ENDING, PAGE_ENDING } from '../../results/file-names.js';
import { placeInside } from '../../results/inside.js';
import { explanationText } from '../../results/explanation-text.js';
import { readRun, runOfImages } from '../../results/read-run.js';
import { EXPLANATION } from '../../results/schema/explanation.js';
import { readText } from '../../results/schema/file-format.js';
import { FINDINGS, type FindingsFile } from '../../results/schema/findings.js';
import { packageVersion } from '../../version.js';
import type { NamedText, StagedExplanation } from '../save-explanation.js';
import { isOwnPage, pageHtml, readAssets } from './page.js';
import { nameRuns, reportContent, type NamedRun } from './report-content.js';

/** The page's name in its folder, unless it shows one image alone; the second where the first is somebody else's. */
const REPORT_FILES = ['index.html', 'report.html'] as const;

export interface WriteReportOptions {
  /** Folder of the page; that of the first run by default. */
  readonly outputDir?: string | undefined;
  readonly onItem?: ((done: number, all: number) => void) | undefined;
}

/** A page that was written. */
export interface WrittenReport {
  readonly path: string;
  readonly runs: readonly NamedRun[];
  /** Images on the page. */
  readonly items: number;
}

/**
 * Writes the page of one or several explained folders, `index.html` (`report.html` where somebody else's `index.html` lies
 * there): findings, figures, and every image with its
 * maps; and the findings for programs, `findings.json`. Several folders are brought together by the ids of their items,
 * to be seen side by side.
 *
 * @param folders as `datum explain -o` wrote them: over a dataset, or single images; or the path of one
 *   `-explanation.json`, for the page of that image alone, beside it.
 * @throws DatumError (`output`) where a folder holds nothing explained, or the page cannot be written.
 */
export async function writeReport(
  folders: readonly string[],
  { outputDir, onItem }: WriteReportOptions = {},
): Promise<WrittenReport> {
  const [first] = folders;
  if (first === undefined) throw new DatumError('usage', 'name a folder that was explained into.');
  const alone = folders.length === 1 && first.endsWith(EXPLANATION_ENDING);
  const folder = resolve(outputDir ?? (alone ? dirname(first) : first));
  const assets = await readAssets();
  const runs = nameRuns(await Promise.all(folders.map((path) => readRun(path, { details: true }))));
  const data = await reportContent(runs, {
    tool: await tool(),
    beside: folder,
    ...(onItem === undefined ? {} : { onItem }),
  });
  const name = alone ? `${basename(first, EXPLANATION_ENDING)}${PAGE_ENDING}` : await reportName(folder);
  const path = await placeInside(folder, name);
  await writeWhole(path, pageHtml(data, assets));
  if (!alone) {
    await markResults(folder, 'report');
    const found: FindingsFile = {
      version: FINDINGS.version,
      runs: runs.map(({ name, findings }) => ({ name, ...findingsRecord(findings) })),
    };
    await writeWhole(await placeInside(folder, FINDINGS.name), `${JSON.stringify(found, null, 2)}\n`);
  }
  return { path, runs, items: data.items.length };
}

/**
 * The page of an image whose files have not got their names yet, so that it is published with them: the same that
 * `writeReport` makes of its JSON.
 *
 * @param base what the names of the image's files begin with
 * @throws DatumError (`output`) where the page's program is missing.
 */
export async function imagePage(
  folder: string,
  base: string,
  { json, placeOf }: StagedExplanation,
): Promise<NamedText> {
  const assets = await readAssets();
  const root = resolve(folder);
  const name = `${base}${EXPLANATION_ENDING}`;
  // As it is read from its file: without what only items of a dataset have.
  const read = readText(EXPLANATION, explanationText(json, false), name);
  const here = async (file: string | null): Promise<string | null> => {
    const place = file === null ? null : await placeOf(file);
    return place === null ? null : relative(root, resolve(place));
  };
  const targets = await Promise.all(
    read.targets.map(async (target) => ({
      ...target,
      heatmap: await here(target.heatmap),
      raw: await here(target.raw),
    })),
  );
  const data = await reportContent(nameRuns([runOfImages(root, [{ name, file: { ...read, targets } }])]), {
    tool: await tool(),
    beside: root,
  });
  return { name: `${base}${PAGE_ENDING}`, text: pageHtml(data, assets) };
}

/** What a page is called that would not take the place of another that is not ours. */
async function reportName(folder: string): Promise<string> {
  const [usual, other] = REPORT_FILES;
  const there = await readWholeText(await placeInside(folder, usual)).catch(() => null);
  return there === null || isOwnPage(there) ? usual : other;
}

async function tool(): Promise<string> {
  return `datum-explain ${await packageVersion()}`;
}
