import { z } from 'zod';
import { sayOptions } from '../../errors.js';
import type { Method } from '../../explain/method.js';
import { METHODS } from '../../explain/methods.js';
import { occlusionMethod } from '../../explain/occlusion/method.js';
import { commonOptionsSchema } from '../../explain/options.js';
import { riseMethod } from '../../explain/rise/method.js';
import { superpixelMethod } from '../../explain/superpixels/method.js';
import type { MethodForm } from '../protocol.js';

/** Options that are fields of the page with one of the methods. */
const FIELDS: ReadonlySet<string> = new Set(
  [commonOptionsSchema, ...[riseMethod, occlusionMethod, superpixelMethod].map(({ options }) => options)].flatMap(
    ({ shape }) => Object.keys(shape),
  ),
);

/** Fields of the page that are no options of the method. */
const OTHER_TITLES: Readonly<Record<string, string>> = { metrics: 'Measure' };

/** What the page's form calls an option: `maskWidth` is "Mask width". */
function titleOf(name: string): string {
  return OTHER_TITLES[name] ?? inWords(name).replace(/^./, (first) => first.toUpperCase());
}

/** An option in a sentence for the page: a field by its title in quotes, any other option in words. */
export function nameOnPage(name: string, value: string | null): string {
  const isField = FIELDS.has(name) || name in OTHER_TITLES;
  const valued = (called: string): string => (value === null ? called : `${called}: ${value}`);
  return isField ? `“${valued(titleOf(name))}”` : valued(inWords(name));
}

/** A sentence for the page. */
export function onPage(sentence: string): string {
  return sayOptions(sentence, nameOnPage);
}

/** What the page's form is made from, for each built-in method, the default first. */
export function optionsForms(): Promise<MethodForm[]> {
  return Promise.all(METHODS.map(async ({ name, title, load }) => ({ name, title, form: optionsForm(await load()) })));
}

/** JSON Schema of a method's options, each property with the title of its field. */
export function optionsForm({ options, without = [] }: Pick<Method, 'options' | 'without'>): unknown {
  const schema = z.toJSONSchema(commonOptionsSchema.extend(options.shape), { io: 'input' });
  const refused: readonly string[] = without;
  const properties: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (typeof property === 'boolean' || refused.includes(name)) continue;
    properties[name] = { ...property, title: titleOf(name), description: onPage(property.description ?? '') };
  }
  return { ...schema, properties };
}

function inWords(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
