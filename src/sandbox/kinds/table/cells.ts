/** Texts that several kinds have in their cells (k8s.io/apimachinery v0.34, pkg/labels and pkg/apis/meta/v1). */
import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/live/json.js';
import type { LiveObject } from '../../../core/live/liveObject.js';
import { mapsAt, numberAt, objectAt, stringAt, textsAt } from '../../../core/live/readFields.js';
import { formatAge } from './durations.js';
import type { Cell, Printer } from './table.js';

/** A printer from the cells of an object. */
export const printing =
  (cells: (object: LiveObject, now: number) => readonly Cell[]): Printer =>
  (object, now) => ({ cells: cells(object, now) });

export const ageOf = (object: LiveObject, now: number): string => formatAge(object.metadata.creationTimestamp, now);

/** `app=web,tier=front`; `<none>` for none. */
export function formatLabels(labels: JsonObject): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${formatScalar(value)}`);
  return pairs.length === 0 ? '<none>' : pairs.sort().join(',');
}

/** A label selector in the form of `kubectl -l`. @param none what stands for one that selects everything */
export function formatSelector(selector: JsonValue | undefined, none = '<none>'): string {
  if (!isJsonObject(selector)) return none;
  const equal = Object.entries(objectAt(selector, 'matchLabels')).map(([key, value]) => ({ key, text: `${key}=${formatScalar(value)}` }));
  const others = mapsAt(selector, 'matchExpressions').map((each) => ({ key: stringAt(each, 'key'), text: formatExpression(each) }));
  const parts = [...equal, ...others].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ text }) => text);
  return parts.length === 0 ? none : parts.join(',');
}

function formatExpression(expression: JsonObject): string {
  const key = stringAt(expression, 'key');
  const values = [...textsAt(expression, 'values')].sort().join(',');
  switch (stringAt(expression, 'operator')) {
    case 'In':
      return `${key} in (${values})`;
    case 'NotIn':
      return `${key} notin (${values})`;
    case 'DoesNotExist':
      return `!${key}`;
    default:
      return key;
  }
}

/** The names and the images of a pod template's containers. */
export function containerCells(value: JsonValue | undefined, ...path: readonly string[]): readonly [string, string] {
  const containers = mapsAt(value, ...path, 'containers');
  return [containers.map((each) => stringAt(each, 'name')).join(','), containers.map((each) => stringAt(each, 'image')).join(',')];
}

/** A number of a status; zero where there is none. */
export function countAt(value: JsonValue | undefined, ...path: readonly string[]): number {
  return numberAt(value, ...path) ?? 0;
}

export function formatScalar(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

/** What stands in a field, or words for nothing. */
export function textOr(words: string, value: JsonValue | undefined, ...path: readonly string[]): string {
  return stringAt(value, ...path) || words;
}

/** The first three of a list, and how many more there are. */
export function formatSome(items: readonly string[], most: number): string {
  const shown = items.slice(0, most).join(',');
  return items.length > most ? `${shown} + ${items.length - most} more...` : shown;
}

/** The first condition of a type. */
export function conditionOf(object: LiveObject, type: string): JsonObject | undefined {
  return mapsAt(object, 'status', 'conditions').find((each) => each['type'] === type);
}
