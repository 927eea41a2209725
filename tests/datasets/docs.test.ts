import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { FIELDS } from '../../src/datasets/filter/fields.js';

const text = readFileSync(new URL('../../docs/datasets.md', import.meta.url), 'utf8');

it('tells of every field of filters', () => {
  for (const field of Object.keys(FIELDS)) expect(text).toMatch(new RegExp(`\\| .*\`${field}\`.* \\|`));
});
