/** Folders of results that come from anywhere: no path and no link in them leads a reader or a writer out of them. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeReport } from '../../src/report/html/write-report.js';
import { readRun } from '../../src/results/read-run.js';
import { RunFolder } from '../../src/results/run/run-folder.js';
import { mergeShards } from '../../src/results/run/merge-shards.js';
import { readRunRecord } from '../../src/results/run/run-record.js';
import { writeExplainedFolder } from '../helpers/explained-folder.js';
import { tempFolder } from '../helpers/temp-folder.js';

const temp = tempFolder();
const precious = temp.at('precious');
let copies = 0;

beforeAll(async () => {
  await writeExplainedFolder(temp.at('run'), { seed: 3, perClass: 3, classes: ['cat', 'dog'] });
});

/** A copy of the run, and a folder beside it that nobody may touch. */
function freshRun(): { readonly run: string; readonly first: string } {
  const run = temp.at(`run-${copies++}`);
  cpSync(temp.at('run'), run, { recursive: true });
  rmSync(precious, { recursive: true, force: true });
  mkdirSync(precious);
  writeFileSync(join(precious, 'letter.txt'), 'mine');
  return { run, first: firstLine(run).folder };
}

function firstLine(run: string): { folder: string; id: string } {
  const value: unknown = JSON.parse(readFileSync(join(run, 'items.jsonl'), 'utf8').split('\n')[0]!);
  if (typeof value !== 'object' || value === null || !('folder' in value) || !('id' in value))
    throw new Error('no line');
  return { folder: String(value.folder), id: String(value.id) };
}

/** Changes the first line of `items.jsonl`, or its first target. */
function changeLine(run: string, how: (line: Record<string, unknown>) => Record<string, unknown>): void {
  const path = join(run, 'items.jsonl');
  const [first, ...others] = readFileSync(path, 'utf8').split('\n');
  const line: unknown = JSON.parse(first!);
  writeFileSync(path, [JSON.stringify(how(Object.fromEntries(Object.entries(line ?? {})))), ...others].join('\n'));
}

/** Makes two shards of a run. */
function shardsOf(run: string): string[] {
  const lines = readFileSync(join(run, 'items.jsonl'), 'utf8').trimEnd().split('\n');
  const record = readFileSync(join(run, 'run.json'), 'utf8');
  return [1, 2].map((index) => {
    const shard = `${run}-shard-${index}`;
    cpSync(run, shard, { recursive: true });
    writeFileSync(join(shard, 'run.json'), record.replace('"shard": null', `"shard": {"index": ${index}, "count": 2}`));
    writeFileSync(
      join(shard, 'items.jsonl'),
      lines
        .filter((_, i) => i % 2 === index - 1)
        .map((line) => `${line}\n`)
        .join(''),
    );
    return shard;
  });
}

/** Nothing of it was written, read into anything or removed. */
function expectUntouched(): void {
  expect(readdirSync(precious)).toEqual(['letter.txt']);
  expect(readFileSync(join(precious, 'letter.txt'), 'utf8')).toBe('mine');
}

describe('a line of items.jsonl that names', () => {
  it.each(['../precious', 'items/../../precious', '/etc', 'items/..', 'elsewhere'])(
    'the folder %s is damaged',
    async (folder) => {
      const { run } = freshRun();
      changeLine(run, (line) => ({ ...line, folder }));
      await expect(writeReport([run])).rejects.toThrow('is damaged in line 1 (folder must be a folder below items)');
      await expect(mergeShards(shardsOf(run), temp.at(`whole-${copies++}`))).rejects.toThrow('is damaged in line 1');
      expectUntouched();
    },
  );

  it.each(['../../precious/letter.txt', '/etc/passwd', '..', 'a\\b'])('the file %s is damaged', async (file) => {
    const { run } = freshRun();
    changeLine(run, (line) => ({ ...line, explanation: file }));
    await expect(readRun(run, { details: true })).rejects.toThrow(
      'is damaged in line 1 (explanation must be the name of a file beside it, not a path)',
    );
  });

  it('the folder of another item is refused by a merge', async () => {
    const { run } = freshRun();
    changeLine(run, (line) => ({ ...line, id: 'another' }));
    await expect(mergeShards(shardsOf(run), temp.at(`whole-${copies++}`))).rejects.toThrow('another is said to lie in');
  });
});

