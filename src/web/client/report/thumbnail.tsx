import { isDrawn } from '../../../explain/verdict.js';
import type { FindingData } from '../../../report/html/report-data.js';
import { ImageViewer, type ShownBox } from '../shared/image-viewer.js';
import { USUAL_SETTINGS, type ViewSettings } from '../shared/view-settings.js';
import type { Row } from './rows.js';

const SETTINGS: ViewSettings = { ...USUAL_SETTINGS, significant: false };

export interface ThumbnailProps {
  readonly row: Row;
  /** A spot that is framed. */
  readonly region?: FindingData['region'];
  readonly boxes?: boolean;
  /** Longest side that the map is painted at. */
  readonly detail?: number;
}

/** A small picture with its map, filling a square. */
export function Thumbnail({ row: { item, target }, region = null, boxes = true, detail = 160 }: ThumbnailProps) {
  return (
    <span class="thumb">
      <ImageViewer
        image={item.image}
        width={item.width || 4}
        height={item.height || 3}
        map={target?.map ?? null}
        noise={!isDrawn(target?.verdict ?? null)}
        boxes={boxes ? [...truthBoxes(item, target), ...answerBox(target), ...spotBox(item, region)] : []}
        settings={SETTINGS}
        detail={detail}
        alt=""
      />
    </span>
  );
}

/** The annotated boxes that an answer is about: those of its class where it has one, else all. */
export function truthBoxes({ truth }: Row['item'], target: Row['target']): ShownBox[] {
  const boxes = truth?.boxes ?? [];
  const own = boxes.filter(({ label }) => label === (target?.trueLabel ?? target?.label));
  return (own.length > 0 ? own : boxes).map(({ label, box }) => ({ box, label: `annotated: ${label}`, role: 'truth' }));
}

function answerBox(target: Row['target']): ShownBox[] {
  return target?.box == null ? [] : [{ box: target.box, label: target.label, role: 'answer' }];
}

function spotBox({ width, height }: Row['item'], region: FindingData['region']): ShownBox[] {
  if (region === null) return [];
  const box = [region.x * width, region.y * height, region.width * width, region.height * height] as const;
  return [{ box, label: 'the shared spot', role: 'spot' }];
}
