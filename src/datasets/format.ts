import type { Attributes, Dataset, DatasetItem } from './types.js';
import type { Probe } from './probe.js';

/**
 * How well a path fits a format: `certain`: its own file or its own keys are there; `likely`: the layout fits, and few
 * other things look like it; `fallback`: it can be read so when nothing else fits.
 */
export type Fit = 'certain' | 'likely' | 'fallback';

/** That a path fits a format, and why. */
export interface Detection {
  readonly fit: Fit;
  /** Why, in words a user understands: "annotations/val.json has COCO's images and annotations". */
  readonly reason: string;
  /**
   * What is passed by where another format fits better and is read, in words: "3 label files of YOLO (labels/a.txt...)".
   * Absent where that says nothing new.
   */
  readonly passedBy?: () => Promise<string>;
}

/** A dataset format: one folder in `src/datasets/`, one entry in `registry.ts`. Callers write a `FormatPlugin`. */
export interface DatasetFormat {
  /** As in `path:format`; Datumaro's name where it has the format. */
  readonly name: string;
  /** Looks at names and contents, never at an extension alone. Null when the path is something else. */
  detect(probe: Probe): Promise<Detection | null>;
  /**
   * @param path absolute path of an existing folder or, where the format has one main file, of that file.
   * @throws DatumError (`dataset`) when the path does not hold this format, or when it is malformed.
   */
  open(path: string): Promise<Dataset>;
  /** Writes a dataset of this format, where it can be written. */
  readonly write?: DatasetWriter;
}

export interface WriteOptions {
  /** Copies the images into the dataset; otherwise it names them where they are. Default: false. */
  readonly copyImages?: boolean;
  /** Facts about the whole dataset, for formats that keep them. */
  readonly info?: Attributes;
  readonly signal?: AbortSignal;
}

/** How many there were. */
export interface WriteSummary {
  readonly items: number;
  readonly boxes: number;
  readonly labels: number;
  /** Files written, absolute, annotation files only. */
  readonly files: readonly string[];
}

/**
 * Writes items as they come; files take their final names only when all are written.
 *
 * @param path folder of the new dataset; created when missing.
 * @param labelNames class names by label index.
 * @throws DatumError (`output`) when it cannot be written, `interrupted` when cancelled.
 */
export type DatasetWriter = (
  path: string,
  items: AsyncIterable<DatasetItem>,
  labelNames: readonly string[],
  options: WriteOptions,
) => Promise<WriteSummary>;
