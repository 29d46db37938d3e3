// Reads the part of SOQL that the simulator knows: fields and their parents, COUNT(), WHERE with AND, OR, NOT, IN and
// comparisons, ORDER BY, LIMIT, OFFSET. Anything else is refused as malformed, as the vendor would refuse nonsense.
import { ApiFault } from './api-fault';
import type { Value } from './records';

/** A condition. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'compare'; readonly field: string; readonly operator: Operator; readonly value: Value }
  | { readonly kind: 'in'; readonly field: string; readonly not: boolean; readonly values: readonly Value[] };

/** A query. `fields` is `'count'` for COUNT(). */
export interface Query {
  readonly fields: readonly string[] | 'count';
  readonly from: string;
  readonly where?: Condition;
  readonly orderBy: readonly { readonly field: string; readonly descending: boolean }[];
  readonly limit?: number;
  readonly offset?: number;
}

type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=';
type Token = { readonly kind: 'word' | 'string' | 'number' | 'time' | 'sign'; readonly text: string };

const TOKEN =
  /\s*(?:'((?:[^'\\]|\\.)*)'|(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))|(-?\d+(?:\.\d+)?)(?![\w.])|([A-Za-z_][\w.]*)|(!=|<>|<=|>=|[=<>(),]))/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** @throws ApiFault `MALFORMED_QUERY` */
export function parseSoql(text: string): Query {
  const reader = new Reader(tokensOf(text));
  reader.word('select');
  const fields = reader.fields();
  reader.word('from');
  const from = reader.name();
  const where = reader.takeWord('where') ? reader.condition() : undefined;
  const orderBy = reader.takeWord('order') ? reader.orderBy() : [];
  const limit = reader.takeWord('limit') ? reader.count() : undefined;
  const offset = reader.takeWord('offset') ? reader.count() : undefined;
  reader.end();
  return {
    fields,
    from,
    orderBy,
    ...(where && { where }),
    ...(limit !== undefined && { limit }),
    ...(offset !== undefined && { offset }),
  };
}

function malformed(near: string): ApiFault {
  return new ApiFault(400, 'MALFORMED_QUERY', `unexpected token: ${near}`);
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const whole = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < whole.length) {
    const from = TOKEN.lastIndex;
    const found = TOKEN.exec(whole);
    if (!found) throw malformed(whole.slice(from, from + 20));
    const [, quoted, time, number, word, sign] = found;
    if (quoted !== undefined)
      tokens.push({
        kind: 'string',
        text: quoted.replace(/\\(.)/g, (_all, char: string) => ESCAPES[char] ?? char),
      });
    else if (time !== undefined) tokens.push({ kind: 'time', text: time });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else tokens.push({ kind: 'sign', text: sign === '<>' ? '!=' : (sign ?? '') });
  }
  return tokens;
}

class Reader {
  #at = 0;

  constructor(readonly tokens: readonly Token[]) {}

  fields(): readonly string[] | 'count' {
    const first = this.name();
    if (first.toLowerCase() === 'count' && this.#takeSign('(')) {
      this.#sign(')');
      return 'count';
    }
    const fields = [first];
    while (this.#takeSign(',')) fields.push(this.name());
    return fields;
  }

  condition(): Condition {
    let left = this.#term();
    for (;;) {
      const kind = this.takeWord('and') ? 'and' : this.takeWord('or') ? 'or' : undefined;
      if (!kind) return left;
      // As the vendor asks for brackets around mixed conditions, so does this.
      if ((left.kind === 'and' || left.kind === 'or') && left.kind !== kind) throw malformed(kind);
      left = { kind, left, right: this.#term() };
    }
  }

  orderBy(): Query['orderBy'] {
    this.word('by');
    const fields: { field: string; descending: boolean }[] = [];
    do {
      const field = this.name();
      const descending = this.takeWord('desc');
      if (!descending) this.takeWord('asc');
      if (this.takeWord('nulls') && !this.takeWord('first')) this.word('last');
      fields.push({ field, descending });
    } while (this.#takeSign(','));
    return fields;
  }

  count(): number {
    const token = this.#next();
    if (token.kind !== 'number' || !/^\d+$/.test(token.text)) throw malformed(token.text);
    return Number(token.text);
  }

  name(): string {
    const token = this.#next();
    if (token.kind !== 'word') throw malformed(token.text);
    return token.text;
  }

  word(expected: string): void {
    if (!this.takeWord(expected)) throw malformed(this.tokens[this.#at]?.text ?? '<EOF>');
  }

  takeWord(wanted: string): boolean {
    const token = this.tokens[this.#at];
    if (token?.kind !== 'word' || token.text.toLowerCase() !== wanted) return false;
    this.#at += 1;
    return true;
  }

  end(): void {
    const left = this.tokens[this.#at];
    if (left) throw malformed(left.text);
  }

  #term(): Condition {
    if (this.takeWord('not')) return { kind: 'not', of: this.#term() };
    if (this.#takeSign('(')) {
      const inner = this.condition();
      this.#sign(')');
      // Hidden from the check of mixed conditions by a double negation.
      return inner.kind === 'and' || inner.kind === 'or'
        ? { kind: 'not', of: { kind: 'not', of: inner } }
        : inner;
    }
    const field = this.name();
    const not = this.takeWord('not');
    if (this.takeWord('in')) return { kind: 'in', field, not, values: this.#values() };
    const operator = this.#next();
    if (not || operator.kind !== 'sign' || !/^(=|!=|<|<=|>|>=)$/.test(operator.text))
      throw malformed(operator.text);
    return { kind: 'compare', field, operator: operator.text as Operator, value: this.#value() };
  }

  #values(): Value[] {
    this.#sign('(');
    const values = [this.#value()];
    while (this.#takeSign(',')) values.push(this.#value());
    this.#sign(')');
    return values;
  }

  #value(): Value {
    const token = this.#next();
    if (token.kind === 'string' || token.kind === 'time') return token.text;
    if (token.kind === 'number') return Number(token.text);
    const word = token.text.toLowerCase();
    if (word === 'null') return null;
    if (word === 'true' || word === 'false') return word === 'true';
    throw malformed(token.text);
  }

  #next(): Token {
    const token = this.tokens[this.#at];
    if (!token) throw malformed('<EOF>');
    this.#at += 1;
    return token;
  }

  #sign(expected: string): void {
    if (!this.#takeSign(expected)) throw malformed(this.tokens[this.#at]?.text ?? '<EOF>');
  }

  #takeSign(wanted: string): boolean {
    const token = this.tokens[this.#at];
    if (token?.kind !== 'sign' || token.text !== wanted) return false;
    this.#at += 1;
    return true;
  }
}
