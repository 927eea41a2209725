import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { DOCS_PAGES, docsReadme, llmsText } from '../../scripts/docs-pages.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const listed = DOCS_PAGES.flatMap(({ pages }) => pages.map(({ path }) => path));
const there = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.md'));

it('every page is listed once, and every listed page is there', () => {
  // The pages of the reference are reached from its own list.
  const own = there.filter((name) => !name.startsWith('reference/') || name === 'reference/README.md');
  expect([...listed].sort()).toEqual(own.sort());
});

it('docs/README.md and llms.txt are what npm run docs writes', () => {
  expect(readFileSync(join(ROOT, 'docs/README.md'), 'utf8')).toBe(docsReadme());
  expect(readFileSync(join(ROOT, 'llms.txt'), 'utf8')).toBe(llmsText());
});

it.each(there)('links of %s lead somewhere', (page) => {
  const folder = dirname(join(ROOT, 'docs', page));
  const text = readFileSync(join(ROOT, 'docs', page), 'utf8').replace(/```[\s\S]*?```/g, '');
  const links = [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, link = '']) => link);
  const dead = links.filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(folder, decodeURI(link))));
  expect(dead).toEqual([]);
});
