/** `npm run fuzz`: damaged input of every kind, until the time is over. See docs/reliability.md. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Chance } from './chance.js';
import { Commands, complaint, runAlone, type Outcome } from './commands.js';
import { SETTINGS } from './settings.js';
import { SUBJECTS, type Subject } from './subjects.js';

/** Where inputs that failed are kept, with what is needed to see it again. */
const FAILURES = fileURLToPath(new URL('failures/', import.meta.url));
/** One of so many cases is a command in a process of its own. */
const ALONE = 25;

const wanted = SUBJECTS.filter(({ name }) => SETTINGS.only === null || SETTINGS.only === name);

describe.each(wanted.map((subject) => ({ name: subject.name, subject })))('$name', ({ subject }) => {
  let root: string;
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), `datum-fuzz-${subject.name}-`));
    mkdirSync(join(root, 'sound'));
    await subject.prepare(join(root, 'sound'));
  });
  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it('is read or refused', async () => {
    const commands = new Commands();
    const found: string[] = [];
    const codes: Record<string, number> = {};
    let [longest, most, cases] = [0, 0, 0];
    const end = performance.now() + (SETTINGS.minutes * 60_000) / SUBJECTS.length;
    const last = SETTINGS.number ?? Infinity;
    for (let number = SETTINGS.number ?? 0; number <= last && performance.now() < end; number++) {
      const folder = join(root, 'case');
      const args = damaged(subject, root, number);
      let outcome = await (number % ALONE === 0 ? runAlone(args, folder) : commands.run(args, folder));
      let why = complaint(outcome);
      if (why !== null && outcome.lost !== null) {
        // A machine that is busy with other things is no fault: once more, alone.
        damaged(subject, root, number);
        outcome = await runAlone(args, folder);
        why = complaint(outcome);
      }
      cases++;
      codes[String(outcome.code)] = (codes[String(outcome.code)] ?? 0) + 1;
      longest = Math.max(longest, outcome.milliseconds);
      most = Math.max(most, outcome.peak);
      if (why !== null) found.push(kept(subject, number, args, outcome, why, root));
    }
    commands.close();
    console.log(
      `${subject.name}: seed ${SETTINGS.seed}, ${cases} cases, exit codes ${JSON.stringify(codes)}, longest ${(longest / 1000).toFixed(1)} s, most memory ${Math.round(most / 1e6)} MB, ${found.length} failures`,
    );
    expect(found).toEqual([]);
  });
});

/** Makes the input of a case anew; the same for the same seed and number. */
function damaged(subject: Subject, root: string, number: number): string[] {
  const folder = join(root, 'case');
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(root, 'sound'), folder, { recursive: true });
  return subject.damage(new Chance(SETTINGS.seed, number), folder);
}

function kept(
  subject: Subject,
  number: number,
  args: readonly string[],
  { code, stdout, stderr }: Outcome,
  why: string,
  root: string,
): string {
  const folder = join(FAILURES, `${subject.name}-${SETTINGS.seed}-${number}`);
  damaged(subject, root, number);
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(root, 'case'), folder, { recursive: true });
  const again = `npm run fuzz -- --only ${subject.name} --seed ${SETTINGS.seed} --case ${number}`;
  const said = JSON.stringify(
    { why, again, args, code, stdout: stdout.slice(-5000), stderr: stderr.slice(-20_000) },
    null,
    2,
  );
  writeFileSync(join(folder, 'failure.json'), `${said}\n`);
  console.log(`${why}: ${again}\n${stderr.slice(0, 700)}`);
  return `${why}: ${again}`;
}
