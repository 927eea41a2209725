import { expect, it } from 'vitest';
import { DatumError, option } from '../../src/errors.js';
import { nameOnPage, onPage, optionsForms } from '../../src/web/server/option-names.js';
import { methodFields } from '../../src/web/client/live/option-fields.js';

it('an error names a field of the page by its title, and any other option in words', () => {
  const error = new DatumError(
    'usage',
    `${option('maskWidth')} must be at least 1, with ${option('match', 'iou')}; see ${option('inputSize')}.`,
  );
  expect(error.say(nameOnPage)).toBe('“Mask width” must be at least 1, with “Match: iou”; see input size.');
  expect(onPage(`raise ${option('metrics', 'full')}.`)).toBe('raise “Measure: full”.');
});

it('the forms of all methods call their fields by the same titles, and leave out what is refused', async () => {
  const methods = methodFields(await optionsForms());
  expect(methods.map(({ name }) => name)).toEqual(['rise', 'occlusion', 'superpixels']);
  const titles = methods.map(({ fields }) => new Map(fields.map(({ name, title }) => [name, title])));
  expect(titles[0]!.get('maskWidth')).toBe('Mask width');
  expect([titles[1]!.get('window'), titles[1]!.has('seed'), titles[1]!.has('maskWidth')]).toEqual([
    'Window',
    false,
    false,
  ]);
  expect([titles[2]!.get('regions'), titles[2]!.get('seed')]).toEqual(['Regions', 'Seed']);
  for (const { name, title, help } of methods.flatMap(({ fields }) => fields)) {
    expect(nameOnPage(name, null)).toBe(`“${title}”`);
    expect(help).not.toMatch(/[\uE000-\uE002]/);
  }
});
