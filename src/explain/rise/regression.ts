import { throughLink, type Linked } from './link.js';
import { LogitContrasts } from './logit-contrast.js';
import type { EstimateInput, MapEstimate } from './map-estimate.js';
import { observeColumn, transposeTimes, type TargetObservations } from './observations.js';
import { Ridge, type RidgeFit } from './ridge.js';
import type { MaskParts } from './seen-masks.js';
import type { ShiftedTridiagonal } from './tridiagonal.js';
import { dot, variance } from './vectors.js';

/** Rounds in which the spatial prior is learned from the scores; more changed nothing that was measured. */
const ROUNDS = 3;
/** From so many boxes on one round must do: each costs their number cubed. */
const MANY_BOXES = 400;

/** Fewer observations say nothing about the shape of a link. */
const FEWEST = 16;
/** Natural logarithm of how much smaller effects are in what a link leaves than in scores. */
const RESIDUAL_PENALTY = Math.log(5);
/** A link must not predict worse than a plain regression by so much: exactly linear scores need none. */
const PLAIN_ADVANTAGE = 0.7;

/**
 * Bayesian ridge regression of scores on coarse masks, turned into RISE maps by the known covariance of masks:
 * `S = Cov(M, boxes) w / p`, which is E[y | pixel kept] - E[y], the quantity that the centred average estimates too.
 * Maps, standard errors and reliabilities are in closed form, and one factorisation serves every target.
 *
 * Scores are curved functions of what is seen of an object. So a first regression is of something straighter: for a
 * class of a softmax its logit less its rivals' (logit-contrast.ts), for others their normal scores, from which a smooth
 * link leads to scores, whose average slope turns coefficients into score units (link.ts). What that leaves of the scores
 * is regressed again and added.
 *
 * The prior variance of a box is learned from the scores of all targets together (spatial-prior.ts), the penalty from
 * each target's own (ridge.ts). Measurements that led here: docs/research/fidelity.md.
 */
export class Regression implements MapEstimate {
  readonly #input: EstimateInput;
  readonly #coarse: MaskParts;
  readonly #scale: number;
  readonly #ridge: Ridge;
  readonly #straightened: readonly Fitted[];
  readonly #fits = new Map<number, MapFit>();
  #directions: MapDirections | null = null;

  constructor(input: EstimateInput) {
    const { coarse, observations, masks } = input;
    const { count, gram } = observations;
    this.#input = input;
    this.#coarse = coarse;
    this.#scale = 1 - masks.probability;
    const straightened = straighten(input);
    const fitAll = (ridge: Ridge): Fitted[] =>
      straightened.map((one) => ({ ...one, fit: ridge.fit(one.product, one.energy) }));

    let { ridge } = input;
    let fits = fitAll(ridge);
    for (let round = 0; round < (coarse.size >= MANY_BOXES ? 1 : ROUNDS); round++) {
      ridge = new Ridge(gram, count, coarse.priorFrom(expectedEnergy(ridge, fits, coarse.size)));
      fits = fitAll(ridge);
    }
    this.#ridge = ridge;
    this.#straightened = fits;
  }

  map(target: number): Float32Array {
    return this.#coarse.toPixels(this.#fit(target).coefficients, this.#scale);
  }

  effect(_target: number, map: Float32Array): Float32Array {
    return map;
  }

