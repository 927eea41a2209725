import { z } from 'zod';

/** What a map is worth: the figures of `measure()`, and the energy of the map moved to start at 0. */
const mapFigures = z.object({
  /** Of the class, as the model numbers it. */
  label: z.string(),
  /** The model's score on the whole photo. */
  score: z.number(),
  deletion: z.number(),
  insertion: z.number(),
  /** Insertion less deletion. */
  oa: z.number(),
  /** The same between the photo and a strongly blurred one. */
  oab: z.number(),
  /** Share of the map's positive part in the boxes; null where no boxes are known. */
  epg: z.number().nullable(),
  /** The same once the lowest value of the map is 0. */
  epg01: z.number().nullable(),
  /** Whether the peak lies in or beside a box. */
  pointing: z.boolean().nullable(),
});

/** What one method made of one photo. */
const photoResult = z.object({
  model: z.string(),
  method: z.string(),
  photo: z.string(),
  /** Runs asked for where all get the same. */
  budget: z.number(),
  /** Images that went through the model. */
  runs: z.number(),
  /** CPU seconds of the explanation alone, by an open model. */
  cpu: z.number(),
  /** Peak memory of the process, in bytes. */
  peak: z.number(),
  /** What starting, loading, opening and writing take of the process, in CPU seconds. */
  start: z.number(),
  maps: z.array(mapFigures).min(1),
});

const failure = z.object({ model: z.string(), method: z.string(), why: z.string() });

export const comparisonSchema = z.object({
  date: z.string(),
  commit: z.string(),
  machine: z.object({
    cpu: z.string(),
    cores: z.number(),
    memory: z.number(),
    system: z.string(),
    /** Processes that wanted to run, in the mean of the last quarter of an hour. */
    load: z.number(),
  }),
  threads: z.number(),
  budget: z.number(),
  versions: z.record(z.string(), z.string()),
  results: z.array(photoResult),
  failures: z.array(failure),
});

export type Comparison = z.output<typeof comparisonSchema>;
export type PhotoResult = z.output<typeof photoResult>;
export type MapFigures = z.output<typeof mapFigures>;
export type Failure = z.output<typeof failure>;

/** One line of the log that a run resumes from. */
export const logSchema = z.union([
  photoResult.extend({ kind: z.literal('result') }),
  z.object({ kind: z.literal('versions'), versions: z.record(z.string(), z.string()) }),
  failure.extend({ kind: z.literal('failure') }),
]);
export type LogLine = z.output<typeof logSchema>;
