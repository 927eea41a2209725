import { describe, expect, it } from 'vitest';
import { readModel } from '../../src/openvino/ir/read-model.js';
import { metadataOf } from '../../src/openvino/metadata.js';
import { runOnnx } from '../helpers/onnx-graph.js';
import { IrBuilder, ramp, runIr, translate, type IrPort } from './ir-builder.js';

/** A model with one input x [1, 4] and whatever is built behind it. */
function model(body: (ir: IrBuilder, x: IrPort) => IrPort, version = 11): IrBuilder {
  const ir = new IrBuilder(version);
  ir.result(body(ir, ir.parameter('x', [1, 4])));
  return ir;
}

const relu = (ir: IrBuilder, x: IrPort): IrPort => ir.layer('ReLU', [x], [x.shape], { name: 'y' })[0]!;

describe('constants', () => {
  it.each<[string, number[], number[]]>([
    ['f16', [0x3c00, 0xc000, 0x7bff, 0x0001], [1, -2, 65504, 2 ** -24]],
    ['bf16', [0x3f80, 0xc000, 0x4049, 0], [1, -2, 3.140625, 0]],
    ['f64', [0.5, -2, 1e3, 0], [0.5, -2, 1e3, 0]],
    ['i8', [1, 255, 127, 128], [1, -1, 127, -128]],
    ['u8', [1, 255, 127, 128], [1, 255, 127, 128]],
    ['i4', [0xf1, 0x78], [1, -1, -8, 7]],
    ['u4', [0xf1, 0x78], [1, 15, 8, 7]],
    ['i16', [1, 65535, 2, 3], [1, -1, 2, 3]],
    ['u16', [1, 65535, 2, 3], [1, 65535, 2, 3]],
    ['i64', [1, -1, 2, 3], [1, -1, 2, 3]],
    ['u32', [1, 2, 3, 4], [1, 2, 3, 4]],
    ['boolean', [0, 1, 2, 0], [0, 1, 1, 0]],
  ])('of type %s, converted when they are compressed', async (type, stored, expected) => {
    const ir = model((builder, x) => {
      builder.store(Uint8Array.of(7)); // so that values begin at an odd byte
      const weights = builder.constant(stored, [1, 4], type);
      const wide =
        type.includes('f') && type !== 'f64'
          ? weights
          : builder.layer('Convert', [weights], [[1, 4]], { data: { destination_type: 'f32' } })[0]!;
      return builder.layer('Add', [x, wide], [[1, 4]], { name: 'y' })[0]!;
    });
    const result = await runIr(ir, { x: { data: [0, 0, 0, 0], shape: [1, 4] } });
    expect(result['y']?.data).toEqual(expected);
  });

  it('of compressed weights: i8, less a zero point, times a scale', async () => {
    const ir = model((builder, x) => {
      const float = (port: IrPort): IrPort =>
        builder.layer('Convert', [port], [port.shape], { data: { destination_type: 'f32' } })[0]!;
      const weights = float(builder.constant([1, 2, 3, 250], [4, 1], 'u8'));
      const centred = builder.layer('Subtract', [weights, float(builder.constant([2], [1, 1], 'u8'))], [[4, 1]])[0]!;
      const scaled = builder.layer('Multiply', [centred, builder.constant([0.5], [1, 1])], [[4, 1]])[0]!;
      return builder.layer('MatMul', [x, scaled], [[1, 1]], { name: 'y' })[0]!;
    });
    const result = await runIr(ir, { x: { data: [1, 1, 1, 1], shape: [1, 4] } });
    expect(result['y']?.data).toEqual([(-1 + 0 + 1 + 248) / 2]);
  });
});

