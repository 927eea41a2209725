import type { HistoryEntry } from '../../protocol.js';
import { scoreText } from '../shared/format.js';
import { addressOf } from './api.js';

interface HistoryProps {
  readonly entries: readonly HistoryEntry[];
  /** Ids of the jobs that are shown. */
  readonly shown: readonly string[];
  readonly onAgain: (job: string) => void;
}

/** What was explained in this sitting: pressed, it is shown again. */
export function History({ entries, shown, onAgain }: HistoryProps) {
  if (entries.length === 0) return null;
  return (
    <section class="history" aria-label="Explained in this sitting">
      <h3>Explained in this sitting</h3>
      <ul>
        {entries.map(({ job, image, imageName, model, name, score }) => (
          <li key={job}>
            <button
              type="button"
              class="card"
              aria-current={shown.includes(job)}
              onClick={() => {
                onAgain(job);
              }}
            >
              <img src={addressOf(`/api/images/${image}`)} alt="" width={120} height={75} loading="lazy" />
              <span class="history-words">
                <b>
                  {name} {scoreText(score)}
                </b>
                <span class="muted">{imageName}</span>
                <span class="muted">{shortOf(model)}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The end of a path. */
export function shortOf(model: string): string {
  return /[^/\\]+$/.exec(model)?.[0] ?? model;
}
