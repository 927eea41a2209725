import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Prediction } from '../../src/annotations/index.js';
import { readImage } from '../../src/image/files.js';
import { mirrorImage, noiseImage, plainImage, shuffledImage, type RgbImage } from '../../src/image/index.js';
import type { Preprocessing } from '../../src/interpreters/contract/types.js';
import { alternativesTo } from '../../src/interpreters/infer/diagnosis/alternatives.js';
import { diagnose, type TrialSubject } from '../../src/interpreters/infer/diagnosis/diagnose.js';
import { copyPrediction } from '../../src/models/copy-prediction.js';
import type { OpenModel } from '../../src/models/open-model.js';
import { openModel } from '../../src/models/open.js';
import type { BenchTask, Measurement } from '../task.js';

const ASSETS = fileURLToPath(new URL('../../../shared/assets/', import.meta.url));

/** A model, how it is fed rightly where the guess is wrong, and photos of what it knows. */
interface Subject {
  readonly name: string;
  readonly file: string;
  readonly right?: Partial<Preprocessing>;
  /** Where absent: all photos. */
  readonly shows?: readonly string[];
}

const FACES = ['photos/crops/face_astronaut.png', 'photos/crops/face_hopper.png'];
const CARS = ['photos/crops/car_darknet.png', 'photos/crops/car_voc252.png'];
const RAW = { scale: 1, mean: [0], std: [1] };

const SUBJECTS: readonly Subject[] = [
  { name: 'squeezenet1.1', file: 'onnx/squeezenet1.1.onnx' },
  { name: 'mobilenetv2', file: 'onnx/mobilenetv2-12-qdq.onnx' },
  { name: 'mnist', file: 'field/mnist_raw_scale.onnx', right: RAW, shows: ['field/digit0.jpg'] },
  {
    name: 'emotion',
    file: 'field/tf2onnx_emotion.onnx',
    right: { scale: 1 / 255, mean: [0], std: [1] },
    shows: FACES.slice(0, 1),
  },
  { name: 'age-gender', file: 'field/ir/age-gender-recognition-retail-0013', shows: FACES },
  { name: 'vehicle-attributes', file: 'ir/vehicle-attributes-recognition-barrier-0039/FP32', shows: CARS },
  { name: 'yolox-nano', file: 'onnx/yolox_nano.onnx' },
  { name: 'nanodet', file: 'onnx/nanodet.onnx' },
  { name: 'ultraface', file: 'field/ultraface_rfb_320.onnx', shows: [...FACES, 'photos/skimage_astronaut.png'] },
];

/** What an error of the feeding is. */
type Fault = 'scale' | 'color' | 'mean';
/** What the advice is worth: `mends` gives the right answer, `scale` the right scale alone. */
type Outcome = 'mends' | 'scale' | 'wrong' | 'none';

/**
 * How often advice is right: every model is fed rightly and in all usual wrong ways, on photos of what it knows and, rightly,
 * on others; what is advised is counted by whether it gives the right answer.
 */