describe('outputs', () => {
  const two = (): IrBuilder => {
    const ir = new IrBuilder();
    const x = ir.parameter('x', [1, 4]);
    const [a] = ir.layer('ReLU', [x], [[1, 4]], { name: 'a', names: ['17,scores'] });
    const [b, c] = ir.layer(
      'TopK',
      [a!, ir.constant([2], [], 'i64')],
      [
        [1, 2],
        [1, 2],
      ],
      {
        name: 'b',
        types: ['f32', 'i32'],
        data: { axis: 1, mode: 'max', sort: 'value' },
      },
    );
    ir.result(a!, 'first');
    ir.result(b!);
    ir.result(c!);
    return ir;
  };
  const feeds = { x: { data: [3, 1, 4, -5], shape: [1, 4] } };
  const namesOf = async (layers?: string[]): Promise<string[]> =>
    Object.keys(await runOnnx(translate(two(), layers).bytes, feeds));

  it('are called by their tensor, or by layer and number', async () => {
    expect(await namesOf()).toEqual(['scores', 'b.0', 'b.1']);
  });

  it('are chosen by any of their names, also inside the model', async () => {
    expect(await namesOf(['b.1'])).toEqual(['b.1']);
    expect(await namesOf(['a'])).toEqual(['a']);
    expect(await namesOf(['17'])).toEqual(['17']);
    expect(await namesOf(['first'])).toEqual(['first']);
  });

  it('that are not there are an error that lists those that are', () => {
    expect(() => translate(two(), ['nope'])).toThrow(/no output named "nope"; it has "scores", "b.0", "b.1"/);
  });

  it('are not inputs that lead nowhere, or straight out', async () => {
    const straight = model((builder, x) => {
      builder.result(x);
      return relu(builder, x);
    });
    expect(Object.keys(await runOnnx(translate(straight).bytes, feeds))).toEqual(['y']);
    const unused = new IrBuilder(3);
    unused.parameter('info', [1, 3]);
    relu(unused, unused.parameter('x', [1, 4]));
    const info = { data: [0, 0, 0], shape: [1, 3] };
    expect(Object.keys(await runOnnx(translate(unused).bytes, { ...feeds, info }))).toEqual(['y']);
  });

  it('of v3 are what feeds nothing', async () => {
    const ir = model(relu, 3);
    expect(Object.keys(await runIr(ir, { x: { data: ramp(4), shape: [1, 4] } }))).toEqual(['y']);
  });
});

