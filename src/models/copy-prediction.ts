import type { Prediction } from '../annotations/index.js';

/** A prediction whose arrays are its own: decoders answer with views that the next run overwrites. */
export function copyPrediction({ scores, heads, proposals }: Prediction): Prediction {
  return {
    ...(heads === undefined ? {} : { heads }),
    scores: scores === null ? null : scores.slice(),
    proposals:
      proposals === null
        ? null
        : {
            count: proposals.count,
            boxes: proposals.boxes.slice(0, proposals.count * 4),
            objectness: proposals.objectness?.slice(0, proposals.count) ?? null,
            classes:
              proposals.classes.kind === 'vectors'
                ? { ...proposals.classes, data: proposals.classes.data.slice() }
                : {
                    kind: 'single',
                    labels: proposals.classes.labels.slice(0, proposals.count),
                    scores: proposals.classes.scores.slice(0, proposals.count),
                  },
          },
  };
}
