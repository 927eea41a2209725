import { parseXml, XmlDocumentType, XmlElement, XmlText } from '@rgrove/parse-xml';
import { DatumError, messageOf } from '../../errors.js';

/** An element of an XML document. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Its own text, without that of its children, trimmed. */
  readonly text: string;
  readonly children: readonly Element[];
}

/**
 * Parses the `.xml` of a model. The parser is strict, and it expands no entities but XML's own five; a document type,
 * which is where others would be declared, is refused.
 *
 * @throws DatumError (`model`) when the text is not well-formed or has a document type.
 */
export function parseDocument(text: string, file: string): Element {
  try {
    const document = parseXml(text, { preserveDocumentType: true });
    const root = document.root;
    if (root !== null && !document.children.some((child) => child instanceof XmlDocumentType)) return elementOf(root);
  } catch (error) {
    // Elements nested a hundred thousand deep end here too, as a RangeError.
    const [reason = ''] = messageOf(error).split('\n');
    throw new DatumError('model', `${file} is not well-formed XML: ${reason}. Export or download the model again.`, {
      cause: error,
      file,
    });
  }
  throw new DatumError(
    'model',
    `${file} has a document type (<!DOCTYPE ...>), which an OpenVINO model never has; it is not read. Export or download the model again.`,
    { file },
  );
}

function elementOf(node: XmlElement): Element {
  const texts = node.children.filter((child) => child instanceof XmlText);
  const elements = node.children.filter((child) => child instanceof XmlElement);
  return {
    name: node.name,
    attributes: node.attributes,
    text: texts
      .map((child) => child.text)
      .join('')
      .trim(),
    children: elements.map(elementOf),
  };
}

/** The first child of that name. */
export function child(element: Element | undefined, name: string): Element | undefined {
  return element?.children.find((candidate) => candidate.name === name);
}

/** All children of that name. */
export function children(element: Element | undefined, name: string): readonly Element[] {
  return element?.children.filter((candidate) => candidate.name === name) ?? [];
}
