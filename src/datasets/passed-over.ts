import type { DatasetItem } from './types.js';

/** What of an item's annotations is not read, counted while they are. */
export class PassedOver {
  readonly #counts = new Map<string, number>();
  readonly #labels: number[] = [];

  /**
   * @param kind in words, of several: `points`, `polygons of an odd number of coordinates`
   * @param label class of an object that is there and has no usable place; null where its box is read all the same
   * @param count how many of them
   */
  add(kind: string, label: number | null = null, count = 1): void {
    if (count > 0) this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + count);
    if (label !== null) this.#labels.push(label);
  }

  /** As an item holds it. */
  get ofItem(): Pick<DatasetItem, 'passedOver' | 'withoutPlace'> {
    return {
      ...(this.#counts.size > 0 ? { passedOver: Object.fromEntries(this.#counts) } : {}),
      ...(this.#labels.length > 0 ? { withoutPlace: [...this.#labels] } : {}),
    };
  }
}

/** What of an object is not read whose box is. */
export const BESIDE_BOX = {
  keyPoints: "key points, beside objects' boxes",
  parts: "parts, beside objects' boxes",
  actions: "actions, beside objects' boxes",
  polygons: "polygons, beside objects' boxes",
  masks: "masks, beside objects' boxes",
} as const;

/** Outlines that cannot be read: of their objects the box counts, where there is one. */
export const DAMAGED = {
  polygons: 'polygons that cannot be read',
  masks: 'masks that cannot be read',
} as const;

/** Kinds of shapes in the plural, as they are counted. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['polyline', 'polylines'],
  ['skeleton', 'skeletons'],
  ['cuboid', 'cuboids'],
  ['cuboid_2d', 'cuboids'],
  ['cuboid_3d', 'cuboids'],
  ['caption', 'captions'],
  ['rotated_bbox', 'turned boxes'],
  ['super_resolution_annotation', 'images of a higher resolution'],
  ['depth_annotation', 'depth maps'],
  ['tabular', 'rows of tables'],
  ['hash_key', 'hash keys'],
  ['feature_vector', 'feature vectors'],
]);

/** What several shapes of a type are called: `points`, `polylines`. */
export function kindOf(type: string): string {
  return KINDS.get(type) ?? type;
}
