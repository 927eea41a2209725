/**
 * What the user should know of an explanation, as data: each face makes its own sentence of it
 * (results/note-sentence.ts).
 */
export type Note =
  /** The image was transparent somewhere: the model saw the colors under the transparency. */
  | { readonly kind: 'alpha-dropped' }
  /** The image has more than 8 bits a channel; `brightest` is its greatest value. */
  | { readonly kind: 'depth-reduced'; readonly pixels: 'gray16' | 'float'; readonly brightest: number }
  /** More classes were asked for than the model has. */
  | { readonly kind: 'fewer-classes'; readonly asked: number; readonly classes: number }
  /** Boxes were found that are not explained. */
  | { readonly kind: 'boxes-left-out'; readonly count: number }
  /** Balanced masks were asked for with another share of cells than a half. */
  | { readonly kind: 'masks-at-random'; readonly probability: number }
  /** The model cuts its boxes itself. */
  | { readonly kind: 'proposals-cut'; readonly interpreter: string }
  /** Nothing tells that what is explained are classes: the outputs may be something else. */
  | { readonly kind: 'perhaps-no-classes' }
  /** Something looks wrong with how the model is read or fed; the sentence names options (errors.ts). */
  | { readonly kind: 'advice'; readonly sentence: string }
  /** A sentence of a file that an earlier version wrote, or of a method or kind of target of the caller's own. */
  | { readonly kind: 'text'; readonly sentence: string };
