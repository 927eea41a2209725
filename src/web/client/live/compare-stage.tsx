import { useState } from 'preact/hooks';
import type { ImageState, PaneState } from '../../protocol.js';
import { scoreText, signed } from '../shared/format.js';
import { shownAs } from '../shared/image-viewer.js';
import { AGREE, agreement } from '../shared/agreement.js';
import { paintDifference } from '../shared/map-difference.js';
import { paintLayer } from '../shared/paint-map.js';
import type { ViewSettings } from '../shared/view-settings.js';
import { addressOf } from './api.js';
import { nameOf, scoreOf } from './answer.js';
import { PaintedCanvas } from './stage.js';
import type { PaneLook } from './use-pane-view.js';

/** How two explanations are laid beside one another. */
export type CompareMode = 'side' | 'swipe' | 'difference';

const MODES: readonly (readonly [CompareMode, string])[] = [
  ['side', 'Side by side'],
  ['swipe', 'Swipe'],
  ['difference', 'Difference'],
];

interface CompareModesProps {
  readonly mode: CompareMode;
  readonly onMode: (mode: CompareMode) => void;
  /** Whether both have the same image: else there is no difference to be drawn. */
  readonly sameImage: boolean;
}

export function CompareModes({ mode, onMode, sameImage }: CompareModesProps) {
  return (
    <fieldset class="segments">
      <legend class="visually-hidden">How to compare</legend>
      {MODES.map(([one, name]) => (
        <label key={one} class="segment">
          <input
            type="radio"
            name="compare-mode"
            checked={mode === one}
            disabled={one === 'difference' && !sameImage}
            onChange={() => {
              onMode(one);
            }}
          />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** One of the two that are compared. */
export interface ComparedSide {
  readonly pane: PaneState;
  readonly image: ImageState;
  readonly look: PaneLook;
}

interface CompareStageProps {
  readonly a: ComparedSide;
  readonly b: ComparedSide;
  readonly mode: Exclude<CompareMode, 'side'>;
  readonly settings: ViewSettings;
}

/** Two maps over one another: wiped with a slider, or what only one of them has. */
export function CompareStage({ a, b, mode, settings }: CompareStageProps) {
  const [at, setAt] = useState(50);
  const [first, second] = [a.look.saliency, b.look.saliency];
  return (
    <div class="compare-stage">
      {mode === 'swipe' ? (
        <>
          <div class="viewer stage swipe" style={{ aspectRatio: `${a.image.width} / ${a.image.height}` }}>
            <Painted side={b} settings={settings} letter="B" />
            <div class="swipe-over" style={{ clipPath: `inset(0 ${100 - at}% 0 0)` }}>
              <Painted side={a} settings={settings} letter="A" />
            </div>
            <span class="swipe-handle" style={{ left: `${at}%` }} aria-hidden="true" />
            <span class="side side-a">A · {answerOf(a)}</span>
            <span class="side side-b">B · {answerOf(b)}</span>
          </div>
          <label class="swipe-slider">
            <span>Swipe between A and B</span>
            <input
              type="range"
              min={0}
              max={100}
              value={at}
              aria-valuetext={`${at} % of A, ${100 - at} % of B`}
              onInput={(event) => {
                setAt(event.currentTarget.valueAsNumber);
              }}
            />
          </label>
          <p class="muted small">
            Brightest: {first === null ? 'no map' : signed(first.max)} (A),{' '}
            {second === null ? 'no map' : signed(second.max)} (B), each on its own scale.
          </p>
        </>
      ) : (
        <>
          <div class="viewer stage viewer-noise" style={{ aspectRatio: `${a.image.width} / ${a.image.height}` }}>
            <img
              src={addressOf(`/api/images/${a.image.id}`)}
              alt={`${a.image.name}, with what only one of both maps has`}
              width={a.image.width}
              height={a.image.height}
            />
            {first !== null && second !== null && (
              <PaintedCanvas
                width={a.image.width}
                height={a.image.height}
                paint={(across, down) => paintDifference(first, second, settings.opacity, across, down)}
                of={[first, second, settings.opacity]}
              />
            )}
          </div>
          <div class="difference-scale" role="img" aria-label="Colors: orange, only A is bright here; blue, only B">
            <span class="difference-ramp" />
            <p>
              <span>only A</span> <span>both or none</span> <span>only B</span>
            </p>
          </div>
          {(first === null || second === null) && <p class="muted">Explain both to see how they differ.</p>}
        </>
      )}
    </div>
  );
}

function Painted({
  side,
  settings,
  letter,
}: {
  readonly side: ComparedSide;
  readonly settings: ViewSettings;
  readonly letter: string;
}) {
  const { image, look } = side;
  return (
    <div class={`viewer swipe-side${shownAs(look.noise, settings.mode, look.layer.map !== null)}`}>
      <img
        src={addressOf(`/api/images/${image.id}`)}
        alt={`${letter}: ${image.name}, with the map of ${answerOf(side)}`}
        width={image.width}
        height={image.height}
      />
      <PaintedCanvas
        width={image.width}
        height={image.height}
        paint={(across, down) => paintLayer(look.layer, settings, across, down)}
        of={[look.layer, settings]}
      />
    </div>
  );
}

function answerOf({ look: { target }, pane }: ComparedSide): string {
  return target === null ? 'nothing explained' : `${nameOf(target)} ${scoreText(scoreOf(target, pane.prediction))}`;
}

/** What two explanations have in common, in words. */
export function Compared({
  a,
  b,
  sameImage,
}: {
  readonly a: ComparedSide;
  readonly b: ComparedSide;
  readonly sameImage: boolean;
}) {
  const [first, second] = [a.look.target, b.look.target];
  if (first === null || second === null) return null;
  const [nameA, nameB] = [nameOf(first), nameOf(second)];
  const [mapA, mapB] = [a.look.saliency, b.look.saliency];
  const same = sameImage && mapA !== null && mapB !== null ? agreement(mapA, mapB) : null;
  return (
    <section class="compared" aria-label="How they compare">
      <h2>{nameA === nameB ? `Both answer ${nameA}` : `They answer differently: ${nameA} and ${nameB}`}</h2>
      {same !== null && (
        <p>
          {same < AGREE ? 'The maps differ' : 'The maps agree'}: <b>{same.toFixed(2).replace('-', '−')} of 1</b>{' '}
          <span class="muted">(they agree from {AGREE} on)</span>
        </p>
      )}
    </section>
  );
}
