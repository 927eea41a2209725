import { DatumError, option } from '../../errors.js';
import type { Tensor } from '../../launchers/types.js';
import { inputSize } from '../contract/evidence.js';
import { queryChoices } from './query-choices.js';
import { isStrangeTable } from '../decoding/dense.js';
import { areMaps, holdsNoTables, unreadable } from './unreadable.js';
import { resolveLabels } from './labels/resolve.js';
import { interpreterNames, loadInterpreter } from '../registry.js';
import { adaptPreprocessing, preprocessingOf, type AdaptedPreprocessing } from '../contract/preprocessing.js';
import { clearlyRight, describeChoice, judgeReading, type JudgedReading, type Reading } from './judge-readings.js';
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
  /** Whether all of the image is to be hidden. */
  readonly hidden?: boolean;
  /** Whether the preprocessing stands as it is, whatever the user gave. */
  readonly asIs?: boolean;
}

/** Runs the model once on an image, extra inputs fed with `extraInputs`. */
export type SampleRun = (request: SampleRequest) => Promise<{
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly input: InputSize;
  /** Whether an output's first axis counts images, by its name; null where two images were not tried. */
  readonly batched?: Readonly<Record<string, boolean>> | null;
}>;

const RANK: Readonly<Record<Recognition['confidence'], number>> = { certain: 2, likely: 1, possible: 0 };

/**
 * The interpreter that reads a model, from its signature and metadata and, where these do not decide, from a trial run.
 *
 * @param run makes the trial run; without it, and without a sample in the evidence, shapes alone must decide.
 * @throws DatumError (`interpreter`) where none fits, or where several fit equally well, naming the options that settle it.
 */
export async function inferInterpreter(evidence: Evidence, run?: SampleRun): Promise<Inference> {
  const declared = await candidates(evidence);
  if (run === undefined || evidence.sample !== null || isSettled(declared)) {
    return settle(declared, evidence, null);
  }
  const [guess] = declared;
  const request: SampleRequest = {
    preprocessing: preprocessingOfGuess(guess, evidence),
    size: inputSize(evidence) ?? usualInputSize(evidence, guess?.interpreter),
  };
  const sampled = withSample(evidence, await run(request));
  refuseEmpty(sampled);
  return settle(await candidates(sampled), sampled, { run, asked: evidence, request });
}

/** A list of detections may be empty; outputs without columns never say anything. */
function refuseEmpty({ sample }: Evidence): void {
  const given = Object.entries(sample ?? {});
  if (given.length === 0 || !given.every(([, { shape }]) => shape.length > 1 && shape.at(-1) === 0)) return;
  const names = given.map(([name, { shape }]) => `"${name}" [${shape.join(', ')}]`);
  throw new DatumError(
    'interpreter',
    `the model gives no numbers: its output is ${names.join(', ')}. Export it again.`,
  );
}

function withSample(evidence: Evidence, { outputs, input, batched }: Awaited<ReturnType<SampleRun>>): Evidence {
  return { ...evidence, sample: outputs, input, batched: batched ?? null };
}

