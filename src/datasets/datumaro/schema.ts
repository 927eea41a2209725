import { z } from 'zod';

export const datumaroCategories = z.object({
  label: z.object({ labels: z.array(z.object({ name: z.string() })) }).optional(),
});

const media = z.object({
  path: z.string().nullish(),
  /** Height, width. */
  size: z.tuple([z.number(), z.number()]).nullish(),
});

/** What all annotations have. */
export const datumaroKind = z.object({
  type: z.string(),
  label_id: z.number().int().nullish(),
  group: z.number().nullish(),
});

export const datumaroAnnotation = datumaroKind.extend({
  attributes: z.unknown().optional(),
  bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]).optional(),
  points: z.array(z.number()).optional(),
  rle: z
    .object({
      counts: z.union([z.string(), z.array(z.number().int().nonnegative())]),
      size: z.tuple([z.number().int().positive(), z.number().int().positive()]),
    })
    .optional(),
});

export const datumaroItem = z.object({
  id: z.string(),
  image: media.nullish(),
  media: media.nullish(),
  /** Media of other kinds: not read. */
  point_cloud: z.unknown().optional(),
  video: z.unknown().optional(),
  video_frame: z.unknown().optional(),
  attr: z.unknown().optional(),
  annotations: z.array(z.unknown()).nullish(),
});

export type DatumaroItem = z.infer<typeof datumaroItem>;
export type DatumaroAnnotation = z.infer<typeof datumaroAnnotation>;
