import { z } from 'zod';

import { checked } from '../json/parse.js';
import { streamJson } from '../json/stream.js';
import { listedDataset, listedImage, noFiles, type ListedImage } from '../listed/dataset.js';
import { findAnnotationFiles, type AnnotationFile } from '../listed/files.js';
import type { Dataset } from '../types.js';

const entry = z
  .object({ image: z.string().optional(), imagefilename: z.string().optional() })
  .refine(({ image, imagefilename: name }) => Boolean(image ?? name), { error: 'there is no "image"' })
  .transform(({ image, imagefilename: name }) => ({ image: image ?? name ?? '' }));

const objects = z.array(
  z.object({
    label: z.union([z.string(), z.number().transform(String)]),
    coordinates: z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }),
  }),
);

/** Apple documents `annotation` with `imagefilename`, and its tools write `annotations` with `image`. */
const content = z
  .object({ annotations: objects.optional(), annotation: objects.optional() })
  .refine(({ annotations, annotation }) => annotations !== undefined || annotation !== undefined, {
    error: 'there is no "annotations"',
  })
  .transform(({ annotations, annotation }) => annotations ?? annotation ?? []);

/**
 * Opens CreateML's object detection: `[{"image", "annotations": [{"label", "coordinates": {"x", "y", "width",
 * "height"}}]}]`, x and y being the center of the box in pixels
 * (https://developer.apple.com/documentation/createml/building-an-object-detector-data-source); `imagefilename` and
 * `annotation` stand for them in the documentation of `MLObjectDetector.AnnotationType`. Units, origin and anchor are
 * given to the training and not written in the file.
 */
export async function openCreateMl(path: string): Promise<Dataset> {
  const found = await findAnnotationFiles(path, /\.json$/i, recogniseCreateMl);
  if (found.files.length === 0) throw noFiles(path, 'JSON file of CreateML');
  return listedDataset({ format: 'create_ml', ...found, read });
}

/** What a file's start shows of CreateML, in words; null when it is something else. */
export function recogniseCreateMl(head: string): string | null {
  const isList = /^\uFEFF?\s*\[\s*\{/.test(head);
  return isList && /"(image|imagefilename)"\s*:\s*"/.test(head) && /"coordinates"\s*:\s*\{/.test(head)
    ? "has CreateML's coordinates"
    : null;
}

async function* read({ path }: AnnotationFile): AsyncGenerator<ListedImage> {
  for await (const records of streamJson(path, { elements: [], values: [], all: true })) {
    for (const { index, value } of records) {
      const at = `[${index ?? 0}]`;
      const { image } = checked(entry, value, path, at);
      yield listedImage([image], () => ({
        objects: checked(content, value, path, at).map(({ label, coordinates: { x, y, width, height } }) => ({
          label,
          box: { x: x - width / 2, y: y - height / 2, width, height },
        })),
      }));
    }
  }
}
