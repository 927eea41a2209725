/**
 * The code of a worker thread: one session of the model, masked inputs made where they are used, outputs reduced to
 * scores before they leave. What comes in is small and so is what goes out; pictures lie in shared memory.
 */
import { workerData } from 'node:worker_threads';
import { DatumError } from '../errors.js';
import { Scorer } from '../explain/scorer.js';
import { drawMask, rowBuffer, type MaskOffset } from '../explain/rise/mask-field.js';
import { createSampler } from '../explain/rise/samplers.js';
import { loadInterpreter } from '../interpreters/registry.js';
import type { ScriptInterpreter } from '../interpreters/script/script.js';
import type { Decoder } from '../interpreters/contract/types.js';
import { loadLauncher } from '../launchers/registry.js';
import type { Session, Tensor } from '../launchers/types.js';
import { copyPrediction } from './copy-prediction.js';
import { inputShape, placementOf } from './feeding.js';
import { MaskedInput } from './masked-input.js';
import { PerturbedRunner } from './perturbed-runner.js';
import { Recent } from './recent.js';
import type {
  DecoderSpec,
  MaskedRunsSpec,
  PerturbedRunsSpec,
  Task,
  TaskReply,
  TaskResults,
  WorkerSetup,
} from './tasks.js';
import type { Scene } from './scene.js';

// Tinypool hands the pool's own data in second place.
const [, setup] = workerData as [unknown, WorkerSetup];

let opened: Promise<Session> | undefined;

function session(): Promise<Session> {
  opened ??= loadLauncher(setup.prepared.launcher).then((launcher) => launcher.open(setup.prepared, setup.threads));
  return opened;
}

let last: Promise<unknown> = Promise.resolve();

/** Runs one task, after those that came before; mendable errors are answered, bugs are thrown. */
export default async function work<T extends Task>(task: T): Promise<TaskReply<T['type']>> {
  const result = last.then(() => handle(task));
  last = result.catch(() => undefined);
  try {
    return { ok: (await result) as TaskResults[T['type']] };
  } catch (error) {
    if (error instanceof DatumError) return { failed: error.toData() };
    throw error;
  }
}

async function handle(task: Task): Promise<TaskResults[Task['type']]> {
  const model = await session();
  switch (task.type) {
    case 'signature':
      return model.signature;
    case 'run':
      return copyOutputs(await model.run(task.feeds));
    case 'predict':
      return predict(model, task.scene, task.decoder);
    case 'masks':
      return (await maskedRunner(task.spec)).run(model, task.first, task.count);
    case 'perturb':
      return (await perturbedRunner(task.spec)).run(model, task.requests);
  }
}

function copyOutputs(outputs: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { data, shape }]) => [name, { data: data.slice(), shape }]),
  );
}

let decoders = new Map<number, Promise<Decoder>>();

function decoderOf(spec: DecoderSpec): Promise<Decoder> {
  let decoder = decoders.get(spec.id);
  if (decoder === undefined) {
    const { interpreter } = spec;
    const loaded = 'name' in interpreter ? loadInterpreter(interpreter.name) : openScript(interpreter.script);
    decoder = loaded.then((found) => found.create(spec.context));
    // One model is open in a worker, so at most a trial of another reading is worth keeping beside it.
    decoders = new Map([...decoders].slice(-7)).set(spec.id, decoder);
  }
  return decoder;
}

/**
 * Loads what scripts need for models that have one alone. A worker's heap is to stay below 8 MB: above, V8 meets the
 * outputs that ONNX Runtime makes anew for every run with full collections, whose threads take processor time from the
 * model (docs/performance.md).
 */
async function openScript(path: string): Promise<ScriptInterpreter> {
  const { loadScript } = await import('../interpreters/script/script.js');
  return loadScript(path);
}

async function predict(model: Session, scene: Scene, spec: DecoderSpec): Promise<TaskResults['predict']> {
  const decoder = await decoderOf(spec);
  const count = spec.input.batch ?? 1;
  const data = new Float32Array(count * scene.input.length);
  for (let slot = 0; slot < count; slot++) data.set(scene.input, slot * scene.input.length);
  const placement = placementOf(scene);
  const started = performance.now();
  const outputs = await model.run({
    ...decoder.extraInputs?.({ count, placement }),
    [spec.input.name]: { data, shape: inputShape(spec.input, count) },
  });
  const milliseconds = performance.now() - started;
  const [prediction] = decoder.decode(outputs, {
    count,
    placement,
    pixels: () => ({
      data: repeat(scene.pixels ?? new Float32Array(0), count),
      shape: [count, spec.input.height, spec.input.width, spec.input.channels],
    }),
  });
  if (prediction === undefined) throw new DatumError('interpreter', 'the interpreter gave no answer for the picture.');
  return { prediction: copyPrediction(prediction), milliseconds };
}

