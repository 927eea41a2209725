import { describe, expect, it } from 'vitest';
import { inferInterpreter, type SampleRun } from '../../src/interpreters/infer/infer.js';
import { loadInterpreter } from '../../src/interpreters/registry.js';
import type { Evidence } from '../../src/interpreters/contract/types.js';
import type { ElementType } from '../../src/launchers/types.js';
import { evidenceOf, imageInput, tensor } from './helpers.js';
import { darknetHeads } from './layouts/anchor-heads.js';
import { INPUT, logit, table, ultralytics } from './layouts/scene.js';

/** A model as its file declares it, nothing run. */
function declared(
  outputs: Readonly<Record<string, readonly (number | string)[]>>,
  {
    size = INPUT,
    metadata = {},
    labels = null,
    types = {},
  }: {
    readonly size?: { readonly width: number; readonly height: number };
    readonly metadata?: Readonly<Record<string, string>>;
    readonly labels?: readonly string[] | null;
    readonly types?: Readonly<Record<string, ElementType>>;
  } = {},
): Evidence {
  return {
    signature: {
      inputs: [imageInput(size)],
      outputs: Object.entries(outputs).map(([name, shape]) => ({ name, type: types[name] ?? 'float32', shape })),
      metadata,
    },
    labels,
    sample: null,
    input: null,
  };
}

async function nameOf(evidence: Evidence): Promise<string> {
  return (await inferInterpreter(evidence)).interpreter.name;
}

const COCO_INPUT = { width: 640, height: 640 };
const names = (count: number): string[] => Array.from({ length: count }, (_, id) => `class ${id}`);

describe('shapes of real exports are enough', () => {
  it.each([
    ['YOLOv5s', { output: [1, 25200, 85] }, 'yolov5'],
    ['YOLOv5s-seg', { output0: [1, 25200, 117], output1: [1, 32, 160, 160] }, 'yolov5'],
    ['YOLOv8n', { output0: [1, 84, 8400] }, 'yolov8'],
    ['YOLOv8n-seg', { output0: [1, 116, 8400], output1: [1, 32, 160, 160] }, 'yolov8'],
    ['YOLOv10n', { output0: [1, 300, 6] }, 'yolov10'],
    ['YOLOX-s', { output: [1, 8400, 85] }, 'yolox'],
    ['NanoDet-Plus', { output: [1, 8500, 112] }, 'nanodet-plus'],
    ['SSD', { detection_out: [1, 1, 200, 7] }, 'ssd'],
    ['RT-DETR of Ultralytics', { output0: [1, 300, 84] }, 'rtdetr-ultralytics'],
    ['RT-DETR of transformers', { logits: ['b', 300, 80], pred_boxes: ['b', 300, 4] }, 'rtdetr-hf'],
    ['Deformable DETR', { logits: ['b', 300, 91], pred_boxes: ['b', 300, 4] }, 'rtdetr-hf'],
    ['DETR', { logits: ['b', 100, 92], pred_boxes: ['b', 100, 4] }, 'detr'],
    ['YOLOS', { logits: ['b', 'q', 92], pred_boxes: ['b', 'q', 4] }, 'detr'],
    ['a classifier', { logits: [1, 1000] }, 'classification'],
    ['a small classifier', { logits: [1, 7] }, 'classification'],
    ['UltraFace', { scores: [1, 4420, 2], boxes: [1, 4420, 4] }, 'ultraface'],
    ['YOLOv4', { boxes: [1, 25200, 1, 4], confs: [1, 25200, 80] }, 'yolov4-boxes'],
  ] as const)('%s', async (_title, outputs, expected) => {
    expect(await nameOf(declared(outputs, { size: COCO_INPUT }))).toBe(expected);
  });

  it('a table of boxes with the proportions of its input is no map of it', async () => {
    const evidence = evidenceOf(
      { width: 96, height: 64 },
      { output0: tensor([1, 84, 126], new Float32Array(84 * 126)) },
    );
    expect(await nameOf(evidence)).toBe('yolov8');
  });

  it('open sizes are settled by Ultralytics metadata', async () => {
    const metadata = {
      names: `{${names(80)
        .map((name, id) => `${id}: '${name}'`)
        .join(', ')}}`,
      stride: '32',
      task: 'detect',
    };
    const evidence = declared({ output0: ['batch', 84, 'anchors'] }, { metadata });
    const { interpreter, labels } = await inferInterpreter(evidence);
    expect(interpreter.name).toBe('yolov8');
    expect(labels?.[79]).toBe('class 79');
  });
});

