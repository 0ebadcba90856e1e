/** Values as TOML, as BurntSushi/toml v1.6.0 encodes maps: plain keys first, then tables, both in order, two blanks a level. */
import { formatFloat, formatValue, sortedKeys, textOf } from '../format.js';
import { TextBuilder } from '../spans.js';
import { formatTime } from '../time.js';
import { Failure, isGenerated, nodeOf, type ListValue, type MapValue, type Maybe, type Text, type Value } from '../values.js';

const deepest = 300;
const longest = 20_000_000;

/** How dates are written that were read without a zone, by the name that readToml gives that. */
const localLayouts: Readonly<Record<string, string>> = {
  'datetime-local': '2006-01-02T15:04:05.999999999',
  'date-local': '2006-01-02',
  'time-local': '15:04:05.999999999',
};

/** The text of a value in TOML, or the encoder's words for why it has none. */
export function printToml(value: Maybe): Text | Failure {
  const out = new TextBuilder();
  if (value === undefined || value.kind === 'nil') return new Failure('reflect: call of reflect.Value.Type on zero Value');
  if (isTableList(value)) return new Failure('toml: top-level values must be Go maps or structs');
  if (value.kind !== 'map') return writeValue(out, value, []) ?? out.toText();
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
  if (path.length > deepest || out.length > longest) return new Failure('budget: the value is too large');
  const indent = '  '.repeat(path.length);
  const keys = sortedKeys(map.entries);
  const entryOf = (key: string): Value | undefined => map.entries.get(key);
  for (const key of keys) {
    const value = entryOf(key);
    if (!value || value.kind === 'nil' || value.kind === 'map' || isTableList(value)) continue;
    out.addPlain(indent);
    out.addOf(keyText(key), map.keyNode(key), false);
    out.addPlain(' = ');
    const failure = writeValue(out, value, [...path, key]);
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

function writeValue(out: TextBuilder, value: Value, path: readonly string[]): Failure | undefined {
  if (path.length > deepest || out.length > longest) return new Failure('budget: the value is too large');
  switch (value.kind) {
    case 'string':
      out.addOf(quoted(value.text), nodeOf(value), false, isGenerated(value));
      return undefined;
    case 'float': {
      if (!Number.isFinite(value.value)) {
        out.addOf(Number.isNaN(value.value) ? 'nan' : value.value > 0 ? 'inf' : '-inf', value.node, false);
        return undefined;
      }
      const text = formatFloat(value.value, 'g', -1);
      out.addOf(/[.e]/.test(text) ? text : `${text}.0`, value.node, false);
      return undefined;
    }
    case 'list': {
      out.addPlain('[');
      for (const [index, item] of value.items.entries()) {
        if (index > 0) out.addPlain(', ');
        const failure = writeValue(out, item, [...path, '']);
        if (failure) return failure;
      }
      out.addPlain(']');
      return undefined;
    }
    case 'map': {
      out.addPlain('{');
      const present = sortedKeys(value.entries).filter((key) => value.entries.get(key)?.kind !== 'nil');
      const isTable = (key: string): boolean => value.entries.get(key)?.kind === 'map';
      const keys = [...present.filter((key) => !isTable(key)), ...present.filter(isTable)];
      for (const [index, key] of keys.entries()) {
        const entry = value.entries.get(key);
        out.addPlain(`${index > 0 ? ', ' : ''}${keyText(key)} = `);
        const failure = entry && writeValue(out, entry, [...path, key]);
        if (failure) return failure;
      }
      out.addPlain('}');
      return undefined;
    }
    case 'nil':
      return new Failure('toml: cannot encode array with nil element');
    case 'time':
      out.addOf(formatTime(value, localLayouts[value.zone.name] ?? '2006-01-02T15:04:05.999999999Z07:00'), undefined, false, isGenerated(value));
      return undefined;
    case 'struct':
      out.addPlain(quoted(formatValue(value)));
      return undefined;
    case 'complex':
      return new Failure(`unsupported type for key '${path.filter((key) => key !== '').join('.')}': complex128`);
    default:
      out.add(textOf(value));
      return undefined;
  }
}
