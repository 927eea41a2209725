import { createLogUpdate } from 'log-update';
import type { RunProgress } from '../runs/dataset/run-dataset.js';
import type { Output } from './io.js';
import { shortened } from './text-table.js';
import { timeLeft } from './time-left.js';
import { visibleSentence } from '../visible.js';
import { lineWidth } from './wrapped.js';

/** How far a run over a dataset is, redrawn in place; nothing where stderr is not a terminal. */
export interface DatasetView {
  update(progress: RunProgress): void;
  /** An item is being worked on. */
  begun(id: string): void;
  end(): void;
}

const BAR = 30;

export function datasetView(stderr: Output): DatasetView {
  if (stderr.terminal === null) return { update: () => undefined, begun: () => undefined, end: () => undefined };
  const draw = createLogUpdate(stderr.terminal);
  const started = performance.now();
  let progress: RunProgress | null = null;
  let at = '';
  const show = (): void => {
    if (progress === null) return;
    const width = lineWidth(stderr) - 1;
    const lines = [progressLine(progress, (performance.now() - started) / 1000)];
    if (at !== '' && progress.done < progress.total) lines.push(`now       ${at}`);
    draw(lines.map((line) => shortened(line, width)).join('\n'));
  };
  return {
    update(now) {
      progress = now;
      show();
    },
    begun(id) {
      at = visibleSentence(id);
      show();
    },
    end() {
      // What was under way is over.
      at = '';
      show();
      draw.done();
      progress = null;
    },
  };
}

/** `31 of 60 [#####-----] 2.5 a second, about 12 s left, 1 failed`. */
export function progressLine({ done, total, before, failed }: RunProgress, seconds: number): string {
  const filled = total === 0 ? BAR : Math.floor((BAR * done) / total);
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(BAR - filled)}]`;
  const own = done - before;
  const parts =
    own === 0 || done === total ? [] : [rateText(own / seconds), timeLeft(((total - done) * seconds) / own)];
  if (failed > 0) parts.push(`${failed} failed`);
  return `${done} of ${total}  ${bar}  ${parts.join(', ')}`.trimEnd();
}

function rateText(rate: number): string {
  return rate >= 1 ? `${rate.toFixed(1)} a second` : `${(60 * rate).toFixed(1)} a minute`;
}
