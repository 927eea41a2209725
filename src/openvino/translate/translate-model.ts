import { DatumError } from '../../errors.js';
import { GraphBuilder, type Dimension, type GraphElementType, Value, type TensorConstant } from '../../onnx/index.js';
import { graphTypeOf } from '../ir/element-type.js';
import { describeLayer, type IrLayer, type IrModel, type IrPort } from '../ir/model.js';
import { convertConstant, readConstant, type Weights } from '../ir/weights.js';
import { constantOf, isParameter } from './endpoints.js';
import { foldedNumbers } from './folding.js';
import { LayerScope, UnsupportedLayer } from './layer-scope.js';
import { subtractMeans } from './means.js';
import type { Dim, Operand } from './operand.js';
import { chooseOutputs, type ModelOutput } from './outputs.js';
import { planModel, type FindOperation, type Plan } from './plan.js';

/** A model as ONNX. */
export interface Translation {
  /** The bytes of an `.onnx` file. */
  readonly bytes: Uint8Array;
  /** Whether it takes any number of images a run, though it was exported for one. */
  readonly anyBatch: boolean;
  /** The layer that keeps it from that; null where there is none, or the model was not exported for one image. */
  readonly obstacle: string | null;
}

/** What to translate. */
export interface TranslateOptions {
  readonly outputLayers?: readonly string[] | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Translates a model to ONNX. The shapes that the file declares are taken as true, and what depends on shapes alone is
 * computed here.
 *
 * @throws DatumError (`model`) that lists every layer that cannot be translated, and says what to do.
 */
export function translateModel(
  model: IrModel,
  weights: Weights,
  find: FindOperation,
  options: TranslateOptions,
): Translation {
  const outputs = chooseOutputs(model, options.outputLayers);
  const needed = neededFor(model, outputs);
  refuseUnknown(model, needed, find);
  const plan = planModel(model, weights, find);
  const translator = new ModelTranslator(model, weights, plan, usedOutputs(model, needed, outputs));
  for (const layer of model.layers) {
    if (needed.has(layer) || isParameter(layer)) translator.add(layer, find);
  }
  translator.finish(outputs);
  return {
    bytes: translator.graph.encode({ metadata: options.metadata }),
    anyBatch: plan.anyBatch,
    obstacle: plan.obstacle === null ? null : describeLayer(plan.obstacle),
  };
}

/** Layers that the outputs depend on. */
function neededFor(model: IrModel, outputs: readonly ModelOutput[]): Set<IrLayer> {
  const needed = new Set(outputs.map(({ source }) => source.layer));
  for (const layer of [...model.layers].reverse()) {
    if (needed.has(layer)) for (const { layer: source } of model.sources.get(layer) ?? []) needed.add(source);
  }
  return needed;
}

/** Outputs of layers that something takes, each as `id:output`. */
function usedOutputs(model: IrModel, needed: ReadonlySet<IrLayer>, outputs: readonly ModelOutput[]): Set<string> {
  const sources = [...needed].flatMap((layer) => model.sources.get(layer) ?? []);
  const all = [...sources, ...outputs.map(({ source }) => source)];
  return new Set(all.map(({ layer, output }) => `${layer.id}:${output}`));
}

function refuseUnknown(model: IrModel, needed: ReadonlySet<IrLayer>, find: FindOperation): void {
  const unknown = model.layers.filter(
    (layer) => needed.has(layer) && !isParameter(layer) && layer.type !== 'Const' && find(layer) === null,
  );
  const types = new Map<string, IrLayer[]>();
  for (const layer of unknown) {
    const key = `${layer.type} ${layer.opset}`;
    types.set(key, [...(types.get(key) ?? []), layer]);
  }
  const lines = Array.from(types.values(), ([first, ...others]) => {
    const more = others.length === 0 ? '' : `, and ${others.length} more of this type`;
    return `${first === undefined ? '' : describeLayer(first)}${more}`;
  });
  if (lines.length > 0) throw untranslatable(model, lines);
}

function untranslatable(model: IrModel, lines: readonly string[]): DatumError {
  return new DatumError(
    'model',
    `${model.file} has operations that cannot be translated to ONNX:\n${lines.map((line) => `  ${line}`).join('\n')}\n` +
      'Run the model with OpenVINO itself (install openvino-node on Node 21 or newer and choose the engine openvino), ' +
      'or export the original model to ONNX.',
    { file: model.file },
  );
}

/** Builds the graph, layer after layer. */
class ModelTranslator {
  readonly graph = new GraphBuilder();
  readonly #model: IrModel;
  readonly #weights: Weights;
  readonly #plan: Plan;
  readonly #used: ReadonlySet<string>;
  readonly #operands = new Map<IrLayer, readonly Operand[]>();
  readonly #problems: string[] = [];

  constructor(model: IrModel, weights: Weights, plan: Plan, used: ReadonlySet<string>) {
    this.#model = model;
    this.#weights = weights;
    this.#plan = plan;
    this.#used = used;
  }

  add(layer: IrLayer, find: FindOperation): void {
    this.#operands.set(layer, this.#translate(layer, find));
  }

