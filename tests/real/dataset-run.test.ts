/** YOLOX over annotated photos: right answers look at their objects more than wrong ones do. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';

import { datum } from '../helpers/cli.js';
import { explainedItems, summaryOf } from '../helpers/datasets.js';
import { tempFolder } from '../helpers/temp-folder.js';

const assets = fileURLToPath(new URL('../../../shared/assets/', import.meta.url));
const folder = tempFolder();

describe.skipIf(!existsSync(assets))('YOLOX-nano over photos of VOC 2012', () => {
  const out = folder.at('out');
  beforeAll(async () => {
    const model = ['-m', `${assets}onnx/yolox_nano.onnx`];
    const method = ['rise', '-s', '128', '--limit', '14', '--seed', '1', '--save', 'json'];
    const labels = ['--', '--labels', `${assets}labels/coco80.txt`];
    const { code, stderr } = await datum([
      'explain',
      `${assets}voc2012-50:voc`,
      ...model,
      '-o',
      out,
      ...method,
      ...labels,
    ]);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('20 of 20 classes of the dataset are in the model');
  }, 900_000);

  it('finds most objects', () => {
    const { overall, items } = summaryOf(out);
    expect(items).toMatchObject({ chosen: 14, explained: 14, failed: 0, annotated: 14 });
    expect(overall.recall!.value).toBeGreaterThan(0.6);
    expect(overall.recall!.of).toBeGreaterThan(14);
  });

  it('has more energy in the object of true positives than of false positives', () => {
    const { byOutcome } = summaryOf(out).overall;
    const right = byOutcome['true-positive']!;
    const wrong = byOutcome['false-positive']!;
    expect(right.means.energyInBox!.value).toBeGreaterThan(wrong.means.energyInBox!.value);
    expect(right.pointing!.value).toBeGreaterThan(0.8);
  });

  it('needs no more runs for metrics than for maps, and orders pixels well', () => {
    // Judging maps is counted apart.
    for (const { run } of explainedItems(out))
      expect(run.metricForwards - run.judgingForwards).toBeLessThanOrEqual(run.samples);
    const { means } = summaryOf(out).overall.byOutcome['true-positive']!;
    expect(means.insertionAuc!.value).toBeGreaterThan(means.deletionAuc!.value + 0.3);
    expect(means.removedShare!.value).toBeLessThan(0.5);
  });
});
