import { useEffect, useState } from 'preact/hooks';
import type { PaneState, ImageState, WorkbenchState } from '../../protocol.js';
import { ViewControls } from '../shared/view-controls.js';
import { USUAL_SETTINGS, type ViewMode } from '../shared/view-settings.js';
import { post, upload } from './api.js';
import { DatasetView } from './dataset-view.js';
import { wantedOptions, type Wanted } from './explain-target.js';
import { Header } from './header.js';
import { chosenMethod, OptionsForm, optionValues, useMethods, USUAL_OPTIONS } from './options-form.js';
import { PaneView } from './pane-view.js';
import { ImagesBar } from './images-bar.js';
import { useDroppedFile } from './use-dropped-file.js';
import { useLiveState } from './use-live-state.js';

/** The live page: a run that is watched, or a workbench. */
export function App() {
  const { state, connection } = useLiveState();
  const [failure, setFailure] = useState<string | null>(null);
  const attempt = (work: Promise<void>): void => {
    setFailure(null);
    work.catch((error: unknown) => {
      setFailure(error instanceof Error ? error.message : String(error));
    });
  };
  const [sides, setSides] = useState(1);
  const comparing = state?.watching === true ? sides === 2 : state?.panes.length === 2;
  return (
    <>
      <Header
        state={state}
        connection={connection}
        comparing={comparing}
        onCompare={(compare) => {
          if (state?.watching === true) setSides(compare ? 2 : 1);
          else attempt(post('/api/panes', { count: compare ? 2 : 1 }));
        }}
      />
      <main>
        {failure !== null && (
          <div class="failure failure-bar" role="alert">
            <p>{failure}</p>
            <button
              type="button"
              class="link"
              onClick={() => {
                setFailure(null);
              }}
            >
              Close
            </button>
          </div>
        )}
        {state === null ? (
          <p class="muted waiting">Connecting…</p>
        ) : (
          <Bench state={state} sides={comparing ? 2 : 1} attempt={attempt} />
        )}
      </main>
    </>
  );
}

interface BenchProps {
  readonly state: WorkbenchState;
  readonly sides: 1 | 2;
  readonly attempt: (work: Promise<void>) => void;
}

function Bench({ state, sides, attempt }: BenchProps) {
  const [settings, setSettings] = useState(USUAL_SETTINGS);
  const methods = useMethods();
  const [options, setOptions] = useState(USUAL_OPTIONS);
  const onUpload = (file: File): void => {
    attempt(upload(file));
  };
  const dropping = useDroppedFile(state.watching ? null : onUpload);
  const image = state.images.find(({ id }) => id === state.image);
  const explain = (pane: number, wanted: Wanted): void => {
    const values = { ...optionValues(methods, options), ...wantedOptions(wanted) };
    const method = chosenMethod(methods, options)?.name;
    attempt(post('/api/explain', { pane, method, options: values, metrics: options.metrics }));
  };
  useEffect(() => {
    document.title = titleOf(state);
  }, [state]);
  return (
    <div class={`bench${dropping ? ' bench-dropping' : ''}`}>
      {!state.watching && (
        <ImagesBar
          state={state}
          onUpload={onUpload}
          onImage={(id) => {
            attempt(post('/api/image', { image: id }));
          }}
          onItem={(source, item) => {
            attempt(post('/api/item', { source, item }));
          }}
        />
      )}
      {state.dataset !== null && <DatasetView dataset={state.dataset} />}
      {image === undefined ? (
        <Empty watching={state.watching} />
      ) : (
        <>
          <div class="knobs card">
            <ViewControls settings={settings} onChange={setSettings} modes={modesOf(state.panes)} />
          </div>
          <div class={`panes panes-${state.dataset === null ? sides : state.panes.length}`}>
            {sidesOf(state, sides).map(({ pane, index, first, title }, side) => (
              <PaneView
                key={side}
                pane={pane}
                image={imageOf(state, pane) ?? image}
                title={title}
                settings={settings}
                models={state.models}
                watching={state.watching}
                first={first}
                onModel={(model) => {
                  attempt(post('/api/model', { pane: index, model }));
                }}
                onExplain={(wanted) => {
                  explain(index, wanted);
                }}
                onCancel={() => {
                  attempt(post('/api/cancel', { pane: index }));
                }}
              />
            ))}
          </div>
          {!state.watching && <OptionsForm methods={methods} chosen={options} onChange={setOptions} />}
        </>
      )}
    </div>
  );
}

function Empty({ watching }: { watching: boolean }) {
  return (
    <div class="empty">
      <p class="empty-title">{watching ? 'The run begins…' : 'Drop an image here'}</p>
      {!watching && (
        <p class="muted">or choose one above. It stays on this computer: the page asks nobody but datum.</p>
      )}
    </div>
  );
}

interface Side {
  readonly pane: PaneState;
  readonly index: number;
  /** The target shown first. */
  readonly first: number;
  readonly title: string | null;
}

/**
 * Panes as they stand side by side: what is compared in a workbench, the first two targets of an image that is watched,
 * the item at work and the one that was done last of a dataset.
 */
function sidesOf(state: WorkbenchState, sides: 1 | 2): Side[] {
  const { panes, dataset } = state;
  if (dataset !== null) {
    return panes.map((pane, index) => ({ pane, index, first: 0, title: itemTitle(state, pane) }));
  }
  return Array.from({ length: sides }, (_, side) => {
    const own = panes[side];
    return own === undefined
      ? { pane: panes[0]!, index: 0, first: side, title: null }
      : { pane: own, index: side, first: 0, title: null };
  });
}

function itemTitle(state: WorkbenchState, pane: PaneState): string {
  const running = pane.job?.phase === 'waiting' || pane.job?.phase === 'running';
  return `${running ? 'At work' : 'Done last'}: ${imageOf(state, pane)?.name ?? ''}`;
}

/** The image that a pane's job is about. */
function imageOf({ images }: WorkbenchState, { job }: PaneState): ImageState | undefined {
  return images.find(({ id }) => id === job?.image);
}

function modesOf(panes: readonly PaneState[]): Set<ViewMode> {
  const modes = new Set<ViewMode>(['saliency', 'image']);
  const targets = panes.flatMap(({ job }) => job?.targets ?? []);
  if (targets.length > 0) modes.add('error');
  if (targets.some(({ boundary }) => boundary !== null)) modes.add('evidence');
  if (targets.some(({ contrast }) => contrast !== null)) modes.add('contrast');
  return modes;
}

function titleOf({ panes, images, image }: WorkbenchState): string {
  const name = images.find(({ id }) => id === image)?.name;
  const job = panes.map((pane) => pane.job).find((one) => one?.phase === 'running');
  const progress = job == null ? '' : `${Math.round((100 * job.samples) / Math.max(1, job.maxSamples))} % · `;
  return `${progress}${name === undefined ? '' : `${name} · `}datum`;
}
