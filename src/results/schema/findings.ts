import { z } from 'zod';
import { versionField, type FileFormat } from './file-format.js';

const VERSION = 1;

const interval = z.tuple([z.number(), z.number()]);

/** Something that is wrong with the model or with the dataset. */
const findingSchema = z.object({
  kind: z.string(),
  classes: z.array(z.string()),
  title: z.string(),
  sentence: z.string(),
  advice: z.string(),
  count: z.number().describe('cases that show it'),
  of: z.number().describe('cases looked at'),
  interval: interval.describe('95 % interval of that share'),
  test: z.object({ name: z.string(), p: z.number() }).nullable(),
  figures: z.array(z.object({ name: z.string(), share: z.number(), interval: interval.nullable() })),
  examples: z.array(z.object({ item: z.string(), target: z.number() })),
  region: z
    .object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() })
    .nullable()
    .describe("in shares of the image's width and height"),
});

/** What a check came to. */
const checkSchema = z.object({
  kind: z.string(),
  found: z.number(),
  looked: z.number().describe('answers looked at'),
  leftOut: z
    .object({ noise: z.number(), lost: z.number(), weak: z.number(), unfaithful: z.number() })
    .default({ noise: 0, lost: 0, weak: 0, unfaithful: 0 })
    .describe('maps that the check left out, by their verdict: they do not say what the answer depends on'),
  untested: z.string().nullable().describe('why the check could not be made; null where it could'),
});

export const findingsSchema = z.object({
  findings: z.array(findingSchema).describe('the gravest first'),
  checks: z.array(checkSchema).describe('one a kind, also where nothing was found'),
});

/** `findings.json`, beside a report. */
const findingsFileSchema = z.object({
  version: versionField(VERSION),
  runs: z.array(findingsSchema.extend({ name: z.string() })),
});

export const FINDINGS = {
  name: 'findings.json',
  title: 'What is wrong with the models and datasets of a report.',
  version: VERSION,
  schema: findingsFileSchema,
  kind: 'output',
  mend: 'make the report again',
} as const satisfies FileFormat;

export type FindingsRecord = z.input<typeof findingsSchema>;
export type FindingsFile = z.input<typeof findingsFileSchema>;
