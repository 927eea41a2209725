/** What an annotation or an image carries beside its class and place; names as the format has them. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** The outline of an object, in pixels of the image. */
export type Segmentation =
  | {
      readonly kind: 'polygons';
      /** One ring for each part of the object: x0, y0, x1, y1, ... without repeating the first point. */
      readonly polygons: readonly (readonly number[])[];
    }
  | {
      readonly kind: 'rle';
      readonly width: number;
      readonly height: number;
      /**
       * Run lengths of a `[height, width]` mask read down its columns, the first run being background, as in COCO's
       * uncompressed RLE.
       */
      readonly counts: readonly number[];
    };

/** A class that the annotators gave to the whole image. */
export interface TrueLabel {
  /** Index into the dataset's label names. */
  readonly label: number;
  readonly attributes: Attributes;
}

/**
 * An object that the annotators marked. The box is what the dataset says: it is not clipped to the image, and it may
 * have no area.
 *
 * Attributes that several formats know have one spelling: `crowd` (the box surrounds a group), `difficult`,
 * `truncated`, `occluded`; `score` for boxes that a model made.
 */
export interface TrueBox {
  /** Left edge in pixels of the image. */
  readonly x: number;
  /** Top edge in pixels of the image. */
  readonly y: number;
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** Index into the dataset's label names. */
  readonly label: number;
  readonly attributes: Attributes;
  readonly segmentation: Segmentation | null;
}

/** Size of an image in pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** One image of a dataset with what is known about it. */
export interface DatasetItem {
  /**
   * Unique in the dataset: the image's path below the dataset's image folder, without extension, with `/` between
   * folders, in Unicode NFC, never absolute and without `..`; so it can name output files.
   */
  readonly id: string;
  /** `train`, `val`...; `default` where the dataset has no subsets. */
  readonly subset: string;
  /** Absolute path of the image, or null when it is not there. */
  readonly imagePath: string | null;
  /** Why `imagePath` is null, in words for the user; null otherwise. */
  readonly missing: string | null;
  /** Size that the dataset declares, or that had to be read for its boxes; null when not known without decoding. */
  readonly size: ImageSize | null;
  /**
   * Whether the annotators have seen the image: true with no labels and no boxes means that there is nothing on it,
   * false that nobody looked.
   */
  readonly annotated: boolean;
  readonly labels: readonly TrueLabel[];
  readonly boxes: readonly TrueBox[];
  /** What the format says about the image, such as COCO's `id`. */
  readonly attributes: Attributes;
  /**
   * Why its annotations cannot be read, naming the file and the place in it; it then has no labels and boxes, and counts
   * as not annotated. Only where the other items can be read all the same.
   */
  readonly malformed?: string;
  /** What of its annotations is not read, by its kind in words (`points`, `polygons of odd length`), and how often. */
  readonly passedOver?: Readonly<Record<string, number>>;
  /**
   * Classes (label indices) of objects that the annotators marked and that have no usable place: points, boxes without
   * area. Whether an answer of such a class is right cannot be told.
   */
  readonly withoutPlace?: readonly number[];
  /** What is to be known of how it is read, in words that hold of several images: `turned by EXIF, ...`. */
  readonly remarks?: readonly string[];
}

/** How often something was met, and the first items in which it was. */
export interface Tally {
  readonly count: number;
  readonly first: readonly string[];
}

/** What reading a dataset came to. */
export interface Reading {
  readonly images: number;
  /** Images that are named and are not there. */
  readonly missing: number;
  /** Images that annotators have looked at; none of a subset without any annotation. */
  readonly annotated: number;
  /** Boxes that are read. */
  readonly boxes: number;
  /** Classes of whole images. */
  readonly labels: number;
  /** Boxes that neither count as found nor as missed: crowds, and those marked difficult. */
  readonly ignored: number;
  /** Items whose annotations cannot be read. */
  readonly malformed: Tally;
  /** What was not read, by its kind in words, and how often; `first` names items. */
  readonly passedOver: Readonly<Record<string, Tally>>;
  /** What is to be known of how items were read, in words, and of how many it holds. */
  readonly remarks: Readonly<Record<string, Tally>>;
  /** Subsets in which no image has an annotation: nobody looked at them. */
  readonly unlooked: readonly string[];
}

/** A dataset that was opened: what it holds is known, its items are read when asked for. */
export interface Dataset {
  /** Name of the format, as in `path:format`. */
  readonly format: string;
  /** Absolute path of the dataset's folder. */
  readonly root: string;
  /** Class names by label index. */
  readonly labelNames: readonly string[];
  readonly subsets: readonly string[];
  /** Number of items, where it is known without reading them. */
  readonly count: number | null;
  /** What was left out or stood in for, one sentence each, for the user to know. */
  readonly notes: readonly string[];
  /** Why it is read as this format, in words; null, or absent, where the format was named. */
  readonly reason?: string | null;
  /** Absolute paths of files that were read and that are not named like annotations of the format. */
  readonly filesRead?: readonly string[];
  /** Absolute folders of its parts, where it was joined of several. */
  readonly folders?: readonly string[];
  /** What the last whole reading of its items came to; null before there was one. */
  readonly reading?: Reading | null;
  /**
   * Reads the items, always in the same order; may be called again.
   *
   * @throws DatumError (`dataset`) where a file is malformed, naming it and the place in it, unless the mistake is one
   *   item's own: see `DatasetItem.malformed`.
   */
  items(): AsyncIterable<DatasetItem>;
}

/** The subset of items in datasets without subsets. */
export const DEFAULT_SUBSET = 'default';
