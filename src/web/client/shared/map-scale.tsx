import { levelOfColor } from '../../../report/map-painting.js';
import { COLOR_MAPS, type ColorMapName } from './color-maps.js';
import { signed } from './format.js';
import type { SaliencyMap } from './saliency-map.js';

/** Colors along the bar: enough for a gradient between them. */
const STEPS = 9;

export interface MapScaleProps {
  readonly map: SaliencyMap;
  readonly colors: ColorMapName;
  /** The value under the pointer, in score units; null where the pointer is elsewhere. */
  readonly pointed: number | null;
}

/** What the colors of a map mean, from nothing to its highest value, and the value under the pointer. */
export function MapScale({ map, colors, pointed }: MapScaleProps) {
  if (map.max <= 0) return null;
  const share = pointed === null ? null : Math.min(1, Math.max(0, pointed / map.max));
  return (
    <div
      class="map-scale"
      role="img"
      aria-label={`Colors: from 0 to ${signed(map.max)}, what a pixel adds to the score`}
    >
      <span class="map-scale-end">0</span>
      <span class="map-scale-bar" style={{ background: gradient(colors) }}>
        {share !== null && <span class="map-scale-tick" style={{ left: `${100 * share}%` }} />}
      </span>
      <span class="map-scale-end">{signed(map.max)}</span>
      <span class="map-scale-here">{pointed === null ? 'adds to the score' : `here ${signed(pointed)}`}</span>
    </div>
  );
}

function gradient(name: ColorMapName): string {
  const table = COLOR_MAPS[name];
  const stops = Array.from({ length: STEPS }, (_, i) => {
    const at = 3 * levelOfColor(i / (STEPS - 1));
    return `rgb(${table[at] ?? 0} ${table[at + 1] ?? 0} ${table[at + 2] ?? 0})`;
  });
  return `linear-gradient(to right, ${stops.join(', ')})`;
}
