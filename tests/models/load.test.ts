import { expect, it } from 'vitest';
import { openModel } from '../../src/models/open.js';
import { plantedClassifier } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const temp = tempFolder();

it.each([0, -1, 1.5, Number.NaN])('%s workers are refused by the name of the option', async (workers) => {
  const model = temp.write(
    'model.onnx',
    plantedClassifier({ width: 8, height: 8 }, { x: 0, y: 0, width: 4, height: 4 }),
  );
  await expect(openModel(model, { workers })).rejects.toMatchObject({
    kind: 'usage',
    option: 'workers',
    message: `workers takes a whole number above 0, not ${workers}.`,
  });
});

it('an unknown interpreter is an error of the option', async () => {
  const description = temp.write(
    'other.onnx',
    plantedClassifier({ width: 8, height: 8 }, { x: 0, y: 0, width: 4, height: 4 }),
  );
  await expect(openModel({ description, interpreter: 'nope' })).rejects.toMatchObject({
    kind: 'usage',
    option: 'interpreter',
  });
});
