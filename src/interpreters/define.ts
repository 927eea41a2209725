import type { z } from 'zod';
import type { Decoder, DecoderContext, Evidence, Interpreter, Preprocessing, Recognition } from './types.js';

/** A family as its file writes it: an Interpreter whose options are typed by its own schema. */
export interface Family<Schema extends z.ZodType> extends Omit<
  Interpreter,
  'options' | 'recognise' | 'preprocessing' | 'create'
> {
  readonly options: Schema;
  recognise(evidence: Evidence): (Omit<Recognition, 'options'> & { readonly options: z.input<Schema> }) | null;
  preprocessing(evidence: Evidence, options: z.output<Schema>): Preprocessing;
  create(context: DecoderContext, options: z.output<Schema>): Decoder;
}

/** Makes an Interpreter of a family: its options are checked by the schema wherever plain data come in. */
export function defineInterpreter<
  Schema extends z.ZodType<Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>>,
>(family: Family<Schema>): Interpreter {
  return {
    ...family,
    recognise: (evidence) => family.recognise(evidence),
    preprocessing: (evidence, options) => family.preprocessing(evidence, family.options.parse(options)),
    create: (context) => family.create(context, family.options.parse(context.options)),
  };
}
