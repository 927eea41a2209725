import { loadInterpreter } from '../interpreters/registry.js';
import type { Reader } from './runtime.js';
import type { DecoderSpec } from './work.js';

/**
 * Makes what reads outputs, in this thread.
 *
 * What scripts need is loaded for models that have one alone. A worker's heap is to stay below 8 MB: above, V8 meets the
 * outputs that ONNX Runtime makes anew for every run with full collections, whose threads take processor time from the
 * model (docs/research/performance.md).
 */
export async function openDecoder({
  interpreter,
  context,
}: Pick<DecoderSpec, 'interpreter' | 'context'>): Promise<Reader> {
  if ('name' in interpreter) return (await loadInterpreter(interpreter.name)).create(context);
  const { loadScript } = await import('../interpreters/script/script.js');
  return (await loadScript(interpreter.script, interpreter.python)).open(context);
}