/** What further runs need: readings that want the image in another way are tried on a run of their own. */
interface Trials {
  readonly run: SampleRun;
  /** What was known before any run. */
  readonly asked: Evidence;
  /** What was run already. */
  readonly request: SampleRequest;
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
  let known: Evidence = { ...evidence, chosen: true };
  const first = interpreter.recognise(known);
  if (run !== undefined && evidence.sample === null && (first === null || first.needsSample === true)) {
    const size = inputSize(evidence) ?? usualInputSize(evidence, interpreter);
    const preprocessing = interpreter.preprocessing(evidence, first?.options ?? {});
    known = withSample(known, await run({ preprocessing, size }));
  }
  const recognition = interpreter.recognise(known) ?? first;
  if (recognition?.open != null && Object.keys(options).length === 0) {
    throw new DatumError('interpreter', recognition.open);
  }
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
async function candidates(evidence: Evidence): Promise<Reading[]> {
  const found: Reading[] = [];
  for (const name of interpreterNames) {
    const interpreter = await loadInterpreter(name);
    const recognition = interpreter.recognise(evidence);
    if (recognition !== null) found.push({ interpreter, recognition });
  }
  return found.sort((a, b) => RANK[b.recognition.confidence] - RANK[a.recognition.confidence]);
}

/** Whether a trial run could not change the choice nor its options. */
function isSettled(found: readonly Reading[]): boolean {
  const certain = found.filter(({ recognition }) => recognition.confidence === 'certain');
  return certain.length === 1 && certain[0]?.recognition.needsSample !== true;
}

function preprocessingOfGuess(guess: Reading | undefined, evidence: Evidence): Preprocessing {
  if (guess !== undefined) return guess.interpreter.preprocessing(evidence, guess.recognition.options);
  return adaptPreprocessing(evidence, ANY_IMAGE, 'either').preprocessing;
}

/** What most models take: enough to see the shapes of the outputs. */
const ANY_IMAGE = preprocessingOf({});

async function settle(found: readonly Reading[], evidence: Evidence, trials: Trials | null): Promise<Inference> {
  const [chosen] = found;
  const certain = chosen?.recognition.confidence === 'certain';
  if (chosen === undefined || (!certain && holdsNoTables(evidence))) {
    throw unreadable(evidence, await queryChoices(evidence));
  }
  const { confidence, open } = chosen.recognition;
  const rivals = found.filter(({ recognition }) => recognition.confidence === confidence);
  if (rivals.length === 1 && open != null) throw new DatumError('interpreter', open);
  if (chosen.recognition.guess === true && trials !== null && evidence.hidden === undefined) {
    const { outputs } = await trials.run({ ...trials.request, hidden: true });
    const blind: Evidence = { ...evidence, hidden: outputs };
    return settle(await candidates(blind), blind, trials);
  }
  if (rivals.length === 1 && confidence !== 'possible') return complete(chosen, evidence, knownBy(confidence));
  const judged: JudgedReading[] = [];
  for (const rival of rivals) judged.push(await judge(rival, evidence, trials));
  const right = clearlyRight(judged);
  if (right === null) {
    const again = trials === null ? null : await settledAsIs(trials);
    if (again !== null) return again;
    const found = judged.some(({ verdict }) => verdict?.kind === 'plausible');
    if (!found && isStrangeTable(evidence)) throw unreadable(evidence, await queryChoices(evidence));
    throw undecided(judged, areMaps(evidence));
  }
  const { recognition } = right.reading;
  if (recognition.open != null) throw new DatumError('interpreter', recognition.open);
  const reason = `${recognition.reason}; ${describeChoice(right, judged)}`;
  return complete({ ...right.reading, recognition: { ...recognition, reason } }, right.evidence, 'convention');
}

/**
 * Once more on a run that is fed as by convention: what the user gave of the preprocessing may be what makes no reading
 * look right. Null where that does not decide either.
 */
async function settledAsIs({ run, asked, request }: Trials): Promise<Inference | null> {
  if (request.asIs === true) return null;
  const asIs = { ...request, asIs: true };
  const sampled = withSample(asked, await run(asIs));
  try {
    return await settle(await candidates(sampled), sampled, { run, asked, request: asIs });
  } catch (error) {
    if (error instanceof DatumError) return null;
    throw error;
  }
}

function knownBy(confidence: Recognition['confidence']): OutputFacts['by'] {
  return confidence === 'certain' ? 'model' : 'convention';
}

/** Tries a reading on the image, fed as its own family wants it. */
async function judge(reading: Reading, evidence: Evidence, trials: Trials | null): Promise<JudgedReading> {
  const { interpreter, recognition } = reading;
  if (trials !== null) {
    const { asked, request, run } = trials;
    const preprocessing = interpreter.preprocessing(asked, recognition.options);
    if (JSON.stringify(preprocessing) !== JSON.stringify(request.preprocessing)) {
      const own = withSample(asked, await run({ ...request, preprocessing }));
      const again = interpreter.recognise(own);
      if (again !== null) {
        const fed: Reading = { interpreter, recognition: again };
        return { reading: fed, evidence: own, verdict: judgeReading(fed, own) };
      }
    }
  }
  return { reading, evidence, verdict: judgeReading(reading, evidence) };
}

function complete({ interpreter, recognition }: Reading, evidence: Evidence, by: OutputFacts['by']): Inference {
  const labels = resolveLabels(evidence, recognition.classes, interpreter.task);
  const preprocessing = interpreter.preprocessing(evidence, recognition.options);
  const { by: fed, source } = guessed(interpreter, adaptPreprocessing(evidence, preprocessing, interpreter.task));
  return {
    interpreter,
    recognition,
    preprocessing,
    labels: labels.names,
    facts: {
      outputs: {
        interpreter: interpreter.name,
        by: recognition.guess === true && by !== 'given' ? 'guess' : by,
        reason: recognition.reason,
      },
      preprocessing: { ...preprocessing, by: fed, source, given: [], replaced: [] },
      labels: labels.facts,
    },
  };
}

/** A family's convention that is only a guess is called one. */
function guessed(
  { preprocessingIsGuess }: Interpreter,
  { by, source }: Pick<AdaptedPreprocessing, 'by' | 'source'>,
): Pick<AdaptedPreprocessing, 'by' | 'source'> {
  return preprocessingIsGuess === undefined || by !== 'convention'
    ? { by, source }
    : { by: 'guess', source: `a guess: ${preprocessingIsGuess}` };
}

/**
 * Why no reading is taken: those that a run has not refuted are named, with what would settle it.
 *
 * @param maps whether the outputs may as well be maps of an image
 */
function undecided(judged: readonly JudgedReading[], maps: boolean): DatumError {
  const left = judged.filter(({ verdict }) => verdict?.kind !== 'wrong');
  if (left.length === 0) {
    const findings = judged.map(({ reading, verdict }) => `${reading.interpreter.name} ${verdict?.finding ?? ''}`);
    return new DatumError(
      'interpreter',
      `the outputs have the shapes of ${judged.map(({ reading }) => reading.interpreter.name).join(' or ')} but read as ${judged.length === 1 ? 'no such model' : 'none of them'}: ${findings.join('; ')}: read them with a script, whose path ${option('interpreter')} takes.`,
    );
  }
  const [only] = left;
  if (left.length === 1 && only !== undefined) return uncertain(only);
  const readings = left.map(
    ({ reading: { interpreter, recognition }, verdict }) =>
      `${option('interpreter', interpreter.name)} (${recognition.reason}${verdict === null ? '' : `; it ${verdict.finding}`})`,
  );
  const counted = left.some(({ reading }) => reading.recognition.classes?.count != null);
  return new DatumError(
    'interpreter',
    `the outputs can be read in ${left.length} ways; choose one: ${readings.join(', or ')}${counted ? `; or give the class names with ${option('labels')}, whose number may tell` : ''}${maps ? `; if they are maps, as of a segmentation, read them with a script, whose path ${option('interpreter')} takes too` : ''}.`,
  );
}

function uncertain({ reading: { interpreter, recognition }, verdict }: JudgedReading): DatumError {
  const seen =
    verdict === null ? 'nothing confirms it' : `read so, the model ${verdict.finding}, which confirms nothing`;
  const names = interpreter.task === 'classification' ? `, give the names of the classes with ${option('labels')}` : '';
  return new DatumError(
    'interpreter',
    `the outputs may be those of ${interpreter.name} (${recognition.reason}), but ${seen}: say ${option('interpreter', interpreter.name)} if they are${names}, or read them with a script, whose path ${option('interpreter')} takes too.`,
  );
}
