import type { Explanation } from '../../results/explanation.js';
import type { TargetRecord } from '../../results/schema/target.js';
import { isStable, type SummaryContext } from '../../results/target-summary.js';
import { shellCommand } from '../../report/words/shell-command.js';

/** A command that may help, and what for in a word. */
export interface Advice {
  readonly what: string;
  readonly command: string;
}

/**
 * What to do about maps that are not to be trusted, and how to ask for what was missed: each a command that can be pasted.
 *
 * @param summary what the sentences on the targets are made of
 * @param again the words of this run's own command with flags added
 */
export function adviceFor(
  targets: readonly TargetRecord[],
  { model, method, run }: Pick<Explanation, 'model' | 'method' | 'run'>,
  summary: Pick<SummaryContext, 'stopAt' | 'next'>,
  again: (flags: readonly string[]) => readonly string[],
): Advice[] {
  const { maxSamples } = method.options;
  const verdicts = new Set(targets.map(({ verdict }) => verdict));
  const unstable = targets.some((target) => target.verdict === 'ok' && !isStable(target, summary));
  const advice: { what: string; flags: string[] }[] = [];
  if ((unstable || verdicts.has('noise')) && run.stopped === 'max-samples' && typeof maxSamples === 'number') {
    advice.push({ what: 'More runs', flags: ['--max-samples', String(4 * maxSamples)] });
  }
  if (verdicts.has('unfaithful') && summary.next !== null) {
    advice.push({ what: 'Try', flags: ['--preset', summary.next] });
  }
  if (verdicts.has('lost')) advice.push({ what: 'Hide less', flags: ['--prob', '0.8'] });
  const unjudged = targets.some(({ verdict, faithfulness }) => verdict === 'ok' && faithfulness === null);
  if (unjudged && run.stopped !== 'interrupted') advice.push({ what: 'Faithful?', flags: ['--metrics', 'fast'] });
  if (model.task === 'detection' && targets.every(({ why }) => why === 'answer')) {
    advice.push({ what: 'Missed?', flags: ['--box', 'X,Y,W,H:CLASS'] });
  }
  return advice.map(({ what, flags }) => ({ what, command: shellCommand(again(flags)) }));
}

/** Words of a command with flags and their values added, each in the place of the same flag before. */
export function withFlags(typed: readonly string[], flags: readonly string[]): string[] {
  const given = new Set(flags.filter((_, i) => i % 2 === 0 && flags[i] !== '--box'));
  const kept = typed.filter((word, i) => {
    const before = typed[i - 1];
    return !given.has(word.split('=')[0]!) && !(before !== undefined && given.has(before));
  });
  return [...kept, ...flags];
}
