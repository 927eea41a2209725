import type { TensorInfo } from '../onnx/tensor-types.js';
import type { Entry } from '../plugins/entry.js';

export { ENDINGS, type Ending, type Origin } from '../onnx/endings.js';
export type { ElementType, TensorInfo } from '../onnx/tensor-types.js';

/**
 * Values that cross the launcher's border. All are float32 whatever the model's own type: the session converts in
 * both directions (float16, integers, booleans), so nothing behind it knows of element types.
 */
export interface Tensor {
  /** Row-major. From a session: valid until its next run. */
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** What a model declares about itself. */
export interface Signature {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** Key-value metadata written by the exporter (`names`, `stride`, `model_info...`), as stored. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A launcher of Datumaro, in a folder of plug-ins. */
export interface LauncherInFolder {
  readonly name: string;
  /** What its class is made with: values of YAML. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The folder of the model's own files, absolute, where it has one. */
  readonly modelDir?: string | undefined;
}

/** Tells a launcher which model to run and how; plain data, kept in the project file. */
export interface LaunchOptions {
  /** The model file (or URL), absolute. */
  readonly description: string;
  /** The weights file where the format has one, absolute. */
  readonly weights?: string | undefined;
  /** `cpu`, `webgpu`, `cuda`...: what the runtime offers. */
  readonly device: string;
  /** Which of several engines a launcher shall use. */
  readonly engine?: string | undefined;
  /** Command or path of the Python that runs the model. */
  readonly python?: string | undefined;
  /** Width and height in pixels that images are scaled to, where the model leaves them open. */
  readonly size?: InputShape | undefined;
  /** Arguments of the person's own function that loads the model. */
  readonly arg?: Readonly<Record<string, string>> | undefined;
  /** The launcher in the folder that `description` names, where it is a folder of plug-ins of Datumaro. */
  readonly plugin?: LauncherInFolder | undefined;
  /** Seconds for one answer. */
  readonly timeout?: number | undefined;
  /**
   * Over what masks are laid where the model has a preprocessing of its own: over its `results`, where the launcher finds that
   * possible, or over `images`, which are prepared one by one then.
   */
  readonly masked?: 'results' | 'images' | undefined;
  /** Names of the outputs to compute; all where absent. */
  readonly outputLayers?: readonly string[] | undefined;
}

/** Width and height in pixels. */
export interface InputShape {
  readonly width: number;
  readonly height: number;
}

/** An image, `[height, width, 3]` RGB. */
export interface ImagePixels extends InputShape {
  readonly data: Uint8Array;
}

/** Options that only some launchers have. */
export type OwnLaunchOption = 'weights' | 'engine' | 'python' | 'size' | 'arg' | 'timeout';

/** An option that a launcher has and others have not. */
export interface LaunchOptionInfo {
  /** For help. */
  readonly title: string;
  /** The values that it takes; any text where absent. */
  readonly values?: readonly string[];
}

/**
 * A model made ready once, in the main thread, to be opened in every worker: plain data that can be posted to a
 * thread. Bytes lie in shared memory, so that W workers do not hold W copies.
 */
export interface PreparedModel {
  /** Name of the launcher, or the path of its module. */
  readonly launcher: string;
  /** The file to open, or bytes in the runtime's format. */
  readonly model: { readonly path: string } | { readonly bytes: Uint8Array<SharedArrayBuffer> };
  readonly options: LaunchOptions;
  readonly metadata: Readonly<Record<string, string>>;
  /** The runtime that will run it, for the user: `onnxruntime`, `onnxruntime (translated from OpenVINO IR)`. */
  readonly engine: string;
  /** Sessions that may be open at once at most, each with more threads then; as many as there are workers where absent. */
  readonly workers?: number | undefined;
  /** Images of 256 x 256 pixels a run where nobody says how many, larger ones fewer; as many as suit ONNX Runtime where absent. */
  readonly images?: number | undefined;
  /** Whether opening runs the model, for which it is shown an image. */
  readonly runsAtOpening?: boolean | undefined;
  /** Every file the model was read from, absolute, in a fixed order: their hash names the model. */
  readonly files: readonly string[];
}

/** What all images under masks of one batch have in common, in the model's own units. */
export interface MaskedScene {
  /** Another number, another scene. */
  readonly id: number;
  /** The whole image, `[C, H, W]` or `[H, W, C]`. */
  readonly input: Float32Array;
  /** What hidden pixels become, of the same shape; null for zeros. */
  readonly fill: Float32Array | null;
  /** Where the image lies in the input, and masks on it. */
  readonly area: ImageArea;
}

/** A part of the model's input, in pixels. */
export interface ImageArea extends InputShape {
  readonly x: number;
  readonly y: number;
}

/** A model opened in this thread. */
export interface Session {
  readonly signature: Signature;
  /**
   * Runs the model once.
   *
   * @param feeds every input by name; float32 values are converted to the declared type.
   * @returns every (chosen) output by name, valid until the next run.
   * @throws DatumError (`model`) when the runtime refuses.
   */
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  /**
   * The model's own way from an image to its input, `[C, H, W]` or `[H, W, C]`; absent where it has none.
   *
   * @throws DatumError (`model`) where it fails
   */
  prepare?(image: ImagePixels): Promise<Tensor>;
  /**
   * Runs the model once on images under masks, `input * M + fill * (1 - M)`, which the session lays on where the model runs: less crosses
   * to another process. Absent where only whole inputs are taken.
   *
   * @param masks `[N, area.height, area.width]`, 1 where the image is kept
   * @returns as `run`
   */
  runMasked?(scene: MaskedScene, masks: Tensor): Promise<Record<string, Tensor>>;
  close(): Promise<void>;
}

/** What is known of a launcher without loading it. */
export interface LauncherEntry extends Entry<Launcher> {
  /** File name endings that it opens, with the dot, and what such a file is where the ending does not say. */
  readonly extensions: Readonly<Record<string, string | null>>;
  /** Files of which one makes the folder that it lies in a model. */
  readonly folders?: readonly string[];
  /** The options that it has and others have not. */
  readonly options: Readonly<Partial<Record<OwnLaunchOption, LaunchOptionInfo>>>;
}

/** The same, beside the launcher itself. */
export type LauncherFacts = Omit<LauncherEntry, 'load'>;

/** A model runtime: one folder in `src/launchers/`, one entry in `registry.ts`. Callers write a `LauncherPlugin`. */
export interface Launcher {
  readonly name: string;
  readonly options: LauncherEntry['options'];
  /**
   * Checks and reads the files, translates where the runtime needs another format. Runs once, in the main thread, and
   * runs no inference.
   *
   * @throws DatumError (`model`) naming the file, the place in it and what to do.
   */
  prepare(options: LaunchOptions): Promise<PreparedModel>;
  /**
   * Opens a prepared model with `threads` intra-op threads; called in worker threads.
   *
   * @param image what the model is opened for, where it is known: launchers that must run a model to know it show it this first
   */
  open(prepared: PreparedModel, threads: number, image?: ImagePixels): Promise<Session>;
  /** Runs that may be under way at once in one session that lives in the main thread; 1 where absent. */
  readonly lanes?: number | undefined;
}
