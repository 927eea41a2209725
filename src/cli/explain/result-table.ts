import Table from 'cli-table3';
import type { TargetRecord } from '../../results/schema/target.js';
import { figureText } from '../figure-text.js';

/**
 * One row a target: what the model said, and where the evidence is strongest.
 *
 * @param doubted whether nothing tells that the targets are classes
 */
export function resultTable(targets: readonly TargetRecord[], doubted: boolean): string {
  const table = new Table({
    head: ['#', doubted ? 'a class?' : 'target', 'score', 'box x,y,w,h', 'peak x,y', 'saliency', 'reliability'],
    style: { head: [], border: [] },
    colAligns: ['right', 'left', 'right', 'right', 'right', 'right', 'right'],
  });
  for (const target of targets) {
    const { peak, reliability, verdict } = target;
    const box = target.bbox === null ? '' : target.bbox.map(Math.round).join(',');
    table.push([
      target.index,
      `${target.kind === 'bbox' ? 'box of ' : ''}${target.label?.name ?? 'any class'}`,
      figureText(target.score),
      box,
      peak === null ? '' : `${peak.x},${peak.y}`,
      rangeText(target),
      verdict === 'ok' ? (reliability?.toFixed(2) ?? '') : verdict,
    ]);
  }
  return `${table.toString()}\n`;
}

/** The smallest and the largest saliency, and the error of the map where it is known. */
function rangeText({ range, meanStandardError }: TargetRecord): string {
  if (range === null) return '';
  const largest = Math.max(Math.abs(range.min), Math.abs(range.max));
  const error = meanStandardError === null ? '' : ` ±${figureText(meanStandardError)}`;
  return `${figureText(range.min, largest)}..${figureText(range.max, largest)}${error}`;
}
