import { isDrawn } from '../explain/verdict.js';
import { encodeGrayPng, encodePng } from '../image/files.js';
import { resizeImage, type RgbImage } from '../image/index.js';
import { inOrder } from '../models/in-order.js';
import { renderArea, type Explanation, type MeasuredTarget, type WrittenExplanation } from '../results/explanation.js';
import { explanationText } from '../results/explanation-text.js';
import { EXPLANATION_ENDING, MAPS_ENDING, targetName } from '../results/file-names.js';
import { MapSheet, storedMapSize } from '../results/map-sheet.js';
import { encodeNpy } from '../results/npy.js';
import {
  contextOf,
  explanationRecord,
  NO_FILES,
  renderedMap,
  targetRecord,
  type TargetFiles,
} from '../results/records.js';
import type { ExplanationRecord } from '../results/schema/explanation.js';
import type { TargetRecord } from '../results/schema/target.js';
import { Staging } from '../results/staging.js';
import { contrastImage } from './contrast-image.js';
import { evidenceImage } from './evidence-image.js';
import { grayOf, paintedOver } from './overlay.js';

/** What can be written for an image. */
export const SAVEABLE = ['heatmap', 'overlay', 'raw', 'error', 'json'] as const;
/**
 * A kind of file that can be written for an image.
 *
 * @useDeclaredType
 */
export type Saveable = (typeof SAVEABLE)[number];

/** What is written unless the user says otherwise. */
export const SAVED: readonly Saveable[] = ['heatmap', 'overlay', 'raw', 'json'];

/** What can be written for an image that was measured. */
export const MEASURED_SAVEABLE = [...SAVEABLE, 'evidence', 'contrast'] as const;
export type MeasuredSaveable = (typeof MEASURED_SAVEABLE)[number];

/** What is written for an image that was measured, to be downloaded as a whole. */
export const MEASURED_SAVED: readonly MeasuredSaveable[] = [...SAVED, 'evidence', 'contrast'];

/** Targets under way at once: the next is drawn while the files of one are compressed and go to the disk. */
const AT_ONCE = 2;

/** How an explanation is written. */
export interface SaveOptions {
  readonly save: ReadonlySet<MeasuredSaveable>;
  /** Whether small maps of all targets are written too, into one image, for runs over many images. */
  readonly smallMaps?: boolean | undefined;
  /** What the JSON says; that of the explanation where it is absent. */
  readonly record?: ((plain: ExplanationRecord) => ExplanationRecord) | undefined;
  /** Whether the JSON is for people too, and not for programs alone. */
  readonly indented?: boolean | undefined;
  /** Names of files that this explanation takes the place of: those that are not written anew are removed. */
  readonly earlier?: readonly string[] | undefined;
  /** Further files to publish with it, where there is anything to write. */
  readonly more?: ((written: StagedExplanation) => Promise<readonly NamedText[]> | readonly NamedText[]) | undefined;
}

/** A file of text. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** An explanation whose files are written and have not got their names yet. */
export interface StagedExplanation {
  readonly json: ExplanationRecord;
  /** Where a file lies until then; null where there is none of that name. */
  readonly placeOf: (name: string) => Promise<string | null>;
}

/** An explanation that was written. */
export interface SavedExplanation {
  readonly json: ExplanationRecord;
  /** Names of its files, the JSON last where it is among them. */
  readonly files: readonly string[];
}

/**
 * Writes a measured explanation's files to a folder, all or none. Those of a target are called after its rank and class:
 * `<base>-1-dog-heatmap.png` (8-bit gray), `-overlay.png`, `-heatmap.npy` (float32, score units), `-error.npy` (standard error,
 * likewise), `-evidence.png`, `-contrast.png`; beside them `<base>-maps.png` (small maps), and `<base>-explanation.json` that names
 * them.
 *
 * @throws DatumError (`output`) where a file cannot be written; then what was there before is there, complete.
 */
