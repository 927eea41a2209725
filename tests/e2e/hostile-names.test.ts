/** Names of 5,000 characters that are markup, code, styles or turn the text: on every page they are text, and the page keeps its form. */
import { mkdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDataset } from '../../src/datasets/index.js';
import { openModel } from '../../src/models/open.js';
import { writeReport } from '../../src/report/html/write-report.js';
import { CHROMIUM, launchChromium, SKIPPED } from '../helpers/chromium.js';
import { writeExplainedFolder } from '../helpers/explained-folder.js';
import { png, speckled } from '../helpers/images.js';
import { modelSource, serveBench } from '../helpers/live.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** Where screenshots go, for people to look at. */
const SHOTS = process.env['DATUM_SCREENSHOTS'];
const LENGTH = 5000;

const HOSTILE: Readonly<Record<string, string>> = {
  markup:
    '<img src=x onerror="window.hacked=1"><iframe src="javascript:parent.hacked=1"></iframe><style>*{display:none}</style>',
  script: '</script></title></textarea></style><script>window.hacked=2</script><!--<script>',
  address: 'javascript:window.hacked=3//data:text/html,<script>window.hacked=3</script>',
  attribute: '"\' onload=window.hacked=4 style="position:fixed;inset:0;background:red" x="',
  style: '};*{background:url(//example.invalid/x)}body{display:none}/*',
  template: '${window.hacked=5}{{constructor.constructor("window.hacked=5")()}}<%= 1 %>#{1}',
  separators: 'a\u2028window.hacked=6\u2029b\u0000c\u001b[31m',
  turned: '\u202e\u2066dlrow\u200f\u061c\u2069',
  unbroken: 'W',
  tall: 'Z\u0310\u0310\u0310\u0310\u0310\u0310\u0310\u0310\u0310\u0310\u0310\u0310\u0310\u0310',
};

/** A text of 5,000 characters. */
function long(text: string): string {
  return text.repeat(Math.ceil(LENGTH / text.length)).slice(0, LENGTH);
}

/** A page that has no network: what it asks is counted and refused. */
async function withoutNetwork(
  browser: Browser,
): Promise<{ context: BrowserContext; page: Page; asked: string[]; problems: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1360, height: 860 }, offline: true });
  const asked: string[] = [];
  const problems: string[] = [];
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.on('request', (request) => asked.push(request.url()));
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => problems.push(message.text()));
  page.on('dialog', (dialog) => problems.push(dialog.message()));
  page.on('popup', (popup) => problems.push(popup.url()));
  return { context, page, asked, problems };
}

/** What of a page is wider than the window, or drawn over all of it, as a line each; empty where nothing is. */
async function broken(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth + 1) found.push(`the page is ${scrollWidth} wide in ${clientWidth}`);
    if ('hacked' in window) found.push(`hacked: ${String(window.hacked)}`);
    for (const element of document.body.querySelectorAll(
      'iframe, object, embed, script:not([type]):not([src]) ~ script, [onerror], [onload]',
    )) {
      found.push(`<${element.localName}>`);
    }
    for (const element of document.body.querySelectorAll<HTMLElement>(
      'p, h1, h2, h3, td, th, li, button, label, figcaption, legend',
    )) {
      const { height, width } = element.getBoundingClientRect();
      if (width > clientWidth + 1)
        found.push(`<${element.localName} class="${element.className}"> is ${Math.round(width)} wide`);
      if (height > 800 && element.childElementCount === 0) {
        found.push(`<${element.localName} class="${element.className}"> is ${Math.round(height)} high`);
      }
    }
    return found;
  });
}

async function shot(page: Page, name: string): Promise<void> {
  if (SHOTS === undefined) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: `${SHOTS}/${name}.png` });
}

describe.skipIf(CHROMIUM === null)(`a name of 5,000 characters${SKIPPED}`, () => {
  const folder = tempFolder();
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  it.each([0, 5])('in a report, opened from the disk without a network: five kinds from number %i', async (first) => {
    const kind = String(first);
    const kinds = Object.values(HOSTILE).slice(first, first + 5);
    const named = (text: string): string =>
      long(kinds[Buffer.from(text).reduce((sum, byte) => sum + byte, 0) % kinds.length] ?? '');
    await writeExplainedFolder(folder.at(kind), {
      seed: 2,
      perClass: 8,
      model: long(kinds[0] ?? ''),
      mark: { label: 'horse', share: 0.8, at: { x: 0.8, y: 0.8, width: 0.15, height: 0.15 } },
      rename: (label) => `${named(label).slice(0, -label.length)}${label}`,
      renameItem: (id) => `${id.replace('/', '-')}${named(id).replaceAll('/', '⁄').replaceAll('\0', '')}`,
    });
    const { path } = await writeReport([folder.at(kind)]);
    const { context, page, asked, problems } = await withoutNetwork(browser);
    await page.goto(pathToFileURL(path).href);
    const article = page.getByRole('article').first();
    await article.waitFor();
    await shot(page, `report-${kind}`);
    expect(await broken(page), 'page').toEqual([]);
    await page.evaluate(() => {
      document.querySelector('.items')?.scrollIntoView();
    });
    await shot(page, `report-${kind}-items`);
    await article.getByRole('button').first().click();
    await page.getByRole('dialog').waitFor();
    await shot(page, `report-${kind}-dialog`);
    expect(await broken(page), 'dialog').toEqual([]);
    await page.keyboard.press('Escape');
    await page.setViewportSize({ width: 390, height: 800 });
    await shot(page, `report-${kind}-narrow`);
    expect(await broken(page), 'narrow').toEqual([]);
    expect(await page.innerText('body')).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    expect(problems).toEqual([]);
    // Its own file and images beside it, and nobody else.
    expect(asked.filter((address) => !/^(file|data|blob):/.test(address))).toEqual([]);
    await context.close();
  });
});

