/** A planted detector over a planted dataset: every outcome once, in the items, the summary and the images. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeDataset, type DatasetItem, type TrueBox } from '../../../src/datasets/index.js';
import { gridOf, readMapSheet } from '../../../src/results/map-sheet.js';
import { datum } from '../../helpers/cli.js';
import { explainedItems, itemsOf, treeOf } from '../../helpers/datasets.js';
import { paint, png } from '../../helpers/images.js';
import { plantedYolox, type PlantedObject } from '../../helpers/planted.js';
import type { Region } from '../../helpers/maps.js';
import { tempFolder } from '../../helpers/temp-folder.js';

const folder = tempFolder();
const out = folder.at('out');
const LABELS = ['cat', 'dog', 'sheep'];

/** Each object's evidence is its own middle: it is found where the image is white there. */
const places: readonly Region[] = [
  { x: 2, y: 2, width: 24, height: 24 },
  { x: 36, y: 2, width: 24, height: 24 },
  { x: 2, y: 36, width: 24, height: 24 },
];
const objects: PlantedObject[] = places.map((box, label) => ({
  box,
  label,
  evidence: { x: box.x + 6, y: box.y + 6, width: 12, height: 12 },
  height: 0.9,
}));

/** An image that is white where objects shall be found. */
async function image(name: string, shown: readonly number[]): Promise<string> {
  const inside = (x: number, y: number, { x: left, y: top, width: w, height: h }: Region): boolean =>
    x >= left && x < left + w && y >= top && y < top + h;
  const image = paint(64, 64, (x, y) =>
    shown.some((one) => inside(x, y, places[one]!)) ? [255, 255, 255] : [0, 0, 0],
  );
  return folder.write(`images/${name}`, await png(image));
}

function box(place: number, label: number, attributes: TrueBox['attributes'] = {}): TrueBox {
  return { ...places[place]!, label, attributes, segmentation: null };
}

function item(id: string, imagePath: string | null, boxes: readonly TrueBox[]): DatasetItem {
  return {
    id,
    subset: 'val',
    imagePath,
    missing: imagePath === null ? `${id} is not there` : null,
    size: { width: 64, height: 64 },
    annotated: true,
    labels: [],
    boxes,
    attributes: {},
  };
}

/** Classes of the dataset: the model's in another order and spelling, and one that the model does not know. */
const CATEGORIES = ['Dog', 'cat', 'unicorn', 'Sheep'];

beforeAll(async () => {
  const items = [
    // Right; and a false positive: the second object is not annotated.
    item('right', await image('right.png', [0, 1]), [box(0, 1)]),
    // Missed: the annotated dog is not white.
    item('missed', await image('missed.png', [0]), [box(0, 1), box(1, 0)]),
    // Wrong class: what the model calls sheep is a dog.
    item('folder/wrong', await image('folder/wrong.png', [2]), [box(2, 0)]),
    // Neither: a crowd that is found, a unicorn that cannot be.
    item('ignored', await image('ignored.png', [0]), [box(0, 1, { crowd: true }), box(1, 2)]),
    item('gone', null, [box(0, 1)]),
    item('empty', await image('empty.png', []), []),
  ];
  // eslint-disable-next-line @typescript-eslint/require-await -- items come as they do from a reader
  async function* all(): AsyncGenerator<DatasetItem> {
    yield* items;
  }
  await writeDataset('datumaro', folder.at('dataset'), all(), CATEGORIES);
  const model = folder.write('model.onnx', plantedYolox({ width: 64, height: 64 }, 3, objects));
  const config = folder.write('labels.txt', `${LABELS.join('\n')}\n`);
  await datum(['create', '-o', folder.at('project')]);
  const launcher = ['-d', model, '-i', 'yolox', '--scale', '1/255', '--resize', 'stretch', '--labels', config];
  await datum(['model', 'add', 'planted', '-l', 'onnx', '-p', folder.at('project'), '--', ...launcher]);
  const source = ['import', folder.at('dataset'), '-n', 'plants', '-p', folder.at('project')];
  expect((await datum(source)).stdout).toContain('Added the source plants: datumaro');
  const { code, stderr, stdout } = await explainPlants(out);
  expect(code, stderr + stdout).toBe(0);
});

function explainPlants(to: string, more: readonly string[] = []) {
  const method = ['rise', '-s', '300', '--workers', '2', ...more];
  return datum(['explain', 'plants', '-m', 'planted', '-p', folder.at('project'), '-o', to, ...method]);
}

