import type { DatasetState } from '../../protocol.js';
import { counted } from '../shared/format.js';

/** How far a run over a dataset is, and what was done lately. */
export function DatasetView({ dataset }: { dataset: DatasetState }) {
  const { done, total, failed, working, recent, finished } = dataset;
  return (
    <section class="dataset card">
      <h2>{finished ? (done < total ? 'Ended early' : 'The dataset is done') : 'Explaining a dataset'}</h2>
      <div class="progress">
        <progress value={done} max={Math.max(1, total)} aria-label="Items" />
        <p>
          {done.toLocaleString('en')} of {counted(total, 'item')}
          {failed > 0 && `, ${failed.toLocaleString('en')} failed`}
        </p>
      </div>
      {finished && done < total && <p class="muted">The same command continues where it stopped.</p>}
      {working.length > 0 && (
        <p class="working">
          <span class="muted">At work:</span> {working.join(', ')}
        </p>
      )}
      {recent.length > 0 && (
        <ol class="recent" aria-label="Done lately">
          {recent.slice(0, 8).map(({ id, status }) => (
            <li key={id}>
              <span>{id}</span> <span class="muted">{status}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
