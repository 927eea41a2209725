import { describe, expect, it } from 'vitest';
import { randoms } from './detection-reference.js';
import { fed, fixed, ramp, runLayer } from './ir-builder.js';

type Box = [number, number, number, number];

const check = (actual: readonly number[] | undefined, expected: readonly number[], digits = 3): void => {
  expect(actual?.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) expect(actual?.[index]).toBeCloseTo(value, digits);
};

/** A box moved by offsets of its centre and of the logarithm of its size. */
function move([x1, y1, x2, y2]: Box, [dx, dy, dw, dh]: Box, offset: number, growth: number): Box {
  const [width, height] = [x2 - x1 + offset, y2 - y1 + offset];
  const [cx, cy] = [x1 + 0.5 * width + dx * width, y1 + 0.5 * height + dy * height];
  const [w, h] = [Math.exp(Math.min(dw, growth)) * width, Math.exp(Math.min(dh, growth)) * height];
  return [cx - 0.5 * w, cy - 0.5 * h, cx + 0.5 * w - offset, cy + 0.5 * h - offset];
}

function overlap(a: Box, b: Box, offset: number): number {
  const area = (box: Box): number => (box[2] - box[0] + offset) * (box[3] - box[1] + offset);
  const w = Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0]) + offset);
  const h = Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]) + offset);
  return (w * h) / (area(a) + area(b) - w * h);
}

interface Scored {
  readonly box: Box;
  readonly score: number;
}

/** The best boxes that do not overlap a better one by more than a threshold. */
function suppress<T extends Scored>(boxes: readonly T[], threshold: number, most: number, offset: number): T[] {
  const kept: T[] = [];
  for (const one of [...boxes].sort((a, b) => b.score - a.score)) {
    if (kept.length < most && kept.every(({ box }) => overlap(box, one.box, offset) <= threshold)) kept.push(one);
  }
  return kept;
}

const boxAt = (values: readonly number[], index: number): Box => values.slice(index * 4, index * 4 + 4) as Box;
const growth = Math.log(1000 / 16);

