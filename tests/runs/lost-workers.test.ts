/** User's code that ends its thread, its process, or never comes back: said with the input that it met, and nothing done before is lost. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { built, type Ended } from '../helpers/built.js';
import { itemsOf, treeOf, writeBrightAndDark } from '../helpers/datasets.js';
import { plantedClassifier } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const temp = tempFolder();
const ITEMS = 6;
/** Masks that are scored before the script does its worst. */
const LATE = 150;
let model: string;

/** A script that does something once it has been called often, while a file is there. */
function script(name: string, deed: string): { readonly path: string; readonly mend: () => void } {
  const flag = temp.write(`${name}.flag`, '');
  const path = temp.write(
    `${name}.mjs`,
    `import { existsSync } from 'node:fs';
let calls = 0;
export const getCategories = () => ['bright', 'dark'];
export function processOutputs(inputs, outputs) {
  if (++calls > ${LATE} && existsSync(${JSON.stringify(flag)})) { ${deed} }
  return Array.from({ length: outputs.shape[0] }, (_, i) =>
    [0, 1].map((label) => ({ label, score: outputs.data[2 * i + label] })));
}
`,
  );
  return {
    path,
    mend: () => {
      rmSync(flag);
    },
  };
}

function explain(out: string, path: string, ...more: string[]): Promise<Ended> {
  const method = ['rise', '-s', '32', '-b', '1', '--stop-at', 'off', '--metrics', 'none', '--workers', '1'];
  return built('explain', `${temp.at('data')}:imagenet`, '-m', model, '-o', out, ...method, '--', '-i', path, ...more);
}

function sentences({ stderr }: Ended): string[] {
  expect(stderr).not.toMatch(/a bug|^ +at /m);
  return stderr.split('\n').filter((line) => line.startsWith('datum: '));
}

beforeAll(async () => {
  await writeBrightAndDark(temp.at('data'), ITEMS);
  model = temp.write('m.onnx', plantedClassifier({ width: 24, height: 16 }, { x: 0, y: 0, width: 12, height: 16 }));
  rmSync(temp.at('none'), { force: true });
});

describe('a script that', () => {
  it('uses up the memory of its thread ends the run, which names the item and goes on when it is mended', async () => {
    const greedy = script('greedy', 'const all = []; for (;;) all.push(new Array(1e6).fill(calls));');
    const ended = await explain(temp.at('greedy'), greedy.path);
    expect(sentences(ended)).toEqual([
      expect.stringMatching(
        /^datum: a thread of the model ended while \S+\/image \d+ was explained \(it used more than 1024 MB of memory/,
      ),
    ]);
    expect(ended.code).toBe(1);
    const before = itemsOf(temp.at('greedy')).length;
    expect(before).toBeGreaterThan(1);
    expect(before).toBeLessThan(ITEMS);
    greedy.mend();
    expect((await explain(temp.at('greedy'), greedy.path)).code).toBe(0);
    expect((await explain(temp.at('whole'), greedy.path)).code).toBe(0);
    expect(treeOf(temp.at('greedy'))).toEqual(treeOf(temp.at('whole')));
  });

  it('ends the process is a failure of its items with its line', async () => {
    const { path } = script('exits', 'process.exit(3);');
    const ended = await explain(temp.at('exits'), path);
    sentences(ended);
    const failed = itemsOf(temp.at('exits')).filter(({ status }) => status === 'failed');
    expect(failed.length).toBeGreaterThan(0);
    expect(JSON.stringify(failed[0])).toMatch(/process\.exit\(3\) was called, which ends the run.*in line 5/);
  });

  it('never comes back is stopped after its time, by either name of the option', async () => {
    const { path } = script('loops', 'for (;;);');
    for (const flag of ['--timeout', '--script-timeout']) {
      const out = temp.at(`loops${flag}`);
      sentences(await explain(out, path, flag, '0.5'));
      const failed = itemsOf(out).filter(({ status }) => status === 'failed');
      expect(JSON.stringify(failed[0])).toContain(
        'took more than 0.5 s and was stopped: give it more time with timeout',
      );
    }
  });

  it('takes the whole process along loses nothing: the next run names its items and ends with the same files', async () => {
    const fatal = script('fatal', "process.kill(process.pid, 'SIGKILL'); for (;;);");
    const ended = await explain(temp.at('fatal'), fatal.path);
    expect(ended.signal).toBe('SIGKILL');
    const before = itemsOf(temp.at('fatal')).length;
    expect(before).toBeGreaterThan(1);
    const next: unknown = JSON.parse(readFileSync(temp.at('fatal', '.under-way.json'), 'utf8'));
    expect(next).toContainEqual(expect.stringContaining(`image 00${before}`));
    fatal.mend();
    const resumed = await explain(temp.at('fatal'), fatal.path);
    expect(resumed.stderr).toMatch(
      new RegExp(
        `^The run before ended without a word while it explained .*image 00${before}.*: it goes on there\\.$`,
        'm',
      ),
    );
    expect(resumed.code).toBe(0);
    expect(existsSync(temp.at('fatal', '.under-way.json'))).toBe(false);
    expect((await explain(temp.at('fatal-whole'), fatal.path)).code).toBe(0);
    expect(treeOf(temp.at('fatal'))).toEqual(treeOf(temp.at('fatal-whole')));
  });
});

it('a plug-in that ends the process is said, and is no success', async () => {
  const launcher = temp.write('ends.mjs', 'process.exit(0);');
  const ended = await built(
    'explain',
    temp.at('data'),
    '-m',
    model,
    '-o',
    temp.at('plug'),
    'rise',
    '--',
    '-l',
    launcher,
  );
  expect(sentences(ended)).toEqual([expect.stringMatching(/ends\.mjs does not load: process\.exit\(0\) was called/)]);
  expect(ended.code).toBe(1);
});
