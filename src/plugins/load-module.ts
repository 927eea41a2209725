import { readFileSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { createJiti } from 'jiti';
import { DatumError, option, type ErrorKind } from '../errors.js';
import { readWholeText, requireFile } from '../files.js';
import { isModulePath, MODULE_ENDINGS } from './module-path.js';
import { describeThrown, watchedLoad } from './users-code.js';
import { SECONDS, withinTimeLater } from './within-time.js';

/** What a module is loaded for: how errors speak of it. */
export interface ModuleUse {
  /** What it is to be: `launcher`, `interpreter`, `format`, `method`. It is also the name of its export. */
  readonly what: 'launcher' | 'interpreter' | 'format' | 'method';
  /** Kind of the errors. */
  readonly kind: ErrorKind;
  /** An example of the export, for the error where it is missing. */
  readonly example: string;
}

/** A module that was loaded. */
export interface LoadedModule {
  /** Its absolute path. */
  readonly file: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

/**
 * Loads a user's module, TypeScript or JavaScript. This package resolves inside it wherever the module lies, to the very
 * copy that loads it; so does zod, where there is none of the user's own.
 *
 * @param path a relative one counts from the current directory.
 * @param use what for, and how many seconds it may take
 * @throws DatumError naming the file, where it is missing or does not load.
 */
export async function loadModule(
  path: string,
  { what, kind, seconds = SECONDS }: Pick<ModuleUse, 'what' | 'kind'> & { readonly seconds?: number | undefined },
): Promise<LoadedModule> {
  const file = resolve(path);
  if (!isModulePath(file)) {
    throw new DatumError(
      kind,
      `${file} is no module: the name of a file with ${article(what)} ends in ${MODULE_ENDINGS.join(', ')}.`,
      {
        file,
        option: what,
      },
    );
  }
  try {
    await access(file);
  } catch (cause) {
    throw new DatumError(kind, `there is no readable file ${file}: check the path given with ${option(what)}.`, {
      cause,
      file,
      option: what,
    });
  }
  let loaded: unknown;
  try {
    await requireFile(file);
    const virtualModules = await ownModules(file);
    const jiti = createJiti(file, { fsCache: false, moduleCache: false, virtualModules });
    loaded = await watchedLoad(file, () => withinTimeLater(() => jiti.import(file), file, { seconds, file }));
  } catch (cause) {
    if (cause instanceof DatumError && cause.file === file) throw tooLong(file, seconds, { what, kind });
    throw new DatumError(kind, `${file} does not load: ${describeThrown(cause, file)}`, { cause, file, option: what });
  }
  return { file, exports: isRecord(loaded) ? loaded : {} };
}

/**
 * What a module exports of a kind: by the kind's name, or by default.
 *
 * @returns the value and its name; null where there is none.
 */
export function exportOf({ exports }: LoadedModule, what: ModuleUse['what']): { readonly value: unknown } | null {
  const value = exports[what] ?? exports['default'];
  return value === undefined || value === null ? null : { value };
}

/**
 * Loads the object that a module exports for a use.
 *
 * @throws DatumError naming the file and what to export.
 */
export async function loadExport<T extends object>(
  path: string,
  use: ModuleUse,
  isComplete: (value: object) => value is T,
): Promise<{ readonly file: string; readonly value: T }> {
  const loaded = await loadModule(path, use);
  const { file } = loaded;
  const value = exportOf(loaded, use.what)?.value;
  if (typeof value === 'object' && value !== null && isComplete(value)) return { file, value };
  throw new DatumError(use.kind, `${file} exports no ${use.what}: export const ${use.what} = ${use.example}.`, {
    file,
    option: use.what,
  });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function tooLong(file: string, seconds: number, { what, kind }: Pick<ModuleUse, 'what' | 'kind'>): DatumError {
  const more = what === 'interpreter' ? `, or give it more time with ${option('timeout')}, in seconds` : '';
  const sentence = `${file} does not load: it took more than ${seconds} s; see what it waits for${more}.`;
  return new DatumError(kind, sentence, { file, option: what });
}

function article(what: string): string {
  return `${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what}`;
}

/** The folder of this package. */
const ROOT = new URL('../../', import.meta.url);

/**
 * This package by its names, for a user's module. What the module names is there at once, for `require`; what only its own
 * imports name is loaded when they do, since worker threads are to stay small.
 */
async function ownModules(file: string): Promise<Record<string, unknown>> {
  const source = await readWholeText(file);
  const modules: Record<string, unknown> = {};
  const add = async (name: string, load: () => Promise<unknown>): Promise<void> => {
    if (source.includes(`'${name}'`) || source.includes(`"${name}"`)) modules[name] = await load();
    else Object.defineProperty(modules, name, { enumerable: true, get: load });
  };
  for (const [name, path] of ownExports()) await add(name, () => import(path));
  if (!isInstalledFor(file, 'zod')) await add('zod', () => import('zod'));
  return modules;
}

/** What this package exports, as package.json says: names that are imported, and addresses of their files. */
function ownExports(): [name: string, url: string][] {
  const description: unknown = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8'));
  if (!isRecord(description) || !isRecord(description['exports'])) return [];
  const name = String(description['name']);
  return Object.entries(description['exports']).flatMap(([key, target]) => {
    const path = isRecord(target) ? target['default'] : null;
    return typeof path === 'string' ? [[key.replace(/^\./, name), fileOf(path)]] : [];
  });
}

/** Tests run from the sources. */
function fileOf(path: string): string {
  const fromSource = import.meta.url.endsWith('.ts');
  return new URL(fromSource ? path.replace('./dist/', './src/').replace(/\.js$/, '.ts') : path, ROOT).href;
}

function isInstalledFor(file: string, name: string): boolean {
  try {
    createRequire(file).resolve(name);
    return true;
  } catch {
    return false;
  }
}
