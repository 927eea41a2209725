import type { Emitted } from '../../helpers/emit.js';
import { logit, NAMES, OBJECTS, table, transposed, type LayoutCase, type SceneObject } from './scene.js';

const [A, B] = OBJECTS;

/** Small detectors of objects: of one grid, of shared classes, of points. */
export const smallCases: readonly LayoutCase[] = [...fastestDets(), ...fastestV2s(), ...centerNets()];

/** Class scores of a softmax, the object's and two equal others. */
function shares({ label, score }: SceneObject): number[] {
  return [0, 1, 2].map((id) => (id === label ? score : (1 - score) / 2));
}

function fastestDets(): LayoutCase[] {
  const atanh = Math.atanh;
  // A: row 2, column 3 of the 16 px grid, (48, 32); B: row 1, column 1, (16.8, 16).
  const rows = table(24, 8, [0.001, 0, 0, -3, -3, 0.4, 0.3, 0.3], {
    [2 * 6 + 3]: [1, 0, 0, logit(0.5), logit(0.5), ...shares(A)],
    [6 + 1]: [1, atanh(0.05), 0, logit(0.25), logit(0.3), ...shares(B)],
  });
  return [
    {
      title: 'FastestDet',
      interpreter: 'fastestdet',
      outputs: [{ name: '758', shape: [1, 8, 4, 6], values: transposed(rows, 8) }],
      labels: NAMES,
      named: ['plum', 'apple'],
      preprocessing: { color: 'bgr', scale: 1 / 255, resize: 'stretch', mean: [0], std: [1] },
    },
  ];
}

function fastestV2s(): LayoutCase[] {
  const preprocessing = { color: 'bgr', scale: 1 / 255, resize: 'stretch', mean: [0], std: [1] } as const;
  const size = (length: number, anchor: number): number => Math.sqrt(length / anchor) / 2;
  const nothing = [0.5, 0.5, 0.3, 0.3];
  // A: row 2, column 3 at 16 px, anchor 37.88 x 51.48; B: row 0, column 0 at 32 px, anchor 126.91 x 78.23.
  const a = [0.25, 0.25, size(48, 37.88), size(32, 51.48)];
  const b = [0.5125, 0.5, size(24, 126.91), size(19.2, 78.23)];
  const fine = table(24, 18, [...nothing, ...nothing, ...nothing, 0.001, 0.001, 0.001, 0.4, 0.3, 0.3], {
    [2 * 6 + 3]: [...nothing, ...a, ...nothing, 0.001, 1, 0.001, ...shares(A)],
  });
  const coarse = table(6, 18, [...nothing, ...nothing, ...nothing, 0.001, 0.001, 0.001, 0.4, 0.3, 0.3], {
    0: [...b, ...nothing, ...nothing, 1, 0.001, 0.001, ...shares(B)],
  });
  const raw = (values: readonly number[], cells: number, from: number, to: number): number[] => {
    const kept = Array.from({ length: cells }, (_, cell) =>
      values
        .slice(18 * cell + from, 18 * cell + to)
        .map((value) => (from === 15 ? Math.log(value) : logit(Math.min(value, 1 - 1e-9)))),
    );
    return transposed(kept.flat(), to - from);
  };
  return [
    {
      title: 'YOLO-FastestV2 as its exporter writes it, which is no Tiny YOLOv3 of one class',
      interpreter: 'yolo-fastestv2',
      outputs: [
        { name: '794', shape: [1, 4, 6, 18], values: fine },
        { name: '796', shape: [1, 2, 3, 18], values: coarse },
      ],
      preprocessing,
    },
    {
      title: 'YOLO-FastestV2 with its six raw outputs; three classes look like three objectnesses',
      interpreter: 'yolo-fastestv2',
      outputs: (
        [
          [fine, 4, 6],
          [coarse, 2, 3],
        ] as const
      ).flatMap(([values, rows, columns]) =>
        (
          [
            ['reg', 0, 12],
            ['obj', 12, 15],
            ['cls', 15, 18],
          ] as const
        ).map(([name, from, to]) => ({
          name: `${name}_${rows}`,
          shape: [1, to - from, rows, columns],
          values: raw(values, rows * columns, from, to),
        })),
      ),
      preprocessing,
    },
  ];
}

function centerNets(): LayoutCase[] {
  const preprocessing = {
    color: 'bgr',
    scale: 1 / 255,
    resize: 'letterbox',
    pad: 0,
    mean: [0.40789654, 0.44719302, 0.47026115],
    std: [0.28863828, 0.27408164, 0.27809835],
  } as const;
  // A: row 8, column 12 of 24 x 16 cells of 4 px, and warm beside it, where the size is another; B: row 5, column 4.
  const [a, beside, b] = [8 * 24 + 12, 8 * 24 + 13, 5 * 24 + 4];
  const heat = (activate: (p: number) => number): number[] => {
    const row = ({ label, score }: SceneObject): number[] =>
      [0, 1, 2].map((id) => activate(id === label ? score : 0.002));
    return transposed(
      table(384, 3, activate(0.001), { [a]: row(A), [beside]: row({ ...A, score: 0.8 }), [b]: row(B) }),
      3,
    );
  };
  const sizes = transposed(table(384, 2, 5, { [a]: [12, 6], [beside]: [1, 1], [b]: [6, 3.6] }), 2);
  const offsets = transposed(table(384, 2, 0.5, { [a]: [0, 0], [b]: [0.2, 0] }), 2);
  const shaped = (name: string, values: number[]): Emitted => ({
    name,
    shape: [1, values.length / 384, 16, 24],
    values,
  });
  return [
    {
      title: 'CenterNet: peaks of a heat map of logits',
      interpreter: 'centernet',
      outputs: [shaped('hm', heat(logit)), shaped('wh', sizes), shaped('reg', offsets)],
      preprocessing,
    },
    {
      title: 'CenterNet unnamed, its sigmoid done: offsets are those within a cell',
      interpreter: 'centernet',
      outputs: [
        shaped(
          '1',
          heat((p) => p),
        ),
        shaped('2', offsets),
        shaped('3', sizes),
      ],
      preprocessing,
    },
  ];
}
