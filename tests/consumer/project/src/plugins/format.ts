/** Reads folders with images and a file list.txt: in each line an image and its class. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FormatPlugin } from 'datum-explain';

export const format: FormatPlugin = {
  name: 'list_txt',
  async detect(probe) {
    return (await probe.head('list.txt')) === '' ? null : { fit: 'certain', reason: 'there is a list.txt' };
  },
  async open(folder) {
    const text = await readFile(join(folder, 'list.txt'), 'utf8');
    const rows = text
      .trim()
      .split('\n')
      .map((line) => line.split('\t'));
    const labelNames = [...new Set(rows.map(([, name = '']) => name))].sort();
    return {
      labelNames,
      *items() {
        for (const [image = '', name = ''] of rows) yield { image, labels: [{ label: labelNames.indexOf(name) }] };
      },
    };
  },
};
