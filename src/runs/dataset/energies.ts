import { COARSE_SIZE, coarseMap } from '../../explain/metrics/coarse.js';
import { energyPointing, pointingGame } from '../../explain/metrics/pointing.js';
import { unionOf, type Region } from '../../explain/metrics/region.js';
import { mapToImage, type Placement } from '../../image/index.js';
import type { ExplainedTarget, MeasuredTarget } from '../../results/explanation.js';
import type { Energies, TargetJudgement } from '../../results/judged.js';
import { regionOfObject } from './object-region.js';
import type { Truth } from './truth.js';

/** The objects of one image on the part of the input that shows it; drawn once for all targets. */
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
      objectArea: region === null ? null : shareOf(region),
      energyInBox: explained.energyInBox(),
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

  /** The object that a box is compared with; else all objects of the target's class. */
  #regionFor({ box, target }: ExplainedTarget, truth: number | null): Region | null {
    const own = box !== null && truth !== null ? this.#regions[truth] : undefined;
    if (own !== undefined) return own;
    const { label } = target;
    const [first, ...others] = this.#regions.filter(
      (_, index) => label !== null && this.#truth?.boxes[index]?.labels.includes(label) === true,
    );
    return first === undefined ? null : unionOf([first, ...others]);
  }
}

/** Share of the pixels that lie in a region. */
function shareOf({ inside }: Region): number {
  let count = 0;
  for (const pixel of inside) count += pixel;
  return count / inside.length;
}
