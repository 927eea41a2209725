import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const cocoSchema = z.object({
  images: z.array(
    z.object({
      id: z.number(),
      file_name: z.string(),
      width: z.number(),
      height: z.number(),
      /** Box of the watermark: x, y, w, h. */
      watermark: z.tuple([z.number(), z.number(), z.number(), z.number()]).optional(),
      label: z.string().optional(),
    }),
  ),
  annotations: z.array(
    z.object({
      image_id: z.number(),
      category_id: z.number(),
      bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]),
      /** Uncompressed run lengths, column by column, beginning with pixels outside. */
      segmentation: z.object({ counts: z.array(z.number()), size: z.tuple([z.number(), z.number()]) }),
    }),
  ),
  categories: z.array(z.object({ id: z.number(), name: z.string() })),
});

/** One image of the example, with what is known to be in it. */
export interface ExampleImage {
  readonly path: string;
  readonly file: string;
  readonly width: number;
  readonly height: number;
  /** The animal that a classifier should name; undefined for scenes. */
  readonly label: string | undefined;
  readonly watermark: Box | undefined;
  readonly animals: readonly Animal[];
}

/** An animal in an image. */
export interface Animal extends Box {
  readonly name: string;
  /** Its visible pixels, `[height, width]`, 0 or 1. */
  readonly mask: Uint8Array;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The example's images by file name. */
export function exampleImages(): Map<string, ExampleImage> {
  const folder = new URL('./', import.meta.url);
  const coco = cocoSchema.parse(
    JSON.parse(readFileSync(new URL('annotations/instances_default.json', folder), 'utf8')),
  );
  const names = new Map(coco.categories.map(({ id, name }) => [id, name]));
  return new Map(
    coco.images.map((image) => [
      image.file_name,
      {
        path: fileURLToPath(new URL(`images/${image.file_name}`, folder)),
        file: image.file_name,
        width: image.width,
        height: image.height,
        label: image.label,
        watermark: image.watermark === undefined ? undefined : boxOf(image.watermark),
        animals: coco.annotations
          .filter(({ image_id }) => image_id === image.id)
          .map(({ bbox, category_id, segmentation }) => ({
            ...boxOf(bbox),
            name: names.get(category_id) ?? '',
            mask: maskOf(segmentation.counts, segmentation.size),
          })),
      },
    ]),
  );
}

function boxOf([x, y, w, h]: readonly [number, number, number, number]): Box {
  return { x, y, width: w, height: h };
}

function maskOf(counts: readonly number[], [height, width]: readonly [number, number]): Uint8Array {
  const mask = new Uint8Array(height * width);
  let at = 0;
  for (const [run, length] of counts.entries()) {
    for (const end = at + length; at < end; at++) mask[(at % height) * width + Math.floor(at / height)] = run % 2;
  }
  return mask;
}
