import { setFlags } from '../attributes.js';
import { malformed } from '../malformed.js';
import type { ImageSize, TrueBox } from '../types.js';
import type { Table } from './tables.js';

/** A row with its columns' names. */
export class Row {
  readonly table: Table;
  readonly #cells: readonly string[];
  readonly #byte: number;

  constructor(table: Table, cells: readonly string[], byte: number) {
    this.table = table;
    this.#cells = cells;
    this.#byte = byte;
  }

  text(column: string): string {
    return this.#cells[this.table.columns.indexOf(column)] ?? '';
  }

  /** @throws DatumError (`dataset`) when the cell is not a number. */
  number(column: string): number {
    const text = this.text(column);
    const value = Number(text);
    if (text !== '' && Number.isFinite(value)) return value;
    throw malformed(
      this.table.path,
      { byte: this.#byte },
      `${column} is '${text}' in the row '${this.#cells.join(',')}', not a number`,
    );
  }

  /** 1 is yes, 0 no, -1 not known. */
  flag(column: string): boolean {
    return this.text(column) === '1';
  }
}

/** The box of a row in pixels, for an image of the given size. */
export function readBox(row: Row, label: number, { width, height }: ImageSize): TrueBox {
  const [left, right, top, bottom] = [row.number('XMin'), row.number('XMax'), row.number('YMin'), row.number('YMax')];
  const score = row.text('Confidence') === '' ? 1 : row.number('Confidence');
  return {
    x: left * width,
    y: top * height,
    width: (right - left) * width,
    height: (bottom - top) * height,
    label,
    attributes: {
      ...(score === 1 ? {} : { score }),
      ...setFlags({
        occluded: row.flag('IsOccluded'),
        truncated: row.flag('IsTruncated'),
        crowd: row.flag('IsGroupOf'),
        depiction: row.flag('IsDepiction'),
        inside: row.flag('IsInside'),
      }),
    },
    segmentation: null,
  };
}
