/** The command as it is installed: what `npm run build` made, in a process of its own. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { BIN, built, start } from '../helpers/built.js';
import { readNpy } from '../helpers/maps.js';
import { png, speckled } from '../helpers/images.js';
import { CLASSIFIER_FLAGS, plantedClassifier } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
let photo: string;
let model: string;
beforeAll(async () => {
  photo = folder.write('photo.png', await png(speckled(96, 64)));
  model = folder.write(
    'model.onnx',
    plantedClassifier({ width: 48, height: 32 }, { x: 30, y: 4, width: 12, height: 8 }),
  );
});

function explaining(out: string | null, method: string[], before: string[] = []): string[] {
  const target = [photo, '-m', model, ...(out === null ? [] : ['-o', out])];
  return ['explain', ...target, ...before, 'rise', '--workers', '1', ...method, '--', ...CLASSIFIER_FLAGS];
}

/** Masks for hours. */
const ENDLESS = ['-s', '1000000000', '--stop-at', 'off', '--progressive', '--batch-size', '1'];

it('begins with a line that makes it a program', () => {
  expect(readFileSync(BIN, 'utf8').split('\n')[0]).toBe('#!/usr/bin/env node');
});

it('has the exit codes of the contract', async () => {
  expect((await built('--help')).code).toBe(0);
  expect((await built('no-such-command')).code).toBe(2);
  const missing = await built('explain', folder.at('none.png'), '-m', model, 'rise');
  expect(missing.code).toBe(1);
  expect(missing.stderr).toBe(`datum: there is no image ${folder.at('none.png')}: check the path.\n`);
});

it('prints JSON that parses, and nothing else, to stdout', async () => {
  const { code, stdout } = await built(...explaining(null, ['-s', '8'], ['--json']));
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ version: 1, run: { samples: 8 }, targets: [{ kind: 'label' }] });
});

