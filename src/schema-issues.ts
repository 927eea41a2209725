import type { z } from 'zod';

/** What is wrong with a value, as the end of a sentence that begins with its name: "must be at least 1". */
export function describeIssue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_small':
      if (issue.origin === 'array' || issue.origin === 'string') return `must have at least ${issue.minimum} parts`;
      return issue.inclusive === false ? `must be more than ${issue.minimum}` : `must be at least ${issue.minimum}`;
    case 'too_big':
      if (issue.origin === 'array' || issue.origin === 'string') return `must have at most ${issue.maximum} parts`;
      return issue.inclusive === false ? `must be less than ${issue.maximum}` : `must be at most ${issue.maximum}`;
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? `of type ${issue.expected}`}`;
    case 'invalid_value':
      return issue.values.length === 1
        ? `must be ${String(issue.values[0])}`
        : `must be one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_union':
      return (
        issue.errors.flatMap(([first]) => (first === undefined ? [] : [describeIssue(first)])).join(', or ') ||
        'is none of those that are known'
      );
    case 'unrecognized_keys':
      return `must not have ${issue.keys.map((key) => `'${key}'`).join(' or ')}, which is not known`;
    default:
      // Checks of our own say it all.
      return issue.message;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list of numbers',
  object: 'an object with fields',
  record: 'an object with fields',
};

/**
 * A sentence on the first thing that is wrong with given options.
 *
 * @param values the options as they were given
 * @param nameOf the name that the user knows an option by
 */
export function describeOptionError(
  { issues }: z.core.$ZodError,
  values: Readonly<Record<string, unknown>>,
  nameOf: (name: string) => string,
): string {
  const [issue] = issues;
  if (issue === undefined) return 'the options are not valid.';
  const [name, ...inside] = issue.path;
  if (name === undefined) return `the options ${describeIssue(issue)}.`;
  const part = inside.filter((key) => typeof key === 'string').join('.');
  const value = issue.code === 'custom' ? null : plainText(wrongPart(values[String(name)], inside));
  return `${nameOf(String(name))}${part === '' ? '' : `: ${part}`} ${describeIssue(issue)}${value === null ? '' : `, not ${value}`}.`;
}

/** The element of a list that is meant, or the whole value. */
function wrongPart(value: unknown, [index]: readonly PropertyKey[]): unknown {
  return Array.isArray(value) && typeof index === 'number' ? value[index] : value;
}

/** A value of more letters than this is cut in a sentence. */
const LONGEST_SHOWN = 200;

/** A value in a sentence; null for what has no short text. */
function plainText(value: unknown): string | null {
  if (Array.isArray(value)) {
    const parts = value.map(plainText);
    return parts.includes(null) ? null : parts.join(',');
  }
  if (value === '') return "''";
  if (typeof value === 'string' && value.length > LONGEST_SHOWN) return `${value.slice(0, LONGEST_SHOWN)}...`;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}
