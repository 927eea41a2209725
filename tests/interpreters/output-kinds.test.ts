/** What outputs are that hold no classes or boxes: refused by name where alone, left out by name beside classes. */
import { describe, expect, it } from 'vitest';
import { inferInterpreter, configureInterpreter, type Inference } from '../../src/interpreters/infer/infer.js';
import { loadInterpreter } from '../../src/interpreters/registry.js';
import type { Evidence } from '../../src/interpreters/contract/types.js';
import type { Ending, ElementType } from '../../src/launchers/types.js';

interface Output {
  readonly shape: readonly number[];
  readonly values?: readonly number[];
  /** The values where the image is hidden. */
  readonly hidden?: readonly number[];
  readonly type?: ElementType;
  readonly ending?: Ending;
}

interface Known {
  readonly file?: string;
  readonly labels?: readonly string[];
  readonly input?: { readonly width: number; readonly height: number };
}

/** A model whose run gave these outputs. */
function evidence(outputs: Readonly<Record<string, Output>>, { file, labels, input }: Known = {}): Evidence {
  const { width, height } = input ?? { width: 64, height: 64 };
  const named = Object.entries(outputs);
  return {
    signature: {
      inputs: [{ name: 'image', type: 'float32', shape: [1, 3, height, width] }],
      outputs: named.map(([name, { shape, type = 'float32' }]) => ({ name, type, shape })),
      metadata: {
        'datum.ending': JSON.stringify(
          Object.fromEntries(named.flatMap(([name, { ending }]) => (ending === undefined ? [] : [[name, ending]]))),
        ),
      },
    },
    labels: labels ?? null,
    sample: Object.fromEntries(
      named.map(([name, { shape, values }]) => [name, { shape, data: Float32Array.from(values ?? noise(shape)) }]),
    ),
    hidden: Object.fromEntries(
      named.flatMap(([name, { shape, hidden }]) =>
        hidden === undefined ? [] : [[name, { shape, data: Float32Array.from(hidden) }]],
      ),
    ),
    input: { width, height },
    file: file ?? null,
  };
}

/** Landmarks: points on an arc, each near the one before it. */
const arc = (count: number, size: number, across: number): number[] =>
  Array.from({ length: 2 * count }, (_, i) => {
    const turn = (Math.PI * (i >> 1)) / count;
    return size * (0.5 + (i % 2 === 0 ? -0.4 * Math.cos(turn) : across * Math.sin(turn)));
  });

/** Values of both signs and any size, always the same. */
function noise(shape: readonly number[]): number[] {
  const count = shape.reduce((product, size) => product * size, 1);
  return Array.from({ length: count }, (_, i) => 3 * Math.sin(i * i + 1) + 0.123);
}

const infer = (outputs: Readonly<Record<string, Output>>, known?: Known): Promise<Inference> =>
  inferInterpreter(evidence(outputs, known));

async function reasonOf(outputs: Readonly<Record<string, Output>>, known?: Known): Promise<string> {
  const { interpreter, facts } = await infer(outputs, known);
  expect(interpreter.name).toBe('classification');
  return facts.outputs.reason;
}

