import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { float, GraphBuilder, type Value } from '../src/onnx/builder.js';

const layerSchema = z.object({
  class_name: z.string(),
  config: z.looseObject({
    name: z.string(),
    strides: z.array(z.number()).optional(),
    activation: z.string().optional(),
    epsilon: z.number().optional(),
    use_bias: z.boolean().optional(),
  }),
});
const modelSchema = z.object({
  modelTopology: z.object({ model_config: z.object({ config: z.object({ layers: z.array(layerSchema) }) }) }),
  weightsManifest: z.array(
    z.object({
      paths: z.array(z.string()).length(1),
      weights: z.array(z.object({ name: z.string(), shape: z.array(z.number()), dtype: z.literal('float32') })),
    }),
  ),
});

interface Weights {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * MobileNet v1 as TensorFlow.js publishes it (a Keras layers model, input x / 127.5 - 1), written as ONNX: a family of classifiers beside
 * those that there are as ONNX.
 *
 * @param folder with model.json
 * @param file to be written, unless it is there
 */
export function mobilenetV1(folder: string, file: string): void {
  if (existsSync(file)) return;
  const { modelTopology, weightsManifest } = modelSchema.parse(
    JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')),
  );
  const weights = new Map<string, Weights>();
  for (const { paths, weights: group } of weightsManifest) {
    const bytes = readFileSync(join(folder, paths[0]!));
    let at = 0;
    for (const { name, shape } of group) {
      const count = shape.reduce((product, length) => product * length, 1);
      weights.set(name, {
        shape,
        values: Float32Array.from({ length: count }, (_, i) => bytes.readFloatLE(at + 4 * i)),
      });
      at += 4 * count;
    }
  }
  const g = new GraphBuilder({ opset: 17 });
  let value = g.input('image', 'float32', ['N', 3, 224, 224]);
  for (const { class_name: kind, config } of modelTopology.model_config.config.layers) {
    value = layer(g, kind, config, value, (name) => weights.get(`${config.name}/${name}`)!);
  }
  g.output(value, 'probabilities', 'float32', ['N', 1000]);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, g.encode());
}

function layer(
  g: GraphBuilder,
  kind: string,
  config: z.output<typeof layerSchema>['config'],
  value: Value,
  weight: (name: string) => Weights,
): Value {
  const constant = ({ values, shape }: Weights): Value => g.constant(values, shape);
  const { strides = [1, 1] } = config;
  switch (kind) {
    case 'Conv2D': {
      const kernel = transposed(weight('kernel'), [3, 2, 0, 1]);
      const bias = config.use_bias === true ? [constant(weight('bias'))] : [];
      return g.node('Conv', [value, constant(kernel), ...bias], { strides, auto_pad: 'SAME_UPPER' });
    }
    case 'DepthwiseConv2D': {
      const kernel = transposed(weight('depthwise_kernel'), [2, 3, 0, 1]);
      const group = kernel.shape[0]!;
      return g.node('Conv', [value, constant(kernel)], { strides, group, auto_pad: 'SAME_UPPER' });
    }
    case 'BatchNormalization': {
      const parts = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((name) => constant(weight(name)));
      return g.node('BatchNormalization', [value, ...parts], { epsilon: float(config.epsilon ?? 0.001) });
    }
    case 'Activation':
      if (config.activation === 'softmax') return g.node('Softmax', [g.node('Flatten', [value])]);
      return g.node('Clip', [value, g.float(0), g.float(6)]);
    case 'GlobalAveragePooling2D':
      return g.node('GlobalAveragePool', [value]);
    case 'InputLayer':
    case 'Reshape':
    case 'Dropout':
      return value;
    default:
      throw new Error(`a layer that MobileNet v1 does not have: ${kind}`);
  }
}

/** The axes of a kernel in another order: axis i of the result is axis `order[i]`. */
function transposed({ shape, values }: Weights, order: readonly number[]): Weights {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, length) => product * length, 1));
  const made = order.map((axis) => shape[axis]!);
  const out = new Float32Array(values.length);
  for (let i = 0; i < out.length; i++) {
    let [rest, at] = [i, 0];
    for (let axis = made.length - 1; axis >= 0; axis--) {
      at += (rest % made[axis]!) * strides[order[axis]!]!;
      rest = Math.floor(rest / made[axis]!);
    }
    out[i] = values[at]!;
  }
  return { shape: made, values: out };
}
