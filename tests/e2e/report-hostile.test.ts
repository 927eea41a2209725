import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeReport } from '../../src/report/html/write-report.js';
import { CHROMIUM, launchChromium, SKIPPED } from '../helpers/chromium.js';
import { writeExplainedFolder } from '../helpers/explained-folder.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** Names that try to be markup, to end the block that data stands in, or to be a link. */
const NAMES = [
  '<img src=x onerror="window.hacked=1">',
  '</script><script>window.hacked=2</script>',
  '<!--<script>',
  '"><svg onload=window.hacked=3>',
  "';window.hacked=4;//",
  '${window.hacked=5}',
  'javascript:window.hacked=6',
  '\u2028window.hacked=7\u2028&lt;b&gt;',
];

describe.skipIf(CHROMIUM === null)(`names in a report${SKIPPED}`, () => {
  const folder = tempFolder();
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  it('are text, whatever they hold: classes, images, models', async () => {
    const hostile = (name: string): string =>
      NAMES[Buffer.from(name).reduce((sum, byte) => sum + byte, 0) % NAMES.length]!;
    await writeExplainedFolder(folder.at('run'), {
      seed: 2,
      perClass: 8,
      model: NAMES[0]!,
      mark: { label: 'horse', share: 0.8, at: { x: 0.8, y: 0.8, width: 0.15, height: 0.15 } },
      rename: (label) => `${label} ${hostile(label)}`,
      renameItem: (id) => `${id.replace('/', '-')} ${hostile(id).replaceAll('/', '⁄')}`,
    });
    const { path } = await writeReport([folder.at('run')]);
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('console', (message) => problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(pathToFileURL(path).href);
    await page.getByRole('article').first().getByRole('button').first().click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('group', { name: 'Class' }).getByRole('button').nth(2).click();
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    expect(problems).toEqual([]);
    // What was written stands there, letter by letter.
    expect(await page.locator('h1 + p').innerText()).toContain(NAMES[0]);
    expect(await page.locator('[onerror], [onload]').count()).toBe(0);
    expect(await page.locator('img:not([src^="data:image/webp"])').count()).toBe(0);
    await page.close();
  });

  it('do not run even if they became markup: the policy allows the page its own script alone', async () => {
    await writeExplainedFolder(folder.at('plain'), { seed: 2, perClass: 1, classes: ['a', 'b'] });
    const { path } = await writeReport([folder.at('plain')]);
    const page = await browser.newPage();
    await page.goto(pathToFileURL(path).href);
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.hacked = 1';
      document.body.append(script);
      document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="window.hacked = 2">');
      const style = document.createElement('style');
      style.textContent = 'body { display: none }';
      document.head.append(style);
    });
    await page.waitForTimeout(200);
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    expect(await page.locator('body').isVisible()).toBe(true);
    await page.close();
  });
});

describe.skipIf(CHROMIUM === null)(`many images${SKIPPED}`, () => {
  const folder = tempFolder();
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  it('lie beside the page, under names of their own, and are shown from there', async () => {
    await writeExplainedFolder(folder.at('run'), { seed: 3, perClass: 26 });
    const { path, items } = await writeReport([folder.at('run')], { outputDir: folder.at('page') });
    expect(items).toBe(208);
    expect(readFileSync(path, 'utf8')).not.toContain('data:image');
    const names = readdirSync(folder.at('page', 'report-images'));
    expect(names.every((name) => /^[0-9a-f]{20}\.webp$/.test(name))).toBe(true);
    expect(existsSync(folder.at('page', 'report-images', names[0]!))).toBe(true);
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('console', (message) => problems.push(message.text()));
    await page.goto(pathToFileURL(path).href);
    const image = page.locator('.tile img').first();
    await image.waitFor();
    await page.waitForFunction(() => {
      const image = document.querySelector('.tile img');
      return image instanceof HTMLImageElement && image.naturalWidth > 0;
    });
    expect(problems).toEqual([]);
    await page.close();
  });
});
