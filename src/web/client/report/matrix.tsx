import { useMemo, useState } from 'preact/hooks';
import { counted } from '../shared/format.js';
import { answerTable } from './answer-table.js';
import type { Filter, Row } from './rows.js';

/** Classes shown before the rest is asked for: a matrix of more is no longer read. */
const CLASSES = 16;

export interface MatrixProps {
  /** Of the model, where there are several. */
  readonly name: string | null;
  readonly rows: readonly Row[];
  readonly filter: Filter;
  readonly onFilter: (change: Partial<Filter>) => void;
}

/** What is answered for what: a line a class of the truth, a column a class of the answer. */
export function Matrix({ name, rows, filter, onFilter }: MatrixProps) {
  const [all, setAll] = useState(false);
  const table = useMemo(() => answerTable(rows), [rows]);
  if (table.classes.length < 2) return null;
  const classes = all ? table.classes : table.classes.slice(0, CLASSES);
  return (
    <figure class="plot card">
      <figcaption>
        <h3>What is answered for what?</h3>
        <p class="muted small">Lines are the truth, columns the answer. Right ones are filled, wrong ones outlined.</p>
      </figcaption>
      <div
        class="scroll"
        role="region"
        aria-label={name === null ? 'Answers by truth' : `Answers by truth, ${name}`}
        tabIndex={0}
      >
        <table class="matrix">
          <thead>
            <tr>
              <th scope="col">truth ↓ answer →</th>
              {classes.map((label) => (
                <th key={label} scope="col">
                  <span>{label}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {classes.map((truth) => (
              <tr key={truth}>
                <th scope="row">{truth}</th>
                {classes.map((answer) => {
                  const count = table.count(truth, answer);
                  if (count === 0) return <td key={answer} class="none" />;
                  const chosen = filter.truth === truth && filter.answer === answer;
                  const deep = count / table.most(truth);
                  return (
                    <td key={answer} class={truth === answer ? `hit${deep > 0.5 ? ' hit-deep' : ''}` : 'miss'}>
                      <button
                        type="button"
                        aria-pressed={chosen}
                        aria-label={`${counted(count, 'answer')} “${answer}” for “${truth}”`}
                        onClick={() => {
                          onFilter(chosen ? {} : { truth, answer });
                        }}
                      >
                        {count}
                      </button>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {table.classes.length > CLASSES && (
        <button
          type="button"
          class="link"
          onClick={() => {
            setAll(!all);
          }}
        >
          {all ? `Only the ${CLASSES} with most mistakes` : `All ${table.classes.length} classes`}
        </button>
      )}
    </figure>
  );
}