describe('two readings are refused with the options that settle them', () => {
  it.each([
    // [N, cells, columns] in pixels: 5 + 4 classes or 4 + 5 classes.
    ['yolox', 'yolov8', () => evidenceOf(INPUT, { output: tensor([1, 126, 9], decodedRows(9)) })],
    [
      'yolov3',
      'yolov4',
      () =>
        evidenceOf(INPUT, Object.fromEntries(darknetHeads.map((head) => [head.name, tensor(head.shape, head.values)]))),
    ],
    [
      'yolov5-heads',
      'yolov7-heads',
      () => declared({ a: [1, 3, 80, 80, 85], b: [1, 3, 40, 40, 85], c: [1, 3, 20, 20, 85] }, { size: COCO_INPUT }),
    ],
    // A model without detections: every order of columns fits.
    ['yolov10', 'paddle', () => evidenceOf(INPUT, { output: tensor([1, 50, 6], new Float32Array(300)) })],
    // As many queries and columns as no known model has.
    ['detr', 'rtdetr-hf', () => declared({ logits: [1, 50, 7], pred_boxes: [1, 50, 4] })],
    [
      'torchvision',
      'faster-rcnn',
      () => ({
        ...declared({ 1: ['n', 4], 2: ['n'], 3: ['n'] }, { types: { 2: 'int64' } }),
        signature: {
          inputs: [{ name: 'image', type: 'float32' as const, shape: [3, 'h', 'w'] }],
          outputs: [
            { name: '1', type: 'float32' as const, shape: ['n', 4] },
            { name: '2', type: 'int64' as const, shape: ['n'] },
            { name: '3', type: 'float32' as const, shape: ['n'] },
          ],
          metadata: {},
        },
      }),
    ],
  ] as const)('%s or %s', async (first, second, evidence) => {
    const failure = inferInterpreter(evidence());
    await expect(failure).rejects.toMatchObject({ kind: 'interpreter' });
    await expect(failure).rejects.toThrow(`interpreter: '${first}' `);
    await expect(failure).rejects.toThrow(`interpreter: '${second}' `);
  });

  it('5 + n or 4 + n is settled by the number of names', async () => {
    const sample = { output: tensor([1, 126, 9], decodedRows(9)) };
    expect(await nameOf({ ...evidenceOf(INPUT, sample), labels: names(4) })).toBe('yolox');
    expect(await nameOf({ ...evidenceOf(INPUT, sample), labels: names(5) })).toBe('yolov8');
  });

  it('a reading that nothing confirms is named, not guessed', async () => {
    const evidence = declared({ output: [1, 240] });
    await expect(
      inferInterpreter({ ...evidence, sample: { output: tensor([1, 240], new Float32Array(240).fill(0.02)) } }),
    ).resolves.toMatchObject({
      interpreter: { name: 'classification' },
    });
    await expect(inferInterpreter(declared({ output: [1, 777, 11] }))).rejects.toThrow(
      /interpreter: 'yolov5' .*interpreter: 'yolov8' /,
    );
  });
});

