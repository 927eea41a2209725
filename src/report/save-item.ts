import { join } from 'node:path';
import { EXPLANATION_ENDING } from '../results/file-names.js';
import { itemExplanation, itemRecord } from '../results/records.js';
import type { ItemWriter } from '../runs/dataset/run-dataset.js';
import { MEASURED_SAVEABLE, saveExplanation } from './save-explanation.js';

/** What of an item is written unless the user says otherwise: its JSON, and with it the small maps of all targets. */
export const ITEM_SAVED: readonly (typeof MEASURED_SAVEABLE)[number][] = ['json'];

/** Writes the files of a dataset's item: its JSON and small maps, two files, and what else was asked for. */
export const saveItem: ItemWriter = async (judged, { root, folder, base, index, save }) => {
  const chosen = new Set(MEASURED_SAVEABLE.filter((one) => save.includes(one)));
  const { json } = await saveExplanation(join(root, folder), base, judged.measured, {
    save: chosen,
    smallMaps: chosen.has('json'),
    indented: false,
    record: (plain) => itemExplanation(plain, judged),
  });
  const explanation = chosen.has('json') ? `${base}${EXPLANATION_ENDING}` : null;
  return itemRecord(json, judged, { index, folder, explanation });
};
