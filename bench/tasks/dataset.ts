import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { z } from 'zod';
import type { BenchTask, Measurement } from '../task.js';

const ASSETS = new URL('../../../shared/assets/', import.meta.url);
const YOLOX = fileURLToPath(new URL('onnx/yolox_nano.onnx', ASSETS));
const SQUEEZENET = fileURLToPath(new URL('onnx/squeezenet1.1.onnx', ASSETS));
const PHOTOS = fileURLToPath(new URL('voc2012-50/JPEGImages', ASSETS));

/** Items of the memory measurement, and after how many it is taken first: by then every buffer has its size. */
const ITEMS = 1000;
const FIRST = 200;

/** Photos and masks of the overhead measurement. */
const OVERHEAD_ITEMS = 6;
const MASKS = 512;

/** What a run over a dataset costs beyond its masked runs, and whether its memory grows with the items. */
export const dataset: BenchTask = {
  name: 'dataset',
  title: 'overhead of an item beyond its masked runs; memory after 1000 items over that after 200',
  async run(args) {
    if (!existsSync(YOLOX)) throw new Error('this benchmark needs ../shared/assets');
    const results: Measurement[] = [];
    if (args[0] !== 'memory') results.push(...overhead());
    if (args[0] !== 'overhead') results.push(...(await memory()));
    return results;
  },
};

