import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it, describe } from 'vitest';
import { openModel } from '../../src/models/open.js';
import { readLabels } from '../../src/models/labels/read-labels.js';
import { explained } from '../helpers/explained.js';

const shared = new URL('../../../shared/', import.meta.url);
const asset = (path: string): string => fileURLToPath(new URL(`assets/${path}`, shared));
const field = (path: string): string => asset(`field-cases/${path}`);

/** The classes that are explained of an image: number, name. */
async function explainedClasses(
  folder: string,
  labels: string,
  given: Readonly<Record<string, unknown>>,
): Promise<{ readonly targets: (readonly [number, string])[]; readonly notes: readonly unknown[] }> {
  const description = field(`${folder}/m.onnx`);
  const model = await openModel({ description, labels: field(`${folder}/${labels}`) }, { workers: 1 });
  try {
    const { explanation } = await explained(model, field(`${folder}/p.png`), { given: { maxSamples: 64, ...given } });
    const targets = explanation.targets.map(({ target }) => {
      const label = 'label' in target && typeof target.label === 'number' ? target.label : -1;
      return [label, model.info.labels?.[label] ?? ''] as const;
    });
    return { targets, notes: explanation.notes };
  } finally {
    await model.close();
  }
}

describe.skipIf(!existsSync(shared))('files of class names from the field', () => {
  const files = existsSync(shared) ? readdirSync(field('22')).filter((name) => !/\.(onnx|png)$/.test(name)) : [];
  it.each(files)('%s has three names', async (name) => {
    const expected = name === 'gbk.txt' ? ['鲤鱼', '鲨鱼', '鳐鱼'] : ['tench', 'shark', 'ray'];
    expect((await readLabels(field(`22/${name}`))).names).toEqual(expected);
    const model = await openModel({ description: field('22/m.onnx'), labels: field(`22/${name}`) }, { workers: 1 });
    expect(model.info.labels).toEqual(expected);
    await model.close();
  });

  it('a label map counts from 1', async () => {
    expect(await readLabels(field('16/map.pbtxt'))).toMatchObject({ names: ['tram', 'van'], from: 1 });
    for (const labels of ['16/map.pbtxt', '16/names.txt']) {
      const model = await openModel({ description: field('16/m.onnx'), labels: field(labels) }, { workers: 1 });
      expect(model.info.labels?.slice(1)).toEqual(['tram', 'van']);
      await model.close();
    }
  });

  it('two classes of one name are both explained', async () => {
    const { targets } = await explainedClasses('27', 'l.txt', { classes: ['crane'] });
    expect(targets).toEqual([
      [0, 'crane'],
      [2, 'crane'],
    ]);
  });

  it('a name goes before a number, which is said', async () => {
    const { targets, notes } = await explainedClasses('41', 'd.txt', { classes: ['1'] });
    expect(targets).toEqual([[0, '1']]);
    expect(notes).toContainEqual({
      kind: 'text',
      sentence: "'1' is taken for the class of that name, number 0: class number 1 is called '2'.",
    });
    expect((await explainedClasses('41', 'd.txt', { classes: ['#1'] })).targets).toEqual([[1, '2']]);
  });

  it.each([
    ['labels/coco80.txt', 80, 'person'],
    // From 1 to 90.
    ['labels/coco_id91_to_name.json', 90, 'person'],
    ['labels/imagenet1000_simple.txt', 1000, 'tench'],
    ['labels/imagenet1000_synsets.txt', 1000, 'tench, Tinca tinca'],
  ])('%s', async (path, count, first) => {
    const { names } = await readLabels(asset(path));
    expect(names).toHaveLength(count);
    expect(names[0]).toBe(first);
  });
});
