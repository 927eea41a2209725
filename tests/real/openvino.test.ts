import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { onnxLauncher } from '../../src/launchers/onnx/index.js';
import { openvinoLauncher } from '../../src/launchers/openvino/index.js';
import type { Session, Tensor } from '../../src/launchers/types.js';

const shared = new URL('../../../shared/', import.meta.url);
const models = new URL('assets/ir/', shared);

const goldenSchema = z.record(
  z.string(),
  z.object({
    input: z.object({ size: z.tuple([z.number(), z.number()]), mean: z.array(z.number()).optional() }),
    results: z.array(
      z.object({
        image: z.string(),
        outputs: z.record(z.string(), z.union([z.string(), z.array(z.number())])),
        detections: z.array(z.object({ label: z.number(), score: z.number(), box: z.array(z.number()) })).optional(),
      }),
    ),
  }),
);

/** Answers of an independent translation, from images resized as below. */
const golden = existsSync(models)
  ? goldenSchema.parse(JSON.parse(readFileSync(new URL('GOLDEN.json', models), 'utf8')))
  : {};

async function open(path: string, outputLayers?: readonly string[]): Promise<Session> {
  const description = fileURLToPath(new URL(path, models));
  const prepared = await openvinoLauncher.prepare({ description, device: 'cpu', outputLayers });
  return openvinoLauncher.open(prepared, 2);
}

/** A photo as [1, 3, H, W], blue first, 0..255, less a mean. */
async function photo(
  name: string,
  width: number,
  height: number,
  mean = [0, 0, 0],
): Promise<Tensor & { w: number; h: number }> {
  const file = fileURLToPath(new URL(`assets/photos/${name}`, shared));
  const image = sharp(file).removeAlpha().toColourspace('srgb');
  const { width: w, height: h } = await sharp(file).metadata();
  const pixels = await image.resize(width, height, { fit: 'fill', kernel: 'lanczos3' }).raw().toBuffer();
  const plane = width * height;
  const data = new Float32Array(3 * plane);
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++) data[c * plane + i] = (pixels[i * 3 + (2 - c)] ?? 0) - (mean[c] ?? 0);
  }
  return { data, shape: [1, 3, height, width], w, h };
}

function photoExists(name: string): boolean {
  return existsSync(new URL(`assets/photos/${name}`, shared));
}

/** "243:bull mastiff=0.498 | ..." as class and probability. */
function parseTop(text: string): { id: number; score: number }[] {
  return text.split(' | ').map((part) => ({
    id: Number(part.slice(0, part.indexOf(':'))),
    score: Number(part.slice(part.lastIndexOf('=') + 1)),
  }));
}

