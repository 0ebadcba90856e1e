/** Values that are wished for, as edits take them. */
import { isJsonObject, isList, type JsonValue } from '../live/json.js';
import type { EditValue } from '../yaml/editText.js';

export type ScalarValue = string | number | boolean | null;

/** True for what one scalar can say. */
export function isScalarValue(value: JsonValue | undefined): value is ScalarValue {
  return value !== undefined && !isJsonObject(value) && !isList(value);
}

/** The same value for an edit: fields without a value are left out. */
export function toEditValue(value: JsonValue): EditValue {
  if (isList(value)) return value.map(toEditValue);
  if (isJsonObject(value)) return Object.fromEntries(Object.entries(value).flatMap(([key, field]) => (field === undefined ? [] : [[key, toEditValue(field)]])));
  return value;
}