  /** The posterior standard deviation. */
  standardError(target: number): Float32Array {
    const variances = new Float64Array(this.#coarse.size);
    for (const { noise, solver } of this.#fit(target).parts) {
      for (const [box, value] of this.#mapDirections().variances(solver).entries()) variances[box]! += noise * value;
    }
    return this.#coarse.interpolate(variances.map((value) => Math.sqrt(value) * this.#scale));
  }

  /** With m the map and e its error: `corr(m, m + e) = sqrt(var m / (var m + E var e))`, variances over the image. */
  reliability(target: number): number {
    const { coefficients, parts } = this.#fit(target);
    const signal = variance(this.#coarse.toBoxes(coefficients));
    if (!(signal > 0)) return 0;
    let error = 0;
    for (const { noise, solver } of parts) error += noise * this.#mapDirections().meanVariance(solver);
    return Math.sqrt(signal / (signal + error));
  }

  #fit(target: number): MapFit {
    let fit = this.#fits.get(target);
    if (fit === undefined) {
      fit = this.#measure(target);
      this.#fits.set(target, fit);
    }
    return fit;
  }

  #measure(target: number): MapFit {
    const { observations, columns } = this.#input;
    const { scores, product, energy } = observations.targets[target]!;
    const plain = this.#ridge.fit(product, energy);
    const alone = { coefficients: plain.coefficients, parts: [plain] };
    if (!(energy > 0) || observations.count < FEWEST) return alone;
    const straight = this.#straightened[target]!;
    const linked = this.#link(straight, columns[target]!, scores);
    if (linked === null) return alone;
    const { slope, residual } = linked;
    const rest = this.#ridge.fit(
      transposeTimes(observations.fields, residual, this.#coarse.size),
      dot(residual, residual),
      RESIDUAL_PENALTY,
    );
    if (this.#error(plain, scores) < PLAIN_ADVANTAGE * this.#error(rest, residual)) return alone;
    return {
      coefficients: straight.fit.coefficients.map((value, j) => slope * value + rest.coefficients[j]!),
      parts: [{ noise: slope * slope * straight.fit.noise, solver: straight.fit.solver }, rest],
    };
  }

  /** What the first regression says of the scores. */
  #link(straight: Fitted, column: Float64Array, scores: Float64Array): Linked | null {
    const predicted = this.#predictions(straight.fit, straight.scores);
    if (!straight.inScoreUnits) return throughLink(column, this.#input.masks.unit, predicted);
    return { slope: 1, residual: scores.map((score, i) => score - predicted[i]!) };
  }

  /** What the fit predicts for each observation from the others, taking leverages at their mean. */
  #predictions({ coefficients, solver }: RidgeFit, scores: Float64Array): Float64Array {
    const { fields } = this.#input.observations;
    const { size } = this.#coarse;
    const leverage = Math.min(0.99, this.#ridge.meanLeverage(solver));
    return scores.map((score, i) => {
      let fitted = 0;
      for (let j = 0; j < size; j++) fitted += fields[i * size + j]! * coefficients[j]!;
      return (fitted - leverage * score) / (1 - leverage);
    });
  }

  /** Sum of squared errors of those predictions. */
  #error(fit: RidgeFit, scores: Float64Array): number {
    return this.#predictions(fit, scores).reduce((sum, value, i) => sum + (scores[i]! - value) ** 2, 0);
  }

  #mapDirections(): MapDirections {
    this.#directions ??= new MapDirections(this.#coarse, this.#ridge);
    return this.#directions;
  }
}

/** A target's scores, nearer to a sum over the image than they are themselves. */
interface Straightened extends TargetObservations {
  /** Whether they move by what the scores do (a logit contrast), so that no link is needed. */
  readonly inScoreUnits: boolean;
}

/** Straightened scores and their regression. */
interface Fitted extends Straightened {
  readonly fit: RidgeFit;
}

function straighten({ coarse, columns, observations, rivals, masks }: EstimateInput): Straightened[] {
  const { count, fields, ranked, targets } = observations;
  const contrasts = new LogitContrasts();
  return targets.map((scores, target) => {
    if (count < FEWEST || !(scores.energy > 0)) return { ...scores, inScoreUnits: false };
    const contrast = contrasts.of(columns[target]!, rivals[target]!);
    return contrast === null
      ? { ...ranked[target]!, inScoreUnits: false }
      : { ...observeColumn(contrast, masks.unit, fields, coarse.size), inScoreUnits: true };
  });
}

/** A target's map, and the independent errors that it is made with. */
interface MapFit {
  readonly coefficients: Float64Array;
  readonly parts: readonly Pick<RidgeFit, 'noise' | 'solver'>[];
}

/** Posterior variances of the map at the boxes, for noise of variance 1, kept by penalty. */
class MapDirections {
  /** For each box, the direction in which the map there reads the coefficients. */
  readonly #boxes: readonly Float64Array[];
  readonly #mean: Float64Array;
  readonly #variances = new Map<ShiftedTridiagonal, Float64Array>();

  constructor(coarse: MaskParts, ridge: Ridge) {
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

  /** Mean over the image, less the part that only shifts the whole map. */
  meanVariance(solver: ShiftedTridiagonal): number {
    const variances = this.variances(solver);
    let mean = 0;
    for (const value of variances) mean += value / variances.length;
    return Math.max(0, mean - solver.quadratic(this.#mean));
  }
}

/** Expected squared coefficient of each box, given the scores, summed over targets, `[d]`. */
function expectedEnergy(ridge: Ridge, fits: readonly Fitted[], size: number): Float64Array {
  const energy = new Float64Array(size);
  for (const { fit } of fits) {
    const { coefficients, noise, solver } = fit;
    const variances = ridge.coefficientVariances(solver);
    for (let j = 0; j < size; j++) energy[j]! += coefficients[j]! ** 2 + noise * variances[j]!;
  }
  return energy;
}
