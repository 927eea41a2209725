/** Users' scripts that fail in ways of their own: one sentence that names them, and no stack. */
import { beforeAll, describe, expect, it } from 'vitest';
import { built } from '../helpers/built.js';
import { png, speckled } from '../helpers/images.js';
import { plantedClassifier } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const temp = tempFolder();
const ANSWER = `export const processOutputs = (inputs, { data, shape }) =>
  Array.from({ length: shape[0] }, (_, i) => [0, 1].map((label) => ({ label, score: data[2 * i + label] })));`;
let photo: string;
let model: string;

beforeAll(async () => {
  photo = temp.write('photo.png', await png(speckled(24, 16)));
  model = temp.write('m.onnx', plantedClassifier({ width: 24, height: 16 }, { x: 0, y: 0, width: 12, height: 16 }));
});

function explain(name: string, source: string) {
  const script = temp.write(`${name}.mjs`, source);
  const method = ['rise', '-s', '8', '--stop-at', 'off', '--workers', '1'];
  return built('explain', photo, '-m', model, '--json', ...method, '--', '-i', script, '--timeout', '2');
}

/** What it does where it is loaded, and before it answers. */
const LOADED: Readonly<Record<string, string>> = {
  'leaves a refused promise': `Promise.reject(new Error('later'));`,
  'leaves a refused promise without an error': `Promise.reject(7);`,
  'throws later': `setTimeout(() => { throw new Error('timer') }, 50); await new Promise((done) => setTimeout(done, 200));`,
  'throws what cannot be read': `throw { get message() { throw 1 }, toString() { throw 2 }, get stack() { throw 3 } };`,
  'throws a proxy': `throw new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 }, has() { throw 3 } });`,
  'ends the process': `process.exit(3);`,
  'never ends': `await new Promise(() => {});`,
};
const CALLED: Readonly<Record<string, string>> = {
  'uses the port of its thread': `const { parentPort } = process.getBuiltinModule('node:worker_threads'); parentPort?.postMessage({ evil: 1 }); parentPort?.close();`,
  'throws a proxy': `throw new Proxy(function () {}, { get() { throw new Proxy({}, { get() { throw 1 } }) } });`,
  'answers a proxy': `return new Proxy([], { get() { throw 7 } });`,
  'answers more than is taken': `return [Array.from({ length: 1e6 }, () => ({ label: 0, score: 0.5 }))];`,
  'answers what takes long to be read': `return [[{ get label() { for (;;); } }]];`,
  'ends its thread': `process.reallyExit(0);`,
  'prints for ever': `for (;;) console.log('y'.repeat(1000));`,
};

function expectSentence(name: string, { code, stderr, stdout }: Awaited<ReturnType<typeof built>>): void {
  expect(stderr).not.toMatch(/a bug|^ +at |terminate called/m);
  expect(stderr.split('\n').filter((line) => line.includes(`${name}.mjs`))).not.toEqual([]);
  expect(stdout).toBe('');
  expect(code).toBe(1);
}

describe('a script that', () => {
  for (const [index, [what, deed]] of Object.entries(LOADED).entries()) {
    it(`${what} where it is loaded`, async () => {
      const name = `loaded-${index}`;
      expectSentence(name, await explain(name, `${deed}\n${ANSWER}`));
    });
  }
  for (const [index, [what, deed]] of Object.entries(CALLED).entries()) {
    it(`${what} when it is called`, async () => {
      const name = `called-${index}`;
      expectSentence(name, await explain(name, ANSWER.replace('=>\n', `=> {\n${deed}\nreturn `).replace(/;$/, '};')));
    });
  }

  it('prints leaves stdout to results, and the terminal unharmed', async () => {
    const loud = `process.stdout.write('\\x1b[2J'); console.log('p'.repeat(1e6));`;
    const { code, stderr, stdout } = await explain('loud', `${loud}\n${ANSWER}`);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1 });
    expect(stderr).toContain('\\u001b[2J');
    expect(stderr).not.toContain('\u001b');
    expect(stderr).toContain('loud.mjs prints more than 64 KB: the rest is left out.');
    expect(stderr.length).toBeLessThan(300_000);
  });
});
