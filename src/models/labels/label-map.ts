import { byNumber, type Numbered, type NumberedName } from '../../interpreters/contract/numbered-names.js';

/** Whether a text begins like a label map: `item { id: 1 name: 'van' }`. */
export function isLabelMap(text: string): boolean {
  return /^\s*(#[^\n]*\n\s*)*(item|entry)\s*:?\s*\{/.test(text);
}

/**
 * Names in a label map of TensorFlow's object detection (`item { id name display_name }`) or Caffe's SSD (`item { name
 * label display_name }`). What is to be shown goes before the name, which may be a code such as `/m/01g317`.
 *
 * Source: tensorflow/models `research/object_detection/protos/string_int_label_map.proto`; weiliu89/caffe
 * `src/caffe/proto/caffe.proto` (LabelMap).
 *
 * @returns null where an item has no number or no name, or where two have the same number.
 */
export function namesInLabelMap(text: string): Numbered | null {
  const names: NumberedName[] = [];
  for (const { 1: body = '' } of withoutComments(text).matchAll(
    /\b(?:item|entry)\s*:?\s*\{((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^{}"']|\{[^{}]*\})*)\}/g,
  )) {
    const number = /\b(?:id|label)\s*:\s*(\d+)/.exec(body)?.[1];
    const name = textOf(body, 'display_name') ?? textOf(body, 'name');
    if (number === undefined || name === null) return null;
    names.push({ id: Number(number), name });
  }
  return names.length === 0 ? null : byNumber(names);
}

function withoutComments(text: string): string {
  return text.replace(/^\s*#.*$/gm, '');
}

function textOf(body: string, key: string): string | null {
  const pattern = new RegExp(`(?:^|[\\s,;])${key}\\s*:\\s*("(?:[^"\\\\]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*')`);
  const quoted = pattern.exec(body)?.[1];
  return quoted === undefined ? null : unescaped(quoted.slice(1, -1));
}

/** Text of protobuf: bytes beyond ASCII may stand as octal numbers (`\303\251`). */
function unescaped(text: string): string {
  const octal = text.replace(/(?:\\[0-3][0-7]{2})+/g, (codes) => {
    const bytes = Uint8Array.from(codes.slice(1).split('\\'), (code) => Number.parseInt(code, 8));
    return new TextDecoder().decode(bytes);
  });
  return octal.replace(/\\(.)/g, '$1');
}
