import { createLogUpdate } from 'log-update';
import type { RgbImage } from '../../image/index.js';
import { overlayOf } from '../../report/overlay.js';
import type { ExplainedImage, ExplainedTarget, Snapshot } from '../../results/explanation.js';
import type { RunEvent } from '../../runs/run-plan.js';
import { countText } from '../count-text.js';
import type { Output } from '../io.js';
import { shortened } from '../text-table.js';
import { timeLeft } from '../time-left.js';
import { visibleSentence } from '../../visible.js';
import { lineWidth } from '../wrapped.js';
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

/** How far a run is. */
export type Progress = Pick<Extract<RunEvent, { kind: 'progress' }>, 'done' | 'most' | 'reliability'>;

/** What the user sees while masks are scored; nothing where stderr is not a terminal. */
export interface RunView {
  progress(progress: Progress): void;
  snapshot(snapshot: Snapshot): void;
  end(): void;
}

/** Milliseconds between two drawings. */
const REDRAWN = 100;

/** One line, redrawn in place: runs, reliability reached and asked for, time left. It is gone when the result comes. */
export function progressView(stderr: Output): RunView {
  if (stderr.terminal === null) return { progress: () => undefined, snapshot: () => undefined, end: () => undefined };
  const draw = createLogUpdate(stderr.terminal);
  const started = performance.now();
  let drawn = -Infinity;
  return {
    progress(progress) {
      if (performance.now() - drawn < REDRAWN) return;
      drawn = performance.now();
      const line = progressLine(progress, (performance.now() - started) / 1000);
      draw(shortened(line, lineWidth(stderr) - 1));
    },
    snapshot: () => undefined,
    end() {
      draw.clear();
      draw.done();
    },
  };
}

/** `64 of at most 2000 runs, 47 a second, repeatable 0.88 of 0.95, about 4 s left`. */
export function progressLine({ done, most, reliability }: Progress, seconds: number): string {
  const rate = done / Math.max(seconds, 1e-3);
  const parts = [
    `${done} of at most ${countText(most, 'run')}`,
    `${rate < 10 ? rate.toFixed(1) : rate.toFixed(0)} a second`,
  ];
  if (reliability !== null) {
    parts.push(`repeatable ${reliability.now.toFixed(2)} of ${reliability.goal.toFixed(2)}`);
  }
  parts.push(timeLeft((runsAtEnd({ done, most, reliability }) - done) / rate));
  return parts.join(', ');
}

/**
 * How many runs it will take: reliability grows with runs N as N / (N + c) (Spearman and Brown), and the run ends at the one asked
 * for, or at the most.
 */
function runsAtEnd({ done, most, reliability }: Progress): number {
  if (reliability === null) return most;
  const { now, goal } = reliability;
  if (now >= goal) return done;
  const odds = (share: number): number => share / (1 - share);
  return now <= 0 || goal >= 1 ? most : Math.min(most, done * (odds(goal) / odds(now)));
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
      // The result is drawn anew.
      draw?.clear();
      draw?.done();
    },
  };
}
