import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { DatumError } from '../../errors.js';
import { writeWhole } from '../../files.js';
import { findingsRecord } from '../../findings/findings-record.js';
import { EXPLANATION_ENDING } from '../../results/file-names.js';
import { readRun } from '../../results/read-run.js';
import { FINDINGS, type FindingsFile } from '../../results/schema/findings.js';
import { pageHtml, readAssets } from './page.js';
import { nameRuns, reportContent, type NamedRun } from './report-content.js';

/** Names in the page's folder; `<image>-report.html` where one image's explanation was named. */
const REPORT_FILE = 'report.html';

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
 * Writes the page of one or several explained folders, `report.html`: findings, figures, and every image with its
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
    tool: `datum-explain ${await toolVersion()}`,
    beside: folder,
    ...(onItem === undefined ? {} : { onItem }),
  });
  const path = join(folder, alone ? `${basename(first, EXPLANATION_ENDING)}-${REPORT_FILE}` : REPORT_FILE);
  await writeWhole(path, pageHtml(data, assets));
  if (!alone) {
    const found: FindingsFile = {
      version: FINDINGS.version,
      runs: runs.map(({ name, findings }) => ({ name, ...findingsRecord(findings) })),
    };
    await writeWhole(join(folder, FINDINGS.name), `${JSON.stringify(found, null, 2)}\n`);
  }
  return { path, runs, items: data.items.length };
}

async function toolVersion(): Promise<string> {
  const text = await readFile(new URL('../../../package.json', import.meta.url), 'utf8');
  return /"version":\s*"([^"]+)"/.exec(text)?.[1] ?? '';
}
