/**
 * `node tests/compat/record.mjs BIN OUT [CASE...]`: gives the command BIN the cases below, all of them or those that are
 * named, and writes what it computed to OUT/<case>.json, small enough to be kept. Without OUT it lists the cases.
 *
 * It reads only what the command writes for others (JSON, NPY, items.jsonl, summary.json, findings.json), so that any
 * version of the tool can be held against fixtures/results/, as kept-results.test.ts does. Those were computed by version
 * 0.1.0 and are not recorded anew: where they differ, what the tool computes has changed. That was meant once:
 *
 * Version 0.1.0 scaled and blurred by libvips, later ones do so themselves (src/image/resize.ts, src/image/blur.ts), so that
 * all platforms agree. The nine cases in which an image is scaled, or blurred for the fill,
 * were recorded anew then, and nothing else. From before to after, scores moved by up to .0056 and cells of maps by up to
 * 8.3 % of the map's range in `classifier-wide` (100 rows stretched to 160; maps correlate by .985 or more);
 * by up to .0018 and .8 % in `planted-*` and `classifier-fill-blur` (.9999 or more).
 *
 * Version 0.1.0 scored a class of a detector by the sum over all its detections above .01, later ones do by the greatest score of
 * its proposals. The twelve cases of detectors whose classes are explained were recorded anew then. Maps of
 * boxes moved with them, since the estimator learns what targets have in common from all of them: they correlate by .986 or
 * more (`detector-boxes`, which ends after 192 masks and no longer after 256), and are equal in `detector-reference`.
 *
 * Later versions take fast curves at nine shares of the pixels, no longer in 16 equal steps, judge whether maps explain the
 * scores, and leave maps that say nothing out of figures. All cases but two (`classifier-clean-top3`, `dataset-planted-missed`)
 * were recorded anew then. Maps, scores and reliabilities are as before. Verdicts changed of six targets: `unfaithful` of the
 * four dark images of `dataset-bright` (a black fill hides nothing of them, and so its findings are one more, of unstable
 * maps) and of one missed object of `dataset-detector-missed`; `weak` of a score that is always 0 in `planted-heads`.
 *
 * Later versions take other masks where none are named (the preset `balanced`), and ask from 32 masks on, in finer steps, whether to stop.
 * The cases name the masks of before, and those fourteen that end by reliability were recorded anew: they end after 56 to 320 masks
 * where they ended after 64 to 384. What ends otherwise is as it was.
 *
 * The sentence on each target, words alone, is left out since it says why; then it was taken out of the files, and nothing else.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const animals = 'examples/animals';
const inputs = 'tests/compat/fixtures/inputs';

const classifier = `${animals}/classifier-shortcut.onnx`;
const clean = `${animals}/classifier-clean.onnx`;
const detector = `${animals}/detector.onnx`;
const plainClassifier = `${inputs}/models/classifier.onnx`;
const plainFlags = '-i classification --scale 1/255 --mean 0 --std 1';
const yolox = `${inputs}/models/yolox.onnx`;
const yoloxFlags = `-i yolox --scale 1/255 --labels ${inputs}/models/plants.txt --resize`;
const ssd = `${inputs}/models/ssd.onnx`;
const ssdFlags = `-i ssd --scale 1/255 --mean 0 --std 1 --labels ${inputs}/models/plants.txt --resize`;
const photo = (name) => `${animals}/images/${name}.jpg`;
const input = (name) => `${inputs}/pictures/${name}`;

/** Images: the image, the model, the method's flags, the launcher's. */
const IMAGES = {
  'classifier-top3': [photo('watermark_on_cow'), classifier, '-s 512 --seed 1 --top-k 3'],
  'classifier-clean-top3': [photo('watermark_on_cow'), clean, '-s 512 --seed 1 --top-k 3 --metrics none'],
  'classifier-classes': [photo('classifier_pig_1'), clean, '-s 128 --seed 2 --classes cow,pig --stop-at off'],
  'classifier-reference': [photo('classifier_dog_0'), clean, '-s 256 --seed 2 --reference'],
  'classifier-sampler-random': [photo('classifier_cat_1'), clean, '-s 256 --seed 3 --sampler random'],
  'classifier-estimator-centered': [photo('classifier_duck_0'), clean, '-s 256 --seed 4 --estimator centered'],
  'classifier-estimator-average': [photo('classifier_duck_0'), clean, '-s 128 --seed 4 --estimator average'],
  'classifier-fill-blur': [photo('watermark_horse_03'), classifier, '-s 256 --seed 5 --fill blur'],
  'classifier-fill-mean': [photo('watermark_horse_03'), clean, '-s 256 --seed 5 --fill mean'],
  'classifier-fill-colour': [photo('classifier_sheep_1'), clean, '-s 128 --seed 5 --fill 90,160,40'],
  'classifier-grid': [photo('classifier_rooster_0'), clean, '-s 384 --seed 6 --mw 5 --mh 9 --prob 0.35'],
  'classifier-wide': [input('wide.jpg'), clean, '-s 128 --seed 7 --top-k 2'],
  'detector-boxes': [photo('scene_07'), detector, '-s 256 --seed 8'],
  'detector-overlapping': [photo('scene_03'), detector, '-s 128 --seed 8 --nms 0.8 --conf 0.4 --max-boxes 3'],
  'detector-own-boxes': [photo('scene_07'), detector, '-s 128 --seed 9 --box 100,70,50,70:dog --box 5,45,50,60'],
  'detector-match-iou': [photo('scene_11'), detector, '-s 256 --seed 10 --match iou --iou 0.5'],
  'detector-reference': [photo('scene_00'), detector, '-s 128 --seed 11 --reference'],
  'detector-letterboxed': [input('wide.jpg'), detector, '-s 256 --seed 19 --fill mean'],
  'planted-classifier': [input('speckled.png'), plainClassifier, '-s 512 --seed 13 --metrics full', plainFlags],
  'planted-classifier-rest': [
    input('tall.png'),
    plainClassifier,
    '-s 128 --seed 13 --classes 1',
    `${plainFlags} --resize letterbox --pad 90`,
  ],
  'planted-nhwc-uint8': [
    input('speckled.png'),
    `${inputs}/models/classifier-nhwc-uint8.onnx`,
    '-s 128 --seed 14 --top-k all',
  ],
  'planted-heads': [
    input('speckled.png'),
    `${inputs}/models/heads.onnx`,
    '-s 256 --seed 15 --top-k all --stop-at off',
    '--scale 1/255 --mean 0 --std 1',
  ],
  'planted-yolox-letterboxed': [input('tall.png'), yolox, '-s 256 --seed 16', `${yoloxFlags} letterbox`],
  'planted-yolox-full': [
    input('tall.png'),
    yolox,
    '-s 384 --seed 17 --metrics full --sampler random --stop-at off',
    `${yoloxFlags} stretch`,
  ],
  'planted-ssd': [input('tall.png'), ssd, '-s 256 --seed 18', `${ssdFlags} stretch`],
};

