/** Where an image lies in what a person's own preprocessing makes of it: boxes are moved back, or refused. */
import { describe, expect, it } from 'vitest';
import { failure, found, LOOKS, modelOf, python } from '../helpers/python-models.js';

/** A detector that finds the bright square of the image in what `preprocess` makes, wherever that has put it. */
function finding(preprocess: string): string {
  return `${LOOKS}
${preprocess}
def model(batch):
    found = []
    for one in batch:
        bright = one.reshape(one.shape[0], one.shape[1], -1).mean(-1)
        rows, columns = (np.flatnonzero((bright > 0.8 * bright.max()).any(axis)) for axis in (1, 0))
        found.append({"boxes": [[columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]], "scores": [0.9], "labels": [0]})
    return found
categories = ["square"]
`;
}

const SQUARE = [{ name: 'square', score: 0.9, box: [120, 20, 40, 40] }];

describe.skipIf(python === null)('boxes of a model whose preprocess', () => {
  it.each([
    ['changes contrast alone', 'def preprocess(a):\n    return (a - a.mean()) / a.std()'],
    ['bends values and scales to one size', 'def preprocess(a):\n    return (a[::2, ::2] / 255.0) ** 2.2'],
    [
      'scales by a half onto a gray square',
      'def preprocess(a):\n    o = np.full((160, 160, 3), 60, np.uint8)\n    a = a[::2, ::2]\n    o[:len(a), :a.shape[1]] = a\n    return o / 255.0',
    ],
    ['cuts a part by pixels', 'def preprocess(a):\n    return a[10:90, 70:180] / 255.0'],
    ['puts a border around it', 'def preprocess(a):\n    return np.pad(a, ((0, 30), (40, 0), (0, 0))) / 255.0'],
    [
      'enlarges, cuts the same size out, and stretches contrast',
      'def preprocess(a):\n    a = a.repeat(2, 0).repeat(2, 1)[20:120, 180:380]\n    return (a - a.min()) / (np.ptp(a) + 1e-6)',
    ],
  ])('%s lie in the image', async (_name, preprocess) => {
    expect(await found(modelOf(finding(preprocess)))).toEqual(SQUARE);
  });

  it.each([
    ['mirrors it', 'def preprocess(a):\n    return a[:, ::-1] / 255.0'],
    ['turns it', 'def preprocess(a):\n    return a[::-1, ::-1] / 255.0'],
    ['exchanges its sides', 'def preprocess(a):\n    return a.transpose(1, 0, 2) / 255.0'],
    ['moves it around', 'def preprocess(a):\n    return np.roll(a, 7, 1) / 255.0'],
    [
      'cuts by what it shows',
      'def preprocess(a):\n    k = np.flatnonzero((a.max((1, 2)) > 100))\n    return (a[k[0]:] if len(k) else a) / 255.0',
    ],
  ])('%s are refused', async (_name, preprocess) => {
    expect(await failure(modelOf(finding(preprocess)))).toMatch(
      /boxes in pixels of what its preprocess makes, \[\d+, \d+, 3\] of an image of 200 x 100, and how the image lies in it is not known/,
    );
  });

  it('moves it are refused where the model answers raw outputs', async () => {
    const source = (preprocess: string): string => `${LOOKS}
${preprocess}
def model(batch):
    return np.concatenate([np.full((len(batch), 2, 4), 20.0), np.full((len(batch), 2, 3), 0.9)], 2)
`;
    const said = await failure(modelOf(source('def preprocess(a):\n    return (a[10:90, 70:180] / 255.0) ** 2')));
    expect(said).toMatch(/raw outputs \[\d+, 2, 7\], whose boxes would lie in what its preprocess makes/);
    const stays = await failure(modelOf(source('def preprocess(a):\n    return (a / 255.0) ** 2'))).catch(() => '');
    expect(stays).not.toMatch(/raw outputs .* would lie/);
  });
});
