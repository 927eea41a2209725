/**
 * Composes `story.png`, the README's first picture, from what `npm run demo` left: `npx jiti examples/animals/story.ts`.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sharp, { type OverlayOptions } from 'sharp';

const OUT = process.argv[2] ?? 'demo-out';
const SIZE = 320;
const GAP = 16;
const HEAD = 44;
const FOOT = 34;

const ROWS = [
  { file: 'watermark_horse_06', answers: ['"horse" 0.98', '"horse" 0.91'] },
  { file: 'watermark_on_duck', answers: ['"horse" 0.99', '"duck" 0.75'] },
];
const COLUMNS = ['the picture', 'shortcut classifier', 'clean classifier'];

const width = COLUMNS.length * (SIZE + GAP) + GAP;
const height = HEAD + ROWS.length * (SIZE + FOOT + GAP);
const layers: OverlayOptions[] = [];
const texts: string[] = COLUMNS.map((text, column) => label(text, column, 28, 20, 600));
for (const [row, { file, answers }] of ROWS.entries()) {
  const top = HEAD + row * (SIZE + FOOT + GAP);
  const sources = [
    fileURLToPath(new URL(`images/${file}.jpg`, import.meta.url)),
    overlayIn(`${OUT}/shortcut`, file),
    overlayIn(`${OUT}/clean`, file),
  ];
  for (const [column, source] of sources.entries()) {
    const input = await sharp(source).resize(SIZE, SIZE, { kernel: 'lanczos3' }).toBuffer();
    layers.push({ input, left: GAP + column * (SIZE + GAP), top });
    const answer = answers[column - 1];
    if (answer !== undefined) texts.push(label(answer, column, top + SIZE + 24, 18, 400));
  }
}
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${texts.join('')}</svg>`;
await sharp({ create: { width, height, channels: 3, background: '#ffffff' } })
  .composite([...layers, { input: Buffer.from(svg), left: 0, top: 0 }])
  .png({ palette: true, quality: 90 })
  .toFile(fileURLToPath(new URL('story.png', import.meta.url)));

function label(text: string, column: number, y: number, size: number, weight: number): string {
  const x = GAP + column * (SIZE + GAP) + SIZE / 2;
  const escaped = text.replace('"', '\u201c').replace('"', '\u201d');
  return `<text x="${x}" y="${y}" font-family="DejaVu Sans, sans-serif" font-size="${size}" font-weight="${weight}" fill="#1b1f24" text-anchor="middle">${escaped}</text>`;
}

/** The overlay of the first answer, which the explanation's JSON names. */
function overlayIn(folder: string, image: string): string {
  const { targets } = JSON.parse(readFileSync(`${folder}/${image}-explanation.json`, 'utf8')) as {
    targets: { overlay: string }[];
  };
  return `${folder}/${targets[0]!.overlay}`;
}
