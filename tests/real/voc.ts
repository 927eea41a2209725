/** The 50 annotated VOC photos of the shared assets, with the classes' names as COCO has them. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export interface VocPhoto {
  readonly path: string;
  readonly objects: readonly {
    readonly name: string;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  }[];
}

const schema = z.object({
  images: z.array(z.object({ id: z.number(), file_name: z.string() })),
  categories: z.array(z.object({ id: z.number(), name: z.string() })),
  annotations: z.array(
    z.object({
      image_id: z.number(),
      category_id: z.number(),
      bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]),
    }),
  ),
});

/** VOC's names that differ from COCO's. */
const COCO_NAMES: Readonly<Record<string, string>> = {
  aeroplane: 'airplane',
  diningtable: 'dining table',
  motorbike: 'motorcycle',
  pottedplant: 'potted plant',
  sofa: 'couch',
  tvmonitor: 'tv',
};

/** @param folder `voc2012-50/`, with a slash at its end. */
export function vocPhotos(folder: URL): VocPhoto[] {
  const text = readFileSync(new URL('annotations/instances_default.json', folder), 'utf8');
  const { images, categories, annotations } = schema.parse(JSON.parse(text));
  const names = new Map(categories.map(({ id, name }) => [id, COCO_NAMES[name] ?? name]));
  return images.map(({ id, file_name: file }) => ({
    path: fileURLToPath(new URL(`JPEGImages/${file}`, folder)),
    objects: annotations
      .filter(({ image_id: image }) => image === id)
      .map(({ category_id: category, bbox: [x, y, width, height] }) => ({
        name: names.get(category) ?? '',
        x,
        y,
        width,
        height,
      })),
  }));
}
