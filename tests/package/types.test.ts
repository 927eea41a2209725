/** The package's types as a consumer's compiler sees them, in every way of resolving modules that knows `exports`. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { installLinked, manifestOf, packBuilt, ROOT } from '../helpers/packed.js';
import { tempFolder } from '../helpers/temp-folder.js';

const temp = tempFolder();
const TSC = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');

beforeAll(() => {
  installLinked(packBuilt(temp.at('packed')), temp.path, ['@types/node']);
  temp.write('package.json', JSON.stringify({ private: true, type: 'module' }));
});

/** Names of all entry points that have types. */
function entryPoints(): string[] {
  return Object.entries(manifestOf(ROOT).exports)
    .filter(([, to]) => typeof to !== 'string')
    .map(([name]) => `datum-explain${name.slice(1)}`);
}

it.each([
  ['node16', { module: 'node16', moduleResolution: 'node16' }],
  ['bundler', { module: 'esnext', moduleResolution: 'bundler' }],
])('moduleResolution %s finds all types of every entry point, and sees a mistake', (name, options) => {
  const all = entryPoints();
  expect(all).toEqual(expect.arrayContaining(['datum-explain', 'datum-explain/annotations']));
  const imports = all.map((one, i) => `import * as entry${i} from '${one}';\nconsole.log(entry${i});\n`);
  temp.write('right.ts', imports.join(''));
  temp.write('wrong.ts', `import { openModel } from 'datum-explain';\nawait openModel(12);\n`);
  const compilerOptions = {
    target: 'es2023',
    lib: ['es2023', 'esnext.disposable'],
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
    ...options,
  };
  const config = temp.write(`${name}.json`, JSON.stringify({ compilerOptions, files: ['right.ts', 'wrong.ts'] }));
  const { status, stdout } = spawnSync(process.execPath, [TSC, '-p', config], { cwd: temp.path, encoding: 'utf8' });
  const errors = stdout.split('\n').filter((line) => /^\S/.test(line));
  expect(errors).toEqual([expect.stringMatching(/^wrong\.ts\(2,17\): error TS/)]);
  expect(status).not.toBe(0);
});
