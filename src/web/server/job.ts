import type { Explanation, ExplainedTarget, Snapshot } from '../../runs/explanation.js';
import type { JobState, TargetState } from '../protocol.js';

/** One explanation as pages see it; changed by its run, and by cancelling. */
export class Job {
  readonly id: string;
  readonly #abort = new AbortController();
  readonly #changed: () => void;
  #state: JobState;
  #targets: readonly ExplainedTarget[] = [];
  #explanation: Explanation | null = null;

  /** @param changed called after every change of the state. */
  constructor(id: string, model: string, picture: string, maxSamples: number, changed: () => void) {
    this.id = id;
    this.#changed = changed;
    this.#state = {
      id,
      model,
      picture,
      phase: 'loading',
      error: null,
      samples: 0,
      maxSamples,
      version: 0,
      targets: [],
      notes: [],
      mapWidth: 0,
      mapHeight: 0,
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
  get explanation(): Explanation | null {
    return this.#explanation;
  }

  /** A target's map, `[mapHeight, mapWidth]`. */
  map(index: number): Float32Array | undefined {
    return this.#targets[index]?.renderMap();
  }

  /** A target's standard error, likewise. */
  standardError(index: number): Float32Array | undefined {
    return this.#targets[index]?.renderStandardError();
  }

  /** Pixels whose effect is beyond doubt, likewise, 0 or 1. */
  significant(index: number): Uint8Array | undefined {
    return this.#targets[index]?.renderSignificant();
  }

  progress(samples: number): void {
    this.#update({ phase: 'running', samples });
  }

  show({ samples, targets, image }: Snapshot): void {
    this.#targets = targets;
    this.#update({
      phase: 'running',
      samples,
      version: this.#state.version + 1,
      targets: targets.map(targetState),
      mapWidth: image.mapWidth,
      mapHeight: image.mapHeight,
    });
  }

  finish(explanation: Explanation): void {
    const { run, targets, image, notes, model } = explanation;
    this.#explanation = explanation;
    this.#targets = targets;
    this.#update({
      phase: run.stopped === 'interrupted' ? 'cancelled' : 'done',
      samples: run.samples,
      version: this.#state.version + 1,
      targets: targets.map(targetState),
      mapWidth: image.mapWidth,
      mapHeight: image.mapHeight,
      notes: [...model.decisions, ...notes],
      stopped: run.stopped,
      seconds: run.seconds,
    });
  }

  fail(error: string): void {
    this.#update({ phase: 'failed', error });
  }

  cancel(): void {
    this.#abort.abort();
  }

  #update(change: Partial<JobState>): void {
    this.#state = { ...this.#state, ...change };
    this.#changed();
  }
}

function targetState(target: ExplainedTarget): TargetState {
  return {
    index: target.index,
    kind: target.kind,
    label: target.label,
    bbox: target.bbox === null ? null : [target.bbox.x, target.bbox.y, target.bbox.w, target.bbox.h],
    score: target.score,
    reliability: target.reliability,
    meanStandardError: target.meanStandardError(),
    verdict: target.verdict,
    belief: target.belief,
  };
}
