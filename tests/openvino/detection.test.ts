import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detect, randoms, type DetectionSettings } from './detection-reference.js';
import { fed, IrBuilder, ints, ramp, runIr, runLayer } from './ir-builder.js';

const base: DetectionSettings = {
  classes: 3,
  priors: 12,
  background: 0,
  top: -1,
  keep: 10,
  shared: true,
  centre: true,
  encoded: false,
  confidence: 0.3,
  overlap: 0.4,
  clipBefore: false,
  clipAfter: false,
  byPrior: false,
};

async function compare(settings: DetectionSettings, seed: number, images = 1, legacy = false): Promise<void> {
  const random = randoms(seed);
  const { classes, priors } = settings;
  const places = settings.shared ? 1 : classes;
  const boxes = Array.from({ length: priors }, () => {
    const [x, y] = [random() * 0.7, random() * 0.7];
    return [x, y, x + 0.1 + random() * 0.3, y + 0.1 + random() * 0.3];
  }).flat();
  const variances = settings.encoded ? [] : Array.from({ length: priors }, () => [0.1, 0.1, 0.2, 0.2]).flat();
  const scale = settings.encoded ? 0.2 : 2;
  const inputs = {
    images,
    locations: Array.from({ length: images * priors * places * 4 }, () => Math.fround((random() - 0.5) * scale)),
    // Few different scores, so that many are equal.
    confidences: Array.from({ length: images * priors * classes }, () => Math.fround(Math.round(random() * 20) / 20)),
    priors: [...boxes, ...variances].map(Math.fround),
  };
  const rows = settings.keep > 0 ? settings.keep : settings.top > 0 ? settings.top * classes : classes * priors;
  const ir = new IrBuilder(legacy ? 3 : 11);
  const location = ir.parameter('location', [images, priors * places * 4]);
  const confidence = ir.parameter('confidence', [images, priors * classes]);
  const prior = ir.parameter('prior', [1, settings.encoded ? 1 : 2, priors * 4]);
  const [out] = ir.layer('DetectionOutput', [location, confidence, prior], [[1, 1, images * rows, 7]], {
    name: 'out',
    opset: 'opset8',
    data: {
      ...(legacy ? { num_classes: classes } : { normalized: 'true' }),
      background_label_id: settings.background,
      top_k: settings.top,
      keep_top_k: settings.keep,
      variance_encoded_in_target: settings.encoded,
      code_type: `caffe.PriorBoxParameter.${settings.centre ? 'CENTER_SIZE' : 'CORNER'}`,
      share_location: settings.shared,
      nms_threshold: settings.overlap,
      confidence_threshold: settings.confidence,
      clip_before_nms: settings.clipBefore,
      clip_after_nms: settings.clipAfter,
      decrease_label_id: settings.byPrior,
    },
  });
  ir.result(out!);
  const result = await runIr(ir, {
    location: { data: inputs.locations, shape: location.shape },
    confidence: { data: inputs.confidences, shape: confidence.shape },
    prior: { data: inputs.priors, shape: prior.shape },
  });
  const expected = detect(inputs, settings);
  const actual = result['out'];
  expect(actual?.shape).toEqual([1, 1, images * rows, 7]);
  const total = images * rows;
  for (let row = 0; row < total; row++) {
    const values = actual?.data.slice(row * 7, row * 7 + 7) ?? [];
    const wanted = expected[row] ?? [row === expected.length ? -1 : 0, 0, 0, 0, 0, 0, 0];
    for (const [column, value] of wanted.entries()) expect(values[column]).toBeCloseTo(value, 4);
  }
}

