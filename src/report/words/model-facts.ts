import { libraryName, option, sayOptions, type OptionName } from '../../errors.js';
import type { ModelFacts } from '../../models/facts.js';

/**
 * What was decided about a model, in words: a line each for the engine (where there was a choice), the outputs, the
 * preprocessing and the labels.
 *
 * @param nameOf how the reader calls options.
 * @param given thresholds that the user gives: the model's own do not matter then.
 */
export function describeFacts(
  facts: ModelFacts,
  nameOf: OptionName = libraryName,
  given: NonNullable<ModelFacts['thresholds']> = {},
): string[] {
  const { engine, outputs, preprocessing, labels, batch, thresholds, size } = facts;
  const lines = [
    `outputs: ${outputs.interpreter}, since ${outputs.reason}`,
    `preprocessing: ${describePreprocessing(preprocessing, size?.by === 'image')} (${describeSource(preprocessing)})`,
    `labels: ${describeLabels(labels)}`,
  ];
  return [
    ...(engine === null ? [] : [`engine: ${engine}`]),
    ...lines,
    ...(size === undefined ? [] : [describeSize(size)]),
    ...describeThresholds(thresholds, given),
    ...(batch === null ? [] : [BATCH[batch]]),
  ].map((line) => sayOptions(line, nameOf));
}

const BATCH = {
  fails:
    'batch: one image a run, since the model fails with two, or answers them as one, though it declares any number (a Reshape exported for one)',
  depends: 'batch: one image a run, since the answer to an image depends on the others beside it',
  quantized:
    'batch: one image a run, since the answer to an image depends on the others beside it (scales that a quantized model computes while it runs)',
  random:
    'answers: to the same image they differ from run to run, which blurs maps (random numbers drawn in the graph: export the model for inference)',
} as const;

/**
 * A preprocessing in words: `RGB, 0..1, less 0.485, 0.456, 0.406, over 0.229, 0.224, 0.225, letterbox on 114, NCHW`.
 *
 * @param ownSize whether the image is not scaled
 */
export function describePreprocessing(
  {
    color,
    scale,
    mean,
    std,
    layout,
    resize,
    pad,
    kept = 1,
  }: Omit<ModelFacts['preprocessing'], 'by' | 'source' | 'given' | 'replaced'>,
  ownSize = false,
): string {
  const parts = [color.toUpperCase()];
  parts.push(scale === 1 ? '0..255' : isClose(1 / scale, 255) ? '0..1' : `times ${rounded(scale)}`);
  if (mean.some((value) => value !== 0)) parts.push(`less ${mean.map(rounded).join(', ')}`);
  if (std.some((value) => value !== 1)) parts.push(`over ${std.map(rounded).join(', ')}`);
  const cut = kept < 1 ? ` to the middle ${Math.round(1000 * kept) / 10} %` : '';
  if (!ownSize) parts.push(resize.startsWith('letterbox') ? `${resize} on ${pad}` : `${resize}${cut}`);
  parts.push(layout.toUpperCase());
  return parts.join(', ');
}

const SIZED = {
  guess: 'a guess, the most usual size, and the model runs with it',
  tried: 'the first usual size that the model runs with',
  image: "the image's own, up to 1024 a side, since the model takes any",
  any: 'the model takes any, and images are brought to one',
} as const;

/** A size that the model does not say. */
function describeSize({ width, height, by }: NonNullable<ModelFacts['size']>): string {
  return `size: ${width} x ${height} (${SIZED[by]}: ${option('inputSize')} says another)`;
}

/** The thresholds that the model comes with. */
function describeThresholds(
  thresholds: ModelFacts['thresholds'],
  given: NonNullable<ModelFacts['thresholds']>,
): string[] {
  const { detConfThresh, nmsIouThresh } = thresholds ?? {};
  const parts = [
    ...(detConfThresh === undefined || given.detConfThresh !== undefined
      ? []
      : [option('detConfThresh', detConfThresh)]),
    ...(nmsIouThresh === undefined || given.nmsIouThresh !== undefined ? [] : [option('nmsIouThresh', nmsIouThresh)]),
  ];
  return parts.length === 0
    ? []
    : [`thresholds: ${listed(parts)} where not given (from the model's metadata, model_info)`];
}

type Part = ModelFacts['preprocessing']['given'][number];
const PARTS: readonly Part[] = ['color', 'scale', 'mean', 'std', 'layout', 'resize', 'pad'];

