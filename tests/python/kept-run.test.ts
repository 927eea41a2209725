/** What a run leaves whose model fails in the middle. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { png, paint } from '../helpers/images.js';
import { datum } from '../helpers/cli.js';
import { folder, LOOKS, modelOf, python } from '../helpers/python-models.js';

it.skipIf(python === null)('the maps so far, and the reason', async () => {
  const { description } = modelOf(`${LOOKS}
calls = 0
def predict(batch):
    global calls
    calls += 1
    if calls > 40:
        raise ValueError("enough")
    return looks(batch)
`);
  const photo = folder.write('photo.png', await png(paint(40, 30, (x) => (x < 20 ? [200, 10, 10] : [10, 10, 200]))));
  const out = folder.at('kept');
  const run = ['rise', '--max-samples', '4000', '--stop-at', 'off', '--batch-size', '4', '--workers', '1'];
  const { code, stderr } = await datum([
    'explain',
    photo,
    '-m',
    description,
    '-o',
    out,
    ...run,
    '--',
    '--python',
    python!,
  ]);
  expect(stderr).toMatch(/model\.py failed at line \d+ \(raise ValueError\("enough"\)\): ValueError: enough\.\n$/);
  expect(code).toBe(1);
  expect(existsSync(`${out}/photo-1-class-0-heatmap.png`)).toBe(true);
  const schema = z.looseObject({ run: z.looseObject({ stopped: z.string(), samples: z.number() }) });
  const { run: kept } = schema.parse(JSON.parse(readFileSync(`${out}/photo-explanation.json`, 'utf8')));
  expect(kept.stopped).toBe('interrupted');
  expect(kept.samples).toBeGreaterThan(50);
});