describe('what follows the classes of Ultralytics heads', () => {
  /** A raw head over 126 cells: an object of class 1 on cell 5, background elsewhere, then what follows the classes. */
  const head = (classes: number, rest: (cell: number) => readonly number[], metadata = {}): Evidence => {
    const columns = 4 + classes + rest(0).length;
    const values = new Float32Array(columns * 126);
    for (let cell = 0; cell < 126; cell++) {
      const scores = Array.from({ length: classes }, (_, id) => (cell === 5 && id === 1 ? 0.9 : 0));
      for (const [column, value] of [48, 32, 20, 10, ...scores, ...rest(cell)].entries())
        values[126 * column + cell] = value;
    }
    return evidenceOf(INPUT, { output0: tensor([1, columns, 126], values) }, metadata);
  };

  it('may be an angle or a class: the number of names that tells is said, and tells', async () => {
    const evidence = head(15, () => [0.3]);
    const failure = inferInterpreter(evidence);
    await expect(failure).rejects.toThrow('the last of the 16 columns behind the box may be a class or the angle');
    await expect(failure).rejects.toThrow('with labels, 15 of them where it is an angle, 16 where it is a class');
    const turned = await inferInterpreter({ ...evidence, labels: names(15) });
    expect(turned.recognition).toMatchObject({ options: { classes: 15, oriented: true } });
    const upright = await inferInterpreter({ ...evidence, labels: names(16) });
    expect(upright.recognition).toMatchObject({ options: { classes: 16, oriented: false } });
  });

  it('is no angle where it is mostly 0, and none where classes are all that there is', async () => {
    const { recognition } = await inferInterpreter(head(3, () => []));
    expect(recognition).toMatchObject({ options: { classes: 3, oriented: false, masks: 0 } });
  });

  it('is left out where it is nothing known, if the run shows the boxes to be right', async () => {
    const { recognition } = await inferInterpreter(head(3, (cell) => [cell, -cell, 0.5, 7, 40]));
    expect(recognition).toMatchObject({ options: { classes: 3, oriented: false } });
    expect(recognition.reason).toContain('5 columns behind the classes are not read');
    expect(recognition.reason).toContain('read so, it finds an object in the image');
  });

  it('does not hide in a heat map or in the features of grids beside the table', async () => {
    const plain = head(3, () => []);
    const withOutputs = (extra: Readonly<Record<string, readonly number[]>>) =>
      evidenceOf(INPUT, {
        ...plain.sample,
        ...Object.fromEntries(
          Object.entries(extra).map(([name, shape]) => [
            name,
            tensor(shape, new Float32Array(shape.reduce((a, b) => a * b))),
          ]),
        ),
      });
    const optionsOf = async (evidence: Evidence) => (await inferInterpreter(evidence)).recognition.options;
    expect(await optionsOf(withOutputs({ heatmap: [1, 1, 8, 8] }))).toMatchObject({ classes: 3, masks: 0 });
    const features = withOutputs({ a: [1, 67, 8, 12], b: [1, 67, 4, 6], c: [1, 67, 2, 3] });
    expect(await optionsOf(features)).toMatchObject({ classes: 3, masks: 0 });
  });

  it('final detections of further columns fall in their scores, where no metadata tell', async () => {
    const rows = (scores: readonly number[]) =>
      evidenceOf(INPUT, {
        output0: tensor(
          [1, 3, 8],
          scores.flatMap((score, i) => [i, i, 20 + i, 20 + i, score, i % 2, 5, 5]),
        ),
      });
    const yolov10 = await loadInterpreter('yolov10');
    expect(yolov10.recognise(rows([0.9, 0.6, 0.3]))?.confidence).toBe('likely');
    expect(yolov10.recognise(rows([0.3, 0.9, 0.6]))).toBeNull();
  });

  it('nothing found in a table of seven columns: every reading says so', async () => {
    const failure = inferInterpreter(evidenceOf(INPUT, { output0: tensor([1, 300, 7], new Float32Array(2100)) }));
    await expect(failure).rejects.toThrow(/interpreter: 'yolov10' .*it finds nothing in the image/);
  });
});

it('a preprocessing that the export does not tell is called a guess, unless the model tells it', async () => {
  const outputs = { dets: ['batch', 'num_dets', 5], labels: ['batch', 'num_dets'] };
  const { facts } = await inferInterpreter(declared(outputs, { types: { labels: 'int64' } }));
  expect(facts.preprocessing).toMatchObject({ by: 'guess', color: 'bgr' });
  expect(facts.preprocessing.source).toBe(
    "a guess: RTMDet's, since exports of MMDeploy do not tell which model they are",
  );
  const metadata = { 'datum.opening': '{"scale":[0.017,0.0175,0.0174],"shift":[-2.1,-2.03,-1.8],"reversed":false}' };
  const opened = await inferInterpreter(declared(outputs, { types: { labels: 'int64' }, metadata }));
  expect(opened.facts.preprocessing).toMatchObject({ by: 'model', color: 'rgb', mean: [0] });
});

describe('distances of class maps', () => {
  /** Six planes over the grids of 96 x 64, on two cells of the 16 px grid an object seen from both. */
  const heads = (unit: number, score: number): Evidence => {
    const grids = [8, 16, 32].map((stride) => [stride, INPUT.height / stride, INPUT.width / stride] as const);
    return evidenceOf(
      INPUT,
      Object.fromEntries(
        grids.flatMap(([stride, rows, columns]) => {
          const cells = rows * columns;
          const classes = new Float32Array(3 * cells).fill(logit(0.01));
          const sides = new Float32Array(4 * cells).fill(stride / unit);
          if (stride === 16) {
            for (const [cell, left] of [
              [2 * columns + 2, 20],
              [2 * columns + 3, 36],
            ] as const) {
              classes[cells + cell] = logit(score);
              for (const [side, distance] of [left, 20, 56 - left, 20].entries()) {
                sides[side * cells + cell] = distance / unit;
              }
            }
          }
          return [
            [`cls_${stride}`, tensor([1, 3, rows, columns], classes)],
            [`box_${stride}`, tensor([1, 4, rows, columns], sides)],
          ];
        }),
      ),
    );
  };

  it('are pixels where neighbouring cells then see one box: RTMDet', async () => {
    const { interpreter, facts } = await inferInterpreter(heads(1, 0.9));
    expect(interpreter.name).toBe('rtmdet');
    expect(facts.outputs.reason).toContain('agree in pixels');
  });

  it('are no pixels where they are strides: refused', async () => {
    await expect(inferInterpreter(heads(16, 0.9))).rejects.toMatchObject({ kind: 'interpreter' });
  });

  it('are not taken for pixels where nothing shows it', async () => {
    await expect(inferInterpreter(heads(1, 0.02))).rejects.toThrow('may be those of rtmdet');
  });
});