describe('the batch', () => {
  const run = async (
    ir: IrBuilder,
    shape: number[],
    count: number,
  ): Promise<{ any: boolean; each: number[][]; all: number[] }> => {
    const translation = translate(ir);
    const size = shape.reduce((a, b) => a * b);
    const images = Array.from({ length: count }, (_, n) => ramp(size).map((value) => value + n));
    const each: number[][] = [];
    for (const image of images) {
      const single = await runOnnx(translation.bytes, { x: { data: image, shape } });
      each.push([...(single['y']?.data ?? [])]);
    }
    if (!translation.anyBatch) return { any: false, each, all: [] };
    const joint = await runOnnx(translation.bytes, { x: { data: images.flat(), shape: [count, ...shape.slice(1)] } });
    expect(joint['y']?.shape[0]).toBe(count);
    return { any: true, each, all: [...(joint['y']?.data ?? [])] };
  };
  const expectAny = async (ir: IrBuilder, shape: number[]): Promise<void> => {
    const { any, each, all } = await run(ir, shape, 3);
    expect(any).toBe(true);
    expect(all.length).toBe(each.flat().length);
    for (const [index, value] of each.flat().entries()) expect(all[index]).toBeCloseTo(value, 4);
  };
  const build = (shape: number[], body: (ir: IrBuilder, x: IrPort) => IrPort): IrBuilder => {
    const ir = new IrBuilder();
    ir.result(body(ir, ir.parameter('x', shape)));
    return ir;
  };

  it('passes reshapes to constant shapes', async () => {
    await expectAny(
      build(
        [1, 3, 2, 2],
        (ir, x) =>
          ir.layer('Reshape', [x, ir.constant([1, 12], [2], 'i64')], [[1, 12]], {
            name: 'y',
            data: { special_zero: 'false' },
          })[0]!,
      ),
      [1, 3, 2, 2],
    );
  });

  it('passes shapes that are computed from the input', async () => {
    await expectAny(
      build([1, 3, 2, 2], (ir, x) => {
        const [shape] = ir.layer('ShapeOf', [x], [[4]], { opset: 'opset3', types: ['i64'] });
        const [first] = ir.layer('Gather', [shape!, ir.constant([0], [1], 'i64'), ir.constant([0], [], 'i64')], [[1]], {
          opset: 'opset8',
          types: ['i64'],
        });
        const [target] = ir.layer('Concat', [first!, ir.constant([-1], [1], 'i64')], [[2]], {
          types: ['i64'],
          data: { axis: 0 },
        });
        return ir.layer('Reshape', [x, target!], [[1, 12]], { name: 'y', data: { special_zero: 'true' } })[0]!;
      }),
      [1, 3, 2, 2],
    );
  });

  it('passes a class token that is joined to the tokens of an image', async () => {
    await expectAny(
      build([1, 3, 4], (ir, x) => {
        const token = ir.constant([9, 8, 7, 6], [1, 1, 4]);
        const [tokens] = ir.layer('Concat', [token, x], [[1, 4, 4]], { data: { axis: 1 } });
        const [moved] = ir.layer('Add', [tokens!, ir.constant(ramp(16), [1, 4, 4])], [[1, 4, 4]]);
        const [product] = ir.layer('MatMul', [moved!, ir.constant(ramp(8), [4, 2])], [[1, 4, 2]]);
        return ir.layer('Gather', [product!, ir.constant([0], [], 'i64'), ir.constant([1], [], 'i64')], [[1, 2]], {
          name: 'y',
          opset: 'opset8',
        })[0]!;
      }),
      [1, 3, 4],
    );
  });

  it('passes attention with the batch in the middle and heads joined to it', async () => {
    await expectAny(
      build([1, 3, 4], (ir, x) => {
        const turn = (port: IrPort, order: number[], shape: number[]): IrPort =>
          ir.layer('Transpose', [port, ir.constant(order, [3], 'i64')], [shape])[0]!;
        const shaped = (port: IrPort, shape: number[]): IrPort =>
          ir.layer('Reshape', [port, ir.constant(shape, [shape.length], 'i64')], [shape], {
            data: { special_zero: 'false' },
          })[0]!;
        const sequence = turn(x, [1, 0, 2], [3, 1, 4]);
        const heads = turn(shaped(sequence, [3, 2, 2]), [1, 0, 2], [2, 3, 2]);
        const [scores] = ir.layer('MatMul', [heads, heads], [[2, 3, 3]], {
          data: { transpose_a: 'false', transpose_b: 'true' },
        });
        const [weights] = ir.layer('SoftMax', [scores!], [[2, 3, 3]], { data: { axis: 2 } });
        const [mixed] = ir.layer('MatMul', [weights!, heads], [[2, 3, 2]]);
        const back = shaped(turn(mixed!, [1, 0, 2], [3, 2, 2]), [3, 1, 4]);
        return ir.layer('Transpose', [back, ir.constant([1, 0, 2], [3], 'i64')], [[1, 3, 4]], { name: 'y' })[0]!;
      }),
      [1, 3, 4],
    );
  });

  it('passes slices and broadcasts that name the one image', async () => {
    await expectAny(
      build([1, 4, 3], (ir, x) => {
        const bounds = (values: number[]): IrPort => ir.constant(values, [3], 'i64');
        const [part] = ir.layer(
          'StridedSlice',
          [x, bounds([0, 1, 0]), bounds([1, 3, 3]), bounds([1, 1, 1])],
          [[1, 2, 3]],
          {
            data: { begin_mask: '0,0,0', end_mask: '0,0,0' },
          },
        );
        const [wide] = ir.layer('Broadcast', [part!, bounds([1, 2, 3])], [[1, 2, 3]], {
          opset: 'opset3',
          data: { mode: 'bidirectional' },
        });
        return ir.layer('ReduceMean', [wide!, ir.constant([1], [1], 'i64')], [[1, 3]], {
          name: 'y',
          data: { keep_dims: 'false' },
        })[0]!;
      }),
      [1, 4, 3],
    );
  });

  it('passes values that are repeated for each image, as queries of a transformer', async () => {
    await expectAny(
      build([1, 3, 4], (ir, x) => {
        const [shape] = ir.layer('ShapeOf', [x], [[3]], { opset: 'opset3', types: ['i64'] });
        const [images] = ir.layer(
          'Gather',
          [shape!, ir.constant([0], [1], 'i64'), ir.constant([0], [], 'i64')],
          [[1]],
          {
            opset: 'opset8',
            types: ['i64'],
          },
        );
        const [target] = ir.layer('Concat', [images!, ir.constant([2, 4], [2], 'i64')], [[3]], {
          types: ['i64'],
          data: { axis: 0 },
        });
        const [queries] = ir.layer('Broadcast', [ir.constant(ramp(8), [2, 4]), target!], [[1, 2, 4]], {
          opset: 'opset3',
          data: { mode: 'bidirectional' },
        });
        const [repeats] = ir.layer('Concat', [images!, ir.constant([1, 1], [2], 'i64')], [[3]], {
          types: ['i64'],
          data: { axis: 0 },
        });
        const [tiled] = ir.layer('Tile', [ir.constant(ramp(8, 2), [1, 2, 4]), repeats!], [[1, 2, 4]]);
        const [both] = ir.layer('Add', [queries!, tiled!], [[1, 2, 4]]);
        // The flat shape is a constant, as it is after export for one image.
        const [flat] = ir.layer('Reshape', [both!, ir.constant([1, 8], [2], 'i64')], [[1, 8]], {
          data: { special_zero: 'false' },
        });
        const [back] = ir.layer('Reshape', [flat!, ir.constant([1, 2, 4], [3], 'i64')], [[1, 2, 4]], {
          data: { special_zero: 'false' },
        });
        return ir.layer('MatMul', [x, back!], [[1, 3, 2]], { name: 'y', data: { transpose_b: 'true' } })[0]!;
      }),
      [1, 3, 4],
    );
  });

  it('stays where a size is computed from the number of images in a way that is not followed', () => {
    const ranged = build([1, 4], (ir, x) => {
      const i64 = (values: number[], shape: number[]): IrPort => ir.constant(values, shape, 'i64');
      const [shape] = ir.layer('ShapeOf', [x], [[2]], { opset: 'opset3', types: ['i64'] });
      const [images] = ir.layer('Gather', [shape!, i64([0], []), i64([0], [])], [[]], {
        opset: 'opset8',
        types: ['i64'],
      });
      const [twice] = ir.layer('Multiply', [images!, i64([4], [])], [[]], { types: ['i64'] });
      const [range] = ir.layer('Range', [i64([0], []), twice!, i64([1], [])], [[4]], {
        opset: 'opset4',
        data: { output_type: 'f32' },
      });
      return ir.layer('Add', [x, range!], [[1, 4]], { name: 'y' })[0]!;
    });
    expect(translate(ranged)).toMatchObject({ anyBatch: false, obstacle: 'Range layer "Range_9" (opset4)' });
  });

  it('stays where a layer works across images, or the input has another batch', () => {
    const across = build([1, 4], (ir, x) => ir.layer('SoftMax', [x], [[1, 4]], { name: 'y', data: { axis: 0 } })[0]!);
    expect(translate(across)).toMatchObject({ anyBatch: false, obstacle: 'SoftMax layer "y" (opset1)' });
    const squeezed = build(
      [1, 4],
      (ir, x) => ir.layer('Squeeze', [x, ir.constant([0], [1], 'i64')], [[4]], { name: 'y' })[0]!,
    );
    expect(translate(squeezed).anyBatch).toBe(false);
    expect(translate(build([2, 4], relu)).anyBatch).toBe(false);
  });
});

