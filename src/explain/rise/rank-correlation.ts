/**
 * Spearman's rank correlation of two lists of the same length: Pearson's of their ranks, equal values sharing the middle of
 * theirs. 0 where one of the two is constant.
 */
export function rankCorrelation(a: Float64Array, b: Float64Array): number {
  const [ranksA, ranksB] = [ranksOf(a), ranksOf(b)];
  // The mean of ranks 0..n-1, with ties or without.
  const middle = (a.length - 1) / 2;
  let [both, ofA, ofB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [ranksA[i]! - middle, ranksB[i]! - middle];
    both += x * y;
    ofA += x * x;
    ofB += y * y;
  }
  return ofA > 0 && ofB > 0 ? both / Math.sqrt(ofA * ofB) : 0;
}

function ranksOf(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((i, j) => values[i]! - values[j]!);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to]!]! === values[order[from]!]!) to++;
    for (let i = from; i < to; i++) ranks[order[i]!] = (from + to - 1) / 2;
    from = to;
  }
  return ranks;
}
