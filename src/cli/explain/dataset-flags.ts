import { z } from 'zod';
import { DatumError } from '../../errors.js';
import { METRICS_LEVELS } from '../../runs/measure/metrics-level.js';
import { ONLY } from '../../runs/dataset/explain-item.js';

/** Which items of a dataset are explained, and what of them is measured. */
export const datasetFlagsSchema = z.strictObject({
  metrics: z.enum(METRICS_LEVELS).optional().meta({
    flag: '--metrics <level>',
    description:
      'deletion, insertion, decision boundary and whether maps explain the scores: none, fast (but for the last no more runs than the explanation) or full (default: fast where results are written or printed as JSON)',
  }),
  subset: z.string().optional().meta({ flag: '--subset <name>', description: 'dataset: items of this subset' }),
  filter: z
    .string()
    .optional()
    .meta({ flag: '--filter <expr>', description: "dataset: items such as 'label=cat and width>640'" }),
  limit: z
    .number()
    .int()
    .min(1)
    .max(1e9)
    .optional()
    .meta({ flag: '--limit <n>', description: 'dataset: a random sample of n items, by --seed' }),
  only: z
    .enum(ONLY)
    .optional()
    .meta({ flag: '--only <which>', description: `dataset: items whose answer is ${ONLY.join(', ')}` }),
  shard: z
    .string()
    .optional()
    .meta({ flag: '--shard <i/n>', description: "dataset: the i-th of n parts; 'datum merge' joins them" }),
  labelMap: z.string().optional().meta({
    flag: '--label-map <file>',
    description: "dataset: 'dataset class: model class' where names do not match",
  }),
});

export type DatasetFlags = z.output<typeof datasetFlagsSchema>;

/**
 * @throws DatumError (`usage`) for a flag that makes no sense for a single image.
 */
export function refuseDatasetFlags({ subset, filter, limit, only, shard, labelMap }: DatasetFlags): void {
  const given = { '--subset': subset, '--filter': filter, '--limit': limit, '--only': only, '--shard': shard };
  for (const [flag, value] of Object.entries({ ...given, '--label-map': labelMap })) {
    if (value !== undefined) throw new DatumError('usage', `${flag} is for datasets, and the target is one image.`);
  }
}