describe('DetectionOutput', () => {
  it.each<[string, Partial<DetectionSettings>]>([
    ['keeps the best of all classes', {}],
    ['keeps all', { keep: -1 }],
    ['keeps the best candidates of each class', { top: 5 }],
    ['keeps the best candidates when nothing bounds the detections', { top: 5, keep: -1 }],
    ['has boxes of their own for each class', { shared: false }],
    ['has boxes of their own for the best candidates', { shared: false, top: 4 }],
    ['decodes corners', { centre: false }],
    ['takes offsets in units of the box', { encoded: true }],
    ['cuts boxes before', { clipBefore: true }],
    ['cuts boxes after', { clipAfter: true }],
    ['has its background elsewhere, or none', { background: 2 }],
    ['has no background', { background: -1 }],
    ['counts each prior once', { byPrior: true }],
    ['counts each prior once, for the best priors and boxes of classes', { byPrior: true, top: 6, shared: false }],
    ['finds nothing', { confidence: 2 }],
  ])('%s', async (_name, change) => {
    for (const seed of [1, 2, 3]) await compare({ ...base, ...change }, seed);
  });

  it('puts the images of a batch one behind the other', async () => {
    await compare({ ...base, keep: 4 }, 5, 3);
    await compare({ ...base, keep: 4, top: 3, shared: false }, 6, 2);
  });

  it('of v3 knows the number of its classes', async () => {
    await compare(base, 7, 1, true);
  });

  it('agrees with plain loops for any settings', async () => {
    const settings = fc.record({
      classes: fc.integer({ min: 2, max: 5 }),
      priors: fc.integer({ min: 1, max: 30 }),
      background: fc.constantFrom(-1, 0, 1),
      top: fc.constantFrom(-1, 2, 7, 100),
      keep: fc.constantFrom(-1, 1, 6, 50),
      shared: fc.boolean(),
      centre: fc.boolean(),
      encoded: fc.boolean(),
      confidence: fc.constantFrom(0, 0.25, 0.7),
      overlap: fc.constantFrom(0.2, 0.45, 0.9),
      clipBefore: fc.boolean(),
      clipAfter: fc.boolean(),
      // With corners, offsets may turn boxes inside out; what they overlap is nobody's business.
      byPrior: fc.constant(false),
    });
    await fc.assert(
      fc.asyncProperty(settings, fc.integer({ min: 0, max: 1e6 }), (value, seed) =>
        compare({ ...value, centre: value.centre || !value.encoded ? true : value.centre }, seed),
      ),
      { numRuns: 60, seed: 42 },
    );
  });

  it('moves priors first and drops those that are no object, with five inputs', async () => {
    const ir = new IrBuilder();
    const ports = ['location', 'confidence', 'prior', 'object', 'move'].map((name, index) =>
      ir.parameter(
        name,
        [
          [1, 8],
          [1, 4],
          [1, 2, 8],
          [1, 4],
          [1, 8],
        ][index]!,
      ),
    );
    const [out] = ir.layer('DetectionOutput', ports, [[1, 1, 2, 7]], {
      name: 'out',
      opset: 'opset8',
      data: {
        background_label_id: 0,
        keep_top_k: 2,
        nms_threshold: 0.5,
        confidence_threshold: 0.1,
        normalized: 'true',
        objectness_score: 0.5,
        code_type: 'caffe.PriorBoxParameter.CENTER_SIZE',
        top_k: 2,
      },
    });
    ir.result(out!);
    const result = await runIr(ir, {
      location: { data: [0, 0, 0, 0, 1, 0, 0, 0], shape: [1, 8] },
      confidence: { data: [0.1, 0.9, 0.2, 0.8], shape: [1, 4] },
      prior: { data: [0, 0, 0.5, 0.5, 0.5, 0.5, 0.9, 0.9, ...new Array<number>(8).fill(0.1)], shape: [1, 2, 8] },
      object: { data: [0.9, 0.1, 0.1, 0.9], shape: [1, 4] },
      move: { data: [0, 0, 0, 0, 0, 1, 0, 0], shape: [1, 8] },
    });
    // The first is no object; the second moves down by a tenth of its height, then right by a tenth of its width.
    const expected = [0, 1, 0.8, 0.54, 0.54, 0.94, 0.94, -1, 0, 0, 0, 0, 0, 0];
    for (const [index, value] of expected.entries()) expect(result['out']?.data[index]).toBeCloseTo(value, 5);
  });
});

