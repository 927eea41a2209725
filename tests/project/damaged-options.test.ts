/** Options of an interpreter that a project keeps are checked as all of its file is: a sentence, never a ZodError. */
import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Project } from '../../src/project/project.js';
import { datum } from '../helpers/cli.js';
import { png, speckled } from '../helpers/images.js';
import { plantedClassifier } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const temp = tempFolder();

it.each<[string, unknown, string]>([
  ['a text for a list', { heads: 'scores' }, 'interpreterOptions.heads must be a list'],
  ['a missing field', { heads: [{ name: 'scores' }] }, 'interpreterOptions.heads.0.activation must be one of'],
  ['a value that is none', { heads: [{ name: 'scores', activation: 'x' }] }, 'must be one of none, softmax'],
])('%s', async (what, interpreterOptions, message) => {
  const { root } = await Project.create(temp.at(what), false);
  const description = temp.write(
    'm.onnx',
    plantedClassifier({ width: 24, height: 16 }, { x: 0, y: 0, width: 12, height: 16 }),
  );
  const config = { launcher: 'onnx', description, interpreter: 'classification', interpreterOptions };
  writeFileSync(`${root}/.datum/config.json`, JSON.stringify({ version: 1, models: { a: config }, sources: {} }));
  const photo = temp.write('photo.png', await png(speckled(24, 16)));
  const { code, stderr } = await datum(['explain', photo, '-p', root, '-m', 'a', 'rise', '-s', '8', '--workers', '1']);
  const said = stderr.split('\n').filter((line) => line.startsWith('datum: '));
  expect(said).toEqual([expect.stringContaining(message)]);
  expect(stderr).not.toMatch(/Zod|a bug|^ +at /m);
  expect(code).toBe(1);
});
