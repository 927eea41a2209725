import { normaliseName } from '../label-names.js';
import type { DatasetItem } from '../types.js';
import { attributeField, FIELDS, type Field } from './fields.js';
import { filterError, parseFilter, type FilterNode, type Operator } from './parse.js';

export type ItemPredicate = (item: DatasetItem) => boolean;

type Comparison = Extract<FilterNode, { kind: 'compare' }>;

/**
 * Makes a test of an expression such as `label=cat and (width>640 or id~"^val/")`; see docs/datasets.md.
 *
 * An item passes a comparison when any of its values does, so `area>9000` asks for one large box; `!=` and `!~` are the
 * opposites of `=` and `~`, so `label!=person` asks for no person at all.
 *
 * @param labelNames class names by label index; a filter that names another class is an error, since it could only be
 *   a slip.
 * @throws DatumError (`usage`) naming the position.
 */
export function compileFilter(expression: string, labelNames: readonly string[]): ItemPredicate {
  return compile(parseFilter(expression), expression, labelNames);
}

function compile(node: FilterNode, expression: string, labelNames: readonly string[]): ItemPredicate {
  if (node.kind === 'compare') return compileComparison(node, expression, labelNames);
  if (node.kind === 'not') {
    const part = compile(node.part, expression, labelNames);
    return (item) => !part(item);
  }
  const parts = node.parts.map((part) => compile(part, expression, labelNames));
  return node.kind === 'and' ? (item) => parts.every((part) => part(item)) : (item) => parts.some((part) => part(item));
}

function compileComparison(node: Comparison, expression: string, labelNames: readonly string[]): ItemPredicate {
  const { operator, value } = node;
  if (operator === '!=' || operator === '!~') {
    const positive = compileComparison({ ...node, operator: operator === '!=' ? '=' : '~' }, expression, labelNames);
    return (item) => !positive(item);
  }
  const field = findField(node, expression);
  if (field.kind === 'number') {
    const test = numberTest(node, expression);
    return (item) => field.values(item).some(test);
  }
  if (operator === '~') {
    const pattern = toPattern(node, expression);
    return (item) => field.values(item, labelNames).some((text) => pattern.test(text));
  }
  if (operator === '=') {
    const wanted = normaliseName(value);
    // A name of signs alone, such as '?', has no normal form.
    const same = wanted === '' ? (text: string) => text === value : (text: string) => normaliseName(text) === wanted;
    const test = node.field === 'id' ? (text: string) => text === value.normalize('NFC') : same;
    if (node.field === 'label' && !labelNames.some(test)) throw unknownClass(node, expression, labelNames);
    return (item) => field.values(item, labelNames).some(test);
  }
  // Attributes hold numbers too.
  if (!node.field.startsWith('attr.')) {
    throw filterError(expression, node.fieldAt, `${node.field} is text, which ${operator} cannot compare; use = or ~`);
  }
  const test = numberTest(node, expression);
  return (item) => field.values(item, labelNames).some((text) => text !== '' && test(Number(text)));
}

function findField(node: Comparison, expression: string): Field {
  const { field } = node;
  if (field.startsWith('attr.') && field.length > 5) return attributeField(field.slice(5));
  if (Object.hasOwn(FIELDS, field)) return FIELDS[field]!;
  const names = [...Object.keys(FIELDS), 'attr.NAME'].join(', ');
  throw filterError(expression, node.fieldAt, `there is no field '${field}', but ${names}`);
}

function numberTest(node: Comparison, expression: string): (value: number) => boolean {
  const wanted = Number(node.value);
  if (node.value.trim() === '' || !Number.isFinite(wanted)) {
    throw filterError(expression, node.valueAt, `${node.field} is a number, and '${node.value}' is not`);
  }
  const tests: Partial<Record<Operator, (value: number) => boolean>> = {
    // The user wrote the number, and sizes and counts are whole: exact equality is what is meant.
    '=': (value) => value === wanted,
    '<': (value) => value < wanted,
    '<=': (value) => value <= wanted,
    '>': (value) => value > wanted,
    '>=': (value) => value >= wanted,
  };
  const test = tests[node.operator];
  if (test === undefined) {
    throw filterError(expression, node.fieldAt, `${node.field} is a number, which ${node.operator} cannot compare`);
  }
  return test;
}

function toPattern(node: Comparison, expression: string): RegExp {
  try {
    return new RegExp(node.value, 'iu');
  } catch {
    throw filterError(expression, node.valueAt, `'${node.value}' is not a regular expression`);
  }
}

function unknownClass(node: Comparison, expression: string, labelNames: readonly string[]): Error {
  const some = labelNames.slice(0, 10).join(', ');
  const more = labelNames.length > 10 ? ` and ${labelNames.length - 10} more` : '';
  const known = labelNames.length === 0 ? 'it has no classes' : `it has ${some}${more}`;
  return filterError(expression, node.valueAt, `the dataset has no class '${node.value}'; ${known}`);
}
