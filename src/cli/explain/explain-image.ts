import { join, parse } from 'node:path';
import { DatumError, sayOptions } from '../../errors.js';
import type { Note } from '../../explain/note.js';
import { resolveRiseOptions } from '../../explain/rise/options.js';
import { checkWritable } from '../../files.js';
import { describeDiagnosis } from '../../interpreters/infer/diagnosis/describe-diagnosis.js';
import type { Model } from '../../models/model.js';
import { saveExplanation, SAVED, type MeasuredSaveable, type SavedExplanation } from '../../report/save-explanation.js';
import { describeFacts } from '../../report/words/model-facts.js';
import type { MeasuredExplanation } from '../../results/explanation.js';
import { explanationText } from '../../results/explanation-text.js';
import { imageFiles } from '../../results/image-name.js';
import { noteSentence } from '../../results/note-sentence.js';
import { explanationRecord } from '../../results/records.js';
import { openImage, type OpenedImage } from '../../runs/answer.js';
import { diagnoseExplanation } from '../../runs/diagnose.js';
import { explainImage } from '../../runs/explain.js';
import { countText } from '../count-text.js';
import { resolveTarget } from '../explain-target.js';
import { flagName } from '../flag-names.js';
import type { Io } from '../io.js';
import { launcherCommand, launcherFlags, type LauncherFlags } from '../launcher-flags.js';
import { alsoOnPage, displayRun, type Display } from '../live-page.js';
import { openModel } from '../open-model.js';
import { absenceNotes } from './absence-notes.js';
import { refuseDatasetFlags } from './dataset-flags.js';
import type { ExplainRequest } from './flags.js';
import { progressiveView, progressView, targetLines, type RunView } from './live-view.js';
import { measuredText } from './measured-text.js';
import { filesOf } from './refuse-unwritten.js';
import { refuseRunFolder } from './refuse-run-folder.js';
import { resultTable } from './result-table.js';

/** Milliseconds between the maps that a page is shown. */
const PAGE_INTERVAL = 400;

/** `datum explain`: one picture, or a dataset. Exit code 0, or 130 after an interruption. */
export async function explainTarget(io: Io, request: ExplainRequest, launcherArgs: readonly string[]): Promise<number> {
  const flags = launcherFlags(launcherCommand().exitOverride().parse(launcherArgs, { from: 'user' }));
  if (flags.description !== undefined) throw new DatumError('usage', '-m names the model: leave --description out.');
  const target = await resolveTarget(request.target, request.project);
  if (target.kind === 'dataset') {
    const { explainDataset } = await import('./explain-dataset.js');
    return explainDataset(io, request, target.dataset, flags);
  }
  return explainOneImage(io, request, target.path, flags);
}

async function explainOneImage(io: Io, request: ExplainRequest, path: string, flags: LauncherFlags): Promise<number> {
  const { run } = request;
  // The image is read first: it is quicker to read than a model, and as often the one that is wrong.
  const image = await openImage(path);
  refuseDatasetFlags(request.dataset);
  if (run.fullSize && request.outputDir === undefined && !request.json && !run.display) {
    throw new DatumError(
      'usage',
      '--full-size is the size of maps that are kept, and none is: give a folder with -o, or leave it out.',
    );
  }
  if (request.outputDir !== undefined) {
    await checkWritable(request.outputDir);
    await refuseRunFolder(request.outputDir);
  }
  if (!run.display) return explainOpened(io, request, path, flags, image, null);
  const display = await displayRun(io);
  try {
    const { maxSamples } = resolveRiseOptions(request.method);
    display.watched.begin(parse(request.model).base, image.pixels, parse(path).base, path, maxSamples);
    return await explainOpened(io, request, path, flags, image, display);
  } finally {
    await display.close();
  }
}

async function explainOpened(
  io: Io,
  request: ExplainRequest,
  path: string,
  flags: LauncherFlags,
  image: OpenedImage,
  display: Display | null,
): Promise<number> {
  const { run, dataset } = request;
  const signal = display?.signal ?? io.signal;
  const { pixels } = image;
  const model = await openModel(request.model, request.project, flags, { workers: run.workers, image: pixels, signal });
  try {
    for (const fact of describeFacts(model.info.facts, flagName)) io.stderr.write(`${fact}\n`);
    const terminal = run.progressive && display === null ? progressiveView(io.stderr, pixels) : progressView(io.stderr);
    const view = display === null ? terminal : alsoOnPage(terminal, display);
    const kept = request.outputDir !== undefined || request.json || run.display;
    const measured = await watch(
      explainImage(model, image, {
        given: request.method,
        metrics: dataset.metrics ?? (kept ? 'fast' : 'none'),
        fullSize: run.fullSize,
        snapshotInterval: run.progressive ? (display === null ? 1000 : PAGE_INTERVAL) : Infinity,
        signal,
      }),
      view,
    );
    display?.watched.finish(measured);
    const { explanation } = measured;
    if (explanation.run.stopped === 'interrupted' && explanation.run.samples === 0) {
      throw new DatumError('interrupted', 'interrupted before the first mask was scored: nothing was written.');
    }
    try {
      await show(io, request, path, await withDiagnosis(model, measured));
    } finally {
      // Also where nothing was found: the page says so.
      if (!io.signal.aborted) await display?.stay();
    }
    return explanation.run.stopped === 'interrupted' ? 130 : 0;
  } finally {
    await model.close();
  }
}

async function watch(run: ReturnType<typeof explainImage>, view: RunView): Promise<MeasuredExplanation> {
  try {
    for (;;) {
      const next = await run.next();
      if (next.done === true) return next.value;
      if (next.value.kind === 'snapshot') await view.snapshot(next.value.snapshot);
      else view.progress(next.value.done, next.value.most);
    }
  } finally {
    view.end();
  }
}

/** Adds what looks wrong with the model's answers, and the options that may mend it, to the notes. */
async function withDiagnosis(model: Model, measured: MeasuredExplanation): Promise<MeasuredExplanation> {
  const { explanation } = measured;
  if (explanation.run.stopped === 'interrupted') return measured;
  const diagnosis = await diagnoseExplanation(model, measured);
  if (diagnosis === null) return measured;
  const note: Note = { kind: 'advice', sentence: describeDiagnosis(diagnosis) };
  return { ...measured, explanation: { ...explanation, notes: [...explanation.notes, note] } };
}

async function show(io: Io, request: ExplainRequest, path: string, measured: MeasuredExplanation): Promise<void> {
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
  const page = (save === undefined || save.includes('report')) && explanation.run.stopped !== 'interrupted';
  const saved =
    outputDir === undefined ? null : await saveImage(outputDir, path, measured, new Set(asked ?? SAVED), page);
  const absent = absenceNotes(measured, { metrics: request.dataset.metrics, save: asked });
  for (const note of [...notes, ...absent]) io.stderr.write(`${note}\n`);
  const written = saved?.json ?? explanationRecord(measured);
  if (json) {
    io.stdout.write(explanationText(written, true));
    return;
  }
  const { image, targets, run } = explanation;
  if (outputDir === undefined && io.stdout.isTTY === true) {
    const lines = await targetLines(measured.image, targets[0]!, image, io.stdout.columns ?? 80);
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
 * does not are removed; where it is not, it still says which files those are.
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
