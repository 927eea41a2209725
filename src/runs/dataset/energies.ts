import { COARSE_SIZE, coarseMap } from '../../explain/metrics/coarse.js';
import { energyPointing, pointingGame } from '../../explain/metrics/pointing.js';
import { unionOf, type Region } from '../../explain/metrics/region.js';
import { mapToImage, type Placement } from '../../image/index.js';
import type { MeasuredTarget } from '../metrics/explain-measured.js';
import type { TargetJudgement } from './judge.js';
import { regionOfBox, regionOfObject } from './object-region.js';
import type { Truth } from './truth.js';

/** Where a target's saliency lies. Needs no run of the model. */
export interface Energies {
  /**
   * Whether the peak lies within 15 pixels of the object: the one that the target is held against, else any object of
   * the target's class. Null where there is none.
   */
  readonly pointing: boolean | null;
  /** Share of positive saliency inside the object, as above; null also for a map without positive saliency. */
  readonly energyInObject: number | null;
  /** Share outside: one minus it. */
  readonly energyOutside: number | null;
  /** Share inside the target's own box; null for classes. */
  readonly energyInBox: number | null;
  /** Share inside each object of the truth, by its index; objects without any are left out. */
  readonly energyByObject: readonly { readonly truth: number; readonly energy: number }[];
  /** The map's means over a grid of 16 x 16 cells on the picture, row-major. */
  readonly coarse: readonly number[];
  /** The same of the contrast against the second class; null where there is none. */
  readonly coarseContrast: readonly number[] | null;
}

/** The objects of one picture on the part of the input that shows it; drawn once for all targets. */
export class ObjectRegions {
  readonly #placement: Placement;
  readonly #truth: Truth | null;
  readonly #regions: readonly Region[];

  constructor(truth: Truth | null, placement: Placement) {
    this.#truth = truth;
    this.#placement = placement;
    this.#regions = truth?.boxes.map((object) => regionOfObject(object, placement)) ?? [];
  }

  /** Where a target's saliency lies. */
  energies({ explained, contrast }: MeasuredTarget, { truth }: TargetJudgement): Energies {
    const map = explained.areaMap;
    const { scaleX, scaleY } = this.#placement;
    const region = this.#regionFor(explained, truth);
    const inside = region === null ? null : energyPointing(map, region);
    return {
      pointing: region === null ? null : pointingGame(map, region, { x: scaleX, y: scaleY }),
      energyInObject: inside,
      energyOutside: inside === null ? null : 1 - inside,
      energyInBox: explained.bbox === null ? null : energyPointing(map, regionOfBox(explained.bbox, this.#placement)),
      energyByObject: this.#regions.flatMap((one, index) => {
        const energy = energyPointing(map, one);
        return energy !== null && energy > 0 ? [{ truth: index, energy }] : [];
      }),
      coarse: this.#coarse(map),
      coarseContrast: contrast === null ? null : this.#coarse(contrast.areaMap),
    };
  }

  #coarse(areaMap: Float32Array): number[] {
    return coarseMap(mapToImage(areaMap, this.#placement, { width: COARSE_SIZE, height: COARSE_SIZE }));
  }

  /** The object that a box is held against; else all objects of the target's class. */
  #regionFor({ kind, target }: MeasuredTarget['explained'], truth: number | null): Region | null {
    const own = kind === 'bbox' && truth !== null ? this.#regions[truth] : undefined;
    if (own !== undefined) return own;
    const { label } = target;
    const [first, ...others] = this.#regions.filter(
      (_, index) => label !== null && this.#truth?.boxes[index]?.labels.includes(label) === true,
    );
    return first === undefined ? null : unionOf([first, ...others]);
  }
}
