import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { percent } from './format.js';
import { enlarge, levelOfShare, type SaliencyMap } from './saliency-map.js';

/** The size that is scaled up again for what is blurred: so many pixels along the longest side. */
const BLURRED = 12;

export interface StepPictureProps {
  /** Null until it has come. */
  readonly picture: HTMLImageElement | null;
  readonly map: SaliencyMap;
  readonly share: number;
  /** What is left of the picture: its brightest places, or the rest of it. */
  readonly kept: 'brightest' | 'rest';
  readonly fill: readonly [number, number, number];
  readonly size: { readonly width: number; readonly height: number };
}

/** The picture as the model gets it at a step of a curve: what is hidden filled, or all but what is shown blurred. */
export function StepPicture({ picture, map, share, kept, fill, size: { width, height } }: StepPictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const values = useMemo(() => enlarge(map, width, height), [map, width, height]);
  useEffect(() => {
    const context = canvas.current?.getContext('2d', { willReadFrequently: true });
    if (context == null || picture === null) return;
    const whole = pixelsOf(context, picture, width, height);
    const other = kept === 'brightest' ? blurredPixels(context, picture, width, height) : null;
    const least = share <= 0 ? Infinity : levelOfShare(values, share);
    for (let i = 0; i < values.length; i++) {
      const isBright = (values[i] ?? 0) >= least;
      if (isBright === (kept === 'brightest')) continue;
      const at = 4 * i;
      whole.data.set(other === null ? [...fill, 255] : other.data.subarray(at, at + 4), at);
    }
    context.putImageData(whole, 0, 0);
  }, [picture, values, share, kept, fill, width, height]);
  const words =
    kept === 'rest'
      ? `The picture with its brightest ${percent(share)} hidden`
      : `The picture with all but its brightest ${percent(share)} blurred`;
  return <canvas ref={canvas} width={width} height={height} role="img" aria-label={words} />;
}

function pixelsOf(
  context: CanvasRenderingContext2D,
  picture: HTMLImageElement,
  width: number,
  height: number,
): ImageData {
  context.drawImage(picture, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

/** The picture scaled down and up again, which every browser can. */
function blurredPixels(
  context: CanvasRenderingContext2D,
  picture: HTMLImageElement,
  width: number,
  height: number,
): ImageData {
  const factor = BLURRED / Math.max(width, height);
  const small = document.createElement('canvas');
  small.width = Math.max(1, Math.round(width * factor));
  small.height = Math.max(1, Math.round(height * factor));
  const draw = small.getContext('2d');
  if (draw === null) return context.getImageData(0, 0, width, height);
  draw.imageSmoothingQuality = 'high';
  draw.drawImage(picture, 0, 0, small.width, small.height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(small, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

/** An image once it is there. */
export function useImage(address: string | null): HTMLImageElement | null {
  const [loaded, setLoaded] = useState<{ readonly of: string; readonly image: HTMLImageElement } | null>(null);
  useEffect(() => {
    if (address === null) return;
    const image = new Image();
    let left = false;
    image.onload = () => {
      if (!left) setLoaded({ of: address, image });
    };
    image.src = address;
    return () => {
      left = true;
    };
  }, [address]);
  return loaded?.of === address ? loaded.image : null;
}
