import type { Signature } from '../../launchers/types.js';
import type { Runtime } from '../runtime.js';
import type { SessionPool } from './pool.js';

/** A model file open in worker threads, which make their inputs and score their outputs themselves. */
export function threadRuntime(
  pool: SessionPool,
  {
    signature,
    identity,
    engine,
  }: { readonly signature: Signature; readonly identity: string; readonly engine: string },
): Runtime {
  return {
    signature,
    identity,
    engine,
    takes: 'tensors',
    // The next batch waits in its thread, so that none is idle while this one hears of the last.
    lanes: 2 * pool.workers,
    run: (batch) => pool.run({ type: 'run', feeds: batch.tensors() }),
    beside: {
      predict: (scene, decoder) => pool.run({ type: 'predict', scene, decoder }),
      score: (spec, items) => pool.run({ type: 'score', spec, items }),
    },
    close: () => pool.close(),
  };
}
