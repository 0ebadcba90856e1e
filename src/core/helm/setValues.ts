/**
 * `--set`, `--set-string`, `--set-file` and `--set-json`: helm's small language of ways and values (pkg/strvals/parser.go
 * v3.22). What is set changes the values in place.
 */
import { Bool, Int, ListValue, textOfNode, Nil, type MapValue, type Text, type Value } from '../template/values.js';
import type { YamlNode } from '../yaml/nodes.js';
import { emptyMap } from './coalesceValues.js';
import { overriding } from './overrideValue.js';

const largestIndex = 65_536;
const deepestName = 30;

/** How a value's text is read. `file`: it names a file, whose text is the value; `json`: it is JSON. */
export interface SetReader {
  readonly typed: boolean;
  readonly file?: (path: string) => string | undefined;
  readonly json?: (text: string) => { readonly value: Value; readonly length: number } | undefined;
}

/** Why an expression is refused, in helm's words. */
export interface SetMistake {
  readonly mistake: string;
}

/**
 * Sets what an expression says: `a.b=c,d[0]=e`.
 * @param node what the values are said to come from
 */
export function setValues(expression: string, into: MapValue, reader: SetReader, node: YamlNode | undefined): SetMistake | undefined {
  const parser = new SetParser(expression, reader, node);
  while (!parser.key(into, 0));
  return parser.mistake === undefined ? undefined : { mistake: parser.mistake };
}

class SetParser {
  readonly #text: readonly string[];
  #at = 0;
  /** The first thing that can't be read; it ends the reading. */
  mistake: string | undefined;

  constructor(
    text: string,
    private readonly reader: SetReader,
    private readonly node: YamlNode | undefined,
  ) {
    this.#text = [...text];
  }

