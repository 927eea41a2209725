import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launchChromium, SKIPPED } from '../helpers/chromium.js';
import { serveLive } from '../../src/web/server/live-server.js';
import { ANIMALS, serveBench, type ServedBench } from '../helpers/live.js';
import { seriousViolations, watchedPage } from '../helpers/watched-page.js';

/** Where screenshots go, for people to look at. */
const SHOTS = process.env['DATUM_SCREENSHOTS'];
/** Room for a slow machine. */
const SOON = { timeout: 30_000 };
const SCENE = `${ANIMALS}images/scene_00.jpg`;

describe.skipIf(CHROMIUM === null)(`the workbench in a browser${SKIPPED}`, () => {
  let browser: Browser;
  let served: ServedBench;
  let page: Page;
  let errors: string[];
  beforeAll(async () => {
    [browser, served] = await Promise.all([launchChromium(), serveBench({ animals: ANIMALS })]);
    ({ page, errors } = await watchedPage(browser));
    await page.goto(served.server.address);
  });
  afterAll(async () => {
    await browser.close();
  });

  async function shot(name: string): Promise<void> {
    if (SHOTS === undefined) return;
    mkdirSync(SHOTS, { recursive: true });
    await page.screenshot({ path: `${SHOTS}/${name}.png` });
  }
  const job = () => served.bench.state.panes[0]?.job;
  /** Does what begins a run, and waits until the server has begun it: what the page shows may still be the last one. */
  async function begun(begin: () => Promise<void>): Promise<void> {
    const before = job()?.id;
    await begin();
    await expect.poll(() => job()?.id, SOON).not.toBe(before);
  }
  /** Does what begins a run, and waits until the page shows that it has ended. */
  async function ended(begin: () => Promise<void>): Promise<void> {
    await begun(begin);
    await page.locator(`.progress[data-job="${job()?.id}"]:not(.progress-running)`).waitFor();
  }
  const headline = () => page.locator('.headline strong').first().textContent();

  it('begins empty, and takes an image', async () => {
    await page.getByText('Drop an image here').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.setInputFiles('input[type=file]', SCENE);
    await page.getByText('The model sees').waitFor();
    await expect.poll(() => page.title(), SOON).toBe('scene_00.jpg · datum');
  });

  it('shows what a detector finds as boxes, and explains the one that is clicked', async () => {
    await page.locator('.pane-model select').selectOption('detector');
    const horse = page.getByRole('button', { name: /^horse, .*explain this box$/ });
    await ended(() => horse.click());
    expect(await headline()).toBe('horse');
    expect(await horse.getAttribute('aria-pressed')).toBe('true');
    expect(await page.locator('meter').getAttribute('value')).toMatch(/^0\.9/);
    await expect.poll(() => paintedPixels(page), SOON).toBeGreaterThan(10_000);
    // The line around what is beyond doubt is white, and goes where it is not wanted.
    await expect.poll(() => whitePixels(page), SOON).toBeGreaterThan(100);
    await page.getByLabel('Line beyond doubt').uncheck();
    await expect.poll(() => whitePixels(page), SOON).toBe(0);
    await page.getByLabel('Line beyond doubt').check();
    await page.getByRole('radio', { name: 'How sure' }).check({ force: true });
    await page.getByText('How far the map may be off').waitFor();
    await expect.poll(() => paintedPixels(page), SOON).toBeGreaterThan(10_000);
    await page.getByRole('radio', { name: 'Map', exact: true }).check({ force: true });
    await shot('light');
  });

  it('shows belief, boundaries and curves, and the files of the result', async () => {
    await page.getByText('flips when removed').waitFor();
    await page.getByRole('img', { name: /Mean score, brightest places first/ }).waitFor();
    await page.getByRole('img', { name: /with random parts hidden/ }).waitFor();
    await page.getByText('Result files').click();
    const json = page.getByRole('link', { name: 'scene_00-explanation.json' });
    const [download] = await Promise.all([page.waitForEvent('download'), json.click()]);
    expect(download.suggestedFilename()).toBe('scene_00-explanation.json');
    const names = await page.locator('.downloads li').allTextContents();
    expect(names).toContain('scene_00-1-horse-heatmap.png');
    expect(names).toContain('scene_00-1-horse-heatmap.npy');
  });

  it('a second tab and a reloaded one show the same', async () => {
    const second = await watchedPage(browser);
    await second.page.goto(served.server.address);
    await second.page.locator('.headline strong').waitFor();
    expect(await second.page.locator('.headline strong').textContent()).toBe('horse');
    await page.reload();
    await page.locator('.headline strong').waitFor();
    expect(await headline()).toBe('horse');
    await ended(() => second.page.getByRole('button', { name: /^rabbit, .*explain this box$/ }).click());
    await expect.poll(headline, SOON).toBe('rabbit');
    await second.page.close();
    expect(second.errors).toEqual([]);
  });

  it('explains a box that is drawn with the mouse', async () => {
    await page.getByRole('button', { name: 'Draw a box' }).click();
    await page.locator('.draw').waitFor();
    const stage = await page.locator('.stage').boundingBox();
    if (stage === null) throw new Error('there is no image');
    const at = (x: number, y: number) => [stage.x + x * stage.width, stage.y + y * stage.height] as const;
    await page.mouse.move(...at(0.3, 0.65));
    await page.mouse.down();
    await page.mouse.move(...at(0.5, 0.8), { steps: 4 });
    await page.mouse.move(...at(0.78, 0.98), { steps: 4 });
    await ended(() => page.mouse.up());
    await expect.poll(headline, SOON).toBe('any class');
    const target = job()?.targets[0];
    const { width = 0, height = 0 } = served.bench.state.images.at(-1) ?? {};
    const drawn = [0.3 * width, 0.65 * height, 0.48 * width, 0.33 * height];
    // Two pixels of the screen, in pixels of an image shown at another size.
    target?.bbox?.forEach((value, i) => {
      expect(Math.abs(value - (drawn[i] ?? NaN))).toBeLessThan(3);
    });
    expect(target?.kind).toBe('bbox');
  });

  it('explains a box that is drawn with the keys', async () => {
    await page.getByRole('button', { name: 'Draw a box' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('.draw').waitFor();
    for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowDown');
    for (let i = 0; i < 3; i++) await page.keyboard.press('Shift+ArrowRight');
    await ended(() => page.keyboard.press('Enter'));
    const [x, y, w] = job()?.targets[0]?.bbox ?? [0, 0, 0];
    const { width = 1, height = 1 } = served.bench.state.images.at(-1) ?? {};
    expect([x / width, y / height, w / width].map((share) => Number(share.toFixed(2)))).toEqual([0.3, 0.4, 0.46]);
  });

  it('explains a class that is named, with the options that were changed', async () => {
    await page.getByText('Options of the method').click();
    await page.locator('input[name=maxSamples]').fill('96');
    await page.locator('input[name=stopAt]').fill('off');
    await page.locator('select[name=sampler]').selectOption('random');
    await page.locator('select[name=estimator]').selectOption('centered');
    await page.getByText('4 changed').waitFor();
    await page.getByLabel('A class to explain').fill('rabbit');
    await ended(() => page.getByLabel('A class to explain').press('Enter'));
    await page.getByText(/^96 masks in .* all masks scored$/).waitFor();
    const [pane] = served.bench.state.panes;
    expect(pane?.job?.targets.map(({ kind, label }) => [kind, label?.name])).toContainEqual(['label', 'rabbit']);
    const options = served.bench.job(pane?.job?.id ?? '')?.measured?.explanation.method.options;
    expect(options).toMatchObject({ maxSamples: 96, stopAt: 'off', sampler: 'random', estimator: 'centered' });
  });

  it('says in words what makes no sense', async () => {
    await page.getByLabel('A class to explain').fill('unicorn');
    await page.getByLabel('A class to explain').press('Enter');
    await page.getByText("the model has no class 'unicorn'").waitFor();
    await page.locator('input[name=prob]').fill('7');
    await page.getByRole('button', { name: 'Explain all of it' }).click();
    await page.getByRole('alert').getByText('“Prob” must be').waitFor();
    await page.getByRole('button', { name: 'Back to the usual options' }).click();
  });

  it('explains with another method, whose options take the place of the first one’s', async () => {
    await page.locator('select[name=method]').selectOption('occlusion');
    expect(await page.locator('input[name=maxSamples], input[name=seed], select[name=sampler]').count()).toBe(0);
    await page.locator('input[name=window]').fill('16');
    await page.locator('input[name=stride]').fill('16');
    await page.getByLabel('A class to explain').fill('rabbit');
    await ended(() => page.getByLabel('A class to explain').press('Enter'));
    const [pane] = served.bench.state.panes;
    const method = served.bench.job(pane?.job?.id ?? '')?.measured?.explanation.method;
    expect(method).toMatchObject({ name: 'occlusion', options: { window: 16, stride: 16 } });
    expect(pane?.job?.targets[0]?.reliability).toBeNull();
    await page.getByRole('button', { name: 'Back to the usual options' }).click();
    expect(await page.locator('select[name=method]').inputValue()).toBe('rise');
  });

  it('ends a run that is cancelled, and keeps its maps', async () => {
    await page.locator('input[name=maxSamples]').fill('500000');
    await page.locator('input[name=stopAt]').fill('off');
    await begun(() => page.locator('.seen .row').first().click());
    // Maps form while the run goes on.
    await expect.poll(() => job()?.version ?? 0, SOON).toBeGreaterThan(1);
    const { phase, version } = job() ?? {};
    expect(phase).toBe('running');
    await expect.poll(() => job()?.version ?? 0, SOON).toBeGreaterThan(version ?? 0);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText(/masks in .* cancelled$/).waitFor();
    expect(job()?.targets.length).toBe(1);
    await page.getByRole('button', { name: 'Back to the usual options' }).click();
  });

  it('compares two models', async () => {
    await page.getByLabel('Compare').check();
    await page.locator('.pane').nth(1).locator('.pane-model select').selectOption('clean');
    const second = page.getByRole('article', { name: 'clean' });
    await second.locator('.seen .row').first().click();
    await ended(() => page.locator('.pane').first().locator('.seen .row').first().click());
    await second.locator('.progress:not(.progress-running)').waitFor();
    await expect
      .poll(() => served.bench.state.panes.map((pane) => [pane.model, pane.job?.phase]), SOON)
      .toEqual([
        ['detector', 'done'],
        ['clean', 'done'],
      ]);
    expect(await seriousViolations(page)).toEqual([]);
    await shot('compare');
    await page.setViewportSize({ width: 380, height: 800 });
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth), SOON).toBeLessThanOrEqual(380);
    await page.setViewportSize({ width: 1360, height: 860 });
    await page.getByLabel('Compare').uncheck();
  });

  it('finds an image in a dataset', async () => {
    await page.getByRole('button', { name: 'Browse a dataset' }).click();
    await page.getByLabel('Find').fill('horse');
    const found = page.getByRole('button', { name: /classifier_horse_0/ });
    await expect
      .poll(() => found.locator('img').evaluate((img) => img instanceof HTMLImageElement && img.naturalWidth > 0), SOON)
      .toBe(true);
    await shot('browse');
    await found.click();
    await expect.poll(() => page.title(), SOON).toContain('classifier_horse_0');
  });

  it('can be used by everyone, in the light, in the dark and in a narrow window', async () => {
    await page.locator('.pane-model select').selectOption('detector');
    await page.locator('.thumb').last().click();
    await page.locator('.found').first().waitFor();
    await ended(() => page.locator('.seen .row').first().click());
    expect(await seriousViolations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await seriousViolations(page)).toEqual([]);
    await shot('dark');
    await page.setViewportSize({ width: 380, height: 800 });
    expect(await seriousViolations(page)).toEqual([]);
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth), SOON).toBeLessThanOrEqual(380);
    await shot('narrow');
  });

  it('breaks no rule of its own policy', () => {
    // Refusals of the two requests that make no sense are the only errors of the console.
    expect(errors.filter((error) => !error.includes('400 (Bad Request)'))).toEqual([]);
  });

  it('says when the server is gone, and finds it again at the same address', async () => {
    await served.server.close();
    await page.getByRole('alert').getByText('The server is gone').waitFor();
    expect(await page.locator('.stage img').count()).toBe(1);
    const { port, token } = served;
    const again = await serveLive(served.bench, { port, token });
    expect(again.address).toBe(served.server.address);
    await page.getByRole('status').getByText('connected', { exact: true }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await ended(() => page.locator('.seen .row').first().click());
    await again.close();
    await page.getByRole('alert').getByText('The server is gone').waitFor();
    // Another token: the page may not ask, and says what to do.
    const other = await serveLive(served.bench, { port });
    await page.getByRole('alert').getByText('open the address that datum printed').waitFor();
    await other.close();
  });
});

/** Pixels of the line around what is beyond doubt. */
async function whitePixels(page: Page): Promise<number> {
  return page.locator('.stage canvas').evaluate((canvas) => {
    if (!(canvas instanceof HTMLCanvasElement)) return 0;
    const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    let white = 0;
    for (let i = 0; i < data.length; i += 4) if ([0, 1, 2, 3].every((channel) => data[i + channel] === 255)) white++;
    return white;
  });
}

/** Pixels of the map that are not quite clear. */
async function paintedPixels(page: Page): Promise<number> {
  return page.locator('.stage canvas').evaluate((canvas) => {
    if (!(canvas instanceof HTMLCanvasElement)) return 0;
    const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    let painted = 0;
    for (let i = 3; i < data.length; i += 4) if ((data[i] ?? 0) > 20) painted++;
    return painted;
  });
}
