import { MessageChannel } from 'node:worker_threads';
import type { InferenceSession } from 'onnxruntime-common';
import { onnxRuntime } from './runtime.js';

/** Smaller arrays cost more to free than they are worth, in bytes. */
const WORTHWHILE = 1 << 18;

/**
 * Frees large outputs of a run as soon as they are no longer needed. ONNX Runtime makes every output anew; left to the
 * garbage collector they pile up, so that each run writes to cold memory and collections compete with the model for
 * the processor. Freed at once, the next run gets the same warm memory again (docs/research/performance.md has figures).
 *
 * JavaScript has no call to free an array, but a message that nobody can receive takes the memory of what is
 * transferred with it. (HTML standard, message ports: a transfer detaches its arrays even where the message is dropped.)
 */
export class SpentOutputs {
  readonly #nowhere = closedPort();
  #spent: ArrayBuffer[] = [];

  /** Notes the outputs of a run, to be freed at the next call of `free`. */
  add(results: InferenceSession.OnnxValueMapType): void {
    const { Tensor } = onnxRuntime();
    for (const value of Object.values(results)) {
      if (!(value instanceof Tensor) || !ArrayBuffer.isView(value.data)) continue;
      const { buffer } = value.data;
      if (buffer instanceof ArrayBuffer && buffer.byteLength >= WORTHWHILE) this.#spent.push(buffer);
    }
  }

  /** Frees what was noted; arrays over it are empty afterwards. */
  free(): void {
    if (this.#spent.length === 0) return;
    this.#nowhere.postMessage(null, this.#spent);
    this.#spent = [];
  }
}

function closedPort(): MessageChannel['port1'] {
  const { port1, port2 } = new MessageChannel();
  port1.close();
  port2.close();
  return port1;
}
