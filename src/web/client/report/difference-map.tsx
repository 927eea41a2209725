import { useEffect, useRef } from 'preact/hooks';
import { paintDifference } from '../shared/map-difference.js';
import { decodeMap, type SaliencyMap } from '../shared/saliency-map.js';
import { isDrawn } from '../../../explain/verdict.js';
import type { Pair, Side } from './compare.js';

const SIDE = 180;

/** Where one model's map is brighter than the other's, each on its own scale, over the gray picture. */
export function DifferenceMap({ pair: { item, a, b } }: { pair: Pair }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scale = SIDE / Math.max(item.width, item.height, 1);
  const [width, height] = [Math.max(1, Math.round(item.width * scale)), Math.max(1, Math.round(item.height * scale))];
  useEffect(() => {
    const image = paintDifference(mapOf(a), mapOf(b), 0.9, width, height);
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
