/** Models in Python that look at one place of an image, and what is found and mapped by them. */
import { plainImage, type RgbImage } from '../../src/image/index.js';
import { openModel, type ModelSource } from '../../src/models/open.js';
import { describeFacts } from '../../src/report/words/model-facts.js';
import { predict } from '../../src/runs/predict.js';
import { explain } from './explain.js';
import { pythonWith } from './python.js';
import { tempFolder } from './temp-folder.js';

export const python = pythonWith('numpy');
export const folder = tempFolder();

/** Gray, with a bright square whose place the planted models look at. */
export const SQUARE = { x: 120, y: 20, width: 40, height: 40 };
export const IMAGE = withSquare(200, 100);

function withSquare(width: number, height: number): RgbImage {
  const image = plainImage(width, height, [60, 60, 60]);
  for (let y = SQUARE.y; y < SQUARE.y + SQUARE.height; y++) {
    image.data.fill(220, 3 * (y * width + SQUARE.x), 3 * (y * width + SQUARE.x + SQUARE.width));
  }
  return image;
}

let count = 0;

export function modelOf(
  source: string,
  more: Partial<Exclude<ModelSource, string>> = {},
): Exclude<ModelSource, string> {
  count += 1;
  return {
    description: folder.write(`m${count}/model.py`, source),
    python: python ?? undefined,
    timeout: 60,
    ...more,
  };
}

/** What is found in the image, rounded. */
export async function found(source: ModelSource, image = IMAGE) {
  const model = await openModel(source, { workers: 1, image });
  try {
    return (await predict(model, image)).found.map(({ label, score, box }) => ({
      name: label.name,
      score: Number(score.toFixed(3)),
      box: box === null ? null : [box.x, box.y, box.width, box.height].map(Math.round),
    }));
  } finally {
    await model.close();
  }
}

export async function failure(source: ModelSource): Promise<string> {
  try {
    await found(source);
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  throw new Error('it did not fail');
}

/** The map of the first target, and what was decided of the model. */
export async function mapOf(source: ModelSource, maxSamples = 300) {
  const model = await openModel(source, { workers: 2, image: IMAGE });
  try {
    const { targets } = await explain(model, IMAGE, { maxSamples, stopAt: 'off' });
    const [first] = targets;
    if (first === undefined) throw new Error('nothing was explained');
    return { map: first.renderMap(), facts: describeFacts(model.info.facts), info: model.info };
  } finally {
    await model.close();
  }
}

/** The mean of a map inside the square less that outside, over its deviation. */
export function contrast(map: Float32Array): number {
  let [inside, outside, all] = [0, 0, 0];
  const area = SQUARE.width * SQUARE.height;
  map.forEach((value, i) => {
    const [x, y] = [(i % IMAGE.width) - SQUARE.x, Math.floor(i / IMAGE.width) - SQUARE.y];
    all += value * value;
    if (x >= 0 && x < SQUARE.width && y >= 0 && y < SQUARE.height) inside += value / area;
    else outside += value / (map.length - area);
  });
  return (inside - outside) / Math.sqrt(all / map.length);
}

/** Class 1 where the square is bright. */
export const LOOKS = `
import numpy as np
def looks(batch, x0=0.6, y0=0.2, x1=0.8, y1=0.6):
    n, h, w = batch.shape[:3]
    part = batch[:, int(y0 * h):int(y1 * h), int(x0 * w):int(x1 * w)].astype(np.float32)
    bright = part.reshape(n, -1).mean(1) / 255
    return np.stack([1 - bright, bright], 1)
`;
