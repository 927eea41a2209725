import type { FindingData } from '../../../report/html/report-data.js';
import { useEffect, useRef } from 'preact/hooks';
import { COLOR_MAPS } from '../shared/color-maps.js';
import { enlarge } from '../shared/saliency-map.js';

/** Side of the image, and of the map's grid. */
const SIDE = 128;
const GRID = 16;

/** The mean map of a class's images beside their objects, with the shared spot outlined. */
export function SpotMap({ map, region }: { map: readonly number[]; region: FindingData['region'] }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const most = Math.max(...map, 1e-6);
    const bytes = Uint8Array.from(map, (value) => Math.round((value / most) * 255));
    const values = enlarge({ width: GRID, height: GRID, min: 0, max: most, bytes }, SIDE, SIDE);
    const image = new ImageData(SIDE, SIDE);
    values.forEach((value, i) => {
      const level = Math.round(value * 255) * 3;
      image.data.set([...COLOR_MAPS.inferno.subarray(level, level + 3), 255], i * 4);
    });
    canvas.current?.getContext('2d')?.putImageData(image, 0, 0);
  }, [map]);
  return (
    <figure class="spot">
      <div class="spot-image">
        <canvas ref={canvas} width={SIDE} height={SIDE} role="img" aria-label="Mean map of the class" />
        {region !== null && (
          <svg viewBox="0 0 1 1" aria-hidden="true">
            <rect class="spot-region" x={region.x} y={region.y} width={region.width} height={region.height} />
          </svg>
        )}
      </div>
      <figcaption>Mean map beside the objects over all pictures of the class; the frame is the shared spot.</figcaption>
    </figure>
  );
}
