import { Option, type Command } from 'commander';
import { z } from 'zod';
import { DatumError } from '../errors.js';
import { describeOptionError } from '../schema-issues.js';

/**
 * A schema whose fields carry `description` in their metadata, and `flag` where theirs is not their name in kebab-case: the
 * source of help and checks.
 */
export type FlagSchema = z.ZodObject;

/** Reads one flag's text; throws a DatumError (`usage`) where it is not of the flag's form. */
export type FlagReader = (text: string, previous: unknown) => unknown;

/** A flag of a schema's field. */
class NamedOption extends Option {
  readonly #field: string;
  /** What holds where the flag is not given, as one would type it; null where the schema does not say. */
  readonly fallback: string | null;
  /** Words that it takes; others may be taken too. */
  readonly words: readonly string[];

  constructor(name: string, field: z.ZodType, flags: string, description: string) {
    const fallback = defaultText(field);
    super(flags, fallback === null ? description : `${description} (default: ${fallback})`);
    this.#field = name;
    this.fallback = fallback;
    this.words = wordsOf(z.toJSONSchema(field, { io: 'input' }));
  }

  /** Its value is kept under the name of its field, however the flag is written. */
  override attributeName(): string {
    return this.#field;
  }
}

/** What an option is where it is not given, as one would type it; null where that is not known. */
export function defaultOf(option: Option): string | null {
  return option instanceof NamedOption ? option.fallback : null;
}

/** Words that an option takes as its value, as far as they are known. */
export function wordsTaken(option: Option): readonly string[] {
  return option instanceof NamedOption ? option.words : (option.argChoices ?? []);
}

function wordsOf({ enum: words, const: word, anyOf = [], items }: z.core.JSONSchema.BaseSchema): string[] {
  const own = [...(words ?? []), word].filter((one) => typeof one === 'string');
  const inner = [...anyOf, ...(Array.isArray(items) ? [] : [items])];
  return [...own, ...inner.flatMap((one) => (typeof one === 'object' ? wordsOf(one) : []))];
}

/**
 * Adds a flag to a command for every field of a schema.
 *
 * @param readers for fields whose text has a form of its own; others are read by their type.
 * @param flags of a schema that knows nothing of the command line
 * @param hidden names of fields that help leaves out, since their flags are refused
 */
export function addSchemaFlags(
  command: Command,
  schema: FlagSchema,
  readers: Readonly<Record<string, FlagReader>> = {},
  flags: Readonly<Record<string, string>> = {},
  hidden: readonly string[] = [],
): Command {
  for (const [name, field] of Object.entries<z.ZodType>(schema.shape)) {
    const { flag, description } = flagOf(field, name, flags);
    const option = new NamedOption(name, field, flag, description);
    if (option.required || option.optional) option.argParser(readers[name] ?? readerOf(field, flag));
    command.addOption(option.hideHelp(hidden.includes(name)));
  }
  return command;
}

/**
 * Checks parsed flags with their schema.
 *
 * @throws DatumError (`usage`) naming the flag.
 */
export function checkFlags<Schema extends FlagSchema>(
  schema: Schema,
  values: Record<string, unknown>,
): z.output<Schema> {
  const known = Object.fromEntries(Object.entries(values).filter(([name]) => name in schema.shape));
  const parsed = schema.safeParse(known);
  if (parsed.success) return parsed.data;
  const flag = (name: string): string => {
    const field: unknown = schema.shape[name];
    return field instanceof z.ZodType ? longFlag(flagOf(field, name).flag) : `--${name}`;
  };
  throw new DatumError('usage', describeOptionError(parsed.error, values, flag));
}

function flagOf(
  field: z.ZodType,
  name: string,
  flags: Readonly<Record<string, string>> = {},
): { flag: string; description: string } {
  const meta = field.meta() ?? {};
  const flag = flags[name] ?? meta['flag'];
  return { flag: typeof flag === 'string' ? flag : plainFlag(field, name), description: meta.description ?? '' };
}

/** The flag of an option that says nothing of one: its name in kebab-case, with a value unless it is true or false. */
function plainFlag(field: z.ZodType, name: string): string {
  const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const { type } = z.toJSONSchema(field, { io: 'input' });
  if (type === 'boolean') return flag;
  return `${flag} ${type === 'integer' || type === 'number' ? '<n>' : type === 'array' ? '<a,b>' : '<value>'}`;
}

function longFlag(flag: string): string {
  return flag.replace(/ <.*/, '').split(', ').at(-1) ?? flag;
}

function defaultText(field: z.ZodType): string | null {
  const { default: value } = z.toJSONSchema(field, { io: 'input' });
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

function readerOf(field: z.ZodType, flag: string): FlagReader {
  const { type } = z.toJSONSchema(field, { io: 'input' });
  if (type === 'integer' || type === 'number') return (text) => readNumber(text, flag);
  if (type === 'array') return (text) => text.split(',').map((part) => part.trim());
  return (text) => text;
}

/** A number, also as a fraction such as `1/255`. */
export function readNumber(text: string, flag: string): number {
  const [numerator, denominator, ...rest] = text.split('/');
  const value = denominator === undefined ? decimal(text) : decimal(numerator ?? '') / decimal(denominator);
  if (rest.length > 0 || !Number.isFinite(value)) {
    throw new DatumError('usage', `${longFlag(flag)} takes a number, not '${text}'.`);
  }
  return value;
}

function decimal(text: string): number {
  return text.trim() === '' ? NaN : Number(text);
}

/** Comma-separated numbers, each also as a fraction. */
export function readNumbers(text: string, flag: string): number[] {
  return text.split(',').map((part) => readNumber(part, flag));
}
