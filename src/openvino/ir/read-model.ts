import { DatumError } from '../../errors.js';
import { child, children, parseDocument, type Element } from './document.js';
import { parseElementType } from './element-type.js';
import { orderLayers, type IrEdge } from './order.js';
import type { IrBlob, IrLayer, IrMean, IrModel, IrPort } from './model.js';

const knownVersions = [3, 4, 5, 6, 7, 10, 11];

/**
 * Reads the `.xml` of an OpenVINO model (IR): v3 to v7 of the years 2018 and 2019, v10 and v11
 * (https://docs.openvino.ai/2024/documentation/openvino-ir-format.html).
 *
 * @throws DatumError (`model`) naming the place: not XML, not a model, an unknown version, edges that lead nowhere,
 * inputs that nothing feeds, a cycle.
 */
export function readModel(text: string, file: string): IrModel {
  const net = parseDocument(text, file);
  if (net.name !== 'net') {
    throw new DatumError(
      'model',
      `${file} is XML, but not an OpenVINO model: its root is <${net.name}>, not <net>. Give the model's .xml file.`,
      { file },
    );
  }
  const version = versionOf(net, file);
  const layers = children(child(net, 'layers'), 'layer').map((element) => readLayer(element, file));
  if (layers.length === 0)
    throw new DatumError('model', `${file} has no layers. Export or download the model again.`, { file });
  const edges = children(child(net, 'edges'), 'edge').map((element) => readEdge(element, file));
  const { ordered, sources } = orderLayers(layers, edges, file);
  return {
    file,
    name: net.attributes['name'] ?? '',
    version,
    layers: ordered,
    sources,
    means: readMeans(net, layers, file),
    metadata: {
      ...flatten(child(net, 'meta_data'), 'meta_data.'),
      ...flatten(child(net, 'rt_info'), ''),
    },
  };
}

function versionOf(net: Element, file: string): number {
  const text = net.attributes['version'] ?? '';
  const version = Number(text);
  if (knownVersions.includes(version)) return version;
  throw new DatumError(
    'model',
    `${file} has the IR version "${text}"; versions ${knownVersions.join(', ')} can be read. ` +
      'Convert the original model again with a current OpenVINO (ovc).',
    { file },
  );
}

function readLayer(element: Element, file: string): IrLayer {
  const { id, name, type } = element.attributes;
  if (id === undefined || name === undefined || type === undefined) {
    throw new DatumError(
      'model',
      `${file} has a <layer> without id, name or type (id "${id ?? ''}", name "${name ?? ''}"). Export the model again.`,
      { file },
    );
  }
  const precision = parseElementType(element.attributes['precision'] ?? '');
  const blobs = child(element, 'blobs') ?? { children: [] };
  return {
    id,
    name,
    type,
    opset: element.attributes['version'] ?? '',
    data: child(element, 'data')?.attributes ?? {},
    inputs: children(child(element, 'input'), 'port').map((port) => readPort(port, file)),
    outputs: children(child(element, 'output'), 'port').map((port) => readPort(port, file)),
    blobs: Object.fromEntries(
      blobs.children.map((blob) => [blob.name, readBlob(blob, `${file}: layer "${name}", blob ${blob.name}`)]),
    ),
    precision,
    runtimeInfo: flatten(child(element, 'rt_info'), ''),
  };
}

function readPort(element: Element, file: string): IrPort {
  const dims = children(element, 'dim').map((dim) => {
    const length = Number(dim.text);
    if (dim.text === '' || !Number.isSafeInteger(length) || length < -1) {
      throw new DatumError('model', `${file} has a port with the dimension "${dim.text}". Export the model again.`, {
        file,
      });
    }
    return length;
  });
  const precision = element.attributes['precision'];
  return {
    id: element.attributes['id'] ?? '',
    type: precision === undefined ? null : parseElementType(precision),
    dims: child(element, 'rank') === undefined ? dims : null,
    names: splitNames(element.attributes['names'] ?? ''),
  };
}

/** Tensor names are separated by commas; a comma inside a name is written `\,`. */
function splitNames(text: string): string[] {
  return text
    .split(/(?<!\\),/)
    .map((name) => name.replaceAll('\\,', ',').trim())
    .filter((name) => name !== '');
}

function readBlob(element: Element, where: string): IrBlob {
  return {
    offset: byteCount(element.attributes['offset'], `${where}, offset`),
    size: byteCount(element.attributes['size'], `${where}, size`),
    type: parseElementType(element.attributes['precision'] ?? ''),
  };
}

/** A number of bytes from the file. */
export function byteCount(text: string | undefined, where: string): number {
  const value = Number(text);
  if (text !== undefined && text !== '' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new DatumError('model', `${where}: "${text ?? ''}" is not a number of bytes. Export the model again.`);
}

function readEdge(element: Element, file: string): IrEdge {
  const { 'from-layer': fromLayer, 'from-port': fromPort, 'to-layer': toLayer, 'to-port': toPort } = element.attributes;
  if (fromLayer === undefined || fromPort === undefined || toLayer === undefined || toPort === undefined) {
    throw new DatumError('model', `${file} has an <edge> that does not name its two ends. Export the model again.`, {
      file,
    });
  }
  return { fromLayer, fromPort, toLayer, toPort };
}

/**
 * Values stored as `<key value="...">` or `<attribute name="key" ...>` at any depth, keyed by their path:
 * `model_info.labels`.
 */
function flatten(element: Element | undefined, prefix: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const entry of element?.children ?? []) {
    const { value, name, ...others } = entry.attributes;
    const key = `${prefix}${entry.name === 'attribute' && name !== undefined ? name : entry.name}`;
    if (value !== undefined) values[key] = value;
    if (entry.name === 'attribute') {
      for (const [attribute, text] of Object.entries(others)) values[`${key}.${attribute}`] = text;
    }
    Object.assign(values, flatten(entry, `${key}.`));
  }
  return values;
}

function readMeans(net: Element, layers: readonly IrLayer[], file: string): Map<string, IrMean[]> {
  const means = new Map<string, IrMean[]>();
  for (const section of children(net, 'pre-process')) {
    const first = layers.find((layer) => layer.type === 'Input');
    const target = section.attributes['reference-layer-name'] ?? first?.name;
    if (target === undefined || !layers.some((layer) => layer.name === target)) {
      throw new DatumError(
        'model',
        `${file} has a <pre-process> section for the input "${target ?? ''}", which it does not have.`,
        { file },
      );
    }
    const imageType = parseElementType(section.attributes['mean-precision'] ?? 'FP32');
    const channels = children(section, 'channel').flatMap((channel, index) => {
      const mean = child(channel, 'mean');
      if (mean === undefined) return [];
      const value = mean.attributes['value'];
      const where = `${file}: mean of channel ${index}`;
      return [
        {
          channel: Number(channel.attributes['id'] ?? index),
          value: value === undefined ? null : Number(value),
          image: value === undefined ? { ...readBlob(mean, where), type: imageType } : null,
        },
      ];
    });
    means.set(target, channels);
  }
  return means;
}
