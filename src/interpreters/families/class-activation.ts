import type { ClassHead } from '../../annotations/index.js';
import { outputEnding } from '../contract/ending.js';
import { hasNamesFor, type KnownOutput } from '../contract/evidence.js';
import { modelInfo } from '../contract/model-info.js';
import type { Evidence } from '../contract/types.js';
import type { Ending, Tensor } from '../../launchers/types.js';
import { againstClasses } from '../decoding/against-classes.js';
import { likelyOutput, otherOutput, otherShape, type OtherOutput } from '../decoding/output-kind.js';
import { isNamedAsClasses, kindInName, type OutputKind } from '../decoding/output-words.js';

/** What makes a head's values probabilities. */
export type Activation = 'none' | 'softmax' | 'sigmoid';

/** What is read of a head of classes. */
export interface HeadReading {
  readonly activation: Activation;
  /** Whether one of its classes holds, or each does or not, whatever the others do. */
  readonly answer: ClassHead['answer'];
  /** In words. */
  readonly text: string;
  /** False where the values may as well be something else than classes. */
  readonly sure: boolean;
  /** True where it is read so for want of anything that says what it is. */
  readonly guess?: boolean;
}

/** Room for int8 and float16 models, whose probabilities may leave 0..1 by a step of their grid. */
const TOLERANCE = 0.01;
/** Room for sums of a thousand probabilities on such a grid. */
const SUM_TOLERANCE = 0.05;

/** What is known of an output of one row an image. */
interface Row {
  readonly name: string;
  /** Numbers an image; null where a size is open. */
  readonly count: number | null;
  /** Those of the first image of the sample run; null where there was none. */
  readonly values: Float32Array | null;
  /** The same with the image hidden; null where that was not run. */
  readonly hidden: Float32Array | null;
  readonly ending: Ending | null;
  /** Whether there are as many class names as numbers. */
  readonly named: boolean;
  readonly evidence: Evidence;
}

/**
 * What an output is: a head of classes and what makes probabilities of it, or something else. In this order it is
 * decided by the number of class names, by a softmax at the end of the graph or values that sum to 1, by the output's
 * name, by what else the graph ends in, by the values and by the name of the file. Where none of them tells, a row of
 * numbers is taken for logits, and the text calls that a guess.
 */
export function readOutput(output: KnownOutput, evidence: Evidence): HeadReading | OtherOutput {
  const shaped = otherShape(output, evidence);
  if (shaped !== null) return shaped;
  const { name, shape, sample } = output;
  const sizes = shape.slice(1);
  const count = sizes.includes(null) ? null : sizes.reduce<number>((product, size) => product * (size ?? 1), 1);
  const hidden = evidence.hidden?.[name];
  const row: Row = {
    name,
    count,
    values: sample === null ? null : firstRow(sample),
    hidden: hidden === undefined ? null : firstRow(hidden),
    ending: outputEnding(evidence, name),
    named: count !== null && hasNamesFor(evidence, Math.max(2, count)),
    evidence,
  };
  const other = row.named || evidence.chosen === true || isOneInMany(row) ? null : otherRow(row);
  return other ?? (row.count === 1 ? readSingle(row) : readRow(row));
}

/** The numbers of the first image. */
function firstRow({ data, shape }: Tensor): Float32Array {
  return data.subarray(0, data.length / (shape[0] ?? 1));
}

/** Whether an output is a head of classes. */
export function isHead(reading: HeadReading | OtherOutput): reading is HeadReading {
  return 'activation' in reading;
}

/** A row that ends in a softmax, or whose values are probabilities that sum to 1 and bear no other name. */
function isOneInMany({ name, count, values, ending }: Row): boolean {
  if (count === 1) return false;
  if (ending === 'softmax') return true;
  return values !== null && isInUnits(values) && sumsToOne(values) && !SPEAKING.has(kindInName(name) ?? 'numbers');
}

