import { parseXml, XmlDocumentType, XmlElement, XmlError } from '@rgrove/parse-xml';

import { decodeText, readBytes } from './text.js';
import { malformed } from './malformed.js';

/** A small XML file, parsed. */
export interface XmlFile {
  readonly path: string;
  readonly text: string;
  readonly root: XmlElement;
}

/**
 * Reads a small XML file whole. A document type is refused: annotation files have none, and its entities are a way to
 * make a small file fill the memory.
 *
 * @throws DatumError (`dataset`) when the file cannot be read or is not well-formed, naming the line.
 */
export async function readXml(path: string): Promise<XmlFile> {
  const text = decodeXml(await readBytes(path));
  try {
    const document = parseXml(text, { includeOffsets: true, preserveDocumentType: true });
    const type = document.children.find((node) => node instanceof XmlDocumentType);
    if (type !== undefined) throw doctypeRefused(path, lineAt(text, type.start));
    if (document.root === null) throw malformed(path, null, 'there is no element in this XML');
    return { path, text, root: document.root };
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    // An undefined entity comes from a document type, which is the better thing to name.
    const doctype = /<!DOCTYPE/i.exec(text);
    if (doctype !== null) throw doctypeRefused(path, lineAt(text, doctype.index));
    const problem = error.message.split('\n')[0]?.replace(/\s*\(line .*$/, '') ?? 'it cannot be parsed';
    throw malformed(path, { line: error.line }, `the XML is not well-formed (${problem})`, undefined, error);
  }
}

export function doctypeRefused(path: string, line: number): Error {
  return malformed(path, { line }, 'the XML declares a document type, which is not read', 'remove the <!DOCTYPE ...>');
}

/** Text of an XML file in the encoding that its declaration names (UTF-8 when there is none). */
function decodeXml(bytes: Uint8Array): string {
  const declaration = /^<\?xml[^>]*encoding=["']([\w.:-]+)["']/.exec(
    Buffer.from(bytes.subarray(0, 200)).toString('latin1'),
  );
  const encoding = declaration?.[1]?.toLowerCase();
  if (encoding === undefined || encoding.startsWith('utf')) return decodeText(bytes);
  try {
    return new TextDecoder(encoding).decode(bytes);
  } catch {
    return decodeText(bytes);
  }
}

/** Line of a character offset, counted from 1. */
function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** Line of an element in its file. */
export function lineOf(file: XmlFile, element: XmlElement): number {
  return lineAt(file.text, element.start);
}

/** The child elements of a name, in order. */
export function children(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((node) => node instanceof XmlElement).filter((child) => child.name === name);
}

/** The first child element of a name. */
export function child(element: XmlElement, name: string): XmlElement | null {
  return children(element, name)[0] ?? null;
}

/** Text of the first child element of a name, without white space around it; null when missing or empty. */
export function childText(element: XmlElement, name: string): string | null {
  const text = child(element, name)?.text.trim();
  return text === undefined || text === '' ? null : text;
}

/**
 * Number in the first child element of a name, or null when the element is missing or empty.
 *
 * @throws DatumError (`dataset`) when it holds something else, naming the line.
 */
export function childNumber(file: XmlFile, element: XmlElement, name: string): number | null {
  const text = childText(element, name);
  if (text === null) return null;
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw malformed(
    file.path,
    { line: lineOf(file, child(element, name) ?? element) },
    `<${name}> is '${text}', not a number`,
  );
}
