import { DatumError, option } from '../../errors.js';
import { knownOutputs } from '../contract/evidence.js';
import type { Evidence } from '../contract/types.js';
import { isNoTable } from '../decoding/output-kind.js';
import { shapeText } from '../decoding/outputs.js';
import type { OutputKind } from '../decoding/output-words.js';
import type { Reading } from './judge-readings.js';
import { isHead, readOutput } from '../families/class-activation.js';

/** What a script may make of outputs of a kind, so that it can be explained which pixels matter to it. */
const SCRIPTS: Partial<Record<OutputKind, string>> = {
  embedding: 'turns the embedding into a score (say, its likeness to that of another image)',
  angles: 'turns an angle into a score (say, how near it is to the angle of this image)',
  gaze: 'turns the direction into a score (say, how near it is to that of this image)',
  age: 'turns the age into a score (say, how near it is to the age of this image)',
  points: 'turns the points into a score or into boxes',
  measure: 'turns the measure into a score in 0..1',
  numbers: 'turns the numbers into a score in 0..1',
  anomaly: 'turns the anomaly score into the score of a class',
  depth: 'turns the map into a score (say, its mean over a region)',
  segmentation: 'turns the maps into scores of classes or into boxes',
  heatmaps: 'turns the maps into scores or into boxes',
  image: 'turns the image into a score (say, its mean over a region)',
  'larger-image': 'turns the image into a score (say, its mean over a region)',
  maps: 'turns the maps into scores of classes or into boxes',
  text: 'turns the text into a score (say, the probability of a word)',
};

/**
 * A model none of whose outputs is read, each named with what it is, and what to do about it.
 *
 * @param choices readings that the user may choose
 */
export function unreadable(evidence: Evidence, choices: readonly Reading[]): DatumError {
  const read = knownOutputs(evidence).map((output) => ({ output, reading: readOutput(output, evidence) }));
  if (read.length === 0) {
    return new DatumError(
      'interpreter',
      `the model gives no outputs that are numbers: name others with ${option('outputLayers')}, or export it with scores.`,
    );
  }
  const texts = read.map(({ output: { name, shape }, reading }) => {
    const what = isHead(reading) ? `perhaps scores (${reading.text})` : `${reading.what} (${reading.why})`;
    return `"${name}" ${shapeText(shape)} is ${what}`;
  });
  const kinds = read.flatMap(({ reading }) => (isHead(reading) ? [] : [reading.kind]));
  const script = kinds.map((kind) => SCRIPTS[kind]).find((text) => text !== undefined);
  const classes = read.some(({ output, reading }) => isHead(reading) || isRow(output.shape))
    ? `; if it is classes after all, say ${option('interpreter', 'classification')}, or give their names with ${option('labels')}`
    : '';
  if (choices.length > 0) {
    const ways = choices.map(
      ({ interpreter, recognition }) => `${option('interpreter', interpreter.name)} if ${recognition.reason}`,
    );
    return new DatumError(
      'interpreter',
      `no output is read as boxes, since nothing names them, but their shapes are those of a set of queries: say ${ways.join(', or ')}; or read them with a script, whose path ${option('interpreter')} takes too.`,
    );
  }
  return new DatumError(
    'interpreter',
    `no output is read as classes or boxes: ${texts.join('; ')}. Write a script that ${script ?? 'turns them into labels or boxes'} and give its path with ${option('interpreter')}${classes}.`,
  );
}

/** Whether every output is known to be maps, text or features: then none is a table of boxes, whatever its sizes fit. */
export function holdsNoTables(evidence: Evidence): boolean {
  return knownOutputs(evidence).every((output) => isNoTable(output, evidence));
}

/** Whether there is one row of numbers an image. */
function isRow(shape: readonly (number | null)[]): boolean {
  return shape.length >= 2 && shape.slice(1).filter((size) => size !== 1).length <= 1;
}
