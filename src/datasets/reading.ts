import type { DatasetItem, Reading, Tally } from './types.js';

/** Items that a tally names. */
const NAMED = 3;

class Counter {
  #count = 0;
  readonly #first: string[] = [];

  add(id: string, count = 1): void {
    if (count === 0) return;
    this.#count += count;
    if (this.#first.length < NAMED) this.#first.push(id);
  }

  get tally(): Tally {
    return { count: this.#count, first: [...this.#first] };
  }
}

/** Counts items as they go by. Its size does not grow with them. */
export class ReadingCounter {
  #images = 0;
  #missing = 0;
  #boxes = 0;
  #labels = 0;
  #ignored = 0;
  readonly #malformed = new Counter();
  readonly #passedOver = new Map<string, Counter>();
  readonly #remarks = new Map<string, Counter>();
  readonly #subsets = new Map<string, { annotated: number; isMarked: boolean }>();

  add(item: DatasetItem): void {
    const { id, subset, boxes, labels, passedOver = {}, remarks = [], malformed, imagePath, annotated } = item;
    this.#images++;
    if (imagePath === null) this.#missing++;
    this.#boxes += boxes.length;
    this.#labels += labels.length;
    for (const { attributes } of boxes)
      if (attributes['crowd'] === true || attributes['difficult'] === true) this.#ignored++;
    if (malformed !== undefined) this.#malformed.add(id);
    for (const [kind, count] of Object.entries(passedOver)) counterOf(this.#passedOver, kind).add(id, count);
    for (const remark of remarks) counterOf(this.#remarks, remark).add(id);
    // What cannot be read was annotated all the same.
    const isMarked = boxes.length + labels.length > 0 || malformed !== undefined || Object.keys(passedOver).length > 0;
    const known = this.#subsets.get(subset) ?? { annotated: 0, isMarked: false };
    this.#subsets.set(subset, {
      annotated: known.annotated + (annotated ? 1 : 0),
      isMarked: known.isMarked || isMarked,
    });
  }

  get reading(): Reading {
    const subsets = [...this.#subsets];
    const looked = subsets.filter(([, { isMarked }]) => isMarked);
    return {
      images: this.#images,
      missing: this.#missing,
      annotated: looked.reduce((sum, [, { annotated }]) => sum + annotated, 0),
      boxes: this.#boxes,
      labels: this.#labels,
      ignored: this.#ignored,
      malformed: this.#malformed.tally,
      passedOver: tallies(this.#passedOver),
      remarks: tallies(this.#remarks),
      unlooked: subsets.flatMap(([subset, { isMarked }]) => (isMarked ? [] : [subset])),
    };
  }
}

function counterOf(counters: Map<string, Counter>, name: string): Counter {
  const known = counters.get(name);
  if (known !== undefined) return known;
  const counter = new Counter();
  counters.set(name, counter);
  return counter;
}

function tallies(counters: ReadonlyMap<string, Counter>): Record<string, Tally> {
  return Object.fromEntries([...counters].map(([name, counter]) => [name, counter.tally]));
}

/**
 * The reading of a whole dataset of which only some items were looked at closely.
 *
 * @param all of every item, as it is written
 * @param chosen of those whose images were looked at
 */
export function withChosen(all: Reading, chosen: Reading): Reading {
  if (all.images === chosen.images) return { ...chosen, unlooked: all.unlooked };
  return {
    ...all,
    passedOver: { ...chosen.passedOver, ...all.passedOver },
    remarks: { ...all.remarks, ...chosen.remarks },
    malformed: chosen.malformed.count > all.malformed.count ? chosen.malformed : all.malformed,
  };
}
