import { useId, useState } from 'preact/hooks';
import { percent, scoreText } from './format.js';
import type { SaliencyMap } from './saliency-map.js';
import { StepPicture, useImage } from './step-picture.js';

/** Longest side of the pictures beside the slider, in pixels. */
const SIDE = 200;
/** Of the drawing. */
const [WIDTH, HEIGHT, LEFT, TOP, BOTTOM, RIGHT] = [460, 170, 40, 8, 34, 12];
/** Where the scale of the scores may end. */
const ENDS = [0.01, 0.02, 0.04, 0.1, 0.2, 0.5, 1];

export interface CurveStepsProps {
  /** Shares of the picture that were changed, rising from 0 to 1. */
  readonly shares: readonly number[];
  /** Scores with the brightest places hidden; null where that was not measured. */
  readonly hidden: readonly number[] | null;
  /** Scores with the brightest places shown. */
  readonly shown: readonly number[] | null;
  /** Score from which on it is an answer; null where that is not known. */
  readonly wanted: number | null;
  /** Address of the image. */
  readonly image: string;
  readonly width: number;
  readonly height: number;
  /** Null until it has come. */
  readonly map: SaliencyMap | null;
  /** How hidden places look to the model: red, green, blue. */
  readonly fill: readonly [number, number, number];
  /** The share that is shown first. */
  readonly first: number;
}

/** The score while the picture is hidden, and while it is shown, from its brightest places on; and both pictures at each step. */
export function CurveSteps(props: CurveStepsProps) {
  const { shares, hidden, shown, wanted, image, width, height, map, fill, first } = props;
  const [step, setStep] = useState(() => nearest(shares, first));
  const at = Math.min(step, shares.length - 1);
  const share = shares[at] ?? 0;
  const slider = useId();
  const picture = useImage(image);
  const scale = SIDE / Math.max(width, height, 1);
  const size = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  return (
    <div class="curve">
      <header class="curve-head">
        <h3>Score when parts are hidden</h3>
        <p class="curve-key">
          {hidden !== null && <span class="curve-key-hidden">hidden (solid)</span>}
          {shown !== null && <span class="curve-key-shown">shown (dashed)</span>}
        </p>
      </header>
      <Curve shares={shares} hidden={hidden} shown={shown} wanted={wanted} share={share} />
      <label class="curve-slider" htmlFor={slider}>
        <span>Share of the picture, brightest first</span> <output>{percent(share)}</output>
      </label>
      <input
        id={slider}
        type="range"
        min={0}
        max={shares.length - 1}
        step={1}
        value={at}
        aria-valuetext={`${percent(share)} of the picture`}
        onInput={(event) => {
          setStep(event.currentTarget.valueAsNumber);
        }}
      />
      <div class="curve-steps">
        {hidden !== null && (
          <figure>
            <StepPicture picture={picture} map={map} share={share} kept="rest" fill={fill} size={size} />
            <figcaption>
              <b>Hidden.</b> Score now <b>{scoreText(hidden[at] ?? 0)}</b>
            </figcaption>
          </figure>
        )}
        {shown !== null && (
          <figure>
            <StepPicture picture={picture} map={map} share={share} kept="brightest" fill={fill} size={size} />
            <figcaption>
              <b>Only this shown,</b> the rest blurred. Score now <b>{scoreText(shown[at] ?? 0)}</b>
            </figcaption>
          </figure>
        )}
      </div>
    </div>
  );
}

type CurveProps = Pick<CurveStepsProps, 'shares' | 'hidden' | 'shown' | 'wanted'> & { readonly share: number };

function Curve({ shares, hidden, shown, wanted, share }: CurveProps) {
  const most = Math.max(0, ...(hidden ?? []), ...(shown ?? []));
  const top = ENDS.find((end) => end >= most) ?? Math.ceil(most);
  const x = (value: number): number => LEFT + value * (WIDTH - LEFT - RIGHT);
  const y = (value: number): number => TOP + (1 - Math.max(0, value) / top) * (HEIGHT - TOP - BOTTOM);
  const path = (scores: readonly number[]): string =>
    scores.map((score, i) => `${i === 0 ? 'M' : 'L'}${x(shares[i] ?? 0).toFixed(1)} ${y(score).toFixed(1)}`).join(' ');
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={summary(shares, hidden, shown)}>
      {[0, top / 2, top].map((score) => (
        <g key={score}>
          <line class="curve-grid" x1={LEFT} x2={WIDTH - RIGHT} y1={y(score)} y2={y(score)} />
          <text x={LEFT - 6} y={y(score) + 4} text-anchor="end">
            {top > 1 ? score : percent(score)}
          </text>
        </g>
      ))}
      {[0, 0.25, 0.5, 0.75, 1].map((part) => (
        <text key={part} x={x(part)} y={HEIGHT - BOTTOM + 15} text-anchor="middle">
          {percent(part)}
        </text>
      ))}
      <text x={(LEFT + WIDTH - RIGHT) / 2} y={HEIGHT - 4} text-anchor="middle">
        share of the picture, brightest places first
      </text>
      {wanted !== null && wanted <= top && (
        <line class="curve-wanted" x1={LEFT} x2={WIDTH - RIGHT} y1={y(wanted)} y2={y(wanted)} />
      )}
      {hidden !== null && <path class="curve-hidden" d={path(hidden)} />}
      {shown !== null && <path class="curve-shown" d={path(shown)} />}
      <line class="curve-step" x1={x(share)} x2={x(share)} y1={TOP} y2={HEIGHT - BOTTOM} />
    </svg>
  );
}

function summary(shares: readonly number[], hidden: readonly number[] | null, shown: readonly number[] | null): string {
  const middle = nearest(shares, 0.15);
  const said = [
    hidden === null ? '' : `with it hidden ${scoreText(hidden[middle] ?? 0)}`,
    shown === null ? '' : `with it alone ${scoreText(shown[middle] ?? 0)}`,
  ].filter((part) => part !== '');
  return `Scores while the picture is hidden, and shown, from its brightest places on. At ${percent(shares[middle] ?? 0)}: ${said.join(', ')}.`;
}

function nearest(shares: readonly number[], share: number): number {
  let best = 0;
  for (const [i, one] of shares.entries()) {
    if (Math.abs(one - share) < Math.abs((shares[best] ?? 0) - share)) best = i;
  }
  return best;
}
