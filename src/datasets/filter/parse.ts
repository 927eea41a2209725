import { DatumError } from '../../errors.js';

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | '~' | '!~';

/** A filter taken apart. Positions are of characters in the expression, counted from 1. */
export type FilterNode =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly FilterNode[] }
  | { readonly kind: 'not'; readonly part: FilterNode }
  | {
      readonly kind: 'compare';
      readonly field: string;
      readonly operator: Operator;
      readonly value: string;
      readonly fieldAt: number;
      readonly valueAt: number;
    };

interface Token {
  readonly kind: '(' | ')' | 'operator' | 'word' | 'text' | 'end';
  /** Without quotes. */
  readonly text: string;
  readonly at: number;
}

/** Parentheses deeper than this are no filter that anyone wrote. */
const MAX_DEPTH = 100;

/**
 * Parses a filter:
 *
 * ```
 * or      = and { "or" and }
 * and     = not { "and" not }
 * not     = "not" not | "(" or ")" | field operator value
 * field   = word
 * operator= "=" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "!~"
 * value   = word | "quoted text" | 'quoted text'
 * ```
 *
 * @throws DatumError (`usage`) naming the position.
 */
export function parseFilter(expression: string): FilterNode {
  return new Parser(expression).parse();
}

class Parser {
  readonly #expression: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(expression: string) {
    this.#expression = expression;
    this.#tokens = tokenize(expression);
  }

  parse(): FilterNode {
    const node = this.#or();
    const rest = this.#peek();
    if (rest.kind !== 'end')
      throw filterError(this.#expression, rest.at, `'and' or 'or' should stand before ${shown(rest)}`);
    return node;
  }

  #or(): FilterNode {
    return this.#chain('or', () => this.#chain('and', () => this.#not()));
  }

  #chain(kind: 'and' | 'or', part: () => FilterNode): FilterNode {
    const parts = [part()];
    while (this.#takeKeyword(kind)) parts.push(part());
    return parts.length === 1 ? parts[0]! : { kind, parts };
  }

  #not(): FilterNode {
    if (++this.#depth > MAX_DEPTH) {
      throw filterError(
        this.#expression,
        this.#peek().at,
        `there are more than ${MAX_DEPTH} levels of 'not' and parentheses`,
      );
    }
    const node = this.#takeKeyword('not') ? { kind: 'not' as const, part: this.#not() } : this.#primary();
    this.#depth--;
    return node;
  }

  #primary(): FilterNode {
    const token = this.#take();
    if (token.kind === '(') {
      const node = this.#or();
      const close = this.#take();
      if (close.kind !== ')') throw filterError(this.#expression, token.at, 'this parenthesis is not closed');
      return node;
    }
    if (token.kind !== 'word') {
      throw filterError(
        this.#expression,
        token.at,
        `a condition such as label=cat should stand here, not ${shown(token)}`,
      );
    }
    const operator = this.#take();
    if (operator.kind !== 'operator') {
      throw filterError(
        this.#expression,
        operator.at,
        `'${token.text}' needs one of ${OPERATORS.join(' ')} behind it, not ${shown(operator)}`,
      );
    }
    const value = this.#take();
    if (value.kind !== 'word' && value.kind !== 'text') {
      throw filterError(this.#expression, value.at, `${token.text}${operator.text} needs a value, not ${shown(value)}`);
    }
    return {
      kind: 'compare',
      field: token.text,
      operator: toOperator(operator.text),
      value: value.text,
      fieldAt: token.at,
      valueAt: value.at,
    };
  }

  /** Takes `and`, `or` or `not`, in any case; not when it is compared to something, so a field may have the name. */
  #takeKeyword(keyword: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'word' || token.text.toLowerCase() !== keyword) return false;
    if (this.#tokens[this.#next + 1]?.kind === 'operator') return false;
    this.#next++;
    return true;
  }

  #peek(): Token {
    return this.#tokens[this.#next]!;
  }

  /** The last token, the end, is never passed. */
  #take(): Token {
    const token = this.#peek();
    if (token.kind !== 'end') this.#next++;
    return token;
  }
}

/** Longer ones first, as they are looked for. */
const OPERATORS: readonly Operator[] = ['!=', '<=', '>=', '!~', '=', '<', '>', '~'];

function toOperator(text: string): Operator {
  return OPERATORS.find((operator) => operator === text)!;
}

function tokenize(expression: string): Token[] {
  const tokens: Token[] = [];
  let i = 0;
  while (i < expression.length) {
    const at = i + 1;
    const char = expression[i]!;
    const operator = OPERATORS.find((one) => expression.startsWith(one, i));
    if (/\s/.test(char)) {
      i++;
    } else if (char === '(' || char === ')') {
      tokens.push({ kind: char, text: char, at });
      i++;
    } else if (char === '"' || char === "'") {
      const end = expression.indexOf(char, i + 1);
      if (end === -1) throw filterError(expression, at, 'this quote is not closed');
      tokens.push({ kind: 'text', text: expression.slice(i + 1, end), at });
      i = end + 1;
    } else if (operator !== undefined) {
      // `==` is the same as `=`.
      const double = operator === '=' && expression[i + 1] === '=';
      tokens.push({ kind: 'operator', text: operator, at });
      i += operator.length + Number(double);
    } else {
      const word = /^[^\s()"'=<>~!]+/.exec(expression.slice(i))?.[0];
      if (word === undefined) throw filterError(expression, at, `'${char}' has no meaning here`);
      tokens.push({ kind: 'word', text: word, at });
      i += word.length;
    }
  }
  tokens.push({ kind: 'end', text: '', at: expression.length + 1 });
  return tokens;
}

const shown = (token: Token): string => (token.kind === 'end' ? 'the end' : `'${token.text}'`);

/** @param at character of the expression, counted from 1. */
export function filterError(expression: string, at: number, problem: string): DatumError {
  return new DatumError('usage', `the filter '${expression}' has a mistake at character ${at}: ${problem}.`, {
    option: 'filter',
  });
}