/** What else a row of numbers is; null where nothing says that it is anything but classes. */
function otherRow(row: Row): OtherOutput | null {
  const { name, count, values, hidden } = row;
  const kind = kindInName(name);
  if (kind !== null && (OF_ROWS.has(kind) || (count === 1 && OF_ONE.has(kind)))) {
    return otherOutput(kind, 'by its name');
  }
  if (values !== null && isListOfNumbers(values)) return otherOutput('text', 'all its values are whole numbers');
  const ended = kindOfEnding(row);
  const told = kindOfFile(row);
  if (ended !== null) return otherOutput(ended[0] === 'numbers' ? (told ?? 'numbers') : ended[0], ended[1]);
  if (values !== null && isUnitVector(values)) return otherOutput('embedding', 'its length is 1');
  if (told !== null) return likelyOutput(told, 'only the name of its file says so');
  if (isNamedAsClasses(name) || (count !== null && KNOWN_LISTS.has(count)) || isMultilabel(row)) return null;
  const areUnits = row.ending === 'sigmoid' || (row.ending !== 'layer' && values !== null && isInUnits(values));
  if (isFeatureWidth(count) && !areUnits) {
    return likelyOutput('embedding', `${count} is a usual width of features, and nothing says that they are classes`);
  }
  return values === null ? null : againstClasses({ values, hidden, ending: row.ending });
}

function isMultilabel({ evidence }: Row): boolean {
  return modelInfo(evidence.signature.metadata, 'multilabel')?.toLowerCase() === 'true';
}

/** What the name of the file says, where the numbers can be that and no name has words for classes. */
function kindOfFile({ name, count, ending, evidence: { file = null } }: Row): OutputKind | null {
  if (file === null || count === null || isNamedAsClasses(name) || isNamedAsClasses(file)) return null;
  const told = kindInName(file);
  return told !== null && FITS[told]?.(count, ending) === true ? told : null;
}

/** Kinds that a row of numbers has by its name; of others it is the classes: `mask`, `char`. */
const OF_ROWS: ReadonlySet<OutputKind> = new Set<OutputKind>([
  ...(['embedding', 'features', 'attention', 'points', 'angles', 'gaze', 'boxes'] as const),
]);
/** Kinds that one number has as well, while several are classes: of ages, of qualities. */
const OF_ONE: ReadonlySet<OutputKind> = new Set<OutputKind>(['age', 'measure', 'depth', 'anomaly']);
/** Kinds whose values may sum to 1 by chance. */
const SPEAKING: ReadonlySet<OutputKind> = new Set<OutputKind>(['embedding', 'points', 'boxes', 'gaze']);

/** Numbers that an output may have to be what the name of the file says. */
const FITS: Partial<Record<OutputKind, (count: number, ending: Ending | null) => boolean>> = {
  embedding: (count, ending) => count >= 32 && ending !== 'sigmoid',
  angles: (count, ending) => [1, 2, 3, 4, 6, 9].includes(count) && ending !== 'sigmoid',
  gaze: (count) => count === 2 || count === 3,
  points: (count) => count >= 4 && count <= 2048 && (count % 2 === 0 || count % 3 === 0),
  age: (count) => count === 1,
  measure: (count) => count === 1,
  anomaly: (count) => count === 1,
  text: () => false,
};

/** What the end of the graph says of a row. */
function kindOfEnding({ count, ending }: Row): [OutputKind, string] | null {
  const isWide = count !== null && count >= 32 && !KNOWN_LISTS.has(count);
  switch (ending) {
    case 'unit-length':
      return ['embedding', 'the model brings it to length 1'];
    case 'normalized':
      return isWide ? ['embedding', 'the model ends in a normalization of features'] : null;
    case 'activated':
      return isWide ? ['embedding', 'the model ends in the activation of features'] : null;
    case 'pooled':
      return isFeatureWidth(count) ? ['embedding', 'the model ends in the pooling of features'] : null;
    case 'bounded':
      return [isWide ? 'embedding' : 'numbers', 'the model ends in a tanh'];
    case 'scaled':
      return ['numbers', 'the model scales them to a range of their own'];
    case 'expected':
      return ['numbers', 'the model ends in a mean weighed with a softmax'];
    case 'indices':
      return ['class-number', 'the model ends in the places of the largest values'];
    default:
      return null;
  }
}

