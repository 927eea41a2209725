import { describe, expect, it } from 'vitest';
import { detectionsOf } from '../../src/annotations/index.js';
import { boxToImage } from '../../src/image/index.js';
import { interpreterNames } from '../../src/interpreters/registry.js';
import { openDirect } from '../helpers/direct.js';
import { emittingModel } from '../helpers/emit.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { headCases } from './layouts/anchor-heads.js';
import { faceCases } from './layouts/faces.js';
import { gridCases } from './layouts/grids.js';
import { otherCases } from './layouts/other.js';
import { IN_INPUT, NCHW, OBJECTS, IMAGE, type LayoutCase } from './layouts/scene.js';
import { planeCases } from './layouts/planes.js';
import { setPredictionCases } from './layouts/set-prediction.js';
import { ultralyticsCases } from './layouts/ultralytics.js';
import { smallCases } from './layouts/small.js';
import { yoloCases } from './layouts/yolo.js';

const folder = tempFolder();
const image = { ...IMAGE, data: new Uint8Array(3 * IMAGE.width * IMAGE.height).fill(90) };
const cases: readonly LayoutCase[] = [
  ...yoloCases,
  ...ultralyticsCases,
  ...setPredictionCases,
  ...planeCases,
  ...headCases,
  ...gridCases,
  ...otherCases,
  ...faceCases,
  ...smallCases,
];

function write({ title, inputs = NCHW, outputs, metadata = {} }: LayoutCase): string {
  return folder.write(`${title.replace(/\W+/g, '-')}.onnx`, emittingModel(inputs, outputs, metadata));
}

describe('every layout is recognised among all and read to the same two boxes', () => {
  it.each(cases.map((layout) => [layout.title, layout] as const))('%s', async (_title, layout) => {
    const { interpreter, chosenByUser = false, labels, ids = [2, 0], named, preprocessing } = layout;
    const model = await openDirect(write(layout), image, {
      ...(labels === undefined ? {} : { labels }),
      ...(chosenByUser ? { interpreter } : {}),
    });
    const { inference } = model;
    expect(inference.interpreter.name).toBe(interpreter);
    expect(inference.preprocessing).toMatchObject(preprocessing);
    expect(inference.facts.outputs).toMatchObject({ interpreter: inference.interpreter.name });

    const { prediction, placement } = await model.predict(image);
    await model.close();
    const detections = detectionsOf(prediction.proposals!, 0.3, inference.interpreter.nms);
    expect(detections).toHaveLength(2);
    const inInput = IN_INPUT[preprocessing.resize];
    for (const [index, { score, corners }] of OBJECTS.entries()) {
      const detection = detections[index]!;
      expect(detection.label).toBe(ids[index]);
      // Scores went through logits and back in float32.
      expect(detection.score).toBeCloseTo(score, 4);
      if (named !== undefined) expect(inference.labels?.[detection.label]).toBe(named[index]);
      const { x, y, width: w, height: h } = detection;
      expectCorners([x, y, x + w, y + h], inference.interpreter.usualSize === undefined ? inInput[index]! : null);
      const box = boxToImage(detection, placement);
      expectCorners([box.x, box.y, box.x + box.width, box.y + box.height], corners);
    }
  });

  it('every built-in interpreter has a layout here, but for classifiers, and for what Python answers (tests/python)', () => {
    const tested = new Set(cases.map(({ interpreter }) => interpreter));
    expect(interpreterNames.filter((name) => !tested.has(name))).toEqual(['classification', 'annotations']);
  });
});

/** A hundredth of a pixel: float32 logarithms and sigmoids on the way there and back. */
function expectCorners(actual: readonly number[], expected: readonly number[] | null): void {
  if (expected === null) return;
  for (const [axis, value] of expected.entries()) {
    expect(
      Math.abs(actual[axis]! - value),
      `corner ${axis}: ${actual.join(', ')} for ${expected.join(', ')}`,
    ).toBeLessThan(0.01);
  }
}
