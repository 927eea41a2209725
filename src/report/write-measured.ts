import { join } from 'node:path';
import { writeWhole } from '../files.js';
import { encodePng, resizeImage, type RgbImage } from '../image/index.js';
import { renderArea, type MeasuredExplanation, type MeasuredTarget } from '../runs/metrics/explain-measured.js';
import { contrastPicture } from './contrast-picture.js';
import { evidencePicture } from './evidence-picture.js';
import type { ExplanationJson, TargetJson } from './explanation-json.js';
import { measuredJson, type MeasuredFiles, type MeasuredJson } from './measured-json.js';
import { SAVEABLE, SAVED, writeExplanation, type Saveable } from './write-explanation.js';

/** What can be written for a picture that was measured. */
export const MEASURED_SAVEABLE = [...SAVEABLE, 'evidence', 'contrast'] as const;
export type MeasuredSaveable = (typeof MEASURED_SAVEABLE)[number];

/** What is written unless the user says otherwise. */
export const MEASURED_SAVED: readonly MeasuredSaveable[] = [...SAVED, 'evidence', 'contrast'];

/** An explanation's JSON with what was measured. */
export interface MeasuredExplanationJson extends Omit<ExplanationJson, 'targets'> {
  readonly targets: readonly (TargetJson & MeasuredJson)[];
}

/**
 * Writes a measured explanation: the files of `writeExplanation`, `<base>-evidence-<j>.png` with the evidence that
 * suffices, `<base>-contrast-<j>.png` with where the decision against the second class falls, and, last, the JSON.
 *
 * @param extend what else the JSON shall hold
 * @throws DatumError (`output`)
 */
export async function writeMeasured<Json>(
  folder: string,
  base: string,
  measured: MeasuredExplanation,
  save: ReadonlySet<MeasuredSaveable>,
  extend: (json: MeasuredExplanationJson) => Json,
): Promise<Json> {
  const { explanation, answer } = measured;
  const plain = new Set(SAVEABLE.filter((one): one is Saveable => one !== 'json' && save.has(one)));
  const json = await writeExplanation(folder, base, explanation, answer.picture, plain);
  const shown = await resizeImage(answer.picture, explanation.image.mapWidth, explanation.image.mapHeight);
  const files: MeasuredFiles[] = [];
  for (const target of measured.targets) files.push(await writePictures(folder, base, measured, target, shown, save));
  const full = extend(withMeasures(json, measured, files));
  if (save.has('json')) {
    await writeWhole(join(folder, `${base}-explanation.json`), `${JSON.stringify(full, null, 2)}\n`);
  }
  return full;
}

/** The JSON of an explanation with what was measured on its targets; without files where none were written. */
export function withMeasures(
  json: ExplanationJson,
  measured: MeasuredExplanation,
  files: readonly MeasuredFiles[] = [],
): MeasuredExplanationJson {
  const { targets, forwards } = measured;
  return {
    ...json,
    run: { ...json.run, forwards: json.run.forwards + forwards },
    targets: json.targets.map((target, i) => ({
      ...target,
      ...measuredJson(targets[i]!, files[i] ?? { evidence: null, contrast: null }, measured),
    })),
  };
}

async function writePictures(
  folder: string,
  base: string,
  { explanation, answer }: MeasuredExplanation,
  { explained, metrics, contrast }: MeasuredTarget,
  shown: RgbImage,
  save: ReadonlySet<MeasuredSaveable>,
): Promise<MeasuredFiles> {
  const { placement } = answer.scene;
  const files: { evidence: string | null; contrast: string | null } = { evidence: null, contrast: null };
  const evidence = metrics?.boundary?.evidence;
  if (save.has('evidence') && evidence !== undefined) {
    files.evidence = `${base}-evidence-${explained.index}.png`;
    await writeWhole(join(folder, files.evidence), await encodePng(evidencePicture(shown, evidence, placement)));
  }
  // Between maps that are noise there is no contrast to see.
  if (save.has('contrast') && contrast !== null && explained.verdict !== 'noise') {
    files.contrast = `${base}-contrast-${explained.index}.png`;
    const map = renderArea(contrast.areaMap, placement, explanation.image);
    await writeWhole(join(folder, files.contrast), await encodePng(contrastPicture(shown, map)));
  }
  return files;
}