/** Datasets: the dataset, the model, the method's flags, the launcher's. */
const DATASETS = {
  // Sixty images, enough for findings.
  'dataset-findings': [`${animals}:coco`, classifier, '-s 64 --seed 0 --metrics none'],
  'dataset-classifier': [`${animals}:coco`, classifier, '-s 128 --seed 1 --limit 5 --top-k 2 --metrics fast'],
  'dataset-detector-missed': [
    `${animals}:coco`,
    detector,
    '-s 128 --seed 2 --only missed --conf 0.8 --filter id~"scene_0[0-5]" --metrics fast',
  ],
  'dataset-planted': [`${inputs}/plants`, yolox, '-s 200 --seed 3 --metrics fast', `${yoloxFlags} stretch`],
  'dataset-planted-missed': [
    `${inputs}/plants`,
    yolox,
    '-s 200 --seed 3 --only missed --metrics none',
    `${yoloxFlags} stretch`,
  ],
  'dataset-bright': [
    `${inputs}/bright:imagenet`,
    `${inputs}/models/bright.onnx`,
    '-s 128 --seed 4 --metrics full',
    `${plainFlags} --labels ${inputs}/models/bright.txt`,
  ],
};

/** The same in two shards, and what they are merged to. */
const SHARDED = {
  'dataset-planted-shards': DATASETS['dataset-planted'],
};

/** @returns the words of flags; what stands in quotes stays one, without them */
function words(flags = '') {
  return flags.split(' ').flatMap((word) => (word === '' ? [] : [word.replaceAll('"', '')]));
}

