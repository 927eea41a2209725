/** An image explained again into the folder of its earlier result, where any one of the new files cannot be written. */
import { spawnSync } from 'node:child_process';
import { cpSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BIN } from '../helpers/built.js';
import { datum } from '../helpers/cli.js';
import { png, speckled } from '../helpers/images.js';
import { CLASSIFIER_FLAGS, plantedClassifier } from '../helpers/planted.js';
import { everythingIn } from '../helpers/stored.js';
import { tempFolder } from '../helpers/temp-folder.js';

const temp = tempFolder();
const SAVE = ['--save', 'heatmap,overlay,raw,error,json,evidence,contrast,report'];
/** The second run explains one class in the place of two, with other masks. */
const FIRST = [...SAVE, '-s', '128', '--top-k', '2'];
const SECOND = [...SAVE, '-s', '128', '--top-k', '1', '--seed', '5'];
const FILES = [
  'photo-1-class-0-heatmap.png',
  'photo-1-class-0-overlay.png',
  'photo-1-class-0-heatmap.npy',
  'photo-1-class-0-error.npy',
  'photo-1-class-0-evidence.png',
  'photo-1-class-0-contrast.png',
  'photo-explanation.json',
  'photo-report.html',
];
const GONE = [
  'photo-2-class-1-heatmap.png',
  'photo-2-class-1-overlay.png',
  'photo-2-class-1-heatmap.npy',
  'photo-2-class-1-error.npy',
];

let photo: string;
let model: string;
let earlier: string;
let later: Record<string, string>;

function explaining(out: string, method: readonly string[]): string[] {
  return ['explain', photo, '-m', model, '-o', out, 'rise', '--workers', '1', ...method, '--', ...CLASSIFIER_FLAGS];
}

beforeAll(async () => {
  photo = temp.write('photo.png', await png(speckled(48, 32)));
  model = temp.write('model.onnx', plantedClassifier({ width: 48, height: 32 }, { x: 30, y: 4, width: 12, height: 8 }));
  earlier = temp.at('earlier');
  expect(await datum(explaining(earlier, FIRST))).toMatchObject({ code: 0 });
  expect(await datum(explaining(temp.at('later'), SECOND))).toMatchObject({ code: 0 });
  later = everythingIn(temp.at('later'));
});

it('takes the place of the earlier result, and leaves nothing of it', async () => {
  expect(Object.keys(everythingIn(earlier))).toEqual(expect.arrayContaining([...FILES, ...GONE]));
  expect(Object.keys(later).sort()).toEqual([...FILES].sort());
  const out = copyOf('again');
  expect(await datum(explaining(out, SECOND))).toMatchObject({ code: 0 });
  const now = everythingIn(out);
  expect(Object.keys(now)).toEqual(Object.keys(later));
  // The JSON says how long it took.
  for (const name of FILES.filter((one) => /png|npy/.test(one))) expect([name, now[name]]).toEqual([name, later[name]]);
});

/** A copy of the earlier result. */
function copyOf(name: string): string {
  cpSync(earlier, temp.at(name), { recursive: true });
  return temp.at(name);
}

/** Explains again and holds that nothing changed, and what was said. */
async function expectRefusal(out: string, said: string): Promise<void> {
  const before = everythingIn(out);
  const { code, stdout, stderr } = await datum(explaining(out, SECOND));
  expect(stderr).toContain(`datum: ${said}\n`);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(everythingIn(out)).toEqual(before);
}

describe.each(FILES)('where %s cannot be written, the earlier result stays, byte for byte:', (name) => {
  it('a folder has its name', async () => {
    const out = copyOf(`folder-${name}`);
    rmSync(`${out}/${name}`);
    mkdirSync(`${out}/${name}/inner`, { recursive: true });
    writeFileSync(`${out}/${name}/mine`, 'mine');
    await expectRefusal(out, `${out}/${name} cannot be written: there is a folder of that name, choose another one.`);
  });

  it('a link of its name leads into a folder that is not there', async () => {
    const out = copyOf(`link-${name}`);
    rmSync(`${out}/${name}`);
    symlinkSync('nowhere/file', `${out}/${name}`);
    await expectRefusal(
      out,
      `${out}/${name} cannot be written: it leads to a place where there can be no files, choose another folder.`,
    );
  });

  it('a link of its name leads into a file system that can not be written', async () => {
    const out = copyOf(`proc-${name}`);
    rmSync(`${out}/${name}`);
    symlinkSync('/proc/sys/kernel/ostype-of-mine', `${out}/${name}`);
    const before = everythingIn(out);
    const { code, stderr } = await datum(explaining(out, SECOND));
    expect(stderr).toMatch(new RegExp(`^datum: ${out}/${name} cannot be written: .*, choose another folder\\.$`, 'm'));
    expect(code).toBe(1);
    expect(everythingIn(out)).toEqual(before);
  });
});

