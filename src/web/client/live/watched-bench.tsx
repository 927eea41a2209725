import { useState } from 'preact/hooks';
import type { ImageState, PaneState, WorkbenchState } from '../../protocol.js';
import { USUAL_SETTINGS, type ViewSettings } from '../shared/view-settings.js';
import { post } from './api.js';
import { DatasetView } from './dataset-view.js';
import { PaneFacts, PaneStage } from './pane-view.js';
import type { Attempts } from './use-attempts.js';
import { usePaneLook } from './use-pane-view.js';
import { ViewKnobs, ViewModes } from '../shared/view-controls.js';
import { viewModesOf } from './view-modes-of.js';

interface WatchedBenchProps {
  readonly state: WorkbenchState;
  readonly attempt: Attempts['attempt'];
}

/** A run that goes on elsewhere: an image, or the items of a dataset one after the other. */
export function WatchedBench({ state, attempt }: WatchedBenchProps) {
  const { panes, dataset } = state;
  const [settings, setSettings] = useState(USUAL_SETTINGS);
  const [comparing, setComparing] = useState(false);
  const isComparable = dataset === null && (panes[0]?.job?.targets.length ?? 0) > 1;
  const sides = sidesOf(state, comparing && isComparable ? 2 : 1);
  return (
    <div class="bench">
      {dataset !== null && <DatasetView dataset={dataset} />}
      {sides.length === 0 ? (
        <p class="waiting muted">The run begins…</p>
      ) : (
        <>
          <div class="view-bar">
            <ViewModes settings={settings} onChange={setSettings} modes={viewModesOf(panes)} />
            {isComparable && (
              <label class="toggle">
                <input
                  type="checkbox"
                  checked={comparing}
                  onChange={(event) => {
                    setComparing(event.currentTarget.checked);
                  }}
                />
                <span>Compare</span>
              </label>
            )}
          </div>
          <div class={`panes panes-${sides.length}`}>
            {sides.map((side, place) => (
              <WatchedPane
                key={place}
                {...side}
                settings={settings}
                onCancel={() => {
                  attempt('other', post('/api/cancel', { pane: 0 }));
                }}
              />
            ))}
          </div>
          <ViewKnobs settings={settings} onChange={setSettings} />
        </>
      )}
    </div>
  );
}

interface Side {
  readonly pane: PaneState;
  readonly image: ImageState;
  /** Place of the target that is shown first. */
  readonly first: number;
  /** Where two targets are compared. */
  readonly letter: 'A' | 'B' | null;
  /** What it is, where several items are shown. */
  readonly title: string | null;
}

function WatchedPane({
  pane,
  image,
  first,
  letter,
  title,
  settings,
  onCancel,
}: Side & { readonly settings: ViewSettings; readonly onCancel: () => void }) {
  const look = usePaneLook(pane, first, settings);
  const props = {
    pane,
    image,
    look,
    settings,
    annotated: false,
    watching: true,
    letter,
    drawing: false,
    onDrawing: () => undefined,
    onExplain: () => undefined,
    onCancel,
    dismissed: false,
    onDismiss: () => undefined,
  };
  return (
    <article
      class="pane"
      aria-label={title ?? pane.model ?? 'No model'}
      style={{ '--ratio': String(image.width / image.height) }}
    >
      <div class="pane-stage">
        {title !== null && <h2 class="pane-title">{title}</h2>}
        {pane.model !== null && <p class="muted pane-model">{pane.model}</p>}
        <PaneStage {...props} />
      </div>
      <PaneFacts {...props} />
    </article>
  );
}

/** Panes side by side: the first two targets of an image, or the item at work and the one that was done last of a dataset. */
function sidesOf({ panes, images, dataset }: WorkbenchState, count: 1 | 2): Side[] {
  const [own] = panes;
  const shown =
    dataset === null
      ? Array.from({ length: count }, (_, first) => ({ pane: own, first }))
      : panes.map((pane) => ({ pane, first: 0 }));
  return shown.flatMap(({ pane, first }): Side[] => {
    const image = images.find(({ id }) => id === pane?.job?.image);
    if (pane === undefined || image === undefined) return [];
    const running = pane.job?.phase === 'waiting' || pane.job?.phase === 'running';
    return [
      {
        pane,
        image,
        first,
        letter: dataset === null && count === 2 ? (first === 0 ? 'A' : 'B') : null,
        title: dataset === null ? null : `${running ? 'At work' : 'Done last'}: ${image.name}`,
      },
    ];
  });
}
