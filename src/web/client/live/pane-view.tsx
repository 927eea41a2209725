import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { isDrawn } from '../../../explain/verdict.js';
import type { BoxPixels, ImageState, PaneState, PredictionState, TargetState } from '../../protocol.js';
import { undrawnCaption } from '../shared/captions.js';
import { Steps } from '../shared/steps.js';
import { MapScale } from '../shared/map-scale.js';
import { usePointed } from '../shared/pointed.js';
import { valueAt } from '../shared/saliency-map.js';
import type { ViewMode, ViewSettings } from '../shared/view-settings.js';
import { addressOf } from './api.js';
import { Answer, isSameBox, nameOf, scoreOf } from './answer.js';
import { ClassMenu } from './class-menu.js';
import { Downloads } from './downloads.js';
import { foundBox, truthBox, type Wanted } from './explain-target.js';
import { JobProgress } from './job-progress.js';
import { Seen } from './seen.js';
import { Stage, type StageBox } from './stage.js';
import { TargetFigures } from './target-figures.js';
import { TargetList } from './target-list.js';
import type { PaneLook } from './use-pane-view.js';

export interface PaneProps {
  readonly pane: PaneState;
  readonly image: ImageState;
  readonly look: PaneLook;
  readonly settings: ViewSettings;
  /** Whether annotated boxes are drawn. */
  readonly annotated: boolean;
  readonly watching: boolean;
  /** Where two are compared. */
  readonly letter: 'A' | 'B' | null;
  readonly drawing: boolean;
  readonly onDrawing: (drawing: boolean) => void;
  readonly onExplain: (wanted: Wanted) => void;
  readonly onCancel: () => void;
  /** Whether the error of the run was taken away. */
  readonly dismissed: boolean;
  readonly onDismiss: () => void;
}

/** The picture with its map and boxes, what its colors mean, and how far the run is. */
export function PaneStage(props: PaneProps) {
  const { pane, image, look, settings, annotated, watching, drawing, onDrawing, onExplain } = props;
  const { job, prediction } = pane;
  const { target, saliency, layer, noise } = look;
  const { pointed, listeners } = usePointed();
  const place = useRef<HTMLDivElement>(null);
  const [drawn, setDrawn] = useState<BoxPixels | null>(null);
  useEffect(() => {
    setDrawn(null);
  }, [image.id, pane.model]);
  // At once: a box that is drawn before the page is painted is a new one.
  useLayoutEffect(() => {
    if (drawing) setDrawn(null);
  }, [drawing]);
  const leave = (): void => {
    setDrawn(null);
    // The menu had the focus: it goes back to where the drawing began.
    place.current?.closest('article')?.querySelector<HTMLElement>('[data-draw]')?.focus();
  };
  const running = job?.phase === 'waiting' || job?.phase === 'running';
  const done = prediction?.phase === 'done' ? prediction : null;
  const boxes = watching ? targetBoxes(look, settings) : shownBoxes(props, drawn);
  return (
    <div ref={place} class="pane-stage">
      <div class="stage-place">
        <Stage
          image={image}
          layer={layer}
          noise={noise}
          settings={settings}
          boxes={boxes}
          drawing={drawing}
          onDrawn={(bbox) => {
            onDrawing(false);
            setDrawn(bbox);
          }}
          alt={altOf(image, target)}
          busy={running}
          listeners={listeners}
        />
        {drawn !== null && (
          <ClassMenu
            above={drawn[1] + drawn[3] / 2 > image.height / 2}
            classes={done?.classes ?? null}
            first={[...new Set(done?.boxes.map(({ label }) => label.id) ?? [])]}
            onChoose={(label) => {
              setDrawn(null);
              onExplain({ kind: 'box', bbox: drawn, label });
            }}
            onLeave={leave}
          />
        )}
      </div>
      {drawing && (
        <p class="caption" role="status">
          Drag a box. With keys: arrows move it, shift and arrows size it, Enter takes it, Esc leaves it.
        </p>
      )}
      {settings.mode === 'saliency' && saliency !== null && (
        <MapScale map={saliency} colors={settings.colors} pointed={valueAt(saliency, pointed)} />
      )}
      <Caption mode={settings.mode} target={target} />
      {annotated && done?.truth != null && done.detector && (
        <p class="box-key">
          <span class="box-key-found">solid yellow: found</span>
          <span class="box-key-truth">dashed green: annotated</span>
          <span class="box-key-drawn">dotted white: drawn by you</span>
        </p>
      )}
    </div>
  );
}

