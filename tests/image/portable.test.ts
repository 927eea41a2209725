/** What scales, crops, blurs and places images runs on every platform: it loads neither sharp nor a part of Node. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const DIST = new URL('../../dist/', import.meta.url);

/** What is not of the package among all that a built file loads, directly or through others. */
function loadedFrom(file: URL, seen = new Set<string>()): readonly string[] {
  if (seen.has(file.href)) return [];
  seen.add(file.href);
  // The compiler has left out imports of types.
  const statements = readFileSync(file, 'utf8').matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"]+)['"]/g);
  return Array.from(statements, ([, name = '']) => name).flatMap((name) =>
    name.startsWith('.') ? loadedFrom(new URL(name, file), seen) : [name],
  );
}

describe('outside of the package', () => {
  it.each(['image/index.js', 'models/preprocess.js', 'models/scene.js'])(
    '%s loads nothing of Node, and no sharp',
    (file) => {
      const loaded = loadedFrom(new URL(file, DIST));
      expect(loaded.filter((name) => name === 'sharp' || name.startsWith('node:'))).toEqual([]);
    },
  );

  it('images of files are read by sharp', () => {
    expect(loadedFrom(new URL('image/files.js', DIST))).toContain('sharp');
  });
});
