import { boxKind } from './box.js';
import type { TargetKind } from './kind.js';
import { labelKind } from './label.js';
import type { Target } from './target.js';

/** The kinds of targets that are built in, in the order in which their targets are shown. */
export const TARGET_KINDS: readonly TargetKind[] = [labelKind, boxKind];

/** The kind of a target. */
export function kindOf({ kind }: Target, kinds: readonly TargetKind[] = TARGET_KINDS): TargetKind {
  const found = kinds.find((one) => one.kind === kind) ?? TARGET_KINDS.find((one) => one.kind === kind);
  if (found === undefined) throw new Error(`there is no kind of target '${kind}'`);
  return found;
}

/** Whether worker threads know the kind of every target: a caller's own kind lives in the main thread alone. */
export function areBuiltIn(targets: readonly Target[], kinds: readonly TargetKind[]): boolean {
  return targets.every((target) => TARGET_KINDS.includes(kindOf(target, kinds)));
}
