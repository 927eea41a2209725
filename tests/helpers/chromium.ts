import { execFileSync } from 'node:child_process';
import { chromium, type Browser } from 'playwright-core';

/** Path of the browser that tests may use: Debian's, or null where there is none (`apt-get install chromium`). */
export const CHROMIUM = findChromium();

/** Why tests in a browser are skipped, for their titles; empty where they are not. */
export const SKIPPED = CHROMIUM === null ? ' (skipped: there is no chromium, install it with apt-get)' : '';

function findChromium(): string | null {
  try {
    return execFileSync('sh', ['-c', 'command -v chromium || command -v chromium-browser'], {
      encoding: 'utf8',
    }).trim();
  } catch {
    return null;
  }
}

/** Starts the browser without anything that asks the network by itself. */
export function launchChromium(): Promise<Browser> {
  if (CHROMIUM === null) throw new Error('there is no chromium');
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', ...quiet] });
}
