/** `npm run chaos`: kills at random moments, a full disk, lost workers; what stands afterwards is what an undisturbed run leaves. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BIN, start, type Ended } from '../helpers/built.js';
import { treeOf, writeBrightAndDark } from '../helpers/datasets.js';
import { sendTo } from '../helpers/live.js';
import { CLASSIFIER_FLAGS, plantedClassifier } from '../helpers/planted.js';
import { Chance } from '../fuzz/chance.js';

const SEED = Number(process.env['DATUM_CHAOS_SEED'] ?? Math.floor(Date.now() / 1000) % 1_000_000);
const KILLS = Number(process.env['DATUM_CHAOS_KILLS'] ?? 50);
const ITEMS = 24;
const chance = new Chance(SEED, 0);

let root: string;
const at = (...names: string[]): string => join(root, ...names);

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'datum-chaos-'));
  await writeBrightAndDark(at('data'), ITEMS);
  writeFileSync(at('m.onnx'), plantedClassifier({ width: 24, height: 16 }, { x: 0, y: 0, width: 12, height: 16 }));
  writeFileSync(at('labels.txt'), 'bright\ndark\n');
  console.log(`chaos: seed ${SEED}, ${KILLS} kills`);
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

function run(...args: readonly string[]): Promise<Ended> {
  return start(process.execPath, [BIN, ...args], root).ended;
}

function explaining(out: string, ...more: string[]): string[] {
  const method = ['rise', '-s', '64', '--workers', '1'];
  return [
    'explain',
    'data:imagenet',
    '-m',
    'm.onnx',
    '-o',
    out,
    ...more,
    ...method,
    '--',
    ...CLASSIFIER_FLAGS,
    '--labels',
    'labels.txt',
  ];
}

/** Runs a command to its end, and says how long that took. */
async function timed(...args: readonly string[]): Promise<number> {
  const began = performance.now();
  const { code, stderr } = await run(...args);
  expect(stderr).not.toMatch(/a bug|^ +at /m);
  expect(code, stderr).toBe(0);
  return performance.now() - began;
}

/** Kills a command at a random moment of the time that it usually takes; says whether it was still there. */
async function killed(milliseconds: number, ...args: readonly string[]): Promise<boolean> {
  const { child, ended } = start(process.execPath, [BIN, ...args], root);
  await delay(chance.below(Math.max(1, Math.round(milliseconds * 1.1))));
  child.kill('SIGKILL');
  const { signal, stderr } = await ended;
  expect(stderr).not.toMatch(/a bug|^ +at /m);
  return signal === 'SIGKILL';
}

/** Files that nobody would miss: locks of the dead and halves of files, which the next run removes. */
function leftovers(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.tmp$|\.lock$|under-way/.test(name),
  );
}

/** A fifth of all kills for each command. */
const EACH = Math.ceil(KILLS / 5);

describe(`${KILLS} kills with seed ${SEED}`, () => {
  it('a run over a dataset goes on, and ends with the same files', async () => {
    const took = await timed(...explaining('whole'));
    let hit = 0;
    for (let i = 0; i < EACH; i++) hit += Number(await killed(took / 3, ...explaining('killed')));
    await timed(...explaining('killed'));
    expect(treeOf(at('killed'))).toEqual(treeOf(at('whole')));
    console.log(`dataset run: ${hit} of ${EACH} kills hit it`);
  });

  it('merge and report begin anew, and end with the same files', async () => {
    for (const shard of ['1/2', '2/2']) await timed(...explaining(`part-${shard[0] ?? ''}`, '--shard', shard));
    const before = [treeOf(at('part-1')), treeOf(at('part-2'))];
    const took = await timed('merge', 'part-1', 'part-2', '-o', 'merged');
    let hit = 0;
    for (let i = 0; i < EACH; i++) {
      hit += Number(await killed(took, 'merge', 'part-1', 'part-2', '-o', 'merged-killed'));
    }
    await timed('merge', 'part-1', 'part-2', '-o', 'merged-killed');
    expect(treeOf(at('merged-killed'))).toEqual(treeOf(at('merged')));
    expect([treeOf(at('part-1')), treeOf(at('part-2'))]).toEqual(before);
    console.log(`merge: ${hit} of ${EACH} kills hit it`);

    const reported = await timed('report', 'merged');
    const whole = treeOf(at('merged'));
    hit = 0;
    for (let i = 0; i < EACH; i++) {
      hit += Number(await killed(reported, 'report', 'merged'));
      // What stands is whole at every moment.
      expect(readFileSync(at('merged', 'index.html'), 'utf8')).toMatch(/<\/html>\n$/);
      JSON.parse(readFileSync(at('merged', 'findings.json'), 'utf8'));
    }
    await timed('report', 'merged');
    expect(treeOf(at('merged'))).toEqual(whole);
    expect(leftovers(at('merged'))).toEqual([]);
    console.log(`report: ${hit} of ${EACH} kills hit it`);
  });

  it('import leaves a project that is as before or has the source, and takes the next one', async () => {
    await timed('create', '-o', 'project');
    await timed('import', 'data', '-f', 'imagenet', '-n', 'first', '-p', 'project');
    const took = await timed('import', 'data', '-f', 'imagenet', '-n', 'second', '-p', 'project');
    let hit = 0;
    for (let i = 0; i < EACH; i++) {
      const name = `killed-${i}`;
      hit += Number(await killed(took, 'import', 'data', '-f', 'imagenet', '-n', name, '-p', 'project'));
      const { sources } = JSON.parse(readFileSync(at('project', '.datum', 'config.json'), 'utf8')) as {
        sources: object;
      };
      const names = Object.keys(sources);
      expect(names.slice(0, 2)).toEqual(['first', 'second']);
      if (!names.includes(name)) await timed('import', 'data', '-f', 'imagenet', '-n', name, '-p', 'project');
    }
    const { stdout } = await run('source', 'list', '-p', 'project', '--json');
    expect((JSON.parse(stdout) as unknown[]).length).toBe(2 + EACH);
    expect(leftovers(at('project'))).toEqual([]);
    console.log(`import: ${hit} of ${EACH} kills hit it`);
  });

  it('serve changes nothing of its project, and is started again at the same address', async () => {
    await timed('model', 'add', 'm', '-l', 'onnx', '-p', 'project', '--', '-d', at('m.onnx'), ...CLASSIFIER_FLAGS);
    const before = treeOf(at('project'));
    const token = 'a'.repeat(30);
    const headers = { 'x-datum-token': token };
    const image = readFileSync(at('data', 'bright', readdirSync(at('data', 'bright')).sort()[0] ?? ''));
    let port = 0;
    for (let i = 0; i < EACH; i++) {
      const server = start(
        'env',
        [
          `DATUM_TOKEN=${token}`,
          'BROWSER=none',
          process.execPath,
          BIN,
          'serve',
          '-p',
          'project',
          '--port',
          String(port),
        ],
        root,
      );
      await server.wrote('Ctrl-C ends it.');
      port = Number(new URL(/http:\S+/.exec(server.stderr())?.[0] ?? '').port);
      const post = (path: string, body: string | Uint8Array) => sendTo(port, path, { method: 'POST', headers, body });
      expect((await post('/api/upload?name=a.png', image)).status).toBe(200);
      expect((await post('/api/explain', JSON.stringify({ pane: 0, options: {}, metrics: 'none' }))).status).toBe(200);
      await delay(chance.below(400));
      server.child.kill('SIGKILL');
      await server.ended;
    }
    expect(treeOf(at('project'))).toEqual(before);
    console.log(`serve: ${EACH} kills while it explained`);
  });
});