function explained(id: string) {
  return explainedItems(out).find((record) => record.id === id)!;
}

describe('a dataset with known outcomes', () => {
  it('tells right answers from false positives, and where their saliency lies', () => {
    const { outcomes, targets, truth } = explained('right');
    expect(outcomes).toEqual({ truePositive: 1, falsePositive: 1, missed: 0, wrongClass: 0, ignored: 0 });
    const [cat, dog] = targets.filter(({ kind }) => kind === 'bbox');
    expect(cat).toMatchObject({ label: { id: 0, name: 'cat' }, outcome: 'true-positive', truth: 0, pointing: true });
    expect(cat!.iou).toBeCloseTo(1, 3);
    expect(cat!.energyInObject).toBeGreaterThan(0.4);
    expect(cat!.energyInObject! + cat!.energyOutside!).toBeCloseTo(1, 6);
    expect(cat!.energyByObject).toEqual([{ truth: 0, energy: cat!.energyInObject }]);
    expect(dog).toMatchObject({
      label: { id: 1, name: 'dog' },
      outcome: 'false-positive',
      truth: null,
      pointing: null,
    });
    expect(dog!.energyInBox).toBeGreaterThan(0.4);
    expect(truth!.boxes).toMatchObject([{ name: 'cat', model: [0], outcome: 'found' }]);
  });

  it('explains what was missed', () => {
    const { outcomes, targets, truth } = explained('missed');
    expect(outcomes).toMatchObject({ truePositive: 1, missed: 1 });
    expect(targets.at(-1)).toMatchObject({
      kind: 'bbox',
      label: { name: 'dog' },
      outcome: 'missed',
      truth: 1,
      boundary: null,
    });
    expect(targets.at(-1)!.bbox!.map(Math.round)).toEqual([36, 2, 24, 24]);
    expect(truth!.boxes.map(({ outcome }) => outcome)).toEqual(['found', 'missed']);
  });

  it('tells a wrong class, in a folder of its own', () => {
    const { outcomes, targets, folder: place } = explained('folder/wrong');
    expect(outcomes).toMatchObject({ wrongClass: 1, missed: 0, falsePositive: 0 });
    expect(targets.find(({ kind }) => kind === 'bbox')).toMatchObject({
      label: { name: 'sheep' },
      outcome: 'wrong-class',
      truth: 0,
    });
    expect(place).toBe('items/folder/wrong');
    expect(Object.keys(treeOf(`${out}/${place}`))).toEqual(['wrong-explanation.json', 'wrong-maps.png']);
  });

  it('counts neither crowds nor classes that the model does not know', () => {
    const { outcomes, truth } = explained('ignored');
    expect(outcomes).toEqual({ truePositive: 0, falsePositive: 0, missed: 0, wrongClass: 0, ignored: 1 });
    expect(truth!.boxes.map(({ outcome }) => outcome)).toEqual(['ignored', 'unknown']);
  });

  it('does not call wrong what nobody was asked to mark', async () => {
    const map = folder.write('no-dogs.yaml', 'Dog: null\n');
    const { code, stderr } = await explainPlants(folder.at('no-dogs'), ['--label-map', map, '--filter', 'id=right']);
    expect(code, stderr).toBe(0);
    expect(explainedItems(folder.at('no-dogs'))[0]!.outcomes).toMatchObject({
      truePositive: 1,
      falsePositive: 0,
      ignored: 1,
    });
  });

  it('records what failed and goes on', () => {
    const failed = itemsOf(out).filter(({ status }) => status === 'failed');
    expect(failed).toMatchObject([{ id: 'gone', error: { kind: 'image' } }]);
    expect(explained('empty')).toMatchObject({ targets: [], outcomes: { truePositive: 0, missed: 0 } });
  });

  it('measures the boundary of every box it found', () => {
    const { targets } = explained('right');
    const cat = targets.find(({ kind }) => kind === 'bbox')!;
    expect(cat.boundary!.removed).toMatchObject({ to: null });
    expect(cat.boundary!.removed!.share).toBeLessThan(0.25);
    expect(cat.boundary!.sufficient.share).toBeLessThan(0.25);
    expect(cat.deletionAuc).toBeLessThan(cat.insertionAuc!);
    expect(cat.coarse).toHaveLength(256);
    expect(cat.contrast!.label.name).toMatch(/dog|sheep/);
  });

  it('holds the same in the JSON of the item, with the curves', () => {
    const record = explained('right');
    const json: unknown = JSON.parse(readFileSync(`${out}/${record.folder}/${record.explanation!}`, 'utf8'));
    expect(json).toMatchObject({
      version: 1,
      item: { id: 'right', subset: 'val' },
      run: { samples: record.run.samples, seconds: null, workers: null },
      truth: record.truth,
      outcomes: record.outcomes,
    });
    // Judging maps is counted apart.
    expect(record.run.metricForwards - record.run.judgingForwards).toBeLessThanOrEqual(record.run.samples);
    expect(record.run.forwards).toBe(record.run.samples + record.run.metricForwards + 2);
  });

  it('has the map of every target, and of what it is held against, in one image of 16 bits', async () => {
    const record = explained('right');
    const maps = record.targets
      .flatMap(({ map, contrast }) => [map, contrast?.map ?? null])
      .filter((map) => map !== null);
    // Two classes, two boxes, and the second classes of the boxes: 6 cells of eight samples.
    expect(maps).toHaveLength(6);
    expect(maps).toMatchObject(maps.map((_, i) => ({ file: 'right-maps.png', top: 48 * i, width: 48, height: 48 })));
    const sheet = await readMapSheet(`${out}/${record.folder}/right-maps.png`);
    expect(sheet).toMatchObject({ width: 48, height: 48 * 6 });
    const cat = record.targets.find(({ kind }) => kind === 'bbox')!;
    const { values } = gridOf(sheet!, cat.map!)!;
    const inside = Array.from(values).filter((_, i) => i % 48 < 20 && i < 48 * 23);
    expect(Math.max(...inside)).toBe(Math.max(...values));
    expect([cat.heatmap, cat.overlay, cat.raw, cat.evidence, cat.contrast!.file]).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  it('has heatmaps, overlays and raw maps where they are asked for', async () => {
    const to = folder.at('images-too');
    const { code, stderr } = await explainPlants(to, [
      '--save',
      'heatmap,overlay,raw,evidence,contrast,json',
      '--filter',
      'id=right',
    ]);
    expect(code, stderr).toBe(0);
    const [record] = explainedItems(to);
    const files = treeOf(`${to}/${record!.folder}`);
    for (const { heatmap, overlay, raw, map } of record!.targets) {
      for (const name of [heatmap, overlay, raw, map?.file]) expect(files).toHaveProperty([name!]);
    }
    const cat = record!.targets.find(({ kind }) => kind === 'bbox')!;
    for (const name of [cat.evidence, cat.contrast!.file]) expect(files).toHaveProperty([name!]);
  });

  it('sums up by class and overall, with the cases behind every figure', () => {
    const summary: unknown = JSON.parse(readFileSync(`${out}/summary.json`, 'utf8'));
    expect(summary).toMatchObject({
      complete: true,
      items: { chosen: 6, explained: 5, failed: 1, skipped: 0, annotated: 5 },
      failures: [{ id: 'gone', error: { kind: 'image' } }],
      overall: {
        outcomes: { 'true-positive': 2, 'false-positive': 1, 'wrong-class': 1, missed: 1, ignored: 1 },
        // 2 of 4 answers; 2 of 4 objects that the model knows and that count.
        precision: { value: 0.5, count: 2, of: 4, items: 3 },
        recall: { value: 0.5, count: 2, of: 4, items: 3 },
        byOutcome: { 'true-positive': { targets: 2, items: 2, pointing: { value: 1, of: 2 } } },
      },
      classes: [
        { label: { id: 0, name: 'cat' }, precision: { value: 1, of: 2 }, recall: { value: 1, of: 2 } },
        { label: { id: 1, name: 'dog' }, precision: { value: 0, of: 1 }, recall: { value: 0, of: 2 } },
        { label: { id: 2, name: 'sheep' }, precision: { value: 0, of: 1 }, recall: null },
      ],
    });
  });
});

describe('parts of a dataset', () => {
  it.each([
    ['wrong', ['right', 'folder/wrong']],
    ['missed', ['missed']],
    ['low-confidence', ['empty']],
  ])('--only %s explains what is asked for', async (only, ids) => {
    const { code, stderr } = await explainPlants(folder.at(only), ['--only', only, '--metrics', 'none']);
    expect(code, stderr).toBe(0);
    expect(explainedItems(folder.at(only)).map(({ id }) => id)).toEqual(ids);
    const skipped = itemsOf(folder.at(only)).filter(({ status }) => status === 'skipped');
    expect(skipped).toHaveLength(5 - ids.length);
  });

  it('--filter and --limit choose items', async () => {
    const filtered = await explainPlants(folder.at('filtered'), ['--filter', 'label=dog', '--metrics', 'none']);
    expect(filtered.code).toBe(0);
    expect(itemsOf(folder.at('filtered')).map(({ id }) => id)).toEqual(['missed', 'folder/wrong']);
    const limited = await explainPlants(folder.at('limited'), ['--limit', '2', '--metrics', 'none']);
    expect(limited.code).toBe(0);
    expect(itemsOf(folder.at('limited'))).toHaveLength(2);
  });

  it('--label-map overrules names', async () => {
    const map = folder.write('map.yaml', 'Dog: sheep\n');
    const { code, stderr } = await explainPlants(folder.at('mapped'), [
      '--label-map',
      map,
      '--filter',
      'id=folder/wrong',
    ]);
    expect(code, stderr).toBe(0);
    expect(explainedItems(folder.at('mapped'))[0]!.outcomes).toMatchObject({ truePositive: 1, wrongClass: 0 });
  });
});

describe('the model as an annotator', () => {
  it.each(['coco', 'datumaro'])('writes its answers as %s, which opens as a dataset', async (format) => {
    const to = folder.at(`answers-${format}`);
    const run = ['model', 'run', 'plants', '-m', 'planted', '-p', folder.at('project'), '-o', to, '-f', format];
    const { code, stdout, stderr } = await datum(run);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('Wrote 5 items with 5 boxes');
    expect(stderr).toContain('gone is left out');
    const { openDataset } = await import('../../../src/datasets/index.js');
    const dataset = await openDataset(to);
    expect(dataset).toMatchObject({ format, labelNames: LABELS });
    for await (const { id, boxes } of dataset.items()) {
      if (id !== 'right') continue;
      expect(boxes.map(({ label }) => label).sort()).toEqual([0, 1]);
      expect(boxes[0]!.attributes['score']).toBeGreaterThan(0.8);
    }
    expect((await datum(run)).stderr).toContain('is not empty: use --overwrite');
  });
});

describe('sources', () => {
  it('are listed and removed', async () => {
    const project = ['-p', folder.at('project')];
    expect((await datum(['source', 'list', ...project])).stdout).toMatch(/^plants {2}datumaro {2}/);
    const again = await datum(['import', folder.at('dataset'), '-n', 'plants', ...project]);
    expect(again.stderr).toContain("there is a source 'plants' already");
    expect((await datum(['source', 'remove', 'nothing', ...project])).stderr).toContain('it has plants');
    // The project itself is a target: with one source, that one.
    const whole = await explainPlants(folder.at('by-name'), ['--limit', '1', '--metrics', 'none']);
    expect(whole.code).toBe(0);
    expect((await datum(['source', 'remove', 'plants', ...project])).stdout).toBe('Removed the source plants.\n');
    const none = await datum(['explain', 'project', '-m', 'planted', ...project, '-o', folder.at('none'), 'rise']);
    expect(none.stderr).toContain("has no sources: 'datum import' adds them");
  });
});

describe('what makes no sense', () => {
  it.each([
    [['--box', '1,1,5,5'], '--box is for a single image'],
    [['--time-budget', '3s'], '--time-budget would make results depend on the clock'],
    [['--progressive'], '--progressive needs --display'],
    [['--shard', '3/2'], "--shard takes i/n with i from 1 to n, such as 2/4, not '3/2'"],
    [['--subset', 'nothing'], "there is no subset 'nothing'"],
    [['--filter', 'color=red'], "there is no field 'color'"],
    [['--only', 'right'], '--only'],
  ])('%j is refused in a sentence', async (flags, message) => {
    const { path } = folder;
    const to = ['-m', folder.at('model.onnx'), '-o', `${path}/refused`];
    const launcher = ['-i', 'yolox', '--labels', folder.at('labels.txt')];
    const { code, stderr } = await datum(['explain', folder.at('dataset'), ...to, 'rise', ...flags, '--', ...launcher]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('a dataset without a folder for its results is refused', async () => {
    const { code, stderr } = await datum(['explain', folder.at('dataset'), '-m', folder.at('model.onnx'), 'rise']);
    expect(code).toBe(2);
    expect(stderr).toContain('name one with -o');
  });

  it('flags for datasets are refused for a single image', async () => {
    const photo = folder.at('images', 'right.png');
    const { code, stderr } = await datum(['explain', photo, '-m', folder.at('model.onnx'), 'rise', '--subset', 'val']);
    expect(code).toBe(2);
    expect(stderr).toContain('--subset is for datasets');
  });
});
