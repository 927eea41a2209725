/** What the command says of itself. Update with `npx vitest run tests/cli/help.test.ts -u`, and read the change. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { GLOSSARY } from '../../src/report/words/glossary.js';
import { targetSchema } from '../../src/results/schema/target.js';
import { datum } from '../helpers/cli.js';

async function help(...args: string[]): Promise<string> {
  return helpAt(undefined, ...args);
}

/** Help as a terminal of some width shows it; without one, as a pipe does. */
async function helpAt(columns: number | undefined, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await datum(args, columns === undefined ? {} : { columns });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

it('datum --help', async () => {
  expect(await help('--help')).toMatchInlineSnapshot(`
    "Shows which pixels made a vision model answer what it answered.

      datum explain photo.jpg -m model.onnx        why this answer?
      datum explain DATASET -m model.onnx -o out   what is wrong with this model?

    Usage: datum COMMAND

    Options
      --version   print the version
      -h, --help  print this help; after a command, the help of that command

    Explain
      explain     show which pixels made a model answer what it answered
      report      write the report of explained folders: what is wrong, and every
                  image
      check       measure saliency maps of any tool on a model, beside ours and
                  beside chance
      serve       explain images in the browser
      merge       put the shards of an explained dataset together

    Models and datasets of a project
      create      make a project in a folder
      model       add, remove, list and run models
      import      make a dataset a source of the project
      source      list and remove sources

    More
      demo        try it without files of your own
      convert     translate an OpenVINO model to an ONNX file
      doctor      say what is installed, and what works
      completion  have bash, zsh or fish complete what is typed
      help        print the help of a command; help words: what each figure means
    "
  `);
  expect(await help('-h')).toBe(await help('--help'));
});

it('datum --version', async () => {
  expect(await help('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
});

it('datum create --help', async () => {
  expect(await help('create', '--help')).toMatchInlineSnapshot(`
    "Usage: datum create [options]

    make a project in a folder

    Options
      -o, --output-dir DIR  the folder (default: the current one)
      --from DIR            take over the models and sources of a project of
                            Datumaro (0.1 to 1.11), which stays as it is
      --overwrite           replace the project that is there; other files are not
                            touched
      -h, --help            display help for command
    "
  `);
  expect(await help('project', 'create', '--help')).toContain('-o, --output-dir DIR');
});

it('datum convert --help', async () => {
  expect(await help('convert', '--help')).toMatchInlineSnapshot(`
    "Usage: datum convert [options] <model>

    translate an OpenVINO model to an ONNX file

    Arguments
      model                an OpenVINO model (IR): its .xml

    Options
      -o, --output FILE    the .onnx file to write; one of that name is replaced
      -w, --weights FILE   its weights (default: the .bin beside the .xml)
      --output-layers A,B  outputs to keep (default: all)
      -h, --help           display help for command
    "
  `);
});

it('datum model --help', async () => {
  expect(await help('model', '--help')).toMatchInlineSnapshot(`
    "Usage: datum model [options] [command]

    the project's models

    Options
      -h, --help  display help for command

    Commands
      add         register a model; LAUNCHER_ARGS are listed by 'datum model add --
                  -h'
      remove      take a model out of the project
      list        list the project's models
      run         write a model's answers to a dataset as a dataset; LAUNCHER_ARGS
                  are listed by 'datum model run -- -h'
      help        display help for command
    "
  `);
});

it('datum model add --help', async () => {
  expect(await help('model', 'add', '--help')).toMatchInlineSnapshot(`
    "Usage: datum model add [NAME] -l LAUNCHER [options] -- LAUNCHER_ARGS

    register a model; LAUNCHER_ARGS are listed by 'datum model add -- -h'

    Arguments
      name                      what to call it (default: model-0, model-1...)

    Options
      -n, --name NAME           the same as NAME
      -l, --launcher NAME|FILE  onnx (ONNX models, with ONNX Runtime), openvino
                                (OpenVINO models (IR), with ONNX Runtime or
                                OpenVINO), python (models in Python: PyTorch, Keras,
                                TFLite, functions), or the path of a module
                                (default: by the ending of the model file)
      --copy                    copy its files into the project
      --no-check                do not load it
      -p, --project DIR         the project's folder (default: ".")
      -h, --help                display help for command
    "
  `);
});

it('datum explain --help: what is used most, after examples', async () => {
  expect(await help('explain', '--help')).toMatchInlineSnapshot(`
    "Show which parts of an image made a model answer what it answered.

      datum explain photo.jpg -m model.onnx                why this answer?
      datum explain photo.jpg -m model.onnx -o out         and write the results
      datum explain photo.jpg -m model.onnx --box 40,60,120,200:dog
                                                           why this box, or why not?
      datum explain DATASET -m model.onnx -o out           a whole dataset: what is
                                                           wrong with this model?

    What to explain
      -m, --model FILE          the model: ONNX, OpenVINO, Python, or a name in the
                                project
      --classes A,B             these classes, by name
      --top-k K                 the K best classes (1)
      --box X,Y,W,H[:LABEL]     this box, found or not
      --conf P                  boxes from this score on (0.25)

    How long
      --stop-at R               how repeatable maps must be, 0 to 1 (0.95)
      --max-samples N           runs at most (2000)
      --time-budget T           stop after this time: 10s, 2m

    Masks
      --preset NAME             fast, balanced, sharp, or reference: how fine a map

    Output
      -o, --output-dir DIR      write maps, figures and a page
      --display                 watch in a browser
      --json                    the result as JSON
      --quiet                   results and errors alone

    Dataset
      --limit N                 a random sample of N images
      --only WHICH              only what was answered wrong, missed, low-confidence

    More
      datum explain --help --all     every option
      datum explain -- --help        how the model is opened, fed and read
      datum help words               what each figure means
      datum demo                     try it without files of your own
    "
  `);
});

it('datum explain --help in 60 columns', async () => {
  expect(await helpAt(60, 'explain', '--help')).toMatchInlineSnapshot(`
    "Show which parts of an image made a model answer what it
    answered.

      datum explain photo.jpg -m model.onnx
          why this answer?
      datum explain photo.jpg -m model.onnx -o out
          and write the results
      datum explain photo.jpg -m model.onnx --box \\
        40,60,120,200:dog
          why this box, or why not?
      datum explain DATASET -m model.onnx -o out
          a whole dataset: what is wrong with this model?

    What to explain
      -m, --model FILE          the model: ONNX, OpenVINO,
                                Python, or a name in the project
      --classes A,B             these classes, by name
      --top-k K                 the K best classes (1)
      --box X,Y,W,H[:LABEL]     this box, found or not
      --conf P                  boxes from this score on (0.25)

    How long
      --stop-at R               how repeatable maps must be, 0
                                to 1 (0.95)
      --max-samples N           runs at most (2000)
      --time-budget T           stop after this time: 10s, 2m

    Masks
      --preset NAME             fast, balanced, sharp, or
                                reference: how fine a map

    Output
      -o, --output-dir DIR      write maps, figures and a page
      --display                 watch in a browser
      --json                    the result as JSON
      --quiet                   results and errors alone

    Dataset
      --limit N                 a random sample of N images
      --only WHICH              only what was answered wrong,
                                missed, low-confidence

    More
      datum explain --help --all     every option
      datum explain -- --help        how the model is opened,
                                     fed and read
      datum help words               what each figure means
      datum demo                     try it without files of
                                     your own
    "
  `);
});

it('datum explain --help --all: every option, grouped', async () => {
  const all = await help('explain', '--help', '--all');
  expect(all).toMatchInlineSnapshot(`
    "Usage: datum explain [TARGET] [-t TARGET] -m MODEL [-o DIR] [-p DIR] [--json]
             [METHOD] [METHOD_ARGS] [-- LAUNCHER_ARGS]

    show which pixels made a model answer what it answered; METHOD is rise (random
    masks, and a regression of the scores on them), the default; occlusion (a window
    slides over the image; what the score loses under it); superpixels (regions of
    like color (SLIC), hidden at random, and the same regression); or the path of a
    module; LAUNCHER_ARGS are listed by 'datum explain -- -h'

    What to explain
      -t, --target TARGET          an image or a dataset (the same as TARGET)
      --top-k K                    classes explained, best first, or "all"
                                   (classifiers) (default: 1)
      --classes A,B                classes to explain, by name or id
      --box X,Y,W,H[:LABEL]        a box to explain, in pixels of the image, found
                                   by the model or not; may be repeated
      --conf, --det-conf-thresh X  boxes with a lower score are not explained
                                   (default: 0.25)
      --max-boxes N                boxes explained, best first (default: 20)
      --nms, --nms-iou-thresh X    largest IoU of two boxes of a class that are both
                                   explained (default: the interpreter's)
      --match HOW                  how boxes are scored (default: d-rise)
      --iou, --iou-thresh X        smallest IoU of a match, where match is iou
                                   (default: 0.9)

    How long
      --stop-at R                  reliability of all maps at which to stop early,
                                   or "off" (default: 0.95)
      -s, --max-samples N          masked runs at most (default: 2000)
      --time-budget TIME           stop with the best maps after this time, such as
                                   10s or 2m

    Masks
      --preset NAME                a set of masks: reference (the paper's), fast,
                                   balanced, sharp; other options overrule it
                                   (default: balanced)
      --mw, --mask-width N         mask cells over the width (default: by preset and
                                   task)
      --mh, --mask-height N        mask cells over the height (default: by preset
                                   and task)
      --prob P                     share of cells kept (default: 0.5)
      --fill WHAT                  what stands where a mask hides the image: zero
                                   (after normalization), mean, blur, r,g,b, or auto
                                   (blur, and zero where blur hides too little)
                                   (default: by preset and method)
      --seed N                     masks are a function of it (default: 0)
      --sampler NAME               how masks are drawn: foldover (balanced), random,
                                   reference (default: by preset)
      --estimator NAME             how maps are computed: regression, centered,
                                   average (default: by preset)
      --reference                  the paper's own code: its masks, its sampler
                                   (reference), its estimator (average)

    Output
      -o, --output-dir DIR         where to write the maps
      --save A,B                   write only these: heatmap, overlay, raw, error,
                                   json, evidence, contrast, report (default:
                                   heatmap,overlay,raw,json,report; for a dataset
                                   json, with which small maps are kept, and its
                                   report always)
      --metrics LEVEL              deletion, insertion, decision boundary and
                                   whether maps explain the scores: none, fast (but
                                   for the last no more runs than the explanation)
                                   or full (default: fast where results are written
                                   or printed as JSON)
      --full-size                  maps at full size above 4 megapixels
      --display                    open the live page in a browser
      --progressive                show the maps while they form
      --json                       print the result as JSON
      --quiet                      results and errors alone: no facts, no notes, no
                                   progress

    Dataset
      --subset NAME                dataset: items of this subset
      --filter EXPR                dataset: items such as 'label=cat and width>640'
      --limit N                    dataset: a random sample of n items, by --seed
      --only WHICH                 dataset: items whose answer is wrong, missed,
                                   low-confidence
      --shard I/N                  dataset: the i-th of n parts; 'datum merge' joins
                                   them
      --label-map FILE             dataset: 'dataset class: model class' where names
                                   do not match

    Model
      -m, --model MODEL            a registered model, or the path of a model file
      -p, --project DIR            the project's folder (default: ".")
      --workers N                  threads, each with the model (default: the cores)
      -b, --batch-size N           images a run of the model (default: chosen)

    Help
      -h, --help                   print the short help; with --all, this one
    "
  `);
  // In any order, and wherever they stand.
  expect(await help('explain', 'photo.jpg', '--all', '-m', 'model.onnx', '-h')).toBe(all);
});

it('the short help names nothing that the command has not, and its defaults', async () => {
  const [short, all] = [await help('explain', '--help'), await help('explain', '--help', '--all')];
  const flags = [...short.matchAll(/(?<=^ {2}.*)--[a-z][a-z-]+/gm)].map(([flag]) => flag);
  expect(flags.length).toBeGreaterThan(15);
  for (const flag of flags.filter((one) => one !== '--all')) expect(all).toContain(flag);
  for (const [, value = ''] of short.matchAll(/\(([\d.]+)\)$/gm)) expect(all).toContain(`(default: ${value})`);
});

it('--all stands beside --help alone', async () => {
  const { code, stderr } = await datum(['explain', 'photo.jpg', '-m', 'model.onnx', '--all']);
  expect(code).toBe(2);
  expect(stderr).toContain("unknown option '--all'");
});

const PAGES: readonly string[][] = [
  ['--help'],
  ['explain', '--help'],
  ['explain', '--help', '--all'],
  ['explain', 'x', 'occlusion', '--help', '--all'],
  ['explain', '--', '--help'],
  ['model', '--help'],
  ['model', 'add', '--help'],
  ['model', 'run', '--help'],
  ['check', '--help'],
  ['serve', '--help'],
  ['help', '--help'],
  ['help', 'words'],
];

describe.each([60, 80, 140])('in %i columns', (columns) => {
  it.each(PAGES.map((page) => [page.join(' '), page] as const))(
    'datum %s fits, and breaks no word',
    async (_, page) => {
      const text = await helpAt(columns, ...page);
      expect(text.split('\n').filter((line) => line.length > columns)).toEqual([]);
      const words = (one: string): string[] => one.split(/\s+/).filter((word) => word !== '\\');
      // The same words as where everything has room, comments and all.
      expect(words(text).sort()).toEqual(words(await helpAt(400, ...page)).sort());
    },
  );
});

it('datum help COMMAND is its --help', async () => {
  expect(await help('help', 'explain')).toBe(await help('explain', '--help'));
  expect(await help('help', 'model', 'run')).toBe(await help('model', 'run', '--help'));
  expect(await help('help')).toBe(await help('--help'));
  const { code, stderr } = await datum(['help', 'explian']);
  expect(code).toBe(2);
  expect(stderr).toContain("unknown command 'explian' (Did you mean explain?)");
});

describe('datum help words', () => {
  it('says what each word means', async () => {
    const text = (await help('help', 'words')).replaceAll(/\s+/g, ' ');
    for (const { term } of GLOSSARY.flatMap(({ entries }) => entries)) expect(text).toContain(` ${term} `);
    expect(text).toContain('enough (suffices) The smallest share, brightest places first');
    expect(text).toContain('hide less, such as --prob 0.8)');
    expect(text).toContain('In JSON: boundary.sufficient.share');
  });

  it('names fields that files have', () => {
    const known = new Set(pathsOf(z.toJSONSchema(targetSchema)));
    const named = GLOSSARY.flatMap(({ entries }) => entries.flatMap(({ json }) => json ?? []));
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((path) => !known.has(path))).toEqual([]);
  });

  it('has each word once', () => {
    const words = GLOSSARY.flatMap(({ entries }) => entries.flatMap(({ term, also = [] }) => [term, ...also]));
    expect(words.filter((word, i) => words.indexOf(word) !== i)).toEqual([]);
  });

  it('and refuses further words', async () => {
    const { code } = await datum(['help', 'words', 'more']);
    expect(code).toBe(2);
  });
});

/** Paths of all fields of a JSON Schema, such as `boundary.removed.share`. */
function pathsOf({ properties = {}, anyOf = [] }: z.core.JSONSchema.BaseSchema): string[] {
  const own = Object.entries(properties).flatMap(([name, inner]) => [
    name,
    ...(typeof inner === 'object' ? pathsOf(inner).map((path) => `${name}.${path}`) : []),
  ]);
  return [...own, ...anyOf.flatMap((one) => (typeof one === 'object' ? pathsOf(one) : []))];
}

it('the method’s help, after the method', async () => {
  expect(await help('explain', 'photo.jpg', 'rise', '--help')).toBe(await help('explain', '--help'));
});

it('the launcher’s flags, after --', async () => {
  const flags = await help('explain', '--', '-h');
  expect(flags).toContain('-d, --description FILE');
  expect(flags).toContain('--input-size WXH');
  expect(await help('model', 'add', '--', '--help')).toBe(flags);
});
