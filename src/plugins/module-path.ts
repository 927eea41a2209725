/** Endings of modules that a user may write: with these, a name is a path. */
export const MODULE_ENDINGS: readonly string[] = ['.js', '.mjs', '.ts'];

/** Whether a user names a module of their own rather than something built in. */
export function isModulePath(name: string): boolean {
  const lower = name.toLowerCase();
  return MODULE_ENDINGS.some((ending) => lower.length > ending.length && lower.endsWith(ending));
}

/** Whether a user names a file of Python. */
export function isPythonPath(name: string): boolean {
  return name.length > 3 && name.toLowerCase().endsWith('.py');
}

/** Whether a user names a file that reads outputs: a module, or a script in Python. */
export function isScriptPath(name: string): boolean {
  return isModulePath(name) || isPythonPath(name);
}

/** Where the colon of `path:module.js` stands; -1 where there is none. One letter before it is a drive. */
export function colonBeforeModule(text: string): number {
  const colon = text.lastIndexOf(':');
  return colon > 1 && isModulePath(text.slice(colon + 1)) ? colon : -1;
}
