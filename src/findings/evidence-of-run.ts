import type { Evidence, EvidenceItem, EvidenceTarget, RelativeBox } from './index.js';
import { ClassNames } from './class-names.js';
import { maskCells } from '../results/mask-cells.js';
import { inputOf, type StoredRun, type StoredItem } from '../results/read-run.js';
import type { TargetRecord } from '../results/schema/target.js';

/** What findings are computed from, out of an explained folder. */
export function evidenceOfRun(run: StoredRun): Evidence {
  const names = new ClassNames(run);
  const { options } = run.method;
  const { seed } = options;
  const cells = maskCells(options, inputOf(run));
  return {
    items: run.items.filter(({ status }) => status === 'ok').map((item) => evidenceItem(item, names)),
    nameless: run.model.more['labels'] === null,
    maskCell: 1 / Math.min(cells.width, cells.height),
    seed: typeof seed === 'number' ? seed : 0,
  };
}

function evidenceItem(item: StoredItem, names: ClassNames): EvidenceItem {
  const { truth, image } = item;
  return {
    id: item.id,
    truth:
      truth === null
        ? null
        : {
            labels: truth.labels.map((label) => names.ofTruth(label)),
            objects: truth.boxes.map((box) => ({ ...relative(box.bbox, image), label: names.ofTruth(box) })),
          },
    targets: judgedTargets(item).map((target) => evidenceTarget(target, item, names)),
  };
}

/**
 * The targets that findings are about: those that were compared with the truth. Without truth, boxes; or the first class, where
 * there are no boxes.
 */
function judgedTargets({ targets, truth }: StoredItem): readonly TargetRecord[] {
  if (truth !== null) return targets.filter(({ outcome }) => outcome !== null);
  const boxes = targets.filter(({ kind }) => kind === 'bbox');
  return boxes.length > 0 ? boxes : targets.slice(0, 1);
}

function evidenceTarget(target: TargetRecord, item: StoredItem, names: ClassNames): EvidenceTarget {
  const { truth, image } = item;
  const trueBox = target.kind === 'bbox' && target.truth !== null ? truth?.boxes[target.truth] : undefined;
  const trueLabel = target.kind === 'label' && target.truth !== null ? truth?.labels[target.truth] : undefined;
  const trueClass = trueBox ?? trueLabel;
  return {
    index: target.index,
    kind: target.kind,
    label: names.of(target.label),
    box: target.bbox === null ? null : relative(target.bbox, image),
    score: target.score,
    outcome: target.outcome,
    trueLabel: trueClass === undefined ? null : names.ofTruth(trueClass),
    trueBox: trueBox === undefined ? null : relative(trueBox.bbox, image),
    map: target.coarse === null ? null : Float32Array.from(target.coarse),
    verdict: target.verdict,
    reliability: target.reliability,
    removed: removedOf(target, names),
    contrast:
      target.contrast === null || target.coarseContrast === null
        ? null
        : { rival: names.of(target.contrast.label) ?? '', map: Float32Array.from(target.coarseContrast) },
  };
}

function removedOf({ boundary }: TargetRecord, names: ClassNames): EvidenceTarget['removed'] {
  if (boundary === null) return undefined;
  const { removed } = boundary;
  return removed === null ? null : { share: removed.share, to: names.of(removed.to) };
}

function relative(
  [x, y, w, h]: readonly [number, number, number, number],
  { width, height }: StoredItem['image'],
): RelativeBox {
  return { x: x / width, y: y / height, width: w / width, height: h / height };
}
