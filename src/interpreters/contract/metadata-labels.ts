import { z } from 'zod';

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
  'datum.labels', // a map from class names to scores in the graph, by the launcher: JSON
];

/** The class names in a model's metadata, or null where it has none. */
export function metadataLabels(metadata: Readonly<Record<string, string>>): MetadataLabels | null {
  for (const key of KEYS) {
    const text = metadata[key]?.trim();
    if (text === undefined || text === '') continue;
    const names = key.endsWith('label_info') ? namesOfLabelInfo(text) : parseNames(text, key.startsWith('model_info'));
    if (names !== null) return { names, key };
  }
  return null;
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

function parseNames(text: string, spaced: boolean): string[] | null {
  const literal = literalNames(text);
  if (literal !== null) return literal;
  if (/^[[{(]/.test(text)) return null;
  const names = spaced
    ? text.split(/\s+/).map((name) => name.replaceAll('_', ' '))
    : text.split(/\r?\n|,/).map((name) => name.trim());
  return names.length > 1 || spaced ? names.filter((name) => name !== '') : null;
}

/** One entry of a Python or JSON literal: an optional whole-number key, then a quoted text. */
const ENTRY = /(?:["']?(\d+)["']?\s*:\s*)?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*(?:,|$)\s*/y;

/**
 * Names in a Python or JSON literal: `['a', 'b']`, `{0: 'a', 1: 'b'}`, `{"0": "a"}`. Keys that are missing between
 * others get their number as a name; a list that counts from 1 has the background at 0.
 */
export function literalNames(text: string): string[] | null {
  const body = /^[[{(]([^]*)[\]})]$/.exec(text)?.[1]?.trim();
  if (body === undefined || body === '') return null;
  const names: string[] = [];
  ENTRY.lastIndex = 0;
  while (ENTRY.lastIndex < body.length) {
    const entry = ENTRY.exec(body);
    if (entry === null) return null;
    const [, key, quoted = ''] = entry;
    const id = key === undefined ? names.length : Number(key);
    // A key far beyond the entries is no class number.
    if (id > 100_000) return null;
    names[id] = quoted.slice(1, -1).replace(/\\(.)/g, '$1');
  }
  return Array.from(names, (name: string | undefined, id) => name ?? (id === 0 ? 'background' : String(id)));
}
