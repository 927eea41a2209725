import { join } from 'node:path';
import { DatumError, sayOptions } from '../../errors.js';
import { SAVED } from '../../report/save-explanation.js';
import { saveImage } from '../../report/save-image.js';
import type { MeasuredExplanation } from '../../results/explanation.js';
import type { Note } from '../../explain/note.js';
import { explanationText } from '../../results/explanation-text.js';
import { noteSentence } from '../../results/note-sentence.js';
import { explanationRecord } from '../../results/records.js';
import { countText } from '../count-text.js';
import { flagName } from '../flag-names.js';
import type { Io } from '../io.js';
import { absenceNotes } from './absence-notes.js';
import type { ExplainRequest } from './flags.js';
import { targetLines } from './live-view.js';
import { judgedText, measuredText } from './measured-text.js';
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
  const said = ({ kind }: Note): boolean => kind !== 'perhaps-no-classes';
  const notes = textsOf(explanation.notes.filter(said));
  // What the whole table may be wrong in stands below it.
  const doubts = textsOf(explanation.notes.filter((note) => !said(note)));
  if (explanation.targets.length === 0) {
    const why = notes.at(-1);
    throw new DatumError(
      'model',
      `${explanation.model.name} finds nothing to explain in ${path}: ${why ?? `no score is ${explanation.method.options.detConfThresh} or more; a lower --conf may find some.`} A place can also be explained with --box x,y,w,h:label.`,
    );
  }
  const { save } = request.run;
  const asked = save === undefined ? undefined : filesOf(save);
  // Who says what to save gets that alone.
  const withPage = (save === undefined || save.includes('report')) && explanation.run.stopped !== 'interrupted';
  const saved =
    outputDir === undefined ? null : await saveImage(outputDir, measured, { save: new Set(asked ?? SAVED), withPage });
  const absent = absenceNotes(measured, { metrics: request.dataset.metrics, save: asked });
  for (const note of [...notes, ...absent]) io.stderr.line(note);
  const written = saved?.json ?? explanationRecord(measured);
  if (json) {
    for (const doubt of doubts) io.stderr.line(doubt);
    io.stdout.write(explanationText(written, true));
    return;
  }
  const { image, targets, run } = explanation;
  if (outputDir === undefined && io.stdout.isTTY) {
    const lines = targetLines(measured.image, targets[0]!, image, io.stdout.columns ?? 80);
    io.stdout.draw(`${lines.join('\n')}\n`);
  }
  io.stdout.write(resultTable(written.targets, doubts.length > 0));
  for (const doubt of doubts) io.stdout.line(doubt);
  io.stdout.write(measuredText(written.targets));
  const end = run.stopped === 'interrupted' ? ', interrupted' : '';
  io.stdout.write(
    `${countText(run.samples, 'mask')} in ${run.seconds.toFixed(1)} s with ${countText(run.workers, 'worker')}${end}.\n`,
  );
  io.stdout.write(judgedText(written.targets, measured.judgingForwards));
  if (saved !== null && outputDir !== undefined) {
    io.stdout.write(saved.files.length > 0 ? `Written to ${outputDir}.\n` : `Nothing was written to ${outputDir}.\n`);
  }
  if (saved?.page != null && outputDir !== undefined) io.stdout.write(`Report: ${join(outputDir, saved.page)}\n`);
}

function textsOf(notes: readonly Note[]): string[] {
  return notes.map((note) => sayOptions(noteSentence(note), flagName));
}
