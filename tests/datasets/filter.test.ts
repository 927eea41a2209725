import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compileFilter } from '../../src/datasets/filter/compile.js';
import { parseFilter, type FilterNode, type Operator } from '../../src/datasets/filter/parse.js';
import type { DatasetItem, TrueBox } from '../../src/datasets/types.js';
import { itemOf } from './samples/world.js';

const LABEL_NAMES = ['cat', 'potted plant', 'person'];
const box = (label: number, w: number, h: number, attributes: TrueBox['attributes'] = {}): TrueBox => ({
  x: 0,
  y: 0,
  width: w,
  height: h,
  label,
  attributes,
  segmentation: null,
});

const CAT = itemOf('val/cat 1', {
  subset: 'val',
  size: { width: 640, height: 480 },
  boxes: [box(0, 10, 20, { difficult: true }), box(1, 100, 100)],
  imagePath: '/x.jpg',
});
const CROWD = itemOf('train/crowd', { subset: 'train', boxes: [box(2, 5, 5, { score: 0.25 })], attributes: { id: 7 } });
const LABELLED = itemOf('labelled', { labels: [{ label: 0, attributes: {} }], annotated: false });
const ALL = [CAT, CROWD, LABELLED];

function passing(expression: string, items: readonly DatasetItem[] = ALL): string[] {
  return items.filter(compileFilter(expression, LABEL_NAMES)).map(({ id }) => id);
}

it.each([
  ['label=cat', ['val/cat 1', 'labelled']],
  ['label="Potted_Plant"', ['val/cat 1']],
  ['label!=cat', ['train/crowd']],
  ['label~"^p"', ['val/cat 1', 'train/crowd']],
  ['label!~plant', ['train/crowd', 'labelled']],
  ['width>639 and height<=480', ['val/cat 1']],
  ['width=640', ['val/cat 1']],
  ['not width>=1', ['train/crowd', 'labelled']],
  ['width!=640', ['train/crowd', 'labelled']],
  ['id~^VAL/', ['val/cat 1']],
  ["id='val/cat 1'", ['val/cat 1']],
  ['id=labelled', ['labelled']],
  ['subset=val or subset=train', ['val/cat 1', 'train/crowd']],
  ['boxes>1', ['val/cat 1']],
  ['labels==1', ['labelled']],
  ['area>=10000', ['val/cat 1']],
  ['box_width<6 or box_height>50', ['val/cat 1', 'train/crowd']],
  ['attr.difficult=true', ['val/cat 1']],
  ['attr.score<0.5', ['train/crowd']],
  ['attr.id=7', ['train/crowd']],
  ['image=found', ['val/cat 1']],
  ['annotated=no', ['labelled']],
  ['label=cat and subset=val or id=labelled', ['val/cat 1', 'labelled']],
  ['label=cat AND (subset=val OR id=labelled)', ['val/cat 1', 'labelled']],
  ['not not label=person', ['train/crowd']],
  ['not (label=cat or label=person)', []],
])('%s', (expression, expected) => {
  expect(passing(expression)).toEqual(expected);
});

it.each([
  ['', /character 1: a condition such as label=cat should stand here, not the end/],
  ['label', /character 6: 'label' needs one of .* behind it, not the end/],
  ['label=', /character 7: label= needs a value, not the end/],
  ['label=cat subset=val', /character 11: 'and' or 'or' should stand before 'subset'/],
  ['(label=cat', /character 1: this parenthesis is not closed/],
  ['label=cat)', /character 10: 'and' or 'or' should stand before '\)'/],
  ['label="cat', /character 7: this quote is not closed/],
  ['label=cat and', /character 14: a condition/],
  ['color=red', /character 1: there is no field 'color', but id, subset, label/],
  ['toString=red', /character 1: there is no field 'toString'/],
  ['label=catt', /character 7: the dataset has no class 'catt'; it has cat, potted plant, person/],
  ['width=wide', /character 7: width is a number, and 'wide' is not/],
  ['width~6', /character 1: width is a number, which ~ cannot compare/],
  ['subset>val', /character 1: subset is text, which > cannot compare/],
  ['id~"("', /character 4: '\(' is not a regular expression/],
  ['a ! b', /character 3: '!' has no meaning here/],
  [`${'('.repeat(200)}label=cat${')'.repeat(200)}`, /more than 100 levels/],
])('refuses %s', (expression, says) => {
  expect(() => compileFilter(expression, LABEL_NAMES)).toThrow(
    expect.objectContaining({ kind: 'usage', message: expect.stringMatching(says) as string }) as Error,
  );
});

describe('the grammar', () => {
  const leaf: fc.Arbitrary<FilterNode> = fc
    .record({
      field: fc.constantFrom('label', 'not', 'and', 'width'),
      operator: fc.constantFrom<Operator[]>('=', '!=', '<', '~'),
      value: fc.string({ minLength: 1 }).filter((text) => !text.includes('"')),
    })
    .map((one) => ({ kind: 'compare', ...one, fieldAt: 0, valueAt: 0 }));
  const { node } = fc.letrec<{ node: FilterNode }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      leaf,
      tie('node').map((part): FilterNode => ({ kind: 'not', part })),
      fc
        .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('node'), { minLength: 2, maxLength: 3 }))
        .map(([kind, parts]): FilterNode => ({ kind, parts })),
    ),
  }));

  const print = (one: FilterNode): string =>
    one.kind === 'compare'
      ? `${one.field} ${one.operator} "${one.value}"`
      : one.kind === 'not'
        ? `not (${print(one.part)})`
        : one.parts.map((part) => `(${print(part)})`).join(` ${one.kind} `);

  const withoutPlaces = (one: FilterNode): unknown =>
    one.kind === 'compare'
      ? [one.field, one.operator, one.value]
      : one.kind === 'not'
        ? { not: withoutPlaces(one.part) }
        : { [one.kind]: one.parts.map(withoutPlaces) };

  it('reads back what it means', () => {
    fc.assert(
      fc.property(node, (one) => {
        expect(withoutPlaces(parseFilter(print(one)))).toEqual(withoutPlaces(one));
      }),
    );
  });

  it('answers any text with a filter or a DatumError', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'()"\'=<>~! andotlbe1'.split('')) }), (text) => {
        try {
          parseFilter(text);
        } catch (error) {
          expect(error).toMatchObject({ name: 'DatumError', kind: 'usage' });
        }
      }),
    );
  });
});
