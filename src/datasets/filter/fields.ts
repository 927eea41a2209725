import type { DatasetItem } from '../types.js';

/** What a filter can ask of an item: all values that it has there, none when it is not known. */
export type Field =
  | { readonly kind: 'text'; readonly values: (item: DatasetItem, labelNames: readonly string[]) => readonly string[] }
  | { readonly kind: 'number'; readonly values: (item: DatasetItem) => readonly number[] };

/** The fields by name, with what they mean, for help and the docs. */
export const FIELDS: Readonly<Record<string, Field & { readonly meaning: string }>> = {
  id: { kind: 'text', meaning: 'the id of the item', values: (item) => [item.id] },
  subset: { kind: 'text', meaning: 'the subset', values: (item) => [item.subset] },
  label: {
    kind: 'text',
    meaning: 'the classes of its labels and boxes',
    values: (item, labelNames) => [...item.labels, ...item.boxes].map(({ label }) => labelNames[label] ?? ''),
  },
  image: {
    kind: 'text',
    meaning: 'found or missing',
    values: (item) => [item.imagePath === null ? 'missing' : 'found'],
  },
  annotated: { kind: 'text', meaning: 'yes or no', values: (item) => [item.annotated ? 'yes' : 'no'] },
  width: {
    kind: 'number',
    meaning: 'width of the image in pixels',
    values: (item) => (item.size ? [item.size.width] : []),
  },
  height: {
    kind: 'number',
    meaning: 'height of the image in pixels',
    values: (item) => (item.size ? [item.size.height] : []),
  },
  labels: {
    kind: 'number',
    meaning: 'how many labels of the whole image there are',
    values: (item) => [item.labels.length],
  },
  boxes: { kind: 'number', meaning: 'how many boxes there are', values: (item) => [item.boxes.length] },
  box_width: {
    kind: 'number',
    meaning: 'widths of the boxes in pixels',
    values: (item) => item.boxes.map(({ width: w }) => w),
  },
  box_height: {
    kind: 'number',
    meaning: 'heights of the boxes in pixels',
    values: (item) => item.boxes.map(({ height: h }) => h),
  },
  area: {
    kind: 'number',
    meaning: 'areas of the boxes in square pixels',
    values: (item) => item.boxes.map(({ width: w, height: h }) => w * h),
  },
};

/** What `attr.NAME` asks: an attribute of the item, or of any of its labels and boxes, as text. */
export function attributeField(name: string): Field {
  return {
    kind: 'text',
    values: (item) =>
      [item, ...item.labels, ...item.boxes].flatMap(({ attributes }) => {
        const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
        return value === undefined ? [] : [String(value)];
      }),
  };
}
