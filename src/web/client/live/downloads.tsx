import { useEffect, useState } from 'preact/hooks';
import type { JobState } from '../../protocol.js';
import { addressOf, get } from './api.js';

/** The result files of a finished run; they are made when they are asked for. */
export function Downloads({ job }: { job: JobState }) {
  const [open, setOpen] = useState(false);
  const [names, setNames] = useState<readonly string[] | null>(null);
  useEffect(() => {
    if (!open) return;
    const controller = new AbortController();
    get(`/api/jobs/${job.id}/files`, controller.signal)
      .then((response) => response.json())
      .then((found: readonly string[]) => {
        setNames(found);
      })
      .catch(() => undefined);
    return () => {
      controller.abort();
    };
  }, [open, job.id]);
  return (
    <details
      class="downloads"
      onToggle={(event) => {
        setOpen(event.currentTarget.open);
      }}
    >
      <summary>Result files</summary>
      {names === null ? (
        <p class="muted">Making them…</p>
      ) : (
        <ul>
          {names.map((name) => (
            <li key={name}>
              <a href={addressOf(`/api/jobs/${job.id}/files/${encodeURIComponent(name)}`)} download={name}>
                {name}
              </a>
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}
