import type { Option } from 'commander';

/** Headings of `datum explain --help --all` in their order, with what stands below each, by the names of options. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  'What to explain:': [
    'target',
    'topK',
    'classes',
    'boxes',
    'detConfThresh',
    'maxBoxes',
    'nmsIouThresh',
    'match',
    'iouThresh',
  ],
  'How long:': ['stopAt', 'maxSamples', 'timeBudget'],
  'Masks:': ['preset', 'maskWidth', 'maskHeight', 'prob', 'fill', 'seed', 'sampler', 'estimator', 'reference'],
  'Output:': ['outputDir', 'save', 'metrics', 'fullSize', 'display', 'progressive', 'json', 'quiet'],
  'Dataset:': ['subset', 'filter', 'limit', 'only', 'shard', 'labelMap'],
  'Model:': ['model', 'project', 'workers', 'batchSize'],
};

/** Where an option stands that is listed nowhere: a method's own. */
const OF_THE_METHOD = 'Masks:';
const LAST = 99;

/** The options of the command below their headings, in the order of help. */
export function grouped(options: readonly Option[]): Option[] {
  const headings = Object.keys(GROUPS);
  const placed = options.map((option) => {
    const heading = headings.find((one) => GROUPS[one]?.includes(option.attributeName())) ?? OF_THE_METHOD;
    const place = GROUPS[heading]?.indexOf(option.attributeName()) ?? -1;
    option.helpGroup(heading);
    return { option, place: 100 * headings.indexOf(heading) + (place < 0 ? LAST : place) };
  });
  return placed.sort((a, b) => a.place - b.place).map(({ option }) => option);
}
