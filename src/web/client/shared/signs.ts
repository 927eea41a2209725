/** How good something is: each has a shape of its own, so that color is never alone. */
export type State = 'good' | 'warn' | 'bad' | 'unknown';
