/** Files that get their names together or not at all, whatever fails and when. */
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { LEFT_BY_STAGING, Staging } from '../../src/results/staging.js';
import { everythingIn } from '../helpers/stored.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** Makes one call of the file system fail: the n-th from now on. */
const broken = vi.hoisted(() => ({ in: Infinity, calls: [] as string[] }));

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const failing = <Args extends unknown[], Result>(name: string, call: (...args: Args) => Promise<Result>) => {
    return (...args: Args): Promise<Result> => {
      broken.calls.push(`${name} ${String(args[0])}`);
      if (broken.in-- !== 0) return call(...args);
      return Promise.reject(Object.assign(new Error('broken on purpose'), { code: 'EIO' }));
    };
  };
  return {
    ...real,
    open: failing('open', real.open),
    link: failing('link', real.link),
    lstat: failing('lstat', real.lstat),
    mkdir: failing('mkdir', real.mkdir),
    readlink: failing('readlink', real.readlink),
    realpath: failing('realpath', real.realpath),
    rename: failing('rename', real.rename),
    rm: failing('rm', real.rm),
  };
});

const temp = tempFolder();
let folder: string;
const at = (name: string): string => join(folder, name);

beforeEach(() => {
  broken.in = Infinity;
  folder = mkdtempSync(join(temp.path, 'folder-'));
});

