import type { Fill } from '../options.js';
import type { MaskedTask } from '../method.js';
import type { EstimatorName } from './estimators.js';
import type { SamplerName } from './sampler.js';

/** Names of sets of masks: from the paper's own over few and coarse to many and fine. */
export const PRESETS = ['reference', 'fast', 'balanced', 'sharp'] as const;
export type Preset = (typeof PRESETS)[number];

/** What a preset stands for; an option that is given counts more. */
export interface PresetMasks {
  readonly maskWidth: number;
  readonly maskHeight: number;
  readonly fill: Fill;
  readonly sampler: SamplerName;
  readonly estimator: EstimatorName;
}

/** Cells along each side, with a blurred fill where that hides enough: chosen by faithfulness and runs (docs/research/presets.md). Boxes gain nothing by finer cells. */
const CELLS = {
  fast: { classification: 5, detection: 4 },
  balanced: { classification: 6, detection: 6 },
  sharp: { classification: 10, detection: 7 },
} as const;

/** What the authors' code does (Petsiuk et al. 2018): 7 x 7 cells over zeros, drawn and averaged as there. */
const REFERENCE: PresetMasks = {
  maskWidth: 7,
  maskHeight: 7,
  fill: 'zero',
  sampler: 'reference',
  estimator: 'average',
};

/** Where none is named. */
export const USUAL_PRESET: Preset = 'balanced';

/** The masks of a preset for a task. Where a model may be of either, they are those of classifiers. */
export function masksOf(preset: Preset, task: MaskedTask): PresetMasks {
  if (preset === 'reference') return REFERENCE;
  const cells = CELLS[preset][task === 'detection' ? 'detection' : 'classification'];
  return { maskWidth: cells, maskHeight: cells, fill: 'auto', sampler: 'foldover', estimator: 'regression' };
}
