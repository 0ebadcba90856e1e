/**
 * TOML 1.0 texts as BurntSushi/toml v1.6.0 reads them into a `map[string]interface{}`: whole numbers are int64, arrays of
 * tables `[]map[string]interface {}`. The words for mistakes are our own, behind the line that Go names too.
 */
import { parseTime } from '../time.js';
import { Bool, Failure, Float, Int, ListValue, MapValue, Text, Time, type Value } from '../values.js';

const deepest = 200;
const tableList = { goType: '[]map[string]interface {}', elementType: 'map[string]interface {}' };

/** The map that a text says, or what is wrong with it. */
export function readToml(text: string): MapValue | Failure {
  const reader = new TomlReader(text.replaceAll('\r\n', '\n'));
  const root = reader.read();
  return reader.failure ?? root;
}

const escapes: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', e: '\x1b', '"': '"', '\\': '\\' };

class TomlReader {
  failure: Failure | undefined;
  #at = 0;
  #depth = 0;
  /** Tables that a header or an inline table has made, which may not be opened again. */
  readonly #closed = new Set<MapValue>();

  constructor(private readonly text: string) {}

  read(): MapValue {
    const root = new MapValue(new Map());
    let table = root;
    for (this.#skipLines(); this.#at < this.text.length && !this.failure; this.#skipLines()) {
      const header = this.#match(/\[\[?/y);
      if (header === undefined) this.#pair(table);
      else table = this.#header(root, header === '[[');
      this.#match(/[ \t]*(?:#[^\n]*)?/y);
      if (this.#at < this.text.length && this.text.charAt(this.#at) !== '\n') this.#fail(`expected a new line, but got ${JSON.stringify(this.text.charAt(this.#at))}`);
    }
    return root;
  }

  #fail(words: string): undefined {
    const line = this.text.slice(0, this.#at).split('\n').length;
    this.failure ??= new Failure(`toml: line ${line}: ${words}`);
    return undefined;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #skipLines(): void {
    this.#match(/(?:[ \t\n]|#[^\n]*)*/y);
  }

  #header(root: MapValue, isList: boolean): MapValue {
    const path = this.#keyPath();
    if (this.#match(isList ? /[ \t]*\]\]/y : /[ \t]*\]/y) === undefined) this.#fail('expected the end of a table name');
    const last = path.at(-1) ?? '';
    const parent = this.#descend(root, path.slice(0, -1));
    const found = parent.entries.get(last);
    const made = new MapValue(new Map());
    if (isList) {
      const items = found?.kind === 'list' && found.goType === tableList.goType ? found.items : [];
      if (found && items.length === 0) this.#fail(`Key '${path.join('.')}' was already created and cannot be used as an array.`);
      parent.entries.set(last, new ListValue([...items, made], undefined, tableList));
      return made;
    }
    if (found?.kind === 'map' && !this.#closed.has(found)) {
      this.#closed.add(found);
      return found;
    }
    if (found) this.#fail(`Key '${path.join('.')}' has already been defined.`);
    parent.entries.set(last, made);
    this.#closed.add(made);
    return made;
  }

  /** The table at a way of keys; of an array of tables its last one. */
  #descend(from: MapValue, path: readonly string[]): MapValue {
    let table = from;
    for (const key of path) {
      const found = table.entries.get(key);
      const next = found?.kind === 'list' && found.goType === tableList.goType ? found.items.at(-1) : found;
      if (next?.kind === 'map') table = next;
      else {
        if (next) this.#fail(`Key '${path.join('.')}' has already been defined.`);
        const made = new MapValue(new Map());
        table.entries.set(key, made);
        table = made;
      }
    }
    return table;
  }

