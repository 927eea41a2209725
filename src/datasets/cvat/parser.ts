import { SaxesParser, type SaxesTagPlain } from 'saxes';

import { malformed } from '../malformed.js';
import { doctypeRefused } from '../xml.js';

/** An element in an `<image>`: a shape or a `<tag>`. */
export interface CvatShape {
  /** Name of the element: `box`, `polygon`, `mask`, `tag`... */
  readonly type: string;
  readonly xml: Readonly<Record<string, string>>;
  /** Texts of its `<attribute>` elements by name. */
  readonly attributes: Map<string, string>;
  readonly line: number;
}

export interface CvatImage {
  readonly xml: Readonly<Record<string, string>>;
  readonly shapes: CvatShape[];
  readonly line: number;
}

/**
 * Reads "CVAT for images 1.1" (https://docs.cvat.ai/docs/manual/advanced/xml_format/) piece by piece: one file holds
 * the whole dataset.
 */
export class CvatParser {
  /** Class names in `<meta>`, in order. */
  readonly labels: string[] = [];
  /** Subset names in `<meta>`. */
  readonly subsets: string[] = [];
  /** True once images have begun, or the file has ended. */
  pastMeta = false;
  readonly #path: string;
  readonly #parser = new SaxesParser();
  readonly #stack: string[] = [];
  #images: CvatImage[] = [];
  #image: CvatImage | null = null;
  #shape: CvatShape | null = null;
  #attribute: string | null = null;
  #text = '';

  constructor(path: string) {
    this.#path = path;
    this.#parser.on('error', (error) => {
      // The message begins with line and column.
      const problem = error.message.replace(/^(\d+:\d+: )?/, '').replace(/\.$/, '');
      throw malformed(path, { line: this.#parser.line }, `the XML is not well-formed (${problem})`, undefined, error);
    });
    this.#parser.on('doctype', () => {
      throw doctypeRefused(path, this.#parser.line);
    });
    this.#parser.on('opentag', (tag) => {
      this.#open(tag);
    });
    this.#parser.on('closetag', (tag) => {
      this.#close(tag.name);
    });
    this.#parser.on('text', (text) => {
      this.#text += text;
    });
    this.#parser.on('cdata', (text) => {
      this.#text += text;
    });
  }

  /**
   * @returns the images that the text completes.
   * @throws DatumError (`dataset`) naming the line.
   */
  push(text: string): CvatImage[] {
    this.#parser.write(text);
    const images = this.#images;
    this.#images = [];
    return images;
  }

  /** @throws DatumError (`dataset`) when the file is not complete. */
  end(): void {
    this.#parser.close();
    this.pastMeta = true;
  }

  #open(tag: SaxesTagPlain): void {
    const { name, attributes: xml } = tag;
    const { line } = this.#parser;
    if (this.#stack.length === 0 && name !== 'annotations') {
      throw malformed(this.#path, { line }, `the root is <${name}>, where CVAT has <annotations>`);
    }
    if (this.#stack.length === 1 && name === 'track') {
      throw malformed(this.#path, { line }, 'this is "CVAT for video"', 'export the task as "CVAT for images 1.1"');
    }
    if (this.#shape !== null) this.#attribute = name === 'attribute' ? (xml['name'] ?? null) : null;
    else if (this.#image !== null) this.#shape = { type: name, xml, attributes: new Map(), line };
    else if (name === 'image' && this.#stack.length === 1) {
      this.pastMeta = true;
      this.#image = { xml, shapes: [], line };
    }
    this.#stack.push(name);
    this.#text = '';
  }

  #close(name: string): void {
    const inside = this.#stack.slice(0, -1);
    this.#stack.pop();
    const text = this.#text.trim();
    this.#text = '';
    if (this.#shape !== null) {
      if (this.#attribute !== null && name === 'attribute') this.#shape.attributes.set(this.#attribute, text);
      this.#attribute = null;
      // `annotations`, `image` around a shape that has just been closed.
      if (inside.length === 2) {
        this.#image?.shapes.push(this.#shape);
        this.#shape = null;
      }
    } else if (this.#image !== null) {
      this.#images.push(this.#image);
      this.#image = null;
    } else if (inside[1] === 'meta' && text !== '') {
      const [parent, outer] = [inside.at(-1), inside.at(-2)];
      if (name === 'name' && parent === 'label' && outer === 'labels') this.labels.push(text);
      if (name === 'subset') this.subsets.push(text);
    }
  }
}
