import { z } from 'zod';

/** Ids are integers in COCO; some tools write texts. */
const id = z.union([z.number(), z.string()]);

export const cocoCategory = z.object({ id, name: z.string() });

export const cocoImage = z.object({
  id,
  file_name: z.string().min(1),
  width: z.number().nullish(),
  height: z.number().nullish(),
  /** Where the image lies, in files of COCO Annotator and of this project; not in COCO itself. */
  path: z.string().nullish(),
});

const bbox = z.union([z.tuple([z.number(), z.number(), z.number(), z.number()]), z.tuple([])], {
  error: 'a box is four numbers: left, top, width, height',
});

/** What the index needs: checked for every annotation when the dataset is opened. */
export const cocoAnnotationKey = z.object({
  image_id: id,
  category_id: id.nullish(),
  bbox: bbox.nullish(),
});

const size = z.tuple([z.number().int().positive(), z.number().int().positive()]);

export const cocoAnnotation = cocoAnnotationKey.extend({
  segmentation: z
    .union([
      z.array(z.array(z.number())),
      // A ring without the list of rings around it, as some tools write it.
      z.array(z.number()),
      z.object({ counts: z.union([z.array(z.number().int().nonnegative()), z.string()]), size }),
    ])
    .nullish(),
  iscrowd: z.union([z.number(), z.boolean()]).nullish(),
  score: z.number().nullish(),
  attributes: z.unknown().optional(),
});

export type CocoImage = z.infer<typeof cocoImage>;
export type CocoAnnotation = z.infer<typeof cocoAnnotation>;

/** Ids as keys: a text of digits and the number are the same. */
export function idKey(value: number | string): number | string {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
}
