import { option } from '../../../errors.js';
import type { PreprocessingChange } from './alternatives.js';
import type { Advice, Diagnosis } from './diagnose.js';
import type { Symptom } from './symptoms.js';

/** What looks wrong, a possible cause and what to look at: one sentence, in which options are named with `option()`. */
export function describeDiagnosis(diagnosis: Diagnosis): string {
  const { symptom, advice } = diagnosis;
  const seen = SEEN[symptom](diagnosis);
  if (advice !== null) {
    return `${seen}: the model may be fed wrongly, so compare with ${optionsText(advice.options)}, under which it ${gainText(symptom, advice)}.`;
  }
  return `${seen}, and no other usual color order, scale or mean makes the model much surer of this image${OTHERWISE[symptom]}.`;
}

const SEEN: Readonly<Record<Symptom, (diagnosis: Diagnosis) => string>> = {
  'all-zero': () => 'the model gives every class a score of 0 on this image',
  'all-alike': () => 'the model gives every class the same score on this image',
  'constant-scores': () => 'the scores hardly change, whatever is masked',
  'as-without-image': () => 'the scores are much the same with the image and without it',
  unmoved: () => 'the answer is much the same for this image, for plain gray and for noise',
  'sure-of-anything': () => 'the model is as sure of plain gray and of noise as of this image',
  unsure: () => 'the model is hardly sure of anything that this image and its mirror image both show',
  'sure-of-pieces': () => 'the model is as sure of this image cut into pieces as of the whole',
  'no-boxes': ({ confidence }) => `the model finds no object with a score of at least ${confidence}`,
  'boxes-everywhere': () => 'the model is all but certain of more objects than an image shows',
  'boxes-outside': ({ interpreter }) => `most boxes, read as ${interpreter}, lie outside the image`,
  'scores-above-one': ({ interpreter }) =>
    `the scores, read as ${interpreter}, are no probabilities: some lie outside 0..1`,
};

const LAYOUT = `: the outputs may have another layout, so compare other ones with ${option('interpreter')}, or read them with a script`;

const NOTHING_SEEN = `: it sees nothing that it knows, so its maps mean nothing (compare other values of ${option('layout')} and ${option('inputSize')}, or another image)`;

const OTHERWISE: Readonly<Record<Symptom, string>> = {
  'all-zero': NOTHING_SEEN,
  'all-alike': NOTHING_SEEN,
  'constant-scores': `: it may be fed wrongly in another way (compare other values of ${option('layout')} and ${option('inputSize')}), or the image may show nothing that it knows`,
  'as-without-image': '',
  unmoved: '',
  'sure-of-anything': '',
  unsure: '',
  'sure-of-pieces': '',
  'no-boxes': `: a lower ${option('detConfThresh')}, or another ${option('interpreter')}, ${option('resize')} or ${option('inputSize')} may find some, or the image may show nothing that it knows`,
  'boxes-everywhere': LAYOUT,
  'boxes-outside': LAYOUT,
  'scores-above-one': LAYOUT,
};

/** What is better under the advice: how sure the model is, or that it tells the image from nothing. */
function gainText(symptom: Symptom, { sure, now, idle }: Advice): string {
  if (symptom === 'boxes-everywhere') return 'is not';
  const told = OF_NOTHING.includes(symptom) || sure < now + NOTABLE;
  return told
    ? `is ${percent(sure)} sure of this image and ${percent(idle)} of gray and noise`
    : `is ${percent(sure)} sure of this image instead of ${percent(now)}`;
}

/** Symptoms of models that are sure of what shows nothing. */
const OF_NOTHING: readonly Symptom[] = ['unmoved', 'sure-of-anything', 'sure-of-pieces'];
/** Smaller differences are no gain. */
const NOTABLE = 0.1;

function optionsText({ color, scale, mean, std }: PreprocessingChange): string {
  const texts: string[] = [];
  if (color !== undefined) texts.push(option('color', color));
  if (scale !== undefined) texts.push(option('scale', fraction(scale)));
  if (mean !== undefined) texts.push(option('mean', mean.map(short).join(',')));
  if (std !== undefined) texts.push(option('std', std.map(short).join(',')));
  return texts.join(' ');
}

/** Scales are written as they are thought of: 1/255. */
function fraction(scale: number): string {
  return scale >= 1 ? short(scale) : `1/${short(1 / scale)}`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function percent(value: number): string {
  return `${Math.round(100 * Math.max(0, Math.min(1, value)))} %`;
}
