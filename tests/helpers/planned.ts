import { kindOf } from '../../src/explain/targets/kinds.js';
import type { PlannedTarget, Target } from '../../src/explain/targets/target.js';

/** A target as a plan holds it, for tests that know what is explained. */
export function planned(target: Target, index = 0): PlannedTarget {
  return {
    index,
    target,
    why: 'answer',
    detection: null,
    label: target.label === null ? null : { id: target.label, name: `class ${target.label}` },
    box: kindOf(target).box(target),
    score: 0,
    baseline: 0,
    filled: 0,
  };
}
