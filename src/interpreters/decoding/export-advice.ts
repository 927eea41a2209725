import { outputOrigin } from '../contract/ending.js';
import type { KnownOutput } from '../contract/evidence.js';
import type { Evidence } from '../contract/types.js';
import type { OutputKind } from './output-words.js';

/** Kinds of outputs of which no reading makes scores of classes, whatever names there are and whatever the user says. */
export const NEVER_CLASSES: ReadonlySet<OutputKind> = new Set<OutputKind>([
  ...(['ranks', 'class-number', 'quantized', 'changed', 'overflow'] as const),
]);

/** How a model is to be exported whose outputs have lost the scores of classes; null where that is not what they lack. */
export function exportAdvice(
  outputs: readonly { readonly output: KnownOutput; readonly kind: OutputKind | null }[],
  evidence: Evidence,
): string | null {
  const kinds = new Set(outputs.map(({ kind }) => kind));
  if (kinds.has('quantized')) return 'export it with float outputs, before the last quantization or cast';
  if (kinds.has('changed')) return 'export it with the softmax last';
  if (kinds.has('overflow')) return 'feed it as it was trained, or export it before the operation that overflows';
  if (!kinds.has('ranks') && !kinds.has('class-number')) return null;
  const behind = outputs
    .map(({ output }) => outputOrigin(evidence, output.name).ranks)
    .find((name) => name !== undefined);
  return behind === undefined
    ? 'export it with the scores of all classes'
    : `export it with "${behind}", the scores of all classes before they are ranked, as an output`;
}
