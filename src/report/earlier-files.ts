import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';

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

/**
 * Names of the files that an earlier explanation of the same picture left in a folder: those that its JSON names and
 * that are called as such files are. None where there is no such JSON, or it is that of another picture.
 */
export async function earlierFiles(folder: string, base: string, picture: string | null): Promise<readonly string[]> {
  const earlier = await readEarlier(join(folder, `${base}-explanation.json`));
  const path = earlier?.image.path ?? null;
  if (earlier === null || path === null || picture === null || resolve(path) !== resolve(picture)) return [];
  const named = earlier.targets.flatMap(({ heatmap, overlay, raw, error, evidence, contrast }) => [
    heatmap,
    overlay,
    raw,
    error,
    evidence,
    contrast?.file,
  ]);
  return named.filter((name): name is string => typeof name === 'string' && isResultOf(base, name));
}

/** A JSON that cannot be read or is something else names nothing. */
async function readEarlier(path: string): Promise<z.output<typeof earlierSchema> | null> {
  try {
    return earlierSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}

function isResultOf(base: string, name: string): boolean {
  return (
    name.startsWith(`${base}-`) &&
    /^(heatmap|overlay|error|evidence|contrast)-\d+\.(png|npy)$/.test(name.slice(base.length + 1))
  );
}
