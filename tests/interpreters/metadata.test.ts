import { loadInterpreter } from '../../src/interpreters/registry.js';
import type { LabelForm } from '../../src/interpreters/contract/label-list.js';
import { describe, expect, it } from 'vitest';
import { extraInputs } from '../../src/interpreters/contract/extra-inputs.js';
import { resolveLabels } from '../../src/interpreters/infer/labels/resolve.js';
import { metadataLabels } from '../../src/interpreters/contract/metadata-labels.js';
import { modelInfoThresholds } from '../../src/interpreters/contract/model-info.js';
import { adaptPreprocessing, IMAGENET, preprocessingOf } from '../../src/interpreters/contract/preprocessing.js';
import type { Classes, Evidence } from '../../src/interpreters/contract/types.js';
import { usualInputSize } from '../../src/interpreters/contract/usual-size.js';
import type { TensorInfo } from '../../src/launchers/types.js';

function evidence(
  metadata: Readonly<Record<string, string>> = {},
  {
    type = 'float32',
    shape = [1, 3, 64, 96],
    labels = null,
  }: { type?: TensorInfo['type']; shape?: number[]; labels?: readonly string[] | null } = {},
): Evidence {
  return {
    signature: { inputs: [{ name: 'image', type, shape }], outputs: [], metadata },
    labels,
    sample: null,
    input: null,
  };
}

describe('class names in metadata', () => {
  it.each([
    ["{0: 'person', 1: 'bicycle'}", ['person', 'bicycle']],
    ["['a', 'b']", ['a', 'b']],
    ['{"0": "a", "1": "b"}', ['a', 'b']],
    ["{0: 'driver\\'s seat', 1: \"dog's\"}", ["driver's seat", "dog's"]],
    ["{0: 'a, b', 2: 'c: d'}", ['a, b', '1', 'c: d']],
    ['cat,dog', ['cat', 'dog']],
    ['cat\ndog', ['cat', 'dog']],
    ['cat\ndog\nbird, small', ['cat', 'dog', 'bird, small']],
    ['["\\u732b", "caf\\u00e9 \\"x\\"", "tab\\tbird", "\\ud83d\\ude42"]', ['猫', 'café "x"', 'tab\tbird', '🙂']],
    ["{0: 'caf\\xe9', 1: '\\u732b', 2: '\\U0001f642', 3: 'a\\\\b\\n'}", ['café', '猫', '🙂', 'a\\b\n']],
    ["('a', u'b',)", ['a', 'b']],
    ["{'b': 1, 'a': 0, 'c': 2}", ['a', 'b', 'c']],
    ['[{"id": 1, "name": "b"}, {"id": 0, "name": "a"}]', ['a', 'b']],
  ])('%s', (text, expected) => {
    expect(metadataLabels({ names: text })).toEqual({ names: expected, key: 'names' });
  });

  it.each([
    ['id2label', '{"0": "rot", "1": "blau"}'],
    ['label2id', '{"blau": 1, "rot": 0}'],
    ['class_to_idx', "{'blau': 1, 'rot': 0}"],
    ['config', '{"architectures": ["X"], "id2label": {"0": "rot", "1": "blau"}}'],
  ])('under %s', (key, text) => {
    expect(metadataLabels({ [key]: text })).toEqual({ names: ['rot', 'blau'], key });
  });

  it('separated by spaces in model_info, underscores for spaces within', () => {
    expect(metadataLabels({ 'model_info.labels': 'person traffic_light' })?.names).toEqual(['person', 'traffic light']);
    expect(metadataLabels({ 'model_info labels': 'only' })?.names).toEqual(['only']);
  });

  it('as they are written in label_info, where Training Extensions put them', () => {
    const both = {
      'model_info.labels': 'traffic_light a_b',
      'model_info.label_info': '{"label_names": ["traffic light", "a_b"]}',
    };
    expect(metadataLabels(both)).toEqual({ names: ['traffic light', 'a_b'], key: 'model_info.label_info' });
    expect(metadataLabels({ ...both, 'model_info.label_info': '{"label_groups": []}' })?.names).toEqual([
      'traffic light',
      'a b',
    ]);
  });

  it('that count from 1 have the background at 0', () => {
    expect(metadataLabels({ names: "{1: 'a', 2: 'b'}" })?.names).toEqual(['background', 'a', 'b']);
  });

  it('not where the text is no list of names', () => {
    expect(metadataLabels({ names: '{broken' })).toBeNull();
    expect(metadataLabels({ names: "{0: 'a', 1: " })).toBeNull();
    expect(metadataLabels({ names: '['.repeat(5000) + ']'.repeat(5000) })).toBeNull();
    expect(metadataLabels({ config: 'a, b' })).toBeNull();
    expect(metadataLabels({ names: '' })).toBeNull();
    expect(metadataLabels({ names: "{'x': {'y': 1}}" })).toBeNull();
    expect(metadataLabels({})).toBeNull();
  });
});

