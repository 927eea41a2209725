import type { ErrorData } from '../../errors.js';
import type { SamplerOptions } from '../../explain/rise/sampler.js';
import type { ScoringOptions, Target } from '../../explain/targets/target.js';
import type { PreparedModel, Signature, Tensor } from '../../launchers/types.js';
import type { DecoderContext } from '../../interpreters/contract/types.js';
import type { InputSpec } from '../input.js';
import type { PerturbRequest } from '../scoring/perturbed-source.js';
import type { Answered } from '../runtime.js';
import type { Scene } from '../scene.js';

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

/** What all runs of one explanation have in common whose inputs are made and scored in the worker. */
export interface ScoreSpec {
  readonly id: number;
  readonly scene: Scene;
  readonly decoder: DecoderSpec;
  readonly targets: readonly Target[];
  readonly scoring: ScoringOptions;
  /** Smallest score at which a detection counts as found; null where no decisions are asked for. */
  readonly confidence: number | null;
  readonly inputs: InputsSpec;
  /** Images a run. */
  readonly batch: number;
  /** One int32: not 0 tells workers to stop before their next run. */
  readonly cancel: Int32Array<SharedArrayBuffer>;
}

/** What the inputs are: the image under masks of a sampler, or with pixels changed in order of saliency. */
export type InputsSpec =
  | { readonly kind: 'masks'; readonly sampler: SamplerOptions }
  /** Pixels of the image's area by falling saliency; requests name an order by its index. */
  | { readonly kind: 'perturbed'; readonly orders: readonly Uint32Array<SharedArrayBuffer>[] };

/** Which of them: masks by number, or changes. */
export type ScoreItems =
  { readonly first: number; readonly count: number } | { readonly requests: readonly PerturbRequest[] };

/** What the model says of each item. */
export interface ScoredItems {
  /** Scores of all targets, `[items, targets]`; fewer items than asked for when cancelled. */
  readonly scores: Float32Array;
  /** What is decided in each target's place, `[items, targets]` (explain/decision.ts); empty where it was not asked for. */
  readonly decisions: Int32Array;
}

/** A piece of work for a worker. */
export type Task =
  | { readonly type: 'signature' }
  | { readonly type: 'run'; readonly feeds: Readonly<Record<string, Tensor>> }
  | { readonly type: 'predict'; readonly scene: Scene; readonly decoder: DecoderSpec }
  | { readonly type: 'score'; readonly spec: ScoreSpec; readonly items: ScoreItems };

/** Answers by task type. */
export interface TaskResults {
  readonly signature: Signature;
  /** Every output by name, copied. */
  readonly run: Record<string, Tensor>;
  readonly predict: Answered;
  readonly score: ScoredItems;
}

/** Errors cross threads as data, so that their kind survives. */
export type TaskReply<T extends Task['type']> = { readonly ok: TaskResults[T] } | { readonly failed: ErrorData };
