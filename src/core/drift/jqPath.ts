/**
 * The part of jq that points at fields: what people write into `jqPathExpressions`. Paths (`.a.b`, `."x/y"`, `.[0]`, `[]`, `?`,
 * `..`), `|`, `,`, `select(...)` with comparisons, `and`, `or`, `not`, `has`, `startswith`, `endswith` and
 * `contains`. Anything else isn't evaluated, and says so.
 */
import { isJsonObject, isList, jsonEquals, type JsonValue } from '../live/json.js';

/** A way to a value: keys and indexes. */
export type JsonPath = readonly (string | number)[];

/** Something that is looked at, with its way from the top; a value that was made has none. */
interface Place {
  readonly path: JsonPath | undefined;
  readonly value: JsonValue | undefined;
}

type Filter = (place: Place) => readonly Place[];

export type JqReading = { readonly ok: true; readonly paths: (root: JsonValue) => readonly JsonPath[] } | { readonly ok: false; readonly reason: string };

/** Reads an expression; `paths` gives what it points at in an object. */
export function readJqPath(text: string): JqReading {
  const parser = new Parser(text);
  const filter = parser.parse();
  if (!filter) return { ok: false, reason: parser.reason };
  return { ok: true, paths: (root) => filter({ path: [], value: root }).flatMap(({ path, value }) => (path && value !== undefined ? [path] : [])) };
}

/** The value without what stands at these paths (jq's `del`). */
export function deletePaths(root: JsonValue, paths: readonly JsonPath[]): JsonValue {
  // From the back: the indexes before stay true.
  const ordered = [...paths].sort((a, b) => comparePaths(b, a));
  return ordered.reduce<JsonValue>(deleteAt, root);
}

function comparePaths(a: JsonPath, b: JsonPath): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const [left, right] = [a[at], b[at]];
    if (typeof left === 'number' && typeof right === 'number' && left !== right) return left - right;
    if (left !== right) return String(left) < String(right) ? -1 : 1;
  }
  return a.length - b.length;
}

function deleteAt(value: JsonValue, [step, ...rest]: JsonPath): JsonValue {
  if (typeof step === 'string' && isJsonObject(value)) {
    const { [step]: inner, ...others } = value;
    if (inner === undefined) return value;
    return rest.length === 0 ? others : { ...value, [step]: deleteAt(inner, rest) };
  }
  if (typeof step === 'number' && isList(value) && step < value.length) {
    return rest.length === 0 ? value.filter((_, index) => index !== step) : value.map((item, index) => (index === step ? deleteAt(item, rest) : item));
  }
  return value;
}

/** Recursive descent over jq's grammar, as far as it is taken. Every method answers undefined after a refusal. */
class Parser {
  reason = '';
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Filter | undefined {
    const filter = this.#pipe();
    this.#skip();
    if (filter && this.#at < this.#text.length) return this.#refuse();
    return filter;
  }

  #pipe(): Filter | undefined {
    let left = this.#comma();
    while (left && this.#take('|')) {
      const [first, second]: [Filter, Filter | undefined] = [left, this.#comma()];
      left = second && ((place) => first(place).flatMap(second));
    }
    return left;
  }

  #comma(): Filter | undefined {
    let left = this.#or();
    while (left && this.#take(',')) {
      const [first, second]: [Filter, Filter | undefined] = [left, this.#or()];
      left = second && ((place) => [...first(place), ...second(place)]);
    }
    return left;
  }

  #or(): Filter | undefined {
    let left = this.#and();
    while (left && this.#word('or')) {
      const [first, second]: [Filter, Filter | undefined] = [left, this.#and()];
      left = second && ((place) => [made(isTrue(first(place)) || isTrue(second(place)))]);
    }
    return left;
  }

  #and(): Filter | undefined {
    let left = this.#comparison();
    while (left && this.#word('and')) {
      const [first, second]: [Filter, Filter | undefined] = [left, this.#comparison()];
      left = second && ((place) => [made(isTrue(first(place)) && isTrue(second(place)))]);
    }
    return left;
  }

  #comparison(): Filter | undefined {
    const left = this.#term();
    const operator = left && (['==', '!='] as const).find((each) => this.#take(each));
    if (!left || !operator) return left;
    const right = this.#term();
    return right && ((place) => [made(jsonEquals(left(place)[0]?.value ?? null, right(place)[0]?.value ?? null) === (operator === '=='))]);
  }

  #term(): Filter | undefined {
    this.#skip();
    let filter = this.#primary();
    while (filter) {
      if (this.#text[this.#at] === '?') {
        this.#at++;
        continue;
      }
      const suffix = this.#suffix();
      if (suffix === 'none') return filter;
      const first: Filter = filter;
      filter = suffix && ((place) => first(place).flatMap(suffix));
    }
    return filter;
  }

