import type { Command } from 'commander';
import { optionTerm } from '../help/plain-help.js';
import { columnsOf, twoColumns, wrapText, type Row } from '../help/text-columns.js';
import { defaultOf } from '../schema-flags.js';

/** What one types first, and the question that it answers. */
const EXAMPLES: readonly Row[] = [
  { term: 'datum explain photo.jpg -m model.onnx', text: 'why this answer?' },
  { term: 'datum explain photo.jpg -m model.onnx -o out', text: 'and write the results' },
  { term: 'datum explain photo.jpg -m model.onnx --box 40,60,120,200:dog', text: 'why this box, or why not?' },
  { term: 'datum explain DATASET -m model.onnx -o out', text: 'a whole dataset: what is wrong with this model?' },
];

/** An option in a few words. */
interface ShortOption {
  /** One of its flags. */
  readonly flag: string;
  /** How it is shown where its own flags would take too much room. */
  readonly term?: string;
  readonly text: string;
}

const MASKS = 'Masks';

/** What is used most, by what it is for. Flags are those of the command; defaults are told by its schemas. */
const SHORT: readonly (readonly [heading: string, options: readonly ShortOption[]])[] = [
  [
    'What to explain',
    [
      {
        flag: '--model',
        term: '-m, --model FILE',
        text: 'the model: ONNX, OpenVINO, Python, or a name in the project',
      },
      { flag: '--classes', text: 'these classes, by name' },
      { flag: '--top-k', text: 'the K best classes' },
      { flag: '--box', text: 'this box, found or not' },
      { flag: '--det-conf-thresh', term: '--conf P', text: 'boxes from this score on' },
    ],
  ],
  [
    'How long',
    [
      { flag: '--stop-at', text: 'how repeatable maps must be, 0 to 1' },
      { flag: '--max-samples', term: '--max-samples N', text: 'runs at most' },
      { flag: '--time-budget', term: '--time-budget T', text: 'stop after this time: 10s, 2m' },
    ],
  ],
  [MASKS, [{ flag: '--preset', text: 'fast, balanced, sharp, or reference: how fine a map' }]],
  [
    'Output',
    [
      { flag: '--output-dir', text: 'write maps, figures and a page' },
      { flag: '--display', text: 'watch in a browser' },
      { flag: '--json', text: 'the result as JSON' },
      { flag: '--quiet', text: 'results and errors alone' },
    ],
  ],
  [
    'Dataset',
    [
      { flag: '--limit', text: 'a random sample of N images' },
      { flag: '--only', text: 'only what was answered wrong, missed, low-confidence' },
    ],
  ],
];

const MORE: readonly Row[] = [
  { term: 'datum explain --help --all', text: 'every option' },
  { term: 'datum explain -- --help', text: 'how the model is opened, fed and read' },
  { term: 'datum help words', text: 'what each figure means' },
  { term: 'datum demo', text: 'try it without files of your own' },
];

/** Where texts begin beside options. */
const OPTIONS_AT = 28;
const EXAMPLES_AT = 55;
const MORE_AT = 33;

/** A method other than the usual one, by its name and the names of its own options. */
export interface NamedMethod {
  readonly name: string;
  readonly own: readonly string[];
}

/**
 * The help of `datum explain` that is shown first: examples, and the options that are used most.
 *
 * @param method whose own options are shown in place of those of masks, where one is named
 */
export function shortHelp(command: Command, columns: number | undefined, method: NamedMethod | null): string {
  const width = columnsOf(columns);
  const parts = [
    ...wrapText('Show which parts of an image made a model answer what it answered.', width).map((line) => `${line}\n`),
    `\n${twoColumns(EXAMPLES, EXAMPLES_AT, width)}`,
    ...SHORT.map(([heading, options]) => {
      const own = heading === MASKS && method !== null;
      const rows = own ? ownRows(command, method) : options.map((option) => rowOf(command, option));
      return `\n${own ? `Method ${method.name}` : heading}\n${twoColumns(rows, OPTIONS_AT, width)}`;
    }),
    `\nMore\n${twoColumns(MORE, MORE_AT, width)}`,
  ];
  return parts.join('');
}

function rowOf(command: Command, { flag, term, text }: ShortOption): Row {
  const option = command.options.find(({ short, long }) => flag === short || flag === long);
  if (option === undefined) throw new Error(`the command has no option ${flag}`);
  const usual = defaultOf(option);
  return { term: term ?? optionTerm(option), text: usual === null ? text : `${text} (${usual})` };
}

function ownRows({ options }: Command, { own }: NamedMethod): Row[] {
  return options
    .filter((option) => own.includes(option.attributeName()) && !option.hidden)
    .map((option) => ({ term: optionTerm(option), text: option.description }));
}
