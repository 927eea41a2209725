import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder that lives as long as the tests of one file. */
export interface TempFolder {
  readonly path: string;
  /** A path in it. */
  at(...names: string[]): string;
  /** Writes a file, with the folders above it, and returns its path. */
  write(name: string, data: string | Uint8Array): string;
}

/** Makes a folder at once and removes it after the last test of the file. */
export function tempFolder(): TempFolder {
  const path = mkdtempSync(join(tmpdir(), 'datum-'));
  afterAll(() => {
    rmSync(path, { recursive: true, force: true });
  });
  const at = (...names: string[]): string => join(path, ...names);
  return {
    path,
    at,
    write(name, data) {
      mkdirSync(dirname(at(name)), { recursive: true });
      writeFileSync(at(name), data);
      return at(name);
    },
  };
}
