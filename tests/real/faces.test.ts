/** Face and small detectors from the field on photos: what they are, where they see it, and what made them see it. */
import { afterEach, describe, expect, it } from 'vitest';
import { detectionsOf, iou, type Box } from '../../src/annotations/index.js';
import { readImage } from '../../src/image/files.js';
import { boxToImage } from '../../src/image/index.js';
import { openModel } from '../../src/models/open.js';
import { asset, hasAssets } from '../helpers/assets.js';
import { openDirect, type Direct } from '../helpers/direct.js';
import { explain } from '../helpers/explain.js';
import { densities } from '../helpers/maps.js';

/** Photos of one face each, and where a person sees it. */
const ASTRONAUT = { photo: 'photos/skimage_astronaut.png', face: { x: 180, y: 60, width: 89, height: 115 } };
const HOPPER = { photo: 'photos/coral_grace_hopper.png', face: { x: 178, y: 122, width: 178, height: 212 } };

const DOG = box(133, 205, 323, 543);
const CAR = box(467, 78, 693, 171);
const BICYCLE = box(61, 133, 572, 428);

function box(x: number, y: number, right: number, bottom: number): Box {
  return { x, y, width: right - x, height: bottom - y };
}

let direct: Direct | null = null;
async function open(name: string, photo: string): Promise<Direct> {
  await direct?.close();
  return (direct = await openDirect(asset(`field/${name}`), await readImage(asset(photo))));
}
afterEach(async () => {
  await direct?.close();
  direct = null;
});

interface Found extends Box {
  readonly name: string | undefined;
  readonly score: number;
}

async function found(model: Direct, photo: string, confidence: number): Promise<Found[]> {
  const { inference } = model;
  const { prediction, placement } = await model.predict(await readImage(asset(photo)));
  return detectionsOf(prediction.proposals!, confidence, inference.interpreter.nms).map(
    ({ label, score, x, y, width: w, height: h }) => ({
      name: inference.labels?.[label],
      score,
      ...boxToImage({ x, y, width: w, height: h }, placement),
    }),
  );
}

/** Models of faces, the family each is read as, and the least score of a face that it sees plainly. */
const FACES = [
  ['retinaface_mnet025.onnx', 'retinaface', 0.99],
  ['scrfd_500m_kps.onnx', 'scrfd', 0.75],
  ['yunet_face.onnx', 'yunet', 0.9],
  ['ultraface_rfb_320.onnx', 'ultraface', 0.99],
  ['yolov5n_face_landmarks.onnx', 'yolov5-face', 0.85],
] as const;

describe.skipIf(!hasAssets)('real face detectors, read without flags', () => {
  it.each(FACES)('%s finds the one face', async (file, interpreter, score) => {
    for (const { photo, face } of [ASTRONAUT, HOPPER]) {
      const model = await open(file, photo);
      expect(model.inference.interpreter.name).toBe(interpreter);
      expect(model.inference.labels).toEqual(['face']);
      const faces = await found(model, photo, 0.5);
      expect(faces).toHaveLength(1);
      expect(faces[0]!.score).toBeGreaterThan(score);
      expect(iou(faces[0]!, face)).toBeGreaterThan(0.75);
    }
  });

  it.each(FACES)('%s finds none in a cup of coffee', async (file, interpreter) => {
    const photo = 'photos/skimage_coffee.png';
    const model = await open(file, photo);
    expect(model.inference.interpreter.name).toBe(interpreter);
    expect(await found(model, photo, 0.5)).toEqual([]);
  });

  it.each(FACES)('%s: the map of the box lies in the face', async (file) => {
    const model = await openModel({ description: asset(`field/${file}`) });
    try {
      const options = { maxSamples: 300, stopAt: 'off', detConfThresh: 0.5 } as const;
      const { targets, image } = await explain(model, asset(ASTRONAUT.photo), options);
      const [face, ...others] = targets.filter(({ kind }) => kind === 'bbox');
      expect(others).toEqual([]);
      expect(face?.label?.name).toBe('face');
      expect(iou(face!.box!, ASTRONAUT.face)).toBeGreaterThan(0.75);
      const map = { width: image.mapWidth, height: image.mapHeight, data: face!.renderMap() };
      const { inside, outside } = densities(map, ASTRONAUT.face);
      expect(inside).toBeGreaterThan(3 * outside);
    } finally {
      await model.close();
    }
  });

  it('a RetinaFace whose prior boxes the face in the photo tells, and a photo that does not', async () => {
    const told = await open('retinaface_mnet025.onnx', ASTRONAUT.photo);
    expect(told.inference.recognition).toMatchObject({ confidence: 'certain', options: { priors: 'usual' } });
    expect(told.inference.recognition.reason).toContain('with which neighbours agree on the face');
    const assumed = await open('retinaface_mnet025.onnx', 'photos/skimage_coffee.png');
    expect(assumed.inference.recognition).toMatchObject({ confidence: 'likely', options: { priors: 'usual' } });
    expect(assumed.inference.recognition.reason).toContain('the usual ones');
  });
});

describe.skipIf(!hasAssets)('FastestDet', () => {
  const photo = 'photos/darknet_dog.jpg';

  it('finds dog, car and bicycle, COCO named', async () => {
    const model = await open('fastestdet.onnx', photo);
    expect(model.inference.interpreter.name).toBe('fastestdet');
    expect(model.inference.facts.labels).toMatchObject({ by: 'guess', list: 'COCO' });
    const objects = await found(model, photo, 0.5);
    expect(objects.map(({ name }) => name).sort()).toEqual(['bicycle', 'car', 'dog']);
    for (const [name, where] of [
      ['dog', DOG],
      ['car', CAR],
    ] as const) {
      expect(
        iou(
          objects.find((object) => object.name === name)!,
          where,
        ),
        name,
      ).toBeGreaterThan(0.75);
    }
    // The model's own box: it misses the front wheel.
    expect(
      iou(
        objects.find(({ name }) => name === 'bicycle')!,
        BICYCLE,
      ),
    ).toBeGreaterThan(0.6);
  });

  it('the map of the dog lies in the dog', async () => {
    const model = await openModel({ description: asset('field/fastestdet.onnx') });
    try {
      const options = { maxSamples: 300, stopAt: 'off', detConfThresh: 0.5 } as const;
      const { targets, image } = await explain(model, asset(photo), options);
      const dog = targets.find(({ kind, label }) => kind === 'bbox' && label?.name === 'dog')!;
      const map = { width: image.mapWidth, height: image.mapHeight, data: dog.renderMap() };
      const { inside, outside } = densities(map, DOG);
      expect(inside).toBeGreaterThan(1.7 * outside);
    } finally {
      await model.close();
    }
  });
});
