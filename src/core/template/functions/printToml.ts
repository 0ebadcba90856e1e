/** Values as TOML, as BurntSushi/toml v1.6.0 encodes maps: plain keys first, then tables, both in order, two blanks a level. */
import { formatFloat, sortedKeys, textOf } from '../format.js';
import { TextBuilder } from '../spans.js';
import { Failure, isGenerated, nodeOf, type ListValue, type MapValue, type Maybe, type Text, type Value } from '../values.js';

/** The text of a value in TOML, or the encoder's words for why it has none. */
export function printToml(value: Maybe): Text | Failure {
  const out = new TextBuilder();
  if (value === undefined || value.kind === 'nil') return new Failure('reflect: call of reflect.Value.Type on zero Value');
  if (value.kind !== 'map') return writeValue(out, value) ?? out.toText();
  return writeTable(out, value, []) ?? out.toText();
}

function keyText(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : quoted(key);
}

function quoted(text: string): string {
  const escapes: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '"': '\\"', '\\': '\\\\', '\b': '\\b', '\f': '\\f', '\x7f': '\\u007f' };
  return `"${text.replace(/["\\\x00-\x1f\x7f]/g, (char) => escapes[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`;
}

function isTableList(value: Value): value is ListValue {
  return value.kind === 'list' && value.items.length > 0 && value.items.every((item) => item.kind === 'map');
}

function writeTable(out: TextBuilder, map: MapValue, path: readonly string[]): Failure | undefined {
  const indent = '  '.repeat(path.length);
  const keys = sortedKeys(map.entries);
  const entryOf = (key: string): Value | undefined => map.entries.get(key);
  for (const key of keys) {
    const value = entryOf(key);
    if (!value || value.kind === 'nil' || value.kind === 'map' || isTableList(value)) continue;
    out.addPlain(indent);
    out.addOf(keyText(key), map.keyNode(key), false);
    out.addPlain(' = ');
    const failure = writeValue(out, value);
    if (failure) return failure;
    out.addPlain('\n');
  }
  for (const key of keys) {
    const value = entryOf(key);
    if (!value || (value.kind !== 'map' && !isTableList(value))) continue;
    const way = [...path, key];
    const name = way.map(keyText).join('.');
    const tables = value.kind === 'map' ? [value] : value.items;
    for (const table of tables) {
      if (table.kind !== 'map') continue;
      if (out.length > 0 && (way.length === 1 || value.kind === 'list')) out.addPlain('\n');
      out.addPlain('  '.repeat(path.length) + (value.kind === 'map' ? `[${name}]` : `[[${name}]]`) + '\n');
      const failure = writeTable(out, table, way);
      if (failure) return failure;
    }
  }
  return undefined;
}

function writeValue(out: TextBuilder, value: Value): Failure | undefined {
  switch (value.kind) {
    case 'string':
      out.addOf(quoted(value.text), nodeOf(value), false, isGenerated(value));
      return undefined;
    case 'float': {
      const text = formatFloat(value.value, 'g', -1);
      out.addOf(/[.e]/.test(text) ? text : `${text}.0`, value.node, false);
      return undefined;
    }
    case 'list': {
      out.addPlain('[');
      for (const [index, item] of value.items.entries()) {
        if (index > 0) out.addPlain(', ');
        const failure = writeValue(out, item);
        if (failure) return failure;
      }
      out.addPlain(']');
      return undefined;
    }
    case 'map': {
      out.addPlain('{');
      for (const [index, key] of sortedKeys(value.entries).entries()) {
        const entry = value.entries.get(key);
        out.addPlain(`${index > 0 ? ', ' : ''}${keyText(key)} = `);
        const failure = entry && writeValue(out, entry);
        if (failure) return failure;
      }
      out.addPlain('}');
      return undefined;
    }
    case 'nil':
      return new Failure('toml: cannot encode array with nil element');
    default:
      out.add(textOf(value));
      return undefined;
  }
}