/** Boxes in pixels near their own cells, nothing found. */
function decodedRows(columns: number): number[] {
  const rows: number[] = [];
  for (const stride of [8, 16, 32]) {
    for (let y = stride / 2; y < INPUT.height; y += stride) {
      for (let x = stride / 2; x < INPUT.width; x += stride) {
        rows.push(x, y, stride, stride, ...new Array<number>(columns - 4).fill(0.01));
      }
    }
  }
  return rows;
}

describe('a trial run', () => {
  it('that gives no numbers says so', async () => {
    const evidence = evidenceOf({ width: 64, height: 64 }, { output: tensor([1, 4], [0, 0, 0, 0]) });
    const run: SampleRun = () =>
      Promise.resolve({ outputs: { output: tensor([1, 0], []) }, input: { width: 64, height: 64 } });
    await expect(inferInterpreter({ ...evidence, sample: null, input: null }, run)).rejects.toThrow(
      'the model gives no numbers: its output is "output" [1, 0]',
    );
  });

  it('is made only where declarations do not settle everything, under the best guess', async () => {
    let runs = 0;
    const run = (outputs: Evidence['sample']) => () => {
      runs += 1;
      return Promise.resolve({ outputs: outputs ?? {}, input: INPUT });
    };
    await inferInterpreter(declared({ detection_out: [1, 1, 200, 7] }), run(null));
    expect(runs).toBe(0);
    const values = table(300, 6, 0, { 0: [0, 0.9, 10, 10, 20, 20] });
    const inferred = await inferInterpreter(
      declared({ boxes: [1, 300, 6] }),
      run({ boxes: tensor([1, 300, 6], values) }),
    );
    expect(runs).toBe(1);
    expect(inferred.interpreter.name).toBe('paddle');
  });

  it('learns the size of an input that leaves it open', async () => {
    const metadata = { ...ultralytics(['a', 'b', 'c']), imgsz: '[64, 96]' };
    const evidence: Evidence = {
      ...declared({ output0: ['batch', 7, 'anchors'] }, { metadata }),
      signature: {
        inputs: [{ name: 'images', type: 'float32', shape: ['batch', 3, 'height', 'width'] }],
        outputs: [{ name: 'output0', type: 'float32', shape: ['batch', 7, 'anchors'] }],
        metadata,
      },
    };
    const sizes: unknown[] = [];
    await inferInterpreter(evidence, ({ size, preprocessing }) => {
      sizes.push(size, preprocessing.resize);
      return Promise.resolve({ outputs: { output0: tensor([1, 7, 126], new Float32Array(882)) }, input: INPUT });
    });
    expect(sizes).toEqual([INPUT, 'letterbox']);
  });
});

describe('softmax or sigmoid of queries', () => {
  const query = (row: readonly number[]): Evidence =>
    evidenceOf(INPUT, {
      logits: tensor([1, 50, 4], table(50, 4, row, {})),
      pred_boxes: tensor([1, 50, 4], new Float32Array(200).fill(0.5)),
    });

  it('a last class that mostly wins is no-object', async () => {
    expect(await nameOf(query([-3, -2, 0, 4]))).toBe('detr');
  });

  it("the run goes before the number of names and RF-DETR's own output names", async () => {
    const focal = query([logit(0.01), logit(0.02), logit(0.03), logit(0.01)]);
    expect(await nameOf({ ...focal, labels: names(3) })).toBe('rtdetr-hf');
    const softmax = query([-3, -2, 0, 4]);
    const sample = { dets: softmax.sample!['pred_boxes']!, labels: softmax.sample!['logits']! };
    expect(await nameOf(evidenceOf(INPUT, sample))).toBe('detr');
  });

  it('a last slot for none is no class: 5 columns of RF-DETR are 4 classes, 91 of 90 names 90', async () => {
    const outputs = (columns: number) =>
      evidenceOf(INPUT, {
        dets: tensor([1, 30, 4], new Float32Array(120).fill(0.5)),
        labels: tensor([1, 30, columns], new Float32Array(30 * columns).fill(-5)),
      });
    const countOf = async (evidence: Evidence) => (await inferInterpreter(evidence)).recognition.classes?.count;
    expect(await countOf(outputs(5))).toBe(4);
    expect(await countOf(outputs(91))).toBe(91);
    expect(await countOf({ ...outputs(91), labels: names(90) })).toBe(90);
    expect(await countOf({ ...outputs(91), labels: names(91) })).toBe(91);
  });

  it('logits far below zero are a focal loss', async () => {
    expect(await nameOf(query([logit(0.01), logit(0.02), logit(0.03), logit(0.01)]))).toBe('rtdetr-hf');
  });
});
