import type { Summary } from '../results/run/summary.js';
import type { ReportOutcome } from './report-findings.js';
import { pointer } from './pointer.js';
import { figuresText, summaryText } from './summary-text.js';

/**
 * A run over a dataset in words: what was done, what is wrong, the figures, and where to look.
 *
 * @param folder that it was written to
 * @param report null where none was written
 * @param width characters of a line
 * @returns lines with their ends
 */
export function runText(summary: Summary, folder: string, report: ReportOutcome | null, width: number): string {
  const parts = [
    summaryText(summary),
    ...(report === null ? [] : [report.text]),
    figuresText(summary, width),
    `${report === null ? '' : pointer('Look', report.path)}${pointer('Files', folder)}`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}
