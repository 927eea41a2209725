import { describe, expect, it } from 'vitest';
import type { Prediction } from '../../../src/annotations/index.js';
import { classId, classIds, overruledId } from '../../../src/explain/targets/class-id.js';

const four: Prediction = { scores: Float32Array.of(0.1, 0.2, 0.3, 0.4), proposals: null };
const BIRDS = ['crane', 'n02012849 heron, grey heron', 'Crane', '1'];

describe('the classes that a user names', () => {
  it.each([
    ['crane', [0, 2]],
    ['heron', [1]],
    ['n02012849 heron, grey heron', [1]],
    ['grey heron', [1]],
    // A name goes before a number.
    ['1', [3]],
    ['#1', [1]],
    ['2', [2]],
  ])('%s', (name, ids) => {
    expect(classIds(name, BIRDS, four)).toEqual(ids);
  });

  it('go by number without names', () => {
    expect(classIds('3', null, four)).toEqual([3]);
    expect(() => classIds('4', null, four)).toThrow("the model has no class '4'");
  });

  it('are one for a box', () => {
    expect(classId('heron', BIRDS, four)).toBe(1);
    expect(() => classId('crane', BIRDS, four)).toThrow(
      "the model has 2 classes 'crane', numbers 0, 2: name one by its number",
    );
  });

  it('are known where a name was taken for a number', () => {
    expect(overruledId('1', BIRDS, [3])).toBe(1);
    expect(overruledId('2', BIRDS, [2])).toBeNull();
    expect(overruledId('crane', BIRDS, [0, 2])).toBeNull();
  });
});
