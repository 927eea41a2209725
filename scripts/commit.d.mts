/** The commit of a clone in seven digits, with a `+` where sources differ from it; null outside a clone. */
export function currentCommit(folder: string): string | null;
