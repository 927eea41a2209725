import { createHash } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import { kill, pid, platform } from 'node:process';
import { z } from 'zod';
import { codeOf } from '../errors.js';

/** Digits of the count of beats: as many at every time, so that it is written over in its place. */
const DIGITS = 10;

/** Who has a lock, as its file says it. Files of version 0.1.0 have neither `machine` nor `beat`. */
const ownerSchema = z.object({
  pid: z.number(),
  host: z.string(),
  machine: z.string().default(''),
  started: z.string(),
  token: z.string().regex(/^[0-9a-f]+$/),
  beat: z
    .string()
    .regex(new RegExp(`^\\d{${DIGITS}}$`))
    .nullable()
    .default(null),
});
export type LockOwner = z.output<typeof ownerSchema>;

/** This process as the owner of a lock. */
export async function thisOwner(token: string): Promise<LockOwner> {
  return { pid, host: hostname(), machine: await thisMachine(), started: await startOf(pid), token, beat: beatText(0) };
}

export function ownerText(owner: LockOwner): string {
  return `${JSON.stringify(owner)}\n`;
}

/** An owner out of the text of a lock; null where the text is not one. */
export function parseOwner(text: string): LockOwner | null {
  try {
    return ownerSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

export function beatText(count: number): string {
  return String(count % 10 ** DIGITS).padStart(DIGITS, '0');
}

/**
 * Whether a lock's process runs; null where it cannot be seen from here, on another machine or in another container, of
 * which a number of a process says nothing.
 */
export async function isAlive(owner: LockOwner): Promise<boolean | null> {
  const machine = await thisMachine();
  if (machine === '' || owner.machine !== machine) return null;
  try {
    kill(owner.pid, 0);
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    if (codeOf(error) === 'ESRCH') return false;
  }
  const started = await startOf(owner.pid);
  return started === '' || owner.started === '' || started === owner.started;
}

let machine: Promise<string> | undefined;

/**
 * What processes share that can see each other by their numbers: on Linux one start of a kernel and one namespace of
 * processes, elsewhere one machine by its name and network cards. Empty where that cannot be told.
 */
function thisMachine(): Promise<string> {
  return (machine ??= findMachine());
}

async function findMachine(): Promise<string> {
  if (platform !== 'linux') {
    const cards = Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ mac }) => mac));
    return createHash('sha256')
      .update(JSON.stringify([hostname(), [...new Set(cards)].sort()]))
      .digest('hex')
      .slice(0, 32);
  }
  try {
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    return `${boot} ${await readlink('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}

/**
 * When a process was started, in the system's own count; empty where the system does not tell. Numbers of processes are
 * used again: this tells two of one number apart.
 */
async function startOf(process: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${process}/stat`, 'utf8');
    // The second field is the name, in parentheses, which may hold spaces; the start is the 22nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A process that has ended and was not yet waited for holds nothing.
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? '');
  } catch {
    return '';
  }
}
