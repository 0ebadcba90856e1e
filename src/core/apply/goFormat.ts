/** Values as Go's `%v` and `%#v` print what its JSON decoder makes of them: the server's messages have them. */
import { compareTexts } from '../live/fieldElement.js';
import { isJsonObject, isList, type JsonValue } from '../live/json.js';
import { presentFields } from './typedValue.js';

/** `%v`: `map[a:1 b:[x y]]`. */
export function goValue(value: JsonValue): string {
  if (value === null) return '<nil>';
  if (isList(value)) return `[${value.map(goValue).join(' ')}]`;
  if (!isJsonObject(value)) return String(value);
  const fields = [...presentFields(value)].sort(([a], [b]) => compareTexts(a, b));
  return `map[${fields.map(([name, each]) => `${name}:${goValue(each)}`).join(' ')}]`;
}

/** `%#v`: `map[string]interface {}{"a":1}`. */
export function goSyntax(value: JsonValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null) return 'interface {}(nil)';
  if (isList(value)) return `${goTypeOf(value)}{${value.map(goSyntax).join(', ')}}`;
  if (!isJsonObject(value)) return String(value);
  const fields = [...presentFields(value)].sort(([a], [b]) => compareTexts(a, b));
  return `${goTypeOf(value)}{${fields.map(([name, each]) => `${JSON.stringify(name)}:${goSyntax(each)}`).join(', ')}}`;
}

/** `%T`. */
export function goTypeOf(value: JsonValue): string {
  if (value === null) return '<nil>';
  if (isList(value)) return '[]interface {}';
  if (isJsonObject(value)) return 'map[string]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : 'string';
}
