import type { Session, Tensor } from '../launchers/types.js';
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
    run: async (batch) => copyOf(await session.run(batch.tensors())),
    close: () => session.close(),
  };
}

/** The next run may write its outputs over those of this one before they are read. */
function copyOf(outputs: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { data, shape }]) => [name, { data: data.slice(), shape }]),
  );
}
