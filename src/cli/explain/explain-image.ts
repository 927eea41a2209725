import { parse } from 'node:path';
import { DatumError } from '../../errors.js';
import { resolveOptions } from '../../explain/method.js';
import { checkWritable } from '../../files.js';
import { describeFacts } from '../../report/words/model-facts.js';
import type { MeasuredExplanation } from '../../results/explanation.js';
import type { OpenedImage } from '../../runs/answer.js';
import { explainImage } from '../../runs/explain.js';
import { openImage } from '../../runs/open-image.js';
import { resolveTarget } from '../explain-target.js';
import { flagName } from '../flag-names.js';
import type { Io } from '../io.js';
import { launcherCommand, launcherFlags, type LauncherFlags } from '../launcher-flags.js';
import { alsoOnPage, displayRun, type Display } from '../live-page.js';
import { openNamedModel } from '../named-model.js';
import { refuseDatasetFlags } from './dataset-flags.js';
import type { ExplainRequest } from './flags.js';
import { progressiveView, progressView, type RunView } from './live-view.js';
import { refuseRunFolder } from './refuse-run-folder.js';
import { showResult } from './show-result.js';

/** Milliseconds between the maps that a page is shown. */
const PAGE_INTERVAL = 400;

/** `datum explain`: one image, or a dataset. Exit code 0, or 130 after an interruption. */
export async function explainTarget(io: Io, request: ExplainRequest, launcherArgs: readonly string[]): Promise<number> {
  const flags = launcherFlags(launcherCommand().exitOverride().parse(launcherArgs, { from: 'user' }));
  if (flags.description !== undefined) throw new DatumError('usage', '-m names the model: leave --description out.');
  const target = await resolveTarget(request.target, request.project);
  if (target.kind === 'dataset') {
    const { explainDataset } = await import('./explain-dataset.js');
    return explainDataset(io, request, target.dataset, flags);
  }
  return explainOneImage(io, request, target.path, { flags, args: launcherArgs });
}

/** What stands behind `--`: read, and as it was typed. */
interface Launch {
  readonly flags: LauncherFlags;
  readonly args: readonly string[];
}

async function explainOneImage(io: Io, request: ExplainRequest, path: string, launch: Launch): Promise<number> {
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
  if (!run.display) return explainOpened(io, request, path, launch, image, null);
  const display = await displayRun(io);
  try {
    const { maxSamples } = resolveOptions(request.method, request.given);
    display.watched.begin(parse(request.model).base, image.pixels, parse(path).base, path, maxSamples);
    return await explainOpened(io, request, path, launch, image, display);
  } finally {
    await display.close();
  }
}

async function explainOpened(
  io: Io,
  request: ExplainRequest,
  path: string,
  launch: Launch,
  image: OpenedImage,
  display: Display | null,
): Promise<number> {
  const { run, dataset } = request;
  const signal = display?.signal ?? io.signal;
  const { pixels } = image;
  const model = await openNamedModel(request.model, request.project, launch.flags, {
    workers: run.workers,
    image: pixels,
    signal,
  });
  try {
    for (const fact of describeFacts(model.info.facts, flagName, request.given)) io.stderr.line(fact);
    const terminal = run.progressive && display === null ? progressiveView(io.stderr, pixels) : progressView(io.stderr);
    const view = display === null ? terminal : alsoOnPage(terminal, display);
    const kept = request.outputDir !== undefined || request.json || run.display;
    const failures: DatumError[] = [];
    const measured = await watch(
      explainImage(model, image, {
        given: request.given,
        method: request.method,
        metrics: dataset.metrics ?? (kept ? 'fast' : 'none'),
        fullSize: run.fullSize,
        diagnose: true,
        snapshotInterval: run.progressive ? (display === null ? 1000 : PAGE_INTERVAL) : Infinity,
        signal,
        onFailure: (error) => failures.push(error),
      }),
      view,
    );
    display?.watched.finish(measured);
    const { explanation } = measured;
    if (explanation.run.stopped === 'interrupted' && explanation.run.samples === 0) {
      throw new DatumError('interrupted', 'interrupted before the first mask was scored: nothing was written.');
    }
    try {
      await showResult(io, request, path, measured, launch.args);
    } finally {
      // Also where nothing was found: the page says so.
      if (!io.signal.aborted) await display?.stay();
    }
    // What was scored before is written, and the failure is said.
    const [failure] = failures;
    if (failure !== undefined) throw failure;
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
      if (next.value.kind === 'snapshot') view.snapshot(next.value.snapshot);
      else view.progress(next.value);
    }
  } finally {
    view.end();
  }
}
