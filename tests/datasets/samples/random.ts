/** Choices from a seed, so that a failure can be repeated. */
export interface Random {
  readonly of: <T>(all: readonly T[]) => T;
  /** A whole number from 0, below n. */
  readonly below: (n: number) => number;
}

/** Numbers by mulberry32. */
export function randomly(seed: number): Random {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return { below, of: (all) => all[below(all.length)]! };
}

/** A folder's name in the letters that people use. */
export const SPELLINGS = [
  (name: string): string => name,
  (name: string): string => name.toUpperCase(),
  (name: string): string => name[0]!.toUpperCase() + name.slice(1),
];

/** Sub-sets as datasets have them, in all spellings. */
export const SPLITS: readonly (readonly string[])[] = [
  ['train', 'valid', 'test'],
  ['train', 'val'],
  ['training', 'testing'],
  ['Train', 'Validation'],
  ['TEST'],
];
