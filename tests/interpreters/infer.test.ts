import { describe, expect, it } from 'vitest';
import { inferInterpreter } from '../../src/interpreters/infer/infer.js';
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

  it('logits far below zero are a focal loss', async () => {
    expect(await nameOf(query([logit(0.01), logit(0.02), logit(0.03), logit(0.01)]))).toBe('rtdetr-hf');
  });
});
