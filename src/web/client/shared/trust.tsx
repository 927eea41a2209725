import { isTrusted, type Verdict } from '../../../explain/verdict.js';
import { isStable, WEAK_ANSWER } from '../../../results/target-summary.js';
import { ofOne, percent, scoreText } from './format.js';
import { Icon, type State } from './icon.js';
import { Term } from './term.js';

/** What tells how sure one may be of an answer and its map. */
export interface TrustFigures {
  readonly verdict: Verdict | null;
  readonly reliability: number | null;
  /** The reliability that was asked for; null where none was. */
  readonly stopAt: number | null;
  readonly faithfulness: { readonly advantage: number | null } | null;
  readonly deletionAuc: number | null;
  readonly insertionAuc: number | null;
  /** The model's score, where it is a probability; null where it is none, or where the object was missed. */
  readonly score: number | null;
  /** What is said behind the score. */
  readonly beside?: string;
}

interface TrustLine {
  readonly state: State;
  readonly name: string;
  /** Of the glossary. */
  readonly term: string;
  readonly text: string;
}

/** How sure one may be: repeatable, faithful, a clear answer; a line each. */
export function TrustLines({ more = [], ...figures }: TrustFigures & { readonly more?: readonly TrustLine[] }) {
  return (
    <ul class="trust" aria-label="How sure">
      {[...repeatable(figures), ...faithful(figures), ...clear(figures), ...more].map(({ state, name, term, text }) => (
        <li key={name}>
          <Icon of={state} />
          <b>
            <Term of={term}>{name}</Term>
          </b>
          <span>{text}</span>
        </li>
      ))}
    </ul>
  );
}

function repeatable({ verdict, reliability, stopAt }: TrustFigures): TrustLine[] {
  if (verdict === 'noise' || verdict === 'lost') {
    const text =
      verdict === 'noise'
        ? 'Nothing stands out from chance.'
        : 'With parts of the picture hidden it is almost never found.';
    return [{ state: 'bad', name: 'No map', term: 'no map', text }];
  }
  const line = { name: 'Repeatable', term: 'repeatable' } as const;
  if (reliability === null) {
    return [{ ...line, state: 'good', text: 'This method draws nothing at random: another run gives the same map.' }];
  }
  const figures = `${ofOne(reliability)} of 1${stopAt === null ? '' : `; wanted ${ofOne(stopAt)}`}`;
  return isStable({ reliability }, { stopAt })
    ? [{ ...line, state: 'good', text: `Another run would give the same map (${figures}).` }]
    : [
        {
          ...line,
          state: 'warn',
          name: 'Not stable yet',
          text: `Another run may differ (${figures}): read only the large shape.`,
        },
      ];
}

function faithful({ verdict, faithfulness, deletionAuc, insertionAuc }: TrustFigures): TrustLine[] {
  const isUnfaithful = verdict === 'unfaithful';
  if (!isUnfaithful && !isTrusted(verdict)) return [];
  if (faithfulness === null && !isUnfaithful) {
    const text = 'Nobody asked whether hiding the bright places lowers the score.';
    return [{ state: 'unknown', name: 'Not judged', term: 'not judged', text }];
  }
  const means =
    deletionAuc === null || insertionAuc === null
      ? ''
      : `: ${scoreText(deletionAuc)} on average, ${scoreText(insertionAuc)} when they are shown first`;
  const advantage = faithfulness?.advantage ?? null;
  const over = advantage === null ? '' : ` (by ${percent(Math.max(0, advantage))} of the score)`;
  return isUnfaithful
    ? [
        {
          state: 'bad',
          name: 'Not faithful',
          term: 'faithful',
          text: `Hiding the bright places changes little more than hiding the same shape elsewhere${over}${means}.`,
        },
      ]
    : [
        {
          state: 'good',
          name: 'Faithful',
          term: 'faithful',
          text: `Hiding the bright places does lower the score${over}${means}.`,
        },
      ];
}

function clear({ score, beside = '' }: TrustFigures): TrustLine[] {
  if (score === null) return [];
  return score >= WEAK_ANSWER
    ? [{ state: 'good', name: 'Clear answer', term: 'score', text: `The model gives it ${scoreText(score)}.${beside}` }]
    : [
        {
          state: 'warn',
          name: 'Weak answer',
          term: 'weak answer',
          text: `The model gives it only ${scoreText(score)}: the map explains a guess.${beside}`,
        },
      ];
}