describe('refused by name', () => {
  it.each<[string, Readonly<Record<string, Output>>, string, Known?]>([
    ['an embedding by its name', { reid_embedding: { shape: [1, 256] } }, '"reid_embedding" [1, 256] is an embedding'],
    ['of length 1', { out: { shape: [1, 128], ending: 'unit-length' } }, 'an embedding'],
    ['of a face, behind a normalization', { 683: { shape: [1, 512], ending: 'normalized' } }, 'an embedding'],
    ['pooled features', { out: { shape: [1, 2048, 1, 1], ending: 'pooled' } }, 'an embedding'],
    [
      'by the name of the file',
      { out: { shape: [1, 96], ending: 'layer' } },
      'only the name of its file says so',
      { file: 'arcface' },
    ],
    ['by its width', { out: { shape: [1, 512], ending: 'layer' } }, '(512 is a usual width of features'],
    [
      'points in pixels',
      { out: { shape: [1, 136], values: arc(68, 112, 0.3), ending: 'layer' } },
      'every second number',
    ],
    [
      'points around 0',
      { out: { shape: [1, 40], values: arc(20, 2, 0.4).map((at) => at - 1) } },
      'every second number',
    ],
    [
      'a box in 0..1',
      { out: { shape: [1, 4], values: [0.2, 0.3, 0.8, 0.9], hidden: [0.4, 0.4, 0.6, 0.6], ending: 'layer' } },
      'all its values lie in 0..1',
    ],
    [
      'a box in pixels',
      { out: { shape: [1, 4], values: [20.4, 30, 180, 190], hidden: [80, 80, 120, 130], ending: 'layer' } },
      'all its values are above 0 (20 to 190)',
    ],
    [
      'five landmarks in pixels',
      {
        out: {
          shape: [1, 10],
          values: [30.5, 40, 70, 41, 50, 60, 33, 80, 68, 79],
          hidden: arc(5, 90, 0.3),
          ending: 'layer',
        },
      },
      'all its values are above 0',
    ],
    [
      'angles that hardly change',
      { out: { shape: [1, 3], values: [14.5, -31, 5], hidden: [12, -30, 4], ending: 'layer' } },
      'with the image hidden they still lie 42 apart',
    ],
    ['a quaternion', { out: { shape: [1, 4], values: [0.5, -0.5, 0.5, 0.5], ending: 'layer' } }, 'their length is 1'],
    [
      'logits of independent classes, none of them seen',
      {
        out: {
          shape: [1, 9],
          values: Array.from({ length: 9 }, (_, i) => -2 - i / 3),
          hidden: Array.from({ length: 9 }, (_, i) => -3 - i / 5),
          ending: 'layer',
        },
      },
      'those of independent classes of which the image shows none may be',
    ],
    ['angles', { yaw: { shape: [1, 1] }, pitch: { shape: [1, 1] }, roll: { shape: [1, 1] } }, 'regression of angles'],
    ['angles in one', { output: { shape: [1, 3], ending: 'scaled' } }, 'regression of angles', { file: 'head_pose' }],
    ['scaled numbers', { output: { shape: [1, 3], ending: 'scaled' } }, 'a regression'],
    ['numbers of a tanh', { output: { shape: [1, 2], ending: 'bounded' } }, 'the model ends in a tanh'],
    ['an expected age', { output: { shape: [1, 1], ending: 'expected' } }, 'weighed with a softmax'],
    ['an age', { age: { shape: [1, 1], values: [0.31] } }, 'regression of an age'],
    ['an age with a scope', { 'net/age/BiasAdd:0': { shape: [1, 1], values: [31] } }, 'regression of an age'],
    ['a quality', { quality_score: { shape: [1, 1], values: [0.6] } }, 'regression of a measure'],
    ['a gaze', { gaze_vector: { shape: [1, 3] } }, 'direction of a gaze'],
    ['landmarks', { landmarks: { shape: [1, 196] } }, 'regression of points'],
    ['key points', { kpts: { shape: [1, 17, 3] } }, 'regression of points'],
    ['landmarks by the file', { 95: { shape: [1, 10], ending: 'sigmoid' } }, 'points', { file: 'landmarks-retail' }],
    ['depth', { predicted_depth: { shape: [1, 64, 64] } }, 'a depth map'],
    ['a map without a name', { out: { shape: [1, 1, 64, 64] } }, 'depth, anomaly or a mask'],
    ['a map without a channel axis', { out: { shape: [1, 64, 64] } }, 'depth, anomaly or a mask'],
    [
      'an anomaly map and its score',
      { anomaly_map: { shape: [1, 1, 64, 64] }, pred_score: { shape: [1, 1] } },
      'anomaly',
    ],
    ['segmentation', { out: { shape: [1, 21, 64, 64] } }, 'as of a segmentation'],
    ['class numbers of pixels', { out: { shape: [1, 64, 64], type: 'int64', values: noise([4096]) } }, 'segmentation'],
    ['heatmaps', { out: { shape: [1, 17, 16, 16] } }, 'heatmaps of key points'],
    ['super-resolution', { out: { shape: [1, 3, 128, 128] } }, 'super-resolution'],
    ['another style', { out: { shape: [1, 64, 64, 3] } }, 'change of style'],
    [
      'characters of a line',
      { out: { shape: [1, 32, 37], ending: 'softmax' } },
      'scores of its characters',
      { input: { width: 256, height: 32 } },
    ],
    ['characters, times first', { ctc_logit: { shape: [24, 1, 37] } }, 'no output is read'],
    ['decoded characters', { out: { shape: [1, 8], values: [3, 14, 15, 9, -1, -1, -1, -1] } }, 'decoded text'],
    ['the number of a class', { out: { shape: [1, 1], type: 'int64', values: [3] } }, 'the number of a class'],
    ['text, times first', { out: { shape: [25, 1, 97] } }, 'as long as a line', { input: { width: 100, height: 32 } }],
    ['tokens', { out: { shape: [1, 64, 384] } }, 'as many as the patches of 8 px'],
    [
      'classes of places',
      { out: { shape: [1, 64, 5], ending: 'softmax' } },
      'a softmax for each place of a grid of 8 px',
    ],
    ['a table on no grid', { out: { shape: [1, 25, 6] } }, 'a detector that is not known here'],
    ['features under a grid of 2 x 2', { out: { shape: [1, 1280], ending: 'layer' } }, 'perhaps an embedding'],
    ['inner features', { last_hidden_state: { shape: [1, 197, 768] } }, 'features of inner layers'],
  ])('%s', async (_title, outputs, what, known) => {
    const failure = infer(outputs, known);
    await expect(failure).rejects.toMatchObject({ kind: 'interpreter', option: 'interpreter' });
    await expect(failure).rejects.toThrow(what);
    for (const name of Object.keys(outputs)) await expect(failure).rejects.toThrow(`"${name}"`);
    await expect(failure).rejects.toThrow('and give its path with interpreter');
  });

  it('maps that a softmax makes of three grids, for they are no heads of anchors', async () => {
    const grid = (side: number): Output => ({
      shape: [1, 21, side, side],
      values: Array.from({ length: 21 * side * side }, (_, i) => (i < side * side ? 0.8 : 0.01)),
    });
    await expect(infer({ a: grid(8), b: grid(4), c: grid(2) })).rejects.toThrow('as of a segmentation');
    await expect(infer({ a: grid(8), b: grid(4), c: grid(2) })).rejects.not.toThrow('yolov3');
  });

  it('maps beside heads of anchors that find nothing', async () => {
    const grid = (side: number): Output => ({ shape: [1, 21, side, side], values: Array(21 * side * side).fill(-6) });
    await expect(infer({ a: grid(8), b: grid(4), c: grid(2) })).rejects.toThrow(
      'if they are maps, as of a segmentation',
    );
  });

  it('what may be classes or something else is asked', async () => {
    await expect(infer({ output: { shape: [1, 1], values: [0.4] } })).rejects.toThrow('or a measure such as an age');
    await expect(infer({ output: { shape: [1, 1], values: [7] } })).rejects.toThrow('the logit of yes or a measure');
    await expect(infer({ output: { shape: [1, 2], values: [0.4, 0.7] } })).rejects.toThrow(
      'unless they are coordinates',
    );
  });

  it('whoever says that it is a classifier is obeyed', async () => {
    const classification = await loadInterpreter('classification');
    for (const outputs of [
      { reid_embedding: { shape: [1, 256] } },
      { output: { shape: [1, 3], ending: 'scaled' } },
      { age: { shape: [1, 1], values: [0.4] } },
    ] as const) {
      const { recognition } = await configureInterpreter(classification, evidence(outputs));
      expect(recognition.options['heads']).toHaveLength(1);
      expect(recognition.reason).not.toBe('chosen, not recognised');
    }
    const prob: Output = { shape: [1, 2], values: [0.3, 0.7] };
    const beside = await configureInterpreter(
      classification,
      evidence({ age: { shape: [1, 1], values: [0.3] }, prob }),
    );
    expect(beside.recognition.options['heads']).toEqual([{ name: 'prob', activation: 'none', answer: 'one' }]);
  });
});

