import { useEffect, useRef } from 'preact/hooks';
import { decodeMap, enlarge, type SaliencyMap } from '../shared/saliency-map.js';
import { isDrawn } from '../../../explain/verdict.js';
import type { Pair, Side } from './compare.js';

const SIDE = 180;
/** Of A and of B: told apart by all eyes. */
const COLORS = [
  [255, 150, 40],
  [80, 170, 255],
] as const;

/** Where one model's map is brighter than the other's, each on its own scale, over the gray picture. */
export function DifferenceMap({ pair: { item, a, b } }: { pair: Pair }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scale = SIDE / Math.max(item.width, item.height, 1);
  const [width, height] = [Math.max(1, Math.round(item.width * scale)), Math.max(1, Math.round(item.height * scale))];
  useEffect(() => {
    const [ofA, ofB] = [mapOf(a), mapOf(b)];
    const [one, other] = [ofA, ofB].map((map) => (map === null ? null : enlarge(map, width, height)));
    const image = new ImageData(width, height);
    const share = (map: SaliencyMap | null, values: Float32Array | null | undefined, i: number): number =>
      map === null || values == null || map.max <= 0
        ? 0
        : Math.max(0, (map.min + values[i]! * (map.max - map.min)) / map.max);
    for (let i = 0; i < width * height; i++) {
      const difference = share(ofA, one, i) - share(ofB, other, i);
      const color = COLORS[difference > 0 ? 0 : 1];
      image.data.set([...color, Math.round(230 * Math.abs(difference) ** 0.75)], 4 * i);
    }
    canvas.current?.getContext('2d')?.putImageData(image, 0, 0);
  }, [a, b, width, height]);
  return (
    <div class="viewer viewer-noise" style={{ aspectRatio: `${item.width || 4} / ${item.height || 3}` }}>
      {item.image !== null && <img src={item.image} alt="" width={width} height={height} decoding="async" />}
      <canvas ref={canvas} width={width} height={height} aria-hidden="true" />
    </div>
  );
}

function mapOf({ target }: Side): SaliencyMap | null {
  return target?.map == null || !isDrawn(target.verdict) ? null : decodeMap(target.map);
}
