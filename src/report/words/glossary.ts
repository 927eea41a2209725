import { option } from '../../errors.js';
import { LEAST_ADVANTAGE } from '../../explain/faithfulness.js';
import { shareText } from '../../results/share-text.js';
import { WEAK_ANSWER } from '../../results/target-summary.js';

/** A word or figure that sentences, tables and pages use. */
export interface GlossaryEntry {
  readonly term: string;
  /** Other words for the same, of the field or of this program's own tables and pages. */
  readonly also?: readonly string[];
  /** One or two plain sentences; options are marked, and faces call them by their own names. */
  readonly meaning: string;
  /** Where it stands in JSON: paths within a target of `explanation.json` or `items.jsonl`; null where it stands nowhere. */
  readonly json: readonly string[] | null;
}

export interface GlossaryGroup {
  readonly heading: string;
  readonly entries: readonly GlossaryEntry[];
}

/** What each word and figure of results means: `datum help words` and docs/glossary.md are made of it. */
export const GLOSSARY: readonly GlossaryGroup[] = [
  {
    heading: 'The answer',
    entries: [
      {
        term: 'answer',
        also: ['target'],
        meaning: 'What is explained: a class of the whole image, or a box with its class. Each has a map of its own.',
        json: ['label', 'bbox', 'kind'],
      },
      {
        term: 'score',
        meaning:
          "The model's own number for the answer on the whole image, mostly 0 to 1. It is not the chance to be right.",
        json: ['score'],
      },
      {
        term: 'weak answer',
        meaning: `The best class has a score below ${shareText(WEAK_ANSWER)}: the model is guessing, and the map explains a guess. Where the score is almost 0 there is no map (verdict weak).`,
        json: ['score', 'verdict'],
      },
      {
        term: 'box',
        meaning:
          'Where a detector says the object is: x, y of the upper left corner, width, height, in pixels of the image.',
        json: ['bbox'],
      },
      {
        term: 'missed',
        meaning: 'An object that is annotated, or a box that you drew, for which the model has no answer.',
        json: ['why', 'outcome'],
      },
      {
        term: 'overlap',
        also: ['IoU'],
        meaning: 'Shared area of two boxes as a share of the area of both together: 1 is the same box, 0 is apart.',
        json: ['iou'],
      },
    ],
  },
  {
    heading: 'The map: why this answer?',
    entries: [
      {
        term: 'map',
        also: ['saliency map', 'heatmap'],
        meaning:
          'For every pixel how much the score rises when it is shown, and falls when it is hidden. Bright places raise the score.',
        json: ['range', 'raw', 'heatmap'],
      },
      {
        term: 'runs',
        also: ['masks', 'samples'],
        meaning:
          'How often the model saw the image with random parts hidden. The map is made of these scores alone: the model is never looked into.',
        json: null,
      },
      {
        term: 'depends on',
        meaning:
          'Where most of the map lies: on the object if more of it lies there than chance puts there, else beside it. It says where, never why.',
        json: ['peak', 'energyInObject', 'energyInBox'],
      },
      {
        term: 'in box',
        also: ['energy in box'],
        meaning:
          "Share of the map that lies in the answer's own box. Hold it against the share of the image that the box covers: chance gives that.",
        json: ['energyInBox'],
      },
      {
        term: 'on object',
        also: ['inside', 'energy in object'],
        meaning: 'The same for the annotated object; the share of the image that it covers is what chance gives.',
        json: ['energyInObject', 'objectArea'],
      },
      {
        term: 'brightest place',
        also: ['peak', 'pointing'],
        meaning:
          'The pixel where the map is highest. Pointing says whether it lies on the object, or within 15 pixels of it.',
        json: ['peak', 'pointing'],
      },
      {
        term: 'standard error',
        also: ['±'],
        meaning: 'How far the values of the map would scatter, were it made again with other random masks.',
        json: ['meanStandardError'],
      },
    ],
  },
  {
    heading: 'The test: what changes the answer?',
    entries: [
      {
        term: 'changes when hidden',
        also: ['gone at', 'hide', 'becomes', 'flips at'],
        meaning:
          'The smallest share of the image, brightest places first, that has to be hidden to change the answer, and into what it changes. A small share says that a small spot decides.',
        json: ['boundary.removed.share', 'boundary.removed.to'],
      },
      {
        term: 'enough',
        also: ['suffices'],
        meaning: 'The smallest share, brightest places first, that keeps the answer when everything else is hidden.',
        json: ['boundary.sufficient.share'],
      },
      {
        term: 'mean score when hidden',
        also: ['hidden', 'deletion'],
        meaning:
          'The score on average while the image is hidden step by step, brightest places first. Low is good: what the map marks was needed.',
        json: ['deletionAuc', 'deletion.auc'],
      },
      {
        term: 'mean score when shown',
        also: ['shown', 'insertion'],
        meaning:
          'The score on average while an empty image is filled step by step, brightest places first. High is good: what the map marks brings the answer.',
        json: ['insertionAuc', 'insertion.auc'],
      },
      {
        term: 'score with random parts hidden',
        also: ['belief'],
        meaning:
          'What the score does under the random masks: in 5 of 100 runs it is below the low figure, in 5 of 100 above the high one.',
        json: ['belief.low', 'belief.median', 'belief.high'],
      },
    ],
  },
  {
    heading: 'Trust: how sure is the map?',
    entries: [
      {
        term: 'repeatable',
        also: ['reliability', 'stable'],
        meaning: `How alike this map and one of endless runs are expected to be, as a correlation: 1 is the same. From 0.95 on it is called repeatable; ${option('stopAt')} sets that.`,
        json: ['reliability'],
      },
      {
        term: 'faithful',
        meaning: `Hiding what the map marks changes the score more than hiding the same shape elsewhere in the image does, by ${100 * LEAST_ADVANTAGE} % of the score at least. A map can be repeatable and not faithful: then do not read it.`,
        json: ['faithfulness.advantage', 'verdict'],
      },
      {
        term: 'not judged',
        meaning: `Nobody asked whether the map is faithful: it takes further runs, which ${option('metrics', 'fast')} makes.`,
        json: ['faithfulness'],
      },
      {
        term: 'no map',
        also: ['noise', 'lost'],
        meaning: `Nothing stands out from chance (noise: more runs may help), or the answer is almost never found while parts are hidden (lost: hide less, such as ${option('prob', 0.8)}).`,
        json: ['verdict'],
      },
      {
        term: 'trust',
        also: ['verdict ok'],
        meaning: 'In a table: the map is repeatable, and faithful where that was judged.',
        json: ['verdict', 'reliability'],
      },
    ],
  },
  {
    heading: 'A dataset: what is wrong with the model?',
    entries: [
      {
        term: 'right',
        also: ['true positive'],
        meaning: 'The class is that of the annotation; for a box, it also overlaps the annotated one by half or more.',
        json: ['outcome'],
      },
      {
        term: 'wrong class',
        meaning: 'An object is there, and the model calls it something else.',
        json: ['outcome'],
      },
      {
        term: 'false positive',
        also: ['found where nothing is'],
        meaning: 'A box where no annotated object is, or a second one on the same object.',
        json: ['outcome'],
      },
      {
        term: 'precision, recall',
        meaning: 'Of the answers of a class, how many are right; of its annotated objects, how many were found.',
        json: null,
      },
      {
        term: 'finding',
        meaning:
          'Something that shows in many images and that chance does not explain, such as answers that depend on one corner. Each says how sure it is.',
        json: null,
      },
      {
        term: 'left out',
        meaning:
          'Maps that do not say what the answer depends on (no map, not faithful) count in no figure about maps.',
        json: ['verdict'],
      },
    ],
  },
];
