import type { z } from 'zod';
import { DatumError } from '../../errors.js';
import { describeIssue } from '../../schema-issues.js';
import { extraInputs } from './extra-inputs.js';
import { adaptPreprocessing } from './preprocessing.js';
import type { Decoder, DecoderContext, Evidence, Interpreter, Preprocessing, Recognition } from './types.js';

/** A family as its file writes it: an Interpreter whose options are typed by its own schema. */
export interface Family<Schema extends z.ZodType> extends Omit<
  Interpreter,
  'options' | 'recognise' | 'preprocessing' | 'create'
> {
  readonly options: Schema;
  recognise(evidence: Evidence): FamilyRecognition<Schema> | null;
  /** The family's convention; what the model itself says goes before it. */
  preprocessing(evidence: Evidence, options: z.output<Schema>): Preprocessing;
  create(context: DecoderContext, options: z.output<Schema>): Decoder;
}

/** A recognition with options of the family's own schema. */
export type FamilyRecognition<Schema extends z.ZodType> = Omit<Recognition, 'options'> & {
  readonly options: z.input<Schema>;
};

type PlainOptions = z.ZodType<Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>>;

/**
 * Makes an Interpreter of a family: its options are checked by the schema wherever plain data come in, its
 * preprocessing is adapted to the model, and known inputs beside the image are fed.
 */
export function defineInterpreter<Schema extends PlainOptions>(family: Family<Schema>): Interpreter {
  return {
    ...family,
    recognise: (evidence) => family.recognise(evidence),
    preprocessing: (evidence, options) =>
      adaptPreprocessing(evidence, family.preprocessing(evidence, checkedOptions(family, options)), family.task)
        .preprocessing,
    create: (context) => ({
      extraInputs: ({ count, placement }) => extraInputs(context.signature, context.input, count, placement),
      ...family.create(context, checkedOptions(family, context.options)),
    }),
  };
}

/**
 * Options of a family as a model's configuration holds them.
 *
 * @throws DatumError (`model`) naming the field that is wrong, and where it stands.
 */
function checkedOptions<Schema extends z.ZodType>(
  { name, options }: Pick<Family<Schema>, 'name' | 'options'>,
  given: unknown,
): z.output<Schema> {
  const parsed = options.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = ['interpreterOptions', ...(issue?.path ?? [])].join('.');
  const what = issue === undefined ? 'is not valid' : describeIssue(issue);
  throw new DatumError(
    'model',
    `the model's configuration is damaged: ${field} ${what} for the interpreter ${name}. Mend it in the project's config.json, or add the model anew.`,
    { cause: parsed.error },
  );
}
