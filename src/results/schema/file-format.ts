import { z } from 'zod';
import { DatumError, messageOf, type ErrorKind } from '../../errors.js';
import { describeIssue } from '../../schema-issues.js';

/** A file that this tool writes: its types, its writer, its reader and its JSON Schema come from one schema. */
export interface FileFormat<Schema extends z.ZodType = z.ZodType> {
  /** As users know it: `explanation.json`. */
  readonly name: string;
  /** What it holds, for its JSON Schema. */
  readonly title: string;
  /** The newest version that is read, and the one that is written. */
  readonly version: number;
  readonly schema: Schema;
  /** The kind of errors about it. */
  readonly kind: ErrorKind;
  /** What to do about a damaged one, at the end of a sentence. */
  readonly mend: string;
}

/** The field of a file's version: up to the newest that is read; 1 where the file says none. */
export function versionField(newest: number) {
  return z.number().int().min(1).max(newest).default(1);
}

/** The version that a file says it has; 1 where it says none. */
const versionSchema = z.object({ version: z.number().default(1) });

/**
 * Refuses a file that a newer version of the tool wrote: half of it would be read wrongly.
 *
 * @param line of a file that has a value in each line
 * @throws DatumError of the format's kind
 */
export function refuseNewer({ version, kind }: FileFormat, value: unknown, file: string, line?: number): void {
  const parsed = versionSchema.safeParse(value);
  if (!parsed.success || parsed.data.version <= version) return;
  throw new DatumError(
    kind,
    `${file}${inLine(line)} was written by a newer datum-explain: its format is version ${parsed.data.version}, and this one reads up to version ${version}. Install the newer one to read it.`,
    { file },
  );
}

/**
 * Checks the value of a file.
 *
 * @param line of a file that has a value in each line
 * @throws DatumError of the format's kind, saying that it is newer, or what is wrong with it.
 */
export function readValue<Schema extends z.ZodType>(
  format: FileFormat<Schema>,
  value: unknown,
  file: string,
  line?: number,
): z.output<Schema> {
  refuseNewer(format, value, file, line);
  const parsed = format.schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const what =
    issue === undefined ? 'it is not valid' : `${issue.path.join('.') || 'the whole'} ${describeIssue(issue)}`;
  throw damaged(format, what, file, { line, cause: parsed.error });
}

/** Reads the text of a file; see `readValue`. */
export function readText<Schema extends z.ZodType>(
  format: FileFormat<Schema>,
  text: string,
  file: string,
  line?: number,
): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw damaged(format, messageOf(cause).split('\n')[0] ?? '', file, { line, cause });
  }
  return readValue(format, value, file, line);
}

/**
 * The error of a file that does not hold what it should.
 *
 * @param what is wrong with it, in words
 */
export function damaged(
  { kind, mend }: FileFormat,
  what: string,
  file: string,
  { line, cause }: { readonly line?: number | undefined; readonly cause?: unknown } = {},
): DatumError {
  return new DatumError(kind, `${file} is damaged${inLine(line)} (${what}): ${mend}.`, { cause, file });
}

function inLine(line: number | undefined): string {
  return line === undefined ? '' : ` in line ${line}`;
}

/** The published JSON Schema of a file. */
export function jsonSchemaOf({ name, title, schema }: FileFormat): Record<string, unknown> {
  const { $schema, ...body } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return { $schema, $id: `urn:datum-explain:${schemaFileName(name)}`, title: name, description: title, ...body };
}

/** The name of the file that a format's JSON Schema is published in. */
export function schemaFileName(name: string): string {
  return `${name.replace(/\.jsonl?$/, '').replaceAll('.', '-')}.schema.json`;
}
