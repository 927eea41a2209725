import { z } from 'zod';
import { pythonLiteral } from './python-literal.js';
import { namesIn } from './structured-names.js';

/** Class names that an exporter wrote into the model. */
export interface MetadataLabels {
  readonly names: readonly string[];
  /** The metadata key they come from. */
  readonly key: string;
}

/** Keys under which exporters store names, best first. */
const KEYS = [
  'names', // Ultralytics: a Python dict or list
  'model_info.label_info', // OpenVINO Training Extensions 2: JSON with label_names, as they are written
  'model_info label_info',
  'model_info.labels', // Model API in OpenVINO IR: separated by spaces, spaces within a name as _
  'model_info labels', // Model API in ONNX
  'labels',
  'class_names',
  'classes',
  'categories',
  'id2label', // transformers: a JSON object
  'label2id',
  'idx_to_class',
  'class_to_idx', // torchvision's ImageFolder: names to numbers
  'config', // transformers: its config.json
  'datum.labels', // a map from class names to scores in the graph, by the launcher: JSON
];

/** The class names in a model's metadata, or null where it has none. */
export function metadataLabels(metadata: Readonly<Record<string, string>>): MetadataLabels | null {
  return allMetadataLabels(metadata)[0] ?? null;
}

/** All lists of names in a model's metadata, the best first: the first one need not be that of the model's classes. */
export function allMetadataLabels(metadata: Readonly<Record<string, string>>): MetadataLabels[] {
  return KEYS.flatMap((key) => {
    const text = metadata[key]?.trim();
    if (text === undefined || text === '') return [];
    const names = key.endsWith('label_info') ? namesOfLabelInfo(text) : parseNames(text, key);
    return names === null ? [] : [{ names, key }];
  });
}

/** Source: openvinotoolkit/training_extensions `src/otx/core/types/label.py` (LabelInfo), `src/otx/core/types/export.py`. */
function namesOfLabelInfo(text: string): string[] | null {
  try {
    const parsed = labelInfo.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data.label_names : null;
  } catch {
    return null;
  }
}

const labelInfo = z.object({ label_names: z.array(z.string()).min(1) });

function parseNames(text: string, key: string): string[] | null {
  const value = literalIn(text);
  if (value !== undefined) {
    const found = namesIn(value);
    // Names that count from 1 leave 0 to the background.
    return found === null ? null : [...(found.from === 1 ? ['background'] : []), ...found.names];
  }
  if (/^[[{(]/.test(text) || key === 'config') return null;
  const spaced = key.startsWith('model_info');
  if (spaced) return filled(text.split(/\s+/).map((name) => name.replaceAll('_', ' ')));
  // Names of their own lines may have commas.
  const names = filled(text.split(/[\r\n]/.test(text) ? /\r\n|\n|\r/ : ','));
  return names.length > 1 ? names : null;
}

function filled(names: readonly string[]): string[] {
  return names.map((name) => name.trim()).filter((name) => name !== '');
}

/**
 * The list or map that a text holds, as JSON or as Python writes it: `['a', 'b']`, `{0: 'a', 1: 'b'}`, `{"0": "a"}`;
 * undefined where it holds neither.
 */
function literalIn(text: string): unknown {
  if (!/^[[{(]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return pythonLiteral(text);
  }
}