describe.skipIf(!existsSync(models))('OpenVINO models', () => {
  // Gaze and licence plate take several inputs; they have tests of their own.
  const single = Object.entries(golden).filter(([path]) => !path.startsWith('gaze') && !path.startsWith('license'));
  for (const [path, { input, results }] of single) {
    const [width, height] = input.size;
    it(`${path} answers as GOLDEN.json says`, async () => {
      const session = await open(path);
      const name = session.signature.inputs[0]?.name ?? '';
      for (const { image, outputs, detections } of results.filter((result) => photoExists(result.image))) {
        const { w, h, ...feed } = await photo(image, width, height, input.mean);
        const actual = await session.run({ [name]: feed });
        for (const [output, expected] of Object.entries(outputs))
          compare(actual[output], expected, `${image} ${output}`);
        if (detections !== undefined) compareBoxes(Object.values(actual)[0], detections, w, h);
      }
      await session.close();
    });
  }

  it('SqueezeNet gives what the same network gives as ONNX', async () => {
    const file = fileURLToPath(new URL('assets/onnx/squeezenet1.1.onnx', shared));
    const network = await onnxLauncher.open(await onnxLauncher.prepare({ description: file, device: 'cpu' }), 2);
    const { data, shape } = await photo('catdog.png', 227, 227);
    const expected = Object.values(await network.run({ data: { data, shape } }))[0];
    const centred = await photo('catdog.png', 227, 227, [104, 117, 123]);
    for (const [variant, feed] of [
      ['FP16-v10/squeezenet1.1', { data, shape }],
      ['FP16-v11/squeezenet1.1', centred],
    ] as const) {
      const session = await open(`squeezenet1.1/${variant}.xml`);
      const { prob } = await session.run({ data: { data: feed.data, shape: feed.shape } });
      const differences = Array.from(prob?.data ?? [], (value, index) =>
        Math.abs(value - (expected?.data[index] ?? NaN)),
      );
      expect(Math.max(...differences)).toBeLessThan(1e-4);
      await session.close();
    }
    await network.close();
  });

  it('variants of one detector find the same', async () => {
    const astronaut = await photo('skimage_astronaut.png', 672, 384);
    const answers: number[][] = [];
    for (const variant of ['FP16', 'FP16-v11', 'FP16-v3', 'FP16-INT8']) {
      const session = await open(`face-detection-adas-0001/${variant}/face-detection-adas-0001.xml`);
      const name = session.signature.inputs[0]?.name ?? '';
      const { detection_out: rows } = await session.run({ [name]: { data: astronaut.data, shape: astronaut.shape } });
      answers.push(Array.from(rows?.data.subarray(0, 7) ?? []));
      await session.close();
    }
    for (const answer of answers) {
      // INT8 moves a box by less than a pixel of 672.
      for (const [index, value] of answers[0]!.entries())
        expect(Math.abs((answer[index] ?? NaN) - value)).toBeLessThan(3e-3);
    }
  });

  it('several images at once give what each gives alone', async () => {
    const session = await open('person-detection-retail-0013/FP16-v3/person-detection-retail-0013.xml');
    const person = await photo('darknet_person.jpg', 544, 320);
    const other = await photo('darknet_dog.jpg', 544, 320);
    const name = session.signature.inputs[0]?.name ?? '';
    const alone = async (image: Tensor): Promise<number[][]> => {
      const { detection_out: out } = await session.run({ [name]: { data: image.data, shape: image.shape } });
      return strong(out);
    };
    const single = [await alone(person), await alone(other)];
    const both = Float32Array.from([...person.data, ...other.data]);
    const { detection_out: joint } = await session.run({ [name]: { data: both, shape: [2, 3, 320, 544] } });
    const expected = single.flatMap((rows, image) => rows.map((row) => [image, ...row.slice(1)]));
    const actual = strong(joint);
    expect(actual.length).toBe(expected.length);
    for (const [row, values] of expected.entries()) {
      for (const [column, value] of values.entries()) expect(actual[row]?.[column]).toBeCloseTo(value, 3);
    }
    await session.close();
  });

  it('a gaze model has three inputs', async () => {
    const session = await open('gaze-estimation-adas-0002/FP16/gaze-estimation-adas-0002.xml');
    const shapes = session.signature.inputs.map((input) => input.shape.join());
    expect(shapes.sort()).toEqual(['1,3', '1,3,60,60', '1,3,60,60']);
    await session.close();
  });

  it('a license plate model reads letters up to the end of the plate', async () => {
    const path = 'license-plate-recognition-barrier-0001/FP16/license-plate-recognition-barrier-0001.xml';
    const session = await open(path, ['decode', 'reshape2']);
    const { data, shape } = await photo('catdog.png', 94, 24);
    const outputs = await session.run({
      data: { data, shape },
      seq_ind: { data: Float32Array.from({ length: 88 }, (_, step) => (step === 0 ? 0 : 1)), shape: [88, 1] },
    });
    const mean = Array.from(outputs['reshape2']?.data ?? []).reduce((sum, value) => sum + value, 0) / 6248;
    expect(mean).toBeCloseTo(-3.83749, 3);
    const codes = Array.from(outputs['decode']?.data ?? []);
    const end = codes.indexOf(-1);
    expect(end).toBeGreaterThan(0);
    expect(codes.slice(end).every((code) => code === -1)).toBe(true);
    await session.close();
  });
});

/** Rows of a DetectionOutput that are rather sure. */
function strong(tensor: Tensor | undefined): number[][] {
  const data = Array.from(tensor?.data ?? []);
  const rows = Array.from({ length: data.length / 7 }, (_, row) => data.slice(row * 7, row * 7 + 7));
  return rows.filter((row) => (row[2] ?? 0) > 0.3);
}

function compare(tensor: Tensor | undefined, expected: string | number[], what: string): void {
  const data = Array.from(tensor?.data ?? []);
  if (typeof expected !== 'string') {
    expect(data.length, what).toBe(expected.length);
    // Four digits are stored.
    for (const [index, value] of expected.entries())
      expect(Math.abs((data[index] ?? 0) - value), what).toBeLessThan(2e-3 * Math.max(1, Math.abs(value)));
  } else if (expected.startsWith('n=')) {
    const [count, mean] = expected.split(' ').map((part) => Number(part.slice(part.indexOf('=') + 1)));
    expect(data.length).toBe(count);
    expect(data.reduce((sum, value) => sum + value, 0) / data.length).toBeCloseTo(mean ?? 0, 3);
  } else {
    for (const { id, score } of parseTop(expected))
      expect(Math.abs((data[id] ?? 0) - score), `${what} ${id}`).toBeLessThan(1.5e-3);
  }
}

function compareBoxes(
  tensor: Tensor | undefined,
  expected: readonly { readonly label: number; readonly score: number; readonly box: readonly number[] }[],
  width: number,
  height: number,
): void {
  const data = tensor?.data ?? new Float32Array();
  const rows = Array.from({ length: data.length / 7 }, (_, row) => data.subarray(row * 7, row * 7 + 7));
  const end = rows.findIndex((row) => row[0] === -1);
  const found = rows.slice(0, end < 0 ? rows.length : end).filter((row) => (row[2] ?? 0) > 0.5);
  expect(found.length).toBe(expected.filter(({ score }) => score > 0.5).length);
  for (const [index, { label, score, box }] of expected.filter((one) => one.score > 0.5).entries()) {
    const row = found[index];
    expect(row?.[1]).toBe(label);
    expect(row?.[2]).toBeCloseTo(score, 2);
    const pixels = [3, 4, 5, 6].map((column) => (row?.[column] ?? 0) * (column % 2 === 1 ? width : height));
    // Stored to a tenth of a pixel.
    for (const [corner, value] of box.entries()) expect(Math.abs((pixels[corner] ?? 0) - value)).toBeLessThan(0.3);
  }
}
