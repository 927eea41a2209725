/** What programs rely on: names and signatures of every entry point, as they were when they were last agreed on. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SURFACES, surfaces } from '../../scripts/surface.mjs';

const now = surfaces();

it('has a kept surface for each entry point, and for no other', () => {
  const kept = readdirSync(SURFACES).map((file) => file.replace(/\.txt$/, ''));
  expect(kept.sort(), 'npm run surface writes them anew').toEqual(Object.keys(now).sort());
});

it.each(Object.keys(now))('the surface of %s is the one that was agreed on', (name) => {
  const path = join(SURFACES, `${name}.txt`);
  const kept = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const message =
    'What programs rely on has changed. Is it meant? Run npm run surface, commit the file, and add a line to CHANGELOG.md. ' +
    'A name that is gone, or takes or gives something else, is a breaking change.';
  expect(now[name], message).toBe(kept);
});

it('each name stands once in an entry point, as a value or as a type', () => {
  for (const text of Object.values(now)) {
    const names = [...text.matchAll(/^export (?:type )?(\w+):/gm)].map(([, one]) => one);
    expect(names.length).toBeGreaterThan(5);
    expect(new Set(names).size).toBe(names.length);
  }
});