describe('classes', () => {
  it('are told by names of their number, whatever else speaks against them', async () => {
    const labels = ['a', 'b', 'c'];
    expect(await reasonOf({ angles: { shape: [1, 3], ending: 'scaled' } }, { labels })).toContain('logits');
    expect(await reasonOf({ output: { shape: [1, 1], values: [0.4] } }, { labels: ['no', 'yes'] })).toContain('yes');
  });

  it('by a softmax or sigmoid at the end, whatever the values', async () => {
    const zeros = [0, 0, 0];
    expect(await reasonOf({ angle: { shape: [1, 3], values: zeros, ending: 'softmax' } })).toContain(
      'one class in many',
    );
    expect(await reasonOf({ output: { shape: [1, 1], values: [0.4], ending: 'sigmoid' } })).toContain('of yes');
    const log = [-0.1, -3, -4];
    expect(await reasonOf({ output: { shape: [1, 3], values: log, ending: 'log-softmax' } })).toContain(
      'logarithms of probabilities',
    );
  });

  it('by their words, though other words stand beside them', async () => {
    for (const name of ['plate_color', 'age_class', 'text_angle_cls', 'landmark_logits']) {
      expect(await reasonOf({ [name]: { shape: [1, 4], ending: 'layer' } })).not.toContain('taken for');
    }
  });

  it('of things that maps and numbers are called after, too', async () => {
    for (const name of ['mask', 'char', 'anomaly', 'age', 'quality', 'orientation']) {
      expect(await reasonOf({ [name]: { shape: [1, 4], ending: 'layer' } })).toContain('logits');
    }
    // A binary network may end in a normalization.
    expect(await reasonOf({ output: { shape: [1, 1000], ending: 'normalized' } })).toContain('logits');
  });

  it('are called a guess where nothing tells', async () => {
    expect(await reasonOf({ output: { shape: [1, 3], ending: 'layer' } })).toContain(
      'taken for logits of one class in many, though nothing in the model says that they are classes',
    );
    expect(await reasonOf({ output: { shape: [1, 1000], ending: 'layer' } })).not.toContain('taken for');
    expect((await infer({ output: { shape: [1, 3], ending: 'layer' } })).facts.outputs.by).toBe('guess');
    for (const known of [{ labels: ['a', 'b', 'c'] }, {}]) {
      const output: Output = { shape: [1, 3], ending: known.labels === undefined ? 'softmax' : 'layer' };
      expect((await infer({ output }, known)).facts.outputs.by).toBe('convention');
    }
    const classification = await loadInterpreter('classification');
    const chosen = await configureInterpreter(classification, evidence({ output: { shape: [1, 3], ending: 'layer' } }));
    expect(chosen.facts.outputs.by).toBe('given');
    expect(await reasonOf({ scores: { shape: [1, 1], values: [0.4] } })).toContain('taken for the probability of yes');
  });

  it('a linear layer whose values happen to lie in 0..1 gives logits', async () => {
    const values = [0.2, 0.9, 0.4];
    expect(await reasonOf({ output: { shape: [1, 3], values, ending: 'layer' } })).toContain('logits');
    expect(await reasonOf({ output: { shape: [1, 3], values, ending: 'other' } })).toContain('independent classes');
  });

  it('are logits that lie around 0, whatever they are with the image hidden', async () => {
    for (const [values, hidden] of [
      [
        [8.1, -3.2, -4.4],
        [0.2, -0.1, 0.1],
      ],
      [
        [3.1, 1.2, 0.4],
        [0.1, 0.1, -0.2],
      ],
      [
        [9.5, -8, 0, 4, -5],
        [7, -6, 1, 2, -4],
      ],
      // Fed with pixels as they are.
      [
        [-2400.5, 310, 2100],
        [-90, 40, 60],
      ],
      // Little is seen.
      [
        [0.1, 0.3, -0.2, -0.3],
        [0.2, 0.1, -0.1, -0.2],
      ],
      // Of a last layer whose random weights put them above 0.
      [
        [1.2, 0.3],
        [0.9, 0.4],
      ],
      Array.from([3, 1], (size) => Array.from({ length: 40 }, (_, i) => size * Math.sin(i * i + 1) + 0.4)),
      // Of an order: ages.
      Array.from([6, 3], (size) => Array.from({ length: 60 }, (_, i) => size * Math.cos(i / 9))),
    ] as const) {
      const shape = [1, values.length];
      const output: Output = { shape, values: values, hidden: hidden, ending: 'layer' };
      expect(await reasonOf({ output })).toContain('taken for logits');
    }
  });

  it('are explained beside what is named and left out', async () => {
    const prob: Output = { shape: [1, 2], values: [0.3, 0.7], ending: 'softmax' };
    const reason = await reasonOf({
      age_conv3: { shape: [1, 1, 1, 1], values: [0.3] },
      prob,
      features: { shape: [1, 512] },
      map: { shape: [1, 8, 30, 30] },
      459: { shape: [1, 2], values: [0.4, 0.3], ending: 'sigmoid' },
    });
    expect(reason).toContain('"prob" [1, 2]: probabilities of one class in many; left out: ');
    expect(reason).toContain('"age_conv3" [1, 1, 1, 1], a regression of an age (by its name)');
    expect(reason).toContain('"features" [1, 512], an embedding');
    expect(reason).toContain('"map" [1, 8, 30, 30], maps of an image');
    expect(reason).toContain('"459" [1, 2], in doubt');
    const { recognition } = await infer({ age: { shape: [1, 1], values: [0.3] }, prob });
    expect(recognition.options['heads']).toEqual([{ name: 'prob', activation: 'none', answer: 'one' }]);
    expect(recognition.classes?.count).toBe(2);
  });

  it('not beside boxes, which make them a detector that nobody reads', async () => {
    const scores: Output = { shape: [1, 10], values: Array.from({ length: 10 }, (_, i) => i / 100) };
    await expect(infer({ my_boxes: { shape: [1, 10, 4] }, scores })).rejects.toThrow('"my_boxes" [1, 10, 4] is boxes');
    await expect(infer({ where: { shape: [1, 10, 4] }, scores })).rejects.toMatchObject({ kind: 'interpreter' });
  });
});

