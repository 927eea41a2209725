import type { JobState } from '../../protocol.js';
import { counted } from '../shared/format.js';
import { Icon } from '../shared/icon.js';

const STOPPED: Readonly<Record<string, string>> = {
  reliability: 'repeatable enough',
  'max-samples': 'all runs made',
  'time-budget': 'time is up',
  interrupted: 'ended early',
};

interface JobProgressProps {
  readonly job: JobState;
  /** Null where the run cannot be ended from here. */
  readonly onCancel: (() => void) | null;
  /** Takes the error of a run away; null where it stays. */
  readonly onDismiss: (() => void) | null;
}

/** How far a run is towards its goal, and how to end it. */
export function JobProgress({ job, onCancel, onDismiss }: JobProgressProps) {
  const { phase, samples, maxSamples, stopped, seconds, error, reached } = job;
  if (phase === 'failed') {
    return (
      <div class="notice notice-bad" role="alert">
        <Icon of="bad" />
        <b>It could not be explained</b>
        <p>{error}</p>
        {onDismiss !== null && (
          <button type="button" class="link" onClick={onDismiss}>
            Close
          </button>
        )}
      </div>
    );
  }
  const running = phase === 'waiting' || phase === 'running';
  return (
    <div class={`progress${running ? ' progress-running' : ''}`} data-job={job.id}>
      {running && reached !== null && samples > 0 && (
        <p class="goal">
          <b>
            Repeatable: {reached.now.toFixed(2)} of {reached.goal.toFixed(2)} wanted
          </b>
        </p>
      )}
      {running && (
        <progress
          value={reached === null ? samples : Math.min(reached.now, reached.goal)}
          max={reached === null ? Math.max(1, maxSamples) : reached.goal}
          aria-label={reached === null ? 'Runs made' : 'Repeatable so far'}
        />
      )}
      <p class="muted">
        {running
          ? samples === 0
            ? 'Getting ready…'
            : `${samples.toLocaleString('en')} of at most ${counted(maxSamples, 'run')}`
          : `${counted(samples, 'run')} in ${seconds.toFixed(1)} s, ${STOPPED[stopped ?? ''] ?? phase}`}
      </p>
      {running && onCancel !== null && (
        <button type="button" class="plain" onClick={onCancel}>
          Stop and keep this
        </button>
      )}
    </div>
  );
}
