import { describe, expect, it } from 'vitest';
import { buildOnnx, float, floats, GraphBuilder, runOnnx, tensor } from '../helpers/onnx-graph.js';

describe('GraphBuilder', () => {
  it('builds a model that runs with any batch', async () => {
    const bytes = buildOnnx(
      ['N', 2, 1, 2],
      ['N', 2],
      (g, image) => g.node('ReduceMean', [image], { axes: [2, 3], keepdims: 0 }),
      { opset: 17 },
    );
    const { scores } = await runOnnx(bytes, { image: { data: [1, 3, 5, 9, 0, 2, 4, 4], shape: [2, 2, 1, 2] } });
    expect(scores).toEqual({ type: 'float32', shape: [2, 2], data: [2, 7, 1, 4] });
  });

  it('writes each kind of attribute', async () => {
    const g = new GraphBuilder({ domains: { 'ai.onnx.ml': 3 } });
    const x = g.input('x', 'float32', [1, 1, 1, 2]);
    const leaky = g.node('LeakyRelu', [x], { alpha: float(1) });
    const resized = g.node('Resize', [leaky, null, g.constant(Float32Array.of(1, 1, 1, 2))], { mode: 'nearest' });
    const counted = g.node('ConstantOfShape', [g.ints([2])], { value: tensor(Int32Array.of(7), [1]) });
    const flat = g.node('Flatten', [x]);
    const scaled = g.node('Scaler', [flat], { offset: floats([1, 1]), scale: floats([2, 3]) }, 'ai.onnx.ml');
    g.output(resized, 'resized');
    g.output(counted, 'counted', 'int32', [2]);
    g.output(scaled, 'scaled');
    const outputs = await runOnnx(g.encode(), { x: { data: [1, -2], shape: [1, 1, 1, 2] } });
    expect(outputs['resized']?.data).toEqual([1, 1, -2, -2]);
    expect(outputs['counted']).toEqual({ type: 'int32', shape: [2], data: [7, 7] });
    expect(outputs['scaled']?.data).toEqual([0, -9]);
  });

  it('keeps the names of outputs, also when a value is used further or put out twice', async () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', [2]);
    const y = g.node('Neg', [x]);
    g.output(y, 'once');
    g.output(y, 'twice');
    g.output(x, 'same');
    g.output(g.node('Neg', [y]), 'back');
    const outputs = await runOnnx(g.encode(), { x: { data: [1, 2], shape: [2] } });
    expect(Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data]))).toEqual({
      once: [-1, -2],
      twice: [-1, -2],
      same: [1, 2],
      back: [1, 2],
    });
  });

  it('builds sub-graphs that see the outer values', async () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', [1]);
    const negative = g.node('Squeeze', [g.node('Less', [x, g.float(0)])]);
    const yes = g.subgraph();
    yes.output(yes.node('Neg', [x]), 'yes');
    const no = g.subgraph();
    no.output(x, 'no');
    g.output(g.node('If', [negative], { then_branch: yes, else_branch: no }), 'absolute');
    const run = async (value: number) =>
      (await runOnnx(g.encode(), { x: { data: [value], shape: [1] } }))['absolute']?.data;
    expect(await run(-4)).toEqual([4]);
    expect(await run(3)).toEqual([3]);
  });

  it('refuses what would only be found when the model runs', () => {
    const g = new GraphBuilder();
    const x = g.input('x');
    expect(() => g.input('x')).toThrow(/two values named "x"/);
    expect(() => g.constant(Float32Array.of(1, 2), [3])).toThrow(/shape \[3\] cannot have 2 values/);
    expect(() => g.constant(Float32Array.of(1), [1], 'float16')).toThrow(/float16/);
    g.output(g.node('LeakyRelu', [x], { alpha: 0.1 }), 'y');
    expect(() => g.encode()).toThrow(/write float\(0\.1\)/);
  });
});
