import type { CoarseField } from './coarse-field.js';
import type { MapEstimate } from './map-estimate.js';
import type { Observations } from './observations.js';
import { Ridge, type RidgeFit } from './ridge.js';
import { priorFromEnergy } from './spatial-prior.js';
import type { ShiftedTridiagonal } from './tridiagonal.js';

/** Rounds in which the spatial prior is learned from the scores; more changed nothing that was measured. */
const ROUNDS = 3;
/** From so many boxes on one round must do: each costs their number cubed. */
const MANY_BOXES = 400;

/**
 * Bayesian ridge regression of scores on coarse masks, turned into RISE maps by the known covariance of masks:
 * `S = Cov(M, boxes) w / p`, which is E[y | pixel kept] - E[y], the quantity that the centred average estimates too.
 * Maps, standard errors and reliabilities are in closed form, and one factorisation serves every target.
 *
 * The prior variance of a box is learned from the scores of all targets together (spatial-prior.ts), the penalty from
 * each target's own (ridge.ts). Measurements that led here: docs/method.md.
 */
export class Regression implements MapEstimate {
  readonly #coarse: CoarseField;
  readonly #scale: number;
  readonly #ridge: Ridge;
  readonly #fits: readonly RidgeFit[];
  #directions: MapDirections | null = null;

  /** @param probability share of cells kept */
  constructor(coarse: CoarseField, observations: Observations, probability: number) {
    this.#coarse = coarse;
    this.#scale = 1 - probability;
    const { count, gram, targets } = observations;
    const fitAll = (ridge: Ridge): RidgeFit[] => targets.map(({ product, energy }) => ridge.fit(product, energy));

    let ridge = new Ridge(gram, count, new Float64Array(coarse.size).fill(1));
    let fits = fitAll(ridge);
    for (let round = 0; round < (coarse.size >= MANY_BOXES ? 1 : ROUNDS); round++) {
      ridge = new Ridge(gram, count, priorFromEnergy(coarse, expectedEnergy(ridge, fits, coarse.size)));
      fits = fitAll(ridge);
    }
    this.#ridge = ridge;
    this.#fits = fits;
  }

  map(target: number): Float32Array {
    return this.#coarse.toPixels(this.#fits[target]!.coefficients, this.#scale);
  }

  effect(target: number): Float32Array {
    return this.map(target);
  }

  /** The posterior standard deviation. */
  standardError(target: number): Float32Array {
    const { noise, solver } = this.#fits[target]!;
    const deviation = Math.sqrt(noise) * this.#scale;
    return this.#coarse.interpolate(
      this.#mapDirections()
        .variances(solver)
        .map((value) => Math.sqrt(value) * deviation),
    );
  }

  /** With m the map and e its error: `corr(m, m + e) = sqrt(var m / (var m + E var e))`, variances over the picture. */
  reliability(target: number): number {
    const { noise, coefficients, solver } = this.#fits[target]!;
    const signal = variance(this.#coarse.toBoxes(coefficients));
    if (!(signal > 0)) return 0;
    return Math.sqrt(signal / (signal + noise * this.#mapDirections().meanVariance(solver)));
  }

  #mapDirections(): MapDirections {
    this.#directions ??= new MapDirections(this.#coarse, this.#ridge);
    return this.#directions;
  }
}

/** Posterior variances of the map at the boxes, for noise of variance 1, kept by penalty. */
class MapDirections {
  /** For each box, the direction in which the map there reads the coefficients. */
  readonly #boxes: readonly Float64Array[];
  readonly #mean: Float64Array;
  readonly #variances = new Map<ShiftedTridiagonal, Float64Array>();

  constructor(coarse: CoarseField, ridge: Ridge) {
    this.#boxes = Array.from({ length: coarse.size }, (_, box) => ridge.direction(coarse.covarianceWith(box)));
    this.#mean = new Float64Array(coarse.size);
    for (const direction of this.#boxes) {
      for (let j = 0; j < direction.length; j++) this.#mean[j]! += direction[j]! / coarse.size;
    }
  }

  variances(solver: ShiftedTridiagonal): Float64Array {
    let variances = this.#variances.get(solver);
    if (variances === undefined) {
      variances = Float64Array.from(this.#boxes, (direction) => solver.quadratic(direction));
      this.#variances.set(solver, variances);
    }
    return variances;
  }

  /** Mean over the picture, less the part that only shifts the whole map. */
  meanVariance(solver: ShiftedTridiagonal): number {
    const variances = this.variances(solver);
    let mean = 0;
    for (const value of variances) mean += value / variances.length;
    return Math.max(0, mean - solver.quadratic(this.#mean));
  }
}

/** Expected squared coefficient of each box, given the scores, summed over targets, `[d]`. */
function expectedEnergy(ridge: Ridge, fits: readonly RidgeFit[], size: number): Float64Array {
  const energy = new Float64Array(size);
  for (const { coefficients, noise, solver } of fits) {
    const variances = ridge.coefficientVariances(solver);
    for (let j = 0; j < size; j++) energy[j]! += coefficients[j]! ** 2 + noise * variances[j]!;
  }
  return energy;
}

function variance(values: Float64Array): number {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  let sum = 0;
  for (const value of values) sum += (value - mean) ** 2;
  return sum / values.length;
}