describe('what is wrong with a model is said', () => {
  const ok = model(relu).build();
  const read = (xml: string): unknown => readModel(xml, 'bad.xml');

  it.each<[string, string, RegExp]>([
    ['no XML', 'hello', /bad\.xml is not well-formed XML/],
    ['cut off', ok.xml.slice(0, 200), /not well-formed XML/],
    ['another document', '<svg/>', /root is <svg>, not <net>/],
    ['an unknown version', ok.xml.replace('version="11"', 'version="99"'), /IR version "99"; versions 3, 4/],
    ['no version', ok.xml.replace(' version="11"', ''), /IR version ""/],
    ['no layers', '<net version="11"><layers/></net>', /has no layers/],
    ['a layer without a type', ok.xml.replace('type="ReLU"', ''), /without id, name or type \(id "1", name "y"\)/],
    ['two layers with one id', ok.xml.replace('layer id="1"', 'layer id="0"'), /two layers with the same id/],
    ['an edge to nowhere', ok.xml.replace('to-layer="1"', 'to-layer="7"'), /to layer 7, port 0; there is no such/],
    ['an edge from a missing port', ok.xml.replace('from-port="0"', 'from-port="5"'), /from layer 0, port 5/],
    [
      'a missing edge',
      ok.xml.replace(/<edge from-layer="0".*?\/>/, ''),
      /nothing feeds input port 0 of the ReLU layer "y"/,
    ],
    [
      'a circle',
      ok.xml.replace('from-layer="0" from-port="0"', 'from-layer="1" from-port="1"'),
      /in a circle, among them ReLU layer "y"/,
    ],
    ['a strange dimension', ok.xml.replace('<dim>4</dim>', '<dim>many</dim>'), /dimension "many"/],
  ])('%s', (_name, xml, message) => {
    expect(() => read(xml)).toThrow(message);
  });

  it('entities are not expanded, and documents that declare them are refused', () => {
    const bomb = `<?xml version="1.0"?><!DOCTYPE net [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>${ok.xml.slice(21)}`;
    expect(() => read(bomb)).toThrow(/document type/);
    const external = '<!DOCTYPE net SYSTEM "file:///etc/passwd"><net name="&x;" version="11"/>';
    expect(() => read(external)).toThrow(/bad\.xml/);
    expect(() => read(ok.xml.replace('name="test"', 'name="&bomb;"'))).toThrow(/not well-formed/);
    expect(() => read(`<net>${'<a>'.repeat(200_000)}`)).toThrow(/not well-formed/);
  });

  it('weights that lie outside the file, or do not fit their shape', () => {
    const build = (change: (xml: string) => string): (() => unknown) => {
      const { xml, bin } = model(
        (ir, x) => ir.layer('Add', [x, ir.constant([1, 2, 3, 4], [1, 4])], [[1, 4]], { name: 'y' })[0]!,
      ).build();
      const ir = { build: () => ({ xml: change(xml), bin }) };
      return () => translate(Object.assign(new IrBuilder(), ir));
    };
    expect(build((xml) => xml.replace('offset="0" size="16"', 'offset="4" size="16"'))).toThrow(
      /Const layer "Const_1" \(opset1\): its values lie at bytes 4 to 20 of test\.bin, which has only 16 bytes/,
    );
    expect(build((xml) => xml.replace('size="16"', 'size="-1"'))).toThrow(/size: "-1" is not a number of bytes/);
    expect(build((xml) => xml.replace('size="16"', 'size="12"'))).toThrow(
      /4 values of type f32 take 16 bytes, but the file gives them 12/,
    );
    const giant = (xml: string): string =>
      xml.replace('shape="1, 4" offset="0" size="16"', 'shape="16384, 16384" offset="0" size="1073741824"');
    expect(build(giant)).toThrow(/which has only 16 bytes/);
    expect(
      build((xml) =>
        xml.replace('element_type="f32" shape="1, 4" offset', 'element_type="string" shape="1, 4" offset'),
      ),
    ).toThrow(/values of type string/);
  });

  it('operations that cannot be translated are all listed, with what to do', () => {
    const ir = model((builder, x) => {
      const [a] = builder.layer('Frobnicate', [x], [[1, 4]], { name: 'f', opset: 'opset1' });
      const [b] = builder.layer('Frobnicate', [a!], [[1, 4]], { name: 'g', opset: 'opset1' });
      return builder.layer('ReLU', [b!], [[1, 4]], { name: 'h', opset: 'my_ops' })[0]!;
    });
    expect(() => translate(ir)).toThrow(
      /cannot be translated to ONNX:\n {2}Frobnicate layer "f" \(opset1\), and 1 more of this type\n {2}ReLU layer "h" \(my_ops\)\n.*engine openvino.*export the original model to ONNX/s,
    );
    const attributes = model((builder, x) => {
      const four = (port: IrPort): IrPort[] =>
        builder.layer('DepthToSpace', [port], [[1, 4]], { data: { mode: 'blocks_first', block_size: 2 } });
      return four(four(x)[0]!)[0]!;
    });
    expect(() => translate(attributes)).toThrow(
      /DepthToSpace layer "DepthToSpace_1".*rank 2\n {2}DepthToSpace layer "DepthToSpace_2"/s,
    );
  });

  it('attributes that are missing or malformed', () => {
    const broken =
      (data: Record<string, string>): (() => unknown) =>
      () =>
        translate(model((ir, x) => ir.layer('Clamp', [x], [[1, 4]], { name: 'y', data })[0]!));
    expect(broken({ min: '0' })).toThrow(/the Clamp layer "y" \(opset1\) has no attribute "max"/);
    expect(broken({ min: 'zero', max: '1' })).toThrow(/has min="zero", which is not a number/);
  });
});

describe('metadata', () => {
  it('are the values of rt_info by path, and what the format is', () => {
    const ir = model(relu);
    ir.extra =
      '<rt_info><model_info><labels value="cat dog"/><mean_values value="1.0 2.0 3.0"/></model_info>' +
      '<conversion_parameters><framework value="onnx"/></conversion_parameters></rt_info>';
    expect(metadataOf(readModel(ir.build().xml, 'a.xml'))).toEqual({
      'datum.format': 'openvino-ir',
      'datum.ir-version': '11',
      'datum.name': 'test',
      'model_info.labels': 'cat dog',
      'model_info.mean_values': '1.0 2.0 3.0',
      'conversion_parameters.framework': 'onnx',
    });
  });
});
