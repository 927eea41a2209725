import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { pathToFileURL } from 'node:url';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launchChromium, SKIPPED } from '../helpers/chromium.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { halvesIr } from '../openvino/halves.js';
import { IrBuilder } from '../openvino/ir-builder.js';
import { files, maps, masks, metrics, predictions, type Computed, type IrFiles } from './core/work.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Packages that the core may bring along. */
const PACKAGES = ['@rgrove/parse-xml', 'd3-color', 'd3-interpolate', 'd3-scale-chromatic', 'long', 'protobufjs', 'zod'];

describe.skipIf(CHROMIUM === null)(`the core in a page computes what it computes in Node${SKIPPED}`, () => {
  const folder = tempFolder();
  const modules: string[] = [];
  const builtins: string[] = [];
  const problems: string[] = [];
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    folder.write('page.html', `<!doctype html><script>${await bundle()}</script>`);
    browser = await launchChromium();
    page = await browser.newPage();
    page.on('console', (message) => problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(pathToFileURL(folder.at('page.html')).href);
  });
  afterAll(async () => {
    await browser.close();
    expect(problems).toEqual([]);
  });

  /** The built core in one script. */
  async function bundle(): Promise<string> {
    await build({
      configFile: false,
      root,
      logLevel: 'warn',
      // The core as it is built: only what is the tests' own is compiled here.
      resolve: { alias: [{ find: /^(?:\.\.\/)+src\/(.*)$/, replacement: `${root}dist/$1` }] },
      build: {
        outDir: folder.at('bundle'),
        emptyOutDir: true,
        target: 'es2023',
        minify: false,
        lib: { entry: `${root}tests/e2e/core/page.ts`, name: 'core', formats: ['iife'], fileName: () => 'core.js' },
      },
      plugins: [
        {
          name: 'look',
          enforce: 'pre',
          resolveId(source, importer = '') {
            // protobufjs asks for `fs` and tells bundlers for browsers to leave it out.
            if (isBuiltin(source) && !importer.includes('/protobufjs/')) builtins.push(`${source} in ${importer}`);
          },
          moduleParsed({ id }) {
            modules.push(id);
          },
        },
      ],
    });
    // An end tag within a script would end it.
    return readFileSync(folder.at('bundle/core.js'), 'utf8').replaceAll('</script', String.raw`<\/script`);
  }

  async function inPage(work: string, given?: unknown): Promise<unknown> {
    return page.evaluate(`${work}(${given === undefined ? '' : JSON.stringify(given)})`);
  }

  function expectSame(inBrowser: unknown, inNode: Computed): void {
    expect(Object.keys(inNode).length).toBeGreaterThan(0);
    expect(differences(inBrowser, inNode)).toEqual([]);
  }

  it('brings along no Node, and no package that needs it', () => {
    const packages = modules
      .filter((id) => id.includes('/node_modules/'))
      .map((id) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1]);
    expect([...new Set(packages)].sort()).toEqual(PACKAGES);
    expect(builtins).toEqual([]);
    expect(modules.filter((id) => id.includes('/script/script.js'))).toEqual([]);
    expect(modules.filter((id) => id.startsWith(`${root}src/`))).toEqual([]);
    expect(modules.filter((id) => id.startsWith(`${root}dist/`)).length).toBeGreaterThan(200);
  });

  it('has no shared memory here, and need not have', async () => {
    expect(
      await page.evaluate('[typeof SharedArrayBuffer, typeof Buffer, typeof process, crossOriginIsolated]'),
    ).toEqual(['undefined', 'undefined', 'undefined', false]);
  });

  it('masks', async () => {
    expectSame(await inPage('masks'), masks());
  });

  it('maps of functions, with every fill, of images at the size of the model and scaled', async () => {
    expectSame(await inPage('maps'), await maps());
  });

  it('metrics of maps', async () => {
    expectSame(await inPage('metrics'), await metrics());
  });

  it('predictions of every family', async () => {
    expectSame(await inPage('predictions'), await predictions());
  });

  it('ONNX files, written, read and translated from OpenVINO', async () => {
    const models = { halves: plain(halvesIr()), 'with means': plain(halvesIr('', [1, 2, 3])), old: plain(oldIr()) };
    expectSame(await inPage('files', models), files(models));
  });

  it('a script is refused, where there are no files', async () => {
    expect(await inPage('script')).toBe(
      'DatumError: the script mine.ts cannot be loaded here, where there are no files: give a function as interpreter, or a built-in one by name.',
    );
  });
});

/**
 * Where two values differ. Arrays of numbers are texts of their bits here, and are the same to the last one. A number may
 * differ by what two versions of V8 make of `Math.exp` and `Math.log`: a unit in the last place for each.
 */
function differences(actual: unknown, expected: unknown, path = ''): string[] {
  if (typeof actual === 'number' && typeof expected === 'number') {
    return Math.abs(actual - expected) <= 1e-12 * Math.abs(expected) ? [] : [`${path}: ${actual}, not ${expected}`];
  }
  if (isRecord(actual) && isRecord(expected)) {
    const names = new Set([...Object.keys(actual), ...Object.keys(expected)]);
    return [...names].flatMap((name) => differences(actual[name], expected[name], `${path}/${name}`));
  }
  return actual === expected ? [] : [path];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function plain({ xml, bin }: { readonly xml: string; readonly bin: Uint8Array }): IrFiles {
  return { xml, weights: Array.from(bin) };
}

/** A model of IR v7: weights in blobs, and halves of means before it. */
function oldIr(): { xml: string; bin: Uint8Array } {
  const ir = new IrBuilder(7);
  const x = ir.parameter('data', [1, 2, 4, 4]);
  const [scaled] = ir.layer('ScaleShift', [x], [[1, 2, 4, 4]], { blobs: { weights: [2, 3], biases: [0.5, 0.1] } });
  ir.layer('SoftMax', [scaled!], [[1, 2, 4, 4]], { name: 'prob', data: { axis: 1 } });
  return ir.build();
}
