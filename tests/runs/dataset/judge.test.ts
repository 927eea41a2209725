import { describe, expect, it } from 'vitest';
import type { ClassHead } from '../../../src/annotations/index.js';
import { resolveRiseOptions } from '../../../src/explain/rise/options.js';
import { createScene } from '../../../src/models/scene.js';
import { preprocessingOf } from '../../../src/interpreters/contract/preprocessing.js';
import { riseMethod } from '../../../src/explain/rise/method.js';
import type { LabelTarget } from '../../../src/explain/targets/label.js';
import { TARGET_KINDS } from '../../../src/explain/targets/kinds.js';
import type { Answer } from '../../../src/runs/answer.js';
import { judge, type Judgement } from '../../../src/runs/dataset/judge.js';
import type { Truth } from '../../../src/runs/dataset/truth.js';
import type { Outcome } from '../../../src/explain/outcomes.js';
import { white } from '../../helpers/images.js';
import { planned } from '../../helpers/planned.js';

/** A type (0 and 1), a color (2 and 3), and two independent traits (4 and 5). */
const HEADS: readonly ClassHead[] = [
  { first: 0, count: 2, answer: 'one' },
  { first: 2, count: 2, answer: 'one' },
  { first: 4, count: 2, answer: 'any' },
];

async function answer(...scores: number[]): Promise<Answer> {
  const image = white(8, 8);
  const input = { name: 'image', width: 8, height: 8, channels: 3, layout: 'nchw', batch: 1, rank: 4 } as const;
  const scene = await createScene(image, {
    input,
    preprocessing: preprocessingOf({}),
    custom: null,
    wantsPixels: false,
    fill: 'zero',
  });
  return {
    image: { path: null, pixels: image },
    scene,
    placement: scene.placement,
    prediction: { scores: Float32Array.from(scores), heads: HEADS, proposals: null },
    filled: { scores: new Float32Array(scores.length), heads: HEADS, proposals: null },
    milliseconds: 1,
    started: 0,
    method: riseMethod,
    kinds: TARGET_KINDS,
    options: resolveRiseOptions({}),
    labels: null,
    scoring: { match: 'd-rise', iouThreshold: 0.9, nms: null },
    detections: [],
    forgiven: [],
    blurLeaves: null,
  };
}

/** How a class of the answer stands. */
function outcomeOf(judged: Judgement, label: number): Outcome | null {
  const target: LabelTarget = { kind: 'label', label };
  return judged.judgeTargets([planned(target)])[0]!.outcome;
}

/** An image of one class, of the model's number. */
function truthOf(label: number): Truth {
  return { labels: [{ id: 0, name: 'it', labels: [label] }], boxes: [], annotated: new Set([label]) };
}

describe('a classifier of several heads is judged by the head of the true class', () => {
  it('is right, however sure another head is', async () => {
    const judged = judge(await answer(0.4, 0.6, 0.9, 0.1, 0, 0), truthOf(1));
    expect(judged.counts).toMatchObject({ truePositive: 1, wrongClass: 0, missed: 0 });
    expect(outcomeOf(judged, 1)).toBe('true-positive');
    expect(outcomeOf(judged, 2)).toBeNull();
  });

  it('is wrong with the class that won there', async () => {
    const judged = judge(await answer(0.6, 0.4, 0.1, 0.9, 0, 0), truthOf(1));
    expect(judged.counts).toMatchObject({ truePositive: 0, wrongClass: 1, missed: 0 });
    expect(outcomeOf(judged, 0)).toBe('wrong-class');
    expect(outcomeOf(judged, 1)).toBe('missed');
  });

  it('has missed an independent class below 0.5', async () => {
    expect(judge(await answer(0, 1, 0, 1, 0.4, 0.9), truthOf(4)).counts).toMatchObject({ wrongClass: 0, missed: 1 });
    expect(judge(await answer(0, 1, 0, 1, 0.6, 0.9), truthOf(4)).counts).toMatchObject({ truePositive: 1 });
  });
});
