import { DatumError } from '../../errors.js';
import type { IrLayer, IrModel, IrSource } from '../ir/model.js';
import { isParameter } from './endpoints.js';

/** An output of the model: its name, and the value behind it. */
export interface ModelOutput {
  readonly name: string;
  readonly source: IrSource;
}

interface Candidate extends ModelOutput {
  /** All names it may be asked for by. */
  readonly aliases: readonly string[];
}

/**
 * The outputs to compute. An output is called by its tensor name where it has one (v11), by the name of the layer that
 * feeds it otherwise, with `.1`, `.2`... for a further output of the same layer. Asked for by name, any of these will
 * do, the name of its Result layer too, and the name of any layer inside the model.
 *
 * @throws DatumError (`model`) when a name is not found; the message lists those that the model has.
 */
export function chooseOutputs(model: IrModel, wanted: readonly string[] | undefined): ModelOutput[] {
  // An input that leads nowhere, or straight out, is not an answer.
  const declared = (model.version >= 10 ? resultsOf(model) : deadEndsOf(model)).filter(
    ({ source }) => !isParameter(source.layer),
  );
  if (declared.length === 0) {
    throw new DatumError('model', `${model.file} has no outputs. Export or download the model again.`, {
      file: model.file,
    });
  }
  if (wanted === undefined || wanted.length === 0) return unique(declared);
  return unique(
    wanted.map((name) => {
      const found = declared.find(({ aliases }) => aliases.includes(name)) ?? insideModel(model, name);
      if (found !== null) return { name, source: found.source };
      throw new DatumError(
        'model',
        `${model.file} has no output named "${name}"; it has ${declared.map((output) => `"${output.name}"`).join(', ')}.`,
        { file: model.file },
      );
    }),
  );
}

function resultsOf(model: IrModel): Candidate[] {
  return model.layers
    .filter((layer) => layer.type === 'Result')
    .flatMap((layer) => (model.sources.get(layer) ?? []).map((source) => candidate(source, layer)))
    .sort((left, right) => model.layers.indexOf(left.source.layer) - model.layers.indexOf(right.source.layer));
}

/** Before v10 there are no Result layers: an output is what feeds nothing. */
function deadEndsOf(model: IrModel): Candidate[] {
  const fed = new Set<string>();
  for (const sources of model.sources.values()) {
    for (const { layer, output } of sources) fed.add(`${layer.id}:${output}`);
  }
  return model.layers
    .filter((layer) => layer.type !== 'Const')
    .flatMap((layer) => layer.outputs.map((_, output) => ({ layer, output })))
    .filter(({ layer, output }) => !fed.has(`${layer.id}:${output}`))
    .map((source) => candidate(source, null));
}

function candidate(source: IrSource, result: IrLayer | null): Candidate {
  const { layer, output } = source;
  const suffixed = layer.outputs.length > 1 ? `${layer.name}.${output}` : layer.name;
  const names = [...(result?.outputs[0]?.names ?? []), ...(layer.outputs[output]?.names ?? [])];
  // Exporters number tensors; a word tells more.
  const preferred = names.find((name) => !/^\d+$/.test(name)) ?? names[0] ?? suffixed;
  const aliases = [
    preferred,
    ...names,
    suffixed,
    `${layer.name}.${output}`,
    layer.name,
    ...(result ? [result.name] : []),
  ];
  return { name: preferred, source, aliases };
}

function insideModel(model: IrModel, name: string): Candidate | null {
  for (const layer of model.layers) {
    for (const output of layer.outputs.keys()) {
      const found = candidate({ layer, output }, null);
      if (layer.type !== 'Const' && !isParameter(layer) && found.aliases.includes(name)) return found;
    }
  }
  return null;
}

/** Two results of one value would have one name. */
function unique(outputs: readonly ModelOutput[]): ModelOutput[] {
  const seen = new Map<string, number>();
  return outputs.map(({ name, source }) => {
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return { name: count === 0 ? name : `${name}#${count}`, source };
  });
}
