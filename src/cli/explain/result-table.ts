import Table from 'cli-table3';
import type { TargetJson } from '../../results/records.js';
import { figureText } from '../figure-text.js';

/** One row a target: what the model said, and where the evidence is strongest. */
export function resultTable(targets: readonly TargetJson[]): string {
  const table = new Table({
    head: ['#', 'target', 'score', 'box x,y,w,h', 'peak x,y', 'saliency', 'reliability'],
    style: { head: [], border: [] },
    colAligns: ['right', 'left', 'right', 'right', 'right', 'right', 'right'],
  });
  for (const target of targets) {
    const { range, peak } = target;
    const largest = Math.max(Math.abs(range.min), Math.abs(range.max));
    const box = target.bbox === null ? '' : target.bbox.map(Math.round).join(',');
    table.push([
      target.index,
      `${target.kind === 'bbox' ? 'box of ' : ''}${target.label?.name ?? 'any class'}`,
      figureText(target.score),
      box,
      `${peak.x},${peak.y}`,
      `${figureText(range.min, largest)}..${figureText(range.max, largest)} ±${figureText(target.meanStandardError)}`,
      target.verdict === 'ok' ? target.reliability.toFixed(2) : target.verdict,
    ]);
  }
  return `${table.toString()}\n`;
}
