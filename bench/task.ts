/** One measurement of a benchmark. */
export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** A benchmark: one file in `bench/tasks/`, one line in `bench/run.ts`. */
export interface BenchTask {
  readonly name: string;
  readonly title: string;
  /** Measures and prints as it goes; what it returns is added to the history. */
  run(args: readonly string[]): Promise<Measurement[]>;
}

/** The middle value; the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.floor(half - 0.5)]! + sorted[Math.ceil(half - 0.5)]!) / 2;
}
