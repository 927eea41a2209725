import type { Prediction } from '../annotations/index.js';
import type { ErrorKind } from '../errors.js';
import type { SamplerOptions } from '../explain/rise/samplers.js';
import type { ScoringOptions, Target } from '../explain/targets.js';
import type { PreparedModel, Signature, Tensor } from '../launchers/types.js';
import type { DecoderContext } from '../interpreters/types.js';
import type { InputSpec } from './input.js';
import type { Scene } from './scene.js';

/** What every worker is started with. */
export interface WorkerSetup {
  readonly prepared: PreparedModel;
  /** Intra-op threads of the worker's session. */
  readonly threads: number;
}

/** How a worker reads outputs: it makes the decoder itself, once for each `id`. */
export interface DecoderSpec {
  readonly id: number;
  /** Built-in interpreter, or a script's path. */
  readonly interpreter: { readonly name: string } | { readonly script: string };
  readonly context: DecoderContext;
  readonly input: InputSpec;
}

/** What all masked runs of an explanation have in common. */
export interface MaskedRunsSpec {
  readonly id: number;
  readonly scene: Scene;
  readonly decoder: DecoderSpec;
  readonly sampler: SamplerOptions;
  readonly targets: readonly Target[];
  readonly scoring: ScoringOptions;
  /** Images a run. */
  readonly batch: number;
  /** One int32: not 0 tells workers to stop before their next run. */
  readonly cancel: Int32Array<SharedArrayBuffer>;
}

/** A piece of work for a worker. */
export type Task =
  | { readonly type: 'signature' }
  | { readonly type: 'run'; readonly feeds: Readonly<Record<string, Tensor>> }
  | { readonly type: 'predict'; readonly scene: Scene; readonly decoder: DecoderSpec }
  | { readonly type: 'masks'; readonly spec: MaskedRunsSpec; readonly first: number; readonly count: number };

/** Answers by task type. */
export interface TaskResults {
  readonly signature: Signature;
  /** Every output by name, copied. */
  readonly run: Record<string, Tensor>;
  /** Copied; `milliseconds` is the time of the model's run. */
  readonly predict: { readonly prediction: Prediction; readonly milliseconds: number };
  /** Scores `[masks, targets]`; shorter than asked for when cancelled. */
  readonly masks: Float32Array;
}

/** Errors cross threads as data, so that their kind survives. */
export type TaskReply<T extends Task['type']> =
  { readonly ok: TaskResults[T] } | { readonly failed: { readonly kind: ErrorKind; readonly message: string } };
