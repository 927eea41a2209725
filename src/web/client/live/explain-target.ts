import type { BoxPixels, FoundBox, ScoredLabel } from '../../protocol.js';

/** What the user wants explained. */
export type Wanted =
  | { readonly kind: 'everything' }
  | { readonly kind: 'class'; readonly name: string }
  | { readonly kind: 'box'; readonly bbox: BoxPixels; readonly label: string | null };

/** The method's options that say so. */
export function wantedOptions(wanted: Wanted): Record<string, unknown> {
  switch (wanted.kind) {
    case 'everything':
      return {};
    case 'class':
      return { classes: [wanted.name] };
    case 'box': {
      const [x, y, width, height] = wanted.bbox;
      return { boxes: [{ x, y, width, height, ...(wanted.label === null ? {} : { label: wanted.label }) }] };
    }
  }
}

/** A box that the model found, as something to explain. */
export function foundBox({ bbox, label }: FoundBox): Wanted {
  return { kind: 'box', bbox, label: `#${label.id}` };
}

/** A class that the model answered. */
export function scoredClass({ id }: ScoredLabel): Wanted {
  return { kind: 'class', name: `#${id}` };
}