describe('class scores and boxes of queries under other names', () => {
  const QUERIES = 50;
  /** Rows of logits alike but for one query that has found its class. */
  const logitsOf = (row: readonly number[], found: readonly number[]): number[] =>
    Array.from({ length: QUERIES }, (_, query) => (query === 7 ? found : row)).flat();
  const where: Output = {
    shape: [1, QUERIES, 4],
    values: Array.from({ length: QUERIES }, () => [0.5, 0.5, 0.4, 0.4]).flat(),
  };
  const softmax: Output = { shape: [1, QUERIES, 3], values: logitsOf([-4, -3, 5], [-2, 6, 0]) };
  const sigmoid: Output = { shape: [1, QUERIES, 3], values: logitsOf([-6, -5, -6], [-5, 3, -6]) };

  it.each([
    ['detr', softmax, 'rtdetr-hf'],
    ['rtdetr-hf', sigmoid, 'detr'],
  ])('name %s, which the run allows, and read it where it is chosen', async (name, scores, other) => {
    const outputs = { out_a: scores, out_b: where };
    const failure = infer(outputs);
    await expect(failure).rejects.toThrow(`say interpreter: '${name}' if outputs out_a and out_b are`);
    await expect(failure).rejects.not.toThrow(`'${other}'`);
    const { recognition } = await configureInterpreter(await loadInterpreter(name), evidence(outputs));
    expect(recognition.options).toMatchObject({ logits: 'out_a', boxes: 'out_b' });
  });

  it('name both where the run tells nothing', async () => {
    const silent: Output = { shape: [1, QUERIES, 3], values: logitsOf([-6, -6, -2], [-6, -6, -2]) };
    await expect(infer({ out_a: silent, out_b: where })).rejects.toThrow(
      /say interpreter: 'detr' if .*, or interpreter: 'rtdetr-hf' if /,
    );
  });

  it('name none where the boxes are no such boxes, or the scores no logits', async () => {
    const pixels: Output = { shape: [1, QUERIES, 4], values: where.values!.map((value) => 100 * value) };
    await expect(infer({ out_a: softmax, out_b: pixels })).rejects.not.toThrow('detr');
    const positive: Output = { shape: [1, QUERIES, 3], values: logitsOf([0.1, 0.2, 0.3], [0.1, 0.9, 0.4]) };
    const said = await infer({ out_a: positive, out_b: where }).then(
      () => '',
      (error: unknown) => String(error),
    );
    expect(said).not.toContain('detr');
  });
});