  #primary(): Filter | undefined {
    const text = this.#text.slice(this.#at);
    if (text.startsWith('..')) {
      this.#at += 2;
      return descend;
    }
    if (text.startsWith('.')) {
      if (/^\.(\[|[A-Za-z_"])/.test(text)) return (place) => [place];
      this.#at += 1;
      return (place) => [place];
    }
    if (this.#take('(')) {
      const inner = this.#pipe();
      return inner && this.#take(')') ? inner : this.#refuse();
    }
    const literal = this.#literal();
    if (literal !== undefined) return () => [made(literal)];
    return this.#call();
  }

  /** A step behind what came before; `none` where there is none. */
  #suffix(): Filter | 'none' | undefined {
    const text = this.#text.slice(this.#at);
    const named = /^\.([A-Za-z_][A-Za-z0-9_]*)/.exec(text);
    if (named) {
      this.#at += named[0].length;
      return fieldFilter(named[1] ?? '');
    }
    if (text.startsWith('."')) {
      this.#at += 1;
      const key = this.#literal();
      return typeof key === 'string' ? fieldFilter(key) : this.#refuse();
    }
    if (!/^\.?\[/.test(text)) return 'none';
    this.#at += text.startsWith('.') ? 2 : 1;
    if (this.#take(']')) return each;
    const key = this.#literal();
    if (!this.#take(']')) return this.#refuse();
    if (typeof key === 'string') return fieldFilter(key);
    return typeof key === 'number' ? indexFilter(key) : this.#refuse();
  }

  #literal(): string | number | boolean | null | undefined {
    this.#skip();
    const [text] = /^("(?:[^"\\]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"|-?\d+(?:\.\d+)?|(?:true|false|null)\b)/.exec(this.#text.slice(this.#at)) ?? [];
    if (text === undefined || text.includes('\\(')) return undefined;
    this.#at += text.length;
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
  }

  #call(): Filter | undefined {
    const [name] = /^[a-z_]+/.exec(this.#text.slice(this.#at)) ?? [];
    if (name === undefined) return this.#refuse();
    this.#at += name.length;
    if (name === 'not') return ({ value }) => [made(value === false || value === null || value === undefined)];
    if (name === 'select') return this.#argument((condition) => (place) => (isTrue(condition(place)) ? [place] : []));
    const test = textTests[name];
    if (!test) return this.#refuse(`the function ${name}`);
    return this.#argument((argument) => (place) => [made(test(place.value, argument(place)[0]?.value))]);
  }

  #argument(make: (argument: Filter) => Filter): Filter | undefined {
    if (!this.#take('(')) return this.#refuse();
    const argument = this.#pipe();
    return argument && (this.#take(')') ? make(argument) : this.#refuse());
  }

  #take(token: string): boolean {
    this.#skip();
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #word(word: string): boolean {
    this.#skip();
    const [found] = /^[a-z_]+/.exec(this.#text.slice(this.#at)) ?? [];
    if (found !== word) return false;
    this.#at += word.length;
    return true;
  }

  #skip(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #refuse(what = `what stands at character ${this.#at + 1}`): undefined {
    if (this.reason === '') this.reason = `${what} of the expression ${this.#text} is not understood here`;
    return undefined;
  }
}

const textTests: Readonly<Record<string, (value: JsonValue | undefined, argument: JsonValue | undefined) => boolean>> = {
  has: (value, key) => (isJsonObject(value) && typeof key === 'string' ? value[key] !== undefined : isList(value) && typeof key === 'number' && key < value.length),
  startswith: (value, text) => typeof value === 'string' && typeof text === 'string' && value.startsWith(text),
  endswith: (value, text) => typeof value === 'string' && typeof text === 'string' && value.endsWith(text),
  contains: (value, text) => containsValue(value, text),
};

/** jq's `contains`: texts by part, lists and maps by what is in them. */
function containsValue(value: JsonValue | undefined, part: JsonValue | undefined): boolean {
  if (typeof value === 'string' && typeof part === 'string') return value.includes(part);
  if (isList(value) && isList(part)) return part.every((wanted) => value.some((item) => containsValue(item, wanted)));
  if (isJsonObject(value) && isJsonObject(part)) return Object.keys(part).every((key) => value[key] !== undefined && containsValue(value[key], part[key]));
  return jsonEquals(value, part);
}

function made(value: JsonValue): Place {
  return { path: undefined, value };
}

function isTrue(places: readonly Place[]): boolean {
  return places.some(({ value }) => value !== false && value !== null && value !== undefined);
}

function fieldFilter(key: string): Filter {
  return (place) => (isJsonObject(place.value) ? [inner(place, key, place.value[key])] : []);
}

function indexFilter(index: number): Filter {
  return (place) => {
    if (!isList(place.value)) return [];
    const at = index < 0 ? place.value.length + index : index;
    return [inner(place, at, place.value[at])];
  };
}

function each(place: Place): readonly Place[] {
  const { value } = place;
  if (isList(value)) return value.map((item, index) => inner(place, index, item));
  return isJsonObject(value) ? Object.keys(value).map((key) => inner(place, key, value[key])) : [];
}

function descend(place: Place): readonly Place[] {
  return [place, ...each(place).flatMap(descend)];
}

function inner({ path }: Place, step: string | number, value: JsonValue | undefined): Place {
  return { path: path && [...path, step], value };
}
