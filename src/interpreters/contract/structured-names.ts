import { byNumber, inOrder, numberIn, type Numbered, type NumberedName } from './numbered-names.js';

/** Where names stand in files that hold more than names, best first. */
const KEYS = [
  'names', // Ultralytics' data.yaml
  'id2label', // transformers' config.json
  'label2id',
  'labels', // Teachable Machine's metadata.json
  'label_names',
  'class_names',
  'classes',
  'categories', // COCO
  'class_to_idx', // torchvision
  'idx_to_class',
  'model_info',
];

/** What an entry of a list or map calls the name of a class. */
const NAME_KEYS = ['display_name', 'name', 'label', 'class_name', 'class', 'title'];
const ID_KEYS = ['id', 'index', 'class_id', 'label_id'];

/**
 * Class names in JSON or YAML: a list of names, or of objects with a name and perhaps a number; a map of numbers to names
 * or of names to numbers; ImageNet's `{"0": ["n01440764", "tench"]}`; or one of these under a key that tells it.
 *
 * @returns null where there are none.
 */
export function namesIn(value: unknown, depth = 0): Numbered | null {
  if (Array.isArray(value)) return namesInList(value);
  if (!isMap(value)) return null;
  const direct = namesInMap(value);
  if (direct !== null || depth > 2) return direct;
  for (const key of KEYS) {
    const names = value[key] === undefined ? null : namesIn(value[key], depth + 1);
    if (names !== null) return names;
  }
  return null;
}

function namesInList(list: readonly unknown[]): Numbered | null {
  const names = list.map(nameOf);
  if (names.length === 0 || !names.every((name) => name !== null)) return null;
  const ids = list.map(idOf);
  if (!ids.every((id) => id !== null)) return ids.every((id) => id === null) ? inOrder(names) : null;
  return byNumber(names.map((name, i) => ({ id: ids[i]!, name })));
}

function namesInMap(map: Readonly<Record<string, unknown>>): Numbered | null {
  const entries = Object.entries(map);
  if (entries.length === 0) return null;
  const byKey = entries.map(([key, value]) => numbered(numberIn(key), nameOf(value)));
  if (byKey.every((entry) => entry !== null)) return byNumber(byKey);
  const byValue = entries.map(([key, value]) => numbered(numberOf(value), key));
  // A single number under a name is any setting.
  return entries.length > 1 && byValue.every((entry) => entry !== null) ? byNumber(byValue) : null;
}

function numbered(id: number | null, name: string | null): NumberedName | null {
  return id === null || name === null ? null : { id, name };
}

/** The name in an entry: itself, its name, or the last of `["n01440764", "tench"]`. */
function nameOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) {
    const [code, name] = value as readonly unknown[];
    return value.length === 2 && typeof code === 'string' && typeof name === 'string' ? name : null;
  }
  return isMap(value) ? firstOf(NAME_KEYS, (key) => (typeof value[key] === 'string' ? value[key] : null)) : null;
}

function idOf(value: unknown): number | null {
  return isMap(value) ? firstOf(ID_KEYS, (key) => numberOf(value[key])) : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? numberIn(String(value)) : typeof value === 'string' ? numberIn(value) : null;
}

function firstOf<T>(keys: readonly string[], find: (key: string) => T | null): T | null {
  for (const key of keys) {
    const found = find(key);
    if (found !== null) return found;
  }
  return null;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
