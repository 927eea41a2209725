/** What a run over a dataset leaves of an item: two files and a line, each with what it is read for. */
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { readMapSheet, gridOf } from '../../src/results/map-sheet.js';
import { readExplanation } from '../../src/results/read-run.js';
import { itemSchema, type ExplainedRecord } from '../../src/results/schema/item.js';
import { smallProject } from '../helpers/stored.js';
import { tempFolder } from '../helpers/temp-folder.js';

const temp = tempFolder();
const project = smallProject(temp);
let items: ExplainedRecord[];

beforeAll(async () => {
  await project.well(['explain', 'plants', '-m', 'plants', '-o', 'run', 'rise', '-s', '64', '--workers', '1']);
  const lines = readFileSync(project.at('run/items.jsonl'), 'utf8').split('\n').slice(0, -1);
  items = lines.flatMap((line) => {
    const item = itemSchema.parse(JSON.parse(line));
    return item.status === 'ok' ? [item] : [];
  });
});

describe('an item of a run', () => {
  it('is two files, its JSON and the maps of all its targets; the JSON alone where it has none', () => {
    expect(items.length).toBeGreaterThan(3);
    for (const { folder, explanation, targets } of items) {
      const files = readdirSync(project.at('run', folder));
      const maps = targets.length > 0 ? [explanation?.replace('explanation.json', 'maps.png')] : [];
      expect(files.sort()).toEqual([explanation, ...maps]);
    }
  });

  it('has every map that its JSON and its line name, which are the same', async () => {
    let found = 0;
    for (const { folder, explanation, targets } of items) {
      const json = await readExplanation(project.at('run', folder, explanation ?? ''));
      expect(json.targets.map(({ map }) => map)).toEqual(targets.map(({ map }) => map));
      for (const { map, contrast, range } of json.targets) {
        const maps = [map, contrast?.map].flatMap((one) => (one != null && 'file' in one ? [one] : []));
        expect(maps).toHaveLength(contrast === null ? 1 : 2);
        for (const one of maps) {
          const grid = gridOf((await readMapSheet(project.at('run', folder, one.file)))!, one);
          expect(grid?.values).toHaveLength(one.width * one.height);
          found++;
        }
        // Of the small map: within the range of the whole one.
        expect(map!.max).toBeLessThanOrEqual(range!.max + 1e-6);
        expect(map!.min).toBeGreaterThanOrEqual(range!.min - 1e-6);
      }
    }
    expect(found).toBeGreaterThan(4);
  });

  it('has coarse maps in its line alone, and curves and regions in its JSON alone', async () => {
    for (const { folder, explanation, targets } of items) {
      const json = await readExplanation(project.at('run', folder, explanation ?? ''));
      for (const [i, target] of targets.entries()) {
        expect(target.coarse).toHaveLength(256);
        expect(target).toMatchObject({ deletion: null, insertion: null, significant: null });
        expect(json.targets[i]).toMatchObject({ coarse: null, coarseContrast: null });
        expect(json.targets[i]!.significant).not.toBeNull();
        // All else is the same.
        const { coarse, coarseContrast } = target;
        const { deletion, insertion, significant, contrast } = json.targets[i]!;
        const whole = { ...target, coarse, coarseContrast, deletion, insertion, significant, contrast };
        expect(whole).toEqual({ ...json.targets[i], coarse, coarseContrast });
      }
    }
    const text = readFileSync(project.at('run', items[0]!.folder, items[0]!.explanation!), 'utf8');
    expect(text).not.toContain('coarse');
  });

  it('can be shown by itself, with its maps', async () => {
    const { folder, explanation } = items.find(({ targets }) => targets.length > 0)!;
    await project.well(['report', `run/${folder}/${explanation!}`]);
    const page = readFileSync(
      project.at('run', folder, explanation!.replace('explanation.json', 'report.html')),
      'utf8',
    );
    expect(page).toMatch(/"map":\{"width":\d+,"height":\d+,"min":/);
  });
});
