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
    message: `workers takes a whole number from 1 to 256, not ${workers}.`,
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

it.each([
  [{ scale: 1 }, { scale: 1, mean: [0], std: [1] }, ['mean', 'std']],
  [{ mean: [127.5] }, { scale: 1, mean: [127.5], std: [1] }, ['scale', 'std']],
  [{ scale: 1 / 255, std: [0.5] }, { scale: 1 / 255, mean: [0], std: [0.5] }, ['mean']],
  [{}, { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }, []],
])('of scale, mean and std, what is not given beside %j does nothing', async (given, normalisation, replaced) => {
  const description = temp.write(
    'group.onnx',
    plantedClassifier({ width: 8, height: 8 }, { x: 0, y: 0, width: 4, height: 4 }),
  );
  const model = await openModel({ description, interpreter: 'classification', ...given }, { workers: 1 });
  const { preprocessing, facts } = model.info;
  await model.close();
  expect(preprocessing).toMatchObject({ color: 'rgb', resize: 'stretch', ...normalisation });
  expect(facts.preprocessing).toMatchObject({ by: 'guess', given: Object.keys(given), replaced });
});

it('a file of names beside a model is mentioned, not used, where it has as many as there are classes', async () => {
  const description = temp.write(
    'beside/model.onnx',
    plantedClassifier({ width: 8, height: 8 }, { x: 0, y: 0, width: 4, height: 4 }),
  );
  temp.write('beside/labels.txt', 'dark\nbright\n');
  temp.write('beside/classes.txt', 'a\nb\nc\n');
  const model = await openModel({ description }, { workers: 1 });
  const { labels, facts } = model.info;
  await model.close();
  expect(labels).toBeNull();
  expect(facts.labels).toEqual({ by: null, names: 0, classes: 2, beside: { file: 'labels.txt', names: 2 } });
});