/** One number: a yes/no question where the graph, a name or two class names say so. */
function readSingle({ name, values, ending, named, evidence }: Row): HeadReading {
  const [value = 0] = values ?? [];
  const inUnits = values !== null && value >= -TOLERANCE && value <= 1 + TOLERANCE;
  const isProbability = ending === 'sigmoid' || /prob|sigmoid/i.test(name);
  const isLogit = isProbability ? values !== null && !inUnits : !inUnits || /logit/i.test(name);
  const told = isProbability || /logit/i.test(name) || named || values === null || evidence.chosen === true;
  const what = isLogit ? 'the logit of yes' : 'the probability of yes';
  const guessed = !told && inUnits && isNamedAsClasses(name);
  return {
    activation: isLogit ? 'sigmoid' : 'none',
    answer: 'one',
    text: told
      ? what
      : guessed
        ? `taken for ${what} by its name, though it may be a measure`
        : `one value ${inUnits ? 'in' : 'outside'} 0..1, ${what} or a measure such as an age`,
    sure: told || guessed,
    guess: guessed,
  };
}

/** Several numbers: probabilities or logits of classes, of which one holds or any. */
function readRow(row: Row): HeadReading {
  const { name, values, ending, named } = row;
  if (values === null) {
    if (/prob|softmax|sigmoid/i.test(name) || ending === 'softmax' || ending === 'sigmoid') {
      const answer = /sigmoid/i.test(name) || ending === 'sigmoid' ? 'any' : 'one';
      return { activation: 'none', answer, text: 'probabilities by its name', sure: true };
    }
  } else if (isInUnits(values) && (ending !== 'layer' || sumsToOne(values))) {
    if (sumsToOne(values) || (ending === 'softmax' && values.every((value) => value === 0))) {
      return { activation: 'none', answer: 'one', text: 'probabilities of one class in many', sure: true };
    }
    const sure = named || !looksLikeCoordinates(values);
    const text = `probabilities of independent classes${sure ? '' : ', unless they are coordinates'}`;
    return { activation: 'none', answer: 'any', text, sure };
  }
  return readLogits(row);
}

function readLogits(row: Row): HeadReading {
  const { name, count, ending, named } = row;
  const multilabel = isMultilabel(row);
  const many = `${ending === 'softmax' ? 'logarithms of probabilities' : 'logits'} of ${multilabel ? 'independent classes' : 'one class in many'}`;
  const activation = multilabel ? 'sigmoid' : 'softmax';
  const told =
    ending === 'softmax' || named || multilabel || isNamedAsClasses(name) || count === null || KNOWN_LISTS.has(count);
  const text = told ? many : `taken for ${many}, though nothing in the model says that they are classes`;
  return { activation, answer: multilabel ? 'any' : 'one', text, sure: true, guess: !told };
}

/** Classes of ImageNet with and without background, of ImageNet-21k, Places, CIFAR-100 and COCO. */
const KNOWN_LISTS: ReadonlySet<number> = new Set([1000, 1001, 21_841, 21_843, 11_821, 10_450, 365, 100, 80]);

/** Widths of embeddings and of last layers of features: multiples of 64 from 128 up to 4096. */
function isFeatureWidth(count: number | null): boolean {
  return count !== null && count >= 128 && count <= 4096 && count % 64 === 0;
}

function isInUnits(values: Float32Array): boolean {
  return values.every((value) => value >= -TOLERANCE && value <= 1 + TOLERANCE);
}

function sumsToOne(values: Float32Array): boolean {
  return Math.abs(values.reduce((total, value) => total + value, 0) - 1) <= SUM_TOLERANCE;
}

/** Whole numbers only, such as decoded characters or class numbers. */
function isListOfNumbers(values: Float32Array): boolean {
  return values.length > 1 && values.every(Number.isInteger) && values.some((value) => Math.abs(value) > 1);
}

/**
 * Pairs of which none is near 0 or 1: landmarks in an aligned crop. Of trained independent classes most are near 0.
 */
function looksLikeCoordinates(values: Float32Array): boolean {
  return values.length % 2 === 0 && values.every((value) => value > 0.05 && value < 0.95);
}

/** An embedding: of length 1, with negative components. */
function isUnitVector(values: Float32Array): boolean {
  const squares = values.reduce((total, value) => total + value * value, 0);
  return values.length > 8 && Math.abs(squares - 1) < 1e-3 && values.some((value) => value < 0);
}
