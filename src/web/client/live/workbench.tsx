import { useCallback, useRef, useState } from 'preact/hooks';
import { isModelName, type ImageState, type PaneState, type WorkbenchState } from '../../protocol.js';
import { USUAL_SETTINGS } from '../shared/view-settings.js';
import { post, upload, uploadModel } from './api.js';
import { Begin } from './begin.js';
import { Compared, CompareModes, CompareStage, type CompareMode } from './compare-stage.js';
import { forOther, wantedOptions, type Wanted } from './explain-target.js';
import { History } from './history.js';
import { chosenMethod, OptionsForm, optionValues, useMethods, type ChosenOptions } from './options-form.js';
import { PaneFacts, PaneStage, type PaneProps } from './pane-view.js';
import { Picks } from './picks.js';
import { SourceBrowser } from './source-browser.js';
import type { Attempts } from './use-attempts.js';
import { useDroppedFiles } from './use-dropped-files.js';
import { usePaneLook } from './use-pane-view.js';
import { ViewKnobs, ViewModes } from '../shared/view-controls.js';
import { viewModesOf } from './view-modes-of.js';

interface WorkbenchProps {
  readonly state: WorkbenchState;
  readonly options: ChosenOptions;
  readonly onOptions: (options: ChosenOptions) => void;
  readonly attempt: Attempts['attempt'];
}

