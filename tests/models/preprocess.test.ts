import { expect, it } from 'vitest';
import { fitImage } from '../../src/models/preprocess.js';
import { paint } from '../helpers/images.js';
import { resolveInput } from '../../src/models/input.js';

it('an image is scaled once for the trials that differ in colors alone', () => {
  const image = paint(60, 40, (x, y) => [x, y, x + y]);
  const inputs = [{ name: 'image', type: 'float32' as const, shape: [1, 3, 20, 30] }];
  const input = resolveInput({ inputs, outputs: [], metadata: {} }, {}, 'model.onnx');
  const first = fitImage(image, input, { resize: 'stretch' });
  expect(fitImage(image, input, { resize: 'stretch' }).content).toBe(first.content);
  const sharp = fitImage(image, input, { resize: 'stretch', antialias: false });
  expect(sharp.content.data).not.toEqual(first.content.data);
  expect(fitImage({ ...image }, input, { resize: 'stretch' }).content).toEqual(first.content);
});
