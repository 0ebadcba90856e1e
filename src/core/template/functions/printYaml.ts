/**
 * Values as YAML and JSON text, as sigs.k8s.io/yaml v1.6.0 and encoding/json (Go 1.26) write them: through JSON, keys in
 * order. Every key and scalar of the text keeps the node that it comes from.
 */
import { compareKeys } from '../../yaml/keyOrder.js';
import { emitString } from '../../yaml/emitString.js';
import { isKeyReadable, throughJson } from '../../yaml/jsonText.js';
import { printedFloat } from '../../yaml/scalars.js';
import { formatFloat, sortedKeys, typeName } from '../format.js';
import { TextBuilder } from '../spans.js';
import { formatTime } from '../time.js';
import { Failure, isGenerated, MapValue, nodeOf, Text, type Maybe, type Struct, type Value } from '../values.js';

const deepest = 500;
const mostValues = 300_000;
const longest = 20_000_000;

/** The text of a value in YAML with a final line break, or why it has none. */
export function printYaml(value: Maybe): Text | Failure {
  const printer = new YamlPrinter();
  printer.writeRoot(value);
  return printer.failure ?? printer.out.toText();
}

/** A value's text in JSON where it is a scalar: a string, or a literal as it stands in YAML. */
type Scalar = { readonly text: string; readonly isString: boolean } | Failure;

function unsupportedValue(text: string): Failure {
  return new Failure(`json: unsupported value: ${text}`);
}

function bytesToBase64(value: Value): string | undefined {
  if (value.kind !== 'list' || value.goType !== '[]uint8') return undefined;
  return btoa(value.items.map((item) => (item.kind === 'int' ? String.fromCharCode(Number(item.value)) : '')).join(''));
}

function scalarOf(value: Maybe): Scalar | undefined {
  if (value === undefined) return { text: 'null', isString: false };
  switch (value.kind) {
    case 'nil':
      return { text: 'null', isString: false };
    case 'string':
      return { text: value.text, isString: true };
    case 'int':
      return { text: value.value.toString(), isString: false };
    case 'float':
      return Number.isFinite(value.value) ? { text: printedFloat(value.value), isString: false } : unsupportedValue(formatFloat(value.value, 'g', -1));
    case 'bool':
      return { text: String(value.value), isString: false };
    case 'time':
      return { text: formatTime(value, '2006-01-02T15:04:05.999999999Z07:00'), isString: true };
    case 'complex':
      return new Failure(`json: unsupported type: ${typeName(value)}`);
    case 'list':
    case 'map': {
      if (value.isNil) return { text: 'null', isString: false };
      const bytes = bytesToBase64(value);
      return bytes === undefined ? undefined : { text: bytes, isString: true };
    }
    case 'struct':
      return value.shown === undefined ? undefined : { text: value.shown, isString: true };
  }
}

/** A struct as the map that JSON makes of it. */
function mapOf(value: MapValue | Struct): MapValue {
  return value.kind === 'map' ? value : new MapValue(new Map(value.fields), value.node);
}

class YamlPrinter {
  readonly out = new TextBuilder();
  failure: Failure | undefined;
  /** How many characters the present line has; 0 where none has begun. */
  #column = 0;
  #depth = 0;
  #values = 0;

  writeRoot(value: Maybe): void {
    const scalar = scalarOf(value);
    if (scalar) this.#writeScalar(scalar, value, 0, true);
    else if (value?.kind === 'list') {
      if (value.items.length === 0) this.#endWith('[]', value);
      else this.#writeList(value.items, 0);
    } else if (value?.kind === 'map' || value?.kind === 'struct') {
      const map = mapOf(value);
      if (map.entries.size === 0) this.#endWith('{}', value);
      else this.#writeMap(map, 0);
    }
  }

  #begin(indent: number): void {
    if (this.#column > 0) return;
    this.out.addPlain(' '.repeat(indent));
    this.#column = indent;
  }

