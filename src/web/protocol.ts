/** What the server and the page tell each other, as JSON; shared by both sides. Boxes are in pixels of the picture. */

/** Everything that a page shows, sent whole on connection and after each change. */
export interface WorkbenchState {
  /** Names that can be given to `model`. */
  readonly models: readonly string[];
  readonly pictures: readonly PictureState[];
  /** The explanation under way, or the last one; two where models or targets are compared. */
  readonly jobs: readonly JobState[];
  /** True for `datum explain --display`: nothing can be chosen, one run is watched. */
  readonly watching: boolean;
}

export interface PictureState {
  readonly id: string;
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

export type JobPhase = 'loading' | 'running' | 'done' | 'cancelled' | 'failed';

/** One explanation. */
export interface JobState {
  readonly id: string;
  readonly model: string;
  readonly picture: string;
  readonly phase: JobPhase;
  /** What went wrong, in a sentence; null unless failed. */
  readonly error: string | null;
  readonly samples: number;
  readonly maxSamples: number;
  /** Grows with each new set of maps. */
  readonly version: number;
  readonly targets: readonly TargetState[];
  /** What was decided about the model, and what the user should know. */
  readonly notes: readonly string[];
  /** Size of the maps in pixels. */
  readonly mapWidth: number;
  readonly mapHeight: number;
  /** Why the run ended; null before. */
  readonly stopped: string | null;
  readonly seconds: number;
}

export interface TargetState {
  readonly index: number;
  readonly kind: 'label' | 'bbox';
  readonly label: { readonly id: number; readonly name: string } | null;
  readonly bbox: readonly [number, number, number, number] | null;
  readonly score: number;
  readonly reliability: number;
  readonly meanStandardError: number;
  readonly verdict: 'ok' | 'noise' | 'lost';
  readonly belief: {
    readonly baseline: number;
    readonly low: number;
    readonly median: number;
    readonly high: number;
    readonly filled: number;
  };
}

/** What a model says of a picture, before anything is explained. */
export interface PredictionState {
  readonly labels: readonly { readonly id: number; readonly name: string; readonly score: number }[];
  readonly boxes: readonly {
    readonly label: { readonly id: number; readonly name: string };
    readonly score: number;
    readonly bbox: readonly [number, number, number, number];
  }[];
}

/** Body of `POST /api/predict`. */
export interface PredictRequest {
  readonly model: string;
  readonly picture: string;
}

/** Body of `POST /api/explain`: options as in the method's schema, checked by the server. */
export interface ExplainRequest extends PredictRequest {
  readonly options: Readonly<Record<string, unknown>>;
  /** Which of two panes shows it. */
  readonly slot: 0 | 1;
}

/** Every failure answers with this and a status of 4xx or 5xx. */
export interface Failure {
  readonly error: string;
}
