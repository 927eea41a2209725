import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ModelSource } from '../src/models/open.js';
import { mobilenetV1 } from './tfjs-mobilenet.js';

const ANIMALS = fileURLToPath(new URL('../examples/animals/', import.meta.url));
const ASSETS = fileURLToPath(new URL('../../shared/assets/', import.meta.url));

/** A model and images that it knows something about. */
export interface Subject {
  readonly name: string;
  readonly task: 'classifier' | 'detector';
  readonly source: ModelSource;
  /** Paths; a detector may find nothing in some. */
  readonly images: readonly string[];
}

/**
 * The models and images of the example, and beside them public ones where they are there.
 *
 * @param converted folder for a model that is converted first; it is left out where absent
 */
export function subjects(converted?: string): Subject[] {
  const classified = imagesIn(join(ANIMALS, 'images'), /^(classifier|watermark)_/);
  const example = [
    animals('animals-clean', 'classifier', 'classifier-clean.onnx', classified),
    animals('animals-shortcut', 'classifier', 'classifier-shortcut.onnx', classified),
    animals('animals-detector', 'detector', 'detector.onnx', imagesIn(join(ANIMALS, 'images'), /^scene_/)),
  ] as const;
  if (!existsSync(ASSETS)) return [...example];
  const photos = imagesIn(join(ASSETS, 'photos'), /\.(jpg|png)$/);
  const voc = imagesIn(join(ASSETS, 'voc2012-50/JPEGImages'), /\.jpg$/);
  const images = [...firstOf(photos, ['catdog', 'darknet_dog', 'captum_elephant', 'goldfish']), ...voc];
  return [
    {
      name: 'squeezenet1.1',
      task: 'classifier',
      images,
      // The mean is subtracted inside.
      source: {
        description: join(ASSETS, 'onnx/squeezenet1.1.onnx'),
        interpreter: 'classification',
        color: 'bgr',
        scale: 1,
        mean: [0],
        std: [1],
      },
    },
    ...(converted === undefined ? [] : [mobilenetV1In(converted, images)]),
    { name: 'mobilenetv2', task: 'classifier', source: join(ASSETS, 'onnx/mobilenetv2-12-qdq.onnx'), images },
    { name: 'yolox-nano', task: 'detector', source: join(ASSETS, 'onnx/yolox_nano.onnx'), images },
    { name: 'nanodet', task: 'detector', source: join(ASSETS, 'onnx/nanodet.onnx'), images },
    ...example,
  ];
}

function mobilenetV1In(folder: string, images: readonly string[]): Subject {
  const file = join(folder, 'mobilenet-v1-025.onnx');
  mobilenetV1(join(ASSETS, 'tfjs/mobilenet_v1_0.25_224'), file);
  const source = { description: file, scale: 1, mean: [127.5], std: [127.5] };
  return { name: 'mobilenetv1-025', task: 'classifier', source, images };
}

function animals(name: string, task: Subject['task'], file: string, images: readonly string[]): Subject {
  return { name, task, source: join(ANIMALS, file), images };
}

function imagesIn(folder: string, name: RegExp): string[] {
  return readdirSync(folder)
    .filter((file) => name.test(file))
    .sort()
    .map((file) => join(folder, file));
}

/** The images of these names before the others. */
function firstOf(images: readonly string[], names: readonly string[]): string[] {
  const rank = (path: string): number => {
    const at = names.findIndex((name) => path.includes(name));
    return at < 0 ? names.length : at;
  };
  return [...images].sort((a, b) => rank(a) - rank(b));
}
