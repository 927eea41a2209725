/** Notices of others' work: the package, its pages and every report carry those of what they contain. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BUNDLED, NOTICES, noticesText } from '../../scripts/notice-texts.mjs';
import { BIN, start } from '../helpers/built.js';
import { png, speckled } from '../helpers/images.js';
import { filesBelow, ROOT } from '../helpers/packed.js';
import { CLASSIFIER_FLAGS, plantedClassifier } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const manifest = z.object({ version: z.string(), dependencies: z.record(z.string(), z.string()).default({}) });
const bundledSchema = z.array(
  z.object({ name: z.string(), version: z.string(), identifier: z.string(), text: z.string() }),
);
const bundled = bundledSchema.parse(JSON.parse(readFileSync(BUNDLED, 'utf8')));

/** Packages that the sources of the pages import. */
function imported(): string[] {
  const client = join(ROOT, 'src/web/client');
  const sources = filesBelow(client).filter((file) => /\.(tsx?|css)$/.test(file));
  const names = sources.flatMap((file) =>
    [...readFileSync(join(client, file), 'utf8').matchAll(/(?:from |import )['"]([^'".][^'"]*)['"]/g)].map(
      ([, name = '']) => name.split('/', name.startsWith('@') ? 2 : 1).join('/'),
    ),
  );
  return [...new Set(names)].sort();
}

function licenseOf(name: string): string {
  const folder = join(ROOT, 'node_modules', name);
  const file = readdirSync(folder).find((one) => /^(licen[cs]e|copying)/i.test(one));
  return file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim();
}

describe('what is bundled into the pages', () => {
  it('is known: every package that they import is among it', () => {
    expect(imported()).toEqual(['d3-scale-chromatic', 'preact', 'uplot']);
    expect(bundled.map(({ name }) => name)).toEqual(expect.arrayContaining(imported()));
    // Color tables, which pages share with files, are made by the one; d3-scale-chromatic is made of the other.
    expect(bundled.map(({ name }) => name)).toEqual(expect.arrayContaining(['d3-color', 'd3-interpolate']));
  });

  it.each(['live', 'report'])('has its notices in the script of the page %s, whole', (page) => {
    const script = readFileSync(join(ROOT, `dist/web/${page}/${page}.js`), 'utf8');
    const missing = bundled.filter(({ name, version }) => !script.includes(`${name} ${version} (`));
    // Color maps and charts of reports alone.
    expect(missing.map(({ name }) => name).filter((name) => page === 'report' || !/^(d3-|uplot$)/.test(name))).toEqual(
      [],
    );
    for (const { name } of bundled.filter((one) => !missing.includes(one))) {
      const text = licenseOf(name);
      expect(text.length, name).toBeGreaterThan(500);
      expect(script.includes(text), name).toBe(true);
    }
  });
});

describe('a report', () => {
  const temp = tempFolder();
  let html: string;
  beforeAll(async () => {
    const region = { x: 30, y: 4, width: 12, height: 8 };
    const model = temp.write('model.onnx', plantedClassifier({ width: 48, height: 32 }, region));
    const photo = temp.write('photo.png', await png(speckled(48, 32)));
    const args = ['explain', photo, '-m', model, '-o', temp.at('out'), 'rise', '-s', '32', '--', ...CLASSIFIER_FLAGS];
    const { code, stderr } = await start(process.execPath, [BIN, ...args]).ended;
    expect(code, stderr).toBe(0);
    html = readFileSync(temp.at('out', 'photo-report.html'), 'utf8');
  });

  it.each(['preact', 'uplot', 'd3-color', 'd3-interpolate', 'd3-scale-chromatic'])(
    'carries the notice of %s',
    (name) => {
      expect(html.includes(licenseOf(name))).toBe(true);
    },
  );
});

describe('the package', () => {
  it('has a file of notices that is true to what it contains', () => {
    expect(readFileSync(NOTICES, 'utf8'), 'npm run notices writes it anew').toBe(noticesText());
    for (const { name } of bundled) expect(noticesText()).toContain(licenseOf(name));
  });

  it('carries the notices of the ONNX Runtime that it carries, of the same version', () => {
    const folder = join(ROOT, 'vendor/onnxruntime-node');
    const { version } = manifest.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
    expect(noticesText()).toContain(`## ONNX Runtime ${version}\n`);
    expect(readFileSync(join(folder, 'LICENSE'), 'utf8')).toMatch(
      /^MIT License\s+Copyright \(c\) Microsoft Corporation/,
    );
    const others = readFileSync(join(folder, 'ThirdPartyNotices.txt'), 'utf8').toLowerCase();
    // Parts of every build of it.
    expect(['protobuf', 'eigen', 'abseil', 'dawn'].filter((part) => !others.includes(part))).toEqual([]);
  });

  it('carries nothing else of others: whatever lies in vendor/ has a license beside it', () => {
    const folders = readdirSync(join(ROOT, 'vendor'));
    expect(folders).toEqual(['onnxruntime-node']);
    expect(folders.every((name) => existsSync(join(ROOT, 'vendor', name, 'LICENSE')))).toBe(true);
  });

  it('depends on nothing whose terms are not known to suit', () => {
    const suits = /^(MIT|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|BlueOak-1\.0\.0|LGPL-3\.0-or-later)( AND | OR |$)/;
    const lock = z.object({
      packages: z.record(z.string(), z.object({ dev: z.boolean().optional(), license: z.string().optional() })),
    });
    const { packages } = lock.parse(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')));
    const installed = Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true);
    expect(installed.length).toBeGreaterThan(50);
    expect(
      installed.filter(([, { license = '' }]) => !suits.test(license.replace(/^\(/, ''))).map(([path]) => path),
    ).toEqual([]);
  });
});
