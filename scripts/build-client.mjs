/**
 * Bundles the pages of src/web/client to dist/web/<page>/<page>.js and .css, one script and one style each, to be put
 * into an HTML file whole. Skips it when nothing it reads has changed since.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUNDLED, noticeComment } from './notice-texts.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Pages, each by its first file below src/web/client. */
export const PAGES = { report: 'report/main.tsx', live: 'live/main.tsx' };

/** What a bundle is made of: the client, the types and tables it takes from elsewhere, and the versions of its tools. */
const SOURCES = [
  'src/web/client',
  'src/web/protocol.ts',
  'src/report/html/report-data.ts',
  'src/results/schema/target.ts',
  'src/results/records.ts',
  'package-lock.json',
  'scripts/build-client.mjs',
  'scripts/notice-texts.mjs',
];

/** Where vite writes the licenses of what it bundled, for a moment. */
const LICENSES = 'licenses.json';

/** Bundles all pages, unless they are up to date. */
export async function buildClient() {
  const hash = createHash('sha256');
  for (const source of SOURCES) addTo(hash, join(root, source));
  const stamp = join(root, 'dist/web/.sources');
  const now = hash.digest('hex');
  const built = Object.keys(PAGES).every((page) => existsSync(join(root, `dist/web/${page}/${page}.js`)));
  if (built && existsSync(BUNDLED) && existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return;
  const { build } = await import('vite');
  const bundled = new Map();
  for (const [page, entry] of Object.entries(PAGES)) {
    const outDir = join(root, 'dist/web', page);
    await build({
      configFile: false,
      root: join(root, 'src/web/client'),
      logLevel: 'warn',
      oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
      build: {
        outDir,
        license: { fileName: LICENSES },
        emptyOutDir: true,
        target: 'es2023',
        cssCodeSplit: false,
        lib: {
          entry: join(root, 'src/web/client', entry),
          name: page,
          formats: ['iife'],
          fileName: () => `${page}.js`,
          cssFileName: page,
        },
      },
      define: { 'process.env.NODE_ENV': '"production"' },
    });
    const packages = JSON.parse(readFileSync(join(outDir, LICENSES), 'utf8'));
    rmSync(join(outDir, LICENSES));
    const script = join(outDir, `${page}.js`);
    writeFileSync(script, noticeComment(packages) + readFileSync(script, 'utf8'));
    for (const one of packages) bundled.set(one.name, one);
  }
  mkdirSync(join(root, 'dist/web'), { recursive: true });
  const byName = [...bundled.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  writeFileSync(BUNDLED, JSON.stringify(byName));
  writeFileSync(stamp, now);
}

function addTo(hash, path) {
  if (/\.[a-z]+$/.test(path)) {
    hash.update(path).update(readFileSync(path));
    return;
  }
  for (const name of readdirSync(path).sort()) addTo(hash, join(path, name));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildClient();