  finish(outputs: readonly ModelOutput[]): void {
    if (this.#problems.length > 0) throw untranslatable(this.#model, this.#problems);
    for (const { name, source } of outputs) {
      const operand = this.#operands.get(source.layer)?.[source.output];
      const planned = this.#plan.outputs.get(source.layer)?.[source.output];
      if (operand === undefined || planned === undefined) throw new RangeError(`output ${name} was not translated`);
      const shape = planned.dims.map((dim, axis): Dimension => {
        if (axis !== planned.batchAxis) return dim === -1 ? '' : dim;
        return dim === 1 ? 'N' : '';
      });
      this.graph.output(operand.value(), name, operand.type, shape);
    }
  }

  #translate(layer: IrLayer, find: FindOperation): readonly Operand[] {
    if (isParameter(layer)) return [this.#input(layer)];
    const place = constantOf(layer, this.#model.file);
    if (place !== null) {
      const read = (): TensorConstant => readConstant(this.#weights, place.blob, place.type, place.shape, place.where);
      return [this.#constant(layer, graphTypeOf(place.type), read)];
    }
    const folded = this.#foldedConstant(layer);
    if (folded !== null) return [folded];
    const inputs = (this.#model.sources.get(layer) ?? []).map(({ layer: source, output }) => {
      const operand = this.#operands.get(source)?.[output];
      if (operand === undefined) throw new RangeError(`${describeLayer(layer)} comes before its input`);
      return operand;
    });
    if (/^Convert(Like)?$/.test(layer.type) && inputs[0]?.constant)
      return [this.#convertedConstant(layer, inputs[0].constant)];
    return this.#emit(layer, inputs, find);
  }

  #emit(layer: IrLayer, inputs: readonly Operand[], find: FindOperation): readonly Operand[] {
    const scope = new LayerScope({
      layer,
      file: this.#model.file,
      weights: this.#weights,
      graph: this.graph,
      inputs,
      outputDims: layer.outputs.map((_, output) => this.#dims(layer, output)),
      uses: (output) => this.#used.has(`${layer.id}:${output}`),
    });
    try {
      const result = find(layer)?.translate(scope) ?? [];
      const values = result instanceof Value ? [result] : result;
      return layer.outputs.map((port, output) => {
        const value = values[output];
        return this.#operand(layer, output, typeOf(layer, port), () => {
          if (value !== undefined) return value;
          throw scope.unsupported(`its output ${output} is used, but only the first ${values.length} are computed`);
        });
      });
    } catch (error) {
      if (!(error instanceof UnsupportedLayer)) throw error;
      this.#problems.push(error.message);
      // Layers behind it are still looked at, so that all problems are found at once; the graph is never used.
      const nothing = this.graph.int(0);
      return layer.outputs.map((port, output) => this.#operand(layer, output, typeOf(layer, port), () => nothing));
    }
  }

  #input(layer: IrLayer): Operand {
    const [port] = layer.outputs;
    const [planned] = this.#plan.outputs.get(layer) ?? [];
    const type = port === undefined ? 'float32' : typeOf(layer, port);
    const dims = port?.dims === null ? undefined : planned?.dims;
    const shape = dims?.map((dim, axis): Dimension => (axis === planned?.batchAxis ? 'N' : dim === -1 ? '' : dim));
    const input = this.graph.input(layer.name, type, shape ?? null);
    const means = this.#model.means.get(layer.name);
    const scope = new LayerScope({
      layer,
      file: this.#model.file,
      weights: this.#weights,
      graph: this.graph,
      inputs: [],
      outputDims: [this.#dims(layer, 0)],
    });
    const value = means === undefined ? input : subtractMeans(scope, input, means);
    return this.#operand(layer, 0, type, () => value);
  }

  #constant(layer: IrLayer, type: GraphElementType, read: () => TensorConstant): Operand {
    let value: Value | undefined;
    const added = (): Value => {
      if (value === undefined) {
        const { values, shape } = read();
        value = this.graph.constant(values, shape, type);
      }
      return value;
    };
    return { ...this.#operand(layer, 0, type, added), constant: read };
  }

  /** Weights kept in a smaller type are widened here, once, and not in every run. */
  #convertedConstant(layer: IrLayer, read: () => TensorConstant): Operand {
    const [port] = layer.outputs;
    const type = port === undefined ? 'float32' : typeOf(layer, port);
    return this.#constant(layer, type, () => convertConstant(read(), type));
  }

  #foldedConstant(layer: IrLayer): Operand | null {
    const [planned, ...others] = this.#plan.outputs.get(layer) ?? [];
    const [port] = layer.outputs;
    const numbers = foldedNumbers(planned?.folded ?? null);
    if (numbers === null || !planned?.folded || port === undefined || others.length > 0) return null;
    const { shape } = planned.folded;
    const type = typeOf(layer, port);
    const wide: TensorConstant = { type: 'float64', shape, values: Float64Array.from(numbers) };
    return this.#constant(layer, type, () => convertConstant(wide, type));
  }

  #operand(layer: IrLayer, output: number, type: GraphElementType, value: () => Value): Operand {
    const planned = this.#plan.outputs.get(layer)?.[output];
    return {
      type,
      dims: this.#dims(layer, output),
      batchAxis: planned?.batchAxis ?? null,
      folded: planned?.folded ?? null,
      constant: null,
      value,
    };
  }

  #dims(layer: IrLayer, output: number): readonly Dim[] | null {
    const planned = this.#plan.outputs.get(layer)?.[output];
    if (planned === undefined || layer.outputs[output]?.dims === null) return null;
    return planned.dims.map((dim, axis) => (axis === planned.batchAxis || dim === -1 ? null : dim));
  }
}

function typeOf(layer: IrLayer, port: IrPort): GraphElementType {
  return graphTypeOf(port.type ?? layer.precision ?? 'f32');
}
