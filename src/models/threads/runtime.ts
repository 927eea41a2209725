import type { KnownOfRuntime, Runtime } from '../runtime.js';
import type { SessionPool } from './pool.js';

/** A model file open in worker threads, which make their inputs and score their outputs themselves. */
export function threadRuntime(pool: SessionPool, known: KnownOfRuntime): Runtime {
  return {
    ...known,
    takes: 'tensors',
    // The next batch waits in its thread, so that none is idle while this one hears of the last.
    lanes: 2 * pool.workers,
    prepare: (image) => pool.run({ type: 'prepare', image }),
    run: (batch) => pool.run({ type: 'run', feeds: batch.tensors() }),
    beside: {
      predict: (scene, decoder) => pool.run({ type: 'predict', scene, decoder }),
      score: (spec, items) => pool.run({ type: 'score', spec, items }),
    },
    close: () => pool.close(),
  };
}
