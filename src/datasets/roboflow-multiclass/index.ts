import { parseCsv } from '../csv.js';
import type { DatasetFormat } from '../format.js';
import { listedDataset, noFiles, type ListedImage } from '../listed/dataset.js';
import { findAnnotationFiles, type AnnotationFile } from '../listed/files.js';
import { firstLine, openTable } from '../listed/table.js';
import { detectByHead } from '../detect-by-head.js';
import { malformed } from '../malformed.js';

/** Roboflow's `_classes.csv`: an image a row, a class a column, 1 where the image has it. */
export const roboflowMulticlass: DatasetFormat = {
  name: 'roboflow_multiclass',
  detect: (probe) => detectByHead(probe, /^_classes\.csv$/i, recognise, { depth: 4 }),
  async open(path) {
    const found = await findAnnotationFiles(path, /^(.*\/)?_classes\.csv$/i, recognise);
    const [first] = found.files;
    if (first === undefined) throw noFiles(path, '_classes.csv of Roboflow');
    const labelNames = (await columnsOf(first.path)).slice(1);
    return listedDataset({ format: 'roboflow_multiclass', ...found, read, labelNames });
  },
};

/** What a file's start shows, in words; null when it is something else. */
function recognise(head: string): string | null {
  const [first = '', second = ''] = head.split(/\r?\n/);
  const isTable = /^\uFEFF?filename\s*,/i.test(first) && (second === '' || /(,\s*[01]\s*)+$/.test(second));
  return isTable ? 'has a column for each class' : null;
}

async function columnsOf(path: string): Promise<readonly string[]> {
  return (parseCsv(await firstLine(path), path)[0] ?? []).map((name) => name.normalize('NFC'));
}

async function* read({ path }: AnnotationFile): AsyncGenerator<ListedImage> {
  const columns = await columnsOf(path);
  for await (const { image, rows } of openTable(path, { columns, image: columns[0] ?? '', label: '' })) {
    const labels = rows.flatMap(({ cells, byte }) =>
      columns.slice(1).flatMap((label, i) => {
        const cell = cells[i + 1] ?? '';
        if (cell !== '0' && cell !== '1') {
          throw malformed(path, { byte }, `the row of '${image}' has '${cell}' for ${label}, where 0 or 1 should be`);
        }
        return cell === '1' ? [{ label }] : [];
      }),
    );
    yield { names: [image], labels, objects: [] };
  }
}
