/** A sitting at the workbench, from the samples on: what a person can do there, each in a real browser. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launchChromium, SKIPPED } from '../helpers/chromium.js';
import { ANIMALS, serveBench, type ServedBench } from '../helpers/live.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { violations, watchedPage } from '../helpers/watched-page.js';

/** Where screenshots go, for people to look at. */
const SHOTS = process.env['DATUM_SCREENSHOTS'];
/** Room for a slow machine. */
const SOON = { timeout: 30_000 };
const BIN = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));

/** Words of the field, which the page does without. */
const JARGON =
  /\b(saliency|belief|flips|suffices|pointing game|IoU|AUC|reliability|converged|logit|prediction|deletion|insertion|sanity)\b/i;

describe.skipIf(CHROMIUM === null)(`a sitting at the workbench${SKIPPED}`, () => {
  const folder = tempFolder();
  let browser: Browser;
  let served: ServedBench;
  let page: Page;
  let errors: string[];
  beforeAll(async () => {
    [browser, served] = await Promise.all([launchChromium(), serveBench({ animals: ANIMALS }, { models: [] })]);
    ({ page, errors } = await watchedPage(browser, 1440, 900));
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
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
  /** Whether every pane has come to an end. */
  const ended = () => served.bench.state.panes.every(({ job }) => job?.phase === 'done');
  async function noJargon(): Promise<void> {
    expect(JARGON.exec(await page.innerText('body'))?.[0]).toBeUndefined();
  }
  const who = (place = 0) => page.locator('.who strong').nth(place).textContent();

  it('opens with places to drop a model and a picture, and three questions', async () => {
    for (const name of ['Drop a model', 'Drop a picture', 'Or start with a sample']) {
      await page.getByRole('heading', { name }).waitFor();
    }
    expect(await page.locator('.sample').count()).toBe(3);
    await expect
      .poll(
        () =>
          page
            .locator('.sample img')
            .evaluateAll((all) => all.every((img) => img instanceof HTMLImageElement && img.naturalWidth > 0)),
        SOON,
      )
      .toBe(true);
    expect(await violations(page)).toEqual([]);
    await noJargon();
    await shot('begin');
  });

  it('why this box: the sentence, how sure and the curve are seen without scrolling', async () => {
    await page.getByRole('button', { name: /Why this box, and why not that one/ }).click();
    await page.locator('.steps').waitFor();
    expect(await who()).toBe('horse 86 %');
    await page.getByText(/^Depends on the horse \(/).waitFor();
    expect(await page.getByRole('list', { name: 'How sure' }).getByRole('listitem').count()).toBe(3);
    for (const selector of ['.why', '.trust', '.steps']) {
      const box = await page.locator(selector).boundingBox();
      expect((box?.y ?? Infinity) + (box?.height ?? Infinity), selector).toBeLessThanOrEqual(900);
    }
    expect(await page.evaluate(() => scrollY)).toBe(0);
    await noJargon();
    await shot('answer');
  });

  it('the slider shows both pictures of each step with their scores, with keys alone', async () => {
    const target = served.bench.state.panes[0]?.job?.targets[0];
    const slider = page.getByRole('slider', { name: 'Share of the picture' });
    await slider.focus();
    await slider.press('Home');
    const captions = () => page.locator('.steps-pair figcaption').allTextContents();
    const before = await captions();
    await slider.press('ArrowRight');
    await expect.poll(() => slider.getAttribute('aria-valuetext')).toBe('3.0 % of the picture');
    const [hidden, shown] = await captions();
    expect(before).not.toEqual([hidden, shown]);
    const percent = (text = ''): number => Number(/([\d.]+) %$/.exec(text)?.[1]) / 100;
    expect(percent(hidden)).toBeCloseTo(target?.deletion?.scores[1] ?? NaN, 2);
    expect(percent(shown)).toBeCloseTo(target?.insertion?.scores[1] ?? NaN, 2);
    // So many pixels of the picture are hidden: black, as the model sees them.
    const black = () =>
      page
        .locator('.steps-pair canvas')
        .first()
        .evaluate((canvas) => {
          if (!(canvas instanceof HTMLCanvasElement)) return 0;
          const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
          let count = 0;
          for (let i = 0; i < data.length; i += 4) if (data[i] === 0 && data[i + 1] === 0 && data[i + 2] === 0) count++;
          return count / (data.length / 4);
        });
    await expect.poll(black, SOON).toBeGreaterThan(0.025);
    expect(await black()).toBeLessThan(0.05);
  });

  it('what is annotated stands beside what was found; what was missed under its own heading', async () => {
    expect(await page.locator('.found-found').count()).toBe(2);
    expect(await page.locator('.found-truth').count()).toBe(3);
    const styles = await page.evaluate(() =>
      ['.found-found', '.found-truth'].map((selector) => {
        const element = document.querySelector(selector);
        return element === null ? '' : getComputedStyle(element).borderTopStyle;
      }),
    );
    expect(styles).toEqual(['solid', 'dashed']);
    await page.getByText('What the model sees').click();
    await page.getByRole('heading', { name: '2 objects found, 1 missed' }).waitFor();
    await page.getByText('overlaps the annotated horse').waitFor();
    await page.getByRole('heading', { name: 'Annotated, but not found' }).waitFor();
    // Classes are folded.
    expect(await page.getByLabel('A class to explain').isVisible()).toBe(false);
    await shot('seen');
    await page.getByRole('button', { name: /rooster score at its place 0\.3 %/ }).click();
    await expect.poll(() => who(), SOON).toBe('rooster, missed');
    await page.getByText(/^Its score here is 0\.3 %, 25 % is wanted\./).waitFor();
    await noJargon();
    await shot('missed');
    await page.getByLabel('Annotated', { exact: true }).uncheck();
    expect(await page.locator('.found-truth').count()).toBe(0);
    await page.getByLabel('Annotated', { exact: true }).check();
  });

  it('what was explained in this sitting is shown again', async () => {
    const history = page.getByRole('region', { name: 'Explained in this sitting' });
    await expect.poll(() => history.getByRole('button').count(), SOON).toBe(2);
    await history.getByRole('button', { name: /^horse 86 %/ }).click();
    await expect.poll(() => who(), SOON).toBe('horse 86 %');
    await expect.poll(() => history.locator('[aria-current=true]').textContent(), SOON).toMatch(/^horse/);
    await page.locator('.steps').waitFor();
  });

  it('copies the command, which makes the same in a shell', async () => {
    await page.getByRole('button', { name: 'Copy as command' }).click();
    await page.getByText(/^Copied\./).waitFor();
    const command = await page.evaluate(() => navigator.clipboard.readText());
    expect(command).toContain('--box 46.7,104.4,67,55.6:horse');
    expect(await page.getByLabel('The command').textContent()).toBe(command);
    // The command runs where the page was started: here, in another folder.
    const elsewhere = command.replaceAll(/(?<=[ '])examples\/animals/g, ANIMALS.replace(/\/$/, ''));
    const shell = `datum() { '${process.execPath}' '${BIN}' "$@"; }; ${elsewhere}`;
    execFileSync('bash', ['-c', shell], { cwd: folder.path, stdio: 'pipe' });
    expect(existsSync(folder.at('out/scene_00-explanation.json'))).toBe(true);
    const made: unknown = JSON.parse(readFileSync(folder.at('out/scene_00-explanation.json'), 'utf8'));
    const [target] = served.bench.state.panes[0]?.job?.targets ?? [];
    expect(made).toMatchObject({
      targets: [{ label: { name: 'horse' }, reliability: target?.reliability, deletionAuc: target?.deletionAuc }],
    });
    await page.getByRole('button', { name: 'Close' }).click();
  });

  it('an unfaithful map is shown, with its label first and without a why', async () => {
    await served.bench.chooseSample('trust');
    await page.getByText('This map does not explain the answer').waitFor();
    const text = await page.locator('.answer').innerText();
    expect(text).toMatch(/^dog 8\.8 %\s+in the whole picture\s+This map does not explain the answer/);
    expect(text).not.toContain('epends');
    await page.getByText('Not faithful').waitFor();
    await expect.poll(() => page.locator('.stage.viewer-mapped').count(), SOON).toBe(1);
    await noJargon();
    await shot('unfaithful');
  });

  it('takes a model and a picture that are dropped, and a picture that is pasted', async () => {
    await page.getByLabel('A model from this computer').setInputFiles(`${ANIMALS}classifier-clean.onnx`);
    const model = page.getByRole('combobox', { name: 'Model', exact: true });
    await expect.poll(() => model.inputValue(), SOON).toBe('classifier-clean.onnx');
    const bytes = readFileSync(`${ANIMALS}images/watermark_on_cow.jpg`).toString('base64');
    for (const kind of ['drop', 'paste'] as const) {
      const name = `${kind}ped cow.jpg`;
      await page.evaluate(
        ([base64, type, called]) => {
          const data = new DataTransfer();
          const file = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
          data.items.add(new File([file], called, { type: 'image/jpeg' }));
          const event =
            type === 'drop'
              ? new DragEvent('drop', { dataTransfer: data, bubbles: true })
              : new ClipboardEvent('paste', { clipboardData: data, bubbles: true });
          document.body.dispatchEvent(event);
        },
        [bytes, kind, name] as const,
      );
      await expect.poll(() => page.title(), SOON).toContain(name);
    }
    await page.getByRole('button', { name: 'Explain the top class' }).click();
    await expect.poll(() => who(), SOON).toMatch(/^cow \d+ %$/);
    // A picture without a file: its command says so, and quotes its name.
    await page.getByRole('button', { name: 'Copy as command' }).click();
    await page.getByText(/Save the picture there first/).waitFor();
    expect(await page.getByLabel('The command').textContent()).toContain("datum explain 'pasteped cow.jpg'");
    await page.getByRole('button', { name: 'Close' }).click();
  });

  it('what is no model and no picture is said, and forgotten when a right one comes', async () => {
    await page.getByLabel('A picture from this computer').setInputFiles({
      name: 'README.md',
      mimeType: 'text/markdown',
      buffer: Buffer.from('# hello'),
    });
    await page.getByRole('alert').getByText('This picture cannot be used').waitFor();
    expect(await violations(page)).toEqual([]);
    // Also where it comes by another tab.
    await served.bench.upload(readFileSync(`${ANIMALS}images/watermark_on_duck.jpg`), 'watermark_on_duck.jpg');
    await expect.poll(() => page.getByRole('alert').count(), SOON).toBe(0);
    await page.getByLabel('A model from this computer').setInputFiles({
      name: 'broken.onnx',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from('no model at all'),
    });
    await page.getByText('This model cannot be asked').waitFor();
    const model = page.getByRole('combobox', { name: 'Model', exact: true });
    await model.selectOption('classifier-clean.onnx');
    await expect.poll(() => page.getByRole('alert').count(), SOON).toBe(0);
  });

  it('compares two models on one picture: linked, side by side, with swipe and difference', async () => {
    await page.getByLabel('Compare', { exact: true }).check();
    await page.getByRole('combobox', { name: 'Model B' }).selectOption('classifier-shortcut.onnx (sample)');
    expect(await page.getByLabel('Linked: same picture').isChecked()).toBe(true);
    await page.getByRole('button', { name: 'Explain the top class' }).first().click();
    await expect.poll(ended, SOON).toBe(true);
    await page.getByRole('heading', { name: 'They answer differently: duck and horse' }).waitFor();
    await page.getByText(/^The maps (agree|differ): /).waitFor();
    expect(await violations(page)).toEqual([]);
    await shot('side-by-side');
    await page.getByRole('radio', { name: 'Swipe' }).check({ force: true });
    await page.getByText(/^A · duck \d+ %$/).waitFor();
    await page.getByText(/^B · horse \d+ %$/).waitFor();
    const handle = () => page.locator('.swipe-handle').evaluate((element) => element.style.left);
    await page.getByRole('slider', { name: 'Swipe between A and B' }).focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(handle).toBe('51%');
    expect(await violations(page)).toEqual([]);
    await shot('swipe');
    await page.getByRole('radio', { name: 'Difference' }).check({ force: true });
    await expect.poll(() => colors(page), SOON).toEqual({ orange: true, blue: true });
    expect(await violations(page)).toEqual([]);
    await noJargon();
    await shot('difference');
    // Both commands.
    await page.getByRole('button', { name: 'Copy as command' }).click();
    expect((await page.getByLabel('The command').textContent())?.split('\n')).toHaveLength(2);
    await page.setViewportSize({ width: 390, height: 900 });
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth), SOON).toBeLessThanOrEqual(390);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it('compares two pictures where they are no longer linked', async () => {
    await page.getByRole('radio', { name: 'Side by side' }).check({ force: true });
    await page.getByLabel('Linked: same picture').uncheck();
    await page
      .getByRole('list', { name: 'Pictures for B' })
      .getByRole('button', { name: 'scene_00.jpg' })
      .first()
      .click();
    await expect.poll(() => new Set(served.bench.state.panes.map(({ image }) => image)).size, SOON).toBe(2);
    await expect.poll(() => page.locator('.stage').count(), SOON).toBe(2);
    await expect.poll(() => page.getByRole('radio', { name: 'Difference' }).isDisabled(), SOON).toBe(true);
    await page.getByLabel('Linked: same picture').check();
    await expect.poll(() => new Set(served.bench.state.panes.map(({ image }) => image)).size, SOON).toBe(1);
    await page.getByLabel('Compare', { exact: true }).uncheck();
    await expect.poll(() => page.locator('.stage').count(), SOON).toBe(1);
  });

  it('can be used with the keyboard alone, from the samples on', async () => {
    const other = await serveBench({}, { models: [] });
    const { page: fresh } = await watchedPage(browser, 1440, 900);
    await fresh.goto(other.server.address);
    await fresh.getByRole('heading', { name: 'Or start with a sample' }).waitFor();
    const focused = () =>
      fresh.evaluate(() =>
        document.activeElement === document.body ? '' : (document.activeElement?.textContent ?? ''),
      );
    const tabTo = async (text: RegExp): Promise<void> => {
      for (let i = 0; i < 40 && !text.test(await focused()); i++) await fresh.keyboard.press('Tab');
      expect(await focused()).toMatch(text);
    };
    await tabTo(/Why this box/);
    await fresh.keyboard.press('Enter');
    await fresh.locator('.steps').waitFor();
    await tabTo(/^Repeatable$/);
    await fresh.getByRole('tooltip').getByText('as a correlation').waitFor();
    await tabTo(/^What the model sees/);
    await fresh.keyboard.press('Enter');
    await tabTo(/^2rabbit/);
    await fresh.keyboard.press('Enter');
    await expect.poll(() => fresh.locator('.who strong').textContent(), SOON).toMatch(/^rabbit/);
    await tabTo(/Draw a box/);
    await fresh.keyboard.press('Enter');
    await fresh.keyboard.press('ArrowDown');
    await fresh.keyboard.press('Enter');
    await fresh.getByRole('combobox', { name: 'Class' }).waitFor();
    await fresh.keyboard.press('Escape');
    // The focus is back where the drawing began.
    await expect.poll(focused).toMatch(/Draw a box/);
    await fresh.close();
  });

  it('breaks no rule of its own policy', () => {
    expect(errors.filter((error) => !error.includes('400 (Bad Request)'))).toEqual([]);
  });
});

/** Whether the drawn difference holds both colors. */
async function colors(page: Page): Promise<{ orange: boolean; blue: boolean }> {
  return page.locator('.stage canvas').evaluate((canvas) => {
    if (!(canvas instanceof HTMLCanvasElement)) return { orange: false, blue: false };
    const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    let [orange, blue] = [0, 0];
    for (let i = 0; i < data.length; i += 4) {
      if ((data[i + 3] ?? 0) < 60) continue;
      if ((data[i] ?? 0) > (data[i + 2] ?? 0)) orange++;
      else blue++;
    }
    return { orange: orange > 1000, blue: blue > 1000 };
  });
}