describe('ExperimentalDetectron', () => {
  it('PriorGridGenerator lays boxes around cells', async () => {
    const priors = [-4, -2, 4, 2, -1, -1, 1, 1];
    const inputs = [fixed(priors, [2, 4]), fed(ramp(12), [1, 2, 2, 3]), fed(ramp(8 * 24), [1, 1, 8, 24])];
    const type = 'ExperimentalDetectronPriorGridGenerator';
    const expected = (stepX: number, stepY: number): number[] =>
      [0, 1].flatMap((row) =>
        [0, 1, 2].flatMap((column) =>
          priors.map((value, index) => value + (index % 2 === 0 ? (column + 0.5) * stepX : (row + 0.5) * stepY)),
        ),
      );
    const [flat] = await runLayer(type, inputs, [[12, 4]], { opset: 'opset6', data: { flatten: true } });
    check(flat?.data, expected(8, 4));
    const [grid] = await runLayer(type, inputs, [[2, 3, 2, 4]], {
      opset: 'opset6',
      data: { flatten: false, h: 0, w: 0, stride_x: 16, stride_y: 10 },
    });
    check(grid?.data, expected(16, 10));
  });

  it.each<[string, number, boolean]>([
    ['ExperimentalDetectronGenerateProposalsSingleImage', 1, false],
    ['GenerateProposals', 1, false],
    ['GenerateProposals', 0, true],
  ])('%s, borders %d', async (type, offset, normalized) => {
    const random = randoms(5);
    const [A, H, W, before, after, threshold, least] = [3, 3, 4, 20, 10, 0.4, 9];
    const many = (count: number, low: number, high: number): number[] =>
      Array.from({ length: count }, () => Math.fround(low + random() * (high - low)));
    const anchors = Array.from({ length: H * W * A }, () => {
      const [x, y] = [random() * 50, random() * 40];
      return [x, y, x + 5 + random() * 25, y + 5 + random() * 25].map(Math.fround);
    }).flat();
    const deltas = many(A * 4 * H * W, -0.5, 0.5);
    deltas[2 * H * W] = 9;
    const scores = many(A * H * W, 0, 1);
    const [imageHeight, imageWidth] = [48, 64];
    const single = type !== 'GenerateProposals';
    const all: (Scored & { large: boolean })[] = [];
    for (let h = 0; h < H; h++)
      for (let w = 0; w < W; w++)
        for (let a = 0; a < A; a++) {
          const delta = [0, 1, 2, 3].map((k) => deltas[((a * 4 + k) * H + h) * W + w]!) as Box;
          const moved = move(boxAt(anchors, all.length), delta, offset, growth);
          const box = moved.map((value, index) =>
            Math.max(0, Math.min(value, (index % 2 === 0 ? imageWidth : imageHeight) - offset)),
          ) as Box;
          const large = box[2] - box[0] + offset >= least && box[3] - box[1] + offset >= least;
          const score = scores[(a * H + h) * W + w]!;
          all.push({ box, large, score: single && !large ? 0 : score });
        }
    const top = [...all].sort((a, b) => b.score - a.score).slice(0, before);
    const kept = suppress(single ? top : top.filter(({ large }) => large), threshold, after, single ? 0 : offset);
    const outputs = await runLayer(
      type,
      [
        fed([imageHeight, imageWidth, 1], single ? [3] : [1, 3]),
        fed(anchors, single ? [H * W * A, 4] : [H, W, A, 4]),
        fed(deltas, single ? [A * 4, H, W] : [1, A * 4, H, W]),
        fed(scores, single ? [A, H, W] : [1, A, H, W]),
      ],
      single ? [[after, 4], [after]] : [[-1, 4], [-1], [1]],
      {
        opset: single ? 'opset6' : 'opset9',
        types: single ? ['f32', 'f32'] : ['f32', 'f32', 'i32'],
        data: {
          min_size: least,
          nms_threshold: threshold,
          pre_nms_count: before,
          post_nms_count: after,
          ...(single ? {} : { normalized }),
        },
      },
    );
    expect(kept.length).toBeLessThan(after + 1);
    const rows = single ? after : kept.length;
    check(outputs[0]?.data, Array.from({ length: rows }, (_, row) => kept[row]?.box ?? [0, 0, 0, 0]).flat());
    check(
      outputs[1]?.data,
      Array.from({ length: rows }, (_, row) => kept[row]?.score ?? 0),
    );
    if (!single) expect(outputs[2]?.data).toEqual([kept.length]);
  });

  it('TopKROIs', async () => {
    const rois = Array.from({ length: 12 }, (_, index) => index);
    const run = async (most: number): Promise<readonly number[] | undefined> =>
      (
        await runLayer(
          'ExperimentalDetectronTopKROIs',
          [fed(rois, [3, 4]), fed([0.2, 0.9, 0.5], [3])],
          [[Math.min(most, 3), 4]],
          { opset: 'opset6', data: { max_rois: most } },
        )
      )[0]?.data;
    expect(await run(2)).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
    expect(await run(5)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 2, 3]);
  });

  it.each([false, true])('ROIFeatureExtractor chooses a level by size, aligned: %s', async (aligned) => {
    const [C, size, points] = [2, 2, 2];
    const sizes = [16, 8];
    const maps = sizes.map((length, level) => ramp(C * length * length, level + 1));
    // Sizes of 40, none, 300 and 150 pixels; levels 0, none, 1 and 1: floor(2 + log2(size / 224)), at most 1.
    const rois = [4, 8, 44, 48, 9, 9, 9, 20, 0, 0, 300, 300, 10, 20, 160, 170, 3, 3, 3.2, 3.1];
    const levels = [0, 2, 1, 1, 0];
    const scales = [16, 32];
    const outputs = await runLayer(
      'ExperimentalDetectronROIFeatureExtractor',
      [fed(rois, [5, 4]), ...maps.map((map, level) => fed(map, [1, C, sizes[level]!, sizes[level]!]))],
      [
        [5, C, size, size],
        [5, 4],
      ],
      {
        opset: 'opset6',
        data: { output_size: size, sampling_ratio: points, pyramid_scales: scales.join(','), aligned },
      },
    );
    const expected: number[] = [];
    for (const [index, level] of levels.entries()) {
      const length = sizes[level] ?? 0;
      const map = maps[level] ?? [];
      const shift = aligned ? 0.5 : 0;
      const [x1, y1, x2, y2] = boxAt(rois, index).map((end) => end / (scales[level] ?? 1) - shift) as Box;
      const [w, h] = [Math.max(x2 - x1, 1) / size, Math.max(y2 - y1, 1) / size];
      const read = (c: number, y: number, x: number): number => {
        if (y < -1 || x < -1 || y > length || x > length) return 0;
        const [cy, cx] = [Math.min(Math.max(y, 0), length - 1), Math.min(Math.max(x, 0), length - 1)];
        const [y0, x0] = [Math.floor(cy), Math.floor(cx)];
        const at = (row: number, column: number): number =>
          map[(c * length + Math.min(row, length - 1)) * length + Math.min(column, length - 1)]!;
        const top = at(y0, x0) * (1 - cx + x0) + at(y0, x0 + 1) * (cx - x0);
        const bottom = at(y0 + 1, x0) * (1 - cx + x0) + at(y0 + 1, x0 + 1) * (cx - x0);
        return top * (1 - cy + y0) + bottom * (cy - y0);
      };
      for (let c = 0; c < C; c++)
        for (let i = 0; i < size; i++)
          for (let j = 0; j < size; j++) {
            const found = [0.25, 0.75].flatMap((dy) =>
              [0.25, 0.75].map((dx) => (level === 2 ? 0 : read(c, y1 + (i + dy) * h, x1 + (j + dx) * w))),
            );
            expected.push(found.reduce((a, b) => a + b) / 4);
          }
    }
    check(outputs[0]?.data, expected);
    check(outputs[1]?.data, rois);
  });

  it.each<[string, number, number]>([
    ['all fit, in the order of classes', 20, 0.3],
    ['too many, the best by score', 4, 0.05],
    ['none', 4, 2],
  ])('DetectionOutput: %s', async (_name, most, least) => {
    const random = randoms(3);
    const [R, C, threshold, perClass] = [8, 3, 0.4, 5];
    const rois = Array.from({ length: R }, (_, index) => {
      const [x, y] = [random() * 30, random() * 30];
      return index === 2 ? [x, y, x, y + 5] : [x, y, x + 5 + random() * 20, y + 5 + random() * 20];
    })
      .flat()
      .map(Math.fround);
    const deltas = Array.from({ length: R * C * 4 }, () => Math.fround((random() - 0.5) * 6));
    const scores = Array.from({ length: R * C }, () => Math.fround(random()));
    const weights: Box = [10, 10, 5, 5];
    const found: (Scored & { label: number })[] = [];
    for (let label = 1; label < C; label++) {
      const candidates = Array.from({ length: R }, (_, roi) => {
        const delta = boxAt(deltas, roi * C + label).map((value, k) => value / weights[k]!) as Box;
        const box = move(boxAt(rois, roi), delta, 1, 4).map((value) => Math.max(0, value)) as Box;
        return { box, label, score: roi === 2 ? 0 : scores[roi * C + label]! };
      }).filter(({ score }) => score > least);
      found.push(...suppress(candidates, threshold, perClass, 1));
    }
    const rows = found.length > most ? [...found].sort((a, b) => b.score - a.score).slice(0, most) : found;
    const outputs = await runLayer(
      'ExperimentalDetectronDetectionOutput',
      [fed(rois, [R, 4]), fed(deltas, [R, C * 4]), fed(scores, [R, C]), fed([100, 100, 1], [1, 3])],
      [[most, 4], [most], [most]],
      {
        opset: 'opset6',
        types: ['f32', 'i32', 'f32'],
        data: {
          score_threshold: least,
          nms_threshold: threshold,
          num_classes: C,
          post_nms_count: perClass,
          max_detections_per_image: most,
          class_agnostic_box_regression: false,
          max_delta_log_wh: 4,
          deltas_weights: weights.join(','),
        },
      },
    );
    const filled = Array.from({ length: most }, (_, row) => rows[row] ?? { box: [0, 0, 0, 0], label: 0, score: 0 });
    check(
      outputs[0]?.data,
      filled.flatMap(({ box }) => box),
    );
    expect(outputs[1]?.data).toEqual(filled.map(({ label }) => label));
    check(
      outputs[2]?.data,
      filled.map(({ score }) => score),
    );
  });
});

