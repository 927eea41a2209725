import { DatumError } from '../../errors.js';
import { MEASURED_SAVEABLE, type MeasuredSaveable } from '../../report/save-explanation.js';
import type { MetricsLevel } from '../../runs/measure/metrics-level.js';

/** What can be written for an image: its files, and the page that shows them. */
export const SAVE_VALUES = [...MEASURED_SAVEABLE, 'report'] as const;
export type SaveValue = (typeof SAVE_VALUES)[number];

/** What is drawn from what `--metrics` measures. */
const MEASURED: readonly SaveValue[] = ['evidence', 'contrast'];

/**
 * Refuses to save what the other flags leave nothing of.
 *
 * @throws DatumError (`usage`)
 */
export function refuseUnwritten(
  save: readonly SaveValue[] | undefined,
  { outputDir, metrics }: { readonly outputDir: string | undefined; readonly metrics: MetricsLevel | undefined },
): void {
  if (save === undefined) return;
  if (outputDir === undefined) {
    throw new DatumError('usage', '--save says what to write, and nothing is written without -o: give a folder.');
  }
  const unmeasured = save.find((one) => MEASURED.includes(one));
  if (metrics === 'none' && unmeasured !== undefined) {
    throw new DatumError(
      'usage',
      `--save ${unmeasured} shows what --metrics none leaves out: leave out one of the two.`,
    );
  }
  if (save.includes('report') && !save.includes('json')) {
    throw new DatumError('usage', '--save report needs json, which the page is made from: give --save json,report.');
  }
}

/** The files among what is saved: all but the page. */
export function filesOf(save: readonly SaveValue[]): readonly MeasuredSaveable[] {
  return save.filter((one) => one !== 'report');
}
