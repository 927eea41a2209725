import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { IMAGE_FOLDER } from '../../src/report/html/images.js';
import { writeReport } from '../../src/report/html/write-report.js';
import { CHROMIUM, launchChromium } from '../../tests/helpers/chromium.js';
import { writeExplainedFolder } from '../../tests/helpers/explained-folder.js';
import { median, type BenchTask, type Measurement } from '../task.js';

const CLASSES = 8;

/** Searches whose filtering is timed: each narrows the table to something else. */
const SEARCHES = ['h', 'ho', 'horse', 'horse/0', '', 'cat', 'dog/01', ''];

/** Runs in the page: types each search and waits for two frames, of which the second begins when the first is drawn. */
const FILTER = `async (searches) => {
  const box = document.querySelector('input[type=search]');
  const times = [];
  for (const text of searches) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const begun = performance.now();
    box.value = text;
    box.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    times.push(performance.now() - begun);
  }
  return times;
}`;

/** Runs in the page: scrolls to its end, so that every picture is drawn, and gives the time of each frame. */
const SCROLL = `async () => {
  const times = [];
  let last = performance.now();
  for (let still = 0; still < 20; ) {
    const before = scrollY;
    scrollBy({ top: 400, behavior: 'instant' });
    await new Promise((resolve) => requestAnimationFrame(resolve));
    const now = performance.now();
    times.push(now - last);
    last = now;
    still = scrollY === before ? still + 1 : 0;
  }
  return { times, tiles: document.querySelectorAll('.tile').length };
}`;

/** How long the page of 1000 images takes to be written, to open until it can be used, to filter and to scroll. */
export const report: BenchTask = {
  name: 'report',
  title: 'a page of 1000 images: written, its size, opened, filtered, scrolled',
  async run(args) {
    const perClass = Math.ceil(Number(args[0] ?? 1000) / CLASSES);
    const folder = mkdtempSync(join(tmpdir(), 'datum-bench-'));
    try {
      await writeExplainedFolder(folder, { seed: 1, perClass });
      const started = performance.now();
      const { path, items } = await writeReport([folder]);
      const written: Measurement = { name: 'written', value: performance.now() - started, unit: 'ms' };
      const beside = join(folder, IMAGE_FOLDER);
      const images = existsSync(beside) ? readdirSync(beside).map((name) => statSync(join(beside, name)).size) : [];
      const size: Measurement = {
        name: 'size an item',
        value: (statSync(path).size + images.reduce((sum, bytes) => sum + bytes, 0)) / items / 1e3,
        unit: 'kB',
      };
      console.log(
        `  ${items} images written in ${written.value.toFixed(0)} ms, the page ${(statSync(path).size / 1e6).toFixed(1)} MB; ${size.value.toFixed(1)} kB an item with its image`,
      );
      if (CHROMIUM === null) {
        console.log('  there is no chromium: opening and filtering are not measured');
        return [written, size];
      }
      return [written, size, ...(await inBrowser(pathToFileURL(path).href))];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function inBrowser(url: string): Promise<Measurement[]> {
  const browser = await launchChromium();
  try {
    const openings: number[] = [];
    for (let i = 0; i < 3; i++) {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      const started = performance.now();
      await page.goto(url, { waitUntil: 'commit' });
      // It can be used when a key that is typed has its effect.
      await page.getByRole('searchbox').fill('horse/000');
      await page.getByText(/^1 of \d+/).waitFor();
      openings.push(performance.now() - started);
      await page.close();
    }
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(url);
    await page.getByRole('searchbox').waitFor();
    const filterings = await page.evaluate<number[]>(`(${FILTER})(${JSON.stringify(SEARCHES)})`);
    await page.getByRole('searchbox').fill('');
    const { times, tiles } = await page.evaluate<{ times: number[]; tiles: number }>(`(${SCROLL})()`);
    const sorted = [...times].sort((a, b) => a - b);
    const [frame, slow] = [median(times), sorted[Math.floor(0.95 * sorted.length)]!];
    console.log(
      `  scrolled to the end, ${tiles} pictures drawn: a frame takes ${frame.toFixed(0)} ms, 95 of 100 at most ${slow.toFixed(0)} ms`,
    );
    const [opened, filtered] = [median(openings), median(filterings)];
    console.log(
      `  usable after ${opened.toFixed(0)} ms; a filter takes ${filtered.toFixed(0)} ms (${filterings.map((time) => time.toFixed(0)).join(', ')})`,
    );
    return [
      { name: 'frame of scrolling', value: frame, unit: 'ms' },
      { name: 'frame of scrolling, 95 %', value: slow, unit: 'ms' },
      { name: 'usable', value: opened, unit: 'ms' },
      { name: 'filter', value: filtered, unit: 'ms' },
    ];
  } finally {
    await browser.close();
  }
}
