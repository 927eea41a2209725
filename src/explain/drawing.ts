import { windowDrawer, type WindowDrawing } from './occlusion/windows.js';
import type { SamplerOptions } from './rise/sampler.js';
import { regionDrawer, type RegionDrawing } from './superpixels/region-masks.js';

/** All that fixes the masks of a built-in method: plain data, by which every thread draws the same ones. */
export type Drawing = SamplerOptions | WindowDrawing | RegionDrawing;

/** Whether masks are stretched grids, which have a quicker way into the model's input than others. */
export function isGrid(drawing: Drawing): drawing is SamplerOptions {
  return drawing.sampler !== 'windows' && drawing.sampler !== 'regions';
}

/** Draws the masks of all but grids: mask `index` to `out`, `[height, width]`. */
export function drawerOf(drawing: Exclude<Drawing, SamplerOptions>): (index: number, out: Float32Array) => void {
  return drawing.sampler === 'windows' ? windowDrawer(drawing) : regionDrawer(drawing);
}
