/** What the command says of itself. Update with `npx vitest run tests/cli/help.test.ts -u`, and read the change. */
import { expect, it } from 'vitest';
import { datum } from '../helpers/cli.js';

async function help(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await datum(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

it('datum --help', async () => {
  expect(await help('--help')).toMatchInlineSnapshot(`
    "Usage: datum [options] [command]

    Shows which pixels made a vision model answer what it answered.

    Options:
      --version       print the version
      -h, --help      print this help

    Commands:
      create          make a project in a folder
      model           add, remove, list and run models
      convert         translate an OpenVINO model to an ONNX file
      import          make a dataset a source of the project
      source          list and remove sources
      merge           put the shards of an explained dataset together
      explain         show which pixels made a model answer what it answered
      check           measure saliency maps of any tool on a model, beside ours and
                      beside chance
      report          write the report of explained folders: what is wrong, and
                      every image
      serve           explain images in the browser, with the models of a project
      help [command]  display help for command
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

    Options:
      -o, --output-dir <dir>  the folder (default: the current one)
      --from <dir>            take over the models and sources of a project of
                              Datumaro (0.1 to 1.11), which stays as it is
      --overwrite             replace the project that is there; other files are not
                              touched
      -h, --help              display help for command
    "
  `);
  expect(await help('project', 'create', '--help')).toContain('-o, --output-dir <dir>');
});

it('datum convert --help', async () => {
  expect(await help('convert', '--help')).toMatchInlineSnapshot(`
    "Usage: datum convert [options] <model>

    translate an OpenVINO model to an ONNX file

    Arguments:
      model                  an OpenVINO model (IR): its .xml

    Options:
      -o, --output <file>    the .onnx file to write; one of that name is replaced
      -w, --weights <file>   its weights (default: the .bin beside the .xml)
      --output-layers <a,b>  outputs to keep (default: all)
      -h, --help             display help for command
    "
  `);
});

it('datum model --help', async () => {
  expect(await help('model', '--help')).toMatchInlineSnapshot(`
    "Usage: datum model [options] [command]

    the project's models

    Options:
      -h, --help               display help for command

    Commands:
      add [options] [name]     register a model; LAUNCHER_ARGS are listed by 'datum
                               model add -- -h'
      remove [options] <name>  take a model out of the project
      list [options]           list the project's models
      run [options] [target]   write a model's answers to a dataset as a dataset;
                               LAUNCHER_ARGS are listed by 'datum model run -- -h'
      help [command]           display help for command
    "
  `);
});

it('datum model add --help', async () => {
  expect(await help('model', 'add', '--help')).toMatchInlineSnapshot(`
    "Usage: datum model add [NAME] -l LAUNCHER [options] -- LAUNCHER_ARGS

    register a model; LAUNCHER_ARGS are listed by 'datum model add -- -h'

    Arguments:
      name                        what to call it (default: model-0, model-1...)

    Options:
      -n, --name <name>           the same as NAME
      -l, --launcher <name|file>  onnx (ONNX models, with ONNX Runtime), openvino
                                  (OpenVINO models (IR), with ONNX Runtime or
                                  OpenVINO), python (models in Python: PyTorch,
                                  Keras, TFLite, functions), or the path of a module
                                  (default: by the ending of the model file)
      --copy                      copy its files into the project
      --no-check                  do not load it
      -p, --project <dir>         the project's folder (default: ".")
      -h, --help                  display help for command
    "
  `);
});

it('datum explain --help', async () => {
  expect(await help('explain', '--help')).toMatchInlineSnapshot(`
    "Usage: datum explain [TARGET] [-t TARGET] -m MODEL [-o DIR] [-p DIR] [--json] [METHOD] [METHOD_ARGS] [-- LAUNCHER_ARGS]

    show which pixels made a model answer what it answered; METHOD is rise (random
    masks, and a regression of the scores on them), the default; occlusion (a window
    slides over the image; what the score loses under it); superpixels (regions of
    like color (SLIC), hidden at random, and the same regression); or the path of a
    module; LAUNCHER_ARGS are listed by 'datum explain -- -h'

    Options:
      -t, --target <target>          an image or a dataset (the same as TARGET)
      -m, --model <model>            a registered model, or the path of a model file
      -o, --output-dir <dir>         where to write the maps
      -p, --project <dir>            the project's folder (default: ".")
      --json                         print the result as JSON
      -s, --max-samples <n>          masked runs at most (default: 2000)
      --match <how>                  how boxes are scored (default: d-rise)
      --iou, --iou-thresh <x>        smallest IoU of a match, where match is iou
                                     (default: 0.9)
      --nms, --nms-iou-thresh <x>    largest IoU of two boxes of a class that are
                                     both explained (default: the interpreter's)
      --conf, --det-conf-thresh <x>  boxes with a lower score are not explained
                                     (default: 0.25)
      --max-boxes <n>                boxes explained, best first (default: 20)
      --top-k <k>                    classes explained, best first, or "all"
                                     (classifiers) (default: 1)
      --classes <a,b>                classes to explain, by name or id
      --box <x,y,w,h[:label]>        a box to explain, in pixels of the image, found
                                     by the model or not; may be repeated
      --fill <what>                  what stands where a mask hides the image: zero
                                     (after normalization), mean, blur, r,g,b, or
                                     auto (blur, and zero where blur hides too
                                     little) (default: by preset and method)
      --stop-at <r>                  reliability of all maps at which to stop early,
                                     or "off" (default: 0.95)
      --time-budget <time>           stop with the best maps after this time, such
                                     as 10s or 2m
      -b, --batch-size <n>           images a run of the model (default: chosen)
      --seed <n>                     masks are a function of it (default: 0)
      --preset <name>                a set of masks: reference (the paper's), fast,
                                     balanced, sharp; other options overrule it
                                     (default: balanced)
      --mw, --mask-width <n>         mask cells over the width (default: by preset
                                     and task)
      --mh, --mask-height <n>        mask cells over the height (default: by preset
                                     and task)
      --prob <p>                     share of cells kept (default: 0.5)
      --sampler <name>               how masks are drawn: foldover (balanced),
                                     random, reference (default: by preset)
      --estimator <name>             how maps are computed: regression, centered,
                                     average (default: by preset)
      --reference                    the paper's own code: its masks, its sampler
                                     (reference), its estimator (average)
      --progressive                  show the maps while they form
      --display                      open the live page in a browser
      --workers <n>                  threads, each with the model (default: the
                                     cores)
      --save <a,b>                   write only these: heatmap, overlay, raw, error,
                                     json, evidence, contrast, report (default:
                                     heatmap,overlay,raw,json,report; for a dataset
                                     json, with which small maps are kept, and its
                                     report always)
      --full-size                    maps at full size above 4 megapixels
      --metrics <level>              deletion, insertion, decision boundary and
                                     whether maps explain the scores: none, fast
                                     (but for the last no more runs than the
                                     explanation) or full (default: fast where
                                     results are written or printed as JSON)
      --subset <name>                dataset: items of this subset
      --filter <expr>                dataset: items such as 'label=cat and
                                     width>640'
      --limit <n>                    dataset: a random sample of n items, by --seed
      --only <which>                 dataset: items whose answer is wrong, missed,
                                     low-confidence
      --shard <i/n>                  dataset: the i-th of n parts; 'datum merge'
                                     joins them
      --label-map <file>             dataset: 'dataset class: model class' where
                                     names do not match
      -h, --help                     display help for command
    "
  `);
});

it('the method’s help, after the method', async () => {
  expect(await help('explain', 'photo.jpg', 'rise', '--help')).toBe(await help('explain', '--help'));
});

it('the launcher’s flags, after --', async () => {
  const flags = await help('explain', '--', '-h');
  expect(flags).toContain('-d, --description <file>');
  expect(flags).toContain('--input-size <WxH>');
  expect(await help('model', 'add', '--', '--help')).toBe(flags);
});
