import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../files.js';
import { encodeGrayPng, encodePng, resizeImage, type RgbImage } from '../image/index.js';
import { inOrder } from '../models/in-order.js';
import type { ExplainedImage, Explanation, ExplainedTarget } from '../runs/explanation.js';
import {
  explanationJson,
  targetJson,
  type ExplanationJson,
  type TargetFiles,
  type TargetJson,
} from './explanation-json.js';
import { encodeNpy } from './npy.js';
import { greyOf, paintedOver } from './overlay.js';
import { renderedMap } from './rendered-map.js';

/** What can be written for a picture. */
export const SAVEABLE = ['heatmap', 'overlay', 'raw', 'error', 'json'] as const;
export type Saveable = (typeof SAVEABLE)[number];

/** Targets under way at once: the next is drawn while the files of one are compressed and go to the disk. */
const AT_ONCE = 2;

/** What is written unless the user says otherwise. */
export const SAVED: readonly Saveable[] = ['heatmap', 'overlay', 'raw', 'json'];

/**
 * Writes an explanation's files to a folder: `<base>-heatmap-<j>.png` (8-bit grey), `<base>-overlay-<j>.png`,
 * `<base>-heatmap-<j>.npy` (float32, score units), `<base>-error-<j>.npy` (standard error, likewise) and, last,
 * `<base>-explanation.json` that names them.
 *
 * @throws DatumError (`output`) where the folder cannot be written; then nothing of the explanation is left there.
 */
export async function writeExplanation(
  folder: string,
  base: string,
  explanation: Explanation,
  picture: RgbImage,
  save: ReadonlySet<Saveable> = new Set(SAVED),
): Promise<ExplanationJson> {
  const { image, targets } = explanation;
  const shown = await resizeImage(picture, image.mapWidth, image.mapHeight);
  const files: string[] = [];
  const write = async (name: string, data: string | Uint8Array): Promise<void> => {
    await writeWhole(join(folder, name), data);
    files.push(join(folder, name));
  };
  try {
    const written: TargetJson[] = [];
    for await (const one of inOrder(targets, AT_ONCE, (target) => writeTarget(write, base, target, image, shown, save)))
      written.push(one);
    const json = explanationJson(explanation, written);
    if (save.has('json')) await write(`${base}-explanation.json`, `${JSON.stringify(json, null, 2)}\n`);
    return json;
  } catch (error) {
    // Maps that no JSON names would be taken for a result.
    await Promise.all(files.map((file) => rm(file, { force: true })));
    throw error;
  }
}

/** Writes the files of one target. All is made from one rendering of its map, before the first file is waited for. */
async function writeTarget(
  writeFile: (name: string, data: Uint8Array) => Promise<void>,
  base: string,
  target: ExplainedTarget,
  image: ExplainedImage,
  shown: RgbImage,
  save: ReadonlySet<Saveable>,
): Promise<TargetJson> {
  const names = fileNames(base, target.index, save);
  const { mapWidth, mapHeight } = image;
  const shape = [mapHeight, mapWidth];
  const rendered = renderedMap(target);
  const writing: Promise<void>[] = [];
  const write = (name: string | null, data: () => Uint8Array | Promise<Uint8Array>): void => {
    if (name === null) return;
    const made = data();
    writing.push(Promise.resolve(made).then((bytes) => writeFile(name, bytes)));
  };
  write(names.heatmap, () => encodeGrayPng(greyOf(target, rendered), mapWidth, mapHeight));
  write(names.overlay, () => encodePng(paintedOver(shown, target, image, rendered)));
  write(names.raw, () => encodeNpy(rendered.map, shape));
  write(names.error, () => encodeNpy(target.renderStandardError(), shape));
  const json = targetJson(target, image, names, rendered);
  await allSettled(writing);
  return json;
}

/** Waits for all, so that nothing is written any more when an error is thrown. */
async function allSettled(promises: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(promises)) {
    if (result.status === 'rejected') throw result.reason;
  }
}

function fileNames(base: string, index: number, save: ReadonlySet<Saveable>): TargetFiles {
  return {
    heatmap: save.has('heatmap') ? `${base}-heatmap-${index}.png` : null,
    overlay: save.has('overlay') ? `${base}-overlay-${index}.png` : null,
    raw: save.has('raw') ? `${base}-heatmap-${index}.npy` : null,
    error: save.has('error') ? `${base}-error-${index}.npy` : null,
  };
}
