export { EXPLANATION_ENDING, MAPS_ENDING, PAGE_ENDING } from '../own-results.js';

/** Longest part of a file's name that a class gives, in characters. */
const LONGEST = 40;

/**
 * What the names of a target's files begin with, behind the image's name: its rank from 1 on, and its class as far as letters and
 * digits go: `1-dog`, `2-tabby` (for "tabby, tabby cat"), `3`.
 */
export function targetName(index: number, label: string | null): string {
  const first = (label ?? '').split(', ')[0] ?? '';
  const words = first
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, '-');
  const short = Array.from(words.replaceAll(/^-|-$/g, '')).slice(0, LONGEST).join('').replace(/-$/, '');
  if (short === '') return String(index + 1);
  // A number behind the rank would be taken for that of an image whose name ends in one.
  return `${index + 1}-${/^\p{N}/u.test(short) ? `class-${short}` : short}`;
}