describe.skipIf(CHROMIUM === null)(`a name of 5,000 characters on the live page${SKIPPED}`, async () => {
  const folder = tempFolder();
  const names = Object.values(HOSTILE).map((text) => long(text));
  folder.write('images/a.png', await png(speckled(64, 48)));
  const labels = folder.write('labels.json', JSON.stringify(names));
  const served =
    CHROMIUM === null
      ? null
      : await serveBench(
          { images: folder.at('images') },
          {
            models: [...names, 'clean'],
            openModel: (name) => openModel({ ...modelSource('clean'), labels }, { workers: 1, name }),
            sources: {
              names: names.slice(0, 3),
              roots: [folder.path],
              open: () => openDataset(folder.at('images')),
            },
          },
        );
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  it('of models, classes, datasets and images is text, and nothing but the server is asked', async () => {
    if (served === null) return;
    const page = await browser.newPage({ viewport: { width: 1360, height: 860 } });
    page.setDefaultTimeout(10_000);
    const asked: string[] = [];
    const problems: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => problems.push(message.text()));
    page.on('popup', (popup) => problems.push(popup.url()));
    await page.goto(served.server.address);
    await page.getByRole('heading', { name: 'Drop a picture' }).waitFor();
    const image = await png(speckled(64, 48));
    for (const name of names.slice(0, 6)) {
      await page.getByLabel('A picture from this computer').setInputFiles({
        name: name.replaceAll(/[\\/\0]/g, '_').slice(0, 300),
        mimeType: 'image/png',
        buffer: Buffer.from(image),
      });
    }
    await page.getByRole('heading', { name: 'What the model answers' }).waitFor();
    await shot(page, 'live-begin');
    expect(await broken(page)).toEqual([]);
    await served.ask('/api/explain', {
      method: 'POST',
      body: JSON.stringify({ pane: 0, options: { maxSamples: 64 }, metrics: 'fast' }),
    });
    await page.locator('.progress:not(.progress-running)').waitFor({ state: 'attached' });
    await page.getByText('All figures').click();
    await shot(page, 'live-done');
    expect(await broken(page)).toEqual([]);
    await page.getByRole('button', { name: 'Browse a dataset' }).click();
    await page.getByRole('dialog').waitFor();
    await shot(page, 'live-browser');
    expect(await broken(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByLabel('Compare', { exact: true }).check({ force: true });
    await page.setViewportSize({ width: 390, height: 800 });
    await shot(page, 'live-narrow');
    expect(await broken(page)).toEqual([]);
    expect(problems).toEqual([]);
    const own = new URL(served.server.address).origin;
    expect(asked.filter((address) => !address.startsWith(own) && !/^(data|blob):/.test(address))).toEqual([]);
    await page.close();
  });

  it('the token is not in the address of the page, nor in its links; a reload and a wrong way in', async () => {
    if (served === null) return;
    const context = await browser.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    await page.goto(served.server.address);
    await page.getByText('connected').waitFor();
    const own = new URL(served.server.address).origin;
    expect(page.url()).toBe(`${own}/live`);
    expect(await page.evaluate(() => document.cookie)).toBe('');
    await page.reload();
    await page.getByText('connected').waitFor();
    for (const link of await page.locator('a').all()) {
      expect(await link.getAttribute('href')).not.toContain(served.token);
    }
    // Nothing of it is left to go back to.
    expect(await page.evaluate(() => history.length)).toBeLessThanOrEqual(2);
    await page.goBack().catch(() => null);
    expect(page.url()).not.toContain(served.token);
    // Another tab that does not know it is told so.
    const stranger = await context.newPage();
    await stranger.goto(`${own}/live`);
    await stranger.getByText(/open the address that datum printed/).waitFor();
    await context.close();
  });
});
