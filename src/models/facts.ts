import type { InferredFacts } from '../interpreters/contract/facts.js';
import type { ModelThresholds } from '../interpreters/contract/model-info.js';

/** What was decided about a model, and how each thing is known: a program can tell a guess from a fact. */
export interface ModelFacts extends InferredFacts {
  /** The engine that runs it, where its launcher has more than one; else null. */
  readonly engine: string | null;
  /** Thresholds for boxes that its metadata have: they stand for those that the user does not give. */
  readonly thresholds?: ModelThresholds | undefined;
  /**
   * The size of its images in pixels where the model leaves it open: the first usual one that was `tried` with success, or a `guess`; where
   * the model takes any, that of the `image` which it was opened for, or `any` where there was none.
   */
  readonly size?: SizeFact | undefined;
  /**
   * Why it is given one image a run although it leaves the number open: it `fails` with two, or its answer to an image
   * `depends` on the others, as where it is `quantized` with scales of the whole batch; or `random`, where its answer to
   * one image differs from run to run. Null where that is not so.
   */
  readonly batch: 'fails' | 'depends' | 'quantized' | 'random' | null;
}

/** A size in pixels, and how it is known. */
export interface SizeFact {
  readonly width: number;
  readonly height: number;
  readonly by: 'tried' | 'guess' | 'image' | 'any';
}
