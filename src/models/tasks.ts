import type { Prediction } from '../annotations/index.js';
import type { ErrorData } from '../errors.js';
import type { SamplerOptions } from '../explain/rise/sampler.js';
import type { ScoringOptions, Target } from '../explain/targets.js';
import type { PreparedModel, Signature, Tensor } from '../launchers/types.js';
import type { DecoderContext } from '../interpreters/contract/types.js';
import type { InputSpec } from './input.js';
import type { PerturbMode } from './perturbed-input.js';
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

/** What all runs have in common in which pixels of one picture are changed in order of saliency. */
export interface PerturbedRunsSpec {
  readonly id: number;
  readonly scene: Scene;
  readonly decoder: DecoderSpec;
  readonly targets: readonly Target[];
  readonly scoring: ScoringOptions;
  /** Smallest score at which a detection counts as found. */
  readonly confidence: number;
  /** Pixels of the picture's area by falling saliency; requests name them by index. */
  readonly orders: readonly Uint32Array<SharedArrayBuffer>[];
  /** Images a run. */
  readonly batch: number;
}

/** One changed picture. */
export interface PerturbRequest {
  readonly mode: PerturbMode;
  /** Index into the orders. */
  readonly order: number;
  /** How many pixels of that order are the most salient ones. */
  readonly count: number;
}

/** What the model says of changed pictures. */
export interface PerturbedScores {
  /** Scores of all targets, `[requests, targets]`. */
  readonly scores: Float32Array;
  /** What is decided in each target's place, `[requests, targets]`: class indices or -1 (explain/decision.ts). */
  readonly decisions: Int32Array;
}

/** A piece of work for a worker. */
export type Task =
  | { readonly type: 'signature' }
  | { readonly type: 'run'; readonly feeds: Readonly<Record<string, Tensor>> }
  | { readonly type: 'predict'; readonly scene: Scene; readonly decoder: DecoderSpec }
  | { readonly type: 'masks'; readonly spec: MaskedRunsSpec; readonly first: number; readonly count: number }
  | { readonly type: 'perturb'; readonly spec: PerturbedRunsSpec; readonly requests: readonly PerturbRequest[] };

/** Answers by task type. */
export interface TaskResults {
  readonly signature: Signature;
  /** Every output by name, copied. */
  readonly run: Record<string, Tensor>;
  /** Copied; `milliseconds` is the time of the model's run. */
  readonly predict: { readonly prediction: Prediction; readonly milliseconds: number };
  /** Scores `[masks, targets]`; shorter than asked for when cancelled. */
  readonly masks: Float32Array;
  readonly perturb: PerturbedScores;
}

/** Errors cross threads as data, so that their kind survives. */
export type TaskReply<T extends Task['type']> = { readonly ok: TaskResults[T] } | { readonly failed: ErrorData };
