import type { BoxPixels, FoundBox, PredictionState, ScoredLabel, TruthBox } from '../../protocol.js';

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

/** An annotated object, as something to explain. */
export function truthBox({ bbox, label }: TruthBox): Wanted {
  return { kind: 'box', bbox, label: label === null ? null : `#${label}` };
}

/** A class that the model answered. */
export function scoredClass({ id }: ScoredLabel): Wanted {
  return { kind: 'class', name: `#${id}` };
}

/** The same of another model: its classes may have other numbers. Null where it has no such thing. */
export function forOther(wanted: Wanted, own: PredictionState | null, other: PredictionState | null): Wanted | null {
  if (wanted.kind === 'everything') return wanted;
  const isDetector = other?.phase === 'done' && other.detector;
  if (wanted.kind === 'class') {
    const name = inOther(wanted.name, own, other);
    return name === null ? null : { kind: 'class', name };
  }
  if (!isDetector) return null;
  return { ...wanted, label: wanted.label === null ? null : inOther(wanted.label, own, other) };
}

function inOther(asked: string, own: PredictionState | null, other: PredictionState | null): string | null {
  const id = /^#(\d+)$/.exec(asked)?.[1];
  const name = id === undefined || own?.phase !== 'done' ? asked : own.classes?.[Number(id)];
  const at = other?.phase === 'done' && name !== undefined ? (other.classes?.indexOf(name) ?? -1) : -1;
  return at < 0 ? null : `#${at}`;
}
