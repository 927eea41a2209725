import { readLines } from '../text.js';

/** A class number and four shares or more. */
const LINE = /^\s*\d+(\.0*)?(e[-+]?0+)?(\s+-?\d*\.?\d+(e[-+]?\d+)?){4,}\s*$/i;

/** Lines of a file that are looked at. */
const LOOKED_AT = 20;

/** Whether a file is called as label files are, in any case of letters. */
export function isTextName(name: string): boolean {
  return /\.txt$/i.test(name);
}

/** Whether all lines of a file's start but the last, which may be cut, are a class number and four shares or more. */
export function isLabelText(head: string): boolean {
  const lines = head.split(/\r?\n/).filter((line) => line.trim() !== '');
  const whole = lines.length > 1 ? lines.slice(0, -1) : lines;
  return whole.length > 0 && whole.every((line) => LINE.test(line));
}

/** What the first lines of a text file are: whether there is one, and whether one is that of a box. */
export async function glanceAtLabels(path: string): Promise<'blank' | 'boxes' | 'other'> {
  let seen = 0;
  try {
    for await (const { text } of readLines(path)) {
      if (LINE.test(text)) return 'boxes';
      if (++seen === LOOKED_AT) break;
    }
  } catch {
    return 'other';
  }
  return seen === 0 ? 'blank' : 'other';
}
