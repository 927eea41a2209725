import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { FIELDS } from '../../src/datasets/filter/fields.js';
import { formatNames } from '../../src/datasets/registry.js';

const text = readFileSync(new URL('../../docs/datasets.md', import.meta.url), 'utf8');

it('tells of every format and every field of filters', () => {
  for (const name of formatNames()) expect(text).toContain(`| \`${name}\` |`);
  for (const field of Object.keys(FIELDS)) expect(text).toMatch(new RegExp(`\\| .*\`${field}\`.* \\|`));
});
