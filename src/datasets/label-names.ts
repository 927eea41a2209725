/**
 * Names for one thing in VOC, COCO, Open Images, ImageNet and common use. Only true synonyms: a class that is a kind of
 * another one is not the same class. COCO's `mouse` is Open Images' `Computer mouse`, whose `Mouse` is the animal, and so
 * not among them; nor are `sports ball` and `Ball`, `tennis racket` and `Racket`, of which the second is the
 * wider.
 *
 * Sources of the names: the 20 classes of the VOC2012 development kit, and those of ultralytics/ultralytics,
 * `ultralytics/cfg/datasets/` (`VOC.yaml`, `coco.yaml`, `open-images-v7.yaml`); VOC's in COCO also in
 * amakarewicz/2023-DTU-MLOps-Object-Detection, `src/visualization/categories.py`.
 */
const SYNONYMS: readonly (readonly string[])[] = [
  ['aeroplane', 'airplane'],
  ['bicycle', 'bike', 'pushbike'],
  ['motorbike', 'motorcycle'],
  ['tv', 'tvmonitor', 'television', 'television set'],
  ['potted plant', 'houseplant'],
  ['dining table', 'kitchen & dining room table'],
  ['sofa', 'couch'],
  ['cow', 'cattle'],
  ['cell phone', 'mobile phone', 'cellular telephone', 'cellular phone', 'smartphone'],
  ['hair drier', 'hair dryer', 'blow dryer'],
  ['donut', 'doughnut'],
  ['remote', 'remote control'],
  ['refrigerator', 'fridge', 'icebox'],
  ['microwave', 'microwave oven'],
  ['keyboard', 'computer keyboard'],
  ['laptop', 'laptop computer'],
  ['teddy bear', 'teddy'],
  ['traffic light', 'traffic signal', 'stoplight'],
  ['frisbee', 'flying disc'],
  ['skis', 'ski'],
  ['tennis racket', 'tennis racquet'],
  ['truck', 'lorry'],
];

/** A name as it is compared: letters and digits only, in lower case; `Potted-plant` and `potted plant` are the same. */
export function normaliseName(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

/** Group number of each synonym. */
const GROUPS: ReadonlyMap<string, number> = new Map(
  SYNONYMS.flatMap((group, number) => group.map((name) => [normaliseName(name), number] as const)),
);

/** A class name taken apart. */
export interface LabelName {
  /** The whole name, normalised. */
  readonly whole: string;
  /** The words that each name the class, normalised: `n02123045 tabby, tabby cat` has `tabby` and `tabbycat`. */
  readonly parts: readonly string[];
  /** WordNet's number in front, such as `n02123045`; null when there is none. */
  readonly synset: string | null;
  /** Synonym groups of the parts. */
  readonly groups: readonly number[];
}

export function parseLabelName(name: string): LabelName {
  const [, synset = null, rest = name] = /^\s*(n\d{8})\b[\s:_-]*(.*)$/.exec(name) ?? [];
  const parts = rest
    .split(',')
    .map(normaliseName)
    .filter((part) => part !== '');
  const groups = parts.map((part) => GROUPS.get(part)).filter((group) => group !== undefined);
  return { whole: normaliseName(rest), parts, synset, groups };
}
