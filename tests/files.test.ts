import { execFileSync, spawn } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, symlinkSync, truncateSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkWritable, chunksOf, makeFolder, openToRead, readWhole, readWholeText, writeWhole } from '../src/files.js';
import { tempFolder } from './helpers/temp-folder.js';

const folder = tempFolder();

it('a file is written with the folders above it, and replaced whole', async () => {
  const path = folder.at('a', 'b', 'file.txt');
  await writeWhole(path, 'a long first text');
  await writeWhole(path, new Uint8Array([104, 105]));
  expect(readFileSync(path, 'utf8')).toBe('hi');
  expect(readdirSync(folder.at('a', 'b'))).toEqual(['file.txt']);
});

it('a view of a larger buffer is written alone', async () => {
  await writeWhole(folder.at('view'), new TextEncoder().encode('before-this-after').subarray(7, 11));
  expect(readFileSync(folder.at('view'), 'utf8')).toBe('this');
});

it('a link stays a link', async () => {
  const path = folder.write('real.txt', 'old');
  symlinkSync(path, folder.at('link.txt'));
  await writeWhole(folder.at('link.txt'), 'new');
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(lstatSync(folder.at('link.txt')).isSymbolicLink()).toBe(true);
});

it('what fails leaves the old file, and nothing beside it', async () => {
  folder.write('taken/inside', 'x');
  await expect(writeWhole(folder.at('taken'), 'new')).rejects.toMatchObject({
    kind: 'output',
    message: `${folder.at('taken')} cannot be written: there is a folder of that name, choose another one.`,
  });
  await expect(writeWhole(folder.at('taken', 'inside', 'file'), 'new', 'project')).rejects.toMatchObject({
    kind: 'project',
    message: expect.stringContaining('a part of the path is a file, choose another folder.') as unknown,
  });
  expect(readFileSync(folder.at('taken', 'inside'), 'utf8')).toBe('x');
  expect(readdirSync(folder.path).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

it('a folder that cannot be written to is refused before anything is made', async () => {
  const file = folder.write('file', 'x');
  symlinkSync(folder.at('nowhere'), folder.at('dangling'));
  symlinkSync(folder.at('ring'), folder.at('ring'));
  const refusals = [
    [file, 'a part of the path is a file, choose another folder'],
    [folder.at('file', 'below', 'it'), 'a part of the path is a file, choose another folder'],
    [folder.at('dangling'), 'it leads to a place where there can be no files, choose another folder'],
    [folder.at('ring'), 'a link in the path leads to itself, choose another folder'],
  ] as const;
  for (const [path, why] of refusals) {
    const message = `nothing can be written to ${path}: ${why}.`;
    await expect(checkWritable(path)).rejects.toMatchObject({ kind: 'output', message });
  }
  await checkWritable(folder.at('new', 'folders'));
  expect(existsSync(folder.at('new'))).toBe(false);
});

it('folders are made with those above them, once, and where there can be none it says so', async () => {
  await Promise.all([makeFolder(folder.at('x', 'y', 'z')), makeFolder(folder.at('x', 'y', 'z'))]);
  expect(lstatSync(folder.at('x', 'y', 'z')).isDirectory()).toBe(true);
  await expect(makeFolder(folder.write('plain', 'x'), 'project')).rejects.toMatchObject({
    kind: 'project',
    message: `the folder ${folder.at('plain')} cannot be made: a part of the path is a file, choose another folder.`,
  });
  // Node's own recursive mkdir never comes back from here.
  if (existsSync('/proc/self')) await expect(makeFolder('/proc/no/such')).rejects.toMatchObject({ kind: 'output' });
});

describe.skipIf(process.platform === 'win32')('what may have no end', () => {
  function pipe(name: string): string {
    execFileSync('mkfifo', [folder.at(name)]);
    return folder.at(name);
  }

  it('is refused at once: a pipe into which nobody writes, and a device', async () => {
    const silent = pipe('silent');
    await expect(readWhole(silent)).rejects.toThrow('it is a pipe into which nothing is written');
    await expect(openToRead(silent)).rejects.toThrow('it is a pipe, and has to be a file');
    await expect(chunksOf(silent, 1024).next()).rejects.toThrow('it is a pipe, and has to be a file');
    for (const read of [readWhole, openToRead]) {
      await expect(read('/dev/zero')).rejects.toThrow('it is a device, and has to be a file');
    }
  });

  it('is read while somebody writes into it, up to a size', async () => {
    const open = pipe('open');
    const write = (size: number): void => void spawn('sh', ['-c', `head -c ${size} /dev/zero > '${open}'`]);
    write(300_000);
    await new Promise((done) => setTimeout(done, 300));
    expect((await readWhole(open)).length).toBe(300_000);
    write(3 * 2 ** 20);
    await new Promise((done) => setTimeout(done, 300));
    await expect(readWhole(open, 2 ** 20)).rejects.toThrow('it has 2 MB, and at most 1 MB are read');
  });

  it('is a file too that is larger than a text', async () => {
    const large = folder.write('large', '');
    truncateSync(large, 257 * 2 ** 20);
    await expect(readWholeText(large)).rejects.toThrow('it has 257 MB, and at most 256 MB are read');
  });
});
