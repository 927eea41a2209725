import { describe, expect, it } from 'vitest';
import { isReliable, nextCheckpoint } from '../../../src/explain/rise/stopping.js';
import type { Verdict } from '../../../src/explain/verdict.js';

describe('checkpoints', () => {
  it('are fixed numbers, each at least a third more than the last', () => {
    const seen: number[] = [];
    for (let at = 0; at < 2000;) seen.push((at = nextCheckpoint(at)));
    expect(seen).toEqual([64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048]);
    expect(nextCheckpoint(65)).toBe(96);
    expect(nextCheckpoint(127)).toBe(128);
  });
});

describe('a run stops', () => {
  const at = (samples: number, targets: readonly (readonly [Verdict, number])[], gridCells = 49) => ({
    samples,
    gridCells,
    targets: targets.length,
    verdict: (target: number) => targets[target]![0],
    reliability: (target: number) => targets[target]![1],
  });

  it('once every target that is ok is reliable', () => {
    expect(
      isReliable(
        at(128, [
          ['ok', 0.96],
          ['ok', 0.95],
        ]),
        0.95,
      ),
    ).toBe(true);
    expect(
      isReliable(
        at(128, [
          ['ok', 0.96],
          ['ok', 0.94],
        ]),
        0.95,
      ),
    ).toBe(false);
  });

  it('without waiting for lost or auxiliary targets', () => {
    expect(
      isReliable(
        at(128, [
          ['ok', 0.96],
          ['lost', 0.1],
        ]),
        0.95,
      ),
    ).toBe(true);
    expect(
      isReliable(
        at(128, [
          ['ok', 0.96],
          ['ok', 0.1],
        ]),
        0.95,
        new Set([1]),
      ),
    ).toBe(true);
  });

  it('waits for what looks like noise until 512 masks', () => {
    expect(
      isReliable(
        at(192, [
          ['ok', 0.99],
          ['noise', 0.4],
        ]),
        0.95,
      ),
    ).toBe(false);
    expect(
      isReliable(
        at(512, [
          ['ok', 0.99],
          ['noise', 0.4],
        ]),
        0.95,
      ),
    ).toBe(true);
  });

  it('never when nothing is shown, nor before there are as many masks as cells', () => {
    expect(
      isReliable(
        at(2000, [
          ['noise', 0],
          ['lost', 0],
        ]),
        0.95,
      ),
    ).toBe(false);
    expect(isReliable(at(2000, []), 0.95)).toBe(false);
    expect(isReliable(at(512, [['ok', 0.99]], 1024), 0.95)).toBe(false);
  });
});
