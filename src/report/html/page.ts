import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { DatumError } from '../../errors.js';
import type { ReportData } from './report-data.js';

/** The page's program and style, as built from src/web/client. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

/** Built assets lie in dist/, whether this file runs from there or from src/. */
const ASSETS = /\/src\/report\/html\/[^/]*$/.test(import.meta.url) ? '../../../dist/web/report/' : '../../web/report/';

/** @throws DatumError (`output`) where the client was not built. */
export async function readAssets(): Promise<PageAssets> {
  const url = (name: string): URL => new URL(`${ASSETS}${name}`, import.meta.url);
  try {
    const [script, style] = await Promise.all([
      readFile(url('report.js'), 'utf8'),
      readFile(url('report.css'), 'utf8'),
    ]);
    return { script, style };
  } catch (cause) {
    throw new DatumError(
      'output',
      `the report's page is missing in ${fileURLToPath(url(''))}: build it with 'npm run build', or install the package again.`,
      { cause },
    );
  }
}

/**
 * One HTML file with everything in it, images beside it apart. It asks nobody for anything: its policy allows the one
 * script and the one style that it carries, by their hash, and images. Data stands in a block that is no script, with
 * every `<` escaped, so that no name in it can end the block.
 */
export function pageHtml(data: ReportData, { script, style }: PageAssets): string {
  // Neither program nor style may end its own element.
  const program = script.replaceAll(/<\/(script)/gi, '<\\/$1').replaceAll('<!--', '<\\!--');
  const sheet = style.replaceAll(/<\/(style)/gi, '<\\/$1');
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(program)}`,
    `style-src ${hashOf(sheet)}`,
    "img-src data: 'self' file:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="${escapeHtml(data.tool)}">
<title>${escapeHtml(data.title)}</title>
<link rel="icon" href="data:,">
<style>${sheet}</style>
</head>
<body>
<div id="app">${withoutProgram(data)}</div>
<script type="application/json" id="data">${jsonForHtml(data)}</script>
<script>${program}</script>
</body>
</html>
`;
}

/** Whether a text is a page of this program's, of whatever version. */
export function isOwnPage(text: string): boolean {
  return text.slice(0, 4096).includes('<meta name="generator" content="datum-explain ');
}

/** The findings in words, for readers without scripts; the program takes its place. */
function withoutProgram({ title, runs }: ReportData): string {
  const sections = runs.map(
    ({ name, findings }) =>
      `<section><h2>${escapeHtml(name)}</h2>${
        findings.length === 0
          ? '<p>No findings.</p>'
          : `<ol>${findings.map((one) => `<li><b>${escapeHtml(one.title)}.</b> ${escapeHtml(one.sentence)}</li>`).join('')}</ol>`
      }</section>`,
  );
  return `<noscript><h1>${escapeHtml(title)}</h1>${sections.join('')}<p>Pictures and figures need JavaScript.</p></noscript>`;
}

/** Text as it may stand in an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** JSON that may stand in a script element: `<` ends or opens nothing, and separators of lines are escaped. */
export function jsonForHtml(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;
}
