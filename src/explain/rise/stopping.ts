import type { Estimates } from '../method.js';
import type { Analysis } from './analysis.js';

/** The first number of masks after which a run may end: fewer say too little of their own reliability. */
const FIRST = 32;
/** A target that looks like noise may only lack runs: it holds a run up until so many masks were scored. */
const PATIENCE = 512;

/**
 * The next number of masks after which to ask whether to stop: 32, 40, 48, 56, 64, 80, 96, 112, 128, 160... Fixed numbers, so that
 * the end of a run does not depend on time or on how the work was cut; growing ones, so that asking costs little and
 * a lucky look is rare.
 */
export function nextCheckpoint(samples: number): number {
  if (samples < FIRST) return FIRST;
  // Four steps from a power of two to the next.
  const step = 2 ** Math.floor(Math.log2(samples)) / 4;
  return (Math.floor(samples / step) + 1) * step;
}

/**
 * Whether every target that has something to show is as reliable as asked for. Targets whose verdict is `lost` are not
 * waited for, nor are those that still look like `noise` after 512 masks; where all are, the run goes on, since more
 * masks may yet tell. Never before there are as many masks as the grid has cells.
 *
 * Reliability is calibrated with this rule in use (docs/research/fidelity.md).
 *
 * @param analysis of the scores so far
 * @param threshold expected correlation with the converged map, 0..1
 * @param auxiliary indices of targets that are never waited for
 */
export function isReliable(
  analysis: Pick<Analysis, 'samples' | 'gridCells' | 'targets' | 'verdict' | 'reliability'>,
  threshold: number,
  auxiliary: ReadonlySet<number> = new Set(),
): boolean {
  if (analysis.samples < analysis.gridCells) return false;
  let shown = 0;
  for (let target = 0; target < analysis.targets; target++) {
    if (auxiliary.has(target)) continue;
    const verdict = analysis.verdict(target);
    if (verdict === 'noise' && analysis.samples < PATIENCE) return false;
    if (verdict !== 'ok') continue;
    if (analysis.reliability(target) < threshold) return false;
    shown++;
  }
  return shown > 0;
}

/** The same of estimates that know their reliability, from masks of so many cells. */
export function isSettledBy(
  estimates: Estimates,
  gridCells: number,
  threshold: number,
  auxiliary: ReadonlySet<number>,
): boolean {
  const { samples, targets } = estimates;
  const analysis = {
    samples,
    targets,
    gridCells,
    verdict: (target: number) => estimates.verdict(target),
    reliability: (target: number) => estimates.reliability(target) ?? 0,
  };
  return isReliable(analysis, threshold, auxiliary);
}
