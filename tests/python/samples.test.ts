/** The sample scripts in the wheels of Datumaro's releases, unchanged: each answers, or is refused by its kind. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openModel } from '../../src/models/open.js';
import { plainImage } from '../../src/image/index.js';
import { predict } from '../../src/runs/predict.js';
import { emittingModel, type Emitted } from '../helpers/emit.js';
import { pythonWith } from '../helpers/python.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** Where the wheels were unpacked, a folder each: `datumaro-1.2.1`... (.ci/python fetches them). */
const WHEELS = process.env['DATUM_TEST_DATUMARO'] ?? '';
const python = pythonWith('numpy', 'cv2');
const folder = tempFolder();

const IMAGE = plainImage(200, 100, [200, 100, 50]);
/** One box of class 1, .9 sure, over the middle; the rest are none. */
const SSD = [0, 1, 0.9, 0.25, 0.25, 0.75, 0.75];
const CONFIDENCES = [0.1, 0.9];
const MIDDLE = { x: 50, y: 25, width: 100, height: 50 };

/** What a sample is given, and what it is to answer: the best box or class, or a refusal. */
interface Case {
  readonly input: readonly [height: number, width: number];
  readonly outputs: readonly Emitted[];
  readonly best: { readonly score: number; readonly box?: typeof MIDDLE; readonly id?: number } | RegExp;
}

const vector = (name: string, count: number, at: number, value: number): Emitted => ({
  name,
  shape: [1, count],
  values: Array.from({ length: count }, (_, i) => (i === at ? value : 0)),
});
const ssd = (confidences: Emitted): Case => ({
  input: [64, 96],
  outputs: [{ name: 'detection_out', shape: [1, 1, 1, 7], values: SSD }, confidences],
  best: { score: 0.9, box: MIDDLE },
});

const SOFTMAX: Emitted = { name: 'Softmax_189/Softmax_', shape: [1, 2], values: CONFIDENCES };
const NO_MAP =
  /the code in Python answers a (HashKey|FeatureVector), of which no map can be made: return a Label or a Bbox\.$/;
const FEATURES = 'InceptionV4/Logits/PreLogitsFlatten/flatten_1/Reshape:0';
const googlenet: Case = {
  input: [299, 299],
  outputs: [vector('InceptionV4/Logits/Predictions', 1000, 7, 0.8), vector(FEATURES, 16, 0, 1)],
  best: { score: 0.8, id: 7 },
};
/** Boxes in pixels of the input, which is as wide as the scaled image: 992 / 200 = 4.96 pixels for one. */
const otx = (input: Case['input']): Case => {
  const ratio = Math.min(input[0] / IMAGE.height, input[1] / IMAGE.width);
  const corners = [50, 25, 150, 75].map((value) => value * ratio);
  return {
    input,
    outputs: [
      { name: 'boxes', shape: [1, 1, 5], values: [...corners, 0.7] },
      { name: 'labels', shape: [1, 1], values: [3] },
    ],
    best: { score: 0.7, box: MIDDLE },
  };
};

