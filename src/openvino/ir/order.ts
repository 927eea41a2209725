import { DatumError } from '../../errors.js';
import { describeLayer, type IrLayer, type IrSource } from './model.js';

/** A connection between two layers, by the ids of layers and ports. */
export interface IrEdge {
  readonly fromLayer: string;
  readonly fromPort: string;
  readonly toLayer: string;
  readonly toPort: string;
}

/**
 * Connects layers by their edges and puts them in an order in which every layer follows those that feed it.
 *
 * @throws DatumError (`model`) when an edge names a layer or port that does not exist, an input has no edge, two layers
 * have one id, or layers feed each other in a circle.
 */
export function orderLayers(
  layers: readonly IrLayer[],
  edges: readonly IrEdge[],
  file: string,
): { ordered: IrLayer[]; sources: Map<IrLayer, IrSource[]> } {
  const byId = new Map(layers.map((layer) => [layer.id, layer]));
  if (byId.size !== layers.length) {
    throw new DatumError('model', `${file} has two layers with the same id. Export the model again.`, { file });
  }
  const feeding = new Map<string, IrSource>();
  for (const edge of edges) {
    const from = byId.get(edge.fromLayer);
    const to = byId.get(edge.toLayer);
    const output = from?.outputs.findIndex((port) => port.id === edge.fromPort) ?? -1;
    if (from === undefined || to === undefined || output < 0 || !to.inputs.some((port) => port.id === edge.toPort)) {
      throw new DatumError(
        'model',
        `${file} has an edge from layer ${edge.fromLayer}, port ${edge.fromPort}, to layer ${edge.toLayer}, port ` +
          `${edge.toPort}; there is no such layer or port. Export or download the model again.`,
        { file },
      );
    }
    feeding.set(`${to.id}:${edge.toPort}`, { layer: from, output });
  }
  const sources = new Map<IrLayer, IrSource[]>();
  for (const layer of layers) {
    sources.set(
      layer,
      layer.inputs.map((port) => {
        const source = feeding.get(`${layer.id}:${port.id}`);
        if (source !== undefined) return source;
        throw new DatumError(
          'model',
          `${file}: nothing feeds input port ${port.id} of the ${describeLayer(layer)}. Export or download the model again.`,
          { file },
        );
      }),
    );
  }
  return { ordered: sortLayers(layers, sources, file), sources };
}

/** Kahn's algorithm, keeping the file's order among layers that are ready. */
function sortLayers(
  layers: readonly IrLayer[],
  sources: ReadonlyMap<IrLayer, readonly IrSource[]>,
  file: string,
): IrLayer[] {
  const consumers = new Map<IrLayer, IrLayer[]>();
  const waiting = new Map<IrLayer, number>();
  for (const layer of layers) {
    const feeders = sources.get(layer) ?? [];
    waiting.set(layer, feeders.length);
    for (const { layer: feeder } of feeders) {
      const known = consumers.get(feeder);
      if (known === undefined) consumers.set(feeder, [layer]);
      else known.push(layer);
    }
  }
  const ordered = layers.filter((layer) => waiting.get(layer) === 0);
  for (let next = 0; next < ordered.length; next++) {
    for (const consumer of consumers.get(ordered[next]!) ?? []) {
      const left = (waiting.get(consumer) ?? 0) - 1;
      waiting.set(consumer, left);
      if (left === 0) ordered.push(consumer);
    }
  }
  if (ordered.length === layers.length) return ordered;
  const stuck = layers.filter((layer) => (waiting.get(layer) ?? 0) > 0).slice(0, 3);
  throw new DatumError(
    'model',
    `${file} has layers that feed each other in a circle, among them ${stuck.map(describeLayer).join(', ')}. ` +
      'Export or download the model again.',
    { file },
  );
}
