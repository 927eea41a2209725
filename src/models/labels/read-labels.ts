import { extname } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { DatumError, messageOf, option } from '../../errors.js';
import { MOST_TEXT, readingReason, readWhole } from '../../files.js';
import type { LabelList } from '../../interpreters/contract/label-list.js';
import { pythonLiteral } from '../../interpreters/contract/python-literal.js';
import { decodeText } from './decode-text.js';
import { isLabelMap, namesInLabelMap } from './label-map.js';
import { namesInLines } from './lines.js';
import type { Numbered } from '../../interpreters/contract/numbered-names.js';
import { namesIn } from '../../interpreters/contract/structured-names.js';

/** What may be in a file of class names. */
const FORMS = 'write one class name a line, or a JSON array of strings';

/**
 * Reads class names from a file, whatever people have: names or `0 tench` a line, tables of `id,name`, JSON, YAML, Python's
 * `{0: 'tench'}`, label maps of TensorFlow and Caffe; in UTF-8, UTF-16 or GBK. What it is, is told by its content.
 *
 * @throws DatumError (`model`) naming the file and what is wrong in it.
 */
export async function readLabels(path: string): Promise<LabelList> {
  let bytes: Uint8Array;
  try {
    bytes = await readWhole(path, MOST_TEXT);
  } catch (cause) {
    throw new DatumError(
      'model',
      `the labels ${path} given with ${option('labels')} cannot be read: ${readingReason(cause)}.`,
      { cause, file: path },
    );
  }
  const text = decodeText(bytes);
  if (text === null) throw refused(path, 'are no text in UTF-8, UTF-16 or GBK: save them as UTF-8.');
  if (text.trim() === '') throw refused(path, 'are empty: write one class name a line.');
  const { from, parts = null, ...found } = namesInText(text, path);
  const names = found.names.map((name) => name.trim());
  if (names.every((name) => name === '')) throw refused(path, 'are empty: write one class name a line.');
  return { names, from, parts };
}

function namesInText(whole: string, path: string): Numbered & Partial<LabelList> {
  const ending = extname(path).toLowerCase();
  // Comments before the first name, and the name of a variable that a list is given to.
  const bare = whole.replace(/^(?:\s*(?:# |\/\/)[^\r\n]*[\r\n]+)+/, '').replace(/^\s*\w+\s*=\s*(?=[[{])/, '');
  const text = bare.trim() === '' ? whole : bare;
  const start = text.trimStart();
  if (start.startsWith('<')) throw refused(path, `seem to be HTML or XML: ${FORMS}.`);
  if (isLabelMap(text)) {
    return namesInLabelMap(text) ?? fail(path, 'seem to be a label map, but not every item has its own id and a name.');
  }
  if (/^[[{]/.test(start)) {
    const value = ending === '.yaml' || ending === '.yml' ? yamlIn(text, path) : jsonIn(text, path);
    return namesIn(value) ?? fail(path, `seem to be JSON without class names: ${FORMS}.`);
  }
  if (isYaml(text, ending)) {
    return namesIn(yamlIn(text, path)) ?? fail(path, 'seem to be YAML without class names: give them under names.');
  }
  return (
    namesInLines(text, ending === '.csv' || ending === '.tsv') ??
    fail(path, 'seem to be a table, but its numbers are not those of classes: give each class its own number, from 0.')
  );
}

/** YAML by its ending, by a key that holds names, or where all of it is one list. */
function isYaml(text: string, ending: string): boolean {
  if (ending === '.yaml' || ending === '.yml') return true;
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return (
    /^(names|id2label|labels|classes|class_names|categories)\s*:\s*([[{].*)?$/m.test(text) ||
    (lines.length > 0 && lines.every((line) => line.startsWith('- ')))
  );
}

/** JSON, or the same as Python writes it. */
function jsonIn(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const literal = pythonLiteral(text);
    if (literal !== undefined) return literal;
    const problem = messageOf(cause).split('\n')[0] ?? '';
    throw refused(path, `are not valid JSON (${problem}): ${FORMS}.`, cause);
  }
}

/** Every scalar as the text that it is written with: `no` and `1` are names too. */
function yamlIn(text: string, path: string): unknown {
  try {
    return parseYaml(text, { schema: 'failsafe', maxAliasCount: 100 });
  } catch (cause) {
    const problem = messageOf(cause).split('\n')[0] ?? '';
    throw refused(path, `are not valid YAML (${problem}): ${FORMS}.`, cause);
  }
}

function refused(path: string, what: string, cause?: unknown): DatumError {
  return new DatumError('model', `the labels ${path} ${what}`, { file: path, cause });
}

function fail(path: string, what: string): never {
  throw refused(path, what);
}
