import { z } from 'zod';

// Options that several families have in their schemas.

export const unitsOption = z.boolean().default(false).describe('boxes are in 0..1 of the input, not in pixels');

export const masksOption = z.number().int().default(0).describe('mask coefficients behind the classes');

export const scoresActivatedOption = z
  .boolean()
  .default(false)
  .describe('objectness and classes have been through a sigmoid in the graph');
