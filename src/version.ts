import { readFile } from 'node:fs/promises';

/** The version of this package, as `package.json` says it. */
export async function packageVersion(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return /"version":\s*"([^"]+)"/.exec(text)?.[1] ?? 'unknown';
}

/**
 * The version and the commit that it was built from: `0.2.0 (abc1234)`, with a `+` behind the commit where files were
 * changed since. The version alone where it was built outside a clone. The version is always the first word.
 */
export async function versionAndCommit(): Promise<string> {
  const [version, commit] = await Promise.all([packageVersion(), builtFrom()]);
  return commit === null ? version : `${version} (${commit})`;
}

/** What the build wrote beside the compiled files. */
async function builtFrom(): Promise<string | null> {
  try {
    return (await readFile(new URL('./commit.txt', import.meta.url), 'utf8')).trim();
  } catch {
    return null;
  }
}
