import { USUAL, WIDEST, wrapText } from './help/text-columns.js';
import type { Output } from './io.js';

/** How many characters a line may have; endless where this is no terminal, so that a sentence is a line. */
export function lineWidth({ isTTY, columns }: Pick<Output, 'isTTY' | 'columns'>): number {
  if (!isTTY) return Infinity;
  return columns === undefined || columns <= 0 ? USUAL : columns;
}

/**
 * A paragraph broken at spaces.
 *
 * @param indent of its lines after the first, whose own is part of the text
 */
export function wrapped(text: string, width: number, indent: string): string {
  if (width === Infinity) return text;
  const inner = Math.max(20, Math.min(width, WIDEST) - indent.length);
  // The first line is as long as the others: it stands behind the same space.
  const head = text.slice(0, indent.length);
  const lines = wrapText(text.slice(indent.length), inner);
  return `${head}${lines.join(`\n${indent}`)}`;
}
