import { DatumError, option } from '../../errors.js';
import type { Tensor } from '../../launchers/types.js';
import { inputSize, knownOutputs } from '../contract/evidence.js';
import { resolveLabels } from './labels/resolve.js';
import { interpreterNames, loadInterpreter } from '../registry.js';
import { adaptPreprocessing, preprocessingOf } from '../contract/preprocessing.js';
import { shapeText } from '../decoding/outputs.js';
import type { InferredFacts, OutputFacts } from '../contract/facts.js';
import { usualInputSize } from '../contract/usual-size.js';
import type { Evidence, InputSize, Interpreter, Preprocessing, Recognition } from '../contract/types.js';

/** The interpreter chosen for a model, with all that goes with it. */
export interface Inference {
  readonly interpreter: Interpreter;
  readonly recognition: Recognition;
  /** Before the user's options. */
  readonly preprocessing: Preprocessing;
  /** A name for each class number; null where none are known. */
  readonly labels: readonly string[] | null;
  /** What was decided, and how it is known. */
  readonly facts: InferredFacts;
}

/** What a trial run needs to know before the interpreter is settled. */
export interface SampleRequest {
  /** The best guess so far. */
  readonly preprocessing: Preprocessing;
  /** A size for inputs that leave theirs open; null where nothing tells. */
  readonly size: InputSize | null;
}

/** Runs the model once on an image, extra inputs fed with `extraInputs`. */
export type SampleRun = (request: SampleRequest) => Promise<{
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly input: InputSize;
  /** Whether an output's first axis counts images, by its name; null where two images were not tried. */
  readonly batched?: Readonly<Record<string, boolean>> | null;
}>;

const RANK: Readonly<Record<Recognition['confidence'], number>> = { certain: 2, likely: 1, possible: 0 };

interface Candidate {
  readonly interpreter: Interpreter;
  readonly recognition: Recognition;
}

/**
 * The interpreter that reads a model, from its signature and metadata and, where these do not decide, from a trial run.
 *
 * @param run makes the trial run; without it, and without a sample in the evidence, shapes alone must decide.
 * @throws DatumError (`interpreter`) where none fits, or where several fit equally well, naming the options that settle it.
 */
export async function inferInterpreter(evidence: Evidence, run?: SampleRun): Promise<Inference> {
  const declared = await candidates(evidence);
  if (run === undefined || evidence.sample !== null || isSettled(declared)) {
    return settle(declared, evidence);
  }
  const [guess] = declared;
  const shown = await run({
    preprocessing: preprocessingOfGuess(guess, evidence),
    size: inputSize(evidence) ?? usualInputSize(evidence.signature, guess?.interpreter),
  });
  const sampled: Evidence = { ...evidence, sample: shown.outputs, input: shown.input, batched: shown.batched ?? null };
  return settle(await candidates(sampled), sampled);
}

/**
 * The same for an interpreter that the user has chosen, a script or a built-in one. What it recognises sets its options,
 * but it need not recognise the model.
 *
 * @param options kept from an earlier inference; they go before those recognised now.
 */
export async function configureInterpreter(
  interpreter: Interpreter,
  evidence: Evidence,
  options: Readonly<Record<string, unknown>> = {},
  run?: SampleRun,
): Promise<Inference> {
  let known = evidence;
  const first = interpreter.recognise(evidence);
  if (run !== undefined && evidence.sample === null && (first === null || first.needsSample === true)) {
    const size = inputSize(evidence) ?? usualInputSize(evidence.signature, interpreter);
    const shown = await run({ preprocessing: interpreter.preprocessing(evidence, first?.options ?? {}), size });
    known = { ...evidence, sample: shown.outputs, input: shown.input, batched: shown.batched ?? null };
  }
  const recognition = interpreter.recognise(known) ?? first;
  return complete(
    {
      interpreter,
      recognition: {
        ...recognition,
        confidence: 'certain',
        reason: recognition === null ? 'chosen, not recognised' : recognition.reason,
        options: { ...recognition?.options, ...options },
      },
    },
    known,
    'given',
  );
}

