import { expect, it } from 'vitest';
import { DatumError, option } from '../../src/errors.js';
import { nameOnPage, onPage, optionsForm } from '../../src/web/server/option-names.js';
import { optionFields } from '../../src/web/client/live/option-fields.js';

it('an error names a field of the page by its title, and any other option in words', () => {
  const error = new DatumError(
    'usage',
    `${option('maskWidth')} must be at least 1, with ${option('match', 'iou')}; see ${option('inputSize')}.`,
  );
  expect(error.say(nameOnPage)).toBe('“Mask width” must be at least 1, with “Match: iou”; see input size.');
  expect(onPage(`raise ${option('metrics', 'full')}.`)).toBe('raise “Measure: full”.');
});

it('the form calls its fields by the same titles', () => {
  const fields = optionFields(optionsForm());
  const titles = new Map(fields.map(({ name, title }) => [name, title]));
  expect(titles.get('maskWidth')).toBe('Mask width');
  for (const { name, title, help } of fields) {
    expect(nameOnPage(name, null)).toBe(`“${title}”`);
    expect(help).not.toMatch(/[\uE000-\uE002]/);
  }
});
