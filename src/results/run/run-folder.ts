import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { codeOf, DatumError } from '../../errors.js';
import { makeFolder, readWholeText, systemReason } from '../../files.js';
import { markResults } from '../../own-results.js';
import { ItemLog, type DoneItem } from './item-log.js';
import { placeOfItem, type ItemPlace } from './item-place.js';
import { placeInside } from '../inside.js';
import { ITEM, type ItemRecord } from '../schema/item.js';
import { RUN, type RunRecord } from '../schema/run.js';
import { SUMMARY } from '../schema/summary.js';
import { LEFT_BY_STAGING } from '../staging.js';
import { FolderLock, removeLockLeftovers } from '../folder-lock.js';
import { differences, readRunRecord, writeRunRecord } from './run-record.js';

/** What a run reads and writes in its folder. */
const UNDER_WAY = '.under-way.json';
const WRITTEN = [RUN.name, ITEM.name, SUMMARY.name, UNDER_WAY, 'items'];

/** A folder that a run writes to: `run.json`, `items.jsonl`, `items/`, and at its end `summary.json`. */
export class RunFolder {
  readonly path: string;
  /** The run as it was begun. */
  readonly record: RunRecord;
  /** Items that earlier runs finished, in order. */
  readonly done: readonly DoneItem[];
  /** Items that a run before this one explained when it ended without a word. */
  readonly underWay: readonly string[];
  readonly #lock: FolderLock;
  readonly #log: ItemLog;
  /** Items that are being explained. */
  readonly #begun = new Set<string>();
  #noted: Promise<void> = Promise.resolve();

  private constructor(
    path: string,
    record: RunRecord,
    {
      lock,
      log,
      done,
      underWay,
    }: { lock: FolderLock; log: ItemLog; done: readonly DoneItem[]; underWay: readonly string[] },
  ) {
    this.path = path;
    this.record = record;
    this.#lock = lock;
    this.#log = log;
    this.done = done;
    this.underWay = underWay;
  }

  /**
   * Takes a folder for a run, or takes the run in it up again.
   *
   * @throws DatumError (`output`) when another process has it, when it holds another run, or cannot be written.
   */
  static async open(path: string, record: RunRecord): Promise<RunFolder> {
    await makeFolder(path);
    const lock = await FolderLock.take(path);
    try {
      for (const name of WRITTEN) await placeInside(path, name);
      const before = await readRunRecord(path);
      if (before === null) {
        await refuseOldResults(path);
        await removeLeftovers(path);
        await writeRunRecord(path, record);
      } else {
        const changes = differences(before, record);
        if (changes.length > 0) {
          throw new DatumError(
            'output',
            `${path} holds a run that was begun otherwise (${changes.join('; ')}): go on as it was begun, or choose another folder.`,
          );
        }
        await removeLeftovers(path);
      }
      await markResults(path, 'run');
      const { log, done } = await ItemLog.open(join(path, 'items.jsonl'));
      try {
        // What a report would refuse is no place where a run goes on.
        for (const { id } of done) await placeInside(path, placeOfItem(id).folder);
      } catch (error) {
        await log.close();
        throw error;
      }
      const finished = new Set(done.map(({ id }) => id));
      const underWay = (await readUnderWay(path)).filter((id) => !finished.has(id));
      return new RunFolder(path, before ?? record, { lock, log, done, underWay });
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /**
   * Writes down that an item is being explained: where the process ends without a word, the next run says with which.
   *
   * @throws DatumError (`output`)
   */
  async begin(id: string): Promise<void> {
    this.#begun.add(id);
    // One after the other: two writes at once would mix.
    const noted = this.#noted.then(() => this.#noteUnderWay());
    this.#noted = noted.catch(() => undefined);
    await noted;
  }

  async #noteUnderWay(): Promise<void> {
    const path = join(this.path, UNDER_WAY);
    try {
      await writeFile(path, `${JSON.stringify([...this.#begun])}\n`);
    } catch (cause) {
      throw new DatumError('output', `${path} cannot be written: ${systemReason(cause)}.`, { cause, file: path });
    }
  }

  /**
   * Makes room for an item: what a killed run left of it is removed.
   *
   * @throws DatumError (`output`), also where the item's folder is a link out of the run's.
   */
  async clear({ folder }: ItemPlace): Promise<void> {
    const path = await placeInside(this.path, folder);
    try {
      // Folders in it are those of other items.
      for (const entry of await readdir(path, { withFileTypes: true })) {
        if (!entry.isDirectory()) await rm(join(path, entry.name), { force: true });
      }
    } catch (cause) {
      if (codeOf(cause) === 'ENOENT') return;
      throw new DatumError('output', `${path} cannot be cleared: ${systemReason(cause)}.`, { cause });
    }
  }

  /**
   * Writes down that an item is done, when its files are written.
   *
   * @param record or its line, as another run wrote it
   * @throws DatumError (`output`), also when another process has taken the folder over.
   */
  async append(record: ItemRecord | string): Promise<void> {
    if (!(await this.#lock.isHeld())) {
      throw new DatumError('output', `${this.path} was taken over by another process: this run ends here.`);
    }
    await this.#log.append(typeof record === 'string' ? record : JSON.stringify(record));
    if (typeof record !== 'string') this.#begun.delete(record.id);
  }

  async close(): Promise<void> {
    await rm(join(this.path, UNDER_WAY), { force: true }).catch(() => undefined);
    await this.#log.close();
    await this.#lock.release();
  }
}

/** A folder with results of unknown making is not mixed with new ones. */
async function refuseOldResults(path: string): Promise<void> {
  const entries = await readdir(path);
  const old = entries.find((name) => name === 'items.jsonl' || name === 'items');
  if (old !== undefined) {
    throw new DatumError('output', `${join(path, old)} is there, but no run.json beside it: choose another folder.`);
  }
}

/** Files that a killed run was about to give their names. */
async function removeLeftovers(path: string): Promise<void> {
  await removeLockLeftovers(path);
  for (const name of await readdir(path)) {
    if (LEFT_BY_STAGING.test(name)) await rm(join(path, name), { force: true });
  }
}

/** The items that a run explained when it ended without a word; none where it did not, or that cannot be told. */
async function readUnderWay(path: string): Promise<string[]> {
  try {
    return underWaySchema.parse(JSON.parse(await readWholeText(join(path, UNDER_WAY))));
  } catch {
    return [];
  }
}

const underWaySchema = z.array(z.string());
