import { z } from 'zod';
import { option } from '../../errors.js';
import { sigmoid, type ClassHead, type Prediction } from '../../annotations/index.js';
import type { Tensor } from '../../launchers/types.js';
import { isHead, readOutput, type Activation, type HeadReading } from './class-activation.js';
import { classifierConvention } from '../contract/classifier-convention.js';
import type { Classes, Evidence } from '../contract/types.js';
import { defineInterpreter } from '../contract/define.js';
import { outputOrigin } from '../contract/ending.js';
import { hasBatchAxis, knownOutputs, type KnownOutput } from '../contract/evidence.js';
import { metadataLabels } from '../contract/metadata-labels.js';
import { exportAdvice, NEVER_CLASSES } from '../decoding/export-advice.js';
import type { OtherOutput } from '../decoding/output-kind.js';
import { kindInName } from '../decoding/output-words.js';
import { layoutError, outputNamed, reusedFloats, shapeText } from '../decoding/outputs.js';

const head = z.object({
  /** Name of the output. */
  name: z.string(),
  /** `shares`: each value over the sum of all. */
  activation: z.enum(['none', 'softmax', 'sigmoid', 'shares']),
  /** `one` of its classes holds, or `any` of them, independent of one another. */
  answer: z.enum(['one', 'any']).default('one'),
});

const options = z.object({
  /** The outputs that are classes, one after the other in the scores; empty: all of them, through a softmax. */
  heads: z.array(head).default([]).describe('outputs and what turns each into probabilities'),
});

/**
 * Image classifiers: outputs `[N, C]`, `[N, C, 1, 1]` or `[N, 1, 1, C]`, logits or probabilities, one class or many at
 * a time (multi-label). Several outputs are several questions; their classes follow one another. One value (`[N, 1]`)
 * is a yes/no question: class 0 is no, class 1 is yes.
 *
 * What turns the values into probabilities comes from how the graph ends and from the sample run: values in 0..1 are
 * taken as they are; others are logits. Outputs beside the heads (embeddings, measures, maps) are named and left out.
 *
 * Source: the conventions of torchvision, Keras, timm and Open Model Zoo classifiers; for `multilabel` Model API's
 * `src/python/model_api/models/classification.py`.
 */
export const classification = defineInterpreter({
  name: 'classification',
  task: 'classification',
  truncated: false,
  nms: null,
  options,
  preprocessing: (evidence) => classifierConvention(evidence).preprocessing,
  recognise: (evidence) => {
    const { chosen = false } = evidence;
    let read = readAll({ ...evidence, chosen: false });
    // Whoever says that it is a classifier is obeyed, but not beside outputs that are classes for sure.
    if (chosen && !read.some(({ reading }) => isHead(reading) && reading.sure)) read = readAll(evidence);
    const rows = withoutLogits(
      read.flatMap(({ output, reading }) => (isHead(reading) ? [{ output, ...reading }] : [])),
      evidence,
    );
    const sure = rows.filter((row) => row.sure);
    const told = sure.filter(({ guess }) => guess !== true);
    // What is in doubt is left out beside what is not.
    const heads = told.length > 0 ? told : sure.length > 0 ? sure : rows;
    const outputs = heads.map(({ output }) => output);
    if (heads.length === 0 && chosen && evidence.sample !== null && read.every(isNoHead)) {
      return { ...NOT_CLASSES, open: noClasses(read, evidence) };
    }
    if (heads.length === 0 || (sure.length === 0 && heads.length > 1 && !chosen)) return null;
    if ((classCount(outputs) ?? 0) > MOST_CLASSES) return null;
    const others = read.filter(({ output }) => !outputs.includes(output));
    if (!chosen && others.some(({ output }) => isOfDetector(output, outputs, evidence))) return null;
    return {
      confidence: sure.length > 0 ? 'likely' : 'possible',
      reason: reasonOf(heads, others),
      options: { heads: heads.map(({ output, activation, answer }) => ({ name: output.name, activation, answer })) },
      needsSample: evidence.sample === null,
      guess: heads.some(({ guess }) => guess === true),
      classes: { count: classCount(outputs), numbering: 'zero', ...headNames(outputs, evidence) },
    };
  },
  create: (_context, { heads }) => {
    const scoresOf = reusedFloats();
    return {
      decode: (outputs, { count: images }) => {
        const parts =
          heads.length > 0
            ? heads.map(({ name, ...head }) => ({ tensor: outputNamed(outputs, name), ...head }))
            : Object.values(outputs).map((tensor) => ({
                tensor,
                activation: 'softmax' as const,
                answer: 'one' as const,
              }));
        for (const { tensor } of parts) {
          if (tensor.data.length === 0 || tensor.data.length % images !== 0 || !isClassShape(tensor.shape, images)) {
            throw layoutError('classification', `outputs [${images}, classes]`, outputs);
          }
        }
        const questions = classHeads(
          parts.map(({ tensor, answer }) => ({ count: Math.max(2, tensor.data.length / images), answer })),
        );
        const [only] = parts;
        const asIs = parts.length === 1 && only?.activation === 'none' && only.tensor.data.length > images;
        return Array.from({ length: images }, (_, image): Prediction => {
          if (asIs) return { scores: imageRow(only.tensor, image, images), ...questions, proposals: null };
          const rows = parts.map(({ tensor, activation }) => ({ row: imageRow(tensor, image, images), activation }));
          const scores = scoresOf(
            image,
            rows.reduce((sum, { row }) => sum + Math.max(2, row.length), 0),
          );
          let at = 0;
          for (const { row, activation } of rows) at = writeScores(row, activation, scores, at);
          return { scores, ...questions, proposals: null };
        });
      },
    };
  },
});

