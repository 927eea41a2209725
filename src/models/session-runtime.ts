import type { Session } from '../launchers/types.js';
import { copyOutputs } from './copy-outputs.js';
import type { KnownOfRuntime, Runtime } from './runtime.js';

/**
 * A session in this thread as a runtime: what cannot cross to worker threads, such as a launcher that is a value of the
 * caller's.
 *
 * @param lanes runs that the session takes at once
 */
export function sessionRuntime(session: Session, lanes: number, known: KnownOfRuntime): Runtime {
  return {
    ...known,
    takes: 'tensors',
    lanes,
    ...(session.prepare === undefined ? {} : { prepare: (image) => session.prepare!(image) }),
    run: async (batch) => copyOutputs(await session.run(batch.tensors())),
    close: () => session.close(),
  };
}
