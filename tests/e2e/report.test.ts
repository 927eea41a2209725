import { readdirSync, readFileSync } from 'node:fs';
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
const OPEN = `#item=${encodeURIComponent('0 ["horse/001",0]')}`;
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
  const facet = (group: string, choice: RegExp) =>
    page.getByRole('group', { name: group }).getByRole('button', { name: choice });
  const firstCells = async (column: number): Promise<string[]> =>
    (await rows().locator(`:nth-child(${column})`).allInnerTexts()).slice(0, 8);
  const status = () => page.locator('#items').getByRole('status').innerText();
  const shows = (count: number) => expect.poll(async () => Number(/^\d+/.exec(await status())?.[0]), SOON).toBe(count);

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

  it('opens with a verdict: one statement and three questions', async () => {
    await open('one');
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(
      '“horse” depends on the lower right corner of the picture, not on the horse.',
    );
    const questions = page.locator('.band h2');
    expect(await questions.allInnerTexts()).toEqual([
      'Are its answers right?',
      'For the right reason?',
      'Can the maps be trusted?',
    ]);
    // It stands on the first screen, and each part narrows the pictures.
    expect((await page.locator('.band').boundingBox())!.y).toBeLessThan(400);
    const part = page.locator('.band button').first();
    const count = Number(/^\d+/.exec(await part.innerText())?.[0]);
    await part.click();
    await shows(count);
    expect(new URL(page.url()).hash).toBe('#outcome=true-positive');
  });

  it('shows findings with pictures above words, the watermark before all, and leads to its examples', async () => {
    await open('one');
    const finding = page.getByRole('article').first();
    expect(await finding.innerText()).toContain('Grave · a shared spot');
    expect(await finding.getByRole('heading').innerText()).toContain('“horse” depends on the lower right corner');
    const strip = (await finding.locator('.strip').boundingBox())!;
    expect(strip.y + strip.height).toBeLessThanOrEqual((await finding.getByRole('heading').boundingBox())!.y);
    await finding.getByRole('button').first().click();
    await page.getByRole('dialog').waitFor();
    expect(await page.getByRole('dialog').innerText()).toContain('Part of a finding: A shared spot');
    await page.keyboard.press('Escape');
    await finding.getByRole('button', { name: /^Show all \d+$/ }).click();
    await page.getByRole('button', { name: 'Without: A shared spot' }).waitFor();
    expect(await facet('Finding', /^A shared spot/).getAttribute('aria-pressed')).toBe('true');
    await expect.poll(status, SOON).toMatch(/^\d+ of 80 answers$/);
  });

  it('sorts by a column, both ways', async () => {
    await open('one', {}, '#view=table');
    const heading = page.getByRole('columnheader', { name: 'Score', exact: true });
    const sorted = () => heading.getAttribute('aria-sort');
    const scores = async () => (await firstCells(5)).map((text) => parseFloat(text.replace('almost ', '')));
    await heading.getByRole('button').click();
    await expect.poll(sorted, SOON).toBe('ascending');
    const rising = await scores();
    expect(rising).toEqual([...rising].sort((a, b) => a - b));
    await heading.getByRole('button').click();
    await expect.poll(sorted, SOON).toBe('descending');
    const falling = await scores();
    expect(falling).toEqual([...falling].sort((a, b) => b - a));
    expect(falling[0]).toBeGreaterThan(rising[0]!);
  });

  it('narrows by text, class, outcome and figure, and a link holds it', async () => {
    await open('one');
    const { items } = await pageData();
    const targets = items.flatMap(({ id, answers }) =>
      (answers[0]?.targets ?? []).map(({ label, score, outcome }) => ({ id, label, score, outcome })),
    );
    const horses = targets.filter(({ id }) => id.startsWith('horse/'));
    const right = horses.filter(({ outcome }) => outcome === 'true-positive');
    const sure = right.filter(({ score }) => score >= 0.95);
    expect(sure.length).toBeLessThan(right.length);
    await page.getByRole('searchbox', { name: 'Search' }).fill('horse/');
    await shows(10);
    await facet('Answer is', /^right/).click();
    await shows(right.length);
    await page.getByRole('combobox', { name: 'Figure' }).selectOption({ label: 'Score' });
    await page.getByLabel('from', { exact: true }).fill('0.95');
    await shows(sure.length);
    const link = page.url();
    await page.getByRole('button', { name: 'Show all', exact: true }).click();
    await shows(80);
    await page.goto('about:blank');
    await page.goto(link);
    await shows(sure.length);
    await page.getByRole('button', { name: /^Without: Score/ }).click();
    await shows(right.length);
    await page.getByRole('searchbox', { name: 'Search' }).fill('no such image');
    await page.getByText('No picture is left').waitFor();
  });

  it('has figures that narrow the pictures: cells, classes and bars', async () => {
    await open('one');
    const cell = page.getByRole('button', { name: /^\d+ answers? “horse” for “horse”$/ });
    await cell.click();
    await shows(Number(await cell.innerText()));
    expect(await cell.getAttribute('aria-pressed')).toBe('true');
    await page.locator('.t').getByRole('button', { name: 'cat', exact: true }).click();
    await page.getByRole('button', { name: 'Without: Class: cat' }).waitFor();
    const bar = page.getByRole('button', { name: /^\d+ answers? from 95 % to 100 %$/ }).last();
    const count = Number(/^\d+/.exec((await bar.getAttribute('aria-label')) ?? '')?.[0]);
    await bar.click();
    await shows(count);
  });

  it('says why first when a picture is opened, and copies the command that explains it again', async () => {
    await open('one', { permissions: ['clipboard-read', 'clipboard-write'] }, OPEN);
    const dialog = page.getByRole('dialog');
    const why = dialog.locator('.why');
    expect(await why.innerText()).toMatch(/^\w+ \d+ %: .*Map: repeatable, faithful\.$/);
    for (const later of ['.trust', '.curves', '.answer-figures', '.answer-command']) {
      expect((await why.boundingBox())!.y).toBeLessThan((await dialog.locator(later).boundingBox())!.y);
    }
    await dialog.locator('.command').getByRole('button', { name: 'Copy' }).click();
    await dialog.getByText('Copied').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      'datum explain 21.png -m shortcut --max-samples 512 --seed 4 -o out',
    );
  });

  it('shows the picture of each step under the curves, with its scores', async () => {
    await open('one', {}, OPEN);
    const dialog = page.getByRole('dialog');
    const slider = dialog.getByRole('slider', { name: 'Share of the picture, brightest first' });
    await slider.focus();
    const steps = dialog.locator('.steps-pair');
    const before = await steps.innerText();
    await page.keyboard.press('End');
    await expect.poll(() => slider.getAttribute('aria-valuetext'), SOON).toBe('100 % of the picture');
    expect(await steps.innerText()).not.toBe(before);
    await page.keyboard.press('Home');
    // What is hidden is gray: nothing at first.
    const hidden = () =>
      steps
        .locator('canvas')
        .first()
        .evaluate((canvas) => {
          if (!(canvas instanceof HTMLCanvasElement)) return null;
          const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
          let count = 0;
          for (let i = 0; i < data.length; i += 4)
            if (data[i] === 110 && data[i + 1] === 113 && data[i + 2] === 117) count++;
          return count > 10;
        });
    await expect.poll(hidden, SOON).toBe(false);
    await page.keyboard.press('ArrowRight');
    await expect.poll(hidden, SOON).toBe(true);
  });

  it('explains each figure on hover, on focus and on tap; Escape closes what explains alone', async () => {
    await open('one', { hasTouch: true }, OPEN);
    const dialog = page.getByRole('dialog');
    const term = dialog.locator('.figures-list').getByRole('button', { name: 'Enough alone' });
    const tip = page.getByRole('tooltip');
    const says = 'keeps the answer when everything else is hidden';
    await term.hover();
    await expect.poll(() => tip.innerText(), SOON).toContain(says);
    await page.mouse.move(1, 1);
    await expect.poll(() => tip.count(), SOON).toBe(0);
    await term.tap();
    await expect.poll(() => tip.innerText(), SOON).toContain(says);
    await term.tap();
    await expect.poll(() => tip.count(), SOON).toBe(0);
    await dialog.getByRole('button', { name: 'Close' }).focus();
    await page.keyboard.press('Tab');
    for (let i = 0; i < 60 && !(await term.evaluate((element) => element === document.activeElement)); i++) {
      await page.keyboard.press('Tab');
    }
    await expect.poll(() => tip.innerText(), SOON).toContain(says);
    // Within the window, whatever it lies over.
    const { x, width } = (await tip.boundingBox())!;
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x + width).toBeLessThanOrEqual(1280);
    await page.keyboard.press('Escape');
    await expect.poll(() => tip.count(), SOON).toBe(0);
    expect(await dialog.isVisible()).toBe(true);
  });

  it('moves among the pictures with the keys alone', async () => {
    await open('one');
    await page.locator('.tile').first().focus();
    const focused = () => page.evaluate(() => [...document.querySelectorAll('.tile')].indexOf(document.activeElement!));
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe(1);
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBeGreaterThan(3);
    await page.keyboard.press('Home');
    expect(await focused()).toBe(0);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.locator('.dialog-place').innerText(), SOON).toBe('2 of 80');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('says the words of the glossary, and none that must be learned first', async () => {
    const unsaid =
      /saliency|salient|belief|\bflips?\b|suffic|\binside\b|reliab|\bIoU\b|\bAUC\b|\bdeletion\b|\binsertion\b|converged|confidence|\bheat/i;
    for (const [name, hash] of [
      ['one', ''],
      ['one', '#view=table'],
      ['one', OPEN],
      ['two', ''],
      ['noise', ''],
    ] as const) {
      await open(name, {}, hash);
      const texts = await page.locator('main, dialog').evaluateAll((elements) =>
        elements.map((element) => {
          // How it was made names the options as programs do.
          for (const facts of element.querySelectorAll('.facts, .command')) facts.remove();
          return element instanceof HTMLElement ? element.innerText : '';
        }),
      );
      expect(unsaid.exec(texts.join('\n'))?.[0]).toBeUndefined();
      await page.close();
    }
    await open('one');
  });

  it('is worked with the keyboard: rows, images, sliders', async () => {
    await open('one', {}, '#view=table&sort=item');
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
    await open('one', {}, OPEN);
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
    const finding = page.getByRole('article').filter({ hasText: 'unstable maps' }).first();
    expect(await finding.locator('.viewer-noise').count()).toBe(await finding.locator('.viewer').count());
    expect(await finding.locator('canvas').count()).toBe(0);
    await finding.getByRole('button').first().click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    expect(await dialog.innerText()).toContain('No map: nothing stands out from chance');
    expect(await dialog.innerText()).not.toContain('The white line');
    await page.getByRole('radio', { name: 'What is enough' }).check({ force: true });
    expect(await dialog.locator('.viewer canvas').count()).toBe(0);
    const gray = () => dialog.locator('img').evaluate((img) => getComputedStyle(img).filter);
    expect(await gray()).toBe('grayscale(1)');
    await page.getByRole('radio', { name: 'Picture' }).check({ force: true });
    await expect.poll(gray, SOON).toBe('none');
  });

  it('leads with what differs between two models, the same picture side by side', async () => {
    await open('two');
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toMatch(
      /^A: “horse” depends on .* B does not\.$/,
    );
    expect(await page.getByRole('row', { name: /A shared spot/ }).innerText()).toMatch(/“horse”.*\s.*nothing/s);
    const pair = page.locator('.pair').first();
    expect(await pair.locator('.viewer').count()).toBe(4);
    // Of a kind, those that disagree most come first.
    const agreements = (await page.locator('.pairs').first().locator('output').allInnerTexts()).map((text) =>
      parseFloat(text.replace('−', '-')),
    );
    expect(agreements).toEqual([...agreements].sort((a, b) => a - b));
    await pair.getByRole('button', { name: 'Open side by side' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    expect(await dialog.locator('.answer-image .viewer').count()).toBe(2);
    expect(await dialog.locator('.run-title').allInnerTexts()).toEqual(['shortcut', 'clean']);
  });

  it.each([
    [1440, 'light'],
    [1440, 'dark'],
    [1024, 'light'],
    [390, 'dark'],
    [390, 'light'],
  ] as const)('has no barrier (axe) and no width of its own at %i, %s', async (width, colorScheme) => {
    for (const name of ['one', 'two']) {
      await open(name, { colorScheme, viewport: { width, height: 900 } });
      expect(await barriers()).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await page.getByRole('button', { name: 'Table', exact: true }).click();
      await rows().first().waitFor();
      expect(await barriers()).toEqual([]);
      await page.getByRole('article').first().getByRole('button').first().click();
      const dialog = page.getByRole('dialog');
      await dialog.waitFor();
      expect(await barriers()).toEqual([]);
      expect(await dialog.evaluate((element) => element.scrollWidth - element.clientWidth)).toBeLessThanOrEqual(0);
      if (width === 390) expect((await dialog.boundingBox())!.width).toBe(390);
      await page.close();
    }
    await open('one');
  });

  it('has no barrier on the page of one picture, which says why first', async () => {
    const name = readdirSync(folder.at('shortcut'), { recursive: true, encoding: 'utf8' }).find((path) =>
      path.endsWith('-explanation.json'),
    )!;
    const { path } = await writeReport([folder.at('shortcut', name)], { outputDir: folder.at('alone') });
    for (const width of [1440, 390]) {
      page = await browser.newPage({ viewport: { width, height: 900 } });
      await page.goto(pathToFileURL(path).href);
      await page.locator('.answer-command').waitFor();
      expect(await barriers()).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await page.close();
    }
    await open('one');
  });

  it('keeps its filters behind a button where there is no room beside the pictures', async () => {
    await open('one', { viewport: { width: 390, height: 800 } });
    expect(await facet('Answer is', /^right/).isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Filters' }).click();
    await facet('Answer is', /^right/).click();
    await page.getByRole('button', { name: 'Without: Answer is right' }).waitFor();
  });

  async function barriers(): Promise<string[]> {
    // Through the debugger, which the page's policy does not bind.
    await page.evaluate(AXE);
    const results: unknown = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })');
    const { violations } = results as {
      violations: { id: string; nodes: { html: string }[] }[];
    };
    return violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .slice(0, 3)
          .map(({ html }) => html.slice(0, 200))
          .join(' | ')}`,
    );
  }

  it('fits a narrow window', async () => {
    await open('one', { viewport: { width: 360, height: 740 } });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(360);
  });

  it('prints every picture, as grid and as table, in light colors', async () => {
    await open('one', { colorScheme: 'dark' });
    expect(await page.locator('.tile').count()).toBeLessThan(80);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await page.waitForFunction(() => document.querySelectorAll('.tile').length === 80);
    await page.setViewportSize({ width: 718, height: 1000 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(718);
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(255, 255, 255)');
    await page.close();
    await open('one', {}, '#view=table');
    expect(await rows().count()).toBeLessThan(60);
    await page.emulateMedia({ media: 'print' });
    await page.waitForFunction(() => document.querySelectorAll('.items tbody tr:not(.spacer)').length === 80);
    expect(await page.getByRole('search').isVisible()).toBe(false);
    // As wide as paper: nothing is cut off, and an open image's title does not lie upon it.
    await page.setViewportSize({ width: 718, height: 1000 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(718);
  });
});
