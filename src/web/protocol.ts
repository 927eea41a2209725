/**
 * What the server and the page tell each other, as JSON; shared by both sides. Boxes are x, y, width, height in pixels
 * of the image.
 */

import type { TargetFacts } from '../results/records.js';
import type { TargetRecord } from '../results/schema/target.js';

/** Everything that a page shows, sent whole on connection and after each change: all tabs show the same. */
export interface WorkbenchState {
  /** True where one run is watched: nothing can be chosen. */
  readonly watching: boolean;
  /** Names of the models to choose from. */
  readonly models: readonly string[];
  /** Names of the datasets to browse. */
  readonly sources: readonly string[];
  readonly images: readonly ImageState[];
  /** The image at work; null before one is chosen. */
  readonly image: string | null;
  /** One, or two where models or targets are compared. */
  readonly panes: readonly PaneState[];
  /** The run over a dataset that is watched; null for all else. */
  readonly dataset: DatasetState | null;
}

export interface ImageState {
  readonly id: string;
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

/** A model at work on an image: that of its job, or else the one that was chosen. */
export interface PaneState {
  readonly model: string | null;
  readonly prediction: PredictionState | null;
  /** The explanation under way, or the last one of this image and model. */
  readonly job: JobState | null;
}

/** What a model says of an image, before anything is explained. */
export type PredictionState =
  | { readonly phase: 'running' }
  | { readonly phase: 'failed'; readonly error: string }
  | {
      readonly phase: 'done';
      readonly milliseconds: number;
      /** Names of all classes; null where nobody gave them. */
      readonly classes: readonly string[] | null;
      /** Best first; empty for detectors. */
      readonly labels: readonly ScoredLabel[];
      /** Best first; empty for classifiers. */
      readonly boxes: readonly FoundBox[];
      /** Whether the model finds boxes, so that one can be drawn. */
      readonly detector: boolean;
      /** What was decided about the model, and what the user should know. */
      readonly notes: readonly string[];
    };

export interface ScoredLabel {
  readonly id: number;
  readonly name: string;
  readonly score: number;
}

export type BoxPixels = readonly [x: number, y: number, width: number, height: number];

export interface FoundBox {
  readonly label: { readonly id: number; readonly name: string };
  readonly score: number;
  readonly bbox: BoxPixels;
}

export type JobPhase = 'waiting' | 'running' | 'done' | 'cancelled' | 'failed';

/** One explanation. */
export interface JobState {
  readonly id: string;
  readonly model: string;
  readonly image: string;
  readonly phase: JobPhase;
  /** What went wrong, in a sentence; null unless failed. */
  readonly error: string | null;
  /** Masks scored. */
  readonly samples: number;
  readonly maxSamples: number;
  /** Grows with each new set of maps. */
  readonly version: number;
  readonly targets: readonly TargetState[];
  /** What the user should know of the run. */
  readonly notes: readonly string[];
  /** Why the run ended; null before. */
  readonly stopped: string | null;
  readonly seconds: number;
}

/** A target as files hold it, as far as it is known while a run goes on; its maps are fetched apart. */
export interface TargetState extends TargetFacts {
  /** The second class whose map can be compared with this one's; null where there is none. */
  readonly contrast: TargetRecord['label'];
}

/** A run over a dataset. */
export interface DatasetState {
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  /** Items at work, the one that is shown first. */
  readonly working: readonly string[];
  /** Items in words, the newest first: what was done lately. */
  readonly recent: readonly { readonly id: string; readonly status: string }[];
  readonly finished: boolean;
}

/**
 * Maps of a target that a page can fetch: float32, little-endian, `[height, width]` as its headers say. `significant` is
 * above 0 where keeping a pixel raises the score beyond doubt.
 */
export const MAP_KINDS = ['saliency', 'significant', 'error', 'contrast'] as const;
export type MapKind = (typeof MAP_KINDS)[number];

/** Headers that say a map's size. */
export const MAP_WIDTH = 'x-map-width';
export const MAP_HEIGHT = 'x-map-height';

/** Where the page stands once its token has left the address. */
export const PAGE_PATH = '/live';

/** Header that carries the token. */
export const TOKEN_HEADER = 'x-datum-token';

/** Largest image file that is taken. */
export const MAX_UPLOAD_BYTES = 32 * 1024 * 1024;

/** A page of a dataset's items. */
export interface SourcePage {
  readonly items: readonly { readonly id: string; readonly subset: string; readonly missing: boolean }[];
  /** Whether there are more behind these. */
  readonly more: boolean;
}

/** Every failure answers with this and a status of 4xx or 5xx. */
export interface Failure {
  readonly error: string;
}

/** A built-in method, and what the form of its options is made from. */
export interface MethodForm {
  readonly name: string;
  readonly title: string;
  /** JSON Schema. */
  readonly form: unknown;
}
