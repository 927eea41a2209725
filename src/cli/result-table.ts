import Table from 'cli-table3';
import type { ExplainedTarget } from '../runs/explanation.js';
import { rangeOf } from '../report/scale.js';

/** One row a target: what the model said, and where the evidence is strongest. */
export function resultTable(targets: readonly ExplainedTarget[], mapWidth: number, mapScale: number): string {
  const table = new Table({
    head: ['#', 'target', 'score', 'box x,y,w,h', 'peak x,y', 'saliency', 'reliability'],
    style: { head: [], border: [] },
    colAligns: ['right', 'left', 'right', 'right', 'right', 'right', 'right'],
  });
  for (const target of targets) {
    const { min, max, peakIndex } = rangeOf(target.renderMap());
    const peak = [peakIndex % mapWidth, Math.floor(peakIndex / mapWidth)].map((at) => Math.round(at / mapScale));
    const box =
      target.bbox === null
        ? ''
        : [target.bbox.x, target.bbox.y, target.bbox.w, target.bbox.h].map(Math.round).join(',');
    table.push([
      target.index,
      `${target.kind === 'bbox' ? 'box of ' : ''}${target.label?.name ?? 'any class'}`,
      target.score.toFixed(3),
      box,
      peak.join(','),
      `${min.toFixed(3)}..${max.toFixed(3)} ±${target.meanStandardError().toFixed(3)}`,
      target.verdict === 'ok' ? target.reliability.toFixed(2) : target.verdict,
    ]);
  }
  return `${table.toString()}\n`;
}
