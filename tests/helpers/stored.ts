/** Projects and folders of results to try things on, and what lies in them. */
import { cpSync, lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BIN, start, type Ended } from './built.js';
import type { TempFolder } from './temp-folder.js';

const FIXTURES = fileURLToPath(new URL('../compat/fixtures/', import.meta.url));

/** A project of its own with small pictures, datasets (`plants`: COCO, `bright`: classes) and models of both names. */
export interface SmallProject {
  readonly path: string;
  readonly at: (...names: string[]) => string;
  /** Runs the built command in it, or in a folder below it. */
  readonly datum: (args: readonly string[], below?: string) => Promise<Ended>;
  /** The same, and it must succeed. */
  readonly well: (args: readonly string[], below?: string) => Promise<Ended>;
}

/** @param results whether the folders of results that version 0.1.0 wrote are in it too */
export function smallProject(temp: TempFolder, { results = false } = {}): SmallProject {
  const path = mkdtempSync(join(temp.path, 'project-'));
  const at = (...names: string[]): string => join(path, ...names);
  cpSync(`${FIXTURES}inputs`, path, { recursive: true });
  if (results) cpSync(`${FIXTURES}0.1.0`, path, { recursive: true });
  else cpSync(`${FIXTURES}0.1.0/.datum`, at('.datum'), { recursive: true });
  const datum: SmallProject['datum'] = (args, below = '.') => start(process.execPath, [BIN, ...args], at(below)).ended;
  return {
    path,
    at,
    datum,
    well: async (args, below) => {
      const ended = await datum(args, below);
      if (ended.code !== 0) throw new Error(`datum ${args.join(' ')} ended with ${ended.code}:\n${ended.stderr}`);
      return ended;
    },
  };
}

export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** All that is below a folder, by name: bytes of files in base64, `-> place` for links, `folder` for folders. */
export function everythingIn(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(names.map((name) => [name, contentOf(join(folder, name))]));
}

function contentOf(path: string): string {
  const found = lstatSync(path);
  if (found.isSymbolicLink()) return `-> ${readlinkSync(path)}`;
  return found.isDirectory() ? 'folder' : readFileSync(path, 'base64');
}
