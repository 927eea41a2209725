import { useEffect, useState } from 'preact/hooks';
import type { JobState } from '../../protocol.js';
import { get } from './api.js';

/** The result files of a finished run; they are made when they are asked for. */
export function Downloads({ job }: { job: JobState }) {
  const [open, setOpen] = useState(false);
  const [names, setNames] = useState<readonly string[] | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    if (!open) return;
    const controller = new AbortController();
    get(`/api/jobs/${job.id}/files`, controller.signal)
      .then((response) => response.json())
      .then((found: readonly string[]) => {
        setNames(found);
      })
      .catch((error: unknown) => {
        if (!controller.signal.aborted) setFailure(error instanceof Error ? error.message : String(error));
      });
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
      {failure !== null && <p class="failure">{failure}</p>}
      {names === null && failure === null ? (
        <p class="muted">Making them…</p>
      ) : (
        <ul>
          {names?.map((name) => (
            <li key={name}>
              <a
                href={fileOf(job, name)}
                onClick={(event) => {
                  event.preventDefault();
                  setFailure(null);
                  save(fileOf(job, name), name).catch((error: unknown) => {
                    setFailure(error instanceof Error ? error.message : String(error));
                  });
                }}
              >
                {name}
              </a>
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}

function fileOf({ id }: JobState, name: string): string {
  return `/api/jobs/${id}/files/${encodeURIComponent(name)}`;
}

/** Fetches a file and hands it to the browser: an address with the token would stay in its list of downloads. */
async function save(path: string, name: string): Promise<void> {
  const address = URL.createObjectURL(await (await get(path)).blob());
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => {
    URL.revokeObjectURL(address);
  }, 60_000);
}
