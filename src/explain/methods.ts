import { DatumError } from '../errors.js';
import { entryNamed, namesOf, type Entry } from '../plugins/entry.js';
import type { Method } from './method.js';

/** The built-in methods, the default first. */
export const METHODS: readonly [Entry<Method>, ...Entry<Method>[]] = [
  {
    name: 'rise',
    title: 'random masks, and a regression of the scores on them',
    load: async () => (await import('./rise/method.js')).riseMethod,
  },
  {
    name: 'occlusion',
    title: 'a window slides over the image; what the score loses under it',
    load: async () => (await import('./occlusion/method.js')).occlusionMethod,
  },
  {
    name: 'superpixels',
    title: 'regions of like color (SLIC), hidden at random, and the same regression',
    load: async () => (await import('./superpixels/method.js')).superpixelMethod,
  },
];

/**
 * A built-in method by its name.
 *
 * @param otherwise what else there is where it is asked for: `give the path of a module`
 * @throws DatumError (`usage`) for a name that there is not.
 */
export async function methodNamed(name: string, otherwise: string): Promise<Method> {
  const entry = entryNamed(METHODS, name);
  if (entry === undefined) throw noSuchMethod(name, otherwise);
  return entry.load();
}

export function noSuchMethod(name: string, otherwise: string): DatumError {
  return new DatumError('usage', `there is no method '${name}': choose from ${namesOf(METHODS)}, or ${otherwise}.`, {
    option: 'method',
  });
}