describe('names for class numbers', () => {
  const resolve = (
    classes: Classes | undefined,
    labels: readonly string[] | null = null,
    task: 'detection' | 'classification' = 'detection',
  ) => resolveLabels(evidence({}, { labels }), classes, task).names;
  const eighty = Array.from({ length: 80 }, (_, id) => `n${id}`);

  it('known lists by their length and the task', () => {
    expect(resolve({ count: 80, numbering: 'zero' })?.[79]).toBe('toothbrush');
    expect(resolve({ count: 91, numbering: 'one' })?.[90]).toBe('toothbrush');
    expect(resolve({ count: 91, numbering: 'one' })?.[13]).toBe('stop sign');
    expect(resolve({ count: 90, numbering: 'zero' })?.[12]).toBe('stop sign');
    expect(resolve({ count: 81, numbering: 'one' })?.[1]).toBe('person');
    expect(resolve({ count: 80, numbering: 'zero' }, null, 'classification')).toBeNull();
    expect(resolve({ count: 1000, numbering: 'zero' }, null, 'classification')?.[999]).toBe('toilet tissue');
    expect(resolve({ count: 1001, numbering: 'zero' }, null, 'classification')?.[0]).toBe('background');
    expect(resolve({ count: null, numbering: 'zero' })).toBeNull();
  });

  it("a user's list at the numbers that the model has", () => {
    expect(resolve({ count: null, numbering: 'one' }, ['face'])).toEqual(['background', 'face']);
    expect(resolve({ count: null, numbering: 'one' }, ['__background__', 'face'])).toEqual(['__background__', 'face']);
    expect(resolve({ count: 91, numbering: 'one' }, eighty)?.[13]).toBe('n11');
    expect(resolve({ count: 90, numbering: 'zero' }, eighty)?.[12]).toBe('n11');
    expect(resolve({ count: 2, numbering: 'zero' }, ['background', 'a', 'b'])).toEqual(['a', 'b']);
  });

  it("a user's list that counts from 1, or stands on one line, and what was made of it", () => {
    const given = (labels: readonly string[], form: LabelForm, classes: Classes) => {
      const { names, facts } = resolveLabels({ ...evidence({}, { labels }), labelForm: form }, classes, 'detection');
      expect(facts).toMatchObject({ by: 'given' });
      return { names, read: facts.by === 'given' ? facts.read : undefined, count: facts.names };
    };
    const fromOne: LabelForm = { from: 1, parts: null };
    const line: LabelForm = { from: 0, parts: ['a', 'b'] };
    const classes = (count: number | null, numbering: Classes['numbering'] = 'zero'): Classes => ({ count, numbering });
    const full = ['background', 'a', 'b'];
    const cases: [readonly string[], LabelForm, Classes, readonly string[], string | undefined, number][] = [
      [['a', 'b'], fromOne, classes(2), ['a', 'b'], 'moved', 2],
      [['a', 'b'], fromOne, classes(3), full, 'from-one', 2],
      [['a', 'b'], fromOne, classes(3, 'one'), full, 'from-one', 2],
      [['a', 'b'], fromOne, classes(null), full, 'from-one', 2],
      [['a,b'], line, classes(2), ['a', 'b'], 'in-line', 2],
      [['a,b'], line, classes(1), ['a,b'], undefined, 1],
      [['a,b'], line, classes(null), ['a,b'], 'one-line', 1],
      [['none', 'a', 'b'], { from: 0, parts: null }, classes(2), ['a', 'b'], 'without-first', 3],
    ];
    for (const [labels, form, model, names, read, count] of cases) {
      expect(given(labels, form, model)).toEqual({ names, read, count });
    }
    expect(() => given(['a', 'b'], fromOne, classes(5))).toThrow(
      'labels has 2 names (numbered from 1, which is "a", to 2), but the model has 5 classes',
    );
    expect(() => given(['a,b'], line, classes(5))).toThrow(
      'labels has 1 name (its only line, with 2 parts between commas), but the model has 5 classes: give one name for each class, one a line',
    );
  });

  it('and where they come from', () => {
    const facts = (metadata: Readonly<Record<string, string>>, labels: readonly string[] | null, classes?: Classes) =>
      resolveLabels(evidence(metadata, { labels }), classes, 'detection').facts;
    const named = { names: "['a', 'b']" };
    const count = (length: number): Classes => ({ count: length, numbering: 'zero' });
    expect(facts(named, ['a', 'b'], count(2))).toEqual({ by: 'given', names: 2 });
    expect(facts(named, null, count(2))).toEqual({ by: 'metadata', names: 2, key: 'names' });
    expect(facts({}, null, { ...count(1), names: ['face'] })).toEqual({ by: 'convention', names: 1 });
    expect(facts({}, null, count(80))).toEqual({ by: 'guess', names: 80, list: 'COCO' });
    expect(facts({}, null, { count: 91, numbering: 'one' })).toMatchObject({ by: 'guess', names: 90 });
    expect(facts({}, null, { ...count(2), names: ['a 0', 'a 1'], unnamed: true })).toEqual({
      by: null,
      names: 0,
      classes: 2,
    });
    expect(facts({}, null, count(7))).toEqual({ by: null, names: 0, classes: 7 });
  });

  it('those of the metadata are not used where they are too many or too few, and none is guessed then', () => {
    const facts = (metadata: Readonly<Record<string, string>>, count: number) =>
      resolveLabels(evidence(metadata), { count, numbering: 'zero' }, 'classification').facts;
    expect(facts({ names: JSON.stringify(eighty) }, 1000)).toEqual({
      by: null,
      names: 0,
      classes: 1000,
      unused: { key: 'names', names: 80, classes: 1000 },
    });
    expect(facts({ 'model_info labels': 'a b c', labels: 'r\ng' }, 2)).toEqual({
      by: 'metadata',
      names: 2,
      key: 'labels',
    });
  });

  it('a list of another length is refused', () => {
    expect(() => resolve({ count: 5, numbering: 'zero' }, ['a', 'b'])).toThrow(
      'labels has 2 names, but the model has 5 classes',
    );
  });
});

