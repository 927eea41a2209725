import { useEffect, useState } from 'preact/hooks';
import type { WorkbenchState } from '../../protocol.js';
import { Header } from './header.js';
import { Icon } from '../shared/icon.js';
import { USUAL_OPTIONS } from './options-form.js';
import { titleOf, useAttempts } from './use-attempts.js';
import { useLiveState } from './use-live-state.js';
import { WatchedBench } from './watched-bench.js';
import { Workbench } from './workbench.js';

/** The live page: a run that is watched, or a workbench. */
export function App() {
  const { state, connection } = useLiveState();
  const [options, setOptions] = useState(USUAL_OPTIONS);
  const { failure, attempt, dismiss } = useAttempts({
    picture: state?.panes.map(({ image }) => image).join(' '),
    model: state?.panes.map(({ model }) => model).join(' '),
    options,
    connection,
    other: null,
  });
  useEffect(() => {
    if (state !== null) document.title = pageTitle(state);
  }, [state]);
  const name = state?.images.find(({ id }) => id === state.image)?.name ?? 'Workbench';
  return (
    <>
      <Header connection={connection} name={name} />
      <main>
        {failure !== null && (
          <div class="notice notice-bad failure-bar" role="alert">
            <Icon of="bad" />
            <b>{titleOf(failure)}</b>
            <p>{failure.sentence}</p>
            <button type="button" class="link" onClick={dismiss}>
              Close
            </button>
          </div>
        )}
        {state === null ? (
          <p class="muted waiting">Connecting…</p>
        ) : state.watching ? (
          <WatchedBench state={state} attempt={attempt} />
        ) : (
          <Workbench state={state} options={options} onOptions={setOptions} attempt={attempt} />
        )}
      </main>
    </>
  );
}

function pageTitle({ panes, images, image }: WorkbenchState): string {
  const name = images.find(({ id }) => id === image)?.name;
  const job = panes.map((pane) => pane.job).find((one) => one?.phase === 'running');
  const progress = job == null ? '' : `${Math.round((100 * job.samples) / Math.max(1, job.maxSamples))} % · `;
  return `${progress}${name === undefined ? '' : `${name} · `}datum`;
}
