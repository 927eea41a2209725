/** A field of the options' form, as the method's schema describes it. */
export interface OptionField {
  readonly name: string;
  readonly title: string;
  readonly help: string;
  readonly input: OptionInput;
  /** What holds where nothing is chosen, as text; empty where the method decides. */
  readonly fallback: string;
}

export type OptionInput =
  | { readonly kind: 'switch' }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly kind: 'number'; readonly whole: boolean; readonly least: number | null; readonly most: number | null }
  | { readonly kind: 'text'; readonly list: boolean };

/** Options that are chosen on the image and in the list of classes. */
const CHOSEN_ELSEWHERE = new Set(['boxes', 'classes']);

/** A method, and the fields of its options. */
export interface MethodFields {
  readonly name: string;
  readonly title: string;
  readonly fields: readonly OptionField[];
}

/** Reads what the server says of methods: `[{ name, title, form }]`. */
export function methodFields(forms: unknown): MethodFields[] {
  if (!Array.isArray(forms)) return [];
  return forms.flatMap((one: unknown) => {
    if (!isRecord(one)) return [];
    const { name, title, form } = one;
    return typeof name === 'string' && typeof title === 'string' ? [{ name, title, fields: optionFields(form) }] : [];
  });
}

/** Reads a method's JSON Schema. */
export function optionFields(schema: unknown): OptionField[] {
  const properties = isRecord(schema) ? schema['properties'] : null;
  if (!isRecord(properties)) return [];
  return Object.entries(properties).flatMap(([name, property]) => {
    if (!isRecord(property) || CHOSEN_ELSEWHERE.has(name)) return [];
    const { title, description, default: fallback } = property;
    return [
      {
        name,
        title: typeof title === 'string' ? title : name,
        help: typeof description === 'string' ? description : '',
        input: inputOf(property),
        fallback: typeof fallback === 'string' || typeof fallback === 'number' ? String(fallback) : '',
      },
    ];
  });
}

/** The option's value from what was typed; undefined where nothing was, or what already holds. */
export function valueOf({ input, fallback }: OptionField, text: string): unknown {
  const typed = text.trim();
  if (typed === '' || typed === fallback) return undefined;
  switch (input.kind) {
    case 'switch':
      return typed === 'true' ? true : undefined;
    case 'choice':
      return typed;
    case 'number':
      return Number(typed);
    case 'text': {
      const parts = typed.split(',').map((part) => part.trim());
      if (parts.length > 1 || input.list) return parts.map(numberOrText);
      return numberOrText(typed);
    }
  }
}

function inputOf(property: Readonly<Record<string, unknown>>): OptionInput {
  const { type, enum: values, minimum, exclusiveMinimum, maximum, exclusiveMaximum } = property;
  if (type === 'boolean') return { kind: 'switch' };
  if (Array.isArray(values)) return { kind: 'choice', values: values.map(String) };
  if (type === 'integer' || type === 'number') {
    return {
      kind: 'number',
      whole: type === 'integer',
      least: firstNumber(minimum, exclusiveMinimum),
      most: firstNumber(maximum, exclusiveMaximum),
    };
  }
  return { kind: 'text', list: type === 'array' };
}

function firstNumber(...values: readonly unknown[]): number | null {
  return (
    (values.find((value) => typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER - 1) as
      number | undefined) ?? null
  );
}

function numberOrText(text: string): number | string {
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
