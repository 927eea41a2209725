/** What `npm run fuzz` has found, as small tests that are always run. */
import { describe, expect, it } from 'vitest';
import { DatumError } from '../../src/errors.js';
import { convertModel } from '../../src/openvino/index.js';
import { IR, irWeights } from './subjects.js';

/** Names that every object has of itself, and which no table of names may take for one of its own. */
const OF_EVERY_OBJECT = ['constructor', '__proto__', 'toString', 'hasOwnProperty'];

describe('names that every object has are no names of a format', () => {
  it.each([
    ['the type of elements', 'element_type="f32"', 'element_type="NAME"'],
    ['the type of a port', 'precision="FP32" names="image"', 'precision="NAME" names="image"'],
    ['an operation', 'type="SoftMax"', 'type="NAME"'],
    ['a layer', 'name="soft"', 'name="NAME"'],
    ['a resize', 'value="standard"', 'value="NAME"'],
  ])('%s (read-ir, seed 2, case 6127)', (_what, sound, damaged) => {
    expect(IR).toContain(sound);
    for (const name of OF_EVERY_OBJECT) {
      const xml = IR.replaceAll(sound, damaged.replace('NAME', name));
      try {
        convertModel(xml, irWeights());
      } catch (error) {
        expect(error, name).toBeInstanceOf(DatumError);
      }
    }
  });
});
