import { expect, it } from 'vitest';
import { loadInterpreter } from '../../src/interpreters/registry.js';

it('a name that there is not is refused with those that there are', async () => {
  await expect(loadInterpreter('yolov99')).rejects.toThrow('use one of classification, ');
  await expect(loadInterpreter('toString')).rejects.toMatchObject({ kind: 'usage' });
});
