import assert from 'node:assert/strict';
import { ProposalReader, type Prediction } from '../annotations/index.js';
import type { DecodedBatch, DecoderContext, Evidence } from '../interpreters/contract/types.js';
import { ownInterpreter, type InterpreterPlugin, type ReadOutputs } from '../interpreters/script/own.js';
import type { Signature, Tensor } from '../launchers/types.js';
import { assertFinite, check, type Check } from './check.js';

/** The outputs of a model, as a run gave them. */
export interface ModelOutputs {
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** Size of the model's input in pixels. */
  readonly input: { readonly width: number; readonly height: number };
  /** What the model declares; by the outputs where absent. */
  readonly signature?: Signature | undefined;
  /** Names of its classes, where they are known. */
  readonly labels?: readonly string[] | undefined;
}

/** An interpreter, and what it is to read. */
export interface InterpreterCase {
  /** A family, or a function that reads outputs. */
  readonly interpreter: InterpreterPlugin | ReadOutputs;
  /** A run on one image, of a model that it reads. */
  readonly reads: ModelOutputs;
  /** What it must find there, in any order; boxes in pixels of the input, to a hundredth. */
  readonly finds?: readonly Found[] | undefined;
  /** Runs of models that are not its own: a family must not be certain of them. */
  readonly others?: readonly ModelOutputs[] | undefined;
}