  #refuse(mistake: string): true {
    this.mistake ??= mistake;
    return true;
  }

  /** Reads one `key=value`; true at the end of the text, and where it can't be read. */
  key(data: MapValue, depth: number): boolean {
    const { read, stop } = this.#until('=[,.');
    if (stop === undefined) {
      if (read === '') return true;
      return this.#refuse(`key ${JSON.stringify(read)} has no value`);
    }
    switch (stop) {
      case '[': {
        const index = this.#index();
        if (index === undefined) return true;
        const there = data.entries.get(read);
        if (there && there.kind !== 'list') return this.#refuse(`unable to parse key: interface conversion: interface {} is ${there.goType}, not []interface {}`);
        const items = there ? [...there.items] : [];
        const ended = this.#item(items, index, depth);
        this.#set(data, read, new ListValue(items));
        return ended;
      }
      case '=':
        return this.#value((value) => {
          this.#set(data, read, value);
        });
      case ',':
        return this.#refuse(`key ${JSON.stringify(read)} has no value (cannot end with ,)`);
      default: {
        if (depth + 1 > deepestName) return this.#refuse(`value name nested level is greater than maximum supported nested level of ${deepestName}`);
        const there = data.entries.get(read);
        if (there && there.kind !== 'map') return this.#refuse(`unable to parse key: interface conversion: interface {} is ${there.goType}, not map[string]interface {}`);
        const inner = there ?? emptyMap();
        const ended = this.key(inner, depth + 1);
        if (!ended && inner.entries.size === 0) return this.#refuse(`key map ${JSON.stringify(read)} has no value`);
        if (inner.entries.size > 0) this.#set(data, read, inner);
        return ended;
      }
    }
  }

  #set(data: MapValue, key: string, value: Value): void {
    if (key === '') return;
    const there = data.entries.get(key);
    data.entries.set(key, there ? overriding(value, there) : value);
  }

  #index(): number | undefined {
    const { read, stop } = this.#until(']');
    if (stop !== undefined && /^[+-]?\d+$/.test(read)) return Number(read);
    this.#refuse(stop === undefined ? 'error parsing index: EOF' : `error parsing index: strconv.Atoi: parsing ${JSON.stringify(read)}: invalid syntax`);
    return undefined;
  }

  #item(items: Value[], index: number, depth: number): boolean {
    if (index < 0) return this.#refuse(`negative ${index} index not allowed`);
    const { read, stop } = this.#until('[.=');
    if (read !== '') return this.#refuse(`unexpected data at end of array index: ${JSON.stringify(read)}`);
    if (index > largestIndex) return this.#refuse(`index of ${index} is greater than maximum supported index of ${largestIndex}`);
    const put = (value: Value): void => {
      while (items.length < index) items.push(new Nil());
      items[index] = value;
    };
    const there = items[index];
    switch (stop) {
      case undefined:
        return true;
      case '=':
        return this.#value(put);
      case '[': {
        const next = this.#index();
        if (next === undefined) return true;
        if (there && there.kind !== 'list' && there.kind !== 'nil')
          return this.#refuse(`unable to parse key: interface conversion: interface {} is ${there.goType}, not []interface {}`);
        const inner = there?.kind === 'list' ? [...there.items] : [];
        const ended = this.#item(inner, next, depth);
        put(new ListValue(inner));
        return ended;
      }
      default: {
        const inner = there?.kind === 'map' ? there : emptyMap();
        const ended = this.key(inner, depth);
        put(inner);
        return ended;
      }
    }
  }

  /** Reads what stands behind `=`; true at the end of the text. */
  #value(put: (value: Value) => void): boolean {
    const { json } = this.reader;
    if (json) {
      if (this.#passBlank()) {
        put(new Nil(this.node));
        return false;
      }
      const read = json(this.#text.slice(this.#at).join(''));
      if (!read) return this.#refuse('invalid character in JSON');
      put(read.value);
      this.#at += read.length;
      this.#passBlank();
      return false;
    }
    if (this.#at >= this.#text.length) {
      put(this.#textValue(''));
      return true;
    }
    if (this.#text[this.#at] === '{') {
      this.#at++;
      const items = this.#list();
      if (items) put(new ListValue(items, this.node));
      return !items;
    }
    const value = this.#typed(this.#until(',').read);
    if (value) put(value);
    return !value;
  }

  /** Undefined where it can't be read. */
  #list(): readonly Value[] | undefined {
    const items: Value[] = [];
    for (;;) {
      const { read, stop } = this.#until(',}');
      if (stop === undefined) this.#refuse("list must terminate with '}'");
      const item = stop === undefined ? undefined : this.#typed(read);
      if (!item) return undefined;
      items.push(item);
      if (stop !== '}') continue;
      if (this.#text[this.#at] === ',') this.#at++;
      return items;
    }
  }

  /** Passes blanks and a comma; true where nothing else was there. */
  #passBlank(): boolean {
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at] ?? '';
      if (char === ',') {
        this.#at++;
        return true;
      }
      if (!/\s/.test(char)) return false;
    }
    return true;
  }

  /** Undefined where it can't be read. */
  #typed(text: string): Value | undefined {
    const { typed, file } = this.reader;
    if (file) {
      const content = file(text);
      if (content !== undefined) return this.#textValue(content);
      this.#refuse(`open ${text}: no such file or directory`);
      return undefined;
    }
    if (!typed) return this.#textValue(text);
    if (/^true$/i.test(text)) return new Bool(true, this.node);
    if (/^false$/i.test(text)) return new Bool(false, this.node);
    if (/^null$/i.test(text)) return new Nil(this.node);
    if (text === '0') return new Int(0n, 'int64', this.node);
    if (/^[+-]?\d+$/.test(text) && !text.startsWith('0')) {
      const value = BigInt(text.replace(/^\+/, ''));
      if (value >= -(2n ** 63n) && value < 2n ** 63n) return new Int(value, 'int64', this.node);
    }
    return this.#textValue(text);
  }

  #textValue(text: string): Text {
    return textOfNode(text, this.node);
  }

  /** What stands before one of some characters, without backslashes. */
  #until(stops: string): { readonly read: string; readonly stop: string | undefined } {
    let read = '';
    for (;;) {
      const char = this.#text[this.#at++];
      if (char === undefined) return { read, stop: undefined };
      if (stops.includes(char)) return { read, stop: char };
      if (char === '\\') read += this.#text[this.#at++] ?? '';
      else read += char;
    }
  }
}
