import { z } from 'zod';
import { option } from '../../errors.js';
import { modelConfigSchema } from '../../models/config.js';
import { versionField, type FileFormat } from './file-format.js';

const VERSION = 1;

/** What `.datum/config.json` holds. Paths are relative to the project where they lie in it, else absolute. */
export const projectSchema = z.strictObject({
  version: versionField(VERSION),
  models: z.record(z.string(), modelConfigSchema),
  sources: z.record(z.string(), z.strictObject({ path: z.string(), format: z.string() })),
});

export const PROJECT = {
  name: 'config.json',
  title: 'The models and sources of a project.',
  version: VERSION,
  schema: projectSchema,
  kind: 'project',
  mend: `mend it, or make the project anew with ${option('overwrite')}`,
} as const satisfies FileFormat;

export type ProjectRecord = z.output<typeof projectSchema>;