it('is not upset by a reader that has seen enough', () => {
  const script = `"$0" "$1" explain --help | head -n 1; echo "codes: \${PIPESTATUS[0]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, process.execPath, BIN], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^Show which parts of an image .*\ncodes: 0\n$/);
});

describe('what cannot be written', () => {
  /** The command with its output in files, or on a disk that is full. */
  function shell(script: string, ...args: string[]) {
    return spawnSync('bash', ['-c', script, process.execPath, BIN, ...args], { encoding: 'utf8' });
  }

  it('to stdout is said in a sentence, with exit code 1; the results are there', () => {
    const out = folder.at('stdout-full');
    const { status, stderr } = shell('"$0" "$@" > /dev/full', ...explaining(out, ['-s', '8']));
    expect(stderr.split('\n').filter((line) => line.startsWith('datum: '))).toEqual([
      'datum: the output cannot be written: the disk is full, free some space or choose another folder.',
    ]);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(status).toBe(1);
    expect(existsSync(`${out}/photo-explanation.json`)).toBe(true);
  });

  it('to stderr is not said, and the work goes on with its own exit code', () => {
    const out = folder.at('stderr-full');
    for (const where of ['2> /dev/full', '2> >(exit)', '2>&-']) {
      const { status, stdout } = shell(`"$0" "$@" ${where}`, ...explaining(out, ['-s', '8']));
      expect(stdout).toContain(`Files     ${out}/`);
      expect(status).toBe(0);
    }
    expect(shell('"$0" "$@" 2> /dev/full', 'no-such-command').status).toBe(2);
  });

  it('to a reader that is gone does not end the work', () => {
    const out = folder.at('gone');
    const { status, stderr } = shell('set -o pipefail; "$0" "$@" | exec true', ...explaining(out, ['-s', '8']));
    expect(stderr).not.toMatch(/^datum: /m);
    expect(status).toBe(0);
    expect(existsSync(`${out}/photo-explanation.json`)).toBe(true);
  });

  it.each([20, 28, 40, 64, 100])('where only %i files may be open is one sentence, never a bug', (files) => {
    const { status, stderr } = shell(`ulimit -n ${files}; exec "$0" "$@"`, ...explaining(null, ['-s', '8']));
    expect(stderr).not.toMatch(/a bug|^ +at /m);
    if (status === 0) return;
    expect(status).toBe(1);
    expect(stderr.split('\n').filter((line) => line.startsWith('datum: '))).toHaveLength(1);
    expect(stderr).toMatch(/too many (open files|files are open).*raise the limit/);
  });
});

it('says which Node it needs where that one is too old', () => {
  const older = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.8" } })';
  const args = ['--import', `data:text/javascript,${encodeURIComponent(older)}`, BIN, '--version'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(stderr).toBe(
    'datum: Node 18.20.8 is too old: datum-explain needs Node 20.19 or newer, see https://nodejs.org.\n',
  );
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
});

describe('Ctrl-C', () => {
  it('ends the masked runs: the maps so far are written and marked', async () => {
    const out = folder.at('stopped');
    const { child, ended, wrote } = start(process.execPath, [BIN, ...explaining(out, ENDLESS)]);
    await wrote('masks');
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(stdout).toContain('interrupted');
    const json: unknown = JSON.parse(readFileSync(`${out}/photo-explanation.json`, 'utf8'));
    expect(json).toMatchObject({ run: { stopped: 'interrupted' } });
    expect(readNpy(`${out}/photo-1-class-0-heatmap.npy`).shape).toEqual([64, 96]);
    expect(readdirSync(out).filter((name) => !/\.(png|npy|json)$/.test(name))).toEqual([]);
  });

  it('while the model loads ends it with nothing written', async () => {
    const out = folder.at('unloaded');
    // A script whose preparation never ends: the load is under way for as long as the test wants.
    const script = folder.write(
      'slow.mjs',
      'console.error("loading"); await new Promise((r) => setTimeout(r, 60_000)); export const processOutputs = () => [[]];',
    );
    const args = ['explain', photo, '-m', model, '-o', out, 'rise', '--', '-i', script];
    const { child, ended, wrote } = start(process.execPath, [BIN, ...args]);
    await wrote('loading');
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toMatch(/^datum: interrupted while the model was loading: nothing was written\.$/m);
    expect(existsSync(out)).toBe(false);
  });

  it('twice does not wait for anything', async () => {
    const { child, ended, wrote } = start(process.execPath, [BIN, ...explaining(null, ENDLESS)]);
    await wrote('masks');
    child.kill('SIGINT');
    child.kill('SIGINT');
    // A shell shows 130 for either.
    const { code, signal } = await ended;
    expect([130, 'SIGINT']).toContain(code ?? signal);
  });
});

it('says when the disk is full, and leaves no half of a file', () => {
  const out = folder.at('full');
  // A limit on the size of files stands for the end of the disk: the JSON fits, the NPY does not; its
  // first 4096 bytes are written before the system says no.
  const script = `ulimit -f 4; exec "$0" "$@"`;
  const args = ['-c', script, process.execPath, BIN, ...explaining(out, ['-s', '8', '--save', 'raw,json'])];
  const { status, stdout, stderr } = spawnSync('bash', args, { encoding: 'utf8' });
  expect(stderr).toMatch(
    /^datum: .*photo-1-class-0-heatmap\.npy cannot be written: the disk is full, free some space or choose another folder\.$/m,
  );
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(existsSync(out)).toBe(false);
});

const pseudoTerminal = spawnSync('script', ['--version'], { encoding: 'utf8' });

describe.skipIf(pseudoTerminal.status !== 0 || !pseudoTerminal.stdout.includes('util-linux'))('on a terminal', () => {
  /** Starts the command with a terminal for stdin, stdout and stderr. */
  function inTerminal(args: string[]) {
    const words = [process.execPath, BIN, ...args].map((word) => `'${word}'`).join(' ');
    const command = `stty rows 24 cols 90; TERM=xterm-256color FORCE_COLOR=2 ${words}`;
    return start('script', ['-qec', command, '/dev/null']);
  }

  it('shows how far it is while masks are scored, an image and a table at the end', async () => {
    const { code, stdout } = await inTerminal(explaining(null, ['-s', '400', '--stop-at', 'off'])).ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/\d+ of at most 400 runs, [\d.]+ a second/);
    // Two pixels a character, in colors.
    expect(stdout).toContain('\u2580');
    expect(stdout).toContain('\x1b[38;5;');
    expect(stdout).toContain('peak x,y');
  });

  it('--progressive draws the map again and again in place, until Ctrl-C is typed', async () => {
    const { ended, wrote, type } = inTerminal(explaining(null, ENDLESS));
    // The image is erased before it is drawn anew, so that it does not scroll.
    await wrote('\x1b[2K');
    type('\x03');
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(stdout.match(/\d+ of 1000000000 masks/g)?.length).toBeGreaterThan(1);
    expect(stdout).toContain('interrupted');
  });
});
