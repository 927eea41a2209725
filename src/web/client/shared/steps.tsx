import { useState } from 'preact/hooks';
import { Curves, type CurvesProps } from './curves.js';
import { percent, scoreText } from './format.js';
import type { SaliencyMap } from './saliency-map.js';
import { StepPicture, useImage, type StepPictureProps } from './step-picture.js';

export interface StepsProps extends Omit<CurvesProps, 'marked'> {
  /** A URL; null where the image is gone. */
  readonly image: string | null;
  readonly width: number;
  readonly height: number;
  readonly map: SaliencyMap;
  /** How hidden places look to the model: red, green, blue; a gray where that is not known. */
  readonly fill?: StepPictureProps['fill'];
  /** The share that is shown first. */
  readonly first: number;
}

/** Longest side of the pictures of a step, in pixels. */
const SIDE = 200;
/** A gray that is no color of a map. */
const GRAY = [110, 113, 117] as const;

/** The curves, and under a slider the picture of each step that was measured, with what is hidden and its score. */
export function Steps({ image, width, height, map, fill = GRAY, first, ...figures }: StepsProps) {
  const { shares, deletion, insertion } = figures.curves;
  const [chosen, setChosen] = useState(() =>
    Math.max(
      0,
      shares.findIndex((share) => share >= first),
    ),
  );
  const picture = useImage(image);
  const step = Math.min(chosen, shares.length - 1);
  const share = shares[step] ?? 0;
  const scale = SIDE / Math.max(width, height, 1);
  const size = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  const shown = { picture, map, share, fill, size };
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
          aria-valuetext={`${percent(share)} of the picture`}
          onInput={(event) => {
            setChosen(event.currentTarget.valueAsNumber);
          }}
        />
      </label>
      <div class="steps-pair">
        {deletion !== null && (
          <figure>
            <StepPicture {...shown} kept="rest" />
            <figcaption>
              <b>Hidden.</b> Score now <b>{scoreText(deletion[step] ?? 0)}</b>
            </figcaption>
          </figure>
        )}
        {insertion !== null && (
          <figure>
            <StepPicture {...shown} kept="brightest" />
            <figcaption>
              <b>Only this shown,</b> the rest blurred. Score now <b>{scoreText(insertion[step] ?? 0)}</b>
            </figcaption>
          </figure>
        )}
      </div>
    </div>
  );
}
