import { advantageOf, shiftedCopies } from '../../explain/faithfulness.js';
import { curveOf, fewCounts, type Curve } from '../../explain/metrics/curve.js';
import { orderBySaliency } from '../../explain/metrics/saliency-order.js';
import type { Target } from '../../explain/targets/target.js';
import type { OpenModel } from '../../models/open-model.js';
import type { PerturbMode } from '../../models/work.js';
import type { Answer } from '../answer.js';
import { Perturbation } from './perturbation.js';

/** Standard deviation of the blur behind the second pair of curves, as a share of the image's longer side. */
const BLUR = 0.1;

/** What changing pixels in the order of a map does to a score. */
export interface MapCurves {
  /** While pixels become zero, and while they come back into a lightly blurred image (Petsiuk et al. 2018). */
  readonly deletion: Curve;
  readonly insertion: Curve;
  /** Both with the strongly blurred image behind: a second opinion, in which no zeros are. */
  readonly blurredDeletion: Curve;
  readonly blurredInsertion: Curve;
  /** Areas of insertion less deletion, in score units. */
  readonly gain: number;
  readonly blurredGain: number;
  /** Over its own shape laid elsewhere, as a share of the score; null where it was not asked for. */
  readonly advantage: number | null;
}

/** A map over the area, and whether its advantage is wanted. */
export interface OrderedMap {
  /** `[area.height, area.width]` */
  readonly map: Float32Array;
  readonly wantsAdvantage: boolean;
}

/**
 * Measures maps of one target side by side: no changed image goes through the model twice.
 *
 * @param scale of the target's score (advantageScale)
 * @throws DatumError: `interrupted` when the signal aborts; `model`, `interpreter` when they fail.
 */
export async function mapCurves(
  model: OpenModel,
  answer: Answer,
  target: Target,
  maps: readonly OrderedMap[],
  { scale, signal }: { readonly scale: number; readonly signal?: AbortSignal | undefined },
): Promise<{ readonly curves: readonly MapCurves[]; readonly forwards: number }> {
  const { width, height } = answer.scene.placement.area;
  // Each map's own order, and behind it those of its shifted copies.
  const orders: Uint32Array[] = [];
  const places = maps.map(({ map, wantsAdvantage }) => {
    const own = orders.push(orderBySaliency(map)) - 1;
    const shifted = wantsAdvantage
      ? shiftedCopies(map, height, width).map((one) => orders.push(orderBySaliency(one)) - 1)
      : [];
    return { own, shifted };
  });
  const targets = orders.map(() => target);
  const plain = new Perturbation(model, answer, targets, orders, signal);
  const scene = await model.scene(answer.image.pixels, { blur: BLUR });
  const blurred = new Perturbation(model, { ...answer, scene }, targets, orders, signal);
  const counts = fewCounts(plain.pixels);
  const curve = async (over: Perturbation, order: number, mode: PerturbMode): Promise<Curve> =>
    curveOf(counts, plain.pixels, (await over.at(order, mode, counts)).scores);
  const pair = async (order: number): Promise<readonly [deletion: Curve, insertion: Curve]> =>
    Promise.all([curve(plain, order, 'delete'), curve(plain, order, 'insert')]);
  const curves = await Promise.all(
    places.map(async ({ own, shifted }): Promise<MapCurves> => {
      const [[deletion, insertion], blurredDeletion, blurredInsertion, elsewhere] = await Promise.all([
        pair(own),
        curve(blurred, own, 'remove'),
        curve(blurred, own, 'keep'),
        Promise.all(shifted.map(pair)),
      ]);
      const gain = insertion.auc - deletion.auc;
      const gains = elsewhere.map(([out, back]) => back.auc - out.auc);
      return {
        deletion,
        insertion,
        blurredDeletion,
        blurredInsertion,
        gain,
        blurredGain: blurredInsertion.auc - blurredDeletion.auc,
        advantage: gains.length === 0 ? null : advantageOf(gain, gains, scale),
      };
    }),
  );
  return { curves, forwards: plain.forwards + blurred.forwards };
}
