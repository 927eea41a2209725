import { join } from 'node:path';
import { writeWhole } from '../files.js';
import { encodeGreyPng, encodePng, type RgbImage } from '../image/index.js';
import type { Explanation, ExplainedTarget } from '../runs/explanation.js';
import { explanationJson, NO_FILES, type ExplanationJson, type TargetFiles } from './explanation-json.js';
import { encodeNpy } from './npy.js';
import { greyOf, overlayOf } from './overlay.js';

/** What can be written for a picture. */
export const SAVEABLE = ['heatmap', 'overlay', 'raw', 'error', 'json'] as const;
export type Saveable = (typeof SAVEABLE)[number];

/** What is written unless the user says otherwise. */
export const SAVED: readonly Saveable[] = ['heatmap', 'overlay', 'raw', 'json'];

/**
 * Writes an explanation's files to a folder: `<base>-heatmap-<j>.png` (8-bit grey), `<base>-overlay-<j>.png`,
 * `<base>-heatmap-<j>.npy` (float32, score units), `<base>-error-<j>.npy` (standard error, likewise) and, last,
 * `<base>-explanation.json` that names them.
 *
 * @throws DatumError (`output`) where the folder cannot be written; files are whole or absent.
 */
export async function writeExplanation(
  folder: string,
  base: string,
  explanation: Explanation,
  picture: RgbImage,
  save: ReadonlySet<Saveable> = new Set(SAVED),
): Promise<ExplanationJson> {
  const { image } = explanation;
  const shape = [image.mapHeight, image.mapWidth];
  const files = new Map<ExplainedTarget, TargetFiles>();
  for (const target of explanation.targets) {
    const names = fileNames(base, target.index, save);
    files.set(target, names);
    const write = (name: string, data: Uint8Array): Promise<void> => writeWhole(join(folder, name), data);
    if (names.heatmap !== null) {
      await write(names.heatmap, await encodeGreyPng(greyOf(target), image.mapWidth, image.mapHeight));
    }
    if (names.overlay !== null) await write(names.overlay, await encodePng(await overlayOf(picture, target, image)));
    if (names.raw !== null) await write(names.raw, encodeNpy(target.renderMap(), shape));
    if (names.error !== null) await write(names.error, encodeNpy(target.renderStandardError(), shape));
  }
  const json = explanationJson(explanation, (target) => files.get(target) ?? NO_FILES);
  if (save.has('json')) {
    await writeWhole(join(folder, `${base}-explanation.json`), `${JSON.stringify(json, null, 2)}\n`);
  }
  return json;
}

function fileNames(base: string, index: number, save: ReadonlySet<Saveable>): TargetFiles {
  return {
    heatmap: save.has('heatmap') ? `${base}-heatmap-${index}.png` : null,
    overlay: save.has('overlay') ? `${base}-overlay-${index}.png` : null,
    raw: save.has('raw') ? `${base}-heatmap-${index}.npy` : null,
    error: save.has('error') ? `${base}-error-${index}.npy` : null,
  };
}
