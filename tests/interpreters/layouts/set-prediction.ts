import { centred, inUnits, logit, NAMES, OBJECTS, rowsOf, table, type LayoutCase } from './scene.js';

const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;
const RF_DETR = { color: 'rgb', scale: 1 / 255, resize: 'stretch', ...IMAGENET } as const;
const low = -6;

const boxes = rowsOf('stretch', (_, corners) => centred(inUnits(corners)));
const rows = rowsOf('letterbox-top-left', ({ score }, corners) => [...corners, score]);

/** RF-DETR's outputs: `columns` logits a query, the last of them for none, each through a sigmoid. */
function rfDetr(columns: number): LayoutCase['outputs'] {
  const logits = OBJECTS.map(({ label, score }) =>
    Array.from({ length: columns }, (_, id) => (id === label ? logit(score) : low)),
  );
  return [
    { name: 'dets', shape: [1, 30, 4], values: table(30, 4, 0.5, { 3: boxes[0], 20: boxes[1] }) },
    { name: 'labels', shape: [1, 30, columns], values: table(30, columns, low, { 3: logits[0]!, 20: logits[1]! }) },
  ];
}

/** Detectors whose outputs are called dets and labels: sets of queries, and MMDeploy's final rows. */
export const setPredictionCases: readonly LayoutCase[] = [
  {
    title: 'RF-DETR of three classes: four columns beside four coordinates, the last for none',
    interpreter: 'rtdetr-hf',
    outputs: rfDetr(4),
    labels: NAMES,
    named: ['plum', 'apple'],
    preprocessing: RF_DETR,
  },
  {
    title: 'RF-DETR of four classes: five columns are no boxes with scores',
    interpreter: 'rtdetr-hf',
    outputs: rfDetr(5),
    labels: [...NAMES, 'fig'],
    named: ['plum', 'apple'],
    preprocessing: RF_DETR,
  },
  {
    title: 'RF-DETR of one class and more, without names',
    interpreter: 'rtdetr-hf',
    outputs: rfDetr(6),
    preprocessing: RF_DETR,
  },
  {
    title: "RF-DETR's own weights: the columns are COCO's ids",
    interpreter: 'rtdetr-hf',
    outputs: rfDetr(91),
    named: ['bicycle', 'background'],
    preprocessing: RF_DETR,
  },
  {
    title: 'MMDeploy: final rows and their classes, padded with class -1',
    interpreter: 'mmdeploy',
    inputs: [{ name: 'input', shape: [1, 3, 64, 96] }],
    outputs: [
      {
        name: 'dets',
        shape: [1, 3, 5],
        declared: ['batch', 'num_dets', 5],
        values: [...rows.flat(), 1, 1, 9, 9, 0.9],
      },
      { name: 'labels', type: 'int64', shape: [1, 3], declared: ['batch', 'num_dets'], values: [2, 0, -1] },
    ],
    preprocessing: {
      color: 'bgr',
      scale: 1,
      resize: 'letterbox-top-left',
      pad: 114,
      mean: [103.53, 116.28, 123.675],
      std: [57.375, 57.12, 58.395],
    },
  },
];