  #put(text: string): void {
    this.out.addPlain(text);
    this.#column += text.length;
  }

  #endWith(text: string, value: Maybe): void {
    this.out.addOf(text, nodeOf(value), false);
    this.out.addPlain('\n');
    this.#column = 0;
  }

  #writeMap(map: MapValue, indent: number): void {
    for (const key of [...map.entries.keys()].sort(compareKeys)) {
      this.#begin(indent);
      if (!isKeyReadable(key) || key.includes('\x85')) this.failure ??= new Failure("yaml: could not find expected ':'");
      const safe = this.#readBack(key);
      const isSimple = !/[\n\r\u0085\u2028\u2029]/.test(key) && new TextEncoder().encode(key).length <= 128;
      if (isSimple) {
        const text = emitString(safe, { column: 0, indent: 0, simpleKey: true });
        this.out.addOf(text, map.keyNode(key), text === key);
        this.#put(':');
        this.#column += text.length;
        this.#writeValue(map.entries.get(key), indent, true);
      } else {
        this.#put('? ');
        this.out.addOf(emitString(safe, { column: indent + 2, indent: indent + 2, simpleKey: false }), map.keyNode(key), false);
        this.out.addPlain('\n');
        this.#column = 0;
        this.#begin(indent);
        this.#put(':');
        this.#writeValue(map.entries.get(key), indent, false);
      }
      if (this.failure) return;
    }
  }

  #writeList(items: readonly Value[], indent: number): void {
    for (const item of items) {
      this.#begin(indent);
      this.#put('-');
      this.#writeValue(item, indent, false);
      if (this.failure) return;
    }
  }

  /** What stands behind a key or a dash; lists stand at the indentation of their key, but go on in the line behind a dash. */
  #writeValue(value: Maybe, indent: number, isBehindKey: boolean): void {
    if (++this.#depth > deepest || ++this.#values > mostValues || this.out.length > longest) {
      this.failure ??= new Failure('json: unsupported value: encountered a cycle');
      return;
    }
    const scalar = scalarOf(value);
    if (scalar) this.#writeScalar(scalar, value, indent, false);
    else {
      const isList = value?.kind === 'list';
      const isEmpty = isList ? value.items.length === 0 : value?.kind !== 'map' && value?.kind !== 'struct' ? true : mapOf(value).entries.size === 0;
      if (isEmpty) {
        this.#put(' ');
        this.#endWith(isList ? '[]' : '{}', value);
      } else {
        if (isBehindKey) {
          this.out.addPlain('\n');
          this.#column = 0;
        } else this.#put(' ');
        if (isList) this.#writeList(value.items, isBehindKey ? indent : indent + 2);
        else if (value?.kind === 'map' || value?.kind === 'struct') this.#writeMap(mapOf(value), indent + 2);
      }
    }
    this.#depth--;
  }

  #readBack(text: string): string {
    const read = throughJson(text);
    if (read === undefined) this.failure ??= new Failure('yaml: control characters are not allowed');
    return read ?? '';
  }

  #writeScalar(scalar: Scalar, value: Maybe, indent: number, isRoot: boolean): void {
    if (scalar instanceof Failure) {
      this.failure ??= scalar;
      return;
    }
    if (!isRoot) this.#put(' ');
    const start = this.#column;
    const text = scalar.isString ? emitString(this.#readBack(scalar.text), { column: start, indent: indent + 2, simpleKey: false }) : scalar.text;
    if (value?.kind === 'string' && value.spans.length > 0) this.#putText(text, value);
    else this.out.addOf(text, nodeOf(value), true, isGenerated(value));
    this.out.addPlain('\n');
    this.#column = 0;
  }

  /** A text as it was written: where it stands in there as it is, its parts keep their places; line by line otherwise. */
  #putText(text: string, value: Text): void {
    const at = text.indexOf(value.text);
    if (at >= 0) {
      this.out.addPlain(text.slice(0, at));
      this.out.add(value);
      this.out.addPlain(text.slice(at + value.text.length));
    } else {
      const [first] = value.spans;
      this.out.add(new Text(text, [{ start: 0, end: text.length, site: first?.site, node: nodeOf(value), isExact: false, isGenerated: isGenerated(value) }]));
    }
  }
}

/** How JSON is laid out. */
export interface JsonStyle {
  /** Blanks per level; undefined: all in one line. */
  readonly indent?: number;
  /** False to leave `<`, `>` and `&` as they are. */
  readonly escapesHtml: boolean;
}

/** The text of a value in JSON, or why it has none. */
export function printJson(value: Maybe, style: JsonStyle = { escapesHtml: true }): Text | Failure {
  const out = new TextBuilder();
  const failure = writeJson(out, value, style, 0, { left: mostValues });
  return failure ?? out.toText();
}

function jsonString(text: string, style: JsonStyle): string {
  const escaped = JSON.stringify(text)
    .replace(/\\ud[89a-f][0-9a-f]{2}/g, '\\ufffd')
    .replace(/[\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`)
    .replaceAll('\x7f', '\x7f');
  return style.escapesHtml ? escaped.replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`) : escaped;
}

function jsonFloat(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-6 || magnitude >= 1e21)) return formatFloat(value, 'e', -1).replace(/e-0(\d)$/, 'e-$1');
  return formatFloat(value, 'f', -1);
}

function writeJson(out: TextBuilder, value: Maybe, style: JsonStyle, depth: number, allowance: { left: number }): Failure | undefined {
  if (depth > deepest || --allowance.left < 0 || out.length > longest) return new Failure('json: unsupported value: encountered a cycle');
  const scalar = scalarOf(value);
  if (scalar instanceof Failure) return scalar;
  if (scalar) {
    const text = scalar.isString ? jsonString(scalar.text, style) : value?.kind === 'float' ? jsonFloat(value.value) : scalar.text;
    if (value?.kind === 'string' && value.spans.length > 0 && text.length === value.text.length + 2) {
      out.addPlain('"');
      out.add(value);
      out.addPlain('"');
    } else out.addOf(text, nodeOf(value), !scalar.isString, isGenerated(value));
    return undefined;
  }
  const lineBreak = style.indent === undefined ? '' : `\n${' '.repeat(style.indent * (depth + 1))}`;
  const lastBreak = style.indent === undefined ? '' : `\n${' '.repeat(style.indent * depth)}`;
  if (value?.kind === 'list') {
    if (value.items.length === 0) {
      out.addOf('[]', value.node, false);
      return undefined;
    }
    out.addPlain('[');
    for (const [index, item] of value.items.entries()) {
      out.addPlain(`${index > 0 ? ',' : ''}${lineBreak}`);
      const failure = writeJson(out, item, style, depth + 1, allowance);
      if (failure) return failure;
    }
    out.addPlain(`${lastBreak}]`);
    return undefined;
  }
  if (value?.kind !== 'map' && value?.kind !== 'struct') return undefined;
  const map = mapOf(value);
  if (map.entries.size === 0) {
    out.addOf('{}', value.node, false);
    return undefined;
  }
  out.addPlain('{');
  for (const [index, key] of sortedKeys(map.entries).entries()) {
    out.addPlain(`${index > 0 ? ',' : ''}${lineBreak}`);
    out.addOf(jsonString(key, style), map.keyNode(key), false);
    out.addPlain(style.indent === undefined ? ':' : ': ');
    const failure = writeJson(out, map.entries.get(key), style, depth + 1, allowance);
    if (failure) return failure;
  }
  out.addPlain(`${lastBreak}}`);
  return undefined;
}
