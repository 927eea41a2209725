import { mapToImage } from '../../image/index.js';
import type { ExplainedTarget, MapSize, MeasuredExplanation, Snapshot } from '../../results/explanation.js';
import { noteSentence } from '../../results/note-sentence.js';
import { pixelOfZero } from '../../models/preprocess.js';
import type { JudgedItem } from '../../results/judged.js';
import { explanationRecord, itemExplanation, summaryText, targetFacts } from '../../results/records.js';
import { summaryContext } from '../../results/target-summary.js';
import type { RecordedTarget } from '../../results/explanation.js';
import { evidenceRegion } from '../../results/region.js';
import type { JobState, MapKind, TargetState } from '../protocol.js';
import { nameOnPage, onPage } from './option-names.js';

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
      reached: null,
      hidden: [0, 0, 0],
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

  progress(samples: number, maxSamples: number, reached: JobState['reached'] = null): void {
    this.#update({ phase: 'running', samples, maxSamples, reached });
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

  /** @param judged how it stands against what annotators say; null where that is not known */
  finish(measured: MeasuredExplanation, judged: JudgedItem | null = null): void {
    const { run, targets, image, notes, model } = measured.explanation;
    const { preprocessing } = model;
    const channels = preprocessing.color === 'bgr' ? [2, 1, 0] : [0, 1, 2];
    const [red = 0, green = 0, blue = 0] = channels.map((channel) => pixelOfZero(preprocessing, channel));
    const sentences = notes.map((note) => onPage(noteSentence(note)));
    this.#measured = measured;
    this.#targets = targets;
    this.#size = shownSize(image);
    this.#update({
      phase: run.stopped === 'interrupted' ? 'cancelled' : 'done',
      samples: run.samples,
      version: this.#state.version + 1,
      hidden: [red, green, blue],
      targets: finishedTargets(measured, judged),
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

/** Targets with their sentences, and how they stand against what annotators say. */
function finishedTargets(measured: MeasuredExplanation, judged: JudgedItem | null): TargetState[] {
  const plain = explanationRecord(measured);
  const record = judged === null ? plain : itemExplanation(plain, judged);
  const { image, method, run, targets } = record;
  const context = summaryContext({ image, method, samples: run.samples, targets });
  return measured.targets.map((target, i) => {
    const state = targetState(target, measured.explanation.model.labels);
    const own = targets[i];
    if (own === undefined) return state;
    return { ...state, outcome: own.outcome, summary: summaryText(own, context, nameOnPage) };
  });
}

function targetState(target: RecordedTarget, labels: readonly string[] | null): TargetState {
  return {
    ...targetFacts(target, labels),
    summary: null,
    outcome: null,
    contrast: target.contrast?.label ?? null,
  };
}
