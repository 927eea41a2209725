import { resolve } from 'node:path';
import { z } from 'zod';
import { checkOptions } from '../explain/check-options.js';
import { saveImage } from '../report/save-image.js';
import { MEASURED_SAVEABLE, SAVED, type MeasuredSaveable } from '../report/save-explanation.js';
import { writeReport as writePage } from '../report/html/write-report.js';
import { text } from './arguments.js';
import { LibraryExplanation, type Explanation } from './explanation.js';

/** What is written of an explanation. */
export interface WriteOptions {
  /** What its files' names begin with; that of the image's file where absent, else `image`. */
  readonly name?: string | undefined;
  /** `heatmap`, `overlay`, `raw` and `json` where absent. */
  readonly save?: readonly MeasuredSaveable[] | undefined;
  /** Whether the page of the image is written too; not where absent. */
  readonly report?: boolean | undefined;
}

const optionsSchema = z.strictObject({
  name: z.string().optional(),
  save: z.array(z.enum(MEASURED_SAVEABLE)).optional(),
  report: z.boolean().optional(),
});

/** What was written, with absolute paths. */
export interface WrittenExplanation {
  readonly folder: string;
  /** Names of the files in it. */
  readonly files: readonly string[];
  /** Name of the page; null where there is none. */
  readonly page: string | null;
}

/**
 * Writes an explanation into a folder, all files or none, in the place of what an earlier one of the same image wrote
 * there: of each target, called after its rank and class, `<name>-1-dog-heatmap.png` (8-bit gray), `<name>-1-dog-overlay.png` and
 * `<name>-1-dog-heatmap.npy` (float32, score units), and `<name>-explanation.json`, which names the others.
 *
 * @param folder made where it is missing
 * @throws DatumError (`output`) where a file cannot be written; then what was there before is there, complete.
 */
export async function writeExplanation(
  explanation: Explanation,
  folder: string,
  options: WriteOptions = {},
): Promise<WrittenExplanation> {
  const { name, save = SAVED, report = false } = checkOptions(optionsSchema, options);
  const measured = LibraryExplanation.measuredOf(explanation);
  const root = resolve(text(folder, 'folder'));
  const { files, page } = await saveImage(root, measured, { name, save: new Set(save), withPage: report });
  return { folder: root, files, page };
}

/** A page that was written. */
export interface WrittenReport {
  /** Absolute. */
  readonly path: string;
  /** Images on it. */
  readonly images: number;
}

/**
 * Writes the report of one or several explained folders, `index.html`: findings, figures, and every image with its
 * maps; and the findings for programs, `findings.json`. Several folders are shown side by side, by the ids of their items.
 *
 * @param folders as `explainDataset` or `writeExplanation` wrote them, or the path of one `-explanation.json`
 * @param out folder of the page; that of the first folder where absent
 * @throws DatumError (`output`) where a folder holds nothing explained, or the page cannot be written.
 */
export async function writeReport(folders: string | readonly string[], out?: string): Promise<WrittenReport> {
  const { path, items } = await writePage(foldersOf(folders), { outputDir: out });
  return { path, images: items };
}

function foldersOf(given: string | readonly string[]): string[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  return list.map((folder) => text(folder, 'folders'));
}
