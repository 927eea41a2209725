import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { BoxPixels, ImageState } from '../../protocol.js';
import { scoreText } from '../shared/format.js';
import { shownAs } from '../shared/image-viewer.js';
import { paintLayer, type Layer } from '../shared/paint-map.js';
import type { usePointed } from '../shared/pointed.js';
import type { ViewSettings } from '../shared/view-settings.js';
import { addressOf } from './api.js';
import { DrawBox } from './draw-box.js';

/** Longest side that maps are painted at, in pixels. */
const DETAIL = 720;

/** A box on the image; solid yellow where the model found it, dashed green where it is annotated, dotted white where it was drawn. */
export interface StageBox {
  readonly key: string;
  readonly kind: 'found' | 'truth' | 'drawn';
  readonly bbox: BoxPixels;
  readonly name: string;
  /** Null where there is none to be told. */
  readonly score: number | null;
  readonly chosen: boolean;
  /** Null where it is only shown. */
  readonly onChoose: (() => void) | null;
}

export interface StageProps {
  readonly image: ImageState;
  readonly layer: Layer;
  /** Whether the map is no more than noise so far: then the image is gray. */
  readonly noise: boolean;
  readonly settings: ViewSettings;
  readonly boxes: readonly StageBox[];
  /** Whether a box is being drawn. */
  readonly drawing: boolean;
  readonly onDrawn: (box: BoxPixels | null) => void;
  /** What the image shows, for those who do not see it. */
  readonly alt: string;
  readonly busy: boolean;
  /** Told where on the image the pointer is. */
  readonly listeners: ReturnType<typeof usePointed>['listeners'];
  readonly children?: ComponentChildren;
}

/** The image with its map, its boxes, and the box that is being drawn. */
export function Stage(props: StageProps) {
  const { image, layer, noise, settings, boxes, drawing, onDrawn, alt, busy, listeners, children } = props;
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
      {!drawing && boxes.map((box) => <BoxFrame key={box.key} box={box} image={image} />)}
      {drawing && <DrawBox image={image} onDrawn={onDrawn} />}
      {children}
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
  return (
    <PaintedCanvas
      width={width}
      height={height}
      paint={(across, down) => paintLayer(layer, settings, across, down)}
      of={[layer, settings]}
    />
  );
}

interface PaintedCanvasProps {
  /** Of the image. */
  readonly width: number;
  readonly height: number;
  readonly paint: (across: number, down: number) => ImageData;
  /** What it is painted of: it is painted anew when that changes. */
  readonly of: readonly unknown[];
}

/** What is painted over an image. */
export function PaintedCanvas({ width, height, paint, of }: PaintedCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useMemo(() => {
    const scale = DETAIL / Math.max(width, height, 1);
    return { across: Math.max(1, Math.round(width * scale)), down: Math.max(1, Math.round(height * scale)) };
  }, [width, height]);
  useEffect(() => {
    canvas.current?.getContext('2d')?.putImageData(paint(size.across, size.down), 0, 0);
  }, [...of, size]);
  return <canvas ref={canvas} width={size.across} height={size.down} aria-hidden="true" />;
}

function BoxFrame({ box, image }: { readonly box: StageBox; readonly image: ImageState }) {
  const { kind, name, score, chosen, onChoose } = box;
  const [x, y, w, h] = box.bbox;
  const style = {
    left: `${(x / image.width) * 100}%`,
    top: `${(y / image.height) * 100}%`,
    width: `${(w / image.width) * 100}%`,
    height: `${(h / image.height) * 100}%`,
    // Small boxes lie on top of large ones, so that each can be reached.
    zIndex: String(Math.round(1000 - 900 * Math.min(1, (w * h) / (image.width * image.height)))),
  };
  const classes = `found found-${kind}${chosen ? ' found-chosen' : ''}${y < image.height * 0.06 ? ' found-at-top' : ''}`;
  const words = score === null ? name : `${name}, ${scoreText(score)}`;
  const tag = (
    <span class="found-tag" aria-hidden="true">
      {score === null ? name : `${name} ${scoreText(score)}`}
    </span>
  );
  if (onChoose === null) {
    return (
      <div class={`${classes} found-shown`} style={style} aria-hidden="true">
        {name !== '' && tag}
      </div>
    );
  }
  return (
    <button
      type="button"
      class={classes}
      style={style}
      aria-pressed={chosen}
      aria-label={`${words}: explain this box`}
      onClick={onChoose}
    >
      {tag}
    </button>
  );
}
