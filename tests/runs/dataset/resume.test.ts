/** A run over a dataset that is ended at any moment goes on where it was, and ends with the same files. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { datum } from '../../helpers/cli.js';
import { itemsOf, treeOf, writeBrightAndDark } from '../../helpers/datasets.js';
import { CLASSIFIER_FLAGS, plantedClassifier } from '../../helpers/planted.js';
import { tempFolder } from '../../helpers/temp-folder.js';

const folder = tempFolder();
const data = folder.at('data');
const ITEMS = 36;
let model: string;
let labels: string;
let uninterrupted: Record<string, string>;

function args(out: string, more: readonly string[] = []): string[] {
  const method = ['rise', '-s', '64', '--workers', '1', ...more];
  return [
    'explain',
    `${data}:imagenet`,
    '-m',
    model,
    '-o',
    out,
    ...method,
    '--',
    ...CLASSIFIER_FLAGS,
    '--labels',
    labels,
  ];
}

beforeAll(async () => {
  await writeBrightAndDark(data, ITEMS);
  model = folder.write(
    'model.onnx',
    plantedClassifier({ width: 24, height: 16 }, { x: 0, y: 0, width: 12, height: 16 }),
  );
  labels = folder.write('labels.txt', 'bright\ndark\n');
  const { code, stderr } = await datum(args(folder.at('whole')));
  expect(code, stderr).toBe(0);
  uninterrupted = treeOf(folder.at('whole'));
});

function linesOf(path: string): number {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;
}

/** The built command in a process of its own. */
function start(out: string): ChildProcess {
  return spawn(process.execPath, ['dist/cli/bin.js', ...args(out)], { stdio: ['ignore', 'ignore', 'pipe'] });
}

