import { expect, it } from 'vitest';
import type { Note } from '../../src/explain/note.js';
import { openModel } from '../../src/models/open.js';
import { noteSentence } from '../../src/results/note-sentence.js';
import { explain } from '../helpers/explain.js';
import { toSharp, white } from '../helpers/images.js';
import { classifierConfig, plantedClassifier } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();

it('a transparent image is explained by its colors, and a note says so', async () => {
  const region = { x: 4, y: 4, width: 8, height: 8 };
  const source = classifierConfig(folder.write('model.onnx', plantedClassifier({ width: 32, height: 32 }, region)));
  const notesFor = async (alpha: number): Promise<readonly Note[]> => {
    const path = folder.write('alpha.png', await toSharp(white(32, 32)).ensureAlpha(alpha).png().toBuffer());
    const model = await openModel(source, { workers: 1 });
    try {
      const { targets, notes } = await explain(model, path, { maxSamples: 8, fill: 'zero' });
      expect(targets[0]?.score).toBeCloseTo(1, 3);
      return notes;
    } finally {
      await model.close();
    }
  };
  const notes = await notesFor(0);
  expect(notes).toEqual([{ kind: 'alpha-dropped' }]);
  expect(notes.map(noteSentence)).toEqual([
    'the image is partly or wholly transparent: the model is shown the colors under the transparency, so lay it on a background first if they are not what you see.',
  ]);
  expect(await notesFor(1)).toEqual([]);
});
