import type { JobState } from '../../protocol.js';
import { counted } from '../shared/format.js';

const STOPPED: Readonly<Record<string, string>> = {
  reliability: 'reliable enough',
  'max-samples': 'all masks scored',
  'time-budget': 'time is up',
  interrupted: 'cancelled',
};

interface JobProgressProps {
  readonly job: JobState;
  /** Null where the run cannot be ended from here. */
  readonly onCancel: (() => void) | null;
}

/** How far a run is, and how to end it. */
export function JobProgress({ job, onCancel }: JobProgressProps) {
  const { phase, samples, maxSamples, stopped, seconds, error } = job;
  if (phase === 'failed') return <p class="failure">{error}</p>;
  const running = phase === 'waiting' || phase === 'running';
  return (
    <div class={`progress${running ? ' progress-running' : ''}`} data-job={job.id}>
      <progress
        value={running ? samples : 1}
        max={running ? Math.max(1, maxSamples) : 1}
        aria-label={running ? 'Masked runs' : 'The run has ended'}
      />
      <p>
        {running
          ? samples === 0
            ? 'Getting ready…'
            : `${samples.toLocaleString('en')} of at most ${counted(maxSamples, 'mask')}`
          : `${counted(samples, 'mask')} in ${seconds.toFixed(1)} s, ${STOPPED[stopped ?? ''] ?? phase}`}
      </p>
      {running && onCancel !== null && (
        <button type="button" class="plain" onClick={onCancel}>
          Cancel
        </button>
      )}
    </div>
  );
}
