import type { ErrorData } from '../../errors.js';
import type { RgbImage } from '../../image/index.js';
import type { ImagePixels, PreparedModel, Signature, Tensor } from '../../launchers/types.js';
import type { Scene } from '../scene.js';
import type { Answered, DecoderSpec, ScoredItems, ScoreItems, ScoreSpec } from '../work.js';

/** What every worker is started with. */
export interface WorkerSetup {
  readonly prepared: PreparedModel;
  /** Intra-op threads of the worker's session. */
  readonly threads: number;
  /** What the model is opened for, where opening runs it. */
  readonly image?: ImagePixels | undefined;
}

/** A piece of work for a worker. */
export type Task =
  | { readonly type: 'signature' }
  | { readonly type: 'prepare'; readonly image: RgbImage }
  | { readonly type: 'run'; readonly feeds: Readonly<Record<string, Tensor>> }
  | { readonly type: 'predict'; readonly scene: Scene; readonly decoder: DecoderSpec }
  | { readonly type: 'score'; readonly spec: ScoreSpec; readonly items: ScoreItems };

/** Answers by task type. */
export interface TaskResults {
  readonly signature: Signature;
  /** The model's input, by its own preprocessing. */
  readonly prepare: Tensor;
  /** Every output by name, copied. */
  readonly run: Record<string, Tensor>;
  readonly predict: Answered;
  readonly score: ScoredItems;
}

/** Errors cross threads as data, so that their kind survives. */
export type TaskReply<T extends Task['type']> = { readonly ok: TaskResults[T] } | { readonly failed: ErrorData };
