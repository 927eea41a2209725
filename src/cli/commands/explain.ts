import { basename } from 'node:path';
import { DatumError } from '../../errors.js';
import { readImage } from '../../image/index.js';
import { explanationJson } from '../../report/explanation-json.js';
import { writeExplanation } from '../../report/write-explanation.js';
import { explainProgressively } from '../../runs/explain.js';
import type { Explanation } from '../../runs/explanation.js';
import type { Io } from '../io.js';
import { launcherCommand, launcherFlags } from '../launcher-flags.js';
import { progressiveView, progressView, targetLines, type RunView } from '../live-view.js';
import { openModel } from '../open-model.js';
import { resultTable } from '../result-table.js';
import type { ExplainRequest } from './explain-flags.js';

/** `datum explain`: one picture. Exit code 0, or 130 after an interruption. */
export async function explainTarget(io: Io, request: ExplainRequest, launcherArgs: readonly string[]): Promise<number> {
  const { run } = request;
  if (run.display)
    throw new DatumError(
      'usage',
      '--display: there is no live page yet; leave it out, --progressive shows the maps here.',
    );
  if (request.target === undefined) {
    throw new DatumError('usage', 'name a picture: datum explain photo.jpg -m MODEL rise');
  }
  const flags = launcherFlags(launcherCommand().exitOverride().parse(launcherArgs, { from: 'user' }));
  if (flags.description !== undefined) throw new DatumError('usage', '-m names the model: leave --description out.');
  // The picture is read first: it is quicker to read than a model, and as often the one that is wrong.
  const picture = await readImage(request.target);
  const model = await openModel(request.model, request.project, flags, {
    workers: run.workers,
    picture,
    signal: io.signal,
  });
  try {
    for (const decision of model.info.decisions) io.stderr.write(`${decision}\n`);
    const view = run.progressive ? progressiveView(io.stderr, picture) : progressView(io.stderr);
    const explanation = await watch(
      explainProgressively(model, request.target, {
        ...request.method,
        fullSize: run.fullSize,
        snapshotInterval: run.progressive ? 1000 : Infinity,
        onProgress: (done, most) => {
          view.progress(done, most);
        },
        signal: io.signal,
      }),
      view,
    );
    if (explanation.run.stopped === 'interrupted' && explanation.run.samples === 0) {
      throw new DatumError('interrupted', 'interrupted before the first mask was scored: nothing was written.');
    }
    await show(io, request, explanation);
    return explanation.run.stopped === 'interrupted' ? 130 : 0;
  } finally {
    await model.close();
  }
}

type Run = ReturnType<typeof explainProgressively>;

async function watch(run: Run, view: RunView): Promise<Explanation> {
  try {
    for (;;) {
      const next = await run.next();
      if (next.done === true) return next.value;
      await view.snapshot(next.value);
    }
  } finally {
    view.end();
  }
}

async function show(io: Io, request: ExplainRequest, explanation: Explanation): Promise<void> {
  const { outputDir, json, target = '' } = request;
  if (explanation.targets.length === 0) {
    throw new DatumError(
      'model',
      `${explanation.model.name} finds nothing in ${target} with a score of ${explanation.method.options.detConfThresh} or more: lower --conf, or say what to explain with --box x,y,w,h:label.`,
    );
  }
  const picture = await readImage(target);
  const written =
    outputDir === undefined
      ? explanationJson(explanation)
      : await writeExplanation(outputDir, baseName(target), explanation, picture, new Set(request.run.save));
  for (const note of explanation.notes) io.stderr.write(`${note}\n`);
  if (json) {
    io.stdout.write(`${JSON.stringify(written, null, 2)}\n`);
    return;
  }
  const { image, targets, run } = explanation;
  if (outputDir === undefined && io.stdout.isTTY === true) {
    const lines = await targetLines(picture, targets[0]!, image, io.stdout.columns ?? 80);
    io.stdout.write(`${lines.join('\n')}\n`);
  }
  io.stdout.write(resultTable(targets, image.mapWidth, image.mapScale));
  const end = run.stopped === 'interrupted' ? ', interrupted' : '';
  io.stdout.write(`${run.samples} masks in ${run.seconds.toFixed(1)} s with ${run.workers} workers${end}.\n`);
  if (outputDir !== undefined) io.stdout.write(`Written to ${outputDir}.\n`);
}

/** The picture's name without its ending. */
function baseName(path: string): string {
  return basename(path).replace(/\.[^.]+$/, '');
}
