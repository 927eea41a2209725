import type { MeasuredExplanation } from '../results/explanation.js';
import { imageFiles } from '../results/image-name.js';
import { oneAtATime } from '../results/one-at-a-time.js';
import { saveExplanation, type MeasuredSaveable, type SavedExplanation } from './save-explanation.js';

/** How an image's explanation is written. */
export interface SaveImageOptions {
  /** What the files' names begin with; that of the image's file where absent. */
  readonly name?: string | undefined;
  readonly save: ReadonlySet<MeasuredSaveable>;
  /** Whether the page that shows it is written too. */
  readonly withPage: boolean;
}

/** An explanation that was written. */
export interface SavedImage extends SavedExplanation {
  /** Name of the page; null where there is none. */
  readonly page: string | null;
}

/**
 * Writes a measured image into a folder, in the place of what an earlier run wrote for it there, all or nothing: its
 * files, and the page that shows them. Where the JSON is written anew, files that the earlier one named and the new one
 * does not are removed, and so is a page that would show the earlier one; where it is not, it still says which files
 * those are.
 *
 * @throws DatumError (`output`) where it cannot be written; then what was there before is there, complete.
 */
export async function saveImage(
  folder: string,
  measured: MeasuredExplanation,
  { name, save, withPage }: SaveImageOptions,
): Promise<SavedImage> {
  return oneAtATime(folder, async () => {
    const { base, earlier, owners } = await imageFiles(folder, {
      path: measured.explanation.image.path,
      name,
    });
    const withJson = save.has('json');
    let page: string | null = null;
    const saved = await saveExplanation(folder, base, measured, {
      save,
      earlier: withJson ? earlier : [],
      more: async (written) => {
        if (!withJson) return [owners];
        if (!withPage) return [];
        const { imagePage } = await import('./html/write-report.js');
        const made = await imagePage(folder, base, written);
        page = made.name;
        return [made];
      },
    });
    return { ...saved, page };
  });
}
