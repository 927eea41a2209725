import { join } from 'node:path';
import { DatumError, sayOptions } from '../../errors.js';
import { SAVED } from '../../report/save-explanation.js';
import { saveImage, type SavedImage } from '../../report/save-image.js';
import type { MeasuredExplanation } from '../../results/explanation.js';
import type { Note } from '../../explain/note.js';
import { explanationText } from '../../results/explanation-text.js';
import { noteSentence } from '../../results/note-sentence.js';
import { contextOf, explanationRecord } from '../../results/records.js';
import { flagName } from '../flag-names.js';
import type { Io } from '../io.js';
import { pointer } from '../pointer.js';
import { lineWidth } from '../wrapped.js';
import { adviceFor, withFlags } from './advice.js';
import { absenceNotes } from './absence-notes.js';
import type { ExplainRequest } from './flags.js';
import { targetLines } from './live-view.js';
import { filesOf } from './refuse-unwritten.js';
import { resultText } from './result-text.js';

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
  launcherArgs: readonly string[],
): Promise<void> {
  const { outputDir, json } = request;
  const { explanation } = measured;
  const said = ({ kind }: Note): boolean => kind !== 'perhaps-no-classes';
  // The sentence on each answer says what its map is worth.
  const again = ({ kind }: Note): boolean => !json && (kind === 'unfaithful' || kind === 'weak');
  const notes = textsOf(explanation.notes.filter((note) => said(note) && !again(note)));
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
  const { image, targets } = explanation;
  const width = lineWidth(io.stdout);
  if (outputDir === undefined && io.stdout.isTTY) {
    const lines = targetLines(measured.image, targets[0]!, image, width);
    io.stdout.draw(`${lines.join('\n')}\n`);
  }
  io.stdout.write(resultText(measured, written.targets, { path, doubts, width }));
  const sameWith = (flags: readonly string[]): string[] => [
    'datum',
    'explain',
    ...withFlags(request.typed, flags),
    ...launcher,
  ];
  const launcher = launcherArgs.length === 0 ? [] : ['--', ...launcherArgs];
  const end = adviceFor(written.targets, explanation, contextOf(explanation).summary, sameWith).map(
    ({ what, command }) => pointer(what, command),
  );
  if (saved !== null && outputDir !== undefined) end.unshift(...writtenLines(saved, outputDir));
  if (end.length > 0) io.stdout.write(`\n${end.join('')}`);
}

/** What was written, and what to open first. */
function writtenLines({ files, page }: SavedImage, folder: string): string[] {
  if (files.length === 0) return [pointer('Files', `nothing was written to ${folder}`)];
  const first = files.find((name) => name.includes('overlay')) ?? files[0] ?? '';
  const more = files.length === 1 ? '' : ` and ${files.length - 1} more`;
  return [
    ...(page === null ? [] : [pointer('Look', join(folder, page))]),
    pointer('Files', `${join(folder, first)}${more}`),
  ];
}

function textsOf(notes: readonly Note[]): string[] {
  return notes.map((note) => sayOptions(noteSentence(note), flagName));
}
