import type { ClassVectors, Proposals } from './prediction.js';

/**
 * Reads rows of proposals without making objects: scoring goes through thousands of rows a run. `best` leaves its
 * answer in `label` and `score`.
 */
export class ProposalReader {
  readonly #proposals: Proposals;
  /** Class of the row that `best` saw last. */
  label = -1;
  /** Its score: class score times objectness, where the layout has one. */
  score = 0;

  constructor(proposals: Proposals) {
    this.#proposals = proposals;
  }

  /** Number of classes in the rows' vectors; 0 where rows have a single class. */
  get columns(): number {
    return this.#proposals.classes.kind === 'vectors' ? this.#proposals.classes.columns : 0;
  }

  /** The most likely class of a row. */
  best(row: number): void {
    const { classes, objectness } = this.#proposals;
    if (classes.kind === 'single') {
      this.label = classes.labels[row]!;
      this.score = classes.scores[row]!;
    } else {
      const start = classes.offset + row * classes.rowStride;
      let label = 0;
      let max = -Infinity;
      for (let column = 0, at = start; column < classes.columns; column++, at += classes.columnStride) {
        const value = classes.data[at]!;
        if (value > max) {
          max = value;
          label = column;
        }
      }
      this.label = label;
      this.score = activate(classes, start, max);
    }
    if (objectness !== null) this.score *= objectness[row]!;
  }

  /** The greatest score of a class over all rows: its class score times objectness, where the layout has one; 0 without rows. */
  greatest(label: number): number {
    const { count, classes, objectness } = this.#proposals;
    let greatest = 0;
    if (classes.kind === 'single') {
      for (let row = 0; row < count; row++) {
        if (classes.labels[row] !== label) continue;
        const score = classes.scores[row]! * (objectness?.[row] ?? 1);
        if (score > greatest) greatest = score;
      }
      return greatest;
    }
    if (label >= classes.columns) return 0;
    const { data, offset, rowStride, columnStride, activation } = classes;
    const first = offset + label * columnStride;
    if (objectness === null && activation !== 'softmax') {
      // The activation rises: it is needed for the largest value alone.
      let raw = -Infinity;
      for (let row = 0, at = first; row < count; row++, at += rowStride) if (data[at]! > raw) raw = data[at]!;
      return count === 0 ? 0 : activateWith(classes, raw, 1);
    }
    for (let row = 0; row < count; row++) {
      const bound = objectness?.[row] ?? 1;
      if (bound <= greatest) continue;
      const start = offset + row * rowStride;
      const sum = activation === 'softmax' ? softmaxSum(classes, start) : 1;
      const score = activateWith(classes, data[start + label * columnStride]!, sum) * bound;
      if (score > greatest) greatest = score;
    }
    return greatest;
  }

  /** The D-RISE objectness of a row: the layout's own, or the best class score. */
  objectness(row: number): number {
    const { objectness } = this.#proposals;
    if (objectness !== null) return objectness[row]!;
    this.best(row);
    return this.score;
  }

  /** An upper bound of the row's score that costs nothing to find. */
  bound(row: number): number {
    return this.#proposals.objectness?.[row] ?? Infinity;
  }

  /** The class probabilities of a row, `[columns]`, copied. */
  vector(row: number): Float32Array | null {
    const { classes } = this.#proposals;
    if (classes.kind === 'single') return null;
    const out = new Float32Array(classes.columns);
    const start = classes.offset + row * classes.rowStride;
    const sum = classes.activation === 'softmax' ? softmaxSum(classes, start) : 1;
    for (let column = 0; column < classes.columns; column++) {
      out[column] = activateWith(classes, classes.data[start + column * classes.columnStride]!, sum);
    }
    return out;
  }

  /**
   * Cosine between a row's class probabilities and a vector of norm 1; rows of a single class count as one-hot.
   *
   * @param unit `[columns]`; for single classes only `label` is compared.
   */
  cosine(row: number, unit: Float32Array | null, label: number): number {
    const { classes } = this.#proposals;
    if (classes.kind === 'single' || unit === null) {
      if (classes.kind === 'single') return classes.labels[row] === label ? 1 : 0;
      return this.#cosineWithOneHot(classes, row, label);
    }
    const start = classes.offset + row * classes.rowStride;
    let dot = 0;
    let square = 0;
    if (classes.activation === 'none') {
      const { data, columns, columnStride } = classes;
      for (let column = 0, at = start; column < columns; column++, at += columnStride) {
        const value = data[at]!;
        dot += value * unit[column]!;
        square += value * value;
      }
      return square > 0 ? dot / Math.sqrt(square) : 0;
    }
    // A softmax's denominator cancels in the cosine.
    for (let column = 0, at = start; column < classes.columns; column++, at += classes.columnStride) {
      const value = activateWith(classes, classes.data[at]!, 1);
      dot += value * (unit[column] ?? 0);
      square += value * value;
    }
    return square > 0 ? dot / Math.sqrt(square) : 0;
  }

  #cosineWithOneHot(classes: ClassVectors, row: number, label: number): number {
    const start = classes.offset + row * classes.rowStride;
    let square = 0;
    let own = 0;
    for (let column = 0, at = start; column < classes.columns; column++, at += classes.columnStride) {
      const value = activateWith(classes, classes.data[at]!, 1);
      square += value * value;
      if (column === label) own = value;
    }
    return square > 0 ? own / Math.sqrt(square) : 0;
  }
}

function activate(classes: ClassVectors, start: number, raw: number): number {
  return activateWith(classes, raw, classes.activation === 'softmax' ? softmaxSum(classes, start) : 1);
}

function activateWith(classes: ClassVectors, raw: number, sum: number): number {
  switch (classes.activation) {
    case 'none':
      return raw;
    case 'sigmoid':
      return 1 / (1 + Math.exp(-raw));
    case 'softmax':
      return Math.exp(raw) / sum;
  }
}

function softmaxSum(classes: ClassVectors, start: number): number {
  let sum = 0;
  for (let column = 0; column < classes.columns + classes.softmaxExtra; column++) {
    sum += Math.exp(classes.data[start + column * classes.columnStride]!);
  }
  return sum;
}
