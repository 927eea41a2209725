import { parseCsv } from '../csv.js';
import { isImageName } from '../image-files.js';

/** Positions of what is read in the rows of a table of boxes. */
export interface BoxColumns {
  /** Names of all columns. */
  readonly columns: readonly string[];
  readonly headless: boolean;
  /** Between cells. */
  readonly delimiter: string;
  readonly image: string;
  readonly label: string;
  /** Left, top, and right and bottom, or width and height. */
  readonly box: readonly [string, string, string, string];
  readonly isCorners: boolean;
  /** Width and height of the image. */
  readonly size: readonly [string, string] | null;
}

/** Names of each column, as tools write them, in small letters. */
const IMAGE = [
  'filename',
  'file_name',
  'image',
  'image_path',
  'image_name',
  'imagepath',
  'img',
  'path',
  'file',
  'filepath',
];
const LABEL = ['class', 'label', 'category', 'class_name', 'label_name', 'category_name', 'classname'];
const CORNERS = [
  ['xmin', 'ymin', 'xmax', 'ymax'],
  ['x_min', 'y_min', 'x_max', 'y_max'],
  ['x1', 'y1', 'x2', 'y2'],
  ['left', 'top', 'right', 'bottom'],
] as const;
const SIZES = [
  ['bbox_x', 'bbox_y', 'bbox_width', 'bbox_height'],
  ['left', 'top', 'bbox_width', 'bbox_height'],
] as const;
const IMAGE_SIZES = [
  ['image_width', 'image_height'],
  ['img_width', 'img_height'],
  ['width', 'height'],
] as const;

/** The columns of a table of boxes; null when the first row shows something else. */
export function boxColumns(head: string): BoxColumns | null {
  const end = head.indexOf('\n');
  for (const delimiter of DELIMITERS) {
    try {
      const row = parseCsv(end === -1 ? head : head.slice(0, end), '', null, delimiter)[0] ?? [];
      const found = headed(row) ?? headless(row);
      if (found !== null) return { ...found, delimiter };
    } catch {
      continue;
    }
  }
  return null;
}

/** Semicolons stand where commas do in numbers. */
const DELIMITERS = [',', ';', '\t'];

type Columns = Omit<BoxColumns, 'delimiter'>;

function headed(columns: readonly string[]): Columns | null {
  const find = (name: string): string | undefined => columns.find((one) => one.toLowerCase() === name);
  const findFour = ([a, b, c, d]: BoxColumns['box']): BoxColumns['box'] | null => {
    const [first, second, third, fourth] = [find(a), find(b), find(c), find(d)];
    return first && second && third && fourth ? [first, second, third, fourth] : null;
  };
  const findTwo = ([a, b]: readonly [string, string]): readonly [string, string] | null => {
    const [first, second] = [find(a), find(b)];
    return first && second ? [first, second] : null;
  };
  const image = IMAGE.map(find).find((name) => name !== undefined);
  const label = LABEL.map(find).find((name) => name !== undefined);
  const corners = CORNERS.map(findFour).find((names) => names !== null);
  const sized = SIZES.map(findFour).find((names) => names !== null);
  const box = corners ?? sized;
  if (image === undefined || label === undefined || !box) return null;
  const size = IMAGE_SIZES.map(findTwo).find((names) => names !== null) ?? null;
  return { columns, headless: false, image, label, box, isCorners: corners !== undefined, size };
}

/** Two tables that come without a header: RetinaNet's `image,x1,y1,x2,y2,class`, MakeSense's `class,x,y,w,h,image,W,H`. */
function headless(row: readonly string[]): Columns | null {
  const areNumbers = (from: number, to: number): boolean =>
    row.slice(from, to).every((cell) => cell !== '' && Number.isFinite(Number(cell)));
  if (row.length === 6 && isImageName(row[0]!) && areNumbers(1, 5)) {
    const columns = ['image', 'x1', 'y1', 'x2', 'y2', 'class'];
    return {
      columns,
      headless: true,
      image: 'image',
      label: 'class',
      box: ['x1', 'y1', 'x2', 'y2'],
      isCorners: true,
      size: null,
    };
  }
  if (row.length === 8 && isImageName(row[5]!) && areNumbers(1, 5) && areNumbers(6, 8)) {
    const columns = ['class', 'x', 'y', 'w', 'h', 'image', 'W', 'H'];
    return {
      columns,
      headless: true,
      image: 'image',
      label: 'class',
      box: ['x', 'y', 'w', 'h'],
      isCorners: false,
      size: ['W', 'H'],
    };
  }
  return null;
}

/** What a file's start shows of a table of boxes, in words; null when it is something else. */
export function recogniseCsv(head: string): string | null {
  const found = boxColumns(head);
  if (found === null) return null;
  const { image, label, box } = found;
  return found.headless
    ? 'has rows of an image, a box and a class'
    : `has the columns ${[image, label, ...box].join(', ')}`;
}
