import { drawerOf, isGrid, type Drawing } from '../../explain/drawing.js';
import type { InputSpec } from '../input.js';
import type { Scene } from '../scene.js';
import { DrawnSource } from './drawn-source.js';
import type { InputSource } from './input-source.js';
import { MaskedSource } from './masked-source.js';

/** The image under masks that are drawn from plain data, in any thread. */
export function maskSource(scene: Scene, input: InputSpec, drawing: Drawing, slots: number): InputSource<number> {
  return isGrid(drawing)
    ? new MaskedSource(scene, input, drawing, slots)
    : new DrawnSource(scene, input, { draw: drawerOf(drawing) }, slots);
}