describe('prior boxes', () => {
  const sizes = [ints(1, 2), ints(100, 200)];
  const close = (actual: readonly number[] | undefined, expected: readonly number[]): void => {
    for (const [index, value] of expected.entries()) expect(actual?.[index]).toBeCloseTo(value, 5);
  };

  it('PriorBox: smallest, between, and each ratio, around the centres of cells', async () => {
    const [output] = await runLayer('PriorBox', sizes, [[2, 32]], {
      data: {
        min_size: '20',
        max_size: '80',
        aspect_ratio: '4',
        flip: 1,
        clip: 0,
        step: 0,
        offset: 0.5,
        variance: '0.1,0.2,0.3,0.4',
      },
    });
    const around = (x: number, y: number): number[] =>
      [
        [20, 20],
        [40, 40],
        [40, 10],
        [10, 40],
      ].flatMap(([w, h]) => [(x - w! / 2) / 200, (y - h! / 2) / 100, (x + w! / 2) / 200, (y + h! / 2) / 100]);
    close(output?.data, [...around(50, 50), ...around(150, 50)]);
    expect(output?.data.slice(32, 36).map((value) => Math.round(value * 10))).toEqual([1, 2, 3, 4]);
  });

  it('PriorBox: steps, offset, clipping and ratios in the other order', async () => {
    const [output] = await runLayer('PriorBox', sizes, [[2, 24]], {
      opset: 'opset8',
      data: {
        min_size: '60',
        max_size: '240',
        aspect_ratio: '1,4',
        flip: 0,
        clip: 1,
        step: 40,
        offset: 0.25,
        variance: '0.1',
        min_max_aspect_ratios_order: 'false',
      },
    });
    const clip = (value: number): number => Math.min(Math.max(value, 0), 1);
    const around = (x: number): number[] =>
      [
        [60, 60],
        [120, 30],
        [120, 120],
      ].flatMap(([w, h]) =>
        [(x - w! / 2) / 200, (10 - h! / 2) / 100, (x + w! / 2) / 200, (10 + h! / 2) / 100].map(clip),
      );
    close(output?.data, [...around(10), ...around(50)]);
    expect(output?.data[47]).toBeCloseTo(0.1, 5);
  });

  it('PriorBox: MXNet\u2019s sizes are shares of the height', async () => {
    const [output] = await runLayer('PriorBox', sizes, [[2, 16]], {
      data: { min_size: '0.2,0.4', aspect_ratio: '', clip: 0, step: -1, offset: 0.5, scale_all_sizes: 'false' },
    });
    const around = (x: number): number[] =>
      [20, 40].flatMap((size) => [
        (x - size / 2) / 200,
        (50 - size / 2) / 100,
        (x + size / 2) / 200,
        (50 + size / 2) / 100,
      ]);
    close(output?.data, [...around(50), ...around(150)]);
  });

  it('PriorBox: dense boxes of fixed size', async () => {
    const [output] = await runLayer('PriorBox', [ints(1, 1), ints(100, 100)], [[2, 16]], {
      data: { fixed_size: '40', density: '2', offset: 0.5, step: 0, clip: 0 },
    });
    const box = (x: number, y: number): number[] => [(x - 20) / 100, (y - 20) / 100, (x + 20) / 100, (y + 20) / 100];
    close(output?.data, [...box(40, 40), ...box(60, 40), ...box(40, 60), ...box(60, 60)]);
  });

  it('PriorBoxClustered: given widths and heights', async () => {
    const [output] = await runLayer('PriorBoxClustered', sizes, [[2, 16]], {
      data: {
        width: '20,40',
        height: '10,30',
        clip: 0,
        offset: 0.5,
        step_w: 100,
        step_h: 100,
        variance: '0.1,0.1,0.2,0.2',
      },
    });
    const around = (x: number): number[] =>
      [
        [20, 10],
        [40, 30],
      ].flatMap(([w, h]) => [(x - w! / 2) / 200, (50 - h! / 2) / 100, (x + w! / 2) / 200, (50 + h! / 2) / 100]);
    close(output?.data, [...around(50), ...around(150)]);
  });
});

describe('YOLO', () => {
  const [C, H, W] = [2 * 8, 2, 3];
  const data = ramp(C * H * W, 0.5);
  const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));
  const at = (region: number, channel: number, cell: number): number => data[(region * 8 + channel) * 6 + cell]!;

  it('RegionYolo of v3', async () => {
    const [output] = await runLayer('RegionYolo', [fed(data, [1, C, H, W])], [[1, C, H, W]], {
      data: { axis: 1, end_axis: 3, classes: 3, coords: 4, do_softmax: 0, num: 6, mask: '0,1' },
    });
    for (let region = 0; region < 2; region++)
      for (let channel = 0; channel < 8; channel++)
        for (let cell = 0; cell < 6; cell++) {
          const value = at(region, channel, cell);
          const expected = channel === 2 || channel === 3 ? value : sigmoid(value);
          expect(output?.data[(region * 8 + channel) * 6 + cell]).toBeCloseTo(expected, 5);
        }
  });

  it('RegionYolo of v2 has a softmax over classes and is flat', async () => {
    const [output] = await runLayer('RegionYolo', [fed(data, [1, C, H, W])], [[1, C * H * W]], {
      data: { axis: 1, end_axis: 3, classes: 3, coords: 4, do_softmax: 1, num: 2 },
    });
    expect(output?.shape).toEqual([1, C * H * W]);
    for (let region = 0; region < 2; region++)
      for (let cell = 0; cell < 6; cell++) {
        const scores = [5, 6, 7].map((channel) => Math.exp(at(region, channel, cell)));
        const total = scores.reduce((a, b) => a + b);
        for (let channel = 0; channel < 8; channel++) {
          const value = at(region, channel, cell);
          const expected =
            channel === 2 || channel === 3 ? value : channel > 4 ? scores[channel - 5]! / total : sigmoid(value);
          expect(output?.data[(region * 8 + channel) * 6 + cell]).toBeCloseTo(expected, 5);
        }
      }
  });
});
