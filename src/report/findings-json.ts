import type { Finding, Findings } from '../findings/index.js';

/** Findings as programs read them: `findings.json`, and `--json` of the command. */
export interface FindingsJson {
  /** The gravest first; examples name items and the indices of their targets. */
  readonly findings: readonly Omit<Finding, 'map'>[];
  /** One a kind, also where nothing was found. */
  readonly checks: readonly {
    readonly kind: string;
    readonly found: number;
    /** Answers looked at. */
    readonly looked: number;
    /** Why the check could not be made; null where it could. */
    readonly untested: string | null;
  }[];
}

export function findingsJson({ findings, checks }: Findings): FindingsJson {
  return {
    // The mean map is for the eye, and in the report.
    findings: findings.map(({ map: _, ...finding }) => finding),
    checks: checks.map(({ kind, findings: found, looked, untested }) => ({
      kind,
      found: found.length,
      looked,
      untested,
    })),
  };
}