const mountable = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

describe.skipIf(!mountable)(`a full disk${mountable ? '' : ' (skipped: nothing may be mounted here)'}`, () => {
  it.each([64, 160, 400])(
    'of %i KB ends the run with a sentence; with more room it goes on to the same files',
    async (size) => {
      if (!existsSync(at('whole'))) await timed(...explaining('whole'));
      const disk = at(`disk-${size}`);
      const kept = at(`kept-${size}`);
      mkdirSync(disk);
      const command = [process.execPath, BIN, ...explaining(join(disk, 'out'))];
      const script = `mount -t tmpfs -o size=${size}k tmpfs '${disk}' && cd '${root}' && "$@"; code=$?; cp -a '${disk}' '${kept}'; exit $code`;
      const { status, stderr } = spawnSync('unshare', ['-rm', 'sh', '-c', script, 'sh', ...command], {
        encoding: 'utf8',
      });
      expect(stderr.split('\n').filter((line) => line.startsWith('datum: '))).toEqual([
        expect.stringMatching(/the disk is full, free some space or choose another folder\.$/),
      ]);
      expect(stderr).not.toMatch(/a bug|^ +at /m);
      expect(status).toBe(1);
      const out = join(kept, 'out');
      await timed(...explaining(out));
      expect(treeOf(out)).toEqual(treeOf(at('whole')));
    },
  );
});

describe('a worker that is lost', () => {
  it('ends the run with a sentence; the next one goes on to the same files', async () => {
    const flag = at('flag');
    const script = at('script.mjs');
    writeFileSync(
      script,
      `import { existsSync } from 'node:fs';
let calls = 0;
export const getCategories = () => ['bright', 'dark'];
export function processOutputs(inputs, outputs) {
  if (++calls > ${10 + chance.below(60)} && existsSync(${JSON.stringify(flag)})) { const all = []; for (;;) all.push(new Array(1e6).fill(calls)); }
  return Array.from({ length: outputs.shape[0] }, (_, i) => [0, 1].map((label) => ({ label, score: outputs.data[2 * i + label] })));
}
`,
    );
    const args = (out: string): string[] => [
      'explain',
      'data:imagenet',
      '-m',
      'm.onnx',
      '-o',
      out,
      'rise',
      '-s',
      '32',
      '-b',
      '4',
      '--workers',
      '1',
      '--',
      '-i',
      script,
    ];
    await timed(...args('scripted'));
    for (let i = 0; i < 3; i++) {
      writeFileSync(flag, '');
      const { code, stderr } = await run(...args('lost'));
      expect(stderr).not.toMatch(/a bug|^ +at /m);
      expect(stderr.match(/^datum: .*/gm)).toEqual([expect.stringContaining('a thread of the model ended')]);
      expect(code).toBe(1);
    }
    rmSync(flag);
    await timed(...args('lost'));
    expect(treeOf(at('lost'))).toEqual(treeOf(at('scripted')));
  });
});
