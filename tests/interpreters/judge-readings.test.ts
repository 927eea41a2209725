import { describe, expect, it } from 'vitest';
import { inferInterpreter, type SampleRun } from '../../src/interpreters/infer/infer.js';
import { judgeReading } from '../../src/interpreters/infer/judge-readings.js';
import { loadInterpreter } from '../../src/interpreters/registry.js';
import type { Evidence } from '../../src/interpreters/contract/types.js';
import { evidenceOf, tensor } from './helpers.js';
import { INPUT, table } from './layouts/scene.js';

/** As many rows as no grid has: 5 + classes and 4 + classes both fit. */
const ROWS = 777;
const COLUMNS = 11;
type Row = readonly number[];

/** A row of `COLUMNS` numbers: a box by its middle and size, then values at some columns. */
function row([x, y, w, h]: Row, values: Readonly<Record<number, number>>): number[] {
  return [x!, y!, w!, h!, ...Array.from({ length: COLUMNS - 4 }, (_, i) => values[4 + i] ?? 0)];
}

function dense(rows: Readonly<Record<number, Row>>, fill: Row = row([40, 30, 8, 8], {})): Evidence {
  return evidenceOf(INPUT, { output: tensor([1, ROWS, COLUMNS], table(ROWS, COLUMNS, fill, rows)) });
}

const LEFT = [24, 32, 30, 20];
const RIGHT = [70, 32, 24, 30];

describe('two readings are tried on the image', () => {
  it('class scores without an objectness: nothing is found with one', async () => {
    const { interpreter, facts } = await inferInterpreter(
      dense({ 5: row(LEFT, { 6: 0.9 }), 6: row(LEFT, { 6: 0.8 }), 90: row(RIGHT, { 4: 0.7 }) }),
    );
    expect(interpreter.name).toBe('yolov8');
    expect(facts.outputs.by).toBe('convention');
    expect(facts.outputs.reason).toContain(
      'of 2 readings that the shapes allow, yolov8 finds 2 objects in the image, the best with a score of 0.90, while yolov5 finds nothing in the image',
    );
  });

  it('an objectness: without one, every object has two classes', async () => {
    const { interpreter, facts } = await inferInterpreter(
      dense({ 5: row(LEFT, { 4: 0.9, 6: 0.95 }), 90: row(RIGHT, { 4: 0.7, 9: 0.9 }) }),
    );
    expect(interpreter.name).toBe('yolov5');
    expect(facts.outputs.reason).toContain('while yolov8 gives its first class and another one to every object');
  });

  it('one object may be either: both are named', async () => {
    const failure = inferInterpreter(dense({ 5: row(LEFT, { 4: 0.9, 6: 0.95 }) }));
    await expect(failure).rejects.toThrow(/choose one: interpreter: 'yolov5' .* or interpreter: 'yolov8' /);
    await expect(failure).rejects.toThrow('it finds an object in the image, with a score of 0.85');
    await expect(failure).rejects.toThrow('labels');
  });

  it('an image without objects shows nothing', async () => {
    await expect(inferInterpreter(dense({}))).rejects.toThrow(
      /'yolov5' .*it finds nothing in the image\), or interpreter: 'yolov8' .*it finds nothing in the image/,
    );
  });

  it('where none can be right no wrong choice is named', async () => {
    const outside = [500, 700, 60, 40];
    const failure = inferInterpreter(
      dense({ 5: row(outside, { 4: 0.9, 6: 0.95 }), 7: row(outside, { 4: 0.9, 7: 0.9 }) }),
    );
    await expect(failure).rejects.toThrow('the outputs have the shapes of yolov5 or yolov8 but read as none of them');
    await expect(failure).rejects.toThrow('boxes without size or outside the image');
    await expect(failure).rejects.not.toThrow("interpreter: 'yolov5'");
  });

  it('as the user has it fed none decides: it is fed by convention once', async () => {
    const { signature } = dense({});
    const evidence: Evidence = { signature, labels: null, sample: null, input: null };
    const asked: (boolean | undefined)[] = [];
    const run: SampleRun = ({ asIs }) => {
      asked.push(asIs);
      const rows = { 5: row(LEFT, { 6: 0.9 }), 6: row(LEFT, { 6: 0.8 }), 90: row(RIGHT, { 4: 0.7 }) };
      return Promise.resolve({ outputs: dense(asIs === true ? rows : {}).sample!, input: INPUT });
    };
    expect((await inferInterpreter(evidence, run)).interpreter.name).toBe('yolov8');
    expect(asked[0]).toBeUndefined();
    const never: SampleRun = () => Promise.resolve({ outputs: dense({}).sample!, input: INPUT });
    await expect(inferInterpreter(evidence, never)).rejects.toThrow('choose one');
  });

  it('each is fed as its family wants it', async () => {
    const evidence: Evidence = {
      signature: {
        inputs: [{ name: 'image', type: 'float32', shape: [3, INPUT.height, INPUT.width] }],
        outputs: [
          { name: '1', type: 'float32', shape: ['n', 4] },
          { name: '2', type: 'int64', shape: ['n'] },
          { name: '3', type: 'float32', shape: ['n'] },
        ],
        metadata: {},
      },
      labels: null,
      sample: null,
      input: null,
    };
    const fed: string[] = [];
    const run =
      (wanted: string): SampleRun =>
      ({ preprocessing: { color, scale } }) => {
        fed.push(color);
        const score = color === wanted ? 0.98 : 0.3;
        expect(scale === 1).toBe(color === 'bgr');
        const outputs = { 1: tensor([1, 4], [10, 10, 50, 40]), 2: tensor([1], [1]), 3: tensor([1], [score]) };
        return Promise.resolve({ outputs, input: INPUT });
      };
    expect((await inferInterpreter(evidence, run('bgr'))).interpreter.name).toBe('faster-rcnn');
    expect([...new Set(fed)].sort()).toEqual(['bgr', 'rgb']);
    expect((await inferInterpreter(evidence, run('rgb'))).interpreter.name).toBe('torchvision');
    await expect(inferInterpreter(evidence, run('none'))).rejects.toThrow('choose one');
  });
});

