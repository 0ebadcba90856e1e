/** Errors of fields in the words of a server (k8s.io/apimachinery v0.34, pkg/util/validation/field). */
import { isJsonObject, isList, type JsonValue } from '../../../core/live/json.js';
import type { FieldError } from '../kinds.js';

/** `Invalid value: -1: must be ...`. @param value undefined for one that isn't said */
export function invalid(field: string, value: JsonValue | undefined, detail: string): FieldError {
  return error(field, 'FieldValueInvalid', value === undefined ? 'Invalid value' : `Invalid value: ${formatValue(value)}`, detail);
}

export function typeInvalid(field: string, value: JsonValue, detail: string): FieldError {
  return error(field, 'FieldValueTypeInvalid', `Invalid value: ${formatValue(value)}`, detail);
}

export function required(field: string, detail = ''): FieldError {
  return error(field, 'FieldValueRequired', 'Required value', detail);
}

export function forbidden(field: string, detail: string): FieldError {
  return error(field, 'FieldValueForbidden', 'Forbidden', detail);
}

export function duplicate(field: string, value: JsonValue): FieldError {
  return error(field, 'FieldValueDuplicate', `Duplicate value: ${formatValue(value)}`, '');
}

export function notFound(field: string, value: JsonValue): FieldError {
  return error(field, 'FieldValueNotFound', `Not found: ${formatValue(value)}`, '');
}

export function notSupported(field: string, value: JsonValue, supported: readonly string[]): FieldError {
  const words = supported.length === 0 ? '' : `supported values: ${supported.map((each) => JSON.stringify(each)).join(', ')}`;
  return error(field, 'FieldValueNotSupported', `Unsupported value: ${formatValue(value)}`, words);
}

export function tooLong(field: string, most: number): FieldError {
  return error(field, 'FieldValueTooLong', 'Too long', `may not be more than ${most} ${most === 1 ? 'byte' : 'bytes'}`);
}

export function tooMany(field: string, actual: number, most: number): FieldError {
  return error(field, 'FieldValueTooMany', `Too many: ${actual}`, `must have at most ${most} ${most === 1 ? 'item' : 'items'}`);
}

function error(field: string, reason: string, body: string, detail: string): FieldError {
  return { field, reason, message: detail === '' ? body : `${body}: ${detail}` };
}

/** Texts quoted, numbers and truths as they are, anything else as JSON. */
function formatValue(value: JsonValue): string {
  if (typeof value === 'number') return formatNumber(value);
  return JSON.stringify(sortFields(value)).replace(/[<>&]/g, (letter) => (typeof value === 'string' ? letter : `\\u00${letter.charCodeAt(0).toString(16)}`));
}

/** A number as Go's `%v` prints it: `1e+06`, but whole numbers of fields plainly. */
export function formatNumber(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? value.toFixed(0) : formatFloat(value);
}

/** A floating-point number as Go's `%v` prints it. */
export function formatFloat(value: number): string {
  if (value === 0) return '0';
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  const text = value.toExponential();
  const [digits = '', power = ''] = text.split('e');
  const actual = Number(power);
  if (actual >= -4 && actual < 21 && exponent < 21) return String(value);
  return `${digits}e${actual < 0 ? '-' : '+'}${String(Math.abs(actual)).padStart(2, '0')}`;
}

/** Maps of texts have their keys in order, as Go prints maps; other objects keep the order of their fields. */
function sortFields(value: JsonValue): JsonValue {
  if (isList(value)) return value.map(sortFields);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).flatMap(([name, each]) => (each === undefined ? [] : [[name, sortFields(each)] as const]));
  return Object.fromEntries(
    entries.every(([, each]) => typeof each === 'string') && !entries.some(([name]) => /^[A-Z]/.test(name)) ? entries.sort(([a], [b]) => (a < b ? -1 : 1)) : entries,
  );
}
