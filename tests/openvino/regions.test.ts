import { describe, expect, it } from 'vitest';
import { randoms } from './detection-reference.js';
import { fed, fixed, ramp, runLayer } from './ir-builder.js';

describe('regions', () => {
  const [C, H, W] = [8, 5, 6];
  const data = ramp(C * H * W);
  const value = (c: number, y: number, x: number): number =>
    data[(c * H + Math.min(Math.max(y, 0), H - 1)) * W + Math.min(Math.max(x, 0), W - 1)]!;
  const bilinear = (c: number, y: number, x: number): number => {
    if (y < 0 || x < 0 || y > H - 1 || x > W - 1) return 0;
    const [y0, x0] = [Math.floor(y), Math.floor(x)];
    const top = value(c, y0, x0) + (value(c, y0, x0 + 1) - value(c, y0, x0)) * (x - x0);
    const bottom = value(c, y0 + 1, x0) + (value(c, y0 + 1, x0 + 1) - value(c, y0 + 1, x0)) * (x - x0);
    return top + (bottom - top) * (y - y0);
  };
  const check = (actual: readonly number[] | undefined, expected: readonly number[]): void => {
    expect(actual?.length).toBe(expected.length);
    for (const [index, wanted] of expected.entries())
      expect(Math.abs((actual?.[index] ?? NaN) - wanted)).toBeLessThan(1e-4);
  };

  it('ROIPooling of maxima', async () => {
    const rois = [0, 2, 2, 9, 7, 0, 4, 0, 4, 0];
    const [output] = await runLayer('ROIPooling', [fed(data, [1, C, H, W]), fed(rois, [2, 5])], [[2, C, 2, 2]], {
      opset: 'opset2',
      data: { pooled_h: 2, pooled_w: 2, method: 'max', spatial_scale: 0.5 },
    });
    const expected: number[] = [];
    for (const [, x1, y1, x2, y2] of [rois.slice(0, 5), rois.slice(5)]) {
      const [left, top, right, bottom] = [x1!, y1!, x2!, y2!].map((end) => Math.round(end / 2));
      const [w, h] = [Math.max(right! - left! + 1, 1), Math.max(bottom! - top! + 1, 1)];
      for (let c = 0; c < C; c++)
        for (let i = 0; i < 2; i++)
          for (let j = 0; j < 2; j++) {
            const found: number[] = [];
            for (let y = Math.floor((i * h) / 2); y < Math.ceil(((i + 1) * h) / 2); y++)
              for (let x = Math.floor((j * w) / 2); x < Math.ceil(((j + 1) * w) / 2); x++)
                if (top! + y < H && left! + x < W) found.push(value(c, top! + y, left! + x));
            expected.push(found.length === 0 ? 0 : Math.max(...found));
          }
    }
    check(output?.data, expected);
  });

  it('ROIPooling of bilinear samples', async () => {
    const rois = [0, 0.1, 0.2, 0.9, 1, 0, -0.2, 0, 0.5, 0.5];
    const [output] = await runLayer('ROIPooling', [fed(data, [1, C, H, W]), fed(rois, [2, 5])], [[2, C, 3, 1]], {
      opset: 'opset2',
      data: { pooled_h: 3, pooled_w: 1, method: 'bilinear', spatial_scale: 1 },
    });
    const expected = [0, 1].flatMap((roi) => {
      const [, x1, y1, x2, y2] = rois.slice(roi * 5, roi * 5 + 5);
      return Array.from({ length: C }, (_, c) =>
        [0, 1, 2].map((i) => bilinear(c, (y1! + ((y2! - y1!) * i) / 2) * (H - 1), ((x1! + x2!) / 2) * (W - 1))),
      ).flat();
    });
    check(output?.data, expected);
  });

  it('PSROIPooling of averages', async () => {
    const rois = [0, 1.4, 2.6, 7, 9, 0, 3, 3, 3, 3];
    const [output] = await runLayer('PSROIPooling', [fed(data, [1, C, H, W]), fed(rois, [2, 5])], [[2, 2, 2, 2]], {
      data: { mode: 'average', group_size: 2, output_dim: 2, spatial_scale: 0.5 },
    });
    const expected: number[] = [];
    for (const [, x1, y1, x2, y2] of [rois.slice(0, 5), rois.slice(5)]) {
      const [left, top] = [Math.round(x1!) * 0.5, Math.round(y1!) * 0.5];
      const [w, h] = [((Math.round(x2!) + 1) * 0.5 - left) / 2, ((Math.round(y2!) + 1) * 0.5 - top) / 2];
      for (let c = 0; c < 2; c++)
        for (let i = 0; i < 2; i++)
          for (let j = 0; j < 2; j++) {
            const [ys, xs] = [Math.min(Math.floor(top + i * h), H - 1), Math.min(Math.floor(left + j * w), W - 1)];
            const [ye, xe] = [Math.min(Math.ceil(top + (i + 1) * h), H), Math.min(Math.ceil(left + (j + 1) * w), W)];
            let sum = 0;
            for (let y = ys; y < ye; y++) for (let x = xs; x < xe; x++) sum += value(c * 4 + i * 2 + j, y, x);
            expected.push(sum / ((ye - ys) * (xe - xs)));
          }
    }
    check(output?.data, expected);
  });

  it('PSROIPooling of bilinear samples', async () => {
    const rois = [0, 0.1, 0.2, 0.8, 0.9];
    const [output] = await runLayer('PSROIPooling', [fed(data, [1, C, H, W]), fed(rois, [1, 5])], [[1, 2, 3, 3]], {
      data: { mode: 'bilinear', group_size: 3, output_dim: 2, spatial_scale: 1, spatial_bins_x: 2, spatial_bins_y: 2 },
    });
    const expected: number[] = [];
    const [bw, bh] = [0.35, 0.35];
    for (let c = 0; c < 2; c++)
      for (let i = 0; i < 3; i++)
        for (let j = 0; j < 3; j++) {
          let sum = 0;
          for (let by = 0; by < 2; by++)
            for (let bx = 0; bx < 2; bx++) {
              const y = (0.2 + by * bh + (i * bh) / 2) * (H - 1);
              const x = (0.1 + bx * bw + (j * bw) / 2) * (W - 1);
              sum += bilinear((by * 2 + bx) * 2 + c, y, x);
            }
          expected.push(sum / 4);
        }
    check(output?.data, expected);
  });

  it.each<[string, string, string]>([
    ['asymmetric', 'avg', 'opset9'],
    ['half_pixel_for_nn', 'avg', 'opset9'],
    ['half_pixel', 'avg', 'opset9'],
    ['asymmetric', 'max', 'opset3'],
    ['half_pixel_for_nn', 'max', 'opset9'],
  ])('ROIAlign, %s, %s', async (aligned, mode, opset) => {
    const [scale, points] = [0.5, 2];
    const rois = [1, 2, 9, 7, 3, 3, 3.5, 4];
    const [output] = await runLayer(
      'ROIAlign',
      [fed(data, [1, C, H, W]), fed(rois, [2, 4]), fixed([0, 0], [2], 'i32')],
      [[2, C, 2, 3]],
      {
        opset,
        data: {
          pooled_h: 2,
          pooled_w: 3,
          sampling_ratio: points,
          spatial_scale: scale,
          mode,
          ...(opset === 'opset3' ? {} : { aligned_mode: aligned }),
        },
      },
    );
    // As the operation's reference does it: corners on the map, then samples within each cell.
    const [before, after] = [aligned === 'half_pixel' ? 0.5 : 0, aligned === 'asymmetric' ? 0 : -0.5];
    const within = (c: number, y: number, x: number): number =>
      bilinear(c, Math.min(Math.max(y, 0), H - 1), Math.min(Math.max(x, 0), W - 1));
    const expected: number[] = [];
    for (const roi of [rois.slice(0, 4), rois.slice(4)]) {
      const [x1, y1, x2, y2] = roi.map((end) => (end + before) * scale + after) as [number, number, number, number];
      const least = aligned === 'asymmetric' ? 1 : 0;
      const [w, h] = [Math.max(x2 - x1, least) / 3, Math.max(y2 - y1, least) / 2];
      for (let c = 0; c < C; c++)
        for (let i = 0; i < 2; i++)
          for (let j = 0; j < 3; j++) {
            const found = [0.25, 0.75].flatMap((dy) =>
              [0.25, 0.75].map((dx) => within(c, y1 + (i + dy) * h, x1 + (j + dx) * w)),
            );
            expected.push(mode === 'max' ? Math.max(0, ...found) : found.reduce((a, b) => a + b) / 4);
          }
    }
    check(output?.data, expected);
  });
});

