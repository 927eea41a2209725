import { z } from 'zod';
import { sigmoid, type ClassHead, type Prediction } from '../../annotations/index.js';
import type { Tensor } from '../../launchers/types.js';
import { isHead, readOutput, type Activation, type HeadReading } from './class-activation.js';
import { classifierConvention } from '../contract/classifier-convention.js';
import type { Classes, Evidence } from '../contract/types.js';
import { defineInterpreter } from '../contract/define.js';
import { knownOutputs, type KnownOutput } from '../contract/evidence.js';
import type { OtherOutput } from '../decoding/output-kind.js';
import { kindInName } from '../decoding/output-words.js';
import { layoutError, outputNamed, reusedFloats, shapeText } from '../decoding/outputs.js';

const head = z.object({
  /** Name of the output. */
  name: z.string(),
  activation: z.enum(['none', 'softmax', 'sigmoid']),
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
    const rows = read.flatMap(({ output, reading }) => (isHead(reading) ? [{ output, ...reading }] : []));
    const sure = rows.filter((row) => row.sure);
    // What is in doubt is left out beside what is not.
    const heads = sure.length > 0 ? sure : rows;
    const outputs = heads.map(({ output }) => output);
    if (heads.length === 0 || (sure.length === 0 && heads.length > 1 && !chosen)) return null;
    if ((classCount(outputs) ?? 0) > MOST_CLASSES) return null;
    const others = read.filter(({ output }) => !outputs.includes(output));
    if (!chosen && others.some(({ output }) => isOfDetector(output, outputs))) return null;
    return {
      confidence: sure.length > 0 ? 'likely' : 'possible',
      reason: reasonOf(heads, others),
      options: { heads: heads.map(({ output, activation, answer }) => ({ name: output.name, activation, answer })) },
      needsSample: evidence.sample === null,
      guess: heads.some(({ guess }) => guess === true),
      classes: { count: classCount(outputs), numbering: 'zero', ...headNames(outputs) },
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
          if (tensor.data.length === 0 || tensor.data.length % images !== 0 || !isClassShape(tensor.shape)) {
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

/** At most the batch and one other axis longer than 1. */
function isClassShape(shape: readonly (number | null)[]): boolean {
  return shape.slice(1).filter((size) => size !== 1).length <= 1;
}

interface ReadOutput {
  readonly output: KnownOutput;
  readonly reading: HeadReading | OtherOutput;
}

function readAll(evidence: Evidence): ReadOutput[] {
  return knownOutputs(evidence).map((output) => ({ output, reading: readOutput(output, evidence) }));
}

/** What heads are, and what is left out and why. */
function reasonOf(
  heads: readonly (HeadReading & { readonly output: KnownOutput })[],
  others: readonly ReadOutput[],
): string {
  const named = ({ name, shape }: KnownOutput): string => `"${name}" ${shapeText(shape)}`;
  const texts = heads.map(({ output, text }) => `${named(output)}: ${text}`);
  const left = others.map(
    ({ output, reading }) =>
      `${named(output)}, ${isHead(reading) ? `in doubt (${reading.text})` : `${reading.what} (${reading.why})`}`,
  );
  const outputs = `${heads.length === 1 ? 'output' : 'outputs'} ${texts.join('; ')}`;
  return left.length === 0 ? outputs : `${outputs}; left out: ${left.join('; ')}`;
}

/** Whether an output beside heads shows that they are a detector's: boxes, or a row for each number of a head. */
function isOfDetector({ name, shape }: KnownOutput, heads: readonly KnownOutput[]): boolean {
  if (kindInName(name) === 'boxes') return true;
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
function headNames(outputs: readonly KnownOutput[]): Pick<Classes, 'names' | 'unnamed'> {
  const [only] = outputs;
  if (outputs.length === 1) return only !== undefined && isQuestion(only) ? { names: ANSWERS } : {};
  return {
    unnamed: !outputs.every(isQuestion),
    names: outputs.flatMap((output) =>
      isQuestion(output)
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
  }
  return at + row.length;
}