describe('MulticlassNms', () => {
  it.each<[string, Record<string, string | number | boolean>]>([
    ['by score', { sort_result_type: 'score', keep_top_k: 5 }],
    ['by class', { sort_result_type: 'classid', keep_top_k: 5, background_class: 1 }],
    ['with candidates limited, borders belonging to boxes', { sort_result: 'score', nms_top_k: 3, normalized: false }],
    ['with a score that nothing reaches', { score_threshold: 3 }],
  ])('%s', async (_name, data) => {
    const random = randoms(9);
    const [M, C, threshold] = [10, 3, 0.3];
    const boxes = Array.from({ length: M }, () => {
      const [x, y] = [random() * 20, random() * 20];
      return [x, y, x + 4 + random() * 12, y + 4 + random() * 12].map(Math.fround);
    }).flat();
    const scores = Array.from({ length: C * M }, () => Math.fround(random()));
    const least = Number(data['score_threshold'] ?? 0.25);
    const offset = data['normalized'] === false ? 1 : 0;
    const found: (Scored & { label: number; index: number })[] = [];
    for (let label = 0; label < C; label++) {
      if (label === data['background_class']) continue;
      const candidates = Array.from({ length: M }, (_, index) => ({
        box: boxAt(boxes, index),
        label,
        index,
        score: scores[label * M + index]!,
      }))
        .filter(({ score }) => score >= least)
        .sort((a, b) => b.score - a.score)
        .slice(0, Number(data['nms_top_k'] ?? M));
      found.push(...suppress(candidates, threshold, M, offset));
    }
    const best = [...found].sort((a, b) => b.score - a.score).slice(0, Number(data['keep_top_k'] ?? found.length));
    if (data['sort_result_type'] === 'classid') best.sort((a, b) => a.label - b.label || b.score - a.score);
    const outputs = await runLayer(
      'MulticlassNms',
      [fed(boxes, [1, M, 4]), fed(scores, [1, C, M])],
      [[-1, 6], [-1, 1], [1]],
      {
        opset: 'opset9',
        types: ['f32', 'i64', 'i64'],
        data: { iou_threshold: threshold, score_threshold: 0.25, ...data },
      },
    );
    check(
      outputs[0]?.data,
      best.flatMap(({ label, score, box }) => [label, score, ...box]),
      4,
    );
    expect(outputs[1]?.data).toEqual(best.map(({ index }) => index));
    expect(outputs[2]?.data).toEqual([best.length]);
  });
});