/** ImageNet-21k has 21,843: longer rows are flattened grids of a detector. */
const MOST_CLASSES = 30_000;

/** The batch and at most one other axis longer than 1; for one image the classes alone. */
function isClassShape(shape: readonly number[], images: number): boolean {
  const counts = shape[0] === images || (shape.length === 1 && images === 1);
  return counts && shape.slice(1).filter((size) => size !== 1).length <= 1;
}

interface ReadOutput {
  readonly output: KnownOutput;
  readonly reading: HeadReading | OtherOutput;
}

function readAll(evidence: Evidence): ReadOutput[] {
  return knownOutputs(evidence).map((output) => ({ output, reading: readOutput(output, evidence) }));
}

type HeadRow = HeadReading & { readonly output: KnownOutput };

/** Heads without those whose probabilities are another head. */
function withoutLogits(rows: readonly HeadRow[], evidence: Evidence): HeadRow[] {
  const logits = new Set(
    rows
      .filter(({ activation }) => activation === 'none')
      .map(({ output }) => outputOrigin(evidence, output.name).activates),
  );
  return rows.filter(({ output, activation }) => activation === 'none' || !logits.has(output.name));
}

/** Whether an output is known to hold nothing that could be read as classes, whoever says so. */
function isNoHead({ output: { shape }, reading }: ReadOutput): boolean {
  return !isHead(reading) && (NEVER_CLASSES.has(reading.kind) || shape.length > 1);
}

const NOT_CLASSES = { confidence: 'possible', reason: 'no output holds classes', options: {} } as const;

/** What to say where the user wants classes read of outputs that hold none. */
function noClasses(read: readonly ReadOutput[], evidence: Evidence): string {
  const texts = read.map(
    ({ output: { name, shape }, reading }) =>
      `"${name}" ${shapeText(shape)} is ${isHead(reading) ? reading.text : `${reading.what} (${reading.why})`}`,
  );
  const kinds = read.map(({ output, reading }) => ({ output, kind: isHead(reading) ? null : reading.kind }));
  return `no output can be read as classes: ${texts.join('; ')}: ${exportAdvice(kinds, evidence) ?? 'export the model with a row of scores for each image'}, or read them with a script, whose path ${option('interpreter')} takes.`;
}

/** What heads are, and what is left out and why. */
function reasonOf(
  heads: readonly (HeadReading & { readonly output: KnownOutput })[],
  others: readonly ReadOutput[],
): string {
  const named = ({ name, shape }: KnownOutput): string => `"${name}" ${shapeText(shape)}`;
  const texts = heads.map(({ output, text }) => `${named(output)}: ${text}`);
  const left = others.map(({ output, reading }) => {
    const what = isHead(reading)
      ? `${reading.sure && reading.guess !== true ? 'another output before its activation' : 'in doubt'} (${reading.text})`
      : `${reading.what} (${reading.why})`;
    return `${named(output)}, ${what}`;
  });
  const outputs = `${heads.length === 1 ? 'output' : 'outputs'} ${texts.join('; ')}`;
  return left.length === 0 ? outputs : `${outputs}; left out: ${left.join('; ')}`;
}

