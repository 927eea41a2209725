import { z } from 'zod';
import { sayOptions } from '../../errors.js';
import { riseOptionsSchema } from '../../explain/rise/options.js';

/** Fields of the page that are no options of the method. */
const OTHER_TITLES: Readonly<Record<string, string>> = { metrics: 'Measure' };

/** What the page's form calls an option: `maskWidth` is "Mask width". */
function titleOf(name: string): string {
  return OTHER_TITLES[name] ?? inWords(name).replace(/^./, (first) => first.toUpperCase());
}

/** An option in a sentence for the page: a field by its title in quotes, any other option in words. */
export function nameOnPage(name: string, value: string | null): string {
  const isField = name in riseOptionsSchema.shape || name in OTHER_TITLES;
  const valued = (called: string): string => (value === null ? called : `${called}: ${value}`);
  return isField ? `“${valued(titleOf(name))}”` : valued(inWords(name));
}

/** A sentence for the page. */
export function onPage(sentence: string): string {
  return sayOptions(sentence, nameOnPage);
}

/** What the form of the method's options is made from: JSON Schema, each property with the title of its field. */
export function optionsForm(): unknown {
  const schema = z.toJSONSchema(riseOptionsSchema, { io: 'input' });
  const properties: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (typeof property === 'boolean') continue;
    properties[name] = { ...property, title: titleOf(name), description: onPage(property.description ?? '') };
  }
  return { ...schema, properties };
}

function inWords(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