describe.each([...FILES, ...GONE])('a link in the place of %s', (name) => {
  it('keeps its place when the image is explained again, or is taken away alone', async () => {
    const out = copyOf(`kept-${name}`);
    mkdirSync(temp.at(`elsewhere-${name}`));
    const real = temp.at(`elsewhere-${name}`, 'file');
    cpSync(`${out}/${name}`, real);
    const before = readFileSync(real, 'base64');
    rmSync(`${out}/${name}`);
    symlinkSync(real, `${out}/${name}`);
    expect(await datum(explaining(out, SECOND))).toMatchObject({ code: 0 });
    expect(Object.keys(everythingIn(out))).toEqual(Object.keys(later));
    if (GONE.includes(name)) expect(readFileSync(real, 'base64')).toBe(before);
    else {
      expect(lstatSync(`${out}/${name}`).isSymbolicLink()).toBe(true);
      expect(readFileSync(real, 'base64')).not.toBe(before);
      if (/png|npy/.test(name)) expect(readFileSync(real, 'base64')).toBe(later[name]);
    }
    expect(Object.keys(everythingIn(temp.at(`elsewhere-${name}`)))).toEqual(['file']);
  });
});

/** Runs the built command by a shell, after a line that takes something from it. */
function limited(line: string, out: string): { status: number | null; stderr: string } {
  const script = `${line}; exec "$0" "$@"`;
  return spawnSync('bash', ['-c', script, process.execPath, BIN, ...explaining(out, SECOND)], { encoding: 'utf8' });
}

it.each([1, 4, 8, 64])('a disk that is full for files above %d KiB leaves the earlier result', (kibibytes) => {
  const out = copyOf(`full-${kibibytes}`);
  const before = everythingIn(out);
  const { status, stderr } = limited(`ulimit -f ${kibibytes}`, out);
  expect(stderr).toMatch(
    /^datum: .*\/photo-[a-z0-9-]+\.[a-z]+ cannot be written: the disk is full, free some space or choose another folder\.$/m,
  );
  expect(status).toBe(1);
  expect(everythingIn(out)).toEqual(before);
});

const disk = temp.at('disk');
mkdirSync(disk);
/** A file system of a quarter of a mebibyte, where this machine lets us have one. */
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=384k', 'tmpfs', disk]).status === 0;
afterAll(() => {
  if (mounted) spawnSync('umount', [disk]);
});

describe.skipIf(!mounted)('a file system that is really full', () => {
  it('leaves the earlier result', () => {
    const out = `${disk}/out`;
    cpSync(earlier, out, { recursive: true });
    const before = everythingIn(out);
    writeFileSync(`${disk}/ballast`, new Uint8Array(4096));
    const { status, stderr } = limited(':', out);
    expect(stderr).toMatch(
      /^datum: .* cannot be written: the disk is full, free some space or choose another folder\.$/m,
    );
    expect(status).toBe(1);
    expect(everythingIn(out)).toEqual(before);
  });
});

/** Whether a file can be held in its place against everyone. */
const held = temp.write('held', 'x');
const canHold = spawnSync('chattr', ['+i', held]).status === 0;
if (canHold) spawnSync('chattr', ['-i', held]);

describe.skipIf(!canHold)('a file that is no longer wanted and cannot be taken away', () => {
  it('leaves the earlier result', async () => {
    const out = copyOf('immutable');
    spawnSync('chattr', ['+i', `${out}/photo-2-class-1-overlay.png`]);
    try {
      await expectRefusal(
        out,
        `${out}/photo-2-class-1-overlay.png cannot be removed: there is no permission, choose another folder.`,
      );
    } finally {
      spawnSync('chattr', ['-i', `${out}/photo-2-class-1-overlay.png`]);
    }
  });
});