/** Writes and publishes files, as explanations are: in the end all is thrown away that did not get its name. */
async function writeAll(files: Readonly<Record<string, string>>, unwanted: readonly string[] = []): Promise<void> {
  const staging = new Staging(folder);
  try {
    const writing = Object.entries(files).map(([name, text]) => staging.add(name, text));
    for (const one of await Promise.allSettled(writing)) if (one.status === 'rejected') throw one.reason;
    await staging.publish(unwanted);
  } catch (error) {
    await staging.discard();
    throw error;
  }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('a set of files', () => {
  it('replaces what had the names, takes away what is no longer wanted, and leaves the rest', async () => {
    for (const name of ['a', 'b', 'old', 'foreign']) writeFileSync(at(name), `${name} before`);
    await writeAll({ a: 'a', c: 'c' }, ['old', 'a', 'never there']);
    expect(everythingIn(folder)).toEqual({
      a: base64('a'),
      b: base64('b before'),
      c: base64('c'),
      foreign: base64('foreign before'),
    });
  });

  it('has its names in the order in which they were added, also where a later one is quicker', async () => {
    const staging = new Staging(folder);
    const adding = [staging.add('below/here/large', 'x'.repeat(3_000_000)), staging.add('small', 'y')];
    expect(staging.names).toEqual(['below/here/large', 'small']);
    await Promise.all(adding);
    expect(staging.names).toEqual(['below/here/large', 'small']);
    await staging.discard();
  });

  it('is thrown away as a whole, also what is still being written, and makes no folder where there is none', async () => {
    folder = at('new');
    const empty = new Staging(folder);
    await empty.publish();
    await empty.discard();
    expect(() => statSync(folder)).toThrow('ENOENT');
    const staging = new Staging(folder);
    const adding = staging.add('large', 'x'.repeat(3_000_000));
    await staging.discard();
    await adding;
    expect(everythingIn(folder)).toEqual({});
  });

  it('may have names as long as the system allows', async () => {
    const name = `${'ü'.repeat(120)}-heatmap.png`;
    writeFileSync(at(name), 'before');
    await writeAll({ [name]: 'after' });
    await writeAll({ other: 'x' }, [name]);
    expect(everythingIn(folder)).toEqual({ other: base64('x') });
  });
});

describe('a link', () => {
  it('keeps its place: the file that it leads to is replaced', async () => {
    mkdirSync(at('elsewhere'));
    writeFileSync(at('elsewhere/a'), 'before');
    symlinkSync('elsewhere/a', at('link'));
    symlinkSync(at('link'), at('second'));
    await writeAll({ second: 'after' });
    expect(everythingIn(folder)).toEqual({
      elsewhere: 'folder',
      'elsewhere/a': base64('after'),
      link: '-> elsewhere/a',
      second: `-> ${at('link')}`,
    });
  });

  it('that leads to no file yet gets one there', async () => {
    mkdirSync(at('elsewhere'));
    symlinkSync('elsewhere/new', at('link'));
    await writeAll({ link: 'made' });
    expect(readFileSync(at('elsewhere/new'), 'utf8')).toBe('made');
    expect(lstatSync(at('link')).isSymbolicLink()).toBe(true);
  });

  it('beside a folder that is a link itself is followed from where that leads', async () => {
    mkdirSync(at('real/inner'), { recursive: true });
    symlinkSync('real/inner', at('way'));
    symlinkSync('../target', at('real/inner/link'));
    const target = at('real/target');
    folder = at('way');
    await writeAll({ link: 'made' });
    expect(readFileSync(target, 'utf8')).toBe('made');
  });

  it('that is no longer wanted is taken away, and the file that it leads to stays', async () => {
    writeFileSync(at('mine'), 'mine');
    symlinkSync('mine', at('link'));
    symlinkSync('nowhere', at('dangling'));
    await writeAll({ a: 'a' }, ['link', 'dangling']);
    expect(everythingIn(folder)).toEqual({ a: base64('a'), mine: base64('mine') });
  });

  it('to a name that is no longer wanted loses nothing: the new file lies there', async () => {
    writeFileSync(at('b'), 'before');
    symlinkSync('b', at('a'));
    await writeAll({ a: 'after' }, ['b']);
    expect(everythingIn(folder)).toEqual({ a: '-> b', b: base64('after') });
  });

  it.each([
    ['into a folder that is not there', 'nowhere/a', 'it leads to a place where there can be no files'],
    ['to itself', 'link', 'a link in the path leads to itself'],
    ['through a file', 'file/a', 'a part of the path is a file'],
    ['to a folder', '.', 'there is a folder of that name'],
    ['to a device', '/dev/null', 'there is something else than a file of that name'],
  ])('%s is refused, and everything stays', async (_what, to, why) => {
    writeFileSync(at('file'), 'before');
    symlinkSync(to, at('link'));
    const before = everythingIn(folder);
    await expect(writeAll({ file: 'after', link: 'x', more: 'y' })).rejects.toMatchObject({
      kind: 'output',
      file: at('link'),
      message: expect.stringMatching(new RegExp(`^${at('link')} cannot be written: ${why}, choose another`)) as unknown,
    });
    expect(everythingIn(folder)).toEqual(before);
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});

describe('what fails', () => {
  /** A folder with files, and new ones that wait for their names. */
  async function waiting(files: readonly string[]): Promise<Staging> {
    const staging = new Staging(mkdtempSync(join(temp.path, 'waiting-')));
    for (const name of files) writeFileSync(join(staging.folder, name), `${name} before`);
    for (const name of ['a', 'new']) await staging.add(name, 'after');
    return staging;
  }

  /** Which call of the file system the last one of a kind is, when all goes well. */
  async function lastCall(kind: string, files: readonly string[], unwanted: readonly string[]): Promise<number> {
    const staging = await waiting(files);
    broken.calls.length = 0;
    await staging.publish(unwanted);
    return broken.calls.findLastIndex((call) => call.startsWith(`${kind} `));
  }

  it('while a file is taken away that is no longer wanted leaves everything as it was', async () => {
    const [files, unwanted] = [
      ['a', 'old', 'older'],
      ['old', 'older'],
    ];
    const last = await lastCall('rename', files, unwanted);
    const staging = await waiting(files);
    broken.in = last;
    await expect(staging.publish(unwanted)).rejects.toMatchObject({
      kind: 'output',
      message: `${join(staging.folder, 'older')} cannot be removed: the disk or the network drive reports an error, choose another folder.`,
    });
    const before = files.map((name) => [name, base64(`${name} before`)]);
    expect(everythingIn(staging.folder)).toEqual(Object.fromEntries(before));
  });

  it('when all have their names is no failure: what was to be removed is left, and called old', async () => {
    const last = await lastCall('rm', ['a', 'old'], ['old']);
    const staging = await waiting(['a', 'old']);
    broken.in = last;
    await staging.publish(['old']);
    const { a, new: made, ...rest } = everythingIn(staging.folder);
    expect([a, made]).toEqual([base64('after'), base64('after')]);
    expect(Object.keys(rest)).toEqual([expect.stringMatching(LEFT_BY_STAGING)]);
  });

  it('to be a file is not taken away: a folder stays', async () => {
    mkdirSync(at('old'));
    writeFileSync(at('old/mine'), 'mine');
    await writeAll({ a: 'a' }, ['old']);
    expect(everythingIn(folder)).toEqual({ a: base64('a'), old: 'folder', 'old/mine': base64('mine') });
  });
});

/** What has a name before. */
const kept = fc.constantFrom('nothing', 'file', 'link', 'dangling', 'twin');
const names = ['a', 'b', 'c', 'd', 'e'];
const plan = fc.record({
  before: fc.record(Object.fromEntries(names.map((name) => [name, kept]))),
  written: fc.subarray(names),
  unwanted: fc.subarray(names),
  fails: fc.nat(120),
});

it('all or nothing, for any set of files and a failure at any step', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async ({ before, written, unwanted, fails }) => {
      broken.in = Infinity;
      folder = mkdtempSync(join(temp.path, 'any-'));
      mkdirSync(at('elsewhere'));
      for (const [name, what] of Object.entries(before)) {
        if (what === 'file' || what === 'twin') writeFileSync(at(name), `${name} before`);
        if (what === 'twin') linkSync(at(name), at(`elsewhere/${name}`));
        if (what === 'link') writeFileSync(at(`elsewhere/${name}`), `${name} before`);
        if (what === 'link' || what === 'dangling') symlinkSync(`elsewhere/${name}`, at(name));
      }
      const old = everythingIn(folder);
      const staging = new Staging(folder);
      broken.calls.length = 0;
      broken.in = fails;
      let failed = false;
      try {
        const writing = written.map((name) => staging.add(name, `${name} after`));
        for (const one of await Promise.allSettled(writing)) if (one.status === 'rejected') throw one.reason;
        await staging.publish(unwanted);
      } catch {
        failed = true;
        await staging.discard();
      }
      const hit = broken.in < 0;
      broken.in = Infinity;
      const now = everythingIn(folder);
      const wasRm = hit && broken.calls[fails]?.startsWith('rm ') === true;
      // One call of a name that is to be removed may fail: then that is left, under a name that says so.
      const left = Object.keys(now).filter((name) => /\.(tmp|old)$/.test(name));
      expect(left.length).toBeLessThanOrEqual(wasRm ? 1 : 0);
      for (const name of left) Reflect.deleteProperty(now, name);
      expect(now).toEqual(failed ? old : afterAll(old, before, written, unwanted));
      // What is absorbed is a hard link that cannot be made, and what is removed at the end.
      if (hit && !failed) expect(broken.calls[fails]).toMatch(/^(link|rm) /);
      rmSync(folder, { recursive: true });
    }),
    { numRuns: 600 },
  );
}, 120_000);

/** What there must be when all went well. */
function afterAll(
  old: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>>,
  written: readonly string[],
  unwanted: readonly string[],
): Record<string, string> {
  const wanted = { ...old };
  for (const name of unwanted) if (!written.includes(name)) Reflect.deleteProperty(wanted, name);
  for (const name of written) {
    const linked = before[name] === 'link' || before[name] === 'dangling';
    wanted[linked ? `elsewhere/${name}` : name] = base64(`${name} after`);
  }
  return wanted;
}

// Root may write everywhere.
it.skipIf(process.getuid?.() === 0)('a folder without permission is named with what to do', async () => {
  writeFileSync(at('a'), 'before');
  chmodSync(folder, 0o500);
  try {
    await expect(writeAll({ a: 'after' })).rejects.toThrow(
      `${at('a')} cannot be written: there is no permission, choose another folder.`,
    );
  } finally {
    chmodSync(folder, 0o700);
  }
});