/** Models and pictures of the user's: asked, explained, compared. */
export function Workbench({ state, options, onOptions, attempt }: WorkbenchProps) {
  const { panes, linked } = state;
  const [settings, setSettings] = useState(USUAL_SETTINGS);
  const [annotated, setAnnotated] = useState(true);
  const [drawing, setDrawing] = useState<number | null>(null);
  const [mode, setMode] = useState<CompareMode>('side');
  const [browsing, setBrowsing] = useState<number | null>(null);
  const [dismissed, setDismissed] = useState<readonly string[]>([]);
  const methods = useMethods();
  const imageInput = useRef<HTMLInputElement>(null);
  const modelInput = useRef<HTMLInputElement>(null);
  const pickedFor = useRef(0);
  const take = useCallback(
    (files: readonly File[], pane = 0): void => {
      const models = files.filter(({ name }) => isModelName(name));
      const images = files.filter(({ name }) => !isModelName(name));
      // Weights first: a model is opened when it has come.
      const inOrder = [...models].sort((one, other) => Number(isWeights(other)) - Number(isWeights(one)));
      if (models.length > 0) {
        attempt(
          'model',
          (async () => {
            for (const file of inOrder) await uploadModel(file, pane);
          })(),
        );
      }
      const [image] = images;
      if (image !== undefined) attempt('picture', upload(image, pane));
    },
    [attempt],
  );
  const dropping = useDroppedFiles(take);
  const lookA = usePaneLook(panes[0] ?? null, 0, settings);
  const lookB = usePaneLook(panes[1] ?? null, 0, settings);
  const explainOne = (index: number, wanted: Wanted): void => {
    const values = { ...optionValues(methods, options), ...wantedOptions(wanted) };
    const method = chosenMethod(methods, options)?.name;
    attempt('options', post('/api/explain', { pane: index, method, options: values, metrics: options.metrics }));
  };
  const explain = (index: number, wanted: Wanted): void => {
    setDrawing(null);
    // The answer stands above the list that it was chosen from.
    if (panes.length === 1) scrollTo({ top: 0 });
    explainOne(index, wanted);
    const other = panes[1 - index];
    if (!linked || other === undefined) return;
    const same = forOther(wanted, panes[index]?.prediction ?? null, other.prediction);
    if (same !== null) explainOne(1 - index, same);
  };
  const images = panes.map((pane) => imageOf(state, pane));
  const comparing = panes.length === 2;
  const isAtWork = images.some((image) => image !== undefined);
  const sides = panes.flatMap((pane, index): (PaneProps & { readonly index: number })[] => {
    const image = images[index];
    if (image === undefined) return [];
    return [
      {
        index,
        pane,
        image,
        look: index === 0 ? lookA : lookB,
        settings,
        annotated,
        watching: false,
        letter: !comparing ? null : index === 0 ? 'A' : 'B',
        drawing: drawing === index,
        onDrawing: (wanted) => {
          setDrawing(wanted ? index : null);
        },
        onExplain: (wanted) => {
          explain(index, wanted);
        },
        onCancel: () => {
          attempt('other', post('/api/cancel', { pane: index }));
        },
        dismissed: pane.job !== null && dismissed.includes(pane.job.id),
        onDismiss: () => {
          if (pane.job !== null) setDismissed([...dismissed, pane.job.id]);
        },
      },
    ];
  });
  const [a, b] = sides;
  const sameImage = a?.image.id === b?.image.id;
  const isOver = comparing && mode !== 'side' && a !== undefined && b !== undefined;
  const choose = (input: HTMLInputElement | null, pane: number): void => {
    pickedFor.current = pane;
    input?.click();
  };
  const hasTruth = panes.some(({ prediction }) => prediction?.phase === 'done' && prediction.truth !== null);
  const hasBoxes = panes.some(({ prediction }) => prediction?.phase === 'done' && prediction.detector);
  return (
    <div class={`bench${dropping ? ' bench-dropping' : ''}`}>
      <FileInput
        inputRef={imageInput}
        label="A picture from this computer"
        accept="image/*"
        onFiles={(files) => {
          const [file] = files;
          if (file !== undefined) attempt('picture', upload(file, pickedFor.current));
        }}
      />
      <FileInput
        inputRef={modelInput}
        label="A model from this computer"
        accept=".onnx,.xml,.bin"
        onFiles={(files) => {
          take(files, pickedFor.current);
        }}
      />
      {isAtWork ? (
        <>
          <Picks
            state={state}
            onImage={(pane, image) => {
              attempt('picture', post('/api/image', { pane, image }));
            }}
            onModel={(pane, model) => {
              attempt('model', post('/api/model', { pane, model }));
            }}
            onChooseImage={(pane) => {
              choose(imageInput.current, pane);
            }}
            onChooseModel={(pane) => {
              choose(modelInput.current, pane);
            }}
            onBrowse={setBrowsing}
            onCompare={(compare) => {
              attempt('other', post('/api/panes', { count: compare ? 2 : 1 }));
            }}
            onLink={(wanted) => {
              attempt('other', post('/api/link', { linked: wanted }));
            }}
          />
          <div class="view-bar">
            {comparing && <CompareModes mode={mode} onMode={setMode} sameImage={sameImage} />}
            {!(isOver && mode === 'difference') && (
              <ViewModes settings={settings} onChange={setSettings} modes={viewModesOf(panes)} />
            )}
            {hasBoxes && (
              <label class="toggle">
                <input
                  type="checkbox"
                  checked={settings.boxes}
                  onChange={(event) => {
                    setSettings({ ...settings, boxes: event.currentTarget.checked });
                  }}
                />
                <span>Found</span>
              </label>
            )}
            {hasBoxes && hasTruth && (
              <label class="toggle">
                <input
                  type="checkbox"
                  checked={annotated}
                  onChange={(event) => {
                    setAnnotated(event.currentTarget.checked);
                  }}
                />
                <span>Annotated</span>
              </label>
            )}
          </div>
          <div class={`panes panes-${comparing && !isOver ? 2 : 1}`}>
            {isOver ? (
              <article class="pane" aria-label="A and B" style={ratioOf(a.image)}>
                <div class="pane-stage">
                  <CompareStage a={a} b={b} mode={mode} settings={settings} />
                </div>
                <div class="pane-facts">
                  <Compared a={a} b={b} sameImage={sameImage} />
                  <PaneFacts {...a} />
                  <PaneFacts {...b} />
                </div>
              </article>
            ) : (
              <>
                {comparing && a !== undefined && b !== undefined && (
                  <div class="panes-head">
                    <Compared a={a} b={b} sameImage={sameImage} />
                  </div>
                )}
                {sides.map(({ index, ...side }) => (
                  <article
                    key={index}
                    class="pane"
                    aria-label={side.pane.model ?? 'No model'}
                    style={ratioOf(side.image)}
                  >
                    <PaneStage {...side} />
                    <PaneFacts {...side} />
                  </article>
                ))}
              </>
            )}
          </div>
          <ViewKnobs settings={settings} onChange={setSettings} />
          <History
            entries={state.history}
            shown={panes.flatMap(({ job }) => job?.id ?? [])}
            onAgain={(job) => {
              attempt('other', post('/api/again', { pane: 0, job }));
            }}
          />
          <OptionsForm
            methods={methods}
            chosen={options}
            onChange={(chosen) => {
              onOptions(chosen);
              // What was wrong with the former options is no longer.
              setDismissed(panes.flatMap(({ job }) => (job?.phase === 'failed' ? [job.id] : [])));
            }}
          />
        </>
      ) : (
        <Begin
          samples={state.samples}
          models={state.models}
          hasSources={state.sources.length > 0}
          onSample={(sample) => {
            attempt('other', post('/api/sample', { sample }));
          }}
          onChooseModel={() => {
            choose(modelInput.current, 0);
          }}
          onChooseImage={() => {
            choose(imageInput.current, 0);
          }}
          onBrowse={() => {
            setBrowsing(0);
          }}
        />
      )}
      {browsing !== null && (
        <SourceBrowser
          sources={state.sources}
          onItem={(source, item) => {
            setBrowsing(null);
            attempt('picture', post('/api/item', { source, item, pane: browsing }));
          }}
          onClose={() => {
            setBrowsing(null);
          }}
        />
      )}
    </div>
  );
}

interface FileInputProps {
  readonly inputRef: { current: HTMLInputElement | null };
  readonly label: string;
  readonly accept: string;
  readonly onFiles: (files: readonly File[]) => void;
}

function FileInput({ inputRef, label, accept, onFiles }: FileInputProps) {
  return (
    <input
      ref={inputRef}
      type="file"
      multiple
      accept={accept}
      class="visually-hidden"
      aria-label={label}
      tabIndex={-1}
      onChange={(event) => {
        onFiles([...(event.currentTarget.files ?? [])]);
        event.currentTarget.value = '';
      }}
    />
  );
}

function isWeights({ name }: File): boolean {
  return name.toLowerCase().endsWith('.bin');
}

function imageOf({ images }: WorkbenchState, { image }: PaneState): ImageState | undefined {
  return images.find(({ id }) => id === image);
}

/** The stage is as wide as there is room, and no higher than the window shows. */
function ratioOf({ width, height }: ImageState): Record<string, string> {
  return { '--ratio': String(width / height) };
}
