/** Reads an output "scores" [N, 2] as it is. */
import type { ReadOutputs } from 'datum-explain';

const readScores: ReadOutputs = ({ scores }, { count }) => {
  if (scores === undefined) throw new Error('there is no output "scores"');
  return Array.from({ length: count }, (_, image) =>
    [0, 1].map((label) => ({ label, score: scores.data[image * 2 + label] ?? 0 })),
  );
};

export default readScores;