describe('a run over a dataset', () => {
  it('explains every item and measures it', () => {
    const items = itemsOf(folder.at('whole'));
    expect(items.map(({ status }) => status)).toEqual(Array.from({ length: ITEMS }, () => 'ok'));
    expect(items.map(({ index }) => index)).toEqual(Array.from({ length: ITEMS }, (_, i) => i));
    expect(Object.keys(uninterrupted)).toContain('items/bright/image 000/image 000-maps.png');
    expect(Object.keys(uninterrupted)).not.toContain('.lock');
  });

  it('is the same after twenty kills at random moments', async () => {
    const out = folder.at('killed');
    let kills = 0;
    while (kills < 20) {
      const before = linesOf(`${out}/items.jsonl`);
      const child = start(out);
      const exited = once(child, 'exit');
      // Some are killed before the first item of theirs, some in the middle of writing one.
      const wanted = before + Math.floor(Math.random() * 3);
      const delay = Math.random() * 60;
      while (child.exitCode === null && linesOf(`${out}/items.jsonl`) < wanted) await sleep(2);
      await sleep(wanted === before ? delay * 20 : delay);
      child.kill('SIGKILL');
      await exited;
      kills++;
      if (linesOf(`${out}/items.jsonl`) === ITEMS) break;
    }
    const { code, stderr } = await datum(args(out));
    expect(code, stderr).toBe(0);
    expect(treeOf(out)).toEqual(uninterrupted);
  }, 900_000);

  it('is the same after a torn line and leftovers of files', async () => {
    const out = folder.at('torn');
    await datum(args(out));
    const lines = readFileSync(`${out}/items.jsonl`, 'utf8').split('\n');
    writeFileSync(`${out}/items.jsonl`, `${lines.slice(0, 20).join('\n')}\n${lines[20]!.slice(0, 100)}`);
    writeFileSync(`${out}/summary.json.0b9c1b52-5f6e-4b0f-9d6c-0d5a3f7e2a11.tmp`, 'half a summary');
    writeFileSync(
      `${out}/items/${itemsOf(folder.at('whole'))[20]!.id}/half.png.0b9c1b52-5f6e-4b0f-9d6c-0d5a3f7e2a11.tmp`,
      'half an image',
    );
    writeFileSync(`${out}/.lock`, JSON.stringify({ pid: 2 ** 22 + 1, host: 'elsewhere', started: '', token: 'abc' }));
    // A lock of another machine is not taken over.
    const refused = await datum(args(out));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('is in use by process');
    writeFileSync(`${out}/.lock`, 'damaged');
    const { code, stderr } = await datum(args(out));
    expect(code, stderr).toBe(0);
    expect(treeOf(out)).toEqual(uninterrupted);
  });

  it('ends with 130 when interrupted, keeps what is finished, and goes on', async () => {
    const out = folder.at('interrupted');
    const interruption = new AbortController();
    const watcher = setInterval(() => {
      if (linesOf(`${out}/items.jsonl`) >= 5) interruption.abort();
    }, 2);
    const { code } = await datum(args(out), { signal: interruption.signal });
    clearInterval(watcher);
    expect(code).toBe(130);
    const done = linesOf(`${out}/items.jsonl`);
    expect(done).toBeGreaterThanOrEqual(5);
    expect(done).toBeLessThan(ITEMS);
    const before = readFileSync(`${out}/items.jsonl`, 'utf8');
    expect(JSON.parse(readFileSync(`${out}/summary.json`, 'utf8'))).toMatchObject({ complete: false });
    expect((await datum(args(out))).code).toBe(0);
    expect(readFileSync(`${out}/items.jsonl`, 'utf8').startsWith(before)).toBe(true);
    expect(treeOf(out)).toEqual(uninterrupted);
  });

  it('does nothing when all is done', async () => {
    const { code } = await datum(args(folder.at('whole')));
    expect(code).toBe(0);
    expect(treeOf(folder.at('whole'))).toEqual(uninterrupted);
  });

  it('is the same with other numbers of workers', async () => {
    const out = folder.at('workers');
    expect((await datum(args(out, ['--workers', '3']))).code).toBe(0);
    expect(treeOf(out)).toEqual(uninterrupted);
  });

  it('is refused when options, the model or the dataset were changed', async () => {
    const out = folder.at('whole');
    const seed = await datum(args(out, ['--seed', '7', '--metrics', 'none']));
    expect(seed.code).toBe(1);
    expect(seed.stderr).toContain('--seed was 0 and is 7');
    expect(seed.stderr).toContain('--metrics was fast and is none');
    const [first, ...rest] = args(out);
    const other = folder.write(
      'other.onnx',
      plantedClassifier({ width: 32, height: 16 }, { x: 0, y: 0, width: 10, height: 16 }),
    );
    const changed = await datum([first!, ...rest.map((one) => (one === model ? other : one))]);
    // What follows from that is not listed.
    expect(changed.stderr).toContain('(the model was another)');
    const filtered = await datum(args(out, ['--filter', 'label=bright']));
    expect(filtered.stderr).toContain('--filter was not given and is label=bright');
    expect(filtered.stderr).toContain('the dataset had other items or annotations');
    expect(treeOf(out)).toEqual(uninterrupted);
  });

  it('has its folder to itself', async () => {
    const out = folder.at('shared');
    const child = start(out);
    const exited = once(child, 'exit');
    while (child.exitCode === null && linesOf(`${out}/items.jsonl`) < 1) await sleep(2);
    const second = await datum(args(out));
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`is in use by process ${child.pid!}`);
    child.kill('SIGKILL');
    await exited;
    // The lock of a process that was killed is taken over.
    expect((await datum(args(out))).code).toBe(0);
    expect(treeOf(out)).toEqual(uninterrupted);
  });
});

describe('shards', () => {
  it('merge to the folder of a whole run', async () => {
    for (const shard of ['1/2', '2/2']) {
      const out = folder.at(`shard-${shard[0]!}`);
      expect((await datum(args(out, ['--shard', shard]))).code).toBe(0);
    }
    const counts = [1, 2].map((shard) => itemsOf(folder.at(`shard-${shard}`)).length);
    expect(counts[0]! + counts[1]!).toBe(ITEMS);
    expect(Math.min(...counts)).toBeGreaterThan(0);
    const merge = ['merge', folder.at('shard-2'), folder.at('shard-1'), '-o', folder.at('merged')];
    expect((await datum(merge)).code).toBe(0);
    expect(treeOf(folder.at('merged'))).toEqual(uninterrupted);
    // Again, over what is there.
    expect((await datum(merge)).code).toBe(0);
    expect(treeOf(folder.at('merged'))).toEqual(uninterrupted);
  });

  it('are refused when one is missing, unfinished, or of another run', async () => {
    const one = folder.at('shard-1');
    const missing = await datum(['merge', one, '-o', folder.at('part')]);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain('shard 2/2 is missing');
    const whole = await datum(['merge', one, folder.at('whole'), '-o', folder.at('part')]);
    expect(whole.stderr).toContain('not a shard');
    await datum(args(folder.at('seeded'), ['--shard', '2/2', '--seed', '3']));
    const other = await datum(['merge', one, folder.at('seeded'), '-o', folder.at('part')]);
    expect(other.stderr).toContain('--seed was 0 and is 3');
  });
});

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
