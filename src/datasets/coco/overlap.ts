import { basename } from 'node:path';

import { findImage } from '../image-files.js';
import type { SubsetIndex } from './subset-index.js';

/** Images that several files list: which are left out, by subset, and what that leaves out, in words. */
export interface Overlap {
  readonly leftOut: ReadonlyMap<SubsetIndex, ReadonlySet<number>>;
  readonly notes: readonly string[];
}

/**
 * Finds images that are listed for several subsets: `all.json` beside `train.json` and `val.json`. Each is read for the
 * smallest subset that lists it. Images of one name in folders of their own are different ones.
 */
export async function findOverlap(indexes: readonly SubsetIndex[]): Promise<Overlap> {
  const leftOut = new Map<SubsetIndex, Set<number>>();
  const notes: string[] = [];
  // A sort keeps the order of those that are equal.
  const bySize = [...indexes].sort((a, b) => a.listed.length - b.listed.length);
  const known = new Map<string, SubsetIndex[]>();
  for (const index of bySize) {
    const mine = new Set<number>();
    const others = new Set<SubsetIndex>();
    for (const [at, name] of index.names.entries()) {
      const before = known.get(name) ?? [];
      const own = before.length === 0 ? null : (await findImage(index.subset.imageFolders, name)).imagePath;
      for (const other of own === null ? [] : before) {
        if ((await findImage(other.subset.imageFolders, name)).imagePath !== own) continue;
        mine.add(index.listed[at]!);
        others.add(other);
        break;
      }
      known.set(name, [...before, index]);
    }
    if (mine.size === 0) continue;
    leftOut.set(index, mine);
    const files = index.subset.files.map((file) => basename(file)).join(', ');
    const where = [...others].flatMap(({ subset }) => subset.files.map((file) => basename(file))).join(', ');
    const [which, are] = mine.size === 1 ? ['1 image', 'is'] : [`${mine.size} images`, 'are'];
    notes.push(`${files}: ${which} of ${index.listed.length} ${are} in ${where} too, and read as there.`);
  }
  return { leftOut, notes };
}
