import type { HistoryEntry } from '../protocol.js';
import type { Images } from './images.js';
import type { Job } from './job.js';

/** Explanations kept, with their maps; the oldest go first. */
const KEPT = 12;

/** What was explained since the server was started. */
export class Sitting {
  #ended: readonly { readonly job: Job; readonly score: number }[] = [];

  /** @param score of its first answer, as the model gave it */
  add(job: Job, score: number): void {
    if (job.state.targets.length > 0) this.#ended = [{ job, score }, ...this.#ended].slice(0, KEPT);
  }

  job(id: string): Job | null {
    return this.#ended.find(({ job }) => job.id === id)?.job ?? null;
  }

  /** The newest first; those whose images are no longer kept are left out. */
  entries(images: Images): HistoryEntry[] {
    return this.#ended.flatMap(({ job: { id, state }, score }) => {
      const image = images.get(state.image)?.state;
      const [target] = state.targets;
      if (image === undefined || target === undefined) return [];
      const name = target.label?.name ?? 'box';
      return [{ job: id, image: image.id, imageName: image.name, model: state.model, name, score }];
    });
  }
}
