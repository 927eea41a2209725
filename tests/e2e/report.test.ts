import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ReportData } from '../../src/report/html/report-data.js';
import { GRAYED } from '../../src/report/map-painting.js';
import { writeReport } from '../../src/report/html/write-report.js';
import { CHROMIUM, launchChromium, SKIPPED } from '../helpers/chromium.js';
import { writeExplainedFolder, type FolderPlan } from '../helpers/explained-folder.js';
import { tempFolder } from '../helpers/temp-folder.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Room for a slow machine. */
const SOON = { timeout: 30_000 };
const MARK = { label: 'horse', share: 0.7, at: { x: 0.8, y: 0.82, width: 0.15, height: 0.12 } };

describe.skipIf(CHROMIUM === null)(`the report's page${SKIPPED}`, () => {
  const folder = tempFolder();
  let browser: Browser;
  let page: Page;
  let requests: string[];
  let problems: string[];

  beforeAll(async () => {
    browser = await launchChromium();
    const plan: FolderPlan = { seed: 4, perClass: 10, model: 'shortcut', mark: MARK };
    await writeExplainedFolder(folder.at('shortcut'), plan);
    await writeExplainedFolder(folder.at('clean'), { seed: 4, perClass: 10, model: 'clean' });
    await writeExplainedFolder(folder.at('noise'), { seed: 4, perClass: 10, lost: { label: 'cat', share: 0.5 } });
    await writeReport([folder.at('noise')]);
    await writeReport([folder.at('shortcut')], { outputDir: folder.at('one') });
    await writeReport([folder.at('shortcut'), folder.at('clean')], { outputDir: folder.at('two') });
  });
  afterAll(() => browser.close());
  afterEach(() => page.close());

  async function open(name: string, options: Parameters<Browser['newPage']>[0] = {}, hash = ''): Promise<void> {
    page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
    requests = [];
    problems = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(`${pathToFileURL(folder.at(name, 'index.html')).href}${hash}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
  }

  const rows = () => page.locator('.items tbody tr:not(.spacer)');
  const menu = (name: string) => page.getByRole('combobox', { name, exact: true });
  const firstCells = async (column: number): Promise<string[]> =>
    (await rows().locator(`:nth-child(${column})`).allInnerTexts()).slice(0, 8);

  it('says what the colors of a map mean, and the value under the pointer', async () => {
    await open('one');
    await page
      .getByRole('button', { name: /horse\/00/ })
      .first()
      .click();
    const scale = page.getByRole('img', { name: /^Colors: from 0 to \+0\.\d+, what a pixel adds to the score$/ });
    await scale.waitFor();
    expect(await scale.textContent()).toMatch(/^0\+0\.\d+adds to the score$/);
    const image = page.locator('.item-view .viewer').first();
    const { width, height } = (await image.boundingBox())!;
    await image.hover({ position: { x: 0.87 * width, y: 0.88 * height } });
    await expect.poll(() => scale.textContent(), SOON).toMatch(/here \+0\.\d+$/);
    await page.mouse.move(1, 1);
    await expect.poll(() => scale.textContent(), SOON).toMatch(/adds to the score$/);
    // Under a map the image is nearly gray; alone it has its colors.
    const filterOf = () => image.locator('img').evaluate((element) => getComputedStyle(element).filter);
    expect(await filterOf()).toBe(`saturate(${GRAYED.saturation}) brightness(${GRAYED.brightness})`);
    await page.getByRole('radio', { name: 'Picture' }).check({ force: true });
    expect(await filterOf()).toBe('none');
  });

  it('opens from the file, asks nobody for anything and obeys its own policy', async () => {
    await open('one');
    await page
      .getByRole('button', { name: /horse\/00/ })
      .first()
      .click();
    await page.waitForTimeout(200);
    expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([page.url().replace(/#.*/, '')]);
    expect(problems).toEqual([]);
  });

  it('shows findings first, the watermark before all, and leads to its examples', async () => {
    await open('one');
    const finding = page.getByRole('article').first();
    expect(await finding.innerText()).toContain('A shared spot');
    expect(await finding.innerText()).toContain('“horse”, the lower right corner');
    await finding.getByRole('button').first().click();
    await page.getByRole('dialog').waitFor();
    expect(await page.getByRole('dialog').innerText()).toContain('A shared spot');
    await page.keyboard.press('Escape');
    await finding.getByRole('button', { name: /in the table/ }).click();
    await expect.poll(() => menu('Finding').inputValue(), SOON).toBe('A shared spot');
    await expect.poll(() => page.getByRole('status').innerText(), SOON).toMatch(/^\d+ of 80 answers$/);
  });

  it('sorts by a column, both ways', async () => {
    await open('one');
    const heading = page.getByRole('columnheader', { name: 'Score' });
    const sorted = () => heading.getAttribute('aria-sort');
    await heading.getByRole('button').click();
    await expect.poll(sorted, SOON).toBe('ascending');
    const rising = (await firstCells(5)).map(Number);
    expect(rising).toEqual([...rising].sort((a, b) => a - b));
    await heading.getByRole('button').click();
    await expect.poll(sorted, SOON).toBe('descending');
    const falling = (await firstCells(5)).map(Number);
    expect(falling).toEqual([...falling].sort((a, b) => b - a));
    expect(falling[0]).toBeGreaterThan(rising[0]!);
  });

  it('filters by text, class, outcome and metric', async () => {
    await open('one');
    const { items } = await pageData();
    const targets = items.flatMap(({ id, answers }) =>
      (answers[0]?.targets ?? []).map(({ label, score, outcome }) => ({ id, label, score, outcome })),
    );
    const horses = targets.filter(({ id }) => id.startsWith('horse/'));
    const right = horses.filter(({ outcome }) => outcome === 'true-positive');
    const sure = right.filter(({ score }) => score >= 0.95);
    expect(sure.length).toBeLessThan(right.length);
    const shows = (count: number) =>
      expect.poll(async () => Number(/^\d+/.exec(await page.getByRole('status').innerText())?.[0]), SOON).toBe(count);
    await page.getByLabel('Search').fill('horse/');
    await shows(10);
    await menu('Outcome').selectOption({ label: 'right' });
    await shows(right.length);
    await menu('Metric').selectOption({ label: 'Score' });
    await page.getByLabel('from').fill('0.95');
    await shows(sure.length);
    await page.getByRole('button', { name: 'Clear' }).click();
    await shows(80);
    await menu('Class').selectOption('horse');
    await expect
      .poll(async () => Number(/^\d+/.exec(await page.getByRole('status').innerText())?.[0]), SOON)
      .toBeLessThan(20);
    await page.getByLabel('Search').fill('no such image');
    await page.getByText('No image is left').waitFor();
  });

  it('is worked with the keyboard: rows, images, sliders', async () => {
    await open('one');
    await rows().first().getByRole('button').focus();
    const ids = await sortedIds();
    const focused = async (): Promise<string> => (await page.locator(':focus').innerText()).trim();
    for (let i = 1; i <= 15; i++) {
      await page.keyboard.press('ArrowDown');
      await expect.poll(focused, SOON).toBe(ids[i]);
    }
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    const title = () => dialog.getByRole('heading', { level: 2 }).innerText();
    await expect.poll(title, SOON).toBe(ids[15]);
    await page.keyboard.press('ArrowRight');
    await expect.poll(title, SOON).toBe(ids[16]);
    const slider = dialog.getByRole('slider', { name: 'Strength of colors' });
    await slider.focus();
    await page.keyboard.press('Home');
    await expect.poll(() => slider.getAttribute('aria-valuetext'), SOON).toBe('0 %');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  /** Ids as the table has them at first. */
  async function sortedIds(): Promise<string[]> {
    return (await pageData()).items.map(({ id }) => id).sort();
  }

  async function pageData(): Promise<ReportData> {
    const text = await page.evaluate(() => document.getElementById('data')?.textContent ?? '');
    return JSON.parse(text) as ReportData;
  }

  it('paints the map as opacity, threshold and mode say', async () => {
    await open('one', {}, `#item=${encodeURIComponent('0 ["horse/001",0]')}`);
    const painted = () =>
      page
        .getByRole('dialog')
        .locator('canvas')
        .first()
        .evaluate((canvas) => {
          if (!(canvas instanceof HTMLCanvasElement)) throw new Error('no canvas');
          const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
          let alpha = 0;
          let pixels = 0;
          let white = 0;
          for (let i = 0; i < data.length; i += 4) {
            alpha += data[i + 3]!;
            if (data[i + 3]! > 0) pixels++;
            if ([0, 1, 2, 3].every((channel) => data[i + channel] === 255)) white++;
          }
          return { alpha, share: pixels / (data.length / 4), white };
        });
    const alpha = async (): Promise<number> => (await painted()).alpha;
    const share = async (): Promise<number> => (await painted()).share;
    const white = async (): Promise<number> => (await painted()).white;
    await expect.poll(white, SOON).toBeGreaterThan(100);
    await page.getByLabel('Line beyond doubt').uncheck();
    await expect.poll(white, SOON).toBe(0);
    const whole = await painted();
    // What adds nothing to the score leaves the image to be seen.
    expect(whole.share).toBeGreaterThan(0.2);
    expect(whole.share).toBeLessThan(0.8);
    await page.getByRole('slider', { name: 'Strength of colors' }).fill('0.2');
    await expect.poll(alpha, SOON).toBeLessThan(whole.alpha / 2);
    await page.getByRole('slider', { name: 'Only the brightest' }).fill('0.1');
    await expect.poll(share, SOON).toBeCloseTo(0.1, 1);
    // The evidence that suffices is 12 % of the pixels: the rest is dark.
    await page.getByRole('radio', { name: 'What is enough' }).check({ force: true });
    await expect.poll(share, SOON).toBeCloseTo(0.88, 1);
    await page.getByRole('radio', { name: 'Picture' }).check({ force: true });
    await expect.poll(alpha, SOON).toBe(0);
  });

  it('paints nothing over an image whose map is noise, in whatever mode', async () => {
    await open('noise');
    const finding = page.getByRole('article').filter({ hasText: 'Unstable' }).first();
    expect(await finding.locator('.viewer-noise').count()).toBe(await finding.locator('.viewer').count());
    expect(await finding.locator('canvas').count()).toBe(0);
    await finding.getByRole('button').first().click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    expect(await dialog.innerText()).toContain('This map is not above chance');
    expect(await dialog.innerText()).not.toContain('The white line');
    await page.getByRole('radio', { name: 'What is enough' }).check({ force: true });
    expect(await dialog.locator('.viewer canvas').count()).toBe(0);
    const gray = () => dialog.locator('img').evaluate((img) => getComputedStyle(img).filter);
    expect(await gray()).toBe('grayscale(1)');
    await page.getByRole('radio', { name: 'Picture' }).check({ force: true });
    await expect.poll(gray, SOON).toBe('none');
  });

  it('shows two models side by side', async () => {
    await open('two');
    expect(await page.getByRole('row', { name: /A shared spot/ }).innerText()).toMatch(/1 finding.*\s.*nothing/s);
    await page.getByRole('article').first().getByRole('button').first().click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    expect(await dialog.locator('.viewer').count()).toBe(2);
    expect(await dialog.getByRole('heading', { level: 3 }).allInnerTexts()).toEqual(['shortcut', 'clean']);
  });

  it.each(['light', 'dark'] as const)('has no serious barrier (axe), %s', async (colorScheme) => {
    await open('two', { colorScheme });
    expect(await barriers()).toEqual([]);
    await page.getByRole('article').first().getByRole('button').first().click();
    await page.getByRole('dialog').waitFor();
    expect(await barriers()).toEqual([]);
  });

  async function barriers(): Promise<string[]> {
    // Through the debugger, which the page's policy does not bind.
    await page.evaluate(AXE);
    const results: unknown = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })');
    const { violations } = results as {
      violations: { id: string; impact: string; nodes: { html: string }[] }[];
    };
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(
        ({ id, nodes }) =>
          `${id}: ${nodes
            .slice(0, 3)
            .map(({ html }) => html.slice(0, 160))
            .join(' | ')}`,
      );
  }

  it('fits a narrow window', async () => {
    await open('one', { viewport: { width: 360, height: 740 } });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(360);
  });

  it('prints every row', async () => {
    await open('one');
    expect(await rows().count()).toBeLessThan(60);
    await page.emulateMedia({ media: 'print' });
    await page.waitForFunction(() => document.querySelectorAll('.items tbody tr:not(.spacer)').length === 80);
    expect(await page.getByRole('search').isVisible()).toBe(false);
    // As wide as paper: nothing is cut off, and an open image's title does not lie upon it.
    await page.setViewportSize({ width: 718, height: 1000 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(718);
  });
});
