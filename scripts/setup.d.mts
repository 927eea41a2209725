/** npm as a program and its first arguments. */
export function npmCommand(): [string, ...string[]];

/** Packs what is built into a folder without ONNX Runtime; returns the tarball's path. */
export function packWithoutRuntime(folder: string): string;
