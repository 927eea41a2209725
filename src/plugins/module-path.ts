/** Endings of modules that a user may write: with these, a name is a path. */
export const MODULE_ENDINGS: readonly string[] = ['.js', '.mjs', '.ts'];

/** Whether a user names a module of their own rather than something built in. */
export function isModulePath(name: string): boolean {
  const lower = name.toLowerCase();
  return MODULE_ENDINGS.some((ending) => lower.length > ending.length && lower.endsWith(ending));
}
