import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launchChromium, SKIPPED } from '../helpers/chromium.js';
import { serveLive } from '../../src/web/server/live-server.js';
import { ANIMALS, serveBench, type ServedBench } from '../helpers/live.js';
import { violations, watchedPage } from '../helpers/watched-page.js';

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
    await page.emulateMedia({ reducedMotion: 'reduce' });
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
    await page
      .locator(`.progress[data-job="${job()?.id}"]:not(.progress-running)`)
      .first()
      .waitFor({ state: 'attached' });
  }
  const headline = () => page.locator('.who strong').first().textContent();
  /** Opens what is folded behind an answer. */
  async function unfold(name: string): Promise<void> {
    const summary = page.locator('summary', { hasText: name }).first();
    if (!(await summary.evaluate((element) => element.parentElement?.hasAttribute('open') === true))) {
      await summary.click();
    }
  }

  it('begins with places to drop things, and takes a picture', async () => {
    await page.getByRole('heading', { name: 'Drop a picture' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByLabel('A picture from this computer').setInputFiles(SCENE);
    await page.getByRole('heading', { name: 'What the model answers' }).waitFor();
    await expect.poll(() => page.title(), SOON).toBe('scene_00.jpg · datum');
  });

  it('shows what a detector finds as boxes, and explains the one that is clicked', async () => {
    await page.getByRole('combobox', { name: 'Model', exact: true }).selectOption('detector');
    const horse = page.getByRole('button', { name: /horse, .*explain this box$/ });
    await ended(() => horse.click());
    expect(await headline()).toMatch(/^horse 86 %$/);
    expect(await horse.getAttribute('aria-pressed')).toBe('true');
    await page.getByText(/^Another run would give the same map \(0\.9/).waitFor();
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

  it('says every figure in a sentence, each of which explains itself, and has the files of the result', async () => {
    await unfold('All figures');
    await page.getByText(/when the brightest [\d.]+ % of the picture is hidden: it (becomes|disappears)/).waitFor();
    const word = page.locator('.figure-lines').getByRole('button', { name: 'Enough' });
    await word.hover();
    await page.getByRole('tooltip').getByText('keeps the answer when everything else is hidden').waitFor();
    await page.mouse.move(0, 0);
    await expect.poll(() => page.getByRole('tooltip').count(), SOON).toBe(0);
    await word.focus();
    await word.press('Enter');
    await page.getByRole('tooltip').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('tooltip').count(), SOON).toBe(0);
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
    await second.page.locator('.who strong').waitFor();
    expect(await second.page.locator('.who strong').textContent()).toBe('horse 86 %');
    await page.reload();
    await page.locator('.who strong').waitFor();
    expect(await headline()).toBe('horse 86 %');
    await ended(() => second.page.getByRole('button', { name: /rabbit, .*explain this box$/ }).click());
    await expect.poll(headline, SOON).toMatch(/^rabbit /);
    await second.page.close();
    expect(second.errors).toEqual([]);
  });

  it('explains a box that is drawn with the mouse', async () => {
    await unfold('What the model sees');
    await page.getByRole('button', { name: 'Draw a box' }).click();
    await page.locator('.draw').waitFor();
    const stage = await page.locator('.stage').boundingBox();
    if (stage === null) throw new Error('there is no image');
    const at = (x: number, y: number) => [stage.x + x * stage.width, stage.y + y * stage.height] as const;
    await page.mouse.move(...at(0.3, 0.65));
    await page.mouse.down();
    await page.mouse.move(...at(0.5, 0.8), { steps: 4 });
    await page.mouse.move(...at(0.78, 0.98), { steps: 4 });
    await page.mouse.up();
    await page.getByRole('option', { name: 'any class' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('combobox', { name: 'Class' }).fill('ho');
    await shot('class-menu');
    await ended(() => page.getByRole('option', { name: 'horse' }).click());
    await expect.poll(headline, SOON).toMatch(/^horse /);
    const target = job()?.targets[0];
    const { width = 0, height = 0 } = served.bench.state.images.at(-1) ?? {};
    const drawn = [0.3 * width, 0.65 * height, 0.48 * width, 0.33 * height];
    // Two pixels of the screen, in pixels of an image shown at another size.
    target?.bbox?.forEach((value, i) => {
      expect(Math.abs(value - (drawn[i] ?? NaN))).toBeLessThan(3);
    });
    expect([target?.kind, target?.label?.name]).toEqual(['bbox', 'horse']);
    expect(await page.locator('.found-drawn').count()).toBe(1);
  });

  it('explains a box that is drawn with the keys', async () => {
    await page.getByRole('button', { name: 'Draw a box' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('.draw').waitFor();
    for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowDown');
    for (let i = 0; i < 3; i++) await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Enter');
    await page.getByRole('combobox', { name: 'Class' }).waitFor();
    // The classes that the model sees stand first, behind any class.
    await page.keyboard.press('ArrowDown');
    await ended(() => page.keyboard.press('Enter'));
    expect(job()?.targets[0]?.label?.name).toBe('horse');
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
    await unfold('Classes in the whole picture');
    await page.getByLabel('A class to explain').fill('rabbit');
    await ended(() => page.getByLabel('A class to explain').press('Enter'));
    await page
      .getByText(/^96 runs in .* all runs made$/)
      .first()
      .waitFor({ state: 'attached' });
    const [pane] = served.bench.state.panes;
    expect(pane?.job?.targets.map(({ kind, label }) => [kind, label?.name])).toContainEqual(['label', 'rabbit']);
    const options = served.bench.job(pane?.job?.id ?? '')?.measured?.explanation.method.options;
    expect(options).toMatchObject({ maxSamples: 96, stopAt: 'off', sampler: 'random', estimator: 'centered' });
  });

  it('says in words what makes no sense', async () => {
    await unfold('Classes in the whole picture');
    await page.getByLabel('A class to explain').fill('unicorn');
    await page.getByLabel('A class to explain').press('Enter');
    const wrongClass = page.getByRole('alert').getByText("the model has no class 'unicorn'");
    await wrongClass.waitFor();
    expect(await violations(page)).toEqual([]);
    await page.locator('input[name=prob]').fill('7');
    await page.getByRole('button', { name: 'Explain all found' }).click();
    await page.getByRole('alert').getByText('“Prob” must be').waitFor();
    // An error goes when its cause goes.
    await page.getByRole('button', { name: 'Back to the usual options' }).click();
    await expect.poll(() => page.getByRole('alert').count(), SOON).toBe(0);
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
    await begun(() => page.locator('.found-found').first().click());
    // Maps form while the run goes on.
    await expect.poll(() => job()?.version ?? 0, SOON).toBeGreaterThan(1);
    const { phase, version } = job() ?? {};
    expect(phase).toBe('running');
    await expect.poll(() => job()?.version ?? 0, SOON).toBeGreaterThan(version ?? 0);
    await page.getByRole('button', { name: 'Stop and keep this' }).click();
    await page
      .getByText(/runs in .* ended early$/)
      .first()
      .waitFor();
    expect(job()?.targets.length).toBe(1);
    await page.getByRole('button', { name: 'Back to the usual options' }).click();
  });

  it('finds an image in a dataset', async () => {
    await page.getByRole('button', { name: 'Browse a dataset…' }).click();
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
    await page.getByRole('combobox', { name: 'Model', exact: true }).selectOption('detector');
    await page.locator('.thumb').last().click();
    await page.locator('.found-found').first().waitFor();
    await ended(() => page.locator('.found-found').first().click());
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const width of [1440, 1024, 390]) {
        await page.setViewportSize({ width, height: 900 });
        await expect
          .poll(() => page.evaluate(() => document.documentElement.scrollWidth), SOON)
          .toBeLessThanOrEqual(width);
        expect(await violations(page), `${colorScheme}, ${width} px`).toEqual([]);
        await shot(`${colorScheme}-${width}`);
      }
    }
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
    await ended(() => page.locator('.found-found').first().click());
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
