import Table from 'cli-table3';
import type { TargetJson } from '../report/explanation-json.js';

/** One row a target: what the model said, and where the evidence is strongest. */
export function resultTable(targets: readonly TargetJson[]): string {
  const table = new Table({
    head: ['#', 'target', 'score', 'box x,y,w,h', 'peak x,y', 'saliency', 'reliability'],
    style: { head: [], border: [] },
    colAligns: ['right', 'left', 'right', 'right', 'right', 'right', 'right'],
  });
  for (const target of targets) {
    const { range, peak } = target;
    const box = target.bbox === null ? '' : target.bbox.map(Math.round).join(',');
    table.push([
      target.index,
      `${target.kind === 'bbox' ? 'box of ' : ''}${target.label?.name ?? 'any class'}`,
      target.score.toFixed(3),
      box,
      `${peak.x},${peak.y}`,
      `${range.min.toFixed(3)}..${range.max.toFixed(3)} ±${target.meanStandardError.toFixed(3)}`,
      target.verdict === 'ok' ? target.reliability.toFixed(2) : target.verdict,
    ]);
  }
  return `${table.toString()}\n`;
}
