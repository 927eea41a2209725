import { describe, expect, it } from 'vitest';
import { readModelHeader } from '../../src/onnx/index.js';
import { convertModel, DatumError } from '../../src/openvino/index.js';
import { runOnnx } from '../helpers/onnx-graph.js';
import { halvesIr } from './halves.js';
import { IrBuilder } from './ir-builder.js';

const LABELS = '<rt_info><model_info><labels value="left right"/></model_info></rt_info>';

describe('convertModel', () => {
  it('gives an ONNX file, and says what is in it', async () => {
    const { xml, bin } = halvesIr(LABELS);
    const { bytes, inputs, outputs, opset, version, metadata, obstacle } = convertModel(xml, bin);
    expect(inputs).toEqual([{ name: 'data', type: 'float32', shape: ['N', 3, 16, 16] }]);
    expect(outputs).toEqual([{ name: 'prob', type: 'float32', shape: ['N', 2] }]);
    expect({ opset, version, obstacle }).toEqual({ opset: 20, version: 11, obstacle: null });
    expect(metadata).toMatchObject({ 'datum.format': 'openvino-ir', 'model_info.labels': 'left right' });
    expect(readModelHeader(bytes).metadata).toEqual(metadata);
    const bright = Float32Array.from({ length: 3 * 256 }, (_, i) => (i % 16 < 8 ? 255 : 0));
    const { prob } = await runOnnx(bytes, {
      data: { data: Array.from(bright), shape: [1, 3, 16, 16], type: 'float32' },
    });
    expect(prob?.data[0]).toBeCloseTo(1 / (1 + Math.exp(-2.55)), 5);
  });

  it('keeps the outputs that are asked for', () => {
    const { xml, bin } = halvesIr();
    const { outputs } = convertModel(xml, bin, { outputLayers: ['Multiply_5'] });
    expect(outputs).toEqual([{ name: 'Multiply_5', type: 'float32', shape: ['N', 2] }]);
  });

  it.each([
    ['no XML', 'nonsense', /^photo\.xml is not well-formed XML/],
    ['another document', '<svg/>', /^photo\.xml is XML, but not an OpenVINO model: its root is <svg>, not <net>/],
    ['weights of another model', halvesIr().xml, /the weights of photo\.xml, which has only 0 bytes/],
  ])('%s is an error that says what to do', (_, xml, message) => {
    const convert = (): unknown => convertModel(xml, new Uint8Array(), { name: 'photo.xml' });
    expect(convert).toThrow(DatumError);
    expect(convert).toThrow(message);
  });

  it('names every operation that cannot be translated', () => {
    const ir = new IrBuilder();
    const x = ir.parameter('data', [1, 3, 8, 8]);
    const [first] = ir.layer('Loop', [x], [[1, 3, 8, 8]], { name: 'again', opset: 'opset5' });
    const [second] = ir.layer('MatrixNms', [first!], [[1, 3, 8, 8]], { name: 'boxes', opset: 'opset8' });
    ir.result(second!);
    const { xml, bin } = ir.build();
    expect(() => convertModel(xml, bin)).toThrow(
      /Loop layer "again" \(opset5\)\n {2}MatrixNms layer "boxes" \(opset8\)/,
    );
  });
});
