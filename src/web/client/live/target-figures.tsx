import type { ComponentChildren } from 'preact';
import type { TargetState } from '../../protocol.js';
import { percent, scoreText, signed } from '../shared/format.js';
import { Term } from '../shared/term.js';
import { nameOf } from './answer.js';

/** Every figure of a target, as sentences. */
export function TargetFigures({ target }: { readonly target: TargetState }) {
  return (
    <ul class="figure-lines">
      {sentences(target).map(([term, word, rest]) => (
        <li key={term}>
          <Term of={term}>{word}</Term> {rest}
        </li>
      ))}
    </ul>
  );
}

function sentences(target: TargetState): (readonly [term: string, word: string, rest: ComponentChildren])[] {
  const { score, boundary, deletionAuc, insertionAuc, belief, reliability, meanStandardError, contrast } = target;
  const removed = boundary?.removed ?? null;
  const all: (readonly [string, string, ComponentChildren] | null)[] = [
    ['score', 'Score', `of ${nameOf(target)} on the whole picture: ${scoreText(score)}.`],
    boundary === null
      ? null
      : removed === null
        ? ['changes when hidden', 'Stays', 'the same when the whole picture is hidden.']
        : [
            'changes when hidden',
            'Changes',
            `when the brightest ${percent(removed.share)} of the picture is hidden: ${removed.to === null ? 'it disappears' : `it becomes ${removed.to.name}`}.`,
          ],
    boundary === null
      ? null
      : [
          'enough',
          'Enough',
          `for the answer, with all else hidden: the brightest ${percent(boundary.sufficient.share)}.`,
        ],
    deletionAuc === null
      ? null
      : [
          'mean score when hidden',
          'Mean score when hidden',
          `from the brightest places on: ${percent(deletionAuc)}. Low is good.`,
        ],
    insertionAuc === null
      ? null
      : [
          'mean score when shown',
          'Mean score when shown',
          `from the brightest places on: ${percent(insertionAuc)}. High is good.`,
        ],
    [
      'score with random parts hidden',
      'Score with random parts hidden:',
      `${percent(belief.median)} in the middle; in 5 of 100 runs below ${percent(belief.low)}, in 5 of 100 above ${percent(belief.high)}. With everything hidden: ${percent(belief.filled)}.`,
    ],
    reliability === null ? null : ['repeatable', 'Repeatable', `to ${reliability.toFixed(2)} of 1.`],
    [
      'standard error',
      'Values',
      meanStandardError === null
        ? 'of the map are exact.'
        : `of the map scatter by ±${signed(meanStandardError).replace('+', '')}.`,
    ],
    contrast === null ? null : ['answer', 'Compared', `with the second class, ${contrast.name}.`],
  ];
  return all.filter((line) => line !== null);
}
