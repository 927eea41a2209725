import { Tridiagonal, type ShiftedTridiagonal } from './tridiagonal.js';

/** Ratio of explained to unexplained variance that masked runs of real models show: it sets the expected penalty. */
const EXPECTED_SIGNAL = 1;
/** How far the penalty may stray from the expected one: standard deviation of its natural logarithm. */
const PENALTY_SPREAD = 1;
/** Logarithms of the penalties tried, relative to the expected one. */
const LOG_PENALTIES = Array.from({ length: 45 }, (_, i) => i / 2 - 16);

/** One target's regression. */
export interface RidgeFit {
  /** Posterior mean of the coefficients, `[d]`. */
  readonly coefficients: Float64Array;
  /** Variance sigma^2 of what the coefficients do not explain, of one observation. */
  readonly noise: number;
  /** `T + lambda I` at the chosen penalty. The same object for all targets of that penalty. */
  readonly solver: ShiftedTridiagonal;
}

/**
 * Ridge regression with a prior variance for each coefficient and a penalty for each target, all from one
 * factorisation of `S = V^1/2 X^T X V^1/2`. The model is `y = X w + e`, `e ~ N(0, sigma^2)`,
 * `w ~ N(0, sigma^2 / lambda V)`; lambda maximises the marginal likelihood times a broad log-normal prior around the
 * penalty that real models were seen to want, which keeps a few dozen masks from choosing an extreme.
 *
 * Sources: Hoerl and Kennard 1970 (ridge regression); MacKay 1992 (evidence for the penalty).
 */
export class Ridge {
  readonly #rootPrior: Float64Array;
  readonly #tridiagonal: Tridiagonal;
  readonly #count: number;
  readonly #expectedPenalty: number;
  readonly #solvers = new Map<number, ShiftedTridiagonal>();
  readonly #errors = new Map<ShiftedTridiagonal, Float64Array>();
  readonly #leverages = new Map<ShiftedTridiagonal, number>();

  /**
   * @param gram `X^T X`, `[d, d]`
   * @param count number of observations
   * @param prior diagonal of V, `[d]`, mean 1
   */
  constructor(gram: Float64Array, count: number, prior: Float64Array) {
    const d = prior.length;
    this.#count = count;
    this.#rootPrior = prior.map(Math.sqrt);
    let trace = 0;
    for (let j = 0; j < d; j++) trace += gram[j * d + j]!;
    this.#expectedPenalty = trace / Math.max(1, count) / EXPECTED_SIGNAL;
    const scaled = new Float64Array(d * d);
    for (let i = 0; i < d; i++) {
      for (let j = 0; j <= i; j++) scaled[i * d + j] = gram[i * d + j]! * this.#rootPrior[i]! * this.#rootPrior[j]!;
    }
    this.#tridiagonal = new Tridiagonal(scaled, d);
  }

  /**
   * @param product `X^T y`, `[d]`
   * @param energy `y^T y`; 0 gives zero coefficients and no noise.
   * @param expected natural logarithm of how much larger than usual the penalty is expected to be
   */
  fit(product: Float64Array, energy: number, expected = 0): RidgeFit {
    const rotated = this.direction(product);
    if (!(energy > 0) || !(this.#expectedPenalty > 0)) {
      return { coefficients: new Float64Array(product.length), noise: 0, solver: this.#solver(0) };
    }
    let best = Infinity;
    let chosen = 0;
    let noise = 0;
    for (const logPenalty of LOG_PENALTIES) {
      const solver = this.#solver(logPenalty);
      // What stays unexplained, `y^T (I + K / lambda)^-1 y`; rounding leaves some 1e-14 of the energy.
      const residual = Math.max(energy - solver.quadratic(rotated), 1e-14 * energy);
      const penalty = Math.log(this.#expectedPenalty) + logPenalty;
      const cost =
        this.#count * Math.log(residual) +
        solver.logDeterminant -
        product.length * penalty +
        ((logPenalty - expected) / PENALTY_SPREAD) ** 2;
      if (cost < best) {
        best = cost;
        chosen = logPenalty;
        noise = residual / this.#count;
      }
    }
    const solver = this.#solver(chosen);
    const root = this.#rootPrior;
    const coefficients = this.#tridiagonal.rotateBack(solver.solve(rotated)).map((value, j) => value * root[j]!);
    return { coefficients, noise, solver };
  }

  /** Posterior variances of the coefficients for noise of variance 1, `[d]`. */
  coefficientVariances(solver: ShiftedTridiagonal): Float64Array {
    let errors = this.#errors.get(solver);
    if (errors === undefined) {
      errors = this.#rootPrior.map((root, j) => root * root * solver.quadratic(this.#tridiagonal.rotatedUnit(j)));
      this.#errors.set(solver, errors);
    }
    return errors;
  }

  /**
   * `Q^T V^1/2 v`: the posterior variance of the linear combination `v . w`, for noise of variance 1, is
   * `solver.quadratic` of it.
   */
  direction(v: Float64Array): Float64Array {
    return this.#tridiagonal.rotate(v.map((value, j) => value * this.#rootPrior[j]!));
  }

  /**
   * `v^T V^1/2 (S + lambda I)^-1 V^1/2 v` of the direction of `v`: of a field its leverage, of `X^T y` the energy
   * explained.
   *
   * @param logPenalty logarithm of lambda relative to the expected penalty
   */
  explained(direction: Float64Array, logPenalty: number): number {
    return this.#solver(logPenalty).quadratic(direction);
  }

  /** Mean of the diagonal of the hat matrix: how much of itself an observation explains. */
  meanLeverage(solver: ShiftedTridiagonal): number {
    let leverage = this.#leverages.get(solver);
    if (leverage === undefined) {
      const d = this.#rootPrior.length;
      const unit = new Float64Array(d);
      let trace = d;
      for (let j = 0; j < d; j++) {
        unit[j] = 1;
        trace -= solver.lambda * solver.quadratic(unit);
        unit[j] = 0;
      }
      leverage = this.#count === 0 ? 0 : trace / this.#count;
      this.#leverages.set(solver, leverage);
    }
    return leverage;
  }

  /** Sum of the squared elements of the hat matrix `X V^1/2 (S + lambda I)^-1 V^1/2 X^T`. */
  squaredHatMatrix(logPenalty: number): number {
    const solver = this.#solver(logPenalty);
    const d = this.#rootPrior.length;
    const unit = new Float64Array(d);
    let sum = 0;
    for (let j = 0; j < d; j++) {
      unit[j] = 1;
      const column = solver.solve(unit);
      unit[j] = 0;
      // |I - lambda (S + lambda I)^-1|^2, column by column.
      for (const [i, value] of column.entries()) sum += ((i === j ? 1 : 0) - solver.lambda * value) ** 2;
    }
    return sum;
  }

  #solver(logPenalty: number): ShiftedTridiagonal {
    let solver = this.#solvers.get(logPenalty);
    if (solver === undefined) {
      const expected = this.#expectedPenalty > 0 ? this.#expectedPenalty : 1;
      solver = this.#tridiagonal.shifted(expected * Math.exp(logPenalty));
      this.#solvers.set(logPenalty, solver);
    }
    return solver;
  }
}
