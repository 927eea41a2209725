import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { MapData, RegionData } from '../../../report/html/report-data.js';
import { paintLayer, type Layer } from './paint-map.js';
import { decodeMap, decodeRegion } from './saliency-map.js';
import type { ViewSettings } from './view-settings.js';

/** A box on a picture, in the picture's pixels. */
export interface ShownBox {
  readonly box: readonly [number, number, number, number];
  readonly label: string;
  readonly role: 'truth' | 'answer' | 'spot';
}

export interface PictureViewerProps {
  /** A URL; null where the picture is gone. */
  readonly picture: string | null;
  readonly width: number;
  readonly height: number;
  readonly map: MapData | null;
  readonly contrast?: MapData | null;
  readonly sufficient?: number | null;
  /** Whether the map is no more than noise: then nothing is painted, and the picture is grey. */
  readonly noise?: boolean;
  /** Where the map is beyond doubt. */
  readonly significant?: RegionData | null;
  readonly boxes: readonly ShownBox[];
  readonly settings: ViewSettings;
  /** Longest side that maps are painted at, in pixels. */
  readonly detail: number;
  /** What the picture shows, for those who do not see it; empty where words beside it say it. */
  readonly alt: string;
}

/** A picture with a map over it and boxes on top. */
export function PictureViewer(props: PictureViewerProps) {
  const { picture, width, height, settings, boxes, alt, noise = false } = props;
  return (
    <div
      class={`viewer${noise && settings.mode !== 'picture' ? ' viewer-noise' : ''}`}
      style={`aspect-ratio: ${width} / ${height}; --aspect: ${width / Math.max(1, height)}`}
    >
      {picture === null ? (
        <div class="viewer-missing">the picture is gone</div>
      ) : (
        <img src={picture} alt={alt} width={width} height={height} decoding="async" />
      )}
      {!noise && <MapCanvas {...props} />}
      {settings.boxes && boxes.length > 0 && <Boxes boxes={boxes} width={width} height={height} />}
    </div>
  );
}

function MapCanvas(props: PictureViewerProps) {
  const { width, height, detail, settings, map, contrast = null, sufficient = null, significant = null } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const layer = useMemo<Layer>(
    () => ({
      map: map === null ? null : decodeMap(map),
      contrast: contrast === null ? null : decodeMap(contrast),
      sufficient,
      significant: significant === null ? null : decodeRegion(significant),
    }),
    [map, contrast, sufficient, significant],
  );
  const scale = detail / Math.max(width, height, 1);
  const [across, down] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  useEffect(() => {
    canvas.current?.getContext('2d')?.putImageData(paintLayer(layer, settings, across, down), 0, 0);
  }, [layer, settings, across, down]);
  return <canvas ref={canvas} width={across} height={down} aria-hidden="true" />;
}

function Boxes({ boxes, width, height }: { boxes: readonly ShownBox[]; width: number; height: number }) {
  return (
    <svg class="viewer-boxes" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      {boxes.map(({ box: [x, y, w, h], label, role }, i) => (
        <g key={i} class={`box box-${role}`}>
          <rect class="box-halo" x={x} y={y} width={w} height={h} />
          <rect class="box-line" x={x} y={y} width={w} height={h} />
          <title>{label}</title>
        </g>
      ))}
    </svg>
  );
}
