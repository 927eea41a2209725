import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { interpreterNames, loadInterpreter } from '../../src/interpreters/registry.js';

const page = readFileSync(new URL('../../docs/interpreters.md', import.meta.url), 'utf8');

it('the documentation has a line for every interpreter, and says which are cut', async () => {
  for (const name of interpreterNames) {
    const line = page.split('\n').find((text) => text.startsWith(`| \`${name}\` |`));
    expect(line, name).toBeDefined();
    expect(/\| cut \|$/.test(line ?? ''), name).toBe((await loadInterpreter(name)).truncated);
  }
});

it('an interpreter is known by the name it is registered under', async () => {
  for (const name of interpreterNames) expect((await loadInterpreter(name)).name).toBe(name);
  await expect(loadInterpreter('yolov99')).rejects.toThrow('use one of classification, ');
  await expect(loadInterpreter('toString')).rejects.toMatchObject({ kind: 'usage' });
});
