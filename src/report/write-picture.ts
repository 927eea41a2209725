import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { MeasuredExplanation } from '../runs/metrics/explain-measured.js';
import { earlierFiles } from './earlier-files.js';
import type { TargetJson } from './explanation-json.js';
import type { MeasuredJson } from './measured-json.js';
import { writeMeasured, type MeasuredExplanationJson, type MeasuredSaveable } from './write-measured.js';

/** A picture's explanation as it was written. */
export interface WrittenPicture {
  readonly json: MeasuredExplanationJson;
  /** Names of the files, the JSON among them. */
  readonly files: readonly string[];
}

/**
 * Writes a measured picture into a folder, in the place of what an earlier run wrote for it there. Where the JSON is
 * written anew, files that the earlier one named and the new one does not are removed; where it is not, it still says
 * which files those are.
 *
 * @throws DatumError (`output`); then nothing of the earlier run is removed.
 */
export async function writePicture(
  folder: string,
  base: string,
  measured: MeasuredExplanation,
  save: ReadonlySet<MeasuredSaveable>,
): Promise<WrittenPicture> {
  const earlier = save.has('json') ? await earlierFiles(folder, base, measured.explanation.image.path) : [];
  const json = await writeMeasured(folder, base, measured, save, (full) => full);
  const maps = json.targets.flatMap(namesOf);
  for (const name of earlier) if (!maps.includes(name)) await rm(join(folder, name), { force: true });
  return { json, files: save.has('json') ? [...maps, `${base}-explanation.json`] : maps };
}

function namesOf(target: TargetJson & MeasuredJson): string[] {
  const { heatmap, overlay, raw, error, evidence, contrast } = target;
  return [heatmap, overlay, raw, error, evidence, contrast?.file ?? null].filter((name) => name !== null);
}
