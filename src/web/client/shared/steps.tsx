import { useEffect, useRef, useState } from 'preact/hooks';
import { Curves, type CurvesProps } from './curves.js';
import { percent, scoreText } from './format.js';
import { paintHidden } from './paint-map.js';
import type { SaliencyMap } from './saliency-map.js';
import { StepPicture, useImage } from './step-picture.js';

export interface StepsProps extends Omit<CurvesProps, 'marked'> {
  /** A URL; null where the image is gone. */
  readonly image: string | null;
  readonly width: number;
  readonly height: number;
  readonly map: SaliencyMap;
  /** What the score is of. */
  readonly name: string;
}

/** Longest side of the pictures of a step, in pixels. */
const SIDE = 200;

/** The curves, and under a slider the picture of each step that was measured, with what is hidden and its score. */
export function Steps({ image, width, height, map, name, ...figures }: StepsProps) {
  const { shares, deletion, insertion } = figures.curves;
  // The first step that hides something one can see.
  const [chosen, setChosen] = useState(() =>
    Math.max(
      0,
      shares.findIndex((share) => share >= 0.05),
    ),
  );
  const picture = useImage(image);
  const step = Math.min(chosen, shares.length - 1);
  const share = shares[step] ?? 0;
  const scale = SIDE / Math.max(width, height, 1);
  const size = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))] as const;
  return (
    <div class="steps">
      <Curves {...figures} marked={share} />
      <label class="field steps-share">
        <span>
          Share of the picture, brightest first <output>{percent(share)}</output>
        </span>
        <input
          type="range"
          min={0}
          max={Math.max(0, shares.length - 1)}
          step={1}
          value={step}
          aria-label="Share of the picture, brightest first"
          aria-valuetext={percent(share)}
          onInput={(event) => {
            setChosen(event.currentTarget.valueAsNumber);
          }}
        />
      </label>
      <div class="steps-pair">
        {deletion !== null && (
          <figure>
            <Covered image={image} map={map} share={share} size={size} />
            <figcaption>
              <b>Hidden.</b> Score of {name} now <b>{scoreText(deletion[step] ?? 0)}</b>
            </figcaption>
          </figure>
        )}
        {insertion !== null && (
          <figure>
            <StepPicture
              picture={picture}
              map={map}
              share={share}
              kept="brightest"
              fill={[0, 0, 0]}
              size={{ width: size[0], height: size[1] }}
            />
            <figcaption>
              <b>Only this shown,</b> the rest blurred. Score of {name} now <b>{scoreText(insertion[step] ?? 0)}</b>
            </figcaption>
          </figure>
        )}
      </div>
    </div>
  );
}

interface CoveredProps {
  readonly image: string | null;
  readonly map: SaliencyMap;
  readonly share: number;
  readonly size: readonly [number, number];
}

function Covered({ image, map, share, size: [width, height] }: CoveredProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    canvas.current?.getContext('2d')?.putImageData(paintHidden(map, share, width, height), 0, 0);
  }, [map, share, width, height]);
  return (
    <div class="viewer" style={{ aspectRatio: `${width} / ${height}` }}>
      {image !== null && <img src={image} alt="" width={width} height={height} decoding="async" />}
      <canvas ref={canvas} width={width} height={height} aria-hidden="true" />
    </div>
  );
}
