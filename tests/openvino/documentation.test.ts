import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { families } from '../../src/openvino/operations/index.js';
import { legacyOperations } from '../../src/openvino/operations/legacy/index.js';

const text = readFileSync(new URL('../../docs/openvino.md', import.meta.url), 'utf8');
const section = (title: string): string => text.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

describe('docs/openvino.md', () => {
  it('lists the operations that there are, and no others', () => {
    const rows = [...section('Operations (v10, v11)').matchAll(/^\| (.+?) +\| (.+?) +\|$/gm)].slice(2);
    const listed = rows.map(([, family, names]) => [family?.toLowerCase(), names?.split(', ')]);
    expect(listed).toEqual(
      Object.entries(families).map(([family, table]) => [family.toLowerCase(), Object.keys(table).sort()]),
    );
  });

  it('lists the layers of v3 to v7', () => {
    const names = section('Layers (v3 to v7)').trim().split(/,\s+/);
    expect(names).toEqual(Object.keys(legacyOperations).sort());
  });
});