describe('what the model says of its input goes before the family', () => {
  const family = preprocessingOf({ ...IMAGENET, resize: 'letterbox', pad: 114 });
  const ir = { 'datum.format': 'openvino-ir' };
  const adapted = (metadata: Readonly<Record<string, string>>, task: 'detection' | 'classification' = 'detection') =>
    adaptPreprocessing(evidence(metadata), family, task).preprocessing;

  it('bytes are taken as they are', () => {
    const { preprocessing, by, source } = adaptPreprocessing(evidence({}, { type: 'uint8' }), family, 'detection');
    expect(preprocessing).toMatchObject({ scale: 1, mean: [0], std: [1], color: 'rgb', resize: 'letterbox' });
    expect(by).toBe('model');
    expect(source).toContain('normalises them itself');
  });

  it.each([
    ['detection', {}, 'convention'],
    ['classification', {}, 'guess'],
    ['classification', { names: "{0: 'a'}", stride: '32' }, 'convention'],
    ['classification', { 'model_info.mean_values': '127' }, 'metadata'],
    ['classification', { 'datum.opening': '{"scale":[0.1],"shift":[-1],"reversed":false}' }, 'model'],
    ['classification', ir, 'guess'],
    ['detection', { ...ir, 'conversion_parameters.framework': 'pytorch' }, 'convention'],
    ['detection', { ...ir, 'conversion_parameters.mean_values': '[1, 2, 3]' }, 'metadata'],
  ] as const)('for %s with %o it is known by %s', (task, metadata, by) => {
    expect(adaptPreprocessing(evidence(metadata), family, task).by).toBe(by);
  });

  it('the declared layout and a single channel', () => {
    expect(adaptPreprocessing(evidence({}, { shape: [1, 64, 96, 3] }), family, 'detection').preprocessing.layout).toBe(
      'nhwc',
    );
    expect(adaptPreprocessing(evidence({}, { shape: [1, 1, 28, 28] }), family, 'detection').preprocessing.color).toBe(
      'gray',
    );
  });

  it('model_info: Ultralytics in OpenVINO', () => {
    const metadata = {
      ...ir,
      'model_info.model_type': 'YOLO',
      'model_info.reverse_input_channels': 'True',
      'model_info.scale_values': '255.0',
      'model_info.resize_type': 'fit_to_window_letterbox',
      'model_info.pad_value': '114',
    };
    expect(adapted(metadata)).toEqual({
      color: 'rgb',
      scale: 1,
      mean: [0],
      std: [255],
      layout: 'nchw',
      resize: 'letterbox',
      pad: 114,
    });
  });

  it.each([
    ['mean_values', 'a b c', 'mean'],
    ['mean_values', '1 2', 'mean'],
    ['scale_values', '-255', 'std'],
    ['scale_values', '0', 'std'],
    ['scale_values', 'inf', 'std'],
    ['resize_type', 'foo', 'resize'],
    ['reverse_input_channels', 'perhaps', 'color'],
  ] as const)('model_info: %s "%s" is not used, and named', (key, value, part) => {
    const asIf = adapted({
      'model_info pad_value': '0',
      'model_info embedded_processing': 'no',
      'model_info mean_values': '0',
    });
    const { preprocessing, source } = adaptPreprocessing(
      evidence({ [`model_info ${key}`]: value }),
      family,
      'detection',
    );
    expect(source).toBe(`from the model's metadata (model_info, ${key} "${value}" not used)`);
    expect(preprocessing[part]).toEqual(asIf[part]);
  });

  describe('fields of ONNX that say how images are fed', () => {
    const fed = (metadata: Readonly<Record<string, string>>, shape?: number[]) =>
      adaptPreprocessing(evidence(metadata, shape === undefined ? {} : { shape }), family, 'classification');
    const fields = (format: string, range: string) => ({
      'Image.BitmapPixelFormat': format,
      'Image.NominalPixelRange': range,
      'Image.ColorSpaceGamma': 'SRGB',
    });

    it.each([
      ['Bgr8', 'NominalRange_0_255', { color: 'bgr', scale: 1, mean: [0], std: [1] }],
      ['RGB8', 'normalized_0_1', { color: 'rgb', scale: 1 / 255, mean: [0], std: [1] }],
      ['Rgb8', 'Normalized_1_1', { color: 'rgb', scale: 1 / 127.5, mean: [1], std: [1] }],
      ['Bgra8', 'NominalRange_16_235', { color: 'bgr', scale: 219 / 255, mean: [-16], std: [1] }],
    ] as const)('%s, %s', (format, range, expected) => {
      const { preprocessing, by, source } = fed(fields(format, range));
      expect(preprocessing).toMatchObject(expected);
      expect(by).toBe('metadata');
      expect(source).toBe(
        `from the model's metadata (Image.BitmapPixelFormat ${format}, Image.NominalPixelRange ${range})`,
      );
    });

    it('go before what the graph does, and one channel is gray', () => {
      const opening = { 'datum.opening': '{"scale":[1],"shift":[-104],"reversed":false}' };
      expect(fed({ ...fields('Rgb8', 'Normalized_0_1'), ...opening }).preprocessing.scale).toBe(1 / 255);
      expect(fed(fields('Gray8', 'Normalized_0_1'), [1, 1, 28, 28]).preprocessing.color).toBe('gray');
    });

    it('the color order alone leaves the rest as it is, its means turned', () => {
      const { preprocessing, by, source } = fed({ 'image.bitmappixelformat': 'Bgr8' });
      expect(preprocessing).toMatchObject({
        ...IMAGENET,
        color: 'bgr',
        mean: IMAGENET.mean.toReversed(),
        std: IMAGENET.std.toReversed(),
      });
      expect(by).toBe('guess');
      expect(source).toContain('the metadata have Image.BitmapPixelFormat Bgr8');
    });

    it('what cannot be followed is named', () => {
      expect(fed({ 'Image.NominalPixelRange': 'Normalized_0_1', 'Image.ColorSpaceGamma': 'Linear' }).source).toBe(
        `from the model's metadata (Image.NominalPixelRange Normalized_0_1, Image.ColorSpaceGamma "Linear" not used)`,
      );
      expect(fed({ 'Image.BitmapPixelFormat': 'Cmyk', 'Image.NominalPixelRange': '7' }).source).toContain(
        'Image.BitmapPixelFormat "Cmyk" not used, Image.NominalPixelRange "7" not used',
      );
    });
  });

  it('Open Model Zoo: BGR 0..255, whatever the conversion built in', () => {
    const bgr = { color: 'bgr', scale: 1, mean: [0], std: [1] };
    expect(adapted(ir)).toMatchObject(bgr);
    expect(
      adapted({
        ...ir,
        'conversion_parameters.framework': 'onnx',
        'conversion_parameters.mean_values': 'data[1.0,2.0,3.0]',
      }),
    ).toMatchObject(bgr);
    expect(
      adapted({
        ...ir,
        'meta_data.cli_parameters.framework': 'tf',
        'meta_data.cli_parameters.reverse_input_channels': 'True',
      }),
    ).toMatchObject(bgr);
    expect(adapted({ ...ir, 'conversion_parameters.framework': 'onnx' }, 'classification')).toMatchObject(bgr);
  });

  it("Caffe's mean, where the conversion left it outside", () => {
    const outside = { ...ir, 'conversion_parameters.framework': 'caffe', 'conversion_parameters.mean_values': '()' };
    expect(adapted(outside, 'classification')).toMatchObject({ color: 'bgr', scale: 1, mean: [104, 117, 123] });
    expect(adapted(outside, 'detection')).toMatchObject({ color: 'bgr', scale: 1, mean: [0] });
  });

  it("the family's own, where a conversion from ONNX or PyTorch built nothing in", () => {
    expect(adapted({ ...ir, 'conversion_parameters.framework': 'onnx' })).toEqual(family);
    expect(adapted({ ...ir, 'conversion_parameters.framework': 'pytorch' }, 'classification')).toEqual(family);
  });

  describe('what the graph does itself is not repeated', () => {
    const opened = (scale: readonly number[], shift: readonly number[], reversed = false) =>
      adapted({ 'datum.opening': JSON.stringify({ scale, shift, reversed }) });
    const done = { mean: [0], std: [1] };

    it('mean and deviation of pixels: they are fed as they are, red first where its mean is the largest', () => {
      const [scale, mean] = [
        [1 / 58.395, 1 / 57.12, 1 / 57.375],
        [123.675, 116.28, 103.53],
      ];
      const shift = mean.map((value, channel) => -value * scale[channel]!);
      expect(opened(scale, shift)).toMatchObject({ ...done, color: 'rgb', scale: 1 });
      expect(opened(scale.toReversed(), shift.toReversed())).toMatchObject({ ...done, color: 'bgr', scale: 1 });
      expect(opened(scale, shift, true)).toMatchObject({ ...done, color: 'bgr', scale: 1 });
    });

    it('mean and deviation of fractions: they are fed as fractions', () => {
      const scale = IMAGENET.std.map((value) => 1 / value);
      const shift = IMAGENET.mean.map((value, channel) => -value * scale[channel]!);
      expect(opened(scale, shift)).toMatchObject({ ...done, color: 'rgb', scale: 1 / 255 });
      expect(opened([2], [-1])).toMatchObject({ ...done, color: 'rgb', scale: 1 / 255 });
    });

    it("a division by 255, or Caffe's mean alone: pixels as they are", () => {
      expect(opened([1 / 255], [0])).toMatchObject({ ...done, color: 'rgb', scale: 1 });
      expect(opened([1], [-104, -117, -123])).toMatchObject({ ...done, color: 'bgr', scale: 1 });
    });

    it('a note that cannot be read is none', () => {
      expect(adapted({ 'datum.opening': 'x' })).toEqual(family);
      expect(opened([1], [0], true)).toEqual(family);
    });
  });
});