describe('Proposal', () => {
  interface Case {
    readonly framework: string;
    readonly normalize: boolean;
  }
  it.each<Case>([
    { framework: '', normalize: false },
    { framework: 'tensorflow', normalize: true },
  ])('%o', async ({ framework, normalize }) => {
    const [A, H, W, stride] = [2, 3, 4, 16];
    const random = randoms(11);
    const scores = Array.from({ length: 2 * A * H * W }, () => Math.fround(random()));
    const deltas = Array.from({ length: 4 * A * H * W }, () => Math.fround((random() - 0.5) * 0.6));
    const [imageHeight, imageWidth, scale] = [48, 64, 1.5];
    const [before, after, threshold, least] = [12, 8, 0.5, 8];
    const tf = framework !== '';
    const extra = tf ? 0 : 1;
    const boxes: { box: number[]; score: number; order: number }[] = [];
    const anchors = [1, 2].map((size) => {
      const ratioWidth = tf ? Math.sqrt(256) : Math.round(Math.sqrt(256));
      const half = 0.5 * (ratioWidth * size - extra);
      const centre = 0.5 * (16 - extra) - (tf ? 8 : 0);
      return [centre - half, centre - half, centre + half, centre + half];
    });
    const clip = (value: number, limit: number): number => Math.max(0, Math.min(value, limit));
    for (let h = 0; h < H; h++)
      for (let w = 0; w < W; w++)
        for (let a = 0; a < A; a++) {
          const [sx, sy] = [(tf ? h : w) * stride, (tf ? w : h) * stride];
          let [x1, y1, x2, y2] = anchors[a]!.map((value, index) => value + (index % 2 === 0 ? sx : sy)) as [
            number,
            number,
            number,
            number,
          ];
          if (tf)
            [x1, y1, x2, y2] = [
              clip(x1, imageWidth),
              clip(y1, imageHeight),
              clip(x2, imageWidth),
              clip(y2, imageHeight),
            ];
          const d = [0, 1, 2, 3].map((k) => deltas[((a * 4 + k) * H + h) * W + w]!);
          const [width, height] = [x2 - x1 + extra, y2 - y1 + extra];
          const [cx, cy] = [x1 + 0.5 * width + d[0]! * width, y1 + 0.5 * height + d[1]! * height];
          const [pw, ph] = [Math.exp(d[2]!) * width, Math.exp(d[3]!) * height];
          const box = [
            clip(cx - 0.5 * pw, imageWidth - extra),
            clip(cy - 0.5 * ph, imageHeight - extra),
            clip(cx + 0.5 * pw, imageWidth - extra),
            clip(cy + 0.5 * ph, imageHeight - extra),
          ];
          const large = box[2]! - box[0]! + extra >= least * scale && box[3]! - box[1]! + extra >= least * scale;
          boxes.push({ box, score: large ? scores[((A + a) * H + h) * W + w]! : 0, order: boxes.length });
        }
    const sorted = boxes.sort((a, b) => b.score - a.score || a.order - b.order).slice(0, before);
    const area = (b: number[]): number => (b[2]! - b[0]! + extra) * (b[3]! - b[1]! + extra);
    const kept: typeof sorted = [];
    for (const one of sorted) {
      if (kept.length === after) break;
      const clear = kept.every(({ box }) => {
        const iw = Math.max(0, Math.min(box[2]!, one.box[2]!) - Math.max(box[0]!, one.box[0]!) + extra);
        const ih = Math.max(0, Math.min(box[3]!, one.box[3]!) - Math.max(box[1]!, one.box[1]!) + extra);
        return (iw * ih) / (area(box) + area(one.box) - iw * ih) <= threshold;
      });
      if (clear) kept.push(one);
    }
    const outputs = await runLayer(
      'Proposal',
      [fed(scores, [1, 2 * A, H, W]), fed(deltas, [1, 4 * A, H, W]), fed([imageHeight, imageWidth, scale], [3])],
      [[after, 5], [after]],
      {
        opset: 'opset4',
        data: {
          base_size: 16,
          feat_stride: stride,
          min_size: least,
          nms_thresh: threshold,
          pre_nms_topn: before,
          post_nms_topn: after,
          ratio: '1',
          scale: '1,2',
          normalize,
          framework,
        },
      },
    );
    const by = normalize ? [imageWidth, imageHeight, imageWidth, imageHeight] : [1, 1, 1, 1];
    for (let row = 0; row < after; row++) {
      const one = kept[row];
      const wanted =
        one === undefined
          ? [row === kept.length ? -1 : 0, 0, 0, 0, 0]
          : [0, ...one.box.map((value, index) => value / by[index]!)];
      for (const [column, value] of wanted.entries()) expect(outputs[0]?.data[row * 5 + column]).toBeCloseTo(value, 3);
      expect(outputs[1]?.data[row]).toBeCloseTo(one?.score ?? 0, 5);
    }
  });
});
