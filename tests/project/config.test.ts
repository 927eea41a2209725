import { describe, expect, it } from 'vitest';
import { parseProjectConfig } from '../../src/project/config.js';

const good = `{
  "version": 1,
  "models": {
    "yolox": {
      "launcher": "onnx",
      "description": "models/yolox.onnx",
      "device": "cpu",
      "scale": 1
    }
  },
  "sources": {}
}
`;

it('a project file is read as it is written', () => {
  expect(parseProjectConfig(good, 'config.json').models['yolox']).toMatchObject({ launcher: 'onnx', scale: 1 });
});

describe('a damaged project file is refused with the line at fault', () => {
  it.each([
    ['a word that is no value', good.replace('"cpu"', 'cpu'), 7],
    ['a missing comma', good.replace('"device": "cpu",', '"device": "cpu"'), 8],
    ['a cut-off end', good.slice(0, good.indexOf('"scale"')), 8],
    ['an empty file', '', 1],
    ['a number as text', good.replace('"scale": 1', '"scale": "1"'), 8],
    ['an unknown setting', good.replace('"scale"', '"scales"'), 4],
    ['a missing setting', good.replace('      "launcher": "onnx",\n', ''), 4],
    ['a version that there never was', good.replace('1,', '"one",'), 2],
    ['a list in the place of models', good.replace(/"models": \{[\s\S]*?\n {2}\}/, '"models": []'), 3],
    ['another kind of file', '[]\n', 1],
  ])('%s', (_what, text, line) => {
    const read = (): unknown => parseProjectConfig(text, '/p/.datum/config.json');
    expect(read).toThrow(
      expect.objectContaining({
        name: 'DatumError',
        kind: 'project',
        message: expect.stringMatching(
          new RegExp(
            `^the project file /p/\\.datum/config\\.json is damaged in line ${line} \\(.*\\): mend it, or make the project anew with overwrite\\.$`,
          ),
        ) as unknown,
      }),
    );
  });

  it('and what is wrong there', () => {
    expect(() => parseProjectConfig(good.replace('"cpu"', 'cpu'), 'f')).toThrow("(Unexpected token 'c')");
    expect(() => parseProjectConfig(good.replace('"scale": 1', '"scale": "1"'), 'f')).toThrow(
      'models.yolox.scale must be a number',
    );
    expect(() => parseProjectConfig(good.replace('"scale"', '"scales"'), 'f')).toThrow("must not have 'scales'");
  });
});
