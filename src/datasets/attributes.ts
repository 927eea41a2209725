import type { Attributes } from './types.js';

/** The members of an object that can be attributes: texts, numbers and truth values; the rest is left out. */
export function toAttributes(value: unknown): Attributes {
  if (typeof value !== 'object' || value === null) return {};
  const attributes = new Map<string, string | number | boolean>();
  for (const [name, one] of Object.entries(value)) {
    if (typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean') attributes.set(name, one);
  }
  // Not by assignment: an attribute may be called `__proto__`.
  return Object.fromEntries(attributes);
}

/** Attributes of those names whose flag is set: what is not so is not mentioned. */
export function setFlags(flags: Readonly<Record<string, boolean>>): Attributes {
  return Object.fromEntries(Object.entries(flags).filter(([, set]) => set));
}
