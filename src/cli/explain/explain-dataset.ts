import { describeReading, parseShard, readLabelMap, type Dataset } from '../../datasets/index.js';
import { DatumError, messageOf, sayOptions } from '../../errors.js';
import { ITEM_SAVED, saveItem } from '../../report/save-item.js';
import { noteSentence } from '../../results/note-sentence.js';
import { describeFacts } from '../../report/words/model-facts.js';
import { runDataset, type DatasetEvent } from '../../runs/dataset/run-dataset.js';
import type { OpenModel } from '../../models/open-model.js';
import { datasetView } from '../dataset-progress.js';
import { flagName } from '../flag-names.js';
import type { Io } from '../io.js';
import type { LauncherFlags } from '../launcher-flags.js';
import { displayRun, type Display } from '../live-page.js';
import { classMatch, firstImage } from '../../runs/dataset/class-match.js';
import { openNamedModel } from '../named-model.js';
import { reportFindings } from '../report-findings.js';
import { runText } from '../run-text.js';
import { lineWidth } from '../wrapped.js';
import type { ExplainRequest } from './flags.js';
import { filesOf } from './refuse-unwritten.js';

/** Milliseconds between the maps of an item at work. */
const SNAPSHOTS = 500;

/** `datum explain` over a dataset. Exit code 0, 1 where every item failed, or 130 after an interruption. */
export async function explainDataset(
  io: Io,
  request: ExplainRequest,
  dataset: Dataset,
  flags: LauncherFlags,
): Promise<number> {
  const { run, outputDir } = request;
  if (outputDir === undefined) {
    throw new DatumError('usage', 'a dataset is explained into a folder: name one with -o.');
  }
  if (run.save?.includes('report') === true) {
    throw new DatumError('usage', 'a dataset ends in its report, whatever is saved: leave report out of --save.');
  }
  if (run.progressive && !run.display)
    throw new DatumError(
      'usage',
      'the maps of a dataset form on a page: --progressive needs --display there, or leave it out.',
    );
  if (!run.display) return explainItems(io, request, dataset, flags, outputDir, null);
  const display = await displayRun(io);
  try {
    return await explainItems(io, request, dataset, flags, outputDir, display);
  } finally {
    await display.close();
  }
}

async function explainItems(
  io: Io,
  request: ExplainRequest,
  dataset: Dataset,
  flags: LauncherFlags,
  outputDir: string,
  display: Display | null,
): Promise<number> {
  const { run, dataset: which } = request;
  const signal = display?.signal ?? io.signal;
  const shard = which.shard === undefined ? null : parseShard(which.shard);
  for (const note of dataset.notes) io.stderr.line(note);
  const image = await firstImage(dataset);
  const model = await openNamedModel(request.model, request.project, flags, {
    workers: run.workers,
    ...(image === null ? {} : { image }),
    signal,
  });
  const view = datasetView(io.stderr);
  try {
    for (const fact of describeFacts(model.info.facts, flagName, request.given)) io.stderr.line(fact);
    if (model.info.facts.outputs.by === 'guess') {
      io.stderr.line(sayOptions(noteSentence({ kind: 'perhaps-no-classes' }), flagName));
    }
    const map = which.labelMap === undefined ? undefined : await readLabelMap(which.labelMap);
    const classes = classMatch(dataset, model.info, map);
    if (classes.sentence !== null) io.stderr.line(sayOptions(classes.sentence, flagName));
    const save = run.save === undefined ? ITEM_SAVED : filesOf(run.save);
    const { progress, summary, interrupted } = await runDataset({
      model,
      dataset,
      classes,
      choice: {
        subset: which.subset ?? null,
        filter: which.filter ?? null,
        limit: which.limit ?? null,
      },
      shard,
      options: {
        given: request.given,
        method: request.method,
        metrics: which.metrics ?? 'fast',
        only: which.only ?? null,
        fullSize: run.fullSize,
        snapshotInterval: display !== null && run.progressive ? SNAPSHOTS : Infinity,
        signal,
      },
      given: givenBeside(request),
      folder: outputDir,
      write: saveItem,
      save,
      watch: (event) => {
        if (event.kind === 'read') sayReading(io, dataset, event);
        if (event.kind === 'counts') view.update(event.progress);
        if (event.kind === 'begun') view.begun(event.item.id);
        if (event.kind === 'ended-before') io.stderr.line(endedBefore(event.items));
        if (display !== null) showOnPage(display, model, event);
      },
    });
    view.end();
    display?.watched.items(progress, true);
    // A shard is a part: what it shows is told when all are merged.
    const report =
      interrupted || shard !== null || summary.items.explained === 0 ? null : await reportFindings(io, [outputDir]);
    if (request.json) io.stdout.write(`${JSON.stringify({ ...summary, ...report?.json }, null, 2)}\n`);
    else io.stdout.write(runText(summary, outputDir, report, lineWidth(io.stdout)));
    if (!io.signal.aborted) await display?.stay();
    if (interrupted) {
      io.stderr.line(`Interrupted: the same command goes on where it was.`);
      return 130;
    }
    return summary.items.failed > 0 && summary.items.failed === summary.items.chosen ? 1 : 0;
  } finally {
    view.end();
    await model.close();
  }
}

/** Says what was read, before the first item is explained. */
function sayReading(
  { stderr }: Io,
  dataset: Dataset,
  { reading, chosen }: Extract<DatasetEvent, { kind: 'read' }>,
): void {
  for (const sentence of describeReading(dataset, reading, chosen)) stderr.line(sentence);
}

/** What a run that ended without a word was at. */
function endedBefore(items: readonly string[]): string {
  return `The run before ended without a word while it explained ${items.join(', ')}: it goes on there.`;
}

/** The options that are no options of the method, as far as they were given. */
function givenBeside({ run, dataset }: ExplainRequest): Record<string, unknown> {
  return {
    ...(dataset.metrics === undefined ? {} : { metrics: dataset.metrics }),
    ...(run.save === undefined ? {} : { save: run.save }),
    ...(run.fullSize ? { fullSize: true } : {}),
  };
}

/** Shows a run on the page, as it goes on. */
function showOnPage({ watched }: Display, model: OpenModel, event: DatasetEvent): void {
  switch (event.kind) {
    case 'read':
      return;
    case 'counts':
      watched.items(event.progress);
      return;
    case 'begun': {
      const { pixels } = event.answer.image;
      watched.itemBegun(event.item.id, model.info.name, pixels, event.item.imagePath, event.most);
      return;
    }
    case 'progress':
      watched.itemProgress(event.item.id, event.done, event.most);
      return;
    case 'snapshot':
      watched.itemShow(event.item.id, event.snapshot);
      return;
    case 'done':
      watched.itemDone(event.item.id, event.measured);
      return;
    case 'failed':
      watched.itemFailed(event.item.id, messageOf(event.error));
  }
}
