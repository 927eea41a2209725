import type { ExplainedTarget } from '../runs/explanation.js';
import { rangeOf, type MapRange } from './scale.js';

/** A target's map at the picture's size: rendered once for all that is made of it. */
export interface RenderedMap {
  /** `[mapHeight, mapWidth]`, in score units. */
  readonly map: Float32Array;
  readonly range: MapRange;
}

export function renderedMap(target: ExplainedTarget): RenderedMap {
  const map = target.renderMap();
  return { map, range: rangeOf(map) };
}
