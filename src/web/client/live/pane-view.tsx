import { isDrawn } from '../../../explain/verdict.js';
import { useEffect, useState } from 'preact/hooks';
import type { BoxPixels, PaneState, ImageState, TargetState } from '../../protocol.js';
import { undrawnCaption } from '../shared/captions.js';
import type { Layer } from '../shared/paint-map.js';
import type { ViewMode, ViewSettings } from '../shared/view-settings.js';
import { Downloads } from './downloads.js';
import { foundBox, type Wanted } from './explain-target.js';
import { JobProgress } from './job-progress.js';
import { Predictions } from './predictions.js';
import { MapScale } from '../shared/map-scale.js';
import { usePointed } from '../shared/pointed.js';
import { valueAt } from '../shared/saliency-map.js';
import { Stage, type StageBox } from './stage.js';
import { nameOf, TargetList, TargetView } from './target-view.js';
import { useMap } from './use-map.js';

export interface PaneViewProps {
  readonly pane: PaneState;
  readonly image: ImageState;
  readonly settings: ViewSettings;
  /** Names of the models to choose from; empty where a run is watched. */
  readonly models: readonly string[];
  readonly onModel: (model: string) => void;
  readonly onExplain: (wanted: Wanted) => void;
  readonly onCancel: () => void;
  /** The target shown first. */
  readonly first: number;
  readonly watching: boolean;
  /** What this pane is, where several items are shown; else null. */
  readonly title: string | null;
}

/** What is painted of a map that is noise. */
const NOTHING: Layer = { map: null, contrast: null, error: null, sufficient: null, significant: null };

/** The image as one model sees it, and what explains it. */
export function PaneView(props: PaneViewProps) {
  const { pane, image, settings, models, onModel, onExplain, onCancel, first, watching, title } = props;
  const { job, prediction } = pane;
  const [drawing, setDrawing] = useState(false);
  const [chosen, setChosen] = useState(first);
  const { pointed, listeners } = usePointed();
  useEffect(() => {
    setChosen(first);
    setDrawing(false);
  }, [job?.id, image.id, first]);
  const target = job?.targets[chosen] ?? job?.targets[0] ?? null;
  const index = target?.index ?? null;
  const saliency = useMap(job, index, 'saliency', true);
  const outlined = settings.significant && settings.mode === 'saliency';
  const significant = useMap(job, index, 'significant', outlined);
  const error = useMap(job, index, 'error', settings.mode === 'error');
  const contrast = useMap(job, index, 'contrast', settings.mode === 'contrast' && target?.contrast != null);
  const running = job?.phase === 'waiting' || job?.phase === 'running';
  const explain = (wanted: Wanted): void => {
    setDrawing(false);
    onExplain(wanted);
  };
  const drawn = (bbox: BoxPixels | null): void => {
    setDrawing(false);
    if (bbox !== null) onExplain({ kind: 'box', bbox, label: null });
  };
  const noise = !isDrawn(target?.verdict ?? null);
  const found = prediction?.phase === 'done' ? prediction.boxes : [];
  return (
    <article
      class="pane"
      aria-label={pane.model ?? 'No model'}
      style={{ '--ratio': String(image.width / image.height) }}
    >
      <div class="pane-image">
        {title !== null && <h2 class="pane-title">{title}</h2>}
        <PaneHead model={pane.model} models={models} onModel={onModel} />
        <Stage
          image={image}
          layer={
            noise
              ? NOTHING
              : { map: saliency, contrast, error, sufficient: target?.boundary?.sufficient.share ?? null, significant }
          }
          noise={noise}
          settings={settings}
          boxes={watching ? targetBoxes(job?.targets ?? [], index) : foundBoxes(pane, target)}
          onChoose={(key) => {
            const box = found[Number(key)];
            if (watching) setChosen(Number(key));
            else if (box !== undefined) explain(foundBox(box));
          }}
          drawing={drawing}
          onDrawn={drawn}
          alt={altOf(image, target)}
          busy={running}
          listeners={listeners}
        />
        {settings.mode === 'saliency' && !noise && saliency !== null && (
          <MapScale map={saliency} colors={settings.colors} pointed={valueAt(saliency, pointed)} />
        )}
        {job !== null && <JobProgress job={job} onCancel={running ? onCancel : null} />}
        <Caption mode={settings.mode} target={target} />
      </div>
      <div class="pane-facts">
        {!watching && (
          <div class="asked">
            <Predictions
              prediction={prediction}
              onExplain={explain}
              drawing={drawing}
              onDraw={() => {
                setDrawing(!drawing);
              }}
            />
            {prediction?.phase === 'done' && (
              <details class="about">
                <summary>How the model is read</summary>
                <Notes notes={prediction.notes} />
              </details>
            )}
          </div>
        )}
        {job !== null && (
          <div class="explained">
            <TargetList targets={job.targets} chosen={target?.index ?? 0} onChoose={setChosen} />
            {target !== null && <TargetView target={target} job={job} score={scoreOf(target, prediction)} />}
            <Notes notes={job.notes} />
            {job.stopped !== null && job.targets.length > 0 && <Downloads key={job.id} job={job} />}
          </div>
        )}
      </div>
    </article>
  );
}

