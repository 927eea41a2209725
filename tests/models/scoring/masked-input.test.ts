import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assembleKernel } from '../../../scripts/mask-kernel.mjs';
import { drawMask, rowBuffer } from '../../../src/explain/rise/mask-field.js';
import { createSampler } from '../../../src/explain/rise/samplers.js';
import { placeImage } from '../../../src/image/index.js';
import type { InputSpec } from '../../../src/models/input.js';
import { KERNEL_BASE64 } from '../../../src/models/scoring/kernel/bytes.js';
import { MaskedInput } from '../../../src/models/scoring/masked-input.js';
import type { Scene } from '../../../src/models/scene.js';

function shared(length: number, value: (i: number) => number): Float32Array {
  const floats = new Float32Array(new SharedArrayBuffer(length * 4));
  for (let i = 0; i < length; i++) floats[i] = value(i);
  return floats;
}

const cases = fc.record({
  width: fc.integer({ min: 1, max: 23 }),
  height: fc.integer({ min: 1, max: 19 }),
  imageWidth: fc.integer({ min: 1, max: 60 }),
  imageHeight: fc.integer({ min: 1, max: 60 }),
  resize: fc.constantFrom(
    'stretch' as const,
    'letterbox' as const,
    'letterbox-top-left' as const,
    'center-crop' as const,
  ),
  layout: fc.constantFrom('nchw' as const, 'nhwc' as const),
  channels: fc.constantFrom(1 as const, 3 as const),
  filled: fc.boolean(),
  slots: fc.integer({ min: 1, max: 3 }),
  grid: fc.integer({ min: 1, max: 5 }),
  index: fc.nat(1000),
});

describe('masked inputs', () => {
  it('are input * M + fill * (1 - M) over the image, and the input itself around it', () => {
    fc.assert(
      fc.property(cases, ({ width, height, channels, layout, slots, ...rest }) => {
        const placement = placeImage(
          { width: rest.imageWidth, height: rest.imageHeight },
          { width, height: height },
          rest.resize,
        );
        const size = width * height * channels;
        const input = shared(size, (i) => Math.sin(i) * 3);
        const fill = rest.filled ? shared(size, (i) => Math.cos(i * 2)) : null;
        const scene: Scene = {
          id: 1,
          placement,
          shown: { ...placement.area, data: new Uint8Array(placement.area.width * placement.area.height * 3) },
          input,
          fill,
          pixels: null,
          pixelFill: null,
          pixelZero: [],
          told: null,
          color: 'rgb',
        };
        const spec: InputSpec = { name: 'x', layout, channels, width, height, batch: null, rank: 4 };
        const { area } = placement;
        const sampler = createSampler({
          sampler: 'random',
          height: area.height,
          width: area.width,
          gridHeight: rest.grid,
          gridWidth: rest.grid + 1,
          probability: 0.5,
          seed: 7,
        });
        const { field } = sampler;
        const masked = new MaskedInput(scene, spec, field, slots);
        const cells = new Uint8Array(field.y.cells * field.x.cells);
        const mask = new Float32Array(area.width * area.height);
        for (let slot = slots - 1; slot >= 0; slot--) {
          const offset = sampler.draw(rest.index + slot, cells);
          masked.write(slot, cells, offset);
          drawMask(field, cells, offset, rowBuffer(field), mask);
          for (let y = 0; y < height; y++) {
            for (let x = 0; x < width; x++) {
              const inside = x >= area.x && x < area.x + area.width && y >= area.y && y < area.y + area.height;
              const kept = inside ? mask[(y - area.y) * area.width + x - area.x]! : 1;
              for (let channel = 0; channel < channels; channel++) {
                const at =
                  layout === 'nchw' ? channel * width * height + y * width + x : (y * width + x) * channels + channel;
                const expected = input[at]! * kept + (fill?.[at] ?? 0) * (1 - kept);
                // float32 arithmetic on values up to 4.
                expect(Math.abs(masked.batch[slot * size + at]! - expected)).toBeLessThan(2e-6);
              }
            }
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('are computed by the kernel whose source is in the project', async () => {
    expect(KERNEL_BASE64).toBe(await assembleKernel());
  });
});
