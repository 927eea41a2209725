/** npm as a program and its first arguments. */
export function npmCommand(): [string, ...string[]];

/** Packs what is built into a folder without ONNX Runtime; returns the tarball's path. */
export function packWithoutRuntime(folder: string): string;

/** Runs npm in the root, or in another folder. */
export function npm(args: readonly string[], options?: { readonly cwd?: string }): unknown;