function PaneHead({ model, models, onModel }: Pick<PaneViewProps, 'models' | 'onModel'> & { model: string | null }) {
  if (models.length === 0) return model === null ? null : <p class="pane-model">{model}</p>;
  return (
    <label class="pane-model">
      <span>Model</span>
      <select
        value={model ?? ''}
        onChange={(event) => {
          onModel(event.currentTarget.value);
        }}
      >
        {models.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function Notes({ notes }: { notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <ul class="notes">
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}

/** What the colors mean. */
function Caption({ mode, target }: { mode: ViewMode; target: TargetState | null }) {
  if (target === null) return null;
  const words: Readonly<Record<ViewMode, string>> = {
    saliency: `What keeping a pixel adds to ${nameOf(target)}. White lines: where it adds to it beyond doubt.`,
    evidence: 'The most salient pixels that suffice for the answer; the rest is darkened.',
    contrast: `Purple speaks for ${nameOf(target)}, orange for ${target.contrast?.name ?? 'the second class'}.`,
    error: 'How far the map may be off at each place.',
    image: '',
  };
  const hidden = !isDrawn(target.verdict) && mode !== 'image';
  return <p class="caption">{hidden ? undrawnCaption(target.verdict) : words[mode]}</p>;
}

/** Boxes that the model found; the one that is explained stands out, also where it was drawn. */
function foundBoxes({ prediction, job }: PaneState, target: TargetState | null): StageBox[] {
  const found = prediction?.phase === 'done' ? prediction.boxes : [];
  const boxes = found.map(({ bbox, label, score }, i): StageBox => ({
    key: String(i),
    bbox,
    name: label.name,
    score,
    chosen: target?.bbox != null && same(bbox, target.bbox),
  }));
  if (job === null || target?.bbox == null || boxes.some(({ chosen }) => chosen)) return boxes;
  return [...boxes, { key: 'drawn', bbox: target.bbox, name: nameOf(target), score: target.score, chosen: true }];
}

function targetBoxes(targets: readonly TargetState[], chosen: number | null): StageBox[] {
  return targets.flatMap((target) =>
    target.bbox === null
      ? []
      : [
          {
            key: String(target.index),
            bbox: target.bbox,
            name: nameOf(target),
            score: target.score,
            chosen: target.index === chosen,
          },
        ],
  );
}

/** The model's own score of a box that it found; that of the masked runs' scorer for one that was drawn. */
function scoreOf({ bbox, label, score }: TargetState, prediction: PaneState['prediction']): number {
  if (bbox === null || prediction?.phase !== 'done') return score;
  const found = prediction.boxes.find((box) => box.label.id === label?.id && same(box.bbox, bbox));
  return found?.score ?? score;
}

/** Boxes that differ by less than two pixels: they went through the model's own pixels. */
function same(a: BoxPixels, b: BoxPixels): boolean {
  return a.every((value, i) => Math.abs(value - b[i]!) < 2);
}

function altOf({ name }: ImageState, target: TargetState | null): string {
  return target === null ? name : `${name}, with the saliency of ${nameOf(target)}`;
}
