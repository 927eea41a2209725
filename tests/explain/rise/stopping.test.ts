import { describe, expect, it } from 'vitest';
import { isReliable, nextCheckpoint } from '../../../src/explain/rise/stopping.js';
import type { Verdict } from '../../../src/explain/verdict.js';

describe('checkpoints', () => {
  it('are fixed numbers, each at least an eighth more than the last', () => {
    const seen: number[] = [];
    for (let at = 0; at < 300;) seen.push((at = nextCheckpoint(at)));
    expect(seen).toEqual([32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]);
    expect(nextCheckpoint(65)).toBe(80);
    expect(nextCheckpoint(127)).toBe(128);
    expect(nextCheckpoint(2 ** 20)).toBe(2 ** 20 + 2 ** 18);
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
