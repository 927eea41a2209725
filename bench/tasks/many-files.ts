import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { BenchTask, Measurement } from '../task.js';

const OPEN = new URL('../../dist/datasets/open.js', import.meta.url).href;

/** Files of the largest folder; the others have a half and a quarter. */
const FILES = 100_000;

/** A PNG of 1 x 1. */
const IMAGE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

/** Where the n-th image and its annotation lie, and what it says. */
type Layout = (name: string, n: number) => { readonly image: string; readonly file: string; readonly text: string };

const LAYOUTS: Readonly<Record<string, Layout>> = {
  voc: (name, n) => ({
    image: `JPEGImages/${name}.png`,
    file: `Annotations/${name}.xml`,
    text: `<annotation><filename>${name}.png</filename><size><width>1</width><height>1</height></size><object><name>class ${n % 20}</name><bndbox><xmin>0</xmin><ymin>0</ymin><xmax>1</xmax><ymax>1</ymax></bndbox></object></annotation>`,
  }),
  yolo_loose: (name, n) => ({
    image: `images/${name}.png`,
    file: `labels/${name}.txt`,
    text: `${n % 20} 0.5 0.5 1 1\n`,
  }),
  label_me: (name, n) => ({
    image: `${name}.png`,
    file: `${name}.json`,
    text: JSON.stringify({
      version: '5.4.1',
      flags: {},
      shapes: [
        {
          label: `class ${n % 20}`,
          points: [
            [0, 0],
            [1, 1],
          ],
          shape_type: 'rectangle',
        },
      ],
      imagePath: `${name}.png`,
    }),
  }),
};

/** Whether the time to open and read a dataset of a file an image is linear in their number. */
export const manyFiles: BenchTask = {
  name: 'many-files',
  title: `opening and reading ${FILES} files, a half and a quarter of them; arguments: formats (${Object.keys(LAYOUTS).join(', ')})`,
  run(args) {
    const measured: Measurement[] = [];
    for (const format of args.length > 0 ? args : ['voc']) {
      const layout = LAYOUTS[format];
      if (layout === undefined) throw new Error(`there is no '${format}' here`);
      for (const count of [FILES / 4, FILES / 2, FILES]) {
        const { open, read, peak } = measure(layout, count);
        console.log(
          `  ${format}, ${count} files: opened in ${open.toFixed(1)} s of processor time, items in ${read.toFixed(1)} s, peak memory ${peak} MiB`,
        );
        measured.push(
          { name: `${format}-${count}-open`, value: open, unit: 's' },
          { name: `${format}-${count}-items`, value: read, unit: 's' },
          { name: `${format}-${count}-peak`, value: peak, unit: 'MiB' },
        );
      }
    }
    return Promise.resolve(measured);
  },
};

/** Makes a dataset and reads it in a process of its own. */
function measure(layout: Layout, count: number): { open: number; read: number; peak: number } {
  const folder = mkdtempSync(join(tmpdir(), 'datum-bench-'));
  try {
    const made = new Set<string>();
    const write = (path: string, content: string | Buffer): void => {
      const whole = join(folder, path);
      if (!made.has(dirname(whole))) mkdirSync(dirname(whole), { recursive: true });
      made.add(dirname(whole));
      writeFileSync(whole, content);
    };
    for (let n = 0; n < count; n++) {
      const { image, file, text } = layout(`image-${String(n).padStart(6, '0')}`, n);
      write(image, IMAGE);
      write(file, text);
    }
    const script = `
      import { openDataset } from ${JSON.stringify(OPEN)};
      // Processor time: other work on the machine does not count.
      const used = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
      const start = used();
      const dataset = await openDataset(process.argv[1]);
      const opened = used();
      let boxes = 0;
      for await (const item of dataset.items()) boxes += item.boxes.length;
      const end = used();
      const peak = Math.round(process.resourceUsage().maxRSS / 1024);
      console.log(JSON.stringify({ open: (opened - start) / 1000, read: (end - opened) / 1000, peak, boxes }));`;
    const text = execFileSync(process.execPath, ['--input-type=module', '-e', script, '--', folder], {
      encoding: 'utf8',
    });
    const read = z
      .object({ open: z.number(), read: z.number(), peak: z.number(), boxes: z.number() })
      .parse(JSON.parse(text));
    if (read.boxes !== count) throw new Error(`${read.boxes} boxes were read of ${count}`);
    return read;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
