import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { MapData } from '../../../report/html/report-data.js';
import type { RegionRecord } from '../../../results/schema/target.js';
import { paintLayer, type Layer } from './paint-map.js';
import type { usePointed } from './pointed.js';
import { decodeMap, decodeRegion } from './saliency-map.js';
import type { ViewSettings } from './view-settings.js';

/** A box on an image, in the image's pixels. */
export interface ShownBox {
  readonly box: readonly [number, number, number, number];
  readonly label: string;
  readonly role: 'truth' | 'answer' | 'spot';
}

export interface ImageViewerProps {
  /** A URL; null where the image is gone. */
  readonly image: string | null;
  readonly width: number;
  readonly height: number;
  readonly map: MapData | null;
  readonly contrast?: MapData | null;
  readonly sufficient?: number | null;
  /** Whether the map is no more than noise: then nothing is painted, and the image is gray. */
  readonly noise?: boolean;
  /** Where the map is beyond doubt. */
  readonly significant?: RegionRecord | null;
  readonly boxes: readonly ShownBox[];
  readonly settings: ViewSettings;
  /** Longest side that maps are painted at, in pixels. */
  readonly detail: number;
  /** What the image shows, for those who do not see it; empty where words beside it say it. */
  readonly alt: string;
  /** Told where on the image the pointer is. */
  readonly listeners?: ReturnType<typeof usePointed>['listeners'];
}

/** The class of an image under what lies on it: nearly gray under a map, gray where there is none to be drawn. */
export function shownAs(noise: boolean, mode: ViewSettings['mode'], hasMap: boolean): string {
  if (mode === 'image' || mode === 'evidence') return noise && mode !== 'image' ? ' viewer-noise' : '';
  return noise ? ' viewer-noise' : hasMap ? ' viewer-mapped' : '';
}

/** An image with a map over it and boxes on top. */
export function ImageViewer(props: ImageViewerProps) {
  const { image, width, height, settings, boxes, alt, noise = false, listeners = {} } = props;
  return (
    <div
      class={`viewer${shownAs(noise, settings.mode, props.map !== null)}`}
      {...listeners}
      style={`aspect-ratio: ${width} / ${height}; --aspect: ${width / Math.max(1, height)}`}
    >
      {image === null ? (
        <div class="viewer-missing">the image is gone</div>
      ) : (
        <img src={image} alt={alt} width={width} height={height} decoding="async" />
      )}
      {!noise && <MapCanvas {...props} />}
      {settings.boxes && boxes.length > 0 && <Boxes boxes={boxes} width={width} height={height} />}
    </div>
  );
}

function MapCanvas(props: ImageViewerProps) {
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
