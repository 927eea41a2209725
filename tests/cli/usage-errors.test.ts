/** Mistakes in the command line itself: exit code 2, nothing tried. */
import { describe, expect, it } from 'vitest';
import { datum } from '../helpers/cli.js';

const explain = (...args: string[]): string[] => ['explain', 'photo.jpg', '-m', 'model.onnx', 'rise', ...args];

describe('a usage error is one sentence and exit code 2', () => {
  it.each<[string, string[], string]>([
    ['no such command', ['explian'], "unknown command 'explian'"],
    ['no such option', ['create', '--bogus'], "unknown option '--bogus'"],
    [
      'too many words',
      ['explain', 'a', 'b', 'c', 'rise', '-m', 'x'],
      "'b' is one word too many: [TARGET] [METHOD] is expected.",
    ],
    [
      'no such method',
      ['explain', 'photo.jpg', 'lime', '-m', 'x'],
      "there is no method 'lime': choose from rise, occlusion, superpixels, or give the path of a module.",
    ],
    [
      'no model',
      ['explain', 'photo.jpg', 'rise'],
      'name the model with -m: a registered one, or the path of a model file.',
    ],
    [
      'two targets',
      ['explain', 'a.jpg', '-t', 'b.jpg', '-m', 'x', 'rise'],
      'two targets are named, a.jpg and b.jpg: give one.',
    ],
    ['no image', ['explain', '-m', 'x', 'rise'], 'name an image or a dataset: datum explain photo.jpg -m MODEL.'],
    ['a value is missing', explain('--classes'), "option '--classes <a,b>' argument missing"],
    ['not a number', explain('-s', 'many'), "--max-samples takes a number, not 'many'."],
    ['too few masks', explain('-s', '0'), '--max-samples must be at least 1, not 0.'],
    ['more masks than there are', explain('-s', '1e10'), '--max-samples must be at most 1000000000, not 10000000000.'],
    ['a batch for no memory', explain('-b', '1e9'), '--batch-size must be at most 4096, not 1000000000.'],
    ['more boxes than are shown', explain('--max-boxes', '1e6'), '--max-boxes must be at most 10000, not 1000000.'],
    ['more threads than cores', explain('--workers', '1e5'), '--workers must be at most 256, not 100000.'],
    ['a mask of more cells', explain('--mw', '1e6'), '--mask-width must be at most 1024, not 1000000.'],
    ['a sample of more items', explain('--limit', '1e10'), '--limit must be at most 1000000000, not 10000000000.'],
    ['half a mask', explain('-s', '1.5'), '--max-samples must be a whole number, not 1.5.'],
    ['no cells', explain('--mw', '0'), '--mask-width must be at least 1, not 0.'],
    ['a share above 1', explain('--prob', '1.5'), '--prob must be less than 1, not 1.5.'],
    ['a share of 0', explain('--prob', '0'), '--prob must be more than 0, not 0.'],
    [
      'no such fill',
      explain('--fill', 'pink'),
      '--fill must be one of auto, zero, mean, blur, or must be a list of numbers, not pink.',
    ],
    [
      'an empty fill',
      explain('--fill', ''),
      "--fill must be one of auto, zero, mean, blur, or must be a list of numbers, not ''.",
    ],
    [
      'a value without end',
      explain('--fill', 'x'.repeat(5000)),
      `--fill must be one of auto, zero, mean, blur, or must be a list of numbers, not ${'x'.repeat(200)}....`,
    ],
    [
      'a color of two',
      explain('--fill', '1,2'),
      '--fill must be one of auto, zero, mean, blur, or must have at least 3 parts, not 1,2.',
    ],
    ['a color too bright', explain('--fill', '1,2,300'), '--fill must be at most 255, not 300.'],
    [
      'a box of three',
      explain('--box', '1,2,3'),
      "--box takes x,y,w,h in pixels, and a class after a colon, not '1,2,3'.",
    ],
    ['a box without width', explain('--box', '1,2,0,3'), '--box: width must be more than 0.'],
    ['no such file kind', explain('-o', 'out', '--save', 'pdf'), '--save must be one of heatmap, overlay, raw, '],
    [
      'one wrong kind of file among right ones',
      explain('-o', 'out', '--save', 'heatmap,foo'),
      '--save must be one of heatmap, overlay, raw, error, json, evidence, contrast, report, not foo.',
    ],
    ['a name from elsewhere', explain('--live'), "unknown option '--live' (Did you mean --display?)"],
    [
      'nowhere to save',
      explain('--save', 'raw'),
      '--save says what to write, and nothing is written without -o: give a folder.',
    ],
    [
      'evidence without metrics',
      explain('-o', 'out', '--save', 'json,evidence', '--metrics', 'none'),
      '--save evidence shows what --metrics none leaves out: leave out one of the two.',
    ],
    [
      'contrast without metrics',
      explain('-o', 'out', '--save', 'contrast', '--metrics', 'none'),
      '--save contrast shows what --metrics none leaves out: leave out one of the two.',
    ],
    [
      'a page without its JSON',
      explain('-o', 'out', '--save', 'heatmap,report'),
      '--save report needs json, which the page is made from: give --save json,report.',
    ],
    ['no workers', explain('--workers', '0'), '--workers must be at least 1, not 0.'],
    ['no such match', explain('--match', 'best'), '--match must be one of iou, d-rise, not best.'],
    [
      'two samplers',
      explain('--reference', '--sampler', 'random'),
      "--reference is the paper's sampler and estimator: leave --sampler and --estimator out.",
    ],
    ['a negative seed', explain('--seed', '-1'), '--seed must be at least 0, not -1.'],
    ['two names', ['model', 'add', 'a', '-n', 'b', '--', '-d', 'x.onnx'], 'two names are given, a and b: give one.'],
    [
      'no model file',
      ['model', 'add', 'a', '-l', 'onnx'],
      'name the model file: datum model add NAME -l onnx -- -d model.onnx',
    ],
    [
      'no launcher',
      ['model', 'add', 'a', '--', '-d', '/x.foo'],
      'the ending of /x.foo belongs to no launcher: name one with -l (onnx',
    ],
    [
      'no such launcher',
      ['model', 'add', 'a', '-l', 'caffe', '--', '-d', '/x.foo'],
      "there is no launcher 'caffe': choose from onnx",
    ],
    [
      'a bad size',
      ['model', 'add', '--', '-d', 'x.onnx', '--input-size', '640'],
      "--input-size takes WIDTHxHEIGHT in pixels, such as 640x480, not '640'.",
    ],
    ['a bad fraction', ['model', 'add', '--', '-d', 'x.onnx', '--scale', '1/0'], "--scale takes a number, not '1/0'."],
    ['a bad list', ['model', 'add', '--', '-d', 'x.onnx', '--mean', '1,,3'], "--mean takes a number, not ''."],
    ['a deviation of 0', ['model', 'add', '--', '-d', 'x.onnx', '--std', '1,0,1'], '--std must not be 0.'],
    [
      'no such color',
      ['model', 'add', '--', '-d', 'x.onnx', '--color', 'cmyk'],
      '--color must be one of rgb, bgr, gray, not cmyk.',
    ],
    [
      'a launcher flag before --',
      ['explain', 'a.jpg', '-m', 'x', 'rise', '--color', 'rgb'],
      '--color is about the model, and such options stand behind --, at the end: datum explain ... -- --color <order>',
    ],
    [
      'another one, short',
      ['model', 'add', '-i', 'yolox'],
      '-i is about the model, and such options stand behind --, at the end: datum model ... -- --interpreter <name|file>',
    ],
    ['a word after --', ['model', 'add', '--', '-d', 'x.onnx', 'y.onnx'], 'too many arguments'],
  ])('%s', async (_what, args, message) => {
    const { code, stdout, stderr } = await datum(args);
    expect(stderr).toContain(`datum: ${message}`);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    // What, and at most where to look for help.
    expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
  });

  it('suggests the command that was meant', async () => {
    expect((await datum(['explian'])).stderr).toContain('Did you mean explain?');
  });

  it('points at --help', async () => {
    expect((await datum(['create', '--bogus'])).stderr).toMatchInlineSnapshot(`
      "datum: unknown option '--bogus'
      Try 'datum --help', or --help after a command.
      "
    `);
  });

  it('prints the help for a command without a command', async () => {
    for (const args of [[], ['model'], ['project']]) {
      const { code, stderr } = await datum(args);
      expect(code).toBe(2);
      expect(stderr).toContain('Usage: datum');
    }
  });
});
