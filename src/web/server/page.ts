import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { DatumError } from '../../errors.js';

/** The page's own files; they hold no secrets. */
export interface PageFiles {
  readonly script: string;
  readonly style: string;
}

/** Built files lie in dist/, whether this file runs from there or from src/. */
const FOLDER = /\/src\/web\/server\/[^/]*$/.test(import.meta.url) ? '../../../dist/web/live/' : '../../web/live/';

/** @throws DatumError (`output`) where the page was not built. */
export async function readPageFiles(): Promise<PageFiles> {
  const url = (name: string): URL => new URL(`${FOLDER}${name}`, import.meta.url);
  try {
    const [script, style] = await Promise.all([readFile(url('live.js'), 'utf8'), readFile(url('live.css'), 'utf8')]);
    return { script, style };
  } catch (cause) {
    throw new DatumError(
      'output',
      `the live page is missing in ${fileURLToPath(url(''))}: build it with 'npm run build', or install the package again.`,
      { cause, file: fileURLToPath(url('')) },
    );
  }
}

/** Nothing in it depends on a request; its program reads the token from the address, and takes it out of there. */
export const PAGE_HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>datum</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/live.css">
<script type="module" src="/live.js"></script>
</head>
<body>
<div id="app"><noscript>This page needs JavaScript.</noscript></div>
</body>
</html>
`;