/** The masks that versions before presets took, where a case names none: 7 x 7 cells over zeros. */
function masksOf(method) {
  const given = words(method);
  if (given.includes('--reference')) return [];
  return [
    ...(given.includes('--mw') ? [] : ['--mw', '7', '--mh', '7']),
    ...(given.includes('--fill') ? [] : ['--fill', 'zero']),
  ];
}

/** Runs the command in the repository's root, so that paths within it can be given as they are. */
function run(bin, args) {
  const { status, stderr } = spawnSync(process.execPath, [bin, ...args], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`datum ${args.join(' ')} ended with ${status}: ${stderr}`);
}

function explainArgs([target, model, method, launcher], out, more = []) {
  const flags = ['rise', '--workers', '2', ...words(method), ...masksOf(method), ...more];
  return ['explain', target, '-m', model, '-o', out, ...flags, ...(launcher ? ['--', ...words(launcher)] : [])];
}

function imageRecord(bin, work, words) {
  run(bin, explainArgs(words, work, ['--save', 'raw,error,json']));
  const name = words[0].replace(/^.*\//, '').replace(/\.[a-z]+$/, '');
  const { image, model, method, run: how, targets, notes } = readJson(join(work, `${name}-explanation.json`));
  return {
    image: { width: image.width, height: image.height, mapScale: image.mapScale },
    model: { name: model.name, sha256: model.sha256, interpreter: model.interpreter, input: model.input },
    options: optionsOf(method.options),
    run: { samples: how.samples, forwards: how.forwards, stopped: how.stopped },
    targets: targets.map((target) => targetRecord(target, work)),
    notes: notes.map(noteText),
  };
}

/** Options as version 0.1.0 wrote them: it called boxes `box`, and their sides `w` and `h`, and had no presets. */
function optionsOf(later) {
  const { boxes, ...options } = later;
  delete options.preset;
  if (boxes === undefined) return options;
  return { ...options, box: boxes.map(({ width, height, ...box }) => ({ ...box, w: width, h: height })) };
}

/**
 * A note as version 0.1.0 wrote it: a sentence that calls options as one types them. Later ones write an object whose
 * sentence calls them as the library does: `prob: 0.5`, `maxBoxes`.
 */
function noteText(note) {
  if (typeof note === 'string') return note;
  // Words that later versions put otherwise.
  if (note.kind === 'unfaithful') return `${note.name} is unfaithful`;
  return note.sentence
    .replace(/\b([a-zA-Z]+): ([\d.]+)/g, (_, name, value) => `${flagOf(name)} ${value}`)
    .replace(/(?<!-)\b[a-z]+[A-Z][a-zA-Z]*/g, flagOf);
}

function flagOf(name) {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Fields of a target that name files, and the one that holds words. */
const LEFT_OUT = ['heatmap', 'overlay', 'raw', 'error', 'evidence', 'summary'];

/** A target's figures, and its maps by their means; names of files and words are left out. */
function targetRecord(target, folder) {
  const { raw, error, significant, contrast } = target;
  return {
    ...without(target, LEFT_OUT),
    map: npyMeans(join(folder, raw)),
    errorMap: error === null ? null : npyMeans(join(folder, error)),
    significant: significant && { ...without(significant, ['runs']), pixels: pixelsOf(significant.runs) },
    contrast: contrast && { label: contrast.label, map: bytesMeans(contrast.map) },
  };
}

function without(record, names) {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}

/** How many pixels runs cover that are beside and inside a region by turns. */
function pixelsOf(runs) {
  return runs.split(' ').reduce((sum, length, index) => sum + (index % 2 === 1 ? Number(length) : 0), 0);
}

function datasetRecord(folder) {
  const lines = readFileSync(join(folder, 'items.jsonl'), 'utf8').split('\n').slice(0, -1);
  const { model, dataset, ...summary } = readJson(join(folder, 'summary.json'));
  // A shard has none.
  const found = join(folder, 'findings.json');
  return withoutRoot({
    summary: { ...summary, model: { sha256: model.sha256 }, dataset: { format: dataset.format } },
    items: lines.map((line) => itemRecord(JSON.parse(line))),
    findings: existsSync(found) ? readJson(found).runs[0].findings.map(findingRecord) : null,
  });
}

function itemRecord(item) {
  if (item.status !== 'ok') return item;
  return {
    ...without(item, ['folder', 'explanation']),
    notes: item.notes.map(noteText),
    targets: item.targets.map((target) => ({
      ...without(target, [...LEFT_OUT, 'coarse', 'coarseContrast']),
      contrast: target.contrast && { label: target.contrast.label },
      map: target.coarse && means(target.coarse, 16, 16),
      contrastMap: target.coarseContrast && means(target.coarseContrast, 16, 16),
    })),
  };
}

/** A finding without its words. */
function findingRecord({ kind, classes, count, of, interval, test, figures, examples, region }) {
  const shares = figures.map(({ share, interval }) => ({ share, interval }));
  return { kind, classes, count, of, interval, p: test?.p ?? null, figures: shares, examples, region };
}

/** Paths within the repository, wherever that lies. */
function withoutRoot(value) {
  return JSON.parse(JSON.stringify(value).replaceAll(JSON.stringify(root).slice(1, -1), ''));
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** @returns the means of a float32 NPY file of shape [height, width] */
function npyMeans(path) {
  const bytes = readFileSync(path);
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, start);
  const [, height, width] = /'descr': '<f4'.*'shape': \((\d+), (\d+)\)/.exec(header).map(Number);
  return means(
    Array.from({ length: width * height }, (_, i) => bytes.readFloatLE(start + i * 4)),
    width,
    height,
  );
}

/** @returns the means of a map that is kept as bytes between its smallest and largest value */
function bytesMeans({ width, height, min, max, bytes }) {
  const values = Array.from(Buffer.from(bytes, 'base64'), (byte) => min + (byte / 255) * (max - min));
  return means(values, width, height);
}

/** A map as its size, extremes, mean, and the means of 16 x 16 cells: float32, row by row, in base64. */
function means(values, width, height) {
  const side = 16;
  const [sums, counts] = [new Float64Array(side * side), new Float64Array(side * side)];
  for (let i = 0; i < values.length; i++) {
    const cell = Math.floor((Math.floor(i / width) * side) / height) * side + Math.floor(((i % width) * side) / width);
    sums[cell] += values[i];
    counts[cell] += 1;
  }
  const cells = Float32Array.from(sums, (sum, cell) => sum / counts[cell]);
  return {
    width,
    height,
    min: values.reduce((least, value) => Math.min(least, value)),
    max: values.reduce((most, value) => Math.max(most, value)),
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    cells: Buffer.from(cells.buffer).toString('base64'),
  };
}

/** JSON with seven digits a number, and lists of numbers on one line. */
function compact(record) {
  const rounded = (_key, value) => (typeof value === 'number' ? Number(value.toPrecision(7)) : value);
  const text = JSON.stringify(record, rounded, 1);
  return `${text.replace(/\[[\s\d.,e+-]+\]/g, (list) => list.replace(/\s+/g, ''))}\n`;
}

const RECORDERS = {
  ...Object.fromEntries(
    Object.entries(IMAGES).map(([name, words]) => [name, (bin, work) => imageRecord(bin, work, words)]),
  ),
  ...Object.fromEntries(
    Object.entries(DATASETS).map(([name, words]) => [
      name,
      (bin, work) => {
        run(bin, explainArgs(words, work));
        return datasetRecord(work);
      },
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(SHARDED).map(([name, words]) => [
      name,
      (bin, work) => {
        const shards = ['1/2', '2/2'].map((shard) => {
          const folder = join(work, shard.replace('/', '-of-'));
          run(bin, explainArgs(words, folder, ['--shard', shard]));
          return folder;
        });
        run(bin, ['merge', ...shards, '-o', join(work, 'merged')]);
        run(bin, ['report', join(work, 'merged')]);
        return { shards: shards.map(datasetRecord), merged: datasetRecord(join(work, 'merged')) };
      },
    ]),
  ),
};

const [bin, out, ...chosen] = process.argv.slice(2);
const all = Object.keys(RECORDERS);
if (out === undefined) {
  console.log(all.join('\n'));
  process.exit();
}
mkdirSync(out, { recursive: true });
for (const name of chosen.length === 0 ? all : chosen) {
  const work = mkdtempSync(join(tmpdir(), 'datum-record-'));
  try {
    writeFileSync(join(out, `${name}.json`), compact(RECORDERS[name](bin, work)));
  } catch (error) {
    // The other cases are still recorded: a file that is missing is seen.
    console.error(`${name}: ${error.message}`);
    process.exitCode = 1;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
