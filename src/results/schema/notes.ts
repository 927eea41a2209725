import { z } from 'zod';
import type { Note } from '../../explain/note.js';

/** A note as files hold it: facts for programs, and the sentence that they make. */
const noteSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('alpha-dropped'), sentence: z.string() }),
  z.object({
    kind: z.literal('depth-reduced'),
    pixels: z.enum(['gray16', 'float']),
    brightest: z.number(),
    sentence: z.string(),
  }),
  z.object({ kind: z.literal('fewer-classes'), asked: z.number(), classes: z.number(), sentence: z.string() }),
  z.object({ kind: z.literal('boxes-left-out'), count: z.number(), sentence: z.string() }),
  z.object({ kind: z.literal('masks-at-random'), probability: z.number(), sentence: z.string() }),
  z.object({ kind: z.literal('proposals-cut'), interpreter: z.string(), sentence: z.string() }),
  z.object({ kind: z.literal('perhaps-no-classes'), sentence: z.string() }),
  z.object({ kind: z.literal('advice'), sentence: z.string() }),
  z.object({ kind: z.literal('text'), sentence: z.string() }),
]);

/** What the user should know, one by one; a plain sentence is what version 0.1.0 wrote. */
export const notesSchema = z.array(z.union([z.string(), noteSchema])).default([]);
export type NoteRecord = z.input<typeof noteSchema>;

/** The notes of a file. */
export function notesOf(records: z.output<typeof notesSchema>): Note[] {
  return records.map((record) => (typeof record === 'string' ? { kind: 'text', sentence: record } : record));
}
