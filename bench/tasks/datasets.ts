import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchTask } from '../task.js';

const OPEN = new URL('../../dist/datasets/open.js', import.meta.url).href;

/** Shares of COCO's own train2017: a polygon of 25 points an annotation, 8.5 annotations an image. */
const ANNOTATIONS_PER_IMAGE = 8.5;
const POINTS = 25;

/** Peak memory and time of reading a COCO file of the given size, with annotations in random order. */
export const datasets: BenchTask = {
  name: 'datasets',
  title: 'opening and reading a COCO file; argument: its size in MB (1000)',
  async run(args) {
    const megabytes = Number(args[0] ?? 1000);
    const folder = mkdtempSync(join(tmpdir(), 'datum-bench-'));
    try {
      const made = await writeCocoFile(join(folder, 'instances_train.json'), megabytes * 1e6);
      const read = readInOwnProcess(folder);
      const rate = made.bytes / 1e6 / read.openSeconds;
      console.log(`  ${megabytes} MB, ${made.images} images, ${made.annotations} annotations`);
      console.log(
        `  opened in ${read.openSeconds.toFixed(1)} s (${rate.toFixed(0)} MB/s), items in ${read.readSeconds.toFixed(1)} s`,
      );
      console.log(`  peak memory ${read.peakMiB} MiB, of which node itself ${read.startMiB} MiB`);
      if (read.boxes !== made.annotations) throw new Error(`${read.boxes} boxes were read of ${made.annotations}`);
      return [
        { name: `coco-${megabytes}-peak`, value: read.peakMiB, unit: 'MiB' },
        { name: `coco-${megabytes}-open`, value: read.openSeconds, unit: 's' },
        { name: `coco-${megabytes}-items`, value: read.readSeconds, unit: 's' },
      ];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function writeCocoFile(
  path: string,
  size: number,
): Promise<{ bytes: number; images: number; annotations: number }> {
  const file = createWriteStream(path);
  let bytes = 0;
  const write = async (text: string): Promise<void> => {
    bytes += text.length;
    if (!file.write(text)) await once(file, 'drain');
  };
  const random = randomNumbers();
  const number = (limit: number): string => (random() * limit).toFixed(2);
  // Boxes without area are left out.
  const side = (limit: number): string => (1 + random() * limit).toFixed(2);
  const images = Math.round(size / 4150);
  await write('{"info":{},"images":[');
  for (let id = 0; id < images; id++) {
    await write(
      `${id === 0 ? '' : ','}{"license":4,"file_name":"${String(id).padStart(12, '0')}.jpg","height":480,"width":640,"date_captured":"2013-11-14 17:02:52","id":${id}}`,
    );
  }
  await write('],"annotations":[');
  const annotations = Math.round(images * ANNOTATIONS_PER_IMAGE);
  for (let id = 0; id < annotations; id++) {
    const points = Array.from({ length: 2 * POINTS }, () => number(640)).join(',');
    const image = Math.floor(random() * images);
    await write(
      `${id === 0 ? '' : ','}{"segmentation":[[${points}]],"area":${number(9999)},"iscrowd":0,"image_id":${image},"bbox":[${number(500)},${number(400)},${side(140)},${side(80)}],"category_id":${1 + (id % 80)},"id":${id}}`,
    );
  }
  const categories = Array.from({ length: 80 }, (_, i) => `{"id":${i + 1},"name":"class ${i}"}`);
  await write(`],"categories":[${categories.join(',')}]}`);
  file.end();
  await once(file, 'finish');
  return { bytes, images, annotations };
}

/** Numbers in 0..1 that are the same each time (mulberry32). */
function randomNumbers(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Reading {
  readonly startMiB: number;
  readonly peakMiB: number;
  readonly openSeconds: number;
  readonly readSeconds: number;
  readonly boxes: number;
}

/** Reads the dataset in a process of its own, whose peak memory is then that of the reading. */
function readInOwnProcess(folder: string): Reading {
  const script = `
    import { openDataset } from ${JSON.stringify(OPEN)};
    const peak = () => Math.round(process.resourceUsage().maxRSS / 1024);
    const startMiB = peak();
    const start = performance.now();
    const dataset = await openDataset(process.argv[1]);
    const opened = performance.now();
    let boxes = 0;
    for await (const item of dataset.items()) boxes += item.boxes.length;
    const end = performance.now();
    console.log([startMiB, peak(), (opened - start) / 1000, (end - opened) / 1000, boxes].join(' '));`;
  const text = execFileSync(process.execPath, ['--input-type=module', '-e', script, '--', folder], {
    encoding: 'utf8',
  });
  const [startMiB = 0, peakMiB = 0, openSeconds = 0, readSeconds = 0, boxes = 0] = text.trim().split(' ').map(Number);
  return { startMiB, peakMiB, openSeconds, readSeconds, boxes };
}
