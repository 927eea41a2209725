import { useEffect, useState } from 'preact/hooks';
import { get } from './api.js';
import { methodFields, valueOf, type MethodFields, type OptionField } from './option-fields.js';

/** How much is measured after the maps. */
export const METRICS = ['fast', 'full', 'none'] as const;
export type Metrics = (typeof METRICS)[number];

/** What was typed into the form, by option. */
export interface ChosenOptions {
  /** Name of the method; null for the first there is. */
  readonly method: string | null;
  readonly texts: Readonly<Record<string, string>>;
  readonly metrics: Metrics;
}

export const USUAL_OPTIONS: ChosenOptions = { method: null, texts: {}, metrics: 'fast' };

/** The methods and their options, the usual method first; empty until they have come. */
export function useMethods(): readonly MethodFields[] {
  const [methods, setMethods] = useState<readonly MethodFields[]>([]);
  useEffect(() => {
    get('/api/options')
      .then((response) => response.json())
      .then((forms: unknown) => {
        setMethods(methodFields(forms));
      })
      .catch(() => {
        setMethods([]);
      });
  }, []);
  return methods;
}

/** The method that is chosen. */
export function chosenMethod(methods: readonly MethodFields[], { method }: ChosenOptions): MethodFields | null {
  return methods.find(({ name }) => name === method) ?? methods[0] ?? null;
}

/** What differs from the method's own choice, as the server takes it. */
export function optionValues(methods: readonly MethodFields[], chosen: ChosenOptions): Record<string, unknown> {
  const { texts } = chosen;
  return Object.fromEntries(
    (chosenMethod(methods, chosen)?.fields ?? []).flatMap((field) => {
      const value = valueOf(field, texts[field.name] ?? '');
      return value === undefined ? [] : [[field.name, value]];
    }),
  );
}

interface OptionsFormProps {
  readonly methods: readonly MethodFields[];
  readonly chosen: ChosenOptions;
  readonly onChange: (chosen: ChosenOptions) => void;
}

/** The method, and every option of it. */
export function OptionsForm({ methods, chosen, onChange }: OptionsFormProps) {
  const method = chosenMethod(methods, chosen);
  const isUsual = method === null || method === methods[0];
  const changed =
    Object.keys(optionValues(methods, chosen)).length + (chosen.metrics === 'fast' ? 0 : 1) + (isUsual ? 0 : 1);
  const set = (name: string, text: string): void => {
    onChange({ ...chosen, texts: { ...chosen.texts, [name]: text } });
  };
  return (
    <details class="options card">
      <summary>Options of the method {changed > 0 && <span class="badge">{changed} changed</span>}</summary>
      <div class="options-grid">
        <label class="option">
          <span>Method</span>
          <select
            name="method"
            value={method?.name ?? ''}
            onChange={(event) => {
              onChange({ ...chosen, method: event.currentTarget.value });
            }}
          >
            {methods.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
          <small>{method?.title ?? ''}</small>
        </label>
        {(method?.fields ?? []).map((field) => (
          <OptionInput
            key={field.name}
            field={field}
            text={chosen.texts[field.name] ?? ''}
            onText={(text) => {
              set(field.name, text);
            }}
          />
        ))}
        <label class="option">
          <span>Measure</span>
          <select
            value={chosen.metrics}
            onChange={(event) => {
              const metrics = METRICS.find((one) => one === event.currentTarget.value);
              if (metrics !== undefined) onChange({ ...chosen, metrics });
            }}
          >
            {METRICS.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
          <small>curves and boundaries, after the maps</small>
        </label>
      </div>
      <button
        type="button"
        class="plain"
        disabled={changed === 0}
        onClick={() => {
          onChange(USUAL_OPTIONS);
        }}
      >
        Back to the usual options
      </button>
    </details>
  );
}

interface OptionInputProps {
  readonly field: OptionField;
  readonly text: string;
  readonly onText: (text: string) => void;
}

function OptionInput({ field, text, onText }: OptionInputProps) {
  const { input, title, help, fallback, name } = field;
  if (input.kind === 'switch') {
    return (
      <label class="option option-switch">
        <span>
          <input
            type="checkbox"
            name={name}
            checked={text === 'true'}
            onChange={(event) => {
              onText(event.currentTarget.checked ? 'true' : '');
            }}
          />{' '}
          {title}
        </span>
        <small>{help}</small>
      </label>
    );
  }
  const typed = {
    value: text,
    placeholder: fallback === '' ? 'chosen' : fallback,
    onInput: (event: { readonly currentTarget: { readonly value: string } }) => {
      onText(event.currentTarget.value);
    },
  };
  return (
    <label class="option">
      <span>{title}</span>
      {input.kind === 'choice' ? (
        <select
          name={name}
          value={text === '' ? fallback : text}
          onChange={(event) => {
            onText(event.currentTarget.value);
          }}
        >
          {input.values.map((value) => (
            <option key={value}>{value}</option>
          ))}
        </select>
      ) : input.kind === 'number' ? (
        <input
          name={name}
          type="number"
          step={input.whole ? 1 : 'any'}
          {...(input.least === null ? {} : { min: input.least })}
          {...(input.most === null ? {} : { max: input.most })}
          {...typed}
        />
      ) : (
        <input name={name} {...typed} />
      )}
      <small>{help}</small>
    </label>
  );
}
