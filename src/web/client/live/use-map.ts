import { useEffect, useRef, useState } from 'preact/hooks';
import { MAP_HEIGHT, MAP_WIDTH, type JobState, type MapKind } from '../../protocol.js';
import type { SaliencyMap } from '../shared/saliency-map.js';
import { get } from './api.js';

/**
 * A target's map, fetched again whenever the run has new ones. The one before stays on the image meanwhile, and no two
 * fetches are under way: a slow connection skips versions.
 */
export function useMap(
  job: JobState | null,
  target: number | null,
  kind: MapKind,
  wanted: boolean,
): SaliencyMap | null {
  const [shown, setShown] = useState<{ readonly of: string; readonly map: SaliencyMap } | null>(null);
  const source =
    job === null || target === null || job.version === 0 || !wanted ? null : `${job.id}/maps/${target}/${kind}`;
  const version = job?.version ?? 0;
  const fetching = useRef(false);
  const newest = useRef({ source, version });
  newest.current = { source, version };
  useEffect(() => {
    if (source === null || fetching.current) return;
    fetching.current = true;
    const follow = async (): Promise<void> => {
      let seen = '';
      for (;;) {
        const { source: now, version: at } = newest.current;
        if (now === null || seen === `${now} ${at}`) return;
        seen = `${now} ${at}`;
        const map = await fetchMap(`/api/jobs/${now}`).catch(() => null);
        if (map !== null && newest.current.source === now) setShown({ of: now, map });
      }
    };
    void follow().finally(() => {
      fetching.current = false;
    });
  }, [source, version]);
  return shown !== null && shown.of === source ? shown.map : null;
}

async function fetchMap(path: string): Promise<SaliencyMap> {
  const response = await get(path);
  const width = Number(response.headers.get(MAP_WIDTH));
  const height = Number(response.headers.get(MAP_HEIGHT));
  return encode(new Float32Array(await response.arrayBuffer()), width, height);
}

/** Values as bytes between the smallest and the largest, as the painter takes them. */
function encode(values: Float32Array, width: number, height: number): SaliencyMap {
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const factor = max > min ? 255 / (max - min) : 0;
  return { width, height, min, max, bytes: Uint8Array.from(values, (value) => Math.round((value - min) * factor)) };
}
