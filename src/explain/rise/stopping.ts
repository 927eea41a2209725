import type { Analysis } from './analysis.js';

/** The first number of masks after which a run may end: fewer say too little of their own reliability. */
const FIRST = 64;

/**
 * The next number of masks after which to ask whether to stop: 64, 96, 128, 192, 256, 384... Fixed numbers, so that
 * the end of a run does not depend on time or on how the work was cut; growing ones, so that asking costs little and
 * a lucky look is rare.
 */
export function nextCheckpoint(samples: number): number {
  let checkpoint = FIRST;
  for (let step = 0; checkpoint <= samples; step++) checkpoint = FIRST * 2 ** Math.floor((step + 1) / 2);
  // Between two powers of two lies their middle.
  const half = (checkpoint * 3) / 4;
  return checkpoint > FIRST && half > samples ? half : checkpoint;
}

/**
 * Whether every target that has something to show is as reliable as asked for. Targets whose verdict is `lost` or
 * `noise` are not waited for; where all are, the run goes on, since more masks may yet tell.
 *
 * @param auxiliary indices of targets that are never waited for
 */
export function isReliable(analysis: Analysis, threshold: number, auxiliary: ReadonlySet<number> = new Set()): boolean {
  let shown = 0;
  for (let target = 0; target < analysis.targets; target++) {
    if (auxiliary.has(target)) continue;
    if (analysis.verdict(target) !== 'ok') continue;
    if (analysis.reliability(target) < threshold) return false;
    shown++;
  }
  return shown > 0;
}