/** By release, and the name of the file. */
const CASES: Readonly<Record<string, Readonly<Record<string, Case>>>> = {
  '1.2.1': {
    'clip_text_ViT-B_32_interp': { input: [224, 224], outputs: [vector('output', 16, 0, 1)], best: NO_MAP },
    'clip_visual_ViT-B_32_interp': { input: [224, 224], outputs: [vector('output', 16, 0, 1)], best: NO_MAP },
    'googlenet-v4-tf_interp': {
      input: [299, 299],
      outputs: [vector('out', 1000, 7, 10)],
      best: { score: Math.exp(10) / (Math.exp(10) + 999), id: 7 },
    },
    mobilenet_v2_pytorch_interp: {
      input: [224, 224],
      outputs: [vector('out', 1000, 7, 10)],
      best: { score: Math.exp(10) / (Math.exp(10) + 999), id: 7 },
    },
    ssd_face_detection_interp: ssd(SOFTMAX),
    ssd_person_detection_interp: ssd(SOFTMAX),
    ssd_person_vehicle_bike_detection_interp: ssd(SOFTMAX),
    ssd_vehicle_detection_interp: ssd(SOFTMAX),
    ssd_mobilenet_coco_detection_interp: {
      ...ssd(SOFTMAX),
      best: /KeyError: 'do_ExpandDims_conf\/sigmoid'; the outputs are 'detection_out' .*'Softmax_189\/Softmax_'/,
    },
  },
  '1.4.1': {
    face_detection: { ...ssd(SOFTMAX), input: [400, 600], best: { score: 1, box: MIDDLE } },
    'clip_text_ViT-B_32_interp': { input: [224, 224], outputs: [vector('output', 16, 0, 1)], best: /./ },
    'clip_visual_ViT-B_32_interp': { input: [224, 224], outputs: [vector('output', 16, 0, 1)], best: NO_MAP },
    'googlenet-v4-tf_interp': { ...googlenet, best: NO_MAP },
    mobilenet_v2_pytorch_interp: {
      input: [224, 224],
      outputs: [vector('out', 1000, 7, 10)],
      best: { score: Math.exp(10) / (Math.exp(10) + 999), id: 7 },
    },
    otx_custom_object_detection_gen3_atss_interp: otx([736, 992]),
    otx_custom_object_detection_gen3_ssd_interp: otx([864, 864]),
    otx_custom_object_detection_yolox_interp: otx([416, 416]),
  },
  '1.11.1': {
    face_detection: { ...ssd(SOFTMAX), input: [400, 600], best: { score: 1, box: MIDDLE } },
    'clip_text_ViT-B_32_interp': { input: [224, 224], outputs: [vector('output', 16, 0, 1)], best: /./ },
    clip_text_vit_l_14_336px_int8_interp: { input: [336, 336], outputs: [vector('output', 16, 0, 1)], best: /./ },
    'clip_visual_ViT-B_32_interp': { input: [224, 224], outputs: [vector('output', 16, 0, 1)], best: NO_MAP },
    clip_visual_vit_l_14_336px_int8_interp: { input: [336, 336], outputs: [vector('output', 16, 0, 1)], best: NO_MAP },
    'googlenet-v4-tf_interp': googlenet,
    otx_custom_object_detection_gen3_atss_interp: otx([736, 992]),
    otx_custom_object_detection_gen3_ssd_interp: otx([864, 864]),
    otx_custom_object_detection_yolox_interp: otx([416, 416]),
  },
};

describe.skipIf(python === null || !existsSync(WHEELS)).each(Object.entries(CASES))(
  'samples of Datumaro %s',
  (release, cases) => {
    const plugins = join(WHEELS, `datumaro-${release}/datumaro/plugins`);
    const scripts = (existsSync(plugins) ? readdirSync(plugins, { recursive: true, encoding: 'utf8' }) : [])
      .filter((path) => /samples[\\/][^\\/]+\.py$/.test(path) && !['__init__.py', 'utils.py'].includes(basename(path)))
      .map((path) => join(plugins, path));

    it('all of them are known here', () => {
      expect(scripts.map((path) => basename(path, '.py')).sort()).toEqual(Object.keys(cases).sort());
    });

    it.each(scripts.map((path) => [basename(path, '.py'), path] as const))('%s', async (name, interpreter) => {
      const { input, outputs, best } = cases[name]!;
      const bytes = emittingModel([{ name: 'image', shape: [1, 3, ...input] }], outputs);
      const description = folder.write(`${release}-${name}.onnx`, bytes);
      const answer = async () => {
        const model = await openModel({ description, interpreter, python: python ?? undefined }, { workers: 1 });
        try {
          return (await predict(model, IMAGE)).found;
        } finally {
          await model.close();
        }
      };
      if (best instanceof RegExp) {
        await expect(answer()).rejects.toThrow(best);
        return;
      }
      const [first] = await answer();
      expect(first?.score).toBeCloseTo(best.score, 3);
      if (best.id !== undefined) expect(first?.label.id).toBe(best.id);
      if (best.box === undefined) return;
      for (const side of ['x', 'y', 'width', 'height'] as const) {
        expect(Math.abs((first?.box?.[side] ?? NaN) - best.box[side])).toBeLessThan(1);
      }
    });
  },
);