/** Runs a script on the built library in a process of its own; its last line is JSON. */
function child(body: string): unknown {
  const dist = (path: string): string => JSON.stringify(new URL(`../../dist/${path}`, import.meta.url).href);
  const script = `
    const { openModel } = await import(${dist('models/open.js')});
    const { openDataset } = await import(${dist('datasets/index.js')});
    const { runDataset } = await import(${dist('runs/dataset/run-dataset.js')});
    const { ask } = await import(${dist('runs/answer.js')});
    const { openImage } = await import(${dist('runs/open-image.js')});
    const { planExplanation } = await import(${dist('runs/plan.js')});
    const { ITEM_SAVED, saveItem } = await import(${dist('report/save-item.js')});
    const run = (model, dataset, folder, more) => runDataset({
      model, dataset, match: null, shard: null, folder, save: ITEM_SAVED, write: saveItem,
      choice: { subset: null, filter: null, limit: null }, ...more,
    });
    ${body}`;
  const folder = mkdtempSync(join(tmpdir(), 'datum-bench-'));
  try {
    const file = join(folder, 'script.mjs');
    writeFileSync(file, script);
    const text = execFileSync(process.execPath, ['--expose-gc', file], { encoding: 'utf8', maxBuffer: 1 << 26 });
    return JSON.parse(text.trim().split('\n').at(-1) ?? 'null');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * What a whole run takes over its masked runs alone, in one process, one after the other: wall time, processor time, and
 * the processor time of all threads but the workers, which no other load of the machine blurs. What metrics cost beyond
 * that is runs of the model, which are counted.
 */
function overhead(): Measurement[] {
  const folder = mkdtempSync(join(tmpdir(), 'datum-bench-'));
  try {
    const times = child(`
      const { readdirSync, readFileSync } = await import('node:fs');
      const { join } = await import('node:path');
      // Processor time of every thread, in milliseconds, where the system tells.
      const threads = () => {
        try {
          return new Map(readdirSync('/proc/self/task').map((id) => {
            const stat = readFileSync('/proc/self/task/' + id + '/stat', 'utf8');
            const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
            return [id, 10 * (Number(fields[11]) + Number(fields[12]))];
          }));
        } catch {
          return new Map();
        }
      };
      let workers = [];
      const inWorkers = () => {
        const now = threads();
        return workers.length === 0 ? NaN : workers.reduce((sum, id) => sum + now.get(id), 0);
      };
      // Wall time and processor time, of all threads and of all but the workers, in milliseconds.
      const stopwatch = () => {
        const [started, used, worked] = [performance.now(), process.cpuUsage(), inWorkers()];
        return () => {
          const { user, system } = process.cpuUsage(used);
          const cpu = (user + system) / 1000;
          const others = cpu - (inWorkers() - worked);
          return { wall: performance.now() - started, cpu, others: Number.isNaN(others) ? null : others };
        };
      };
      const model = await openModel(${JSON.stringify(YOLOX)});
      const photos = await openDataset(${JSON.stringify(`${PHOTOS}:image_dir`)});
      const items = [];
      for await (const item of photos.items()) if (items.push(item) === ${OVERHEAD_ITEMS}) break;
      const dataset = { ...photos, async *items() { yield* items; } };
      const given = { maxSamples: ${MASKS}, stopAt: 'off' };
      const masked = [];
      for (const { imagePath } of items) {
        const answer = await ask(model, await openImage(imagePath), { given });
        masked.push({ answer, plan: planExplanation(answer, model.info) });
      }
      let runs = 0;
      const alone = async () => {
        const measure = stopwatch();
        for (const { answer: { scene, scoring, milliseconds }, plan: { design, scored: { targets } } } of masked) {
          const scores = model.scoreMasks({ scene, design, targets, scoring, batch: model.batchSize(), millisecondsPerRun: milliseconds });
          for await (const _ of scores) runs++;
        }
        return measure();
      };
      const whole = async (name, metrics) => {
        const measure = stopwatch();
        const out = join(${JSON.stringify(folder)}, name);
        await run(model, dataset, out, { options: { given, metrics, only: null, fullSize: false } });
        const times = measure();
        const lines = readFileSync(join(out, 'items.jsonl'), 'utf8').trim().split('\\n').map((line) => JSON.parse(line).run);
        const sum = (key) => lines.reduce((total, one) => total + one[key], 0);
        return { ...times, metricRuns: sum('metricForwards') / sum('samples') };
      };
      await alone();
      // By now they have done nearly all there was to do.
      workers = [...threads()].sort((a, b) => b[1] - a[1]).slice(0, model.workers).map(([id]) => id);
      const times = [];
      // In turns, so that another load of the machine falls on both.
      for (let i = 0; i < 2; i++) times.push({ alone: await alone(), whole: await whole('none-' + i, 'none'), fast: await whole('fast-' + i, 'fast') });
      await model.close();
      console.log(JSON.stringify(times));`);
    const time = z.object({
      wall: z.number(),
      cpu: z.number(),
      others: z.number().nullable(),
      metricRuns: z.number().optional(),
    });
    const list = z.array(z.object({ alone: time, whole: time, fast: time })).parse(times);
    const best = (key: 'alone' | 'whole' | 'fast', unit: 'wall' | 'cpu'): number =>
      Math.min(...list.map((one) => one[key][unit]));
    const over = (key: 'whole' | 'fast', unit: 'wall' | 'cpu'): number => best(key, unit) / best('alone', unit) - 1;
    const others = (key: 'whole' | 'fast'): number =>
      Math.min(...list.map((one) => (one[key].others ?? NaN) / one.alone.cpu));
    const per = best('alone', 'wall') / OVERHEAD_ITEMS;
    const metricRuns = list[0]?.fast.metricRuns ?? NaN;
    const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
    console.log(
      `  ${MASKS} masks: ${per.toFixed(0)} ms an item in masked runs, ${percent(metricRuns)} as many runs in fast metrics`,
    );
    for (const [key, name] of [
      ['whole', 'without metrics'],
      ['fast', 'with fast metrics'],
    ] as const) {
      console.log(
        `  ${name}: ${percent(over(key, 'wall'))} more wall time, ${percent(over(key, 'cpu'))} more processor time, of which outside the workers ${percent(others(key))}`,
      );
    }
    const measured: Measurement[] = [
      { name: `masked-runs-${MASKS}`, value: per, unit: 'ms/item' },
      { name: 'overhead-wall', value: over('whole', 'wall'), unit: 'ratio' },
      { name: 'overhead-cpu', value: over('whole', 'cpu'), unit: 'ratio' },
      { name: 'overhead-outside-workers', value: others('whole'), unit: 'ratio' },
      { name: 'overhead-with-fast-metrics-wall', value: over('fast', 'wall'), unit: 'ratio' },
      { name: 'overhead-with-fast-metrics-cpu', value: over('fast', 'cpu'), unit: 'ratio' },
      { name: 'overhead-with-fast-metrics-outside-workers', value: others('fast'), unit: 'ratio' },
      { name: 'fast-metrics-runs', value: metricRuns, unit: 'ratio' },
    ];
    return measured.filter(({ value }) => Number.isFinite(value));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Memory of one run over many small images, after a few of them and at its end. */
async function memory(): Promise<Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'datum-bench-'));
  try {
    mkdirSync(join(folder, 'images'));
    for (let i = 0; i < ITEMS; i++) {
      const background = { r: i % 256, g: (i * 7) % 256, b: (i * 31) % 256 };
      const image = sharp({ create: { width: 64, height: 48, channels: 3, background } });
      writeFileSync(join(folder, 'images', `${String(i).padStart(4, '0')}.png`), await image.png().toBuffer());
    }
    const sizes = child(`
      const model = await openModel(${JSON.stringify(SQUEEZENET)});
      const dataset = await openDataset(${JSON.stringify(join(folder, 'images'))});
      const sizes = {};
      await run(model, dataset, ${JSON.stringify(join(folder, 'out'))}, {
        options: { given: { maxSamples: 16, stopAt: 'off' }, metrics: 'fast', only: null, fullSize: false },
        watch(event) {
          if (event.kind !== 'counts') return;
          const { done } = event.progress;
          if (done % 100 !== 0 || done === 0) return;
          globalThis.gc();
          sizes[done] = process.memoryUsage().rss / 2 ** 20;
        },
      });
      await model.close();
      console.log(JSON.stringify(sizes));`);
    const rss = z.record(z.string(), z.number()).parse(sizes);
    const [few, many] = [rss[FIRST] ?? NaN, rss[ITEMS] ?? NaN];
    console.log(
      `  ${FIRST} items: ${few.toFixed(0)} MiB; ${ITEMS} items: ${many.toFixed(0)} MiB; ratio ${(many / few).toFixed(3)}`,
    );
    return [
      { name: `memory-${FIRST}-items`, value: few, unit: 'MiB' },
      { name: `ratio-${ITEMS}-over-${FIRST}`, value: many / few, unit: 'ratio' },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
