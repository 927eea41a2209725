export { EXPLANATION_ENDING, MAPS_ENDING, PAGE_ENDING } from '../own-results.js';

/** Longest part of a file's name that a class gives, in characters and in bytes. */
const LONGEST = 40;
const MOST_BYTES = 60;

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
  const short = shortened(words.replaceAll(/^-|-$/g, '')).replace(/-$/, '');
  if (short === '') return String(index + 1);
  // A number behind the rank would be taken for that of an image whose name ends in one.
  return `${index + 1}-${/^\p{N}/u.test(short) ? `class-${short}` : short}`;
}

function shortened(words: string): string {
  let short = '';
  for (const character of Array.from(words).slice(0, LONGEST)) {
    if (new TextEncoder().encode(short + character).length > MOST_BYTES) break;
    short += character;
  }
  return short;
}
