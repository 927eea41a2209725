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
  /** The image at work, that of the first pane; null before one is chosen. */
  readonly image: string | null;
  /** One, or two where models, images or targets are compared. */
  readonly panes: readonly PaneState[];
  /** Whether both panes have the same image. */
  readonly linked: boolean;
  /** What there is to begin with. */
  readonly samples: readonly SampleState[];
  /** What was explained since the server was started, the newest first. */
  readonly history: readonly HistoryEntry[];
  /** The run over a dataset that is watched; null for all else. */
  readonly dataset: DatasetState | null;
}

export interface ImageState {
  readonly id: string;
  readonly name: string;
  /** Whether it was dropped, pasted or chosen on the page: no file of it is known. */
  readonly isUpload: boolean;
  readonly width: number;
  readonly height: number;
}

/** A question to begin with: models and images that the package brings. */
export interface SampleState {
  readonly id: string;
  /** The question. */
  readonly title: string;
  readonly words: string;
}

/** An explanation that can be shown again. */
export interface HistoryEntry {
  /** Of its job. */
  readonly job: string;
  readonly image: string;
  readonly imageName: string;
  readonly model: string;
  /** Its first answer. */
  readonly name: string;
  readonly score: number;
}

/** A model at work on an image: that of its job, or else the one that was chosen. */
export interface PaneState {
  readonly model: string | null;
  /** The image at work in it; null before one is chosen. */
  readonly image: string | null;
  /** What makes the same in a terminal: the explanation that is shown, or else what the model would be asked first. */
  readonly command: string | null;
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
      /** What annotators say of the image; null where that is not known, or not in the model's classes. */
      readonly truth: TruthState | null;
    };

export interface TruthState {
  /** Classes of the whole image. */
  readonly labels: readonly {
    readonly name: string;
    /** The model's numbers for it. */
    readonly ids: readonly number[];
  }[];
  readonly boxes: readonly TruthBox[];
}

/** An object that annotators marked. */
export interface TruthBox {
  readonly name: string;
  /** The model's class; null where it has none such. */
  readonly label: number | null;
  readonly bbox: BoxPixels;
  /** Whether the model finds boxes, knows the class, and has none here. */
  readonly missed: boolean;
  /** What the model gives its class at this place, where it was missed; else null. */
  readonly score: number | null;
}

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
  /** The annotated object that it lies on, by its index; null where there is none, or nobody annotated the image. */
  readonly truth: number | null;
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
  /** How repeatable the least repeatable map is, and how repeatable all are to be; null where nothing is asked for. */
  readonly reached: { readonly now: number; readonly goal: number } | null;
  /** How hidden pixels look where the score is measured with the brightest hidden: red, green, blue. */
  readonly hidden: readonly [number, number, number];
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
  /** What was found out, in a sentence; null while the run goes on. */
  readonly summary: string | null;
  /** How it stands against the truth; null where that is not known. */
  readonly outcome: TargetRecord['outcome'];
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

/** Largest model file that is taken. */
export const MAX_MODEL_BYTES = 256 * 1024 * 1024;

/** Endings of model files that a page takes, with the one that holds their weights: none of them runs code of its own. */
export const MODEL_ENDINGS = ['.onnx', '.xml', '.bin'] as const;

/** Whether a file is taken for a model, by its name. */
export function isModelName(name: string): boolean {
  return MODEL_ENDINGS.some((ending) => name.toLowerCase().endsWith(ending));
}

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
