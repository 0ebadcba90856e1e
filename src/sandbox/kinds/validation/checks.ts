/** Small checks that many fields share. Each answers with its errors; a field that isn't set has none. */
import { isJsonObject, jsonEquals, type JsonObject, type JsonValue } from '../../../core/live/json.js';
import { mapsAt, objectAt, stringAt, textsAt } from '../../../core/live/readFields.js';
import { millisOf } from '../quantity.js';
import type { FieldError } from '../kinds.js';
import { forbidden, invalid, notSupported, required } from './fieldErrors.js';
import { checkLabels } from './metadata.js';
import { checkPort, checkPortName, checkQualifiedName } from './names.js';

export type Errors = readonly FieldError[];

/** One of some words. */
export function oneOf(path: string, value: JsonValue | undefined, words: readonly string[]): Errors {
  if (value === undefined || value === null || (typeof value === 'string' && words.includes(value))) return [];
  return [notSupported(path, value, words)];
}

export function filled(path: string, value: JsonValue | undefined, detail = ''): Errors {
  return value === undefined || value === null || value === '' ? [required(path, detail)] : [];
}

/** The errors of a text by a rule of names; none for an empty one. */
export function named(path: string, value: JsonValue | undefined, check: (text: string) => readonly string[]): Errors {
  return typeof value === 'string' && value !== '' ? check(value).map((words) => invalid(path, value, words)) : [];
}

export function notNegative(path: string, value: JsonValue | undefined): Errors {
  return typeof value === 'number' && value < 0 ? [invalid(path, value, 'must be greater than or equal to 0')] : [];
}

export function between(path: string, value: JsonValue | undefined, least: number, most: number): Errors {
  return typeof value === 'number' && (value < least || value > most) ? [invalid(path, value, `must be between ${least} and ${most}, inclusive`)] : [];
}

/** `8080` or `http`. */
export function portOrName(path: string, value: JsonValue | undefined): Errors {
  if (typeof value === 'number') return checkPort(value).map((words) => invalid(path, value, words));
  return typeof value === 'string' ? checkPortName(value).map((words) => invalid(path, value, words)) : [];
}

/** A number of pods, or a share of them. */
export function countOrShare(path: string, value: JsonValue | undefined, mostShare = Number.MAX_SAFE_INTEGER): Errors {
  if (typeof value === 'number') return notNegative(path, value);
  if (typeof value !== 'string') return [];
  if (!/^[0-9]+%$/.test(value)) {
    return [invalid(path, value, "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')")];
  }
  return Number.parseInt(value, 10) > mostShare ? [invalid(path, value, `must not be greater than ${mostShare}%`)] : [];
}

export function quantityNotNegative(path: string, value: JsonValue | undefined): Errors {
  const millis = typeof value === 'string' ? millisOf(value) : undefined;
  return millis !== undefined && millis < 0n ? [invalid(path, value, 'must be greater than or equal to 0')] : [];
}

export function immutable(path: string, value: JsonValue | undefined, before: JsonValue | undefined): Errors {
  return jsonEquals(value, before) ? [] : [invalid(path, value ?? null, 'field is immutable')];
}

/** The selector of objects by labels. */
export function selector(path: string, value: JsonValue | undefined): Errors {
  if (!isJsonObject(value)) return [];
  return [
    ...checkLabels(objectAt(value, 'matchLabels'), `${path}.matchLabels`),
    ...mapsAt(value, 'matchExpressions').flatMap((each, index) => expression(`${path}.matchExpressions[${index}]`, each)),
  ];
}

function expression(path: string, value: JsonObject): Errors {
  const operator = stringAt(value, 'operator');
  const count = textsAt(value, 'values').length;
  const key = checkQualifiedName(stringAt(value, 'key')).map((words) => invalid(`${path}.key`, stringAt(value, 'key'), words));
  switch (operator) {
    case 'In':
    case 'NotIn':
      return [...(count === 0 ? [required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")] : []), ...key];
    case 'Exists':
    case 'DoesNotExist':
      return [...(count > 0 ? [forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")] : []), ...key];
    default:
      return [invalid(`${path}.operator`, operator, 'not a valid selector operator'), ...key];
  }
}

/** Whether labels are selected; false for a selector that can't be read. */
export function isSelected(labels: JsonObject, by: JsonObject): boolean {
  const equal = Object.entries(objectAt(by, 'matchLabels')).every(([key, value]) => labels[key] === value);
  return (
    equal &&
    mapsAt(by, 'matchExpressions').every((each) => {
      const value = labels[stringAt(each, 'key')];
      const isOne = typeof value === 'string' && textsAt(each, 'values').includes(value);
      switch (stringAt(each, 'operator')) {
        case 'In':
          return isOne;
        case 'NotIn':
          return !isOne;
        case 'Exists':
          return value !== undefined;
        case 'DoesNotExist':
          return value === undefined;
        default:
          return false;
      }
    })
  );
}