function repeat(values: Float32Array, count: number): Float32Array {
  const out = new Float32Array(values.length * count);
  for (let slot = 0; slot < count; slot++) out.set(values, slot * values.length);
  return out;
}

/** Explanations whose runs a worker meets in turn: a few pictures of a dataset are under way at once. */
const UNDER_WAY = 8;

const maskedRunners = new Recent<Promise<MaskedRunner>>(UNDER_WAY);
const perturbedRunners = new Recent<Promise<PerturbedRunner>>(UNDER_WAY);

function maskedRunner(spec: MaskedRunsSpec): Promise<MaskedRunner> {
  return maskedRunners.get(spec.id, async () => new MaskedRunner(spec, await decoderOf(spec.decoder)));
}

function perturbedRunner(spec: PerturbedRunsSpec): Promise<PerturbedRunner> {
  return perturbedRunners.get(spec.id, async () => new PerturbedRunner(spec, await decoderOf(spec.decoder)));
}

/** Masked runs of one explanation in this thread. */
class MaskedRunner {
  readonly #spec: MaskedRunsSpec;
  readonly #decoder: Decoder;
  readonly #sampler: ReturnType<typeof createSampler>;
  readonly #input: MaskedInput;
  readonly #scorer: Scorer;
  readonly #cells: Uint8Array[];
  readonly #offsets: MaskOffset[];

  constructor(spec: MaskedRunsSpec, decoder: Decoder) {
    this.#spec = spec;
    this.#decoder = decoder;
    this.#sampler = createSampler(spec.sampler);
    this.#input = new MaskedInput(spec.scene, spec.decoder.input, this.#sampler.field, spec.batch);
    this.#scorer = new Scorer(spec.targets, spec.scoring);
    const { field } = this.#sampler;
    this.#cells = Array.from({ length: spec.batch }, () => new Uint8Array(field.y.cells * field.x.cells));
    this.#offsets = Array.from({ length: spec.batch }, () => ({ y: 0, x: 0 }));
  }

  async run(model: Session, first: number, count: number): Promise<Float32Array> {
    const { batch, targets, cancel, decoder } = this.#spec;
    const scores = new Float32Array(count * targets.length);
    const placement = placementOf(this.#spec.scene);
    // A fixed batch is always fed whole: what is left of the last one repeats old masks, and is not scored.
    const fixed = decoder.input.batch !== null;
    const size = this.#spec.scene.input.length;
    const extra = this.#decoder.extraInputs?.({ count: batch, placement });
    for (let done = 0; done < count; done += batch) {
      if (Atomics.load(cancel, 0) !== 0) return scores.slice(0, done * targets.length);
      const filled = Math.min(batch, count - done);
      for (let slot = 0; slot < filled; slot++) {
        const cells = this.#cells[slot]!;
        const offset = this.#sampler.draw(first + done + slot, cells);
        this.#offsets[slot] = offset;
        this.#input.write(slot, cells, offset);
      }
      const fed = fixed ? batch : filled;
      const outputs = await model.run({
        ...(fed === batch ? extra : this.#decoder.extraInputs?.({ count: fed, placement })),
        [decoder.input.name]: {
          data: fed === batch ? this.#input.batch : this.#input.batch.subarray(0, fed * size),
          shape: inputShape(decoder.input, fed),
        },
      });
      const predictions = this.#decoder.decode(outputs, { count: fed, placement, pixels: () => this.#pixels(fed) });
      for (let slot = 0; slot < filled; slot++) {
        const prediction = predictions[slot];
        if (prediction === undefined) {
          throw new DatumError(
            'interpreter',
            `the interpreter gave ${predictions.length} answers for ${fed} pictures: it must give one for each.`,
          );
        }
        this.#scorer.score(prediction, scores, (done + slot) * targets.length);
      }
    }
    return scores;
  }

  /** The masked inputs before normalisation, for scripts that look at them. */
  #pixels(count: number): Tensor {
    const { scene, decoder } = this.#spec;
    const { width, height, channels } = decoder.input;
    const { area } = scene.placement;
    const { pixels, pixelFill } = scene;
    const size = width * height * channels;
    const data = new Float32Array(count * size);
    if (pixels === null || pixelFill === null) return { data, shape: [count, height, width, channels] };
    const { field } = this.#sampler;
    const rows = rowBuffer(field);
    const mask = new Float32Array(area.width * area.height);
    for (let slot = 0; slot < count; slot++) {
      data.set(pixels, slot * size);
      drawMask(field, this.#cells[slot]!, this.#offsets[slot]!, rows, mask);
      for (let y = 0; y < area.height; y++) {
        for (let x = 0; x < area.width; x++) {
          const kept = mask[y * area.width + x]!;
          const at = ((y + area.y) * width + x + area.x) * channels;
          for (let channel = at; channel < at + channels; channel++) {
            data[slot * size + channel] = pixels[channel]! * kept + pixelFill[channel]! * (1 - kept);
          }
        }
      }
    }
    return { data, shape: [count, height, width, channels] };
  }
}