/** All interpreters that recognise a model, the most confident first. */
async function candidates(evidence: Evidence): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const name of interpreterNames) {
    const interpreter = await loadInterpreter(name);
    const recognition = interpreter.recognise(evidence);
    if (recognition !== null) found.push({ interpreter, recognition });
  }
  return found.sort((a, b) => RANK[b.recognition.confidence] - RANK[a.recognition.confidence]);
}

/** Whether a trial run could not change the choice nor its options. */
function isSettled(found: readonly Candidate[]): boolean {
  const certain = found.filter(({ recognition }) => recognition.confidence === 'certain');
  return certain.length === 1 && certain[0]?.recognition.needsSample !== true;
}

function preprocessingOfGuess(guess: Candidate | undefined, evidence: Evidence): Preprocessing {
  if (guess !== undefined) return guess.interpreter.preprocessing(evidence, guess.recognition.options);
  return adaptPreprocessing(evidence, ANY_IMAGE, 'either').preprocessing;
}

/** What most models take: enough to see the shapes of the outputs. */
const ANY_IMAGE = preprocessingOf({});

function settle(found: readonly Candidate[], evidence: Evidence): Inference {
  const [chosen] = found;
  if (chosen === undefined) throw unreadable(evidence);
  const rivals = found.filter(({ recognition }) => recognition.confidence === chosen.recognition.confidence);
  if (rivals.length > 1) throw ambiguous(rivals);
  if (chosen.recognition.confidence === 'possible') throw uncertain(chosen);
  return complete(chosen, evidence, chosen.recognition.confidence === 'certain' ? 'model' : 'convention');
}

function complete({ interpreter, recognition }: Candidate, evidence: Evidence, by: OutputFacts['by']): Inference {
  const labels = resolveLabels(evidence, recognition.classes, interpreter.task);
  const preprocessing = interpreter.preprocessing(evidence, recognition.options);
  const { by: fed, source } = adaptPreprocessing(evidence, preprocessing, interpreter.task);
  return {
    interpreter,
    recognition,
    preprocessing,
    labels: labels.names,
    facts: {
      outputs: { interpreter: interpreter.name, by, reason: recognition.reason },
      preprocessing: { ...preprocessing, by: fed, source, given: [], replaced: [] },
      labels: labels.facts,
    },
  };
}

function ambiguous(rivals: readonly Candidate[]): DatumError {
  const readings = rivals.map(
    ({ interpreter, recognition }) => `${option('interpreter', interpreter.name)} (${recognition.reason})`,
  );
  const counted = rivals.some(({ recognition }) => recognition.classes?.count != null);
  return new DatumError(
    'interpreter',
    `the outputs can be read in ${rivals.length} ways; choose one: ${readings.join(', or ')}${counted ? `; or give the class names with ${option('labels')}, whose number may tell` : ''}.`,
  );
}

function uncertain({ interpreter, recognition }: Candidate): DatumError {
  return new DatumError(
    'interpreter',
    `the outputs may be those of ${interpreter.name} (${recognition.reason}), but nothing confirms it: say ${option('interpreter', interpreter.name)} if they are, or read them with a script, whose path ${option('interpreter')} takes too.`,
  );
}

function unreadable(evidence: Evidence): DatumError {
  const outputs = knownOutputs(evidence);
  const listed = outputs.map(({ name, shape }) => `"${name}" ${shapeText(shape)}`).join(', ');
  const spatial = outputs.some(({ shape }) => shape.length === 4 && shape.slice(2).some((size) => size !== 1));
  const what = spatial
    ? 'like maps of an image (segmentation, depth), not classes or boxes'
    : 'like no classifier or detector known here (a regression, an embedding or decoded text, perhaps)';
  return new DatumError(
    'interpreter',
    `the outputs ${listed} look ${what}: write a script that turns them into labels or boxes and give its path with ${option('interpreter')}, or choose some of them with ${option('outputLayers')}.`,
  );
}
