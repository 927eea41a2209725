import type { Prediction } from '../annotations/index.js';
import type { Drawing } from '../explain/drawing.js';
import type { ScoringOptions, Target } from '../explain/targets/target.js';
import type { DecoderContext } from '../interpreters/contract/types.js';
import type { PythonOptions } from '../interpreters/script/own.js';
import type { InputSpec } from './input.js';
import type { Scene } from './scene.js';

/** A prediction on a whole image, with arrays of its own. */
export interface Answered {
  readonly prediction: Prediction;
  /** Time of the model's run. */
  readonly milliseconds: number;
  /** What a script gave otherwise than it should, and how it was taken; see `Reader.forgiven`. */
  readonly forgiven: readonly string[];
}

/** How a worker reads outputs: it makes the decoder itself, once for each `id`. */
export interface DecoderSpec {
  readonly id: number;
  /** Built-in interpreter, or a script's path. */
  readonly interpreter:
    { readonly name: string } | { readonly script: string; readonly python?: PythonOptions | undefined };
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
  readonly cancel: Int32Array;
}

/** What the inputs are: the image under masks, or with pixels changed in order of saliency. */
export type InputsSpec =
  | { readonly kind: 'masks'; readonly sampler: Drawing }
  /** Pixels of the image's area by falling saliency; requests name an order by its index. */
  | { readonly kind: 'perturbed'; readonly orders: readonly Uint32Array[] };

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

/**
 * What is done to the most salient pixels:
 *
 * - `delete`: they become zero in normalised space (the deletion curve);
 * - `insert`: they come back into the blurred image (the insertion curve);
 * - `remove`: the fill takes their place (what flips the decision);
 * - `keep`: the fill takes the place of all others (what suffices for it).
 */
export type PerturbMode = 'delete' | 'insert' | 'remove' | 'keep';

/** One changed image. */
export interface PerturbRequest {
  readonly mode: PerturbMode;
  /** Index into the orders. */
  readonly order: number;
  /** How many pixels of that order are the most salient ones. */
  readonly count: number;
}
