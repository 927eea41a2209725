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
  /** Names of the outputs to compute; all where absent. */
  readonly outputLayers?: readonly string[] | undefined;
}

/** Options that only some launchers have. */
export type OwnLaunchOption = 'weights' | 'engine';

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
  /** Every file the model was read from, absolute, in a fixed order: their hash names the model. */
  readonly files: readonly string[];
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
  close(): Promise<void>;
}

/** What is known of a launcher without loading it. */
export interface LauncherEntry extends Entry<Launcher> {
  /** File name endings that it opens, with the dot, and what such a file is where the ending does not say. */
  readonly extensions: Readonly<Record<string, string | null>>;
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
  /** Opens a prepared model with `threads` intra-op threads; called in worker threads. */
  open(prepared: PreparedModel, threads: number): Promise<Session>;
  /** Runs that may be under way at once in one session that lives in the main thread; 1 where absent. */
  readonly lanes?: number | undefined;
}
