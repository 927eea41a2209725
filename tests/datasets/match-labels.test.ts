import { readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { readLabelMap } from '../../src/datasets/label-map.js';
import { libraryName, sayOptions } from '../../src/errors.js';
import { describeMatch, matchLabels } from '../../src/datasets/match-labels.js';
import { makeFiles, temporaryFolder } from './samples/world.js';

const pairsOf = (dataset: readonly string[], model: readonly string[]) =>
  matchLabels(dataset, model).pairs.map((pair) => [
    dataset[pair.dataset],
    pair.model.map((i) => model[i]),
    pair.reason,
  ]);

it('matches names but for case, spaces and punctuation', () => {
  expect(
    pairsOf(
      ['Cat', 'potted_plant', 'traffic-light', 'Fire  Hydrant'],
      ['cat', 'potted plant', 'traffic light', 'firehydrant'],
    ),
  ).toEqual([
    ['Cat', ['cat'], 'name'],
    ['potted_plant', ['potted plant'], 'name'],
    ['traffic-light', ['traffic light'], 'name'],
    ['Fire  Hydrant', ['firehydrant'], 'name'],
  ]);
  expect(pairsOf(['Cat'], ['dog', 'cat'])).toEqual([['Cat', ['cat'], 'spelling']]);
});

it('knows synonyms both ways', () => {
  const voc = ['aeroplane', 'motorbike', 'tvmonitor', 'sofa', 'pottedplant', 'diningtable'];
  const coco = ['couch', 'airplane', 'tv', 'dining table', 'motorcycle', 'potted plant', 'truck'];
  expect(pairsOf(voc, coco)).toEqual([
    ['aeroplane', ['airplane'], 'synonym'],
    ['motorbike', ['motorcycle'], 'synonym'],
    ['tvmonitor', ['tv'], 'synonym'],
    ['sofa', ['couch'], 'synonym'],
    ['pottedplant', ['potted plant'], 'spelling'],
    ['diningtable', ['dining table'], 'spelling'],
  ]);
  expect(matchLabels(coco, voc).unmatchedDataset).toEqual(['truck']);
});

it('takes ImageNet’s lists of names apart, and trusts WordNet numbers first', () => {
  expect(
    pairsOf(
      ['tabby', 'n02123159 tiger cat', 'n03126707'],
      ['n02123045 tabby, tabby cat', 'n02123159 tiger cat', 'n02012849 crane', 'n03126707 crane'],
    ),
  ).toEqual([
    ['tabby', ['n02123045 tabby, tabby cat'], 'part'],
    ['n02123159 tiger cat', ['n02123159 tiger cat'], 'name'],
    ['n03126707', ['n03126707 crane'], 'spelling'],
  ]);
});

it('prefers the whole name to a part, and keeps all classes of one name', () => {
  expect(pairsOf(['tiger', 'crane'], ['tiger, Panthera', 'tiger', 'crane', 'crane'])).toEqual([
    ['tiger', ['tiger'], 'name'],
    ['crane', ['crane', 'crane'], 'name'],
  ]);
});

it('matches equal lists line by line, so that classes of one name stay apart', () => {
  const names = ['crane', 'maillot', 'Crane'];
  expect(matchLabels(names, names).toModel).toEqual([[0], [1], [2]]);
});

it('says what has no match on either side', () => {
  const match = matchLabels(['cat', 'zebra crossing', 'sofa'], ['cat', 'couch', 'kite']);
  expect(match).toMatchObject({
    toModel: [[0], [], [1]],
    toDataset: [0, 2, null],
    unmatchedDataset: ['zebra crossing'],
    unmatchedModel: ['kite'],
  });
  expect(describeMatch(match)).toBe(
    "2 of 3 classes of the dataset are in the model (sofa = couch); not in the model: zebra crossing; 1 of the model's 3 is not in the dataset.",
  );
  expect(describeMatch(matchLabels(['cat'], ['cat']))).toBe('1 of 1 class of the dataset is in the model.');
  const many = Array.from({ length: 12 }, (_, i) => `class ${i}`);
  expect(describeMatch(matchLabels(many, ['x']))).toContain('class 7 and 4 more');
});

it('never makes two things one that only sound alike', () => {
  // ImageNet's "plane" is a tool; "mouse" may be an animal; a school bus is a kind of bus.
  expect(
    matchLabels(['aeroplane', 'bus', 'mouse'], ["plane, carpenter's plane", 'school bus', 'computer mouse']).pairs,
  ).toEqual([]);
});

it('lets a map overrule names, with several classes or none', () => {
  const map = new Map([
    ['dog', ['beagle', 'PUG']],
    ['cat', []],
  ]);
  const match = matchLabels(['cat', 'dog', 'cow'], ['cat', 'beagle', 'pug', 'cow'], map);
  expect(match.toModel).toEqual([[], [1, 2], [3]]);
  expect(match.pairs.map(({ reason }) => reason)).toEqual(['map', 'name']);
  expect(() => matchLabels(['cat'], ['cat'], new Map([['kitten', ['cat']]]))).toThrow(
    "the label map names 'kitten', which is no class of the dataset (cat).",
  );
  expect(() => matchLabels(['cat'], ['cat'], new Map([['cat', ['feline']]]))).toThrow(
    "'feline', which is no class of the model (cat)",
  );
});

it.each([
  ['JSON', '{"dog": ["beagle", "pug"], "cat": null, "potted plant": "pot: large"}'],
  ['YAML', '# map\ndog: [beagle, pug]\ncat:\npotted plant: "pot: large"\n'],
  ['CSV', 'dataset,model\ndog,beagle\ndog,pug\ncat,\npotted plant,pot: large\n'],
])('reads a map in %s', async (_, text) => {
  const root = await temporaryFolder();
  await makeFiles(root, { 'map.txt': text });
  expect(await readLabelMap(join(root, 'map.txt'))).toEqual(
    new Map([
      ['dog', ['beagle', 'pug']],
      ['cat', []],
      ['potted plant', ['pot: large']],
    ]),
  );
});

it.each([
  ['', /the label map is empty/],
  ['{"a": {"b": 1}}', /map\.txt, a: /],
  ['a,b,c\n', /line 1: a row is 'dataset name,model name', and this has 3 columns/],
  ['just words\n', /a label map is "dataset name: model name"/],
  ['a: [b\n', /neither JSON, YAML nor CSV/],
])('refuses the map %j', async (text, says) => {
  const root = await temporaryFolder();
  await makeFiles(root, { 'map.txt': text });
  await expect(readLabelMap(join(root, 'map.txt'))).rejects.toMatchObject({
    kind: 'dataset',
    message: expect.stringMatching(says) as string,
  });
});

const labels = new URL('../../../shared/assets/labels/', import.meta.url);

it.skipIf(!existsSync(labels))('matches ImageNet with itself in its two published forms', () => {
  const lines = (name: string): string[] =>
    readFileSync(new URL(name, labels), 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  const [simple, synsets] = [lines('imagenet1000_simple.txt'), lines('imagenet1000_synsets.txt')];
  const match = matchLabels(synsets, simple);
  const wrong = match.toModel.flatMap((model, i) => (model.includes(i) ? [] : [synsets[i]]));
  expect(wrong).toEqual([]);
});

it('takes classes that are numbers for those of the model, where no name matches', () => {
  expect(pairsOf(['0', '2'], ['cat', 'dog', 'cow'])).toEqual([
    ['0', ['cat'], 'number'],
    ['2', ['cow'], 'number'],
  ]);
  expect(pairsOf(['class-0', 'class-1'], ['class 0', 'class 1'])).toEqual([
    ['class-0', ['class 0'], 'name'],
    ['class-1', ['class 1'], 'name'],
  ]);
  expect(describeMatch(matchLabels(['0', '2'], ['cat', 'dog', 'cow']))).toContain(
    "they are taken for those of the model's classes, counted from 0: 0 = cat; 2 = cow",
  );
  // A number that the model has not: nothing is guessed.
  expect(pairsOf(['1', '2', '3'], ['cat', 'dog', 'cow'])).toEqual([]);
  expect(pairsOf(['0', 'cat'], ['dog', 'cow'])).toEqual([]);
});

it('names go before numbers, which is said', () => {
  const match = matchLabels(['0', '1', '2'], ['1', '2', '3']);
  expect(match.pairs.map(({ dataset, model }) => [dataset, model])).toEqual([
    [1, [0]],
    [2, [1]],
  ]);
  expect(sayOptions(describeMatch(match), libraryName)).toContain(
    "names go before numbers: 1 is taken for the model's class of that name, number 0, and not for class number 1, called 2; if numbers are meant, say so with labelMap",
  );
});

it('says where nothing matches, and what to do', () => {
  const said = (dataset: string[], model: string[]): string =>
    sayOptions(describeMatch(matchLabels(dataset, model)), libraryName);
  expect(said(['cat'], ['LABEL_0', 'LABEL_1'])).toContain(
    "the names of the model's classes are no more than numbers: give them with labels",
  );
  expect(said(['cat'], ['dog'])).toContain('answers are not compared with the annotations');
  expect(said(['crane', 'cat'], ['crane', 'cat', 'crane'])).toContain(
    'any of several classes of the model is right for crane (numbers 0, 2)',
  );
});

it('lists every synonym that was used, and keeps to true ones', () => {
  const coco = ['tv', 'mouse', 'cell phone', 'potted plant', 'skis', 'frisbee', 'sports ball', 'tennis racket'];
  const openImages = [
    'Television',
    'Mouse',
    'Computer mouse',
    'Mobile phone',
    'Houseplant',
    'Ski',
    'Flying disc',
    'Ball',
    'Racket',
  ];
  const match = matchLabels(coco, openImages);
  expect(describeMatch(match)).toContain(
    '(tv = Television; cell phone = Mobile phone; potted plant = Houseplant; skis = Ski; frisbee = Flying disc; mouse = Mouse)',
  );
  expect(match.unmatchedDataset).toEqual(['sports ball', 'tennis racket']);
});
