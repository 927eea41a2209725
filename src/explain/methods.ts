import type { Entry } from '../plugins/entry.js';
import type { Method } from './method.js';

/** The built-in methods, the default first. */
export const METHODS: readonly [Entry<Method>, ...Entry<Method>[]] = [
  {
    name: 'rise',
    title: 'random masks, and a regression of the scores on them',
    load: async () => (await import('./rise/method.js')).riseMethod,
  },
];
