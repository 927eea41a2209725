import { z } from 'zod';
import { modelConfigSchema } from '../../models/config.js';
import type { FileFormat } from './file-format.js';

/** What `.datum/config.json` holds. Paths are relative to the project where they lie in it, else absolute. */
export const projectSchema = z.strictObject({
  version: z.number(),
  models: z.record(z.string(), modelConfigSchema),
  sources: z.record(z.string(), z.strictObject({ path: z.string(), format: z.string() })),
});

export const PROJECT = {
  name: 'config.json',
  title: 'The models and sources of a project.',
  version: 1,
  schema: projectSchema,
  kind: 'project',
  mend: 'mend it, or make a new project in its place',
} as const satisfies FileFormat;

export type ProjectRecord = z.output<typeof projectSchema>;
