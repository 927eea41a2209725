import { join } from 'node:path';
import { writeWhole } from '../files.js';
import { encodeGreyPng, encodePng, resizeImage, type RgbImage } from '../image/index.js';
import type { Explanation, ExplainedTarget } from '../runs/explanation.js';
import { explanationJson, type ExplanationJson, type TargetFiles } from './explanation-json.js';
import { encodeNpy } from './npy.js';
import { overlay } from './overlay.js';
import { toGrey } from './scale.js';

/** What can be written for a picture. */
export const SAVEABLE = ['heatmap', 'overlay', 'raw', 'json'] as const;
export type Saveable = (typeof SAVEABLE)[number];

/**
 * Writes an explanation's files to a folder: `<base>-heatmap-<j>.png` (8-bit grey), `<base>-overlay-<j>.png`,
 * `<base>-heatmap-<j>.npy` (float32, score units) and, last, `<base>-explanation.json` that names them.
 *
 * @throws DatumError (`output`) where the folder cannot be written; files are whole or absent.
 */
export async function writeExplanation(
  folder: string,
  base: string,
  explanation: Explanation,
  picture: RgbImage,
  save: ReadonlySet<Saveable>,
): Promise<ExplanationJson> {
  const { mapWidth, mapHeight, mapScale } = explanation.image;
  const shown = save.has('overlay') ? await resizeImage(picture, mapWidth, mapHeight) : picture;
  const files = new Map<ExplainedTarget, TargetFiles>();
  for (const target of explanation.targets) {
    const map = target.renderMap();
    const grey = toGrey(map);
    const names: TargetFiles = {
      heatmap: save.has('heatmap') ? `${base}-heatmap-${target.index}.png` : null,
      overlay: save.has('overlay') ? `${base}-overlay-${target.index}.png` : null,
      raw: save.has('raw') ? `${base}-heatmap-${target.index}.npy` : null,
    };
    files.set(target, names);
    if (names.heatmap !== null)
      await writeWhole(join(folder, names.heatmap), await encodeGreyPng(grey, mapWidth, mapHeight));
    if (names.overlay !== null) {
      const box = target.bbox;
      const scaled =
        box === null ? null : { x: box.x * mapScale, y: box.y * mapScale, w: box.w * mapScale, h: box.h * mapScale };
      await writeWhole(join(folder, names.overlay), await encodePng(await overlay(shown, grey, scaled)));
    }
    if (names.raw !== null) await writeWhole(join(folder, names.raw), encodeNpy(map, [mapHeight, mapWidth]));
  }
  const json = explanationJson(
    explanation,
    (target) => files.get(target) ?? { heatmap: null, overlay: null, raw: null },
  );
  if (save.has('json'))
    await writeWhole(join(folder, `${base}-explanation.json`), `${JSON.stringify(json, null, 2)}\n`);
  return json;
}
