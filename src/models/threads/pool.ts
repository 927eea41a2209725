import { Tinypool } from 'tinypool';
import { codeOf, DatumError } from '../../errors.js';
import { ThreadLost } from '../thread-lost.js';
import type { ImagePixels, PreparedModel } from '../../launchers/types.js';
import type { Task, TaskReply, TaskResults, WorkerSetup } from './tasks.js';

/** Memory of a thread for JavaScript, in MB: images, models and their outputs lie outside it. */
const MOST_HEAP = 1024;

/** Threads load built code; tests that run from the sources use the build beside them. */
const WORKER = import.meta.url.endsWith('.ts')
  ? new URL('../../../dist/models/threads/worker.js', import.meta.url)
  : new URL('./worker.js', import.meta.url);

/**
 * Worker threads with a session of one model each. ONNX Runtime blocks the thread that it runs in, and W threads of
 * one-thread sessions do more runs a second than one session with W threads (docs/research/performance.md).
 */
export class SessionPool {
  readonly workers: number;
  readonly #pool: Tinypool;
  readonly #underWay = new Set<Promise<unknown>>();

  /**
   * @param threads that each session may use
   * @param image what the model is opened for
   */
  constructor(prepared: PreparedModel, workers: number, threads = 1, image?: ImagePixels) {
    const setup: WorkerSetup = { prepared, threads, image: prepared.runsAtOpening === true ? image : undefined };
    this.workers = workers;
    this.#pool = new Tinypool({
      filename: WORKER.href,
      runtime: 'worker_threads',
      minThreads: 1,
      maxThreads: workers,
      // The next task waits in the thread, so that none is idle while this one hears of the last.
      concurrentTasksPerWorker: 2,
      idleTimeout: 2 ** 31 - 1,
      workerData: setup,
      resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP },
    });
  }

  /**
   * Runs a task in the next free worker.
   *
   * @throws DatumError as thrown in the worker; ThreadLost where the worker ended, which another one takes the place of.
   */
  async run<T extends Task>(task: T): Promise<TaskResults[T['type']]> {
    const running = this.#pool.run(task) as Promise<TaskReply<T['type']>>;
    this.#underWay.add(running);
    try {
      const reply = await running.catch((error: unknown) => {
        throw lostOr(error);
      });
      if ('failed' in reply) throw DatumError.from(reply.failed);
      return reply.ok;
    } finally {
      this.#underWay.delete(running);
    }
  }

  /**
   * Ends the threads once the tasks under way are done: a thread that is ended while a model runs in it takes the whole
   * process with it, since ONNX Runtime cannot hand its results over any more.
   */
  async close(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    await this.#pool.destroy();
  }
}

/** What is said of a thread that ended. */
function lostOr(error: unknown): unknown {
  return codeOf(error) === 'ERR_WORKER_OUT_OF_MEMORY'
    ? new ThreadLost(`it used more than ${MOST_HEAP} MB of memory, which a script or an interpreter does`, error)
    : error;
}
