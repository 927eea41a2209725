/**
 * The code of a worker thread: one session of the model, inputs made where they are used, outputs reduced to scores before
 * they leave. What comes in is small and so is what goes out; images lie in shared memory.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { asError, DatumError, messageOf } from '../../errors.js';
import { Scorer } from '../../explain/scorer.js';
import { loadLauncher } from '../../launchers/registry.js';
import { contain, failureOfModule, modulesLoaded, refuseExit, takeLateFailure } from '../../plugins/users-code.js';
import type { Session } from '../../launchers/types.js';
import { copyOutputs } from '../copy-outputs.js';
import { copyPrediction } from '../copy-prediction.js';
import { openDecoder } from '../open-decoder.js';
import type { Reader } from '../runtime.js';
import type { Scene } from '../scene.js';
import { BatchScorer, Feeder, predictionAt, type RunBatch } from '../scoring/batch-scorer.js';
import { maskSource } from '../scoring/mask-source.js';
import { PerturbedSource } from '../scoring/perturbed-source.js';
import { WholeSource } from '../scoring/whole-source.js';
import { Recent } from './recent.js';
import type { Answered, DecoderSpec, PerturbRequest, ScoredItems, ScoreItems, ScoreSpec } from '../work.js';
import type { Task, TaskReply, TaskResults, WorkerSetup } from './tasks.js';

// Tinypool hands the pool's own data in second place.
const [, setup] = workerData as [unknown, WorkerSetup];

// What ends a process ends the thread here, and with it the whole run, without a word.
contain();
Object.assign(process, { reallyExit: refuseExit });

const LATER = 'later than it answered';

/** Fails when a user's code fails in its own time: nobody waits for what it left behind. */
const leftBehind = new Promise<never>((_, reject) => {
  process.on('uncaughtException', (error: unknown) => {
    if (takeLateFailure(error)) return;
    const what = [...modulesLoaded(), `the launcher ${setup.prepared.launcher}`].join(', or ');
    reject(
      failureOfModule(error, LATER) ??
        new DatumError('interpreter', `${what}, failed ${LATER}: ${messageOf(error)}.`, { cause: error }),
    );
  });
});
leftBehind.catch(() => undefined);

let opened: Promise<Session> | undefined;

function session(): Promise<Session> {
  const { prepared, threads, image } = setup;
  opened ??= loadLauncher(prepared.launcher).then((launcher) => launcher.open(prepared, threads, image));
  return opened;
}

let last: Promise<unknown> = Promise.resolve();

/** Runs one task, after those that came before; mendable errors are answered, bugs are thrown. */
export default async function work<T extends Task>(task: T): Promise<TaskReply<T['type']>> {
  keepPort();
  const result = last.then(() => Promise.race([leftBehind, handle(task)]));
  last = result.catch(() => undefined);
  try {
    return { ok: (await result) as TaskResults[T['type']] };
  } catch (error) {
    if (error instanceof DatumError) return { failed: error.toData() };
    throw asError(error);
  }
}

/** What this thread is told and answers is no business of users' code, which gets hold of the same port. */
function keepPort(): void {
  const refuse = (): never => {
    throw new Error('parentPort is not for scripts: return an answer instead');
  };
  if (parentPort !== null) Object.assign(parentPort, { postMessage: refuse, close: refuse });
}

async function handle(task: Task): Promise<TaskResults[Task['type']]> {
  const model = await session();
  switch (task.type) {
    case 'signature':
      return model.signature;
    case 'prepare':
      if (model.prepare === undefined) throw new Error('the model has no preprocessing of its own');
      return model.prepare(task.image);
    case 'run':
      return copyOutputs(await model.run(task.feeds));
    case 'predict':
      return predict(model, task.scene, task.decoder);
    case 'score':
      return score(model, task.spec, task.items);
  }
}

let decoders = new Map<number, Promise<Reader>>();

function decoderOf(spec: DecoderSpec): Promise<Reader> {
  let decoder = decoders.get(spec.id);
  if (decoder === undefined) {
    decoder = openDecoder(spec);
    // One model is open in a worker, so at most a trial of another reading is worth keeping beside it.
    decoders = new Map([...decoders].slice(-7)).set(spec.id, decoder);
  }
  return decoder;
}

function runIn(model: Session): RunBatch {
  return (batch) => model.run(batch.tensors());
}

/** Runs images under masks: what is behind the masks is the scene's fill for all of them. */
function runMaskedIn(model: Session): RunBatch {
  return model.runMasked === undefined
    ? runIn(model)
    : (batch) => {
        const { id, input, fill, placement } = batch.scene;
        return model.runMasked!({ id, input, fill, area: placement.area }, batch.masks());
      };
}

async function predict(model: Session, scene: Scene, spec: DecoderSpec): Promise<Answered> {
  const decoder = await decoderOf(spec);
  const count = spec.input.batch ?? 1;
  const source = new WholeSource(scene, spec.input, count);
  const feeder = new Feeder(scene, spec.input, decoder, source, count);
  let milliseconds = 0;
  const predictions = await feeder.predict(
    async (batch) => {
      const feeds = batch.tensors();
      const started = performance.now();
      const outputs = await model.run(feeds);
      milliseconds = performance.now() - started;
      return outputs;
    },
    count,
    count,
  );
  return {
    prediction: copyPrediction(predictionAt(predictions, 0, count)),
    milliseconds,
    forgiven: decoder.forgiven?.() ?? [],
  };
}

/** Explanations whose runs a worker meets in turn: a few images of a dataset are under way at once. */
const UNDER_WAY = 8;

const maskScorers = new Recent<Promise<BatchScorer<number>>>(UNDER_WAY);
const perturbedScorers = new Recent<Promise<BatchScorer<PerturbRequest>>>(UNDER_WAY);

async function score(model: Session, spec: ScoreSpec, items: ScoreItems): Promise<ScoredItems> {
  const cancelled = (): boolean => Atomics.load(spec.cancel, 0) !== 0;
  if ('requests' in items) {
    const scorer = await perturbedScorers.get(spec.id, () => perturbedScorer(spec));
    return scorer.score(runIn(model), items.requests, cancelled);
  }
  const scorer = await maskScorers.get(spec.id, () => maskScorer(spec));
  const masks = Array.from({ length: items.count }, (_, i) => items.first + i);
  return scorer.score(runMaskedIn(model), masks, cancelled);
}

async function maskScorer(spec: ScoreSpec): Promise<BatchScorer<number>> {
  if (spec.inputs.kind !== 'masks') throw new Error('masks were asked for by number without a sampler');
  const source = maskSource(spec.scene, spec.decoder.input, spec.inputs.sampler, spec.batch);
  return new BatchScorer({ ...(await partsOf(spec)), source });
}

async function perturbedScorer(spec: ScoreSpec): Promise<BatchScorer<PerturbRequest>> {
  if (spec.inputs.kind !== 'perturbed') throw new Error('changed images were asked for without orders');
  const source = new PerturbedSource(spec.scene, spec.decoder.input, spec.inputs.orders, spec.batch);
  return new BatchScorer({ ...(await partsOf(spec)), source });
}

async function partsOf({ scene, decoder, targets, scoring, confidence, batch }: ScoreSpec) {
  return {
    scene,
    input: decoder.input,
    reader: await decoderOf(decoder),
    scorer: new Scorer(targets, scoring),
    targets: targets.length,
    batch,
    decision: confidence === null ? null : { confidence, nms: scoring.nms },
  };
}
