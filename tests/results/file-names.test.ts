import { expect, it } from 'vitest';
import { targetName } from '../../src/results/file-names.js';
import { LONGEST_BASE, safePart } from '../../src/results/run/item-place.js';

it('the longest name of a file fits into every file system, in bytes', () => {
  for (const character of ['x', '猫', '\u{20000}', '1', 'ü']) {
    const base = safePart(character.repeat(400));
    expect(Buffer.byteLength(base)).toBeLessThanOrEqual(LONGEST_BASE);
    expect(Buffer.from(base).toString()).toBe(base);
    const fullest = `${'b'.repeat(LONGEST_BASE)}-0123456789abcdef-${targetName(9998, character.repeat(400))}-contrast.png`;
    expect(Buffer.byteLength(fullest)).toBeLessThanOrEqual(255);
  }
});
