import { z } from 'zod';

/** Ids are integers in COCO; some tools write texts. */
const id = z.union([z.number(), z.string()]);

export const cocoCategory = z.object({
  id,
  /** A text; some tools write numbers. */
  name: z.union([z.string(), z.number().transform(String)]),
  /** Of panoptic files: 0 for stuff, such as sky, which has no objects. */
  isthing: z.union([z.number(), z.boolean()]).nullish(),
});

/** Sizes are numbers; some tools write texts. */
const side = z.union([z.number(), z.stringFormat('a number', /^\d{1,9}(\.0*)?$/).transform(Number)]);

const imageRecord = z.object({
  id,
  file_name: z.string().min(1).optional(),
  /** Address of the image, which LVIS gives in place of its name: `http://images.cocodataset.org/val2017/1.jpg`. */
  coco_url: z.string().nullish(),
  width: side.nullish(),
  height: side.nullish(),
  /** Where the image lies, in files of COCO Annotator and of this project; not in COCO itself. */
  path: z.string().nullish(),
  /** Whether somebody looked, in files of this project; not in COCO itself. */
  annotated: z.boolean().nullish(),
});

export const cocoImage = imageRecord
  .refine(({ file_name: name, coco_url: url }) => name !== undefined || Boolean(url), {
    error: 'the image has no file_name',
    path: ['file_name'],
  })
  .transform(({ file_name: name, coco_url: url, ...rest }) => ({
    ...rest,
    // The name with its folder, as an absolute one: it is looked for with and without the folder.
    file_name: name ?? `/${(url ?? '').split('/').slice(-2).join('/')}`,
  }));

/** 0 or 1; some tools write truth values, or texts of either. */
const flag = z.union([
  z.number(),
  z.boolean(),
  z.stringFormat('a flag', /^(0|1|true|false)$/i).transform((text) => text === '1' || text.toLowerCase() === 'true'),
]);

const bbox = z.union([z.tuple([z.number(), z.number(), z.number(), z.number()]), z.tuple([])], {
  error: 'a box is four numbers: left, top, width, height',
});

/** Which image an annotation is of, whatever else is wrong with it. */
export const cocoAnnotationImage = z.object({ image_id: id });

/** What the index needs: checked for every annotation when the dataset is opened. */
export const cocoAnnotationKey = z.object({
  image_id: id,
  category_id: id.nullish(),
  bbox: bbox.nullish(),
  keypoints: z.unknown().optional(),
  /** Of panoptic files: the objects and areas of the image. */
  segments_info: z.array(z.object({ category_id: id, bbox: bbox.nullish(), iscrowd: flag.nullish() })).optional(),
});

const size = z.tuple([z.number().int().positive(), z.number().int().positive()]);

export const cocoAnnotation = cocoAnnotationKey.extend({
  /** A {@link cocoSegmentation}; where it is not, its box is read all the same. */
  segmentation: z.unknown().optional(),
  iscrowd: flag.nullish(),
  score: z.number().nullish(),
  attributes: z.unknown().optional(),
});

export const cocoSegmentation = z.union([
  z.array(z.array(z.number())),
  // A ring without the list of rings around it, as some tools write it.
  z.array(z.number()),
  z.object({ counts: z.union([z.array(z.number().int().nonnegative()), z.string()]), size }),
]);

export type CocoImage = z.infer<typeof cocoImage>;
export type CocoAnnotation = z.infer<typeof cocoAnnotation>;

/** Ids as keys: a text of digits and the number are the same. */
export function idKey(value: number | string): number | string {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
}
