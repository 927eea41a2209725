import { parseDocument } from 'yaml';
import { z } from 'zod';

import { checked } from '../json/parse.js';
import { malformed } from '../malformed.js';
import { readText } from '../text.js';

const paths = z.union([z.string(), z.array(z.string())]).nullish();

const schema = z.object({
  path: z.string().nullish(),
  train: paths,
  val: paths,
  /** Other spellings of `val`, which Roboflow's and older files have. */
  valid: paths,
  validation: paths,
  test: paths,
  nc: z.number().int().positive().nullish(),
  names: z.union([z.array(z.coerce.string()), z.record(z.coerce.string(), z.coerce.string())]).nullish(),
  kpt_shape: z.array(z.number()).nullish(),
});

/** What `data.yaml` says. */
export interface UltralyticsConfig {
  /** Folder that the other paths count from, as written; null for the folder of the file. */
  readonly path: string | null;
  /** Folders, lists or images, as written, by subset. */
  readonly subsets: ReadonlyMap<string, readonly string[]>;
  readonly names: readonly string[];
  readonly keypoints: boolean;
  /** What is to be known of the names. */
  readonly notes: readonly string[];
}

/**
 * Reads `data.yaml` (https://docs.ultralytics.com/datasets/detect/).
 *
 * @throws DatumError (`dataset`) when it is not YAML, naming the line, or says nothing of subsets or classes.
 */
export async function readConfig(file: string): Promise<UltralyticsConfig> {
  const document = parseDocument(await readText(file), { prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = error.linePos?.[0].line ?? 1;
    throw malformed(
      file,
      { line },
      `this is not valid YAML (${error.message.split('\n')[0]?.replace(/ at line .*$/, '') ?? ''})`,
      undefined,
      error,
    );
  }
  const config = checked(schema, document.toJS({ maxAliasCount: 100 }), file, '');
  const subsets = new Map<string, readonly string[]>();
  for (const name of ['train', 'val', 'test'] as const) {
    const value = config[name] ?? (name === 'val' ? (config.valid ?? config.validation) : null);
    if (value !== null && value !== undefined) subsets.set(name, typeof value === 'string' ? [value] : value);
  }
  if (subsets.size === 0) throw malformed(file, null, "neither 'train' nor 'val' is given");
  return {
    path: config.path ?? null,
    subsets,
    names: readNames(file, config.names, config.nc ?? null),
    keypoints: (config.kpt_shape ?? null) !== null,
    notes: namesNotes(file, config.names, config.nc ?? null),
  };
}

function namesNotes(file: string, names: z.infer<typeof schema>['names'], count: number | null): string[] {
  if (names === null || names === undefined) {
    return [
      `${file}: there are no names of classes, so classes are called class-0, class-1...; list them under 'names'.`,
    ];
  }
  const named = Array.isArray(names) ? names.length : Object.keys(names).length;
  if (count === null || count === named) return [];
  return [`${file}: 'nc' says ${count} and 'names' has ${named}: the names count.`];
}

function readNames(file: string, names: z.infer<typeof schema>['names'], count: number | null): readonly string[] {
  if (names === null || names === undefined) {
    if (count === null) throw malformed(file, { at: 'names' }, 'the names of the classes are missing');
    return Array.from({ length: count }, (_, i) => `class-${i}`);
  }
  if (Array.isArray(names)) return names;
  const numbers = Object.keys(names).map(Number);
  const isComplete = numbers.every((value) => Number.isInteger(value) && value >= 0 && value < numbers.length);
  if (!isComplete) throw malformed(file, { at: 'names' }, 'the class numbers do not run from 0 without gaps');
  return numbers.sort((a, b) => a - b).map((number) => names[String(number)]!);
}
