import { z } from 'zod';

export const datumaroCategories = z.object({
  label: z.object({ labels: z.array(z.object({ name: z.string() })) }).optional(),
});

const media = z.object({
  path: z.string().nullish(),
  /** Height, width. */
  size: z.tuple([z.number(), z.number()]).nullish(),
});

const annotation = z.object({
  type: z.string(),
  label_id: z.number().int().nullish(),
  attributes: z.unknown().optional(),
  group: z.number().nullish(),
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
  attr: z.unknown().optional(),
  annotations: z.array(annotation).nullish(),
});

export type DatumaroItem = z.infer<typeof datumaroItem>;
export type DatumaroAnnotation = z.infer<typeof annotation>;
