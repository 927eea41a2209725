import { join } from 'node:path';

import { listFolder } from './walk.js';

/** The sub-folder of the first of these names that is there, in any case of letters; null when none is. */
export async function subFolder(folder: string, names: readonly string[]): Promise<string | null> {
  const { folders } = await listFolder(folder);
  for (const name of names) {
    const found =
      folders.find((one) => one === name) ?? folders.find((one) => one.toLowerCase() === name.toLowerCase());
    if (found !== undefined) return join(folder, found);
  }
  return null;
}
