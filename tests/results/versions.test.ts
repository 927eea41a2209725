/** Files of a newer version are refused in a sentence; files without a version, and those of version 0.1.0, are read. */
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Ended } from '../helpers/built.js';
import { everythingIn, readJson, smallProject } from '../helpers/stored.js';
import { tempFolder } from '../helpers/temp-folder.js';

const temp = tempFolder();
const project = smallProject(temp);
const METHOD = ['rise', '-s', '32', '--workers', '1'];
const ITEM = 'items/bright/picture 2/picture 2-explanation.json';

const explaining = (out: string, ...more: string[]): string[] => [
  ...['explain', 'bright', '-m', 'bright', '-o', out, ...METHOD],
  ...more,
];

beforeAll(async () => {
  await project.well(['explain', 'pictures/wide.jpg', '-m', 'bright', '-o', 'image', ...METHOD]);
  await project.well(explaining('run'));
  for (const i of [1, 2]) await project.well(explaining(`shard-${i}`, '--shard', `${i}/2`));
});

let copies = 0;

/** A copy of a folder of results. */
function copyOf(folder: string): string {
  const copy = `copy-${copies++}`;
  cpSync(project.at(folder), project.at(copy), { recursive: true });
  return copy;
}

/** Changes every JSON value of a file: the only one, or one a line. */
function change(path: string, how: (value: Record<string, unknown>) => unknown): void {
  const text = readFileSync(path, 'utf8');
  const values = path.endsWith('.jsonl') ? text.split('\n').slice(0, -1) : [text];
  const changed = values.map((value) => JSON.stringify(how(objectIn(value))));
  writeFileSync(path, `${changed.join('\n')}\n`);
}

function objectIn(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

const newer = (value: Record<string, unknown>): unknown => ({ ...value, version: 7, somethingNew: true });
const unversioned = ({ version: _, ...value }: Record<string, unknown>): unknown => value;

/** A folder as a kill leaves it after some items. */
function cutOff(folder: string, items: number): void {
  const path = project.at(folder, 'items.jsonl');
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, items);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  for (const name of ['summary.json', 'findings.json', 'index.html', 'report.html'])
    rmSync(project.at(folder, name), { force: true });
}

function expectRefusal({ code, stdout, stderr }: Ended, file: string): void {
  expect(stderr.split('\n').find((line) => line.startsWith('datum: '))).toBe(
    `datum: ${file} was written by a newer datum-explain: its format is version 7, and this one reads up to version 1. Install the newer one to read it.`,
  );
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
}

describe('a newer file is refused by name, with both versions and what to do:', () => {
  it("an image's explanation, by datum report", async () => {
    const folder = copyOf('image');
    const file = project.at(folder, 'wide-explanation.json');
    change(file, newer);
    expectRefusal(await project.datum(['report', folder]), file);
    expectRefusal(await project.datum(['report', `${folder}/wide-explanation.json`]), file);
  });

  it("an item's explanation, by datum report", async () => {
    const folder = copyOf('run');
    change(project.at(folder, ITEM), newer);
    expectRefusal(await project.datum(['report', folder]), project.at(folder, ITEM));
  });

  it.each([
    ['datum report', 'run', (folder: string) => ['report', folder], true],
    ['the run that goes on', 'run', (folder: string) => explaining(folder), false],
    ['datum merge', 'shard-1', (folder: string) => ['merge', folder, 'shard-2', '-o', `${folder}-merged`], false],
  ] as const)('run.json and a line of items.jsonl, by %s', async (_who, of, command, absolute) => {
    const folder = copyOf(of);
    const named = (name: string): string => (absolute ? project.at(folder, name) : `${folder}/${name}`);
    const path = project.at(folder, 'items.jsonl');
    const lines = readFileSync(path, 'utf8');
    const last = lines.split('\n').length - 1;
    let line = 0;
    change(path, (value) => (++line === last ? newer(value) : value));
    const before = everythingIn(project.at(folder));
    expectRefusal(await project.datum(command(folder)), `${named('items.jsonl')} in line ${last}`);
    writeFileSync(path, lines);
    change(project.at(folder, 'run.json'), newer);
    expectRefusal(await project.datum(command(folder)), named('run.json'));
    // Nothing was touched.
    const after = everythingIn(project.at(folder));
    for (const name of Object.keys(before).filter((one) => one !== 'run.json' && one !== 'items.jsonl')) {
      expect([name, after[name]]).toEqual([name, before[name]]);
    }
    expect(Object.keys(after)).toEqual(Object.keys(before));
  });

  it('the project, by every command that asks it', async () => {
    const other = smallProject(temp);
    const file = other.at('.datum/config.json');
    change(file, newer);
    const before = readFileSync(file, 'utf8');
    expectRefusal(await other.datum(['model', 'list']), file);
    expectRefusal(await other.datum(['explain', 'pictures/wide.jpg', '-m', 'bright', ...METHOD]), file);
    expectRefusal(await other.datum(['source', 'list']), file);
    expectRefusal(await other.datum(['model', 'remove', 'bright']), file);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });
});