export const advice: BenchTask = {
  name: 'advice',
  title: 'advice on preprocessing, right and wrong; arguments: photos a model (23), models',
  async run([most = '23', names]) {
    if (!existsSync(ASSETS)) throw new Error('this benchmark needs ../shared/assets');
    const photos = readdirSync(`${ASSETS}photos`)
      .filter((name) => /\.(jpg|png)$/.test(name))
      .slice(0, Number(most))
      .map((name) => `photos/${name}`);
    const counts = new Map<string, number>();
    const count = (key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
    for (const subject of SUBJECTS) {
      if (names !== undefined && !names.split(',').includes(subject.name)) continue;
      const model = await openModel(modelFile(subject.file), {
        workers: 1,
        image: await readImage(`${ASSETS}${photos[0]!}`),
      });
      const shown = subject.shows ?? photos;
      for (const photo of new Set([...shown, ...photos])) {
        await judge(model, subject, photo, shown.includes(photo), (outcome) => {
          count(outcome);
          count(`${subject.name} ${outcome}`);
        });
      }
      await model.close();
      for (const [key, value] of counts) if (key.startsWith(`${subject.name} `)) console.log(`  ${key}: ${value}`);
    }
    return rates(counts);
  },
};

function modelFile(path: string): string {
  if (path.endsWith('.onnx')) return `${ASSETS}${path}`;
  const found = readdirSync(`${ASSETS}${path}`, { recursive: true }).map(String);
  return `${ASSETS}${path}/${found.find((name) => name.endsWith('.xml')) ?? ''}`;
}

async function judge(
  model: OpenModel,
  subject: Subject,
  photo: string,
  known: boolean,
  count: (outcome: string) => void,
): Promise<void> {
  const right: Preprocessing = { ...model.info.preprocessing, ...subject.right };
  const image = await readImage(`${ASSETS}${photo}`);
  const run = trials(model, image);
  const placement = (await model.scene(image)).placement;
  const context = { area: placement.area, confidence: 0.25, nms: model.info.nms };
  const truth = await answerOf(run, right);
  const task = (await run(right, 'image')).scores === null ? 'detection' : 'classification';
  const advised = async (fed: Preprocessing): Promise<Preprocessing | null> => {
    const options = (
      await diagnose(null, { preprocessing: fed, interpreter: model.info.interpreter, task }, context, run)
    )?.advice?.options;
    if (options === undefined) return null;
    const group = options.scale === undefined ? {} : { ...RAW, ...options };
    return { ...fed, ...options, ...group };
  };
  count(`${known ? 'right' : 'right, of other things'}: ${(await advised(right)) === null ? 'none' : 'wrong'}`);
  if (!known || truth === null) return;
  for (const { preprocessing: fed } of alternativesTo(right)) {
    // What gives the right answer all the same does no harm.
    if ((await answerOf(run, fed)) === truth) continue;
    const better = await advised(fed);
    count(`${faultOf(fed, right)}: ${await outcomeOf(better)}`);
  }

  async function outcomeOf(better: Preprocessing | null): Promise<Outcome> {
    if (better === null) return 'none';
    if ((await answerOf(run, better)) === truth) return 'mends';
    return rangeOf(better) === rangeOf(right) ? 'scale' : 'wrong';
  }
}

/** The classes that the model answers: the first, or those of its sure boxes. Null where there are none. */
async function answerOf(run: ReturnType<typeof trials>, preprocessing: Preprocessing): Promise<string | null> {
  const { scores, proposals } = await run(preprocessing, 'image');
  if (scores !== null) return String(scores.indexOf(Math.max(...scores)));
  if (proposals === null) return null;
  const { detectionsOf } = await import('../../src/annotations/index.js');
  const [first] = detectionsOf(proposals, 0.5, 0.45);
  return first === undefined ? null : String(first.label);
}

/** How large the values are that the model is fed with. */
function rangeOf({ scale, std }: Preprocessing): 'pixels' | 'small' {
  return Math.abs(255 * scale) / Math.abs(std[0] ?? 1) > 20 ? 'pixels' : 'small';
}

function faultOf(fed: Preprocessing, right: Preprocessing): Fault {
  if (rangeOf(fed) !== rangeOf(right)) return 'scale';
  return JSON.stringify([fed.scale, fed.mean, fed.std]) === JSON.stringify([right.scale, right.mean, right.std])
    ? 'color'
    : 'mean';
}

/** Answers, each run once. */
function trials(
  model: OpenModel,
  image: RgbImage,
): (preprocessing: Preprocessing, subject: TrialSubject) => Promise<Prediction> {
  const { width, height } = model.info.input;
  const subjects: Readonly<Record<TrialSubject, RgbImage>> = {
    image,
    mirrored: mirrorImage(image),
    plain: plainImage(width, height, [128, 128, 128]),
    shuffled: shuffledImage(image),
    noise: noiseImage(2 * width, 2 * height),
  };
  const known = new Map<string, Promise<Prediction>>();
  return (preprocessing, subject) => {
    const key = JSON.stringify([subject, preprocessing]);
    const answer =
      known.get(key) ??
      model.tryPreprocessing(subjects[subject], preprocessing).then(({ prediction }) => copyPrediction(prediction));
    known.set(key, answer);
    return answer;
  };
}

function rates(counts: ReadonlyMap<string, number>): Measurement[] {
  const measurements: Measurement[] = [];
  for (const fault of ['right', 'right, of other things', 'scale', 'color', 'mean']) {
    const of = [...counts].filter(([key]) => key.startsWith(`${fault}: `));
    const all = of.reduce((sum, [, value]) => sum + value, 0);
    for (const [key, value] of of) {
      console.log(`${key}: ${value} of ${all}`);
      measurements.push({ name: key.replace(': ', '-').replaceAll(/[ ,]+/g, '-'), value: value / all, unit: 'share' });
    }
  }
  return measurements;
}