/** What was given, what that replaced, and where the rest comes from; a guess is called one. */
function describeSource(facts: ModelFacts['preprocessing']): string {
  const { by, source, given, replaced, resize } = facts;
  const named = (parts: readonly Part[]): string => listed(parts.map((part) => option(part)));
  const kept = PARTS.filter(
    (part) =>
      !given.includes(part) &&
      !replaced.some((other) => other === part) &&
      (part !== 'pad' || resize.startsWith('letterbox')),
  );
  const guessed = by === 'guess' ? kept.filter((part) => CHECKED.includes(part)) : [];
  const origin = guessed.length > 0 ? `a guess, ${source}: check ${named(guessed)}` : source;
  if (given.length === 0) return origin;
  const instead =
    replaced.length > 0
      ? `, which ${given.length > 1 ? 'leave' : 'leaves'} ${listed(replaced.map((part) => NEUTRAL[part]))}`
      : '';
  // What the model does itself and what the user gives are done one after the other.
  if (by === 'model' && isNormalised(facts)) {
    return `${named(given)} given${instead}, though ${source}: it is done twice, so leave ${named(given.filter((part) => part === 'mean' || part === 'std'))} out`;
  }
  return `${named(given)} given${instead}${kept.length > 0 ? `; the rest: ${origin}` : ''}`;
}

/** Whether the user has something subtracted or divided by. */
function isNormalised({ given, mean, std }: ModelFacts['preprocessing']): boolean {
  return (
    (given.includes('mean') && mean.some((value) => value !== 0)) ||
    (given.includes('std') && std.some((value) => value !== 1))
  );
}

/** What a guess may be wrong in. */
const CHECKED: readonly Part[] = ['color', 'scale', 'mean', 'std'];
/** What the rest of a normalisation is where the user gives a part of it. */
const NEUTRAL = { scale: 'scale 1', mean: 'mean 0', std: 'std 1' } as const;

/** `a, b and c` */
function listed(texts: readonly string[]): string {
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1) ?? ''}`;
}

function describeLabels(labels: ModelFacts['labels']): string {
  const others = `${option('labels')} names others`;
  switch (labels.by) {
    case 'given':
      return labels.script === true
        ? `${namesText(labels.names)} that the script gives (${others})`
        : `${namesText(labels.names)} given with ${option('labels')}${describeRead(labels)}`;
    case 'metadata':
      return labels.key === 'datum.labels'
        ? `${namesText(labels.names)} in the model's graph (ZipMap)`
        : `${namesText(labels.names)} in the model's metadata (${labels.key})`;
    case 'convention':
      return `${namesText(labels.names)} that ${labels.names === 1 ? 'comes' : 'come'} with the outputs (${others})${unusedText(labels.unused)}`;
    case 'guess':
      return `${labels.list}, assumed because the model has ${labels.names} classes (${others})`;
    case null: {
      const classes = labels.classes === null ? '' : ` for ${labels.classes} classes`;
      const { beside } = labels;
      const given =
        beside === undefined
          ? `${option('labels')} names them`
          : `${beside.file} beside the model has ${namesText(beside.names)}: if they are its own, give it with ${option('labels')}`;
      return `none known${classes}: numbers are shown (${given})${unusedText(labels.unused)}`;
    }
  }
}

function unusedText(unused: Extract<ModelFacts['labels'], { by: null }>['unused']): string {
  if (unused === undefined) return '';
  const { key, names, classes } = unused;
  return `; the metadata (${key}) have ${namesText(names)} for ${classes === 1 ? '1 class' : `${classes} classes`}: not used`;
}

/** What was made of a list of names, where it does not go without saying. */
function describeRead({ names, read, first = '' }: Extract<ModelFacts['labels'], { by: 'given' }>): string {
  switch (read) {
    case 'moved':
      return `, which count from 1 ("${first}") while the model's classes count from 0: "${first}" is taken for its class 0 (number them from 0 if that is wrong)`;
    case 'from-one':
      return `, which count from 1: "${first}" is class 1, and class 0 the background (number them from 0 if that is wrong)`;
    case 'in-line':
      return `, read from one line, between its commas`;
    case 'one-line':
      return `, though its only line has commas (write one name a line if there are more)`;
    case 'without-first':
      return `, of which the first, "${first}", is none of the model's ${names - 1} classes`;
    case undefined:
      return '';
  }
}

function namesText(count: number): string {
  return count === 1 ? '1 name' : `${count} names`;
}

function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) < 1e-6 * Math.abs(b);
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(6)));
}
