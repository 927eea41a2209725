/** Names of files, classes and models reach the terminal as text: nothing in them is obeyed, hidden or turned. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { outputTo } from '../../src/cli/io.js';
import { visible, visibleSentence } from '../../src/visible.js';
import { built } from '../helpers/built.js';
import { writeBrightAndDark } from '../helpers/datasets.js';
import { png, speckled } from '../helpers/images.js';
import { CLASSIFIER_FLAGS, plantedClassifier } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const ESC = '\u001b';
/** What a terminal would obey, or not show. */
const HOSTILE = [
  ESC,
  '\r',
  '\u0007',
  '\b',
  '\u0000',
  '\u007f',
  '\u0085',
  '\u009b',
  ...Array.from({ length: 5 }, (_, i) => String.fromCharCode(0x202a + i)),
  ...Array.from({ length: 4 }, (_, i) => String.fromCharCode(0x2066 + i)),
  '\u200b',
  '\u200d',
  '\u200e',
  '\u2060',
  '\ufeff',
  '\u00ad',
  '\u2028',
  '\u2029',
  '\u3164',
  '\u{e0041}',
];
const OBEYED = new RegExp(`[${HOSTILE.filter((one) => one !== '\u0000').join('')}\u0000]`, 'u');

describe('text for a terminal', () => {
  it('shows what would be obeyed or hidden as its number', () => {
    expect(visible(`a${ESC}[31mb\r\u009b\u202e\u{e0041}`)).toBe('a\\u001b[31mb\\u000d\\u009b\\u202e\\udb40\\udc41');
    for (const one of HOSTILE) expect(visible(one), one.codePointAt(0)?.toString(16)).toMatch(/^(\\u[0-9a-f]{4})+$/);
  });

  it('leaves all else as it is: letters of every script, emoji, lines and tabs', () => {
    for (const text of ['Größe\tпёс\n犬 كلب कुत्ता ', '❤️ 🐕 e\u0301']) expect(visible(text)).toBe(text);
  });

  it('keeps the value of JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = JSON.stringify(value, null, 2);
        expect(JSON.parse(visible(text))).toEqual(JSON.parse(text));
      }),
    );
    const value = HOSTILE.join('\\');
    expect(JSON.parse(visible(JSON.stringify(value)))).toBe(value);
  });

  it('is not taken for the next thing that is said', () => {
    expect(visibleSentence('there is no a\ndatum: all is well')).toBe('there is no a\n  datum: all is well');
    expect(visibleSentence('two:\n  one\n  other')).toBe('two:\n  one\n  other');
  });

  it('goes one way, whatever writes it', () => {
    const written: string[] = [];
    const output = outputTo({ write: (text: string) => written.push(text) });
    output.write(`${ESC}a\n`);
    output.line(`${ESC}b`);
    expect(written).toEqual(['\\u001ba\n', '\\u001bb\n']);
  });
});

describe('a command', () => {
  const temp = tempFolder();
  const name = `bright${HOSTILE.filter((one) => !['\u0000', '\r', '\u0085', '\u2028', '\u2029'].includes(one)).join('')}`;
  let model: string;
  let labels: string;
  beforeAll(() => {
    model = temp.write('m.onnx', plantedClassifier({ width: 24, height: 16 }, { x: 0, y: 0, width: 12, height: 16 }));
    labels = temp.write('labels.txt', `${name}\n${name} dark\n`);
  });
  const method = ['rise', '-s', '8', '--workers', '1', '--', ...CLASSIFIER_FLAGS];

  it('says names of classes and files so, and JSON keeps them exactly', async () => {
    const photo = temp.write(`photo ${ESC}]0;title\u0007\u202e.png`, await png(speckled(24, 16)));
    const out = temp.at(`out${ESC}[2J`);
    const text = await built('explain', photo, '-m', model, '-o', out, ...method, '--labels', labels);
    expect(text.code, text.stderr).toBe(0);
    expect(text.stdout).toContain('bright\\u001b');
    expect(text.stdout).toContain('out\\u001b[2J');
    expect(`${text.stdout}${text.stderr}`.replaceAll('\n', '')).not.toMatch(OBEYED);
    const json = await built('explain', photo, '-m', model, '--json', ...method, '--labels', labels);
    const { targets, image } = JSON.parse(json.stdout) as { targets: { label: { name: string } }[]; image: object };
    expect(targets[0]?.label.name.startsWith(name)).toBe(true);
    expect(JSON.stringify(image)).toContain(JSON.stringify(photo).slice(1, -1));
    const written = JSON.parse(
      readFileSync(join(out, `photo ${ESC}]0;title\u0007\u202e-explanation.json`), 'utf8'),
    ) as { targets: { label: { name: string } }[] };
    expect(written.targets[0]?.label.name).toBe(targets[0]?.label.name);
  });

  it('says paths in errors, wrong options and messages of scripts so', async () => {
    const photo = temp.write('photo.png', await png(speckled(24, 16)));
    const script = temp.write(
      `s${ESC}[8m.mjs`,
      `export const processOutputs = () => { throw new Error('bad \\u001b[31m\\u202e\\ndatum: all is well'); };`,
    );
    const runs = [
      ['explain', temp.at(`none${ESC}[2J\u202e.png`), '-m', model, ...method],
      ['explain', photo, '-m', model, `--wrong${ESC}[31m`],
      [`command${ESC}[31m`],
      ['explain', photo, '-m', model, 'rise', '-s', '8', '--workers', '1', '--', '-i', script],
      ['report', temp.at(`none${ESC}\u009b`)],
      ['import', temp.at(`none${ESC}\u009b`), '-p', temp.at(`none${ESC}`)],
    ];
    for (const args of runs) {
      const { code, stdout, stderr } = await built(...args);
      expect([1, 2], stderr).toContain(code);
      expect(stderr).toContain('\\u001b');
      expect(`${stdout}${stderr}`.replaceAll('\n', '')).not.toMatch(OBEYED);
      expect(stderr.match(/^datum: /gm)).toHaveLength(1);
    }
  });

  it('says findings and figures of a dataset so', async () => {
    await writeBrightAndDark(temp.at('data'), 4);
    const args = ['explain', `${temp.at('data')}:imagenet`, '-m', model, '-o', temp.at('run'), ...method];
    const { code, stdout, stderr } = await built(...args, '--labels', labels);
    expect([0, 1], stderr).toContain(code);
    expect(`${stdout}${stderr}`.replaceAll('\n', '')).not.toMatch(OBEYED);
  });
});
