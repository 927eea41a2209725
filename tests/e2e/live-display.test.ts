import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launchChromium, SKIPPED } from '../helpers/chromium.js';
import { datum, type CliResult } from '../helpers/cli.js';
import { ANIMALS } from '../helpers/live.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { seriousViolations, watchedPage } from '../helpers/watched-page.js';

const folder = tempFolder();
const SCENE = `${ANIMALS}images/scene_00.jpg`;
const LAUNCHER = ['--', '--labels', `${ANIMALS}labels.txt`];
/** Room for a slow machine. */
const SOON = { timeout: 30_000 };

/** A command that serves a page until it is interrupted. */
interface Displayed {
  readonly address: string;
  readonly interrupt: () => void;
  /** What it has written to stderr so far. */
  readonly said: () => string;
  readonly ended: Promise<CliResult>;
}

async function display(args: readonly string[]): Promise<Displayed> {
  const interruption = new AbortController();
  let tell: (address: string) => void;
  const address = new Promise<string>((resolve) => (tell = resolve));
  let said = '';
  const ended = datum(args, {
    signal: interruption.signal,
    onStderr(text) {
      said += text;
      const found = /http:\/\/\S+/.exec(said)?.[0];
      if (found !== undefined) tell(found);
    },
  });
  const early = ended.then(({ stderr }) => Promise.reject<string>(new Error(`it ended early: ${stderr}`)));
  return {
    address: await Promise.race([address, early]),
    interrupt: () => {
      interruption.abort();
    },
    said: () => said,
    ended,
  };
}

describe.skipIf(CHROMIUM === null)(`datum explain --display in a browser${SKIPPED}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  it('shows the maps, writes the files, and stays until Ctrl-C', async () => {
    const method = ['rise', '-s', '400', '--stop-at', 'off', '--progressive', '--display', '--workers', '1'];
    const model = ['-m', `${ANIMALS}detector.onnx`, '-o', folder.at('out')];
    const run = await display(['explain', SCENE, ...model, ...method, ...LAUNCHER]);
    const { page, errors } = await watchedPage(browser);
    await page.goto(run.address);
    await page.getByText('all runs made').waitFor({ state: 'attached', timeout: 90_000 });
    await page.getByRole('list', { name: 'How sure' }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    // Targets are chosen on the page: a class and boxes were explained at once.
    await page.getByRole('button', { name: /^rabbit, .*explain this box$/ }).click();
    await expect.poll(() => page.locator('.who strong').textContent(), SOON).toMatch(/^rabbit /);
    await page.getByLabel('Compare', { exact: true }).check();
    await expect.poll(() => page.locator('.stage').count(), SOON).toBe(2);
    await expect.poll(() => existsSync(folder.at('out/scene_00-explanation.json')), SOON).toBe(true);
    // The table and the report come after the maps' own files.
    await expect.poll(run.said, SOON).toContain('The page stays until Ctrl-C.');
    run.interrupt();
    const { code, stdout } = await run.ended;
    expect(code).toBe(0);
    expect(stdout).toContain('with 400 runs');
    await page.getByRole('alert').getByText('The server is gone').waitFor();
    expect(errors.filter((error) => !error.includes('ERR_'))).toEqual([]);
    await page.close();
  });

  it('shows maps that form; ends a run that the page cancels, and keeps the page', async () => {
    const method = ['rise', '-s', '500000', '--stop-at', 'off', '--progressive', '--display'];
    const run = await display(['explain', SCENE, '-m', `${ANIMALS}classifier-clean.onnx`, ...method, ...LAUNCHER]);
    const { page } = await watchedPage(browser);
    await page.goto(run.address);
    // Maps appear while masks are scored, each with its reliability.
    const samples = async (): Promise<number> =>
      Number((await page.locator('.progress p.muted').textContent())?.replaceAll(',', '').match(/^\d+/)?.[0] ?? 0);
    await page.locator('.who strong').waitFor();
    const first = await samples();
    await page.getByText(/of at most 500,000 runs$/).waitFor();
    await expect.poll(samples, SOON).toBeGreaterThan(first);
    await page.getByRole('button', { name: 'Stop and keep this' }).click();
    await page
      .getByText(/runs in .* ended early$/)
      .first()
      .waitFor();
    run.interrupt();
    expect((await run.ended).code).toBe(130);
    await page.close();
  });

  it('shows the item of a dataset that is at work, with maps that form', async () => {
    const method = ['rise', '-s', '500000', '--stop-at', 'off', '--progressive', '--display'];
    const model = ['-m', `${ANIMALS}classifier-clean.onnx`, '-o', folder.at('at-work')];
    const run = await display(['explain', ANIMALS, ...model, ...method, ...LAUNCHER]);
    const { page } = await watchedPage(browser);
    await page.goto(run.address);
    await page.getByRole('heading', { name: /^At work: \w/ }).waitFor();
    await page.locator('.who strong').waitFor();
    await page.getByText(/^0 of 60 items$/).waitFor();
    await page.getByText(/of at most 500,000 runs/).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Stop and keep this' }).click();
    await page.getByRole('heading', { name: 'Ended early' }).waitFor();
    run.interrupt();
    expect((await run.ended).code).toBe(130);
    await page.close();
  });

  it('shows the items of a dataset as they are done', async () => {
    const method = ['rise', '-s', '64', '--display'];
    const which = ['-o', folder.at('items'), '--limit', '4'];
    const run = await display([
      'explain',
      ANIMALS,
      '-m',
      `${ANIMALS}classifier-clean.onnx`,
      ...which,
      ...method,
      ...LAUNCHER,
    ]);
    const { page } = await watchedPage(browser);
    await page.goto(run.address);
    await page.getByText('The dataset is done').waitFor();
    await page.getByText('4 of 4 items').waitFor();
    await page.getByRole('heading', { name: /^Done last: \w/ }).waitFor();
    await expect.poll(() => page.locator('.recent li').count(), SOON).toBe(4);
    await expect.poll(() => page.locator('.stage canvas').count(), SOON).toBe(1);
    expect(await seriousViolations(page)).toEqual([]);
    run.interrupt();
    expect((await run.ended).code).toBe(0);
    await page.close();
  });
});
