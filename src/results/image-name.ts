import { createHash } from 'node:crypto';
import { join, parse, resolve } from 'node:path';
import { z } from 'zod';
import { DatumError, option } from '../errors.js';
import { readWholeText } from '../files.js';
import { EXPLANATION_ENDING, isResultOf, OWNERS_FILE } from '../own-results.js';
import { PAGE_ENDING } from './file-names.js';
import { LONGEST_BASE, safePart } from './run/item-place.js';

const fileName = z.string().nullish();

/** As much of an `-explanation.json` as tells whose it is and which files belong to it. */
const earlierSchema = z.object({
  image: z.object({ path: z.string().nullable() }),
  targets: z.array(
    z.object({
      heatmap: fileName,
      overlay: fileName,
      raw: fileName,
      error: fileName,
      evidence: fileName,
      contrast: z.object({ file: fileName }).nullish(),
    }),
  ),
});
type Earlier = z.output<typeof earlierSchema>;

const ownersSchema = z.record(z.string(), z.string());

/** What the files of an image's explanation are called in a folder. */
export interface ImageFiles {
  /** What their names begin with. */
  readonly base: string;
  /** Names of the files that an earlier explanation of the same image left there, without its JSON. */
  readonly earlier: readonly string[];
  /** A file that says whose the names are; needed where the JSON, which says it too, is not written. */
  readonly owners: { readonly name: string; readonly text: string };
}

/** Hexadecimal digits of the hash that is added to a name: more where even that name is another image's. */
const HASH_DIGITS = [8, 16, 64];

/** An image by what its files are called after. */
export interface NamedImage {
  /** Null where it did not come from a file: then all of one name are taken for the same image. */
  readonly path: string | null;
  /** That of its file where absent. */
  readonly name?: string | undefined;
}

/** What an image without a file and a name is called. */
const NAMELESS = 'image';

/**
 * Names the files of an image's explanation: after the image. Where another image has that name already, a hash of the
 * image's path is added, so that neither loses its files and a later run finds the same names again.
 *
 * @throws DatumError (`usage`) for a name that is no file's.
 */
export async function imageFiles(folder: string, { path, name: given }: NamedImage): Promise<ImageFiles> {
  const name = given ?? (path === null ? NAMELESS : nameOfFile(path));
  if (name === '' || name === '.' || name === '..' || /[/\\\0]/.test(name)) {
    throw new DatumError('usage', `${option('name', name)} is no name of a file: leave out '/' and the like.`);
  }
  if (Buffer.byteLength(name) > LONGEST_BASE) {
    throw new DatumError(
      'usage',
      `${option('name')} has ${Buffer.byteLength(name)} bytes, and names of files have room for ${LONGEST_BASE}: choose a shorter one.`,
    );
  }
  const whole = path === null ? '' : resolve(path);
  const hash = createHash('sha256').update(whole).digest('hex');
  const owners = await readOwners(folder);
  const names = [name, ...HASH_DIGITS.map((digits) => `${name}-${hash.slice(0, digits)}`)];
  for (const base of names) {
    const earlier = await readEarlier(folder, base);
    const owner = earlier === null ? (owners[base] ?? whole) : pathOf(earlier);
    if (owner !== whole) continue;
    return {
      base,
      earlier: namedBy(earlier, base),
      owners: { name: OWNERS_FILE, text: `${JSON.stringify({ ...owners, [base]: whole }, null, 2)}\n` },
    };
  }
  throw new DatumError(
    'output',
    `every name for the files of ${path ?? name} is another image's in ${folder}: choose another folder.`,
    { file: folder },
  );
}

/** The name of an image's file without its ending; another where files of results cannot begin with it. */
function nameOfFile(path: string): string {
  const { name } = parse(path);
  return name.includes('\\') || Buffer.byteLength(name) > LONGEST_BASE ? safePart(name) : name;
}

function pathOf({ image }: Earlier): string {
  return image.path === null ? '' : resolve(image.path);
}

async function readOwners(folder: string): Promise<Readonly<Record<string, string>>> {
  try {
    return ownersSchema.parse(JSON.parse(await readWholeText(join(folder, OWNERS_FILE))));
  } catch {
    return {};
  }
}

/** A JSON that cannot be read or is something else names nothing. */
async function readEarlier(folder: string, base: string): Promise<Earlier | null> {
  try {
    const text = await readWholeText(join(folder, `${base}${EXPLANATION_ENDING}`));
    return earlierSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Files that a JSON names and that are called as such files are, and the page that shows it. */
function namedBy(earlier: Earlier | null, base: string): string[] {
  if (earlier === null) return [];
  const named = earlier.targets.flatMap(({ heatmap, overlay, raw, error, evidence, contrast }) => [
    heatmap,
    overlay,
    raw,
    error,
    evidence,
    contrast?.file,
  ]);
  const results = named.filter((name): name is string => typeof name === 'string' && isResultOf(base, name));
  return [...results, `${base}${PAGE_ENDING}`];
}
