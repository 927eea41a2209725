import { describe, expect, it } from 'vitest';
import { openModel } from '../../src/models/open.js';
import { explain } from '../helpers/explain.js';
import { asset, hasAssets } from '../helpers/assets.js';
import { datum } from '../helpers/cli.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();

/** The answers and maps of a model. */
async function answersOf(file: string, photo: string): Promise<unknown> {
  const model = await openModel(file, { workers: 1 });
  try {
    const { targets } = await explain(model, asset(`photos/${photo}`), { maxSamples: 16, stopAt: 'off' });
    expect(targets.length).toBeGreaterThan(0);
    const { labels, preprocessing, interpreter, input } = model.info;
    const info = { labels, preprocessing, interpreter, input };
    return { info, targets: targets.map(({ label, box, score, areaMap }) => ({ label, box, score, areaMap })) };
  } finally {
    await model.close();
  }
}

describe.skipIf(!hasAssets)('converted models of the Open Model Zoo explain as the models themselves', () => {
  it.each([
    ['squeezenet1.1/FP16-v11/squeezenet1.1', 'catdog.png'],
    ['squeezenet1.1/FP16-v3/squeezenet1.1_FP16', 'catdog.png'],
    ['person-detection-retail-0013/FP16-v3/person-detection-retail-0013', 'darknet_person.jpg'],
    ['face-detection-adas-0001/FP16-INT8/face-detection-adas-0001', 'skimage_astronaut.png'],
  ])('%s', async (name, photo) => {
    const xml = asset(`ir/${name}.xml`);
    const onnx = folder.at(`${name.replaceAll('/', '-')}.onnx`);
    expect(await datum(['convert', xml, '-o', onnx])).toMatchObject({ code: 0, stderr: '' });
    expect(await answersOf(onnx, photo)).toEqual(await answersOf(xml, photo));
  });
});
