import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { BoxPixels, ImageState } from '../../protocol.js';
import { percent } from '../shared/format.js';
import { shownAs } from '../shared/image-viewer.js';
import { paintLayer, type Layer } from '../shared/paint-map.js';
import type { usePointed } from '../shared/pointed.js';
import type { ViewSettings } from '../shared/view-settings.js';
import { addressOf } from './api.js';
import { DrawBox } from './draw-box.js';

/** Longest side that maps are painted at, in pixels. */
const DETAIL = 720;

/** A box on the image that can be chosen. */
export interface StageBox {
  readonly key: string;
  readonly bbox: BoxPixels;
  readonly name: string;
  readonly score: number;
  readonly chosen: boolean;
}

export interface StageProps {
  readonly image: ImageState;
  readonly layer: Layer;
  /** Whether the map is no more than noise so far: then the image is gray. */
  readonly noise: boolean;
  readonly settings: ViewSettings;
  readonly boxes: readonly StageBox[];
  /** Null where boxes are only shown. */
  readonly onChoose: ((key: string) => void) | null;
  /** Whether a box is being drawn. */
  readonly drawing: boolean;
  readonly onDrawn: (box: BoxPixels | null) => void;
  /** What the image shows, for those who do not see it. */
  readonly alt: string;
  readonly busy: boolean;
  /** Told where on the image the pointer is. */
  readonly listeners: ReturnType<typeof usePointed>['listeners'];
}

/** The image with its map, its boxes, and the box that is being drawn. */
export function Stage(props: StageProps) {
  const { image, layer, noise, settings, boxes, onChoose, drawing, onDrawn, alt, busy, listeners } = props;
  const { width, height } = image;
  return (
    <div
      class={`viewer stage${drawing ? ' stage-drawing' : ''}${shownAs(noise, settings.mode, layer.map !== null)}`}
      {...listeners}
      style={{ aspectRatio: `${width} / ${height}` }}
      aria-busy={busy}
    >
      <img src={addressOf(`/api/images/${image.id}`)} alt={alt} width={width} height={height} draggable={false} />
      <MapCanvas layer={layer} settings={settings} width={width} height={height} />
      {settings.boxes &&
        !drawing &&
        boxes.map((box) => <BoxButton key={box.key} box={box} image={image} onChoose={onChoose} />)}
      {drawing && <DrawBox image={image} onDrawn={onDrawn} />}
    </div>
  );
}

interface MapCanvasProps {
  readonly layer: Layer;
  readonly settings: ViewSettings;
  readonly width: number;
  readonly height: number;
}

function MapCanvas({ layer, settings, width, height }: MapCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useMemo(() => {
    const scale = DETAIL / Math.max(width, height, 1);
    return { across: Math.max(1, Math.round(width * scale)), down: Math.max(1, Math.round(height * scale)) };
  }, [width, height]);
  useEffect(() => {
    const image = paintLayer(layer, settings, size.across, size.down);
    canvas.current?.getContext('2d')?.putImageData(image, 0, 0);
  }, [layer, settings, size]);
  return <canvas ref={canvas} width={size.across} height={size.down} aria-hidden="true" />;
}

interface BoxButtonProps {
  readonly box: StageBox;
  readonly image: ImageState;
  readonly onChoose: ((key: string) => void) | null;
}

function BoxButton({ box, image, onChoose }: BoxButtonProps) {
  const { key, name, score, chosen } = box;
  const [x, y, w, h] = box.bbox;
  const style = {
    left: `${(x / image.width) * 100}%`,
    top: `${(y / image.height) * 100}%`,
    width: `${(w / image.width) * 100}%`,
    height: `${(h / image.height) * 100}%`,
    // Small boxes lie on top of large ones, so that each can be reached.
    zIndex: String(Math.round(1000 - 900 * Math.min(1, (w * h) / (image.width * image.height)))),
  };
  return (
    <button
      type="button"
      class={`found${chosen ? ' found-chosen' : ''}${y < image.height * 0.06 ? ' found-at-top' : ''}`}
      style={style}
      disabled={onChoose === null}
      aria-pressed={chosen}
      aria-label={`${name}, ${percent(score)}: explain this box`}
      onClick={() => onChoose?.(key)}
    >
      <span class="found-tag" aria-hidden="true">
        {name} {percent(score)}
      </span>
    </button>
  );
}