describe('a verdict', () => {
  const verdict = async (name: string, evidence: Evidence) => {
    const interpreter = await loadInterpreter(name);
    const recognition = interpreter.recognise(evidence);
    return recognition === null ? undefined : judgeReading({ interpreter, recognition }, evidence);
  };
  const kind = async (evidence: Evidence) => (await verdict('yolov5', evidence))?.kind;
  const sure = { 4: 0.9, 6: 0.9 };

  it('is given to boxes, and not to classes', async () => {
    const classes = evidenceOf(INPUT, { prob: tensor([1, 3], [0.1, 0.2, 0.7]) });
    expect(await verdict('classification', classes)).toBeNull();
    expect(await kind(dense({ 5: row(LEFT, sure) }))).toBe('plausible');
    expect(await verdict('yolov5', { ...dense({}), sample: null })).toBeNull();
  });

  it('is wrong where scores are none, where boxes have no size, and where nearly all is an object', async () => {
    expect(await kind(dense({ 5: row(LEFT, { 4: 3, 6: 0.9 }) }))).toBe('wrong');
    expect(await kind(dense({ 5: row(LEFT, { 4: -0.5, 6: 0.9 }) }))).toBe('wrong');
    expect(await kind(dense({ 5: row(LEFT, { 4: NaN, 6: 0.9 }) }))).toBe('wrong');
    expect(await kind(dense({ 5: row([24, 32, 0, 20], sure), 6: row([24, 32, -9, 20], sure) }))).toBe('wrong');
    expect(await kind(dense({ 5: row([24, 32, 400, 20], sure) }))).toBe('wrong');
    expect(await kind(dense({}, row(LEFT, sure)))).toBe('wrong');
  });

  it('is wrong where there are more objects than an image shows', async () => {
    const many = (count: number): Evidence => {
      const rows = Array.from({ length: count }, (_, i) =>
        row([1 + 2 * (i % 48), 1 + 2 * Math.floor(i / 48), 2, 2], sure),
      );
      const values = table(6000, COLUMNS, row([40, 30, 8, 8], {}), Object.fromEntries(rows.entries()));
      return evidenceOf(INPUT, { output: tensor([1, 6000, COLUMNS], values) });
    };
    expect(await kind(many(300))).toBe('plausible');
    expect(await verdict('yolov5', many(700))).toMatchObject({
      kind: 'wrong',
      finding: 'finds 700 objects, more than an image shows',
    });
  });

  it('is wrong where the boxes of one object do not agree', async () => {
    const sizes = [4, 9, 20, 44, 60];
    const rows = Object.fromEntries(sizes.map((size, i) => [i, row([48, 32, size, size], sure)]));
    expect(await kind(dense(rows))).toBe('wrong');
    const alike = Object.fromEntries([28, 30, 31, 33, 36].map((size, i) => [i, row([48, 32, size, size], sure)]));
    expect(await kind(dense(alike))).toBe('plausible');
  });
});