/** What is known of the answer, in this order: why, how sure, what changes it, what else there is to ask. */
export function PaneFacts(props: PaneProps) {
  const { pane, image, look, watching, letter, drawing, onDrawing, onExplain, onCancel, dismissed, onDismiss } = props;
  const { job, prediction } = pane;
  const { target, targets, saliency } = look;
  const [open, setOpen] = useState<boolean | null>(null);
  const running = job?.phase === 'waiting' || job?.phase === 'running';
  const shownJob = job?.phase === 'failed' && dismissed ? null : job;
  // Open while there is nothing else to be read, unless the user says otherwise.
  const isOpen = open ?? job === null;
  return (
    <div class="pane-facts">
      {job !== null && target !== null && (
        <Answer target={target} job={job} prediction={prediction} highest={saliency?.max ?? null} letter={letter} />
      )}
      {shownJob !== null && shownJob.phase !== 'done' && (
        <JobProgress job={shownJob} onCancel={running ? onCancel : null} onDismiss={watching ? null : onDismiss} />
      )}
      <TargetList targets={targets} chosen={target?.index ?? null} prediction={prediction} onChoose={look.choose} />
      {target !== null && <TargetCurve target={target} look={look} pane={pane} image={image} />}
      {!watching && (
        <details class="fold" open={isOpen}>
          <summary
            onClick={(event) => {
              event.preventDefault();
              setOpen(!isOpen);
            }}
          >
            What the model sees{isOpen ? '' : countText(prediction)}
          </summary>
          <Seen
            prediction={prediction}
            explained={target?.bbox ?? null}
            onExplain={onExplain}
            drawing={drawing}
            onDraw={() => {
              onDrawing(!drawing);
            }}
          />
        </details>
      )}
      {shownJob !== null && target !== null && (
        <>
          {!running && (
            <details class="fold">
              <summary>All figures</summary>
              <TargetFigures target={target} />
              <JobProgress job={shownJob} onCancel={null} onDismiss={null} />
              <Notes notes={shownJob.notes} />
            </details>
          )}
          {shownJob.stopped !== null && <Downloads key={shownJob.id} job={shownJob} />}
        </>
      )}
      {shownJob !== null && target === null && !running && <Notes notes={shownJob.notes} />}
      {!watching && prediction?.phase === 'done' && (
        <details class="fold">
          <summary>How the model is read</summary>
          <Notes notes={prediction.notes} />
        </details>
      )}
    </div>
  );
}

interface TargetCurveProps {
  readonly target: TargetState;
  readonly look: PaneLook;
  readonly pane: PaneState;
  readonly image: ImageState;
}

function TargetCurve({ target, look, pane, image }: TargetCurveProps) {
  const { deletion, insertion, boundary } = target;
  // The same as long as the target is: the chart is drawn anew where they change.
  const curves = useMemo(() => {
    const shares = deletion?.shares ?? insertion?.shares;
    return shares === undefined
      ? null
      : { shares, deletion: deletion?.scores ?? null, insertion: insertion?.scores ?? null };
  }, [deletion, insertion]);
  if (curves === null || look.saliency === null) return null;
  return (
    <Steps
      key={`${pane.job?.id ?? ''} ${target.index}`}
      image={addressOf(`/api/images/${image.id}`)}
      width={image.width}
      height={image.height}
      map={look.saliency}
      {...(pane.job === null ? {} : { fill: pane.job.hidden })}
      first={Math.max(0.03, boundary?.removed?.share ?? 0.15)}
      curves={curves}
      deletionAuc={deletion?.auc ?? null}
      insertionAuc={insertion?.auc ?? null}
    />
  );
}