describe('a link out of a folder', () => {
  it('in the place of an item is not cleared by a merge, nor written to', async () => {
    const { run, first } = freshRun();
    const shards = shardsOf(run);
    const whole = temp.at(`whole-${copies++}`);
    mkdirSync(join(whole, first, '..'), { recursive: true });
    // As a merge that was ended left it.
    cpSync(join(run, 'run.json'), join(whole, 'run.json'));
    symlinkSync(precious, join(whole, first));
    await expect(mergeShards(shards, whole)).rejects.toThrow('is a link that leads out of it');
    expectUntouched();
  });

  it('in the place of an item, or of the folder above it, is not followed by a run', async () => {
    const { run, first } = freshRun();
    const record = (await readRunRecord(run))!;
    for (const link of [first, 'items']) {
      const folder = temp.at(`begun-${copies++}`);
      mkdirSync(join(folder, link, '..'), { recursive: true });
      symlinkSync(precious, join(folder, link));
      cpSync(join(run, 'run.json'), join(folder, 'run.json'));
      const work = async (): Promise<void> => {
        const opened = await RunFolder.open(folder, record);
        await opened.clear({ folder: first, base: 'x' }).finally(() => opened.close());
      };
      await expect(work()).rejects.toThrow('is a link that leads out of it');
      expectUntouched();
    }
  });

  it('in the place of the log is not cut back', async () => {
    const { run } = freshRun();
    const record = (await readRunRecord(run))!;
    rmSync(join(run, 'items.jsonl'));
    symlinkSync(join(precious, 'letter.txt'), join(run, 'items.jsonl'));
    await expect(RunFolder.open(run, record)).rejects.toThrow('items.jsonl is a link that leads out of it');
    expectUntouched();
  });

  it('in the place of a shard’s file is not copied', async () => {
    const { run, first } = freshRun();
    const [one, two] = shardsOf(run);
    symlinkSync(join(precious, 'letter.txt'), join(one!, first, 'letter.png'));
    await expect(mergeShards([one!, two!], temp.at(`whole-${copies++}`))).rejects.toThrow('is a link that leads out');
  });

  it('in the place of an item’s file is not read into a report', async () => {
    const { run, first } = freshRun();
    const name = readdirSync(join(run, first)).find((one) => one.endsWith('-maps.png'))!;
    renameSync(join(run, first, name), join(precious, name));
    symlinkSync(join(precious, name), join(run, first, name));
    await expect(writeReport([run])).rejects.toThrow(`${name} is a link that leads out of it`);
  });

  it.each(['index.html', 'findings.json'])('called %s is not written through', async (name) => {
    const { run } = freshRun();
    rmSync(join(run, name), { force: true });
    symlinkSync(join(precious, 'letter.txt'), join(run, name));
    await expect(writeReport([run])).rejects.toThrow(`${name} is a link that leads out of it`);
    expectUntouched();
  });

  it('is followed where it is the folder itself, or leads to a place in it', async () => {
    const { run, first } = freshRun();
    renameSync(join(run, first), join(run, 'items', 'moved'));
    symlinkSync(join(run, 'items', 'moved'), join(run, first));
    symlinkSync(run, temp.at('link'));
    const { items } = await writeReport([temp.at('link')]);
    expect(items).toBe(6);
    expect(existsSync(join(run, 'index.html'))).toBe(true);
  });
});

it('a pipe in the place of a file is refused and not waited for', async () => {
  const { run } = freshRun();
  rmSync(join(run, 'items.jsonl'));
  execFileSync('mkfifo', [join(run, 'items.jsonl')]);
  await expect(readRun(run, { details: true })).rejects.toThrow('items.jsonl is neither a file nor a folder');
});

describe('lines that are not as a run writes them', () => {
  function linesOf(run: string): string[] {
    return readFileSync(join(run, 'items.jsonl'), 'utf8').trimEnd().split('\n');
  }

  async function expectRefused(run: string, said: RegExp): Promise<void> {
    await expect(readRun(run, { details: false })).rejects.toThrow(said);
  }

  it.each([
    ['twice', ([first, ...others]: string[]) => [first!, first!, ...others]],
    ['swapped', ([first, second, ...others]: string[]) => [second!, first!, ...others]],
  ])('are refused by all readers where they stand %s', async (_, change) => {
    const { run } = freshRun();
    writeFileSync(join(run, 'items.jsonl'), `${change(linesOf(run)).join('\n')}\n`);
    const said = /items\.jsonl is damaged in line 2 \(item 0 stands after item [01]\)/;
    await expectRefused(run, said);
    const record = await readRunRecord(run);
    await expect(RunFolder.open(run, record!)).rejects.toThrow(said);
  });

  it.each([
    ['index', -1, /line 1 \(index must be at least 0\)/],
    ['index', 0.5, /line 1 \(index must be a whole number\)/],
    ['folder', 'items', /line 1 \(.* is said to lie in items\)/],
    ['image', { path: null, width: -1, height: 4 }, /line 1 \(image.width must be at least 1\)/],
    ['status', 'weird', /line 1 \(status is none of those that are known\)/],
  ])('are refused with %s %s', async (field, value, said) => {
    const { run } = freshRun();
    changeLine(run, (line) => ({ ...line, [field]: value }));
    await expectRefused(run, said);
  });

  it.each([
    ['"items":-1', /dataset\.items must be at least 0/],
    ['"items":1e18', /dataset\.items must be/],
    ['"items":1', /items\.jsonl is damaged in line 2 \(item 1 of 1/],
  ])('are refused where run.json says %s', async (said, sentence) => {
    const { run } = freshRun();
    const path = join(run, 'run.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"items": ?\d+/, said));
    await expectRefused(run, sentence);
  });

  it.each([
    ['shard', { index: 5, count: 2 }],
    ['model', { name: 'm', sha256: '', interpreter: '', input: { width: 0 }, preprocessing: {}, labels: null }],
  ])('are refused where the %s of run.json makes no sense', async (field, value) => {
    const { run } = freshRun();
    const path = join(run, 'run.json');
    const record: unknown = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...Object(record), [field]: value }));
    await expectRefused(run, /run\.json is damaged \((shard|model)/);
  });

  it('is no place where a run goes on where an item is a link that leads out', async () => {
    const { run, first } = freshRun();
    rmSync(join(run, first), { recursive: true });
    symlinkSync(precious, join(run, first));
    const record = await readRunRecord(run);
    await expect(RunFolder.open(run, record!)).rejects.toThrow(/is a link that leads out of it/);
    expect(readdirSync(precious)).toEqual(['letter.txt']);
  });
});
