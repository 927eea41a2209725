/** A class that the model gives to the whole image. */
export class Label {
  /** Index of the class in the model's output. */
  readonly id: number;
  /** The model's score for it, usually a probability in 0..1. */
  readonly score: number;

  constructor(id: number, { score = 1 }: { readonly score?: number } = {}) {
    this.id = id;
    this.score = score;
  }
}
