import { SingleBar } from 'cli-progress';
import type { RunProgress } from '../runs/dataset/run-dataset.js';
import { countText } from './count-text.js';
import type { Output } from './io.js';

/** One line of progress with the time left; nothing where stderr is not a terminal. */
export interface DatasetView {
  update(progress: RunProgress): void;
  end(): void;
}

export function datasetView({ terminal }: Output): DatasetView {
  if (terminal === null) return { update: () => undefined, end: () => undefined };
  const bar = new SingleBar({
    format: '{bar} {value} of {items}{failures}, {left} left',
    stream: terminal,
    hideCursor: true,
    barsize: 30,
  });
  const started = performance.now();
  let shown = false;
  return {
    update({ done, total, before, failed }) {
      const payload = {
        items: countText(total, 'item'),
        failures: failed > 0 ? `, ${failed} failed` : '',
        left: timeLeft(done - before, total - done, performance.now() - started),
      };
      if (shown) bar.update(done, payload);
      else bar.start(total, done, payload);
      shown = true;
    },
    end() {
      if (shown) bar.stop();
    },
  };
}

/** Hours, minutes and seconds that the rest takes at the speed so far; `?` before the first item. */
function timeLeft(done: number, rest: number, milliseconds: number): string {
  if (done === 0) return '?';
  const seconds = Math.round((rest * milliseconds) / done / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}
