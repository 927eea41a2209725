import { relative } from 'node:path';
import { SingleBar } from 'cli-progress';
import { findingsRecord } from '../findings/findings-record.js';
import { findingsText } from './findings-text.js';
import { writeReport } from '../report/html/write-report.js';
import type { Io } from './io.js';
import { lineWidth } from './wrapped.js';

/** What a command says of a report that it wrote. */
export interface ReportOutcome {
  /** Path of the page, as one would type it here. */
  readonly path: string;
  /** For programs: path and findings, of each run where there are several. */
  readonly json: Readonly<Record<string, unknown>>;
  /** Findings in words, lines with their ends. */
  readonly text: string;
}

/** Writes the page of explained folders and puts its findings into words; progress goes to a terminal's stderr. */
export async function reportFindings(io: Io, folders: readonly string[], outputDir?: string): Promise<ReportOutcome> {
  const stream = io.stderr.terminal;
  const bar =
    stream === null
      ? null
      : new SingleBar({ format: 'report {bar} {value} of {total}', stream, clearOnComplete: true });
  const report = await writeReport(folders, {
    outputDir,
    onItem: (done, all) => {
      if (done === 1) bar?.start(all, 0);
      bar?.update(done);
    },
  }).finally(() => bar?.stop());
  const short = relative('.', report.path);
  const path = short.startsWith('..') ? report.path : short;
  const several = report.runs.length > 1;
  const lines = report.runs.flatMap(({ name, findings }) => [
    ...(several ? [`${name}:`] : []),
    ...findingsText(findings, lineWidth(io.stdout)),
    ...(several ? [''] : []),
  ]);
  const runs = report.runs.map(({ name, findings }) => ({ name, ...findingsRecord(findings) }));
  const [only] = runs;
  return {
    path,
    json: {
      report: path,
      ...(several || only === undefined ? { runs } : { findings: only.findings, checks: only.checks }),
    },
    text: `${lines.join('\n').trimEnd()}\n`,
  };
}
