/** Class names as a file has them. */
export interface LabelList extends LabelForm {
  readonly names: readonly string[];
}

/** What a file of class names says beside the names. */
export interface LabelForm {
  /** The number of the first name: files may count from 1. */
  readonly from: 0 | 1;
  /** What stands between the commas of a file's only line, which is one name or several; null for other files. */
  readonly parts: readonly string[] | null;
}

/** What lists call the class that is none. */
export function isBackground(name: string | undefined): boolean {
  return name !== undefined && /^_*(background|bg|none|n\/a|no[ _-]object)_*$/i.test(name);
}