it('thresholds of model_info are those in 0..1', () => {
  const thresholds = { 'model_info.confidence_threshold': '0.35', 'model_info iou_threshold': '0.6' };
  expect(modelInfoThresholds(thresholds)).toEqual({ detConfThresh: 0.35, nmsIouThresh: 0.6 });
  expect(modelInfoThresholds({ 'model_info.confidence_threshold': '0', 'model_info.iou_threshold': 'x' })).toEqual({});
});

describe('inputs beside the image', () => {
  const signature = (name: string, shape: readonly (number | string)[], type: TensorInfo['type'] = 'float32') => ({
    inputs: [
      { name: 'image', type: 'float32' as const, shape: [1, 3, 64, 96] },
      { name, type, shape },
    ],
    outputs: [],
    metadata: {},
  });
  const size = { width: 96, height: 64 };

  it.each([
    ['image_shape', [64, 96]],
    ['im_shape', [64, 96]],
    ['scale_factor', [1, 1]],
    ['orig_target_sizes', [96, 64]],
    ['im_info', [64, 96, 1]],
  ])('%s, so that boxes come in pixels of the input', (name, row) => {
    expect(extraInputs(signature(name, ['N', row.length]), size, 2)).toEqual({
      [name]: { data: Float32Array.from([...row, ...row]), shape: [2, row.length] },
    });
  });

  it('a mask that shows every pixel', () => {
    const feeds = extraInputs(signature('pixel_mask', ['N', 'H', 'W'], 'int64'), size, 1);
    expect(feeds['pixel_mask']?.shape).toEqual([1, 64, 96]);
    expect(feeds['pixel_mask']?.data.every((value) => value === 1)).toBe(true);
  });

  it('anything else is refused by its name', () => {
    expect(() => extraInputs(signature('prompt', [1, 5]), size, 1)).toThrow('an input "prompt" beside the image');
  });
});

it('a usual size is what the exporter noted, height first', () => {
  expect(usualInputSize({ signature: { inputs: [], outputs: [], metadata: { imgsz: '[384, 640]' } } })).toEqual({
    width: 640,
    height: 384,
  });
  expect(usualInputSize({ signature: { inputs: [], outputs: [], metadata: {} } })).toBeNull();
});

it('a model that scales images itself is given them at their own size, up to 1024 pixels', async () => {
  const signature = { inputs: [], outputs: [], metadata: {} };
  const detection = await loadInterpreter('tf-detection');
  const sizeFor = (image: { width: number; height: number } | null) => usualInputSize({ signature, image }, detection);
  expect(sizeFor({ width: 300, height: 200 })).toEqual({ width: 300, height: 200 });
  expect(sizeFor({ width: 4096, height: 2048 })).toEqual({ width: 1024, height: 512 });
  expect(sizeFor(null)).toEqual({ width: 640, height: 640 });
  expect(usualInputSize({ signature, image: { width: 300, height: 200 } }, await loadInterpreter('detr'))).toEqual({
    width: 800,
    height: 800,
  });
});
