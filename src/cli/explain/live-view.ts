import { createLogUpdate } from 'log-update';
import { SingleBar } from 'cli-progress';
import type { RgbImage } from '../../image/index.js';
import { overlayOf } from '../../report/overlay.js';
import type { ExplainedImage, ExplainedTarget, Snapshot } from '../../results/explanation.js';
import { countText } from '../count-text.js';
import type { Output } from '../io.js';
import { visibleSentence } from '../visible.js';
import { terminalImage } from './terminal-image.js';

/** Widest image in the terminal, in characters. */
const IMAGE_COLUMNS = 64;

/** An image with a target's saliency, as terminal lines. */
export function targetLines(
  pixels: RgbImage,
  target: ExplainedTarget,
  image: ExplainedImage,
  columns: number,
  lines = Infinity,
): string[] {
  // Some terminals do not know their size and say 0.
  const across = columns > 0 ? columns : 80;
  // A line is two pixels high.
  const fitting = Math.floor((2 * lines * image.width) / image.height);
  return terminalImage(overlayOf(pixels, target, image), Math.min(IMAGE_COLUMNS, across, fitting));
}

/** What the user sees while masks are scored; nothing where stderr is not a terminal. */
export interface RunView {
  progress(done: number, most: number): void;
  snapshot(snapshot: Snapshot): void;
  end(): void;
}

/** A progress bar. */
export function progressView({ terminal }: Output): RunView {
  if (terminal === null) return { progress: () => undefined, snapshot: () => undefined, end: () => undefined };
  const bar = new SingleBar({
    format: '{bar} {value} of {total} masks, {eta_formatted} left',
    stream: terminal,
    hideCursor: true,
    barsize: 30,
  });
  let started = false;
  return {
    progress(done, most) {
      if (started) bar.update(done);
      else bar.start(most, done);
      started = true;
    },
    snapshot: () => undefined,
    end() {
      if (started) bar.stop();
    },
  };
}

/** The first maps, redrawn as they form; a line of text for each snapshot where stderr is not a terminal. */
export function progressiveView(stderr: Output, pixels: RgbImage): RunView {
  const draw = stderr.terminal === null ? null : createLogUpdate(stderr.terminal, { showCursor: true });
  return {
    progress: () => undefined,
    snapshot({ samples, maxSamples, targets, image }) {
      const line = `${samples} of ${countText(maxSamples, 'mask')}`;
      const [first] = targets;
      if (draw === null || first === undefined) {
        stderr.line(line);
        return;
      }
      // What is taller than the terminal cannot be redrawn in place.
      const room = stderr.rows !== undefined && stderr.rows > 0 ? Math.max(1, stderr.rows - 3) : Infinity;
      const lines = targetLines(pixels, first, image, stderr.columns ?? 80, room);
      const name = visibleSentence(first.label?.name ?? 'box');
      draw([...lines, `${name} ${first.score.toFixed(3)}: ${line}`].join('\n'));
    },
    end() {
      draw?.done();
    },
  };
}
