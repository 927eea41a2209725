import { libraryName, sayOptions } from '../errors.js';
import type { FindingsRecord } from '../results/schema/findings.js';
import type { Findings } from './index.js';

/** Findings as programs read them: `findings.json`. */
export function findingsRecord({ findings, checks }: Findings): FindingsRecord {
  return {
    // The mean map is for the eye, and in the report.
    findings: findings.map(({ map: _, classes, interval, figures, examples, region, ...finding }) => ({
      ...finding,
      classes: [...classes],
      interval: [...interval],
      figures: figures.map(({ interval: of, ...figure }) => ({ ...figure, interval: of === null ? null : [...of] })),
      examples: [...examples],
      region: region === null ? null : { x: region.x, y: region.y, w: region.width, h: region.height },
    })),
    checks: checks.map(({ kind, findings: found, looked, leftOut, untested }) => ({
      kind,
      found: found.length,
      looked,
      leftOut: { ...leftOut },
      untested: untested === null ? null : sayOptions(untested, libraryName),
    })),
  };
}
