/** Where the surfaces lie. */
export const SURFACES: string;

/** The surface of every entry point, as text by name: each exported value and type with its signature, sorted by name. */
export function surfaces(): Record<string, string>;
