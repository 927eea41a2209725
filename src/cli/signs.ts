/** Signs of states, which differ in form and not by color alone. */
export const SIGNS = { good: '+', look: '!', bad: 'x', unknown: '?' } as const;
