import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { pid } from 'node:process';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { inOrder } from '../../src/models/in-order.js';
import { ItemLog, readItems } from '../../src/results/run/item-log.js';
import { linesOf } from '../../src/results/run/lines.js';
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
    for (const id of [...places, 'a\0b']) {
      expect(placeOfItem(id).folder).not.toMatch(/[<>:"|?*\\\0]|[. ]$/);
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

describe('lines', () => {
  async function linesIn(text: string): Promise<string[]> {
    const handle = await open(folder.write('lines.txt', text));
    try {
      const lines: string[] = [];
      for await (const line of linesOf(handle)) lines.push(line);
      return lines;
    } finally {
      await handle.close();
    }
  }

  it('end at line feeds alone: names hold other ends of lines', async () => {
    const names = ['a\u2028b', 'c\u2029d', 'e\u0085f', 'g\rh', '', 'i'];
    expect(await linesIn(`${names.join('\n')}\n`)).toEqual(names);
    expect(await linesIn(names.join('\n'))).toEqual(names);
    expect(await linesIn('')).toEqual([]);
  });

  it('are whole wherever pieces of the file end, within a character too', async () => {
    const lines = Array.from({ length: 40 }, (_, i) => '猫\u2028'.repeat(500 * i + i));
    expect(await linesIn(`${lines.join('\n')}\n`)).toEqual(lines);
  });
});

describe('the lock of a folder', () => {
  /** Quick enough for a test; a holder counts on often within the silence that is waited for. */
  const times = { patience: 0, pause: 5, beat: 20, silence: 400 };

  /** A lock as a process of another container leaves it: its number is that of a process here, or of none. */
  function lockElsewhere(path: string, process: number): string {
    mkdirSync(path);
    const owner = {
      pid: process,
      host: 'there',
      machine: 'a boot pid:[1]',
      started: '1',
      token: 'ab',
      beat: '0000000007',
    };
    writeFileSync(`${path}/.lock`, `${JSON.stringify(owner)}\n`);
    return readFileSync(`${path}/.lock`, 'utf8');
  }

  it.each([pid, 999_999_999])(
    'of a process that cannot be seen is left alone while it counts on: %i',
    async (process) => {
      const path = folder.at(`counting-${process}`);
      const text = lockElsewhere(path, process);
      let count = 8;
      const counting = setInterval(() => {
        writeFileSync(`${path}/.lock`, text.replace('0000000007', String(count++).padStart(10, '0')));
      }, 20);
      try {
        await expect(FolderLock.take(path, times)).rejects.toThrow(`is in use by process ${process} on there`);
        await expect(FolderLock.take(path, { ...times, patience: 700 })).rejects.toThrow('is in use by process');
      } finally {
        clearInterval(counting);
      }
    },
  );

  it.each([pid, 999_999_999])('of one that stands still is taken over, by one of many: %i', async (process) => {
    const path = folder.at(`still-${process}`);
    lockElsewhere(path, process);
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => FolderLock.take(path, times)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(readdirSync(path)).toEqual(['.lock']);
  });

  it('counts on while it is held, and is watched as alive', async () => {
    const path = folder.at('beating');
    mkdirSync(path);
    const lock = await FolderLock.take(path, times);
    const before = readFileSync(`${path}/.lock`, 'utf8');
    await vi.waitUntil(() => readFileSync(`${path}/.lock`, 'utf8') !== before);
    expect(readFileSync(`${path}/.lock`, 'utf8')).toHaveLength(before.length);
    expect(await lock.isHeld()).toBe(true);
    await lock.release();
    expect(readdirSync(path)).toEqual([]);
  });

  it('does not write into the lock of another that has taken it over', async () => {
    const path = folder.at('taken-over');
    mkdirSync(path);
    const lock = await FolderLock.take(path, times);
    const other = readFileSync(`${path}/.lock`, 'utf8').replace(/"token":"\w+"/, '"token":"ffff"');
    writeFileSync(`${path}/.lock`, other);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(readFileSync(`${path}/.lock`, 'utf8')).toBe(other);
    expect(await lock.isHeld()).toBe(false);
    await lock.release();
    expect(readFileSync(`${path}/.lock`, 'utf8')).toBe(other);
  });

  it('of version 0.1.0 on another machine is for people to remove, as it does not count', async () => {
    const path = folder.at('version-0-1-0');
    mkdirSync(path);
    writeFileSync(`${path}/.lock`, '{"pid":1,"host":"there","started":"1","token":"ab"}');
    await expect(FolderLock.take(path, times)).rejects.toThrow('is in use by process 1 on there');
  });

  it('that was left half-written is taken over; a link to nowhere in its place is not waited for', async () => {
    const path = folder.at('half');
    mkdirSync(path);
    writeFileSync(`${path}/.lock`, '{"pid":1,"ho');
    await (await FolderLock.take(path, times)).release();
    symlinkSync('/nowhere/at/all', `${path}/.lock`);
    await expect(FolderLock.take(path, times)).rejects.toThrow('is in use by another process');
  });

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