  #keyPath(): readonly string[] {
    const path: string[] = [];
    do {
      this.#match(/[ \t]*/y);
      const quote = this.text.charAt(this.#at);
      const bare = this.#match(/[A-Za-z0-9_-]+/y);
      if (bare !== undefined) path.push(bare);
      else if (quote === '"' || quote === "'") path.push(this.#string());
      else this.#fail(`expected a key, but got ${JSON.stringify(quote)}`);
    } while (!this.failure && this.#match(/[ \t]*\./y) !== undefined);
    return path;
  }

  #pair(table: MapValue): void {
    const path = this.#keyPath();
    if (this.failure) return;
    if (this.#match(/[ \t]*=[ \t]*/y) === undefined) {
      this.#fail("expected '=' behind a key");
      return;
    }
    const parent = this.#descend(table, path.slice(0, -1));
    const key = path.at(-1) ?? '';
    const value = this.#value();
    if (parent.entries.has(key)) this.#fail(`Key '${path.join('.')}' has already been defined.`);
    else if (value) parent.entries.set(key, value);
  }

  #value(): Value | undefined {
    if (++this.#depth > deepest) this.#fail('the values nest too deeply');
    const char = this.text.charAt(this.#at);
    let value: Value | undefined;
    if (this.failure) value = undefined;
    else if (char === '"' || char === "'") value = new Text(this.#string());
    else if (char === '[') value = this.#array();
    else if (char === '{') value = this.#inlineTable();
    else value = this.#word();
    this.#depth--;
    return value;
  }

  #array(): Value {
    const items: Value[] = [];
    this.#at++;
    for (this.#skipLines(); !this.failure && this.#match(/\]/y) === undefined; this.#skipLines()) {
      const value = this.#value();
      if (value) items.push(value);
      this.#skipLines();
      if (this.#match(/,/y) === undefined && this.text.charAt(this.#at) !== ']') this.#fail("expected a comma (',') or array terminator (']')");
    }
    return new ListValue(items);
  }

  #inlineTable(): Value {
    const table = new MapValue(new Map());
    this.#at++;
    for (this.#skipLines(); !this.failure && this.#match(/\}/y) === undefined; this.#skipLines()) {
      this.#pair(table);
      this.#skipLines();
      if (this.#match(/,/y) === undefined && this.text.charAt(this.#at) !== '}') this.#fail("expected a comma or an inline table terminator '}'");
    }
    this.#closed.add(table);
    return table;
  }

  /** A number, a boolean or a date. */
  #word(): Value | undefined {
    const word = this.#match(/\d{4}-\d{2}-\d{2} \d{2}:\d{2}[0-9:.Zz+-]*|[A-Za-z0-9_:.+-]+/y) ?? '';
    const plain = word.replaceAll('_', '');
    if (word === 'true' || word === 'false') return new Bool(word === 'true');
    if (/_(?![0-9A-Fa-f])|(?<![0-9A-Fa-f])_/.test(word)) return this.#fail('underscores must be surrounded by digits');
    if (/^[-+]?(?:inf|nan)$/.test(word)) return new Float(word.endsWith('nan') ? NaN : word.startsWith('-') ? -Infinity : Infinity);
    if (/^[-+]?(?:0|[1-9]\d*)$/.test(plain)) return this.#integer(BigInt(plain.replace('+', '')), word);
    if (/^0(?:x[0-9A-Fa-f]+|o[0-7]+|b[01]+)$/.test(plain)) return this.#integer(BigInt(plain), word);
    if (/^[-+]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(plain)) return new Float(Number(plain));
    const time = dateOf(word);
    if (time) return time;
    return this.#fail(word === '' ? `expected value but found ${JSON.stringify(this.text.charAt(this.#at))} instead` : `expected value but found ${JSON.stringify(word)} instead`);
  }

  #integer(value: bigint, word: string): Value | undefined {
    return BigInt.asIntN(64, value) === value ? new Int(value, 'int64') : this.#fail(`${word} is out of range for int64`);
  }

  /** A text in quotes of any of the four kinds. */
  #string(): string {
    const long = this.#match(/"""\n?|'''\n?/y);
    if (long !== undefined) {
      const quote = long.slice(0, 3);
      const body = this.#match(quote === '"""' ? /(?:[^"\\]|\\[^]|"(?!""(?!")))*(?=""")/y : /(?:[^']|'(?!''(?!')))*(?=''')/y);
      this.#at += 3;
      if (body === undefined) this.#fail('unexpected EOF; expected the end of a text');
      const text = body ?? '';
      return quote === "'''" ? text : this.#unescape(text.replace(/\\[ \t]*\n[ \t\n]*/g, ''));
    }
    const quote = this.text.charAt(this.#at);
    const whole = this.#match(quote === '"' ? /"(?:[^"\\\n]|\\[^\n])*"/y : /'[^'\n]*'/y);
    if (whole === undefined) this.#fail('strings cannot contain newlines');
    const text = (whole ?? '').slice(1, -1);
    return quote === '"' ? this.#unescape(text) : text;
  }

  #unescape(text: string): string {
    return text.replace(
      /\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([^]))/g,
      (whole, x: string | undefined, u: string | undefined, long: string | undefined, letter: string | undefined) => {
        const code = Number.parseInt(x ?? u ?? long ?? '0', 16);
        const plain = letter === undefined ? (code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : undefined) : escapes[letter];
        if (plain === undefined) this.#fail(`invalid escape character in ${JSON.stringify(whole)}`);
        return plain ?? '';
      },
    );
  }
}

/** Layouts of dates with the names that BurntSushi/toml gives the zones of those that have none. */
const layouts: readonly (readonly [string, string])[] = [
  ['2006-01-02T15:04:05.999999999Z07:00', ''],
  ['2006-01-02T15:04:05.999999999', 'datetime-local'],
  ['2006-01-02', 'date-local'],
  ['15:04:05.999999999', 'time-local'],
];

function dateOf(word: string): Time | undefined {
  const text = word.replace(/^(\d{4}-\d{2}-\d{2})[tT ]/, '$1T').replace('z', 'Z');
  for (const [layout, name] of layouts) {
    const time = parseTime(layout, text);
    if (typeof time !== 'string') return name === '' ? time : new Time(time.nanoseconds, { name, offsetSeconds: 0 });
  }
  return undefined;
}