export function Notes({ notes }: { readonly notes: readonly string[] }) {
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
function Caption({ mode, target }: { readonly mode: ViewMode; readonly target: TargetState | null }) {
  if (target === null) return null;
  const words: Readonly<Record<ViewMode, string>> = {
    saliency: `Bright places raise the score of ${nameOf(target)} when they are shown. White line: beyond doubt.`,
    evidence: 'The brightest places that are enough for the answer; the rest is darkened.',
    contrast: `Purple speaks for ${nameOf(target)}, orange for ${target.contrast?.name ?? 'the second class'}.`,
    error: 'How far the map may be off at each place.',
    image: '',
  };
  const hidden = !isDrawn(target.verdict) && mode !== 'image';
  return <p class="caption">{hidden ? undrawnCaption(target.verdict) : words[mode]}</p>;
}

function countText(prediction: PredictionState | null): string {
  if (prediction?.phase !== 'done' || !prediction.detector) return '';
  const missed = prediction.truth?.boxes.filter((box) => box.missed).length ?? 0;
  return ` (${prediction.boxes.length} found${missed > 0 ? `, ${missed} missed` : ''})`;
}

/** Boxes that the model found, those that are annotated, and the one that is drawn or was. */
function shownBoxes({ pane, look, settings, annotated, onExplain }: PaneProps, drawn: BoxPixels | null): StageBox[] {
  const { prediction, job } = pane;
  const { target } = look;
  const done = prediction?.phase === 'done' ? prediction : null;
  const isExplained = (bbox: BoxPixels): boolean => target?.bbox != null && isSameBox(bbox, target.bbox);
  const found = (done?.boxes ?? []).map((box, i): StageBox => ({
    key: `found ${i}`,
    kind: 'found',
    bbox: box.bbox,
    name: `${i + 1} · ${box.label.name}`,
    score: box.score,
    chosen: isExplained(box.bbox) && box.label.id === target?.label?.id,
    onChoose: () => {
      onExplain(foundBox(box));
    },
  }));
  const truth = (done?.truth?.boxes ?? []).map((box, i): StageBox => ({
    key: `truth ${i}`,
    kind: 'truth',
    bbox: box.bbox,
    name: box.missed ? `${box.name}, missed` : '',
    score: null,
    chosen: box.missed && isExplained(box.bbox),
    onChoose: box.missed
      ? () => {
          onExplain(truthBox(box));
        }
      : null,
  }));
  const shown = [...(annotated && done?.detector === true ? truth : []), ...(settings.boxes ? found : [])];
  if (drawn !== null) return [...shown, frame(drawn, '')];
  if (job === null || target?.bbox == null || [...found, ...truth].some(({ chosen }) => chosen)) return shown;
  return [...shown, frame(target.bbox, nameOf(target), target.score)];
}

/** A box that was drawn. */
function frame(bbox: BoxPixels, name: string, score: number | null = null): StageBox {
  return { key: 'drawn', kind: 'drawn', bbox, name, score, chosen: true, onChoose: null };
}

function targetBoxes({ targets, target: chosen, choose }: PaneLook, settings: ViewSettings): StageBox[] {
  if (!settings.boxes) return [];
  return targets.flatMap((target): StageBox[] =>
    target.bbox === null
      ? []
      : [
          {
            key: String(target.index),
            kind: 'found',
            bbox: target.bbox,
            name: nameOf(target),
            score: scoreOf(target, null),
            chosen: target.index === chosen?.index,
            onChoose: () => {
              choose(target.index);
            },
          },
        ],
  );
}

function altOf({ name }: ImageState, target: TargetState | null): string {
  return target === null ? name : `${name}, with the map of ${nameOf(target)}`;
}
