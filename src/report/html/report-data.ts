import type { Dependence } from '../../results/target-summary.js';
import type { BoxPixels, InlineMap, RegionRecord, TargetRecord } from '../../results/schema/target.js';

/**
 * What a report page shows: written into the page by the tool, read by the page's program. Shares are 0..1, boxes in
 * pixels of the image.
 */
export interface ReportData {
  readonly version: 1;
  readonly title: string;
  /** Name and version of the tool. */
  readonly tool: string;
  /** The command that writes this page again. */
  readonly command: string;
  readonly runs: readonly RunData[];
  readonly items: readonly ItemData[];
}

/** One explained folder: a model over some images. */
export interface RunData {
  /** Tells the runs apart. */
  readonly name: string;
  readonly counts: { readonly explained: number; readonly skipped: number; readonly failed: number };
  /** Reliability at which the run stopped early; null where it did not. */
  readonly stopAt: number | null;
  /** How boxes were scored under masks; null where it is not known. */
  readonly match: string | null;
  /** How much was measured; null where files do not say. Figures of different measures are not held against each other. */
  readonly metrics: string | null;
  /** The command that makes the run again; null for single images. */
  readonly command: string | null;
  /** The dataset's name; null for single images. */
  readonly dataset: string | null;
  /** What was read of the dataset, in sentences; nothing for single images. */
  readonly read: readonly string[];
  readonly findings: readonly FindingData[];
  readonly checks: readonly CheckData[];
  /** Facts in groups, for the record: name and value. */
  readonly facts: readonly FactGroup[];
}

export interface FactGroup {
  readonly title: string;
  readonly facts: readonly (readonly [string, string])[];
}

export interface FindingData {
  readonly kind: string;
  readonly kindTitle: string;
  readonly classes: readonly string[];
  readonly title: string;
  /** What it says of the whole, in at most fourteen words, and of the cases that show it. */
  readonly lead: string;
  readonly short: string;
  /** Whether the model has learned something wrong; the others are worth a look. */
  readonly grave: boolean;
  readonly sentence: string;
  readonly advice: string;
  readonly count: number;
  readonly of: number;
  readonly interval: readonly [number, number];
  readonly test: string | null;
  readonly figures: readonly {
    readonly name: string;
    readonly share: number;
    readonly interval: readonly [number, number] | null;
  }[];
  readonly examples: readonly { readonly item: string; readonly target: number }[];
  readonly region: BoxShare | null;
  /** 16 x 16, row-major: 1 is what an evenly spread map gives. */
  readonly map: readonly number[] | null;
}

export interface CheckData {
  readonly title: string;
  readonly found: number;
  readonly looked: number;
  /** Maps that it left out, and why; null where it left none out. */
  readonly leftOut: string | null;
  readonly untested: string | null;
}

/** In shares of the image's sides. */
export interface BoxShare {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** An image, with what each run said of it. */
export interface ItemData {
  readonly id: string;
  /** A data URL, or a path relative to the page; null where the image is gone. */
  readonly image: string | null;
  readonly width: number;
  readonly height: number;
  /** Null where nobody annotated it. */
  readonly truth: {
    readonly labels: readonly string[];
    readonly boxes: readonly { readonly label: string; readonly box: BoxPixels; readonly outcome: string }[];
  } | null;
  /** One for each run; null where a run does not have the image. */
  readonly answers: readonly (AnswerData | null)[];
}

export interface AnswerData {
  readonly status: 'ok' | 'skipped' | 'failed';
  readonly message: string | null;
  readonly samples: number | null;
  readonly stopped: string | null;
  readonly notes: readonly string[];
  /** The command that explains the image again; null where it has no file. */
  readonly command: string | null;
  readonly targets: readonly TargetData[];
}

/** A target as its file holds it, as far as the page shows it as it is; numbers have four digits. */
type ShownFields = Pick<
  TargetRecord,
  | 'index'
  | 'kind'
  | 'score'
  | 'outcome'
  | 'iou'
  | 'verdict'
  | 'faithfulness'
  | 'reliability'
  | 'belief'
  | 'pointing'
  | 'energyInObject'
  | 'energyInBox'
  | 'objectArea'
  | 'deletionAuc'
  | 'insertionAuc'
>;

/** A target with what the page draws of it, in the words of the dataset. */
export interface TargetData extends ShownFields {
  readonly label: string;
  readonly box: BoxPixels | null;
  readonly trueLabel: string | null;
  readonly map: MapData | null;
  /** Mean standard error of the map, in score units. */
  readonly standardError: number | null;
  readonly curves: CurvesData | null;
  /** Smallest share removed that flips the answer; null where it was not measured or never flips. */
  readonly removed: { readonly share: number; readonly to: string | null } | null;
  readonly sufficient: number | null;
  /** Why the answer, how sure one may be and what to do, in a sentence; null in files that do not tell enough. */
  readonly summary: string | null;
  /** What the answer depends on, where its map can be read and its object is known. */
  readonly dependence: Dependence | null;
  /** Where keeping pixels raises the score beyond doubt; null where it was not kept, and where there is no such place. */
  readonly significant: RegionRecord | null;
  /** Null where there is none, and where the map is noise. */
  readonly contrast: { readonly label: string; readonly map: MapData } | null;
}

/** A map as bytes; one byte of 0 for a map that is noise. */
export type MapData = InlineMap;

/** Scores while pixels are removed or inserted in falling order of saliency. */
export interface CurvesData {
  readonly shares: readonly number[];
  readonly deletion: readonly number[] | null;
  readonly insertion: readonly number[] | null;
}
