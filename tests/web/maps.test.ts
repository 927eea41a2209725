import { describe, expect, it } from 'vitest';
import { openModel } from '../../src/models/open.js';
import { explanationRecord } from '../../src/results/records.js';
import { evidenceRegion, keptRegion } from '../../src/results/region.js';
import { COLOR_MAPS, DIVERGING } from '../../src/web/client/shared/color-maps.js';
import { decodeMap, decodeRegion } from '../../src/web/client/shared/saliency-map.js';
import { WatchedRun } from '../../src/web/server/watched-run.js';
import { explained } from '../helpers/explained.js';
import { ANIMALS, modelSource } from '../helpers/live.js';

const model = await openModel(modelSource('clean'), { workers: 1, name: 'clean' });
const given = { maxSamples: 200 };
const measured = await explained(model, `${ANIMALS}images/scene_00.jpg`, { given, metrics: 'fast' });
await model.close();
const { explanation } = measured;
const [target] = explanation.targets;
if (target === undefined) throw new Error('nothing was explained');

describe('what pages paint', () => {
  it('purple speaks for the first class, orange for the second, as the captions say', () => {
    const [low, high] = [DIVERGING.slice(0, 3), DIVERGING.slice(-3)];
    expect(Array.from(low)).toEqual([127, 59, 8]);
    expect(Array.from(high)).toEqual([45, 0, 75]);
    expect(Array.from(COLOR_MAPS.gray.slice(0, 3))).toEqual([0, 0, 0]);
  });

  it('the region beyond doubt is the one of the explanation, and is kept as runs', () => {
    const kept = keptRegion(target, explanation.image);
    expect(Math.max(kept.width, kept.height)).toBeLessThanOrEqual(128);
    const region = evidenceRegion(target, kept);
    const { bytes } = decodeRegion(kept);
    expect(Array.from(bytes, (byte) => byte / 255)).toEqual(Array.from(region));
    const inside = region.reduce((sum, one) => sum + one, 0);
    expect(inside).toBeGreaterThan(0);
    expect(inside).toBeLessThan(region.length);
    // Nothing in it lowers the score.
    expect(target.renderMap(kept).every((value, i) => region[i] === 0 || value > 0)).toBe(true);
  });

  it('the contrast that is kept is the one that was measured', () => {
    const [first] = measured.targets;
    const { contrast } = explanationRecord(measured).targets[0]!;
    const { map } = contrast!;
    if (map === null || !('bytes' in map)) throw new Error('the map is not in the JSON');
    const { width, height, min, max, bytes } = decodeMap(map);
    expect(Math.max(width, height)).toBe(64);
    const area = Array.from(first!.contrast!.areaMap);
    expect(max).toBeCloseTo(Math.max(...area), 2);
    expect(min).toBeCloseTo(Math.min(...area), 2);
    expect(bytes).toContain(255);
  });
});

describe('a run over a dataset that is watched', () => {
  const begin = (watched: WatchedRun, id: string): void => {
    watched.itemBegun(id, 'clean', measured.image, null, 200);
  };
  const names = ({ state }: WatchedRun) =>
    state.panes.map(({ job }) => state.images.find(({ id }) => id === job?.image)?.name);

  it('shows the item at work first, with its progress, and beside it the one that was done last', () => {
    const watched = new WatchedRun();
    watched.items({ done: 0, total: 3, failed: 0 });
    begin(watched, 'a');
    begin(watched, 'b');
    watched.itemProgress('a', 40, 200);
    expect(watched.state.dataset?.working).toEqual(['a', 'b']);
    expect(names(watched)).toEqual(['a']);
    expect(watched.state.panes[0]?.job).toMatchObject({ phase: 'running', samples: 40, maxSamples: 200 });

    watched.itemDone('a', measured);
    watched.items({ done: 1, total: 3, failed: 0 });
    expect(watched.state.dataset?.working).toEqual(['b']);
    expect(names(watched)).toEqual(['b', 'a']);
    expect(watched.state.panes.map(({ job }) => job?.phase)).toEqual(['waiting', 'done']);
    expect(watched.state.dataset?.recent.map(({ id }) => id)).toEqual(['a']);
    // Maps of both can be fetched.
    const [atWork, done] = watched.state.panes.map(({ job }) => watched.job(job?.id ?? ''));
    expect(atWork).not.toBeNull();
    expect(done?.map(0, 'significant')?.values).toContain(1);

    watched.itemFailed('b', 'the image is damaged');
    expect(watched.state.dataset?.recent[0]).toEqual({ id: 'b', status: 'failed: the image is damaged' });
    watched.items({ done: 2, total: 3, failed: 1 }, true);
    expect(names(watched)).toEqual(['a']);
  });
});
