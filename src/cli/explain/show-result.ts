import { join } from 'node:path';
import { DatumError, sayOptions } from '../../errors.js';
import { saveExplanation, SAVED, type MeasuredSaveable, type SavedExplanation } from '../../report/save-explanation.js';
import type { MeasuredExplanation } from '../../results/explanation.js';
import { explanationText } from '../../results/explanation-text.js';
import { imageFiles } from '../../results/image-name.js';
import { oneAtATime } from '../../results/one-at-a-time.js';
import { noteSentence } from '../../results/note-sentence.js';
import { explanationRecord } from '../../results/records.js';
import { countText } from '../count-text.js';
import { flagName } from '../flag-names.js';
import type { Io } from '../io.js';
import { absenceNotes } from './absence-notes.js';
import type { ExplainRequest } from './flags.js';
import { targetLines } from './live-view.js';
import { measuredText } from './measured-text.js';
import { filesOf } from './refuse-unwritten.js';
import { resultTable } from './result-table.js';

/**
 * Writes and prints what was explained of an image.
 *
 * @throws DatumError (`model`) where nothing was found; `output` where it cannot be written.
 */
export async function showResult(
  io: Io,
  request: ExplainRequest,
  path: string,
  measured: MeasuredExplanation,
): Promise<void> {
  const { outputDir, json } = request;
  const { explanation } = measured;
  const notes = explanation.notes.map((note) => sayOptions(noteSentence(note), flagName));
  if (explanation.targets.length === 0) {
    const why = notes.at(-1);
    throw new DatumError(
      'model',
      `${explanation.model.name} finds nothing to explain in ${path}${why === undefined ? '' : `: ${why}`} A place can also be explained with --box x,y,w,h:label.`,
    );
  }
  const { save } = request.run;
  const asked = save === undefined ? undefined : filesOf(save);
  // Who says what to save gets that alone.
  const withPage = (save === undefined || save.includes('report')) && explanation.run.stopped !== 'interrupted';
  const saved =
    outputDir === undefined
      ? null
      : await oneAtATime(outputDir, () => saveImage(outputDir, path, measured, new Set(asked ?? SAVED), withPage));
  const absent = absenceNotes(measured, { metrics: request.dataset.metrics, save: asked });
  for (const note of [...notes, ...absent]) io.stderr.write(`${note}\n`);
  const written = saved?.json ?? explanationRecord(measured);
  if (json) {
    io.stdout.write(explanationText(written, true));
    return;
  }
  const { image, targets, run } = explanation;
  if (outputDir === undefined && io.stdout.isTTY === true) {
    const lines = targetLines(measured.image, targets[0]!, image, io.stdout.columns ?? 80);
    io.stdout.write(`${lines.join('\n')}\n`);
  }
  io.stdout.write(resultTable(written.targets));
  io.stdout.write(measuredText(written.targets));
  const end = run.stopped === 'interrupted' ? ', interrupted' : '';
  io.stdout.write(
    `${countText(run.samples, 'mask')} in ${run.seconds.toFixed(1)} s with ${countText(run.workers, 'worker')}${end}.\n`,
  );
  if (saved !== null && outputDir !== undefined) {
    io.stdout.write(saved.files.length > 0 ? `Written to ${outputDir}.\n` : `Nothing was written to ${outputDir}.\n`);
  }
  if (saved?.page != null) io.stdout.write(`Report: ${saved.page}\n`);
}

/**
 * Writes a measured image into a folder, in the place of what an earlier run wrote for it there, all or nothing: its
 * files, and the page that shows them. Where the JSON is written anew, files that the earlier one named and the new one
 * does not are removed, and so is a page that would show the earlier one; where it is not, it still says which files
 * those are.
 */
async function saveImage(
  folder: string,
  path: string,
  measured: MeasuredExplanation,
  save: ReadonlySet<MeasuredSaveable>,
  withPage: boolean,
): Promise<SavedExplanation & { readonly page: string | null }> {
  const { base, earlier, owners } = await imageFiles(folder, path);
  const withJson = save.has('json');
  let page: string | null = null;
  const saved = await saveExplanation(folder, base, measured, {
    save,
    earlier: withJson ? earlier : [],
    more: async (written) => {
      if (!withJson) return [owners];
      if (!withPage) return [];
      const { imagePage } = await import('../../report/html/write-report.js');
      const made = await imagePage(folder, base, written);
      page = join(folder, made.name);
      return [made];
    },
  });
  return { ...saved, page };
}
