import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { pageCommands } from '../../src/cli/page-command.js';

const plain = {
  image: { path: null, name: 'photo.jpg' },
  model: 'm.onnx',
  classes: ['cat', 'tabby, tabby cat', 'dog', 'dog'],
  method: null,
  given: {},
  metrics: null,
} as const;
const command = pageCommands('.');

it.each([
  [{}, 'datum explain photo.jpg -m m.onnx -o out'],
  [{ image: { path: resolve('images/a b.jpg'), name: 'a' } }, "datum explain 'images/a b.jpg' -m m.onnx -o out"],
  [{ image: { path: null, name: "-it's.jpg" } }, "datum explain './-it'\\''s.jpg' -m m.onnx -o out"],
  [{ image: { path: '/elsewhere/a.jpg', name: 'a' } }, 'datum explain /elsewhere/a.jpg -m m.onnx -o out'],
  [{ method: 'rise', metrics: 'fast' as const }, 'datum explain photo.jpg -m m.onnx -o out'],
  [
    { method: 'occlusion', given: { window: 16 }, metrics: 'none' as const },
    'datum explain photo.jpg occlusion -m m.onnx --window 16 --metrics none -o out',
  ],
  [{ given: { classes: ['#0'] } }, 'datum explain photo.jpg -m m.onnx --classes cat -o out'],
  // A name with a comma would be two, and one that two classes share is neither's.
  [{ given: { classes: ['#1', '#2'] } }, "datum explain photo.jpg -m m.onnx --classes '#1,#2' -o out"],
  [
    { given: { boxes: [{ x: 1.234, y: 2, width: 3, height: 4, label: '#0' }] } },
    'datum explain photo.jpg -m m.onnx --box 1.23,2,3,4:cat -o out',
  ],
  [
    { given: { maxSamples: 96, stopAt: 'off', fill: [1, 2, 3], timeBudget: 5, reference: true } },
    'datum explain photo.jpg -m m.onnx --max-samples 96 --stop-at off --fill 1,2,3 --time-budget 5s --reference -o out',
  ],
])('%j', (what, expected) => {
  expect(command({ ...plain, ...what })).toBe(expected);
});

it('names the project where it is another one', () => {
  expect(pageCommands('shop')(plain)).toBe('datum explain photo.jpg -m m.onnx -p shop -o out');
});