it('summary.json and findings.json are results alone: newer ones are written anew', async () => {
  const folder = copyOf('run');
  change(project.at(folder, 'summary.json'), newer);
  change(project.at(folder, 'findings.json'), newer);
  await project.well(explaining(folder));
  for (const name of ['summary.json', 'findings.json']) {
    expect([name, readJson(project.at(folder, name))]).toEqual([name, readJson(project.at('run', name))]);
  }
});

describe('a file without a version is of the first one:', () => {
  it('explanations of images and items, run.json, lines of items.jsonl', async () => {
    const folder = copyOf('image');
    change(project.at(folder, 'wide-explanation.json'), unversioned);
    await project.well(['report', folder]);
    const run = copyOf('run');
    for (const name of ['run.json', 'items.jsonl', ITEM]) change(project.at(run, name), unversioned);
    await project.well(['report', run]);
    expect(readJson(project.at(run, 'findings.json'))).toMatchObject({ version: 1 });
    cutOff(run, 4);
    await project.well(explaining(run));
    expect(readJson(project.at(run, 'summary.json'))).toEqual(readJson(project.at('run', 'summary.json')));
  });

  it('shards that are merged', async () => {
    const shard = copyOf('shard-1');
    for (const name of ['run.json', 'items.jsonl']) change(project.at(shard, name), unversioned);
    await project.well(['merge', shard, 'shard-2', '-o', 'unversioned-merged']);
    expect(readJson(project.at('unversioned-merged/summary.json'))).toEqual(readJson(project.at('run/summary.json')));
  });

  it('a project', async () => {
    const other = smallProject(temp);
    change(other.at('.datum/config.json'), unversioned);
    const { stdout } = await other.well(['model', 'list']);
    expect(stdout).toContain('plants');
    await other.well(['model', 'remove', 'plants']);
    expect(readJson(other.at('.datum/config.json'))).toMatchObject({ version: 1, models: { bright: {} } });
  });
});

it('every folder that version 0.1.0 wrote is read: images, runs, shards and the project', async () => {
  const old = smallProject(temp, { results: true });
  for (const folder of ['photo', 'finished', 'interrupted', 'shard-1']) {
    await old.well(['report', folder]);
    expect(existsSync(old.at(folder, 'index.html'))).toBe(true);
  }
  await old.well(['merge', 'shard-1', 'shard-2', '-o', 'merged']);
  const { stdout } = await old.well(['model', 'list']);
  expect(stdout).toContain('bright');
});

describe('a default that changed since a run began', () => {
  /** The run as it would lie there, had today's version had other defaults and been killed after two items. */
  function begunWithOtherDefaults(): string {
    const folder = copyOf('run');
    cutOff(folder, 0);
    rmSync(project.at(folder, 'items'), { recursive: true });
    change(project.at(folder, 'run.json'), (value) => {
      const { method } = value;
      const options = typeof method === 'object' && method !== null && 'options' in method ? method.options : {};
      const other = { ...Object.fromEntries(Object.entries(options ?? {})), prob: 0.3, seed: 11, fill: 'mean' };
      return { ...value, method: { name: 'rise', options: other }, metrics: 'none', save: ['heatmap', 'json'] };
    });
    return folder;
  }

  it('does not refuse it: it goes on with the options that it began with', async () => {
    const folder = begunWithOtherDefaults();
    const record = readJson(project.at(folder, 'run.json'));
    await project.well(explaining(folder));
    expect(readJson(project.at(folder, 'run.json'))).toEqual(record);
    // The same as when these options are given.
    const given = ['--prob', '0.3', '--seed', '11', '--fill', 'mean', '--metrics', 'none', '--save', 'heatmap,json'];
    await project.well(explaining('given', ...given));
    const made = everythingIn(project.at(folder));
    const wanted = everythingIn(project.at('given'));
    expect(Object.keys(made)).toEqual(Object.keys(wanted));
    expect(Object.keys(made)).toContain('items/bright/picture 2/picture 2-1-bright-heatmap.png');
    for (const name of Object.keys(wanted).filter((one) => /^items/.test(one) || one === 'summary.json')) {
      expect([name, made[name] === wanted[name]]).toEqual([name, true]);
    }
    expect(readJson(project.at(folder, ITEM))).toMatchObject({ method: { options: { prob: 0.3, seed: 11 } } });
  });

  it('and an option that is given otherwise then is refused by name', async () => {
    const folder = begunWithOtherDefaults();
    const { code, stderr } = await project.datum(explaining(folder, '--prob', '0.5'));
    expect(code).toBe(1);
    expect(stderr).toContain('(--prob was 0.3 and is 0.5)');
    await project.well(explaining(folder, '--prob', '0.3'));
  });
});
