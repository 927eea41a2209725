import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const shared = new URL('../../../shared/', import.meta.url);

/** Whether the real models and photos are there: they are too large and not free enough to be part of the project. */
export const hasAssets = existsSync(shared);

/** Path of a model, photo or list of labels beside the project. */
export function asset(name: string): string {
  return fileURLToPath(new URL(`assets/${name}`, shared));
}
