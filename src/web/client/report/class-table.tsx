import { useMemo, useState } from 'preact/hooks';
import { percent } from '../shared/format.js';
import { Icon } from '../shared/icon.js';
import { Term } from '../shared/term.js';
import { Bar } from './bars.js';
import { classFigures } from './class-figures.js';
import type { Filter, Row } from './rows.js';

/** Classes shown before the rest is asked for. */
const CLASSES = 12;

export interface ClassTableProps {
  /** Of the model, where there are several. */
  readonly name: string | null;
  readonly rows: readonly Row[];
  /** Those with a map that is to be read. */
  readonly readable: readonly Row[];
  /** Whether figures of what is hidden are shown. */
  readonly measured: boolean;
  readonly filter: Filter;
  readonly onFilter: (change: Partial<Filter>) => void;
}

/** How the answers about each class came out, and what they depend on; the worst first. */
export function ClassTable({ name, rows, readable, measured, filter, onFilter }: ClassTableProps) {
  const [all, setAll] = useState(false);
  const classes = useMemo(() => classFigures(rows, readable), [rows, readable]);
  if (classes.length === 0) return null;
  const shown = all ? classes : classes.slice(0, CLASSES);
  const onObject = classes.some(({ energy }) => energy !== null);
  const removed = measured && classes.some(({ removed: share }) => share !== null);
  const depends = classes.some(({ told }) => told > 0);
  return (
    <figure class="plot card">
      <figcaption>
        <h3>Classes</h3>
        <p class="muted small">
          The worst first. The tick on a bar is the share of the picture that the object covers.
        </p>
      </figcaption>
      <div class="scroll" role="region" aria-label={name === null ? 'Classes' : `Classes, ${name}`} tabIndex={0}>
        <table class="t">
          <thead>
            <tr>
              <th scope="col">Class</th>
              <th scope="col">Right</th>
              {onObject && (
                <th scope="col">
                  <Term of="on object">Map on the object</Term>
                </th>
              )}
              {removed && (
                <th scope="col" class="n">
                  <Term of="changes when hidden">Changes when hidden</Term>
                </th>
              )}
              {depends && (
                <th scope="col">
                  <Term of="depends on">Depends on the object?</Term>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {shown.map((one) => (
              <tr key={one.label} class={filter.label === one.label ? 'on' : ''}>
                <th scope="row">
                  <button
                    type="button"
                    class="link"
                    aria-pressed={filter.label === one.label}
                    onClick={() => {
                      onFilter(filter.label === one.label ? {} : { label: one.label });
                    }}
                  >
                    {one.label}
                  </button>
                </th>
                <td>{one.judged === 0 ? `${one.total} explained` : `${one.right} of ${one.judged}`}</td>
                {onObject && (
                  <td>
                    {one.energy !== null && (
                      <span class="cell-bar">
                        <Bar share={one.energy} chance={one.area} state={one.beside > 0 ? 'bad' : null} />
                        {percent(one.energy)}
                      </span>
                    )}
                  </td>
                )}
                {removed && <td class="n">{one.removed === null ? '–' : percent(one.removed)}</td>}
                {depends && (
                  <td>
                    {one.told > 0 &&
                      (one.beside > 0 ? (
                        <button
                          type="button"
                          class="link"
                          onClick={() => {
                            onFilter({ label: one.label, reason: 'beside', outcome: 'true-positive' });
                          }}
                        >
                          <Icon of="bad" /> {one.beside} of {one.told} beside it
                        </button>
                      ) : (
                        <>
                          <Icon of="good" /> on it
                        </>
                      ))}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {classes.length > CLASSES && (
        <button
          type="button"
          class="link"
          onClick={() => {
            setAll(!all);
          }}
        >
          {all ? 'Fewer' : `All ${classes.length} classes`}
        </button>
      )}
    </figure>
  );
}
