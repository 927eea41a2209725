import { mapToImage } from '../../image/index.js';
import type { ExplainedTarget, MapSize, MeasuredExplanation, Snapshot } from '../../results/explanation.js';
import { noteSentence } from '../../results/note-sentence.js';
import { targetFacts } from '../../results/records.js';
import type { RecordedTarget } from '../../results/explanation.js';
import { evidenceRegion } from '../../results/region.js';
import type { JobState, MapKind, TargetState } from '../protocol.js';
import { onPage } from './option-names.js';

/** Longest side of the maps that pages fetch: they are smooth, and the page enlarges them. */
const MAP_SIDE = 480;

/** A map as a page fetches it. */
export interface JobMap extends MapSize {
  /** `[height, width]`, in score units. */
  readonly values: Float32Array;
}

/** One explanation as pages see it; changed by its run, and by cancelling. */
export class Job {
  readonly id: string;
  readonly #abort = new AbortController();
  readonly #changed: () => void;
  #state: JobState;
  #size: MapSize | null = null;
  #targets: readonly ExplainedTarget[] = [];
  #measured: MeasuredExplanation | null = null;

  /** @param changed called after every change of the state. */
  constructor(
    { id, model, image, maxSamples }: Pick<JobState, 'id' | 'model' | 'image' | 'maxSamples'>,
    changed: () => void,
  ) {
    this.id = id;
    this.#changed = changed;
    this.#state = {
      id,
      model,
      image,
      phase: 'waiting',
      error: null,
      samples: 0,
      maxSamples,
      version: 0,
      targets: [],
      notes: [],
      stopped: null,
      seconds: 0,
    };
  }

  get state(): JobState {
    return this.#state;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** The finished explanation; null before. */
  get measured(): MeasuredExplanation | null {
    return this.#measured;
  }

  /** A target's map; undefined where there is none of this kind yet. */
  map(index: number, kind: MapKind): JobMap | undefined {
    const target = this.#targets[index];
    const size = this.#size;
    if (target === undefined || size === null) return undefined;
    const values = this.#values(target, kind, size);
    return values === undefined ? undefined : { ...size, values };
  }

  progress(samples: number, maxSamples: number): void {
    this.#update({ phase: 'running', samples, maxSamples });
  }

  show({ samples, maxSamples, targets, image }: Snapshot): void {
    this.#targets = targets;
    this.#size = shownSize(image);
    this.#update({
      phase: 'running',
      samples,
      maxSamples,
      version: this.#state.version + 1,
      targets: targets.map((explained) => targetState({ explained }, null)),
    });
  }

  finish(measured: MeasuredExplanation): void {
    const { run, targets, image, notes, model } = measured.explanation;
    const sentences = notes.map((note) => onPage(noteSentence(note)));
    this.#measured = measured;
    this.#targets = targets;
    this.#size = shownSize(image);
    this.#update({
      phase: run.stopped === 'interrupted' ? 'cancelled' : 'done',
      samples: run.samples,
      version: this.#state.version + 1,
      targets: measured.targets.map((target) => targetState(target, model.labels)),
      notes: [...sentences, ...(targets.length === 0 ? [nothingFound(measured)] : [])],
      stopped: run.stopped,
      seconds: run.seconds,
    });
  }

  fail(error: string): void {
    this.#update({ phase: 'failed', error });
  }

  /** Ends the run early; the maps so far stay. */
  cancel(): void {
    this.#abort.abort();
    if (this.#state.phase === 'waiting') this.#update({ phase: 'cancelled' });
  }

  #values(target: ExplainedTarget, kind: MapKind, size: MapSize): Float32Array | undefined {
    switch (kind) {
      case 'saliency':
        return target.renderMap(size);
      case 'significant':
        return Float32Array.from(evidenceRegion(target, size));
      case 'error':
        return target.renderStandardError(size) ?? undefined;
      case 'contrast':
        return this.#contrast(target, size);
    }
  }

  #contrast({ index }: ExplainedTarget, size: MapSize): Float32Array | undefined {
    const map = this.#measured?.targets[index]?.contrast?.areaMap;
    if (this.#measured === null || map === undefined) return undefined;
    return mapToImage(map, this.#measured.explanation.placement, size);
  }

  #update(change: Partial<JobState>): void {
    this.#state = { ...this.#state, ...change };
    this.#changed();
  }
}

function shownSize({ mapWidth, mapHeight }: { readonly mapWidth: number; readonly mapHeight: number }): MapSize {
  const scale = Math.min(1, MAP_SIDE / Math.max(mapWidth, mapHeight));
  return { width: Math.max(1, Math.round(mapWidth * scale)), height: Math.max(1, Math.round(mapHeight * scale)) };
}

function nothingFound({ explanation }: MeasuredExplanation): string {
  const { detConfThresh } = explanation.method.options;
  return `Nothing was found with a score of ${detConfThresh} or more: draw a box, name a class, or lower the smallest score.`;
}

function targetState(target: RecordedTarget, labels: readonly string[] | null): TargetState {
  return { ...targetFacts(target, labels), contrast: target.contrast?.label ?? null };
}