export async function saveExplanation(
  folder: string,
  base: string,
  measured: WrittenExplanation,
  options: SaveOptions,
): Promise<SavedExplanation> {
  const { save, smallMaps = false, record, indented = true, earlier = [], more } = options;
  const { explanation, targets } = measured;
  const { image, method, placement } = explanation;
  const staging = new Staging(folder);
  try {
    const shown = resizeImage(measured.image, image.mapWidth, image.mapHeight);
    const sheet = smallMaps
      ? new MapSheet(`${base}${MAPS_ENDING}`, storedMapSize(method.options, placement, image), placement)
      : null;
    const writer: TargetWriter = { staging, base, explanation, shown, save, sheet };
    const records: TargetRecord[] = [];
    for await (const one of inOrder(targets, AT_ONCE, (target) => writeTarget(writer, target))) records.push(one);
    const plain = explanationRecord(measured, records);
    const json = record?.(plain) ?? plain;
    if (sheet !== null && !sheet.isEmpty) await staging.add(sheet.file, await sheet.encode());
    const files = [...staging.names];
    if (save.has('json')) files.push(`${base}${EXPLANATION_ENDING}`);
    const others = files.length > 0 ? await more?.({ json, placeOf: (name) => staging.placeOf(name) }) : undefined;
    for (const { name, text } of others ?? []) await staging.add(name, text);
    // The JSON, which names the others, comes last.
    if (save.has('json')) await staging.add(`${base}${EXPLANATION_ENDING}`, explanationText(json, indented));
    await staging.publish(earlier);
    return { json, files };
  } catch (error) {
    await staging.discard();
    throw error;
  }
}

interface TargetWriter {
  readonly staging: Staging;
  readonly base: string;
  readonly explanation: Explanation;
  /** The image at the size of its maps. */
  readonly shown: RgbImage;
  readonly save: ReadonlySet<MeasuredSaveable>;
  readonly sheet: MapSheet | null;
}

/** Writes the files of one target. All is made from one rendering of its map, before the first file is waited for. */
async function writeTarget(
  { staging, base, explanation, shown, save, sheet }: TargetWriter,
  target: MeasuredTarget,
): Promise<TargetRecord> {
  const { explained, contrast, metrics } = target;
  const { image, placement } = explanation;
  const { mapWidth, mapHeight } = image;
  const shape = [mapHeight, mapWidth];
  const rendered = renderedMap(explained);
  const named = targetName(explained.index, explained.label?.name ?? null);
  const writing: Promise<void>[] = [];
  const write = (what: MeasuredSaveable, ending: string, data: () => Data | null): string | null => {
    if (!save.has(what)) return null;
    const made = data();
    if (made === null) return null;
    const name = `${base}-${named}-${ending}`;
    writing.push(Promise.resolve(made).then((bytes) => staging.add(name, bytes)));
    return name;
  };
  const files: TargetFiles = {
    ...NO_FILES,
    heatmap: write('heatmap', 'heatmap.png', () => encodeGrayPng(grayOf(explained, rendered), mapWidth, mapHeight)),
    overlay: write('overlay', 'overlay.png', () => encodePng(paintedOver(shown, explained, image, rendered))),
    raw: write('raw', 'heatmap.npy', () => encodeNpy(rendered.map, shape)),
    error: write('error', 'error.npy', () => {
      const errors = explained.renderStandardError();
      return errors === null ? null : encodeNpy(errors, shape);
    }),
    evidence: write('evidence', 'evidence.png', () => {
      const evidence = metrics?.boundary?.evidence;
      return evidence === undefined ? null : encodePng(evidenceImage(shown, evidence, placement));
    }),
    contrast: write('contrast', 'contrast.png', () =>
      // Between maps that are noise there is no contrast to see.
      contrast === null || !isDrawn(explained.verdict)
        ? null
        : encodePng(contrastImage(shown, renderArea(contrast.areaMap, placement, image))),
    ),
    map: sheet?.add(explained.areaMap) ?? null,
    contrastMap: contrast === null ? null : (sheet?.add(contrast.areaMap) ?? null),
  };
  const record = targetRecord(target, contextOf(explanation), files, rendered);
  await allSettled(writing);
  return record;
}

type Data = Uint8Array | Promise<Uint8Array>;

/** Waits for all, so that nothing is written any more when an error is thrown. */
async function allSettled(promises: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(promises)) {
    if (result.status === 'rejected') throw result.reason;
  }
}