/** Whether an output beside heads shows that they are a detector's: boxes, or a row for each number of a head. */
function isOfDetector({ name, shape }: KnownOutput, heads: readonly KnownOutput[], evidence: Evidence): boolean {
  // One box an image is the place of its one class.
  const isOneBox = shape.length === 2 && shape[1] === 4 && hasBatchAxis(evidence, name) === true;
  if (kindInName(name) === 'boxes') return !isOneBox;
  const rows = shape.length === 3 ? shape[1] : shape.length === 2 && shape[0] !== 1 ? shape[0] : null;
  if (rows == null || rows === 1) return false;
  return shape.at(-1) === 4 || heads.some((head) => headClasses(head) === rows);
}

/** Classes of one head; a single value is a question with two answers. Null where a size is open. */
function headClasses({ shape }: KnownOutput): number | null {
  let classes = 1;
  for (const size of shape.slice(1)) {
    if (size === null) return null;
    classes *= size;
  }
  return Math.max(2, classes);
}

function classCount(outputs: readonly KnownOutput[]): number | null {
  let count = 0;
  for (const output of outputs) {
    const classes = headClasses(output);
    if (classes === null) return null;
    count += classes;
  }
  return count;
}

/** With several heads a class is named by its output and number; the answers to a question are no and yes. */
function headNames(
  outputs: readonly KnownOutput[],
  { signature: { metadata } }: Evidence,
): Pick<Classes, 'names' | 'unnamed'> {
  const [only] = outputs;
  if (outputs.length === 1) return only !== undefined && isQuestion(only) ? { names: ANSWERS } : {};
  // Names in the metadata are those of the one head that has as many classes.
  const stored = metadataLabels(metadata)?.names ?? [];
  const named = outputs.filter((output) => headClasses(output) === stored.length);
  return {
    unnamed: named.length !== 1 && !outputs.every(isQuestion),
    names: outputs.flatMap((output) =>
      named.length === 1 && output === named[0]
        ? stored
        : isQuestion(output)
          ? ANSWERS.map((answer) => `${output.name} ${answer}`)
          : Array.from({ length: headClasses(output) ?? 0 }, (_, id) => `${output.name} ${id}`),
    ),
  };
}

const ANSWERS = ['no', 'yes'] as const;

/** Whether an output is one value an image. */
function isQuestion({ shape }: KnownOutput): boolean {
  return shape.slice(1).every((size) => size === 1);
}

/** The questions that heads ask, one after the other; nothing for a single one of one class in many. */
function classHeads(parts: readonly Pick<ClassHead, 'count' | 'answer'>[]): Pick<Prediction, 'heads'> {
  if (parts.length === 1 && parts[0]?.answer === 'one') return {};
  let first = 0;
  return {
    heads: parts.map(({ count, answer }) => {
      const head = { first, count, answer };
      first += count;
      return head;
    }),
  };
}

/** The values of one image. */
function imageRow({ data }: Tensor, image: number, images: number): Float32Array {
  const size = data.length / images;
  return data.subarray(image * size, (image + 1) * size);
}

/** Writes the probabilities of one head at `at` and returns where the next begins. */
function writeScores(row: Float32Array, activation: Activation, scores: Float32Array, at: number): number {
  if (row.length === 1) {
    const yes = activation === 'none' ? row[0]! : sigmoid(row[0]!);
    scores[at] = 1 - yes;
    scores[at + 1] = yes;
    return at + 2;
  }
  if (activation === 'softmax') {
    let max = -Infinity;
    for (const value of row) if (value > max) max = value;
    let sum = 0;
    for (let i = 0; i < row.length; i++) sum += scores[at + i] = Math.exp(row[i]! - max);
    for (let i = 0; i < row.length; i++) scores[at + i]! /= sum;
  } else if (activation === 'sigmoid') {
    for (let i = 0; i < row.length; i++) scores[at + i] = sigmoid(row[i]!);
  } else {
    scores.set(row, at);
    if (activation === 'shares') {
      let sum = 0;
      for (const value of row) sum += value;
      if (sum > 0) for (let i = 0; i < row.length; i++) scores[at + i]! /= sum;
    }
  }
  return at + row.length;
}
