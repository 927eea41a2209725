/**
 * A project of somebody else's: a copy of project/ outside of the repository's tree installs the tarball, type-checks
 * and runs. Its programs assert what they find out themselves.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { npmCommand } from '../../scripts/setup.mjs';
import { writeBrightAndDark } from '../helpers/datasets.js';
import { png, white } from '../helpers/images.js';
import { installLinked, linkRuntime, packBuilt, ROOT, run } from '../helpers/packed.js';
import { plantedClassifier } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const SOURCE = fileURLToPath(new URL('project', import.meta.url));
/** In the order in which they run: the report is of what the dataset run wrote. */
const PROGRAMS = ['function-model', 'onnx-file', 'plugins', 'dataset', 'report'];

const manifest = z.object({ devDependencies: z.record(z.string(), z.string()) });
const temp = tempFolder();
const project = temp.at('consumer');

/** Installs the tarball as anyone would; without a registry, links the dependencies. Says which. */
function install(tarball: string): void {
  copyFileSync(tarball, join(project, 'datum-explain.tgz'));
  const { devDependencies } = manifest.parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
  const packages = ['typescript', '@types/node'].map((name) => `${name}@${devDependencies[name] ?? ''}`);
  const flags = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries=1'];
  const [npm, ...first] = npmCommand();
  const { status, stderr } = spawnSync(npm, [...first, 'install', ...flags, './datum-explain.tgz', ...packages], {
    cwd: project,
    encoding: 'utf8',
    timeout: 240_000,
  });
  if (status === 0) {
    linkRuntime(join(project, 'node_modules/datum-explain'));
    console.log('The consumer installed the tarball and its dependencies with npm.');
    return;
  }
  console.log(`The consumer has links to the repository's dependencies: npm install ended with ${stderr.trim()}`);
  rmSync(join(project, 'node_modules'), { recursive: true, force: true });
  installLinked(tarball, project, ['typescript', '@types/node']);
}

describe('a project that installs the tarball', () => {
  beforeAll(async () => {
    cpSync(SOURCE, project, { recursive: true });
    const region = { x: 30, y: 4, width: 12, height: 8 };
    temp.write('consumer/inputs/model.onnx', plantedClassifier({ width: 48, height: 32 }, region));
    temp.write('consumer/inputs/white.png', await png(white(48, 32)));
    const left = { x: 0, y: 0, width: 12, height: 16 };
    temp.write('consumer/inputs/bright.onnx', plantedClassifier({ width: 24, height: 16 }, left));
    await writeBrightAndDark(join(project, 'inputs/images'), 10);
    install(packBuilt(temp.at('packed')));
  }, 600_000);

  it('lies outside of the repository', () => {
    expect(realpathSync(project).startsWith(realpathSync(ROOT))).toBe(false);
  });

  it('has a program for each', () => {
    const names = readdirSync(join(SOURCE, 'src')).filter((name) => name.endsWith('.ts'));
    expect(names.sort()).toEqual([...PROGRAMS, 'bright-model'].map((name) => `${name}.ts`).sort());
  });

  it('type-checks', () => {
    run(process.execPath, [join(project, 'node_modules/typescript/bin/tsc'), '-p', '.'], project);
  });

  it.each(PROGRAMS)('runs %s', (name) => {
    expect(run(process.execPath, [`dist/${name}.js`], project)).toBe('');
  });
});
