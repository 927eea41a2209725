import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pid } from 'node:process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inOrder } from '../../src/models/in-order.js';
import { ItemLog, readItems } from '../../src/results/run/item-log.js';
import { placeOfItem } from '../../src/results/run/item-place.js';
import { FolderLock } from '../../src/results/folder-lock.js';
import type { ItemRecord } from '../../src/results/schema/item.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();

function record(index: number): ItemRecord {
  return { version: 1, index, id: `item ${index}`, subset: 'val', status: 'skipped', reason: 'not wrong' };
}

describe('the place of an item', () => {
  it('is a folder by its id', () => {
    expect(placeOfItem('val/cat 1')).toEqual({ folder: 'items/val/cat 1', base: 'cat 1' });
    expect(placeOfItem('ärger/猫')).toEqual({ folder: 'items/ärger/猫', base: '猫' });
  });

  it('differs for ids that differ only in what file names cannot hold', () => {
    const places = ['a:b', 'a?b', 'a*b', 'a_b', 'con', 'CON', 'a.', 'a ', 'x'.repeat(400), `${'x'.repeat(399)}y`];
    expect(new Set(places.map((id) => placeOfItem(id).folder)).size).toBe(places.length);
    for (const id of places) {
      expect(placeOfItem(id).folder).not.toMatch(/[<>:"|?*\\]|[. ]$/);
      expect(Buffer.byteLength(placeOfItem(id).base)).toBeLessThanOrEqual(220);
    }
  });

  it('never leaves the folder of items', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (text) => {
        const id =
          text
            .split('/')
            .filter((part) => part !== '' && part !== '.' && part !== '..')
            .join('/') || '_';
        expect(placeOfItem(id).folder.startsWith('items/')).toBe(true);
        expect(placeOfItem(id).folder.split('/')).not.toContain('..');
      }),
    );
  });
});

describe('the log of items', () => {
  it('is cut back to whole lines', async () => {
    for (let length = 0; length < 20; length++) {
      const path = folder.at(`torn-${length}.jsonl`);
      const line = JSON.stringify(record(0));
      writeFileSync(path, `${line}\n${JSON.stringify(record(1)).slice(0, length)}`);
      const { log, done } = await ItemLog.open(path);
      expect(done).toEqual([{ index: 0, id: 'item 0' }]);
      await log.append(JSON.stringify(record(1)));
      await log.close();
      expect(readFileSync(path, 'utf8')).toBe(`${line}\n${JSON.stringify(record(1))}\n`);
    }
  });

  it('is cut back also where the torn line is long', async () => {
    const path = folder.at('long.jsonl');
    writeFileSync(path, `${JSON.stringify(record(0))}\n${'x'.repeat(300_000)}`);
    const { log } = await ItemLog.open(path);
    await log.close();
    expect(readFileSync(path, 'utf8')).toBe(`${JSON.stringify(record(0))}\n`);
  });

  it('names the damaged line', async () => {
    const path = folder.at('damaged.jsonl');
    writeFileSync(path, `${JSON.stringify(record(0))}\n{"index": 1}\n`);
    await expect(ItemLog.open(path)).rejects.toThrow(/damaged\.jsonl is damaged in line 2/);
    await expect(readItems(folder.at('none.jsonl')).next()).resolves.toEqual({ done: true, value: undefined });
  });
});

describe('the lock of a folder', () => {
  it('is held by one at a time', async () => {
    const path = folder.at('locked');
    mkdirSync(path);
    const lock = await FolderLock.take(path);
    await expect(FolderLock.take(path)).rejects.toThrow(`is in use by process ${pid}`);
    await lock.release();
    const next = await FolderLock.take(path);
    expect(await lock.isHeld()).toBe(false);
    expect(await next.isHeld()).toBe(true);
    await next.release();
  });

  it('passes to exactly one of many when its process is gone', async () => {
    const path = folder.at('stale');
    mkdirSync(path);
    const lock = await FolderLock.take(path);
    const text = readFileSync(`${path}/.lock`, 'utf8');
    await lock.release();
    // The same process number, started at another time: the number was used again.
    const stale = text.replace(/"started":"\d+"/, '"started":"1"');
    for (let round = 0; round < 50; round++) {
      writeFileSync(`${path}/.lock`, stale);
      const results = await Promise.allSettled(Array.from({ length: 8 }, () => FolderLock.take(path)));
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(readdirSync(path)).toEqual(['.lock']);
    }
  });

  it('passes on also when the one that removed it died meanwhile', async () => {
    const path = folder.at('guarded');
    mkdirSync(path);
    const lock = await FolderLock.take(path);
    const text = readFileSync(`${path}/.lock`, 'utf8').replace(/"started":"\d+"/, '"started":"1"');
    await lock.release();
    writeFileSync(`${path}/.lock`, text.replace(/"token":"\w+"/, '"token":"aa"'));
    writeFileSync(`${path}/.lock.aa`, text.replace(/"token":"\w+"/, '"token":"bb"'));
    const next = await FolderLock.take(path);
    expect(readdirSync(path)).toEqual(['.lock']);
    await next.release();
  });
});

describe('work in order', () => {
  it('yields results in the order of the source, with a limit to what is under way', async () => {
    let underWay = 0;
    let most = 0;
    const work = async (value: number): Promise<number> => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, (value * 7) % 5));
      underWay--;
      return value * 2;
    };
    const results: number[] = [];
    for await (const value of inOrder(
      Array.from({ length: 20 }, (_, i) => i),
      3,
      work,
    ))
      results.push(value);
    expect(results).toEqual(Array.from({ length: 20 }, (_, i) => i * 2));
    expect(most).toBe(3);
  });

  it('waits for what is under way when a piece fails', async () => {
    let finished = 0;
    const run = inOrder([1, 2, 3, 4], 3, async (value) => {
      await new Promise((resolve) => setTimeout(resolve, 5 * value));
      if (value === 1) throw new Error('the first');
      finished++;
    });
    await expect(run.next()).rejects.toThrow('the first');
    expect(finished).toBe(2);
  });
});
