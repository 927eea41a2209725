import type { Design } from './method.js';
import { windowDrawer, type WindowDrawing } from './occlusion/windows.js';
import type { SamplerOptions } from './rise/sampler.js';

/** All that fixes the masks of a built-in method: plain data, by which every thread draws the same ones. */
export type Drawing = SamplerOptions | WindowDrawing;

/** Whether masks are stretched grids, which have a quicker way into the model's input than others. */
export function isGrid(drawing: Drawing): drawing is SamplerOptions {
  return drawing.sampler !== 'windows';
}

/** Draws the masks of all but grids. */
export function drawerOf(drawing: Exclude<Drawing, SamplerOptions>): Design['draw'] {
  return windowDrawer(drawing);
}
