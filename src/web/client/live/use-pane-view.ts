import { useEffect, useMemo, useState } from 'preact/hooks';
import { isDrawn } from '../../../explain/verdict.js';
import type { PaneState, TargetState } from '../../protocol.js';
import type { Layer } from '../shared/paint-map.js';
import type { SaliencyMap } from '../shared/saliency-map.js';
import type { ViewSettings } from '../shared/view-settings.js';
import { useMap } from './use-map.js';

/** What is looked at in a pane: one target of its explanation, and its maps. */
export interface PaneLook {
  readonly target: TargetState | null;
  /** Those of the explanation, boxes first. */
  readonly targets: readonly TargetState[];
  /** @param index of the target */
  readonly choose: (index: number) => void;
  readonly saliency: SaliencyMap | null;
  readonly layer: Layer;
  /** Whether the map is no more than noise: then none is drawn. */
  readonly noise: boolean;
}

/** What is painted of a map that is noise. */
const NOTHING: Layer = { map: null, contrast: null, error: null, sufficient: null, significant: null };

/** @param first place of the target that is shown at first, boxes before classes */
export function usePaneLook(pane: PaneState | null, first: number, settings: ViewSettings): PaneLook {
  const job = pane?.job ?? null;
  const [chosen, setChosen] = useState<number | null>(null);
  useEffect(() => {
    setChosen(null);
  }, [job?.id, first]);
  const targets = useMemo(() => boxesFirst(job?.targets ?? []), [job?.targets]);
  const target = targets.find(({ index }) => index === chosen) ?? targets[first] ?? targets[0] ?? null;
  const index = target?.index ?? null;
  const saliency = useMap(job, index, 'saliency', true);
  const outlined = settings.significant && settings.mode === 'saliency';
  const significant = useMap(job, index, 'significant', outlined);
  const error = useMap(job, index, 'error', settings.mode === 'error');
  const contrast = useMap(job, index, 'contrast', settings.mode === 'contrast' && target?.contrast != null);
  const noise = !isDrawn(target?.verdict ?? null);
  const sufficient = target?.boundary?.sufficient.share ?? null;
  const layer = useMemo<Layer>(
    () => (noise ? NOTHING : { map: saliency, contrast, error, sufficient, significant }),
    [noise, saliency, contrast, error, sufficient, significant],
  );
  return { target, targets, choose: setChosen, saliency: noise ? null : saliency, layer, noise };
}

function boxesFirst(targets: readonly TargetState[]): readonly TargetState[] {
  return [...targets.filter(({ bbox }) => bbox !== null), ...targets.filter(({ bbox }) => bbox === null)];
}
