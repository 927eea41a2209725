import type { MetricsLevel } from '../../runs/measure/metrics-level.js';

/** What a command line makes again. */
export interface PageCommand {
  readonly image: {
    /** Null for what was dropped or pasted: the command then names it as if it lay in the current folder. */
    readonly path: string | null;
    readonly name: string;
  };
  /** A name that pages know, or a path. */
  readonly model: string;
  /** Names of the model's classes; null where they are not known. */
  readonly classes: readonly string[] | null;
  /** Name of the method; null for the usual one. */
  readonly method: string | null;
  readonly given: Readonly<Record<string, unknown>>;
  /** How much is measured; null for as much as usual. */
  readonly metrics: MetricsLevel | null;
}

/** Says what is shown as a command that can be pasted into a shell: flags and quotes are the command line's own. */
export type CommandOf = (what: PageCommand) => string;
