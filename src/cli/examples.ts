import { fileURLToPath } from 'node:url';

/** Folder of the models and images that the package brings. */
export const ANIMALS = fileURLToPath(new URL('../../examples/animals', import.meta.url));
