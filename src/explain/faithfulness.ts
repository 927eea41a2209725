import type { Curve } from './metrics/curve.js';
import { LEAST_SCORE, scoreSize, type ScoreSpan, type Verdict } from './verdict.js';

/**
 * Whether a map that is repeatable explains the score too. Three figures, the cheap ones first:
 *
 * - `rho`, from the masked runs alone: how well a sum over the image predicts scores of masks that it was not made from;
 * - `oa`, from the curves of deletion and insertion;
 * - the advantage A, where one of them is low: the same curves along three copies of the map that are shifted cyclically, so
 *   of the same shape elsewhere. No random numbers are in it.
 *
 * A map whose advantage is below a tenth of the score is `unfaithful`. Thresholds: docs/method.md; rates: docs/research/trust.md.
 */
export interface Faithfulness {
  /**
   * `(OA(map) - mean OA(shifted copies)) / scale`; null where it was not asked for, `rho` and `oa` being high. Some 1 is the
   * most there is; below 0.1 the map is unfaithful.
   */
  readonly advantage: number | null;
  /** Spearman's rank correlation of predicted and measured scores of held-out masks; null where the method knows none. */
  readonly rho: number | null;
  /** Area under the insertion curve less that under the deletion curve, at nine shares of the pixels, in score units. */
  readonly oa: number;
  /** What the advantage is a share of, in score units: the score on the whole image, or the 95 % quantile under masks. */
  readonly scale: number;
  /** Images that went through the model for the judgement of this target alone. */
  readonly runs: number;
}

/** Where `rho` and `oa / scale` are at least this, the advantage need not be asked for: no flag was missed by it. */
const HIGH_RHO = 0.6;
const HIGH_OA = 0.15;

/** Smallest advantage of a faithful map. */
export const LEAST_ADVANTAGE = 0.1;

/** What is known of a target before its map is judged. */
export interface JudgedScores extends ScoreSpan {
  readonly rho: number | null;
}

/** What figures in score units are a share of. */
export function advantageScale(span: ScoreSpan): number {
  return Math.max(scoreSize(span), LEAST_SCORE);
}

/** Whether the curves and the held-out scores leave it open that the map is unfaithful. */
export function wantsAdvantage(rho: number | null, oa: number, scale: number): boolean {
  return rho === null || rho < HIGH_RHO || oa / scale < HIGH_OA;
}

/** How much better the map orders pixels than its shifted copies, as a share of the score. */
export function advantageOf(oa: number, shifted: readonly number[], scale: number): number {
  return (oa - shifted.reduce((sum, value) => sum + value, 0) / shifted.length) / scale;
}

/** Area under insertion less area under deletion. */
export function overallArea(deletion: Pick<Curve, 'auc'>, insertion: Pick<Curve, 'auc'>): number {
  return insertion.auc - deletion.auc;
}

/** The verdict on a map, with what was judged of it. */
export function judgedVerdict(byScores: Verdict, faithfulness: Pick<Faithfulness, 'advantage'> | null): Verdict {
  const advantage = faithfulness?.advantage ?? null;
  return byScores === 'ok' && advantage !== null && advantage < LEAST_ADVANTAGE ? 'unfaithful' : byScores;
}

/**
 * The map shifted cyclically, by half of its height and width, of its height, and of its width.
 *
 * @param map `[height, width]`
 * @returns each of the same shape
 */
export function shiftedCopies(map: Float32Array, height: number, width: number): readonly Float32Array[] {
  const [down, right] = [Math.floor(height / 2), Math.floor(width / 2)];
  return [
    shifted(map, height, width, down, right),
    shifted(map, height, width, down, 0),
    shifted(map, height, width, 0, right),
  ];
}

function shifted(map: Float32Array, height: number, width: number, down: number, right: number): Float32Array {
  const out = new Float32Array(map.length);
  for (let y = 0; y < height; y++) {
    const row = map.subarray(y * width, (y + 1) * width);
    const to = ((y + down) % height) * width;
    out.set(row.subarray(0, width - right), to + right);
    out.set(row.subarray(width - right), to);
  }
  return out;
}