/** Something that is seen: the box is absent for a class of the whole image. */
export interface Found {
  readonly label: number;
  readonly score: number;
  readonly box?:
    { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | undefined;
}

/** What the house relies on in an interpreter, as checks for any test runner. */
export function interpreterChecks({ interpreter: given, reads, finds, others = [] }: InterpreterCase): Check[] {
  const interpreter = ownInterpreter(given);
  const isFamily = typeof given !== 'function' && given.recognise !== undefined;
  const evidence = evidenceOf(reads);
  const options = interpreter.recognise(evidence)?.options ?? {};
  const read = async (outputs: ModelOutputs['outputs'], count = 1): Promise<Prediction[]> => {
    const reader = interpreter.open(contextOf(reads, options));
    return (await reader.decode(outputs, batchOf(reads, count))).map(frozen);
  };
  const checks = [
    check('gives one answer for an image', async () => {
      const answers = await read(reads.outputs);
      assert.equal(answers.length, 1);
      const [{ scores, proposals } = { scores: null, proposals: null }] = answers;
      assert.ok(scores !== null || proposals !== null, 'an answer has classes or boxes');
    }),
    check('scores are finite, and between 0 and 1', async () => {
      for (const { score } of foundIn((await read(reads.outputs))[0])) {
        assert.ok(score >= 0 && score <= 1 + 1e-6, `a score of ${score}`);
      }
    }),
    check('boxes are finite, and in pixels of the input', async () => {
      const { width, height } = reads.input;
      for (const { box } of foundIn((await read(reads.outputs))[0])) {
        if (box === undefined) continue;
        assertFinite([box.x, box.y, box.width, box.height], 'a box');
        assert.ok(box.width >= 0 && box.height >= 0, 'a box has its corners in order');
        assert.ok(
          box.x < 2 * width && box.y < 2 * height && box.x + box.width > -width && box.y + box.height > -height,
          `a box ${box.x}, ${box.y} is far outside of the input ${width} x ${height}`,
        );
      }
    }),
    check('reading the same again gives the same, and leaves the outputs as they are', async () => {
      const before = structuredClone(reads.outputs);
      const first = await read(reads.outputs);
      assert.deepEqual(await read(reads.outputs), first);
      assert.deepEqual(structuredClone(reads.outputs), before);
    }),
    check('a batch gives the answers of its images', async () => {
      if (Object.values(reads.outputs).some(({ shape }) => shape[0] !== 1)) return;
      const twice = Object.fromEntries(
        Object.entries(reads.outputs).map(([name, { data, shape }]) => [
          name,
          { data: Float32Array.from([...data, ...data]), shape: [2, ...shape.slice(1)] },
        ]),
      );
      const [single] = await read(reads.outputs);
      const both = await read(twice, 2);
      assert.equal(both.length, 2, 'one answer for each image');
      for (const answer of both) assert.deepEqual(foundIn(answer), foundIn(single));
    }),
    check('preprocessing is complete', () => {
      const { scale, mean, std, pad } = interpreter.preprocessing(evidence, options);
      assertFinite([scale, ...mean, ...std, pad], 'preprocessing');
      assert.ok(
        std.every((value) => value !== 0),
        'std is not 0',
      );
    }),
  ];
  if (finds !== undefined)
    checks.push(
      check('finds what is there', async () => {
        assertFound(foundIn((await read(reads.outputs))[0]), finds);
      }),
    );
  if (isFamily) {
    checks.push(
      check('recognises its own outputs', () => {
        const found = interpreter.recognise(evidence);
        assert.ok(found !== null, 'recognise() returns null for its own outputs');
        assert.match(found.reason, /\w/, 'a reason in words');
      }),
    );
    for (const [index, other] of others.entries()) {
      checks.push(
        check(`is not certain of other outputs (${index + 1}: ${Object.keys(other.outputs).join(', ')})`, () => {
          assert.notEqual(interpreter.recognise(evidenceOf(other))?.confidence, 'certain');
        }),
      );
    }
  }
  return checks;
}

function signatureOf({ signature, outputs, input }: ModelOutputs): Signature {
  if (signature !== undefined) return signature;
  return {
    inputs: [{ name: 'image', type: 'float32', shape: [1, 3, input.height, input.width] }],
    outputs: Object.entries(outputs).map(([name, { shape }]) => ({ name, type: 'float32', shape })),
    metadata: {},
  };
}

function evidenceOf(model: ModelOutputs): Evidence {
  const { outputs, input, labels = null } = model;
  return { signature: signatureOf(model), labels, sample: outputs, input };
}

function contextOf(model: ModelOutputs, options: Readonly<Record<string, unknown>>): DecoderContext {
  const { input, labels = null } = model;
  return { signature: signatureOf(model), input: { name: 'image', ...input, channels: 3 }, labels, options };
}

function batchOf({ input: { width, height } }: ModelOutputs, count: number): DecodedBatch {
  return {
    count,
    placement: { imageWidth: width, imageHeight: height, scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 },
    pixels: () => ({ data: new Float32Array(count * width * height * 3).fill(128), shape: [count, height, width, 3] }),
  };
}

/** A copy: arrays may be views that the next reading writes anew. */
function frozen(prediction: Prediction): Prediction {
  return structuredClone(prediction);
}

/** All that an answer holds, one after the other. */
function foundIn(prediction: Prediction | undefined): Found[] {
  const { scores = null, proposals = null } = prediction ?? {};
  const classes = Array.from(scores ?? [], (score, label) => ({ label, score }));
  if (proposals === null) return classes;
  const reader = new ProposalReader(proposals);
  const boxes = Array.from({ length: proposals.count }, (_, row): Found => {
    reader.best(row);
    const [x1 = NaN, y1 = NaN, x2 = NaN, y2 = NaN] = proposals.boxes.subarray(4 * row, 4 * row + 4);
    return { label: reader.label, score: reader.score, box: { x: x1, y: y1, width: x2 - x1, height: y2 - y1 } };
  });
  return [...classes, ...boxes];
}

function assertFound(all: readonly Found[], wanted: readonly Found[]): void {
  for (const { label, score, box } of wanted) {
    const said = `class ${label} with ${score}${box === undefined ? '' : ` at ${Object.values(box).join(', ')}`}`;
    const match = all.find(
      (one) =>
        one.label === label &&
        Math.abs(one.score - score) < 1e-3 &&
        (box === undefined ? one.box === undefined : one.box !== undefined && isNear(one.box, box)),
    );
    assert.ok(match !== undefined, `${said} is not found among ${all.length} answers`);
  }
}

function isNear(a: NonNullable<Found['box']>, b: NonNullable<Found['box']>): boolean {
  const parts = ['x', 'y', 'width', 'height'] as const;
  return parts.every((part) => Math.abs(a[part] - b[part]) < 0.01);
}
