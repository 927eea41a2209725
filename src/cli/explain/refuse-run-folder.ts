import { join } from 'node:path';
import { DatumError } from '../../errors.js';
import { isThere } from '../../files.js';

/** What a dataset's run leaves in its folder. */
const RUN_FILES = ['run.json', 'items.jsonl'];

/**
 * Refuses the folder of a dataset's run for the files of a single picture: its report would not know of them.
 *
 * @throws DatumError (`output`)
 */
export async function refuseRunFolder(folder: string): Promise<void> {
  const there = await Promise.all(RUN_FILES.map((name) => isThere(join(folder, name))));
  if (!there.includes(false)) {
    throw new DatumError(
      'output',
      `${folder} holds a dataset that was explained: choose another folder for a single image.`,
    );
  }
}
