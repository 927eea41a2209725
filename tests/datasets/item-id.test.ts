import fc from 'fast-check';
import { expect, it } from 'vitest';

import { itemId, itemIdOfFile, itemIdOfStem, UniqueIds } from '../../src/datasets/item-id.js';

it.each([
  ['a.jpg', 'a'],
  ['train/cat 1.JPG', 'train/cat 1'],
  ['a.b/c.tar.gz', 'a.b/c.tar'],
  ['.hidden', '.hidden'],
  ['C:\\data\\1.PNG', 'data/1'],
  ['/home/me/1.png', 'home/me/1'],
  ['../../x/./y//1.png', 'x/y/1'],
  ['a/../../b.png', 'b'],
  ['žluť.jpg'.normalize('NFD'), 'žluť'.normalize('NFC')],
  ['a\u0000b\n.jpg', 'a_b_'],
  ['..', '_'],
])('makes an id of %j', (name, id) => {
  expect(itemId(name)).toBe(id);
});

it('keeps what is part of a name on the disk', () => {
  expect(itemIdOfFile('back\\slash.jpg')).toBe('back\\slash');
  expect(itemIdOfFile('back/slash.jpg')).toBe('back/slash');
});

it('keeps dots in names that have no extension', () => {
  expect(itemIdOfStem('2007.v1')).toBe('2007.v1');
});

it('never makes an id that leads elsewhere', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('.', '/', '\\', 'a', 'C', ':', ' ') }), (name) => {
      const parts = itemId(name).split('/');
      expect(parts.every((part) => part !== '' && part !== '..' && part !== '.')).toBe(true);
      expect(itemId(name)).not.toContain('\\');
    }),
  );
});

it('makes ids unique, with the subset where that helps', () => {
  const ids = new UniqueIds();
  expect([ids.claim('a', 'train'), ids.claim('a', 'val'), ids.claim('a', 'val'), ids.claim('a', 'val')]).toEqual([
    'a',
    'val/a',
    'a~2',
    'a~3',
  ]);
});
