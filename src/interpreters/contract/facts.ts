import type { Preprocessing } from './types.js';

/**
 * How something about a model is known:
 *
 * - `given`: the user said it;
 * - `metadata`: the model's metadata say it;
 * - `model`: the graph shows it, by its outputs, the type of its input, or what it does first;
 * - `convention`: models of this family are made so;
 * - `guess`: nothing tells, and this is the most usual.
 */
export type KnownBy = 'given' | 'metadata' | 'model' | 'convention' | 'guess';

/** How the outputs are read, and why so. */
export interface OutputFacts {
  /** Name of the interpreter. */
  readonly interpreter: string;
  readonly by: Extract<KnownBy, 'given' | 'model' | 'convention' | 'guess'>;
  /** In words: `output [1, 84, 8400] is 4 + 80 classes by anchors`. */
  readonly reason: string;
}

/** How an image becomes the input, and how that is known. */
export interface PreprocessingFacts extends Preprocessing {
  /** How all of it is known that the user did not give. */
  readonly by: KnownBy;
  /** The same in words. */
  readonly source: string;
  /** What the user gave of it. */
  readonly given: readonly (keyof Preprocessing)[];
  /**
   * What does nothing because the user gave another part of the normalisation: scale, mean and deviation are one group.
   */
  readonly replaced: readonly ('scale' | 'mean' | 'std')[];
}

/** Where the names of the classes come from; `names` is how many there are in that place. */
export type LabelFacts =
  | {
      readonly by: 'given';
      /** True where the user's script has them. */
      readonly script?: true | undefined;
      readonly names: number;
      /**
       * What was made of the list, where it does not go without saying: it counts from 1, and was `moved` to the model's
       * numbers from 0 or left at its own (`from-one`); its only line was read as names (`in-line`) or as one (`one-line`);
       * its first name, the background, was left out (`without-first`).
       */
      readonly read?: 'moved' | 'from-one' | 'in-line' | 'one-line' | 'without-first' | undefined;
      /** Its first name. */
      readonly first?: string | undefined;
    }
  /** `key`: the field of the metadata. */
  | { readonly by: 'metadata'; readonly names: number; readonly key: string }
  /** They belong to the family of outputs. */
  | { readonly by: 'convention'; readonly names: number; readonly unused?: UnusedNames | undefined }
  /** A well-known list with as many names as the model has classes. */
  | { readonly by: 'guess'; readonly names: number; readonly list: string }
  /**
   * None are known. `classes`: how many there are, null where the outputs do not tell; `beside`: a file beside the model
   * with as many names, which nobody said to be its own; `unused`: names in the metadata that are too many or too few.
   */
  | {
      readonly by: null;
      readonly names: 0;
      readonly classes: number | null;
      readonly beside?: { readonly file: string; readonly names: number } | undefined;
      readonly unused?: UnusedNames | undefined;
    };

/** Names in the model's metadata that are not one for each of its classes. */
export interface UnusedNames {
  /** The field of the metadata. */
  readonly key: string;
  readonly names: number;
  /** How many classes the model has, with the background where it has one. */
  readonly classes: number;
}

/** What inference found out about a model. */
export interface InferredFacts {
  readonly outputs: OutputFacts;
  readonly preprocessing: PreprocessingFacts;
  readonly labels: LabelFacts;
}
