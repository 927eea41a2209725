/** Tokens of a literal: a text, a number, a word, or a mark. */
const TOKEN =
  /\s*(?:[uU]?("(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*')|(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|([A-Za-z]+)|([[\](){},:]))/y;

const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['None', null],
  ['null', null],
  ['True', true],
  ['true', true],
  ['False', false],
  ['false', false],
]);

/**
 * The value of a literal as Python writes it (`repr`): lists, tuples and maps of texts and numbers, such as
 * `{0: 'tench', 1: "driver's seat"}`. A tuple is a list, and keys are texts.
 *
 * @returns undefined where the text is none.
 */
export function pythonLiteral(text: string): unknown {
  const tokens = tokensOf(text);
  if (tokens === null) return undefined;
  const reader = new LiteralReader(tokens);
  try {
    const value = reader.value(0);
    return reader.isAtEnd ? value : undefined;
  } catch (error) {
    if (error instanceof NoLiteral) return undefined;
    throw error;
  }
}

class NoLiteral extends Error {}

type Token = { readonly value: unknown } | { readonly mark: string };

function tokensOf(text: string): Token[] | null {
  const trimmed = text.trimEnd();
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const found = TOKEN.exec(trimmed);
    if (found === null) return null;
    const [, quoted, number, word, mark] = found;
    if (mark !== undefined) tokens.push({ mark });
    else if (quoted !== undefined) tokens.push({ value: unescaped(quoted.slice(1, -1)) });
    else if (number !== undefined) tokens.push({ value: Number(number) });
    else if (word !== undefined && WORDS.has(word)) tokens.push({ value: WORDS.get(word) });
    else return null;
  }
  return tokens;
}

/** Deeper than any list of names. */
const DEEPEST = 20;
const CLOSING: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}' };

class LiteralReader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  value(depth: number): unknown {
    const token = this.#tokens[this.#at++];
    if (token === undefined || depth > DEEPEST) throw new NoLiteral();
    if ('value' in token) return token.value;
    const closing = CLOSING[token.mark];
    if (closing === undefined) throw new NoLiteral();
    const items: unknown[] = [];
    const entries: [string, unknown][] = [];
    while (!this.#takes(closing)) {
      const item = this.value(depth + 1);
      if (token.mark === '{') {
        if (!this.#takes(':')) throw new NoLiteral();
        entries.push([String(item), this.value(depth + 1)]);
      } else {
        items.push(item);
      }
      if (this.#takes(',')) continue;
      if (this.#takes(closing)) break;
      throw new NoLiteral();
    }
    return token.mark === '{' ? Object.fromEntries(entries) : items;
  }

  #takes(mark: string): boolean {
    const token = this.#tokens[this.#at];
    if (token === undefined || !('mark' in token) || token.mark !== mark) return false;
    this.#at += 1;
    return true;
  }
}

/**
 * What Python's escapes in texts stand for.
 *
 * Source: python/cpython `Doc/reference/lexical_analysis.rst` (Escape sequences).
 */
const SINGLE: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
  '\n': '',
};

function unescaped(text: string): string {
  return text.replace(
    /\\(?:u([\da-fA-F]{4})|U([\da-fA-F]{8})|x([\da-fA-F]{2})|([0-7]{1,3})|([^]))/g,
    (whole, short?: string, long?: string, byte?: string, octal?: string, other?: string) => {
      const hex = short ?? long ?? byte;
      // Two short ones may be halves of one character.
      if (hex !== undefined) return codeText(Number.parseInt(hex, 16)) ?? whole;
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      return other === undefined ? whole : (SINGLE[other] ?? other);
    },
  );
}

function codeText(code: number): string | null {
  return code <= 0x10ffff ? String.fromCodePoint(code) : null;
}
