/**
 * JSON texts as encoding/json (Go 1.26) reads them into `interface{}`: numbers are floats, and the words for a mistake are
 * Go's. Texts of the values keep where they come from.
 */
import { cutText, madeOf } from '../spans.js';
import { toBytes } from '../goText.js';
import { Bool, Failure, Float, ListValue, MapValue, nil, type Text, type Value } from '../values.js';

const deepest = 10_000;

/** The value of a text, or Go's words for what is wrong. */
export function readJson(text: Text): Value | Failure {
  const reader = new JsonReader(text);
  const value = reader.read();
  return reader.failure ?? value;
}

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', '/': '/' };

class JsonReader {
  failure: Failure | undefined;
  readonly #whole: Text;
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: Text) {
    this.#whole = text;
    this.#text = text.text;
  }

  read(): Value {
    const value = this.#value('looking for beginning of value');
    this.#skipBlanks();
    if (this.#at < this.#text.length) this.#fail('after top-level value');
    return value;
  }

  #peek(): string {
    return this.#text.charAt(this.#at);
  }

  #fail(where: string): void {
    this.failure ??= new Failure(this.#at >= this.#text.length ? 'unexpected end of JSON input' : `invalid character ${this.#quotedChar()} ${where}`);
  }

  /** The byte that stands here as a character between quotes. */
  #quotedChar(): string {
    const char = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    const byte = toBytes(char)[0] ?? 0;
    if (char === "'") return "'\\''";
    if (char === '"') return `'"'`;
    const short = '\x07\b\f\n\r\t\v\\'.indexOf(char);
    if (short >= 0) return `'\\${'abfnrtv\\'.charAt(short)}'`;
    if (byte < 0x20 || byte === 0x7f) return `'\\x${byte.toString(16).padStart(2, '0')}'`;
    if (byte >= 0x80 && (byte < 0xa1 || byte === 0xad)) return `'\\u00${byte.toString(16)}'`;
    return `'${String.fromCharCode(byte)}'`;
  }

  #skipBlanks(): void {
    while (/^[ \t\r\n]$/.test(this.#peek())) this.#at++;
  }

  #value(where: string): Value {
    this.#skipBlanks();
    const start = this.#at;
    const char = this.#peek();
    if (char === '{') return this.#nested(() => this.#object());
    if (char === '[') return this.#nested(() => this.#array());
    if (char === '"') return this.#string();
    if (char === 't' || char === 'f' || char === 'n') return this.#literal(char === 't' ? 'true' : char === 'f' ? 'false' : 'null');
    if (char !== '-' && !/^[0-9]$/.test(char)) {
      this.#fail(where);
      return nil;
    }
    this.#number();
    const number = Number(this.#text.slice(start, this.#at));
    if (!Number.isFinite(number)) this.failure ??= new Failure(`json: cannot unmarshal number ${this.#text.slice(start, this.#at)} into Go value of type float64`);
    const node = this.#whole.spans.find((span) => span.start < this.#at && span.end > start)?.node;
    return new Float(number, node);
  }

  #nested(read: () => Value): Value {
    if (++this.#depth > deepest) this.failure ??= new Failure('exceeded max depth');
    const value = this.failure ? nil : read();
    this.#depth--;
    return value;
  }

  #object(): Value {
    const entries = new Map<string, Value>();
    this.#at++;
    this.#skipBlanks();
    if (this.#peek() === '}') {
      this.#at++;
      return new MapValue(entries);
    }
    while (!this.failure) {
      this.#skipBlanks();
      if (this.#peek() !== '"') {
        this.#fail('looking for beginning of object key string');
        break;
      }
      const key = this.#string();
      this.#skipBlanks();
      if (this.failure) break;
      if (this.#peek() !== ':') {
        this.#fail('after object key');
        break;
      }
      this.#at++;
      entries.set(key.text, this.#value('looking for beginning of value'));
      if (this.#isEnd('}', 'after object key:value pair')) break;
    }
    return new MapValue(entries);
  }

  #array(): Value {
    const items: Value[] = [];
    this.#at++;
    this.#skipBlanks();
    if (this.#peek() === ']') {
      this.#at++;
      return new ListValue(items);
    }
    while (!this.failure) {
      items.push(this.#value('looking for beginning of value'));
      if (this.#isEnd(']', 'after array element')) break;
    }
    return new ListValue(items);
  }

  /** Behind an entry: false where another one follows. */
  #isEnd(close: string, where: string): boolean {
    if (this.failure) return true;
    this.#skipBlanks();
    const char = this.#peek();
    if (char !== ',' && char !== close) {
      this.#fail(where);
      return true;
    }
    this.#at++;
    return char === close;
  }

  #literal(word: string): Value {
    for (const expected of word) {
      if (this.#peek() !== expected) {
        this.#fail(`in literal ${word} (expecting '${expected}')`);
        return nil;
      }
      this.#at++;
    }
    return word === 'null' ? nil : new Bool(word === 'true');
  }

  #digits(where: string): void {
    if (!/^[0-9]$/.test(this.#peek())) this.#fail(where);
    while (/^[0-9]$/.test(this.#peek())) this.#at++;
  }

  #number(): void {
    if (this.#peek() === '-') this.#at++;
    if (this.#peek() === '0') this.#at++;
    else this.#digits('in numeric literal');
    if (!this.failure && this.#peek() === '.') {
      this.#at++;
      this.#digits('after decimal point in numeric literal');
    }
    if (!this.failure && /^[eE]$/.test(this.#peek())) {
      this.#at++;
      if (/^[-+]$/.test(this.#peek())) this.#at++;
      this.#digits('in exponent of numeric literal');
    }
  }

  /** A text with its quotes; what stands there as it is keeps its origins. */
  #string(): Text {
    const start = ++this.#at;
    let said = '';
    let from = start;
    for (;;) {
      const char = this.#peek();
      if (char === '"') break;
      if (char === '' || char < ' ') {
        this.#fail('in string literal');
        return cutText(this.#whole, start, start);
      }
      if (char !== '\\') {
        this.#at++;
        continue;
      }
      said += this.#text.slice(from, this.#at);
      this.#at++;
      const escaped = this.#escape();
      if (escaped === undefined) return cutText(this.#whole, start, start);
      said += escaped;
      from = this.#at;
    }
    const inner = cutText(this.#whole, start, this.#at);
    said += this.#text.slice(from, this.#at);
    this.#at++;
    const clean = said.replace(/\p{Surrogate}/gu, '\ufffd');
    return clean === inner.text ? inner : madeOf(clean, inner);
  }

  #escape(): string | undefined {
    const letter = this.#peek();
    if (letter === 'u') {
      const hexStart = ++this.#at;
      for (let count = 0; count < 4; count++, this.#at++) {
        if (/^[0-9a-fA-F]$/.test(this.#peek())) continue;
        this.#fail('in \\u hexadecimal character escape');
        return undefined;
      }
      return String.fromCharCode(Number.parseInt(this.#text.slice(hexStart, this.#at), 16));
    }
    const plain = letter === '' ? undefined : escapes[letter];
    if (plain === undefined) this.#fail('in string escape code');
    else this.#at++;
    return plain;
  }
}
