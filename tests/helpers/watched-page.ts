import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';

/** A page that remembers what went wrong on it: errors of its program, and of its policy. */
export async function watchedPage(
  browser: Browser,
  width = 1360,
  height = 860,
): Promise<{ page: Page; errors: string[] }> {
  const page = await browser.newPage({ viewport: { width, height } });
  page.setDefaultTimeout(30_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return { page, errors };
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Accessibility violations of a page that are serious or worse, a line each. */
export async function seriousViolations(page: Page): Promise<string[]> {
  return violationsOf(page, "impact === 'serious' || impact === 'critical'");
}

/** Every accessibility violation of a page, a line each. */
export async function violations(page: Page): Promise<string[]> {
  return violationsOf(page, "impact !== 'none'");
}

async function violationsOf(page: Page, wanted: string): Promise<string[]> {
  // The page's policy lets no foreign script in; the browser's own channel may.
  const found: unknown = await page.evaluate(
    `(async () => { ${AXE}; const { violations } = await axe.run(); return violations.filter(({ impact }) => ${wanted}).map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 160)).join(' | ')); })()`,
  );
  return Array.isArray(found) ? found.map(String) : [];
}
