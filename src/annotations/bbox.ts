/** A detected object: a box with a class and a score. */
export class Bbox {
  /** Left edge in pixels of the model's input image. */
  readonly x: number;
  /** Top edge in pixels of the model's input image. */
  readonly y: number;
  /** Width in pixels. */
  readonly w: number;
  /** Height in pixels. */
  readonly h: number;
  /** Index of the class. */
  readonly label: number;
  /** The model's score for the class at this place, usually in 0..1. */
  readonly score: number;
  /** Scores of all classes `[classes]`, where the layout has them: D-RISE compares them. */
  readonly classScores: Float32Array | null;

  /** Width in pixels, by the name that boxes have elsewhere. */
  get width(): number {
    return this.w;
  }

  /** Height in pixels, by the name that boxes have elsewhere. */
  get height(): number {
    return this.h;
  }

  constructor(
    x: number,
    y: number,
    w: number,
    h: number,
    {
      label = 0,
      score = 1,
      classScores = null,
    }: { readonly label?: number; readonly score?: number; readonly classScores?: Float32Array | null } = {},
  ) {
    this.x = x;
    this.y = y;
    this.w = w;
    this.h = h;
    this.label = label;
    this.score = score;
    this.classScores = classScores;
  }
}
