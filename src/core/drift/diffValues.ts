/**
 * Where two states of one object differ, both in the form in which a server has them: labels, annotations, and everything
 * outside of metadata and status. Items of lists are paired by what identifies them.
 */
import { scalarText } from '../live/fieldElement.js';
import { isJsonObject, isList, jsonEquals, type JsonObject, type JsonValue } from '../live/json.js';
import { lastAppliedAnnotation } from '../apply/lastApplied.js';
import type { FieldStep } from '../objects/compare.js';

export interface FieldDifference {
  readonly path: readonly FieldStep[];
  /** Undefined where that side doesn't have the field. */
  readonly desired: JsonValue | undefined;
  readonly live: JsonValue | undefined;
}

/** The fields in which what a sync would leave differs from what is live; empty where nothing does. */
export function diffObjects(desired: JsonObject, live: JsonObject): readonly FieldDifference[] {
  const found: FieldDifference[] = [];
  const [wanted, there] = [mapOf(desired['metadata']), mapOf(live['metadata'])];
  for (const field of ['labels', 'annotations'] as const) diffMaps(withoutRecord(wanted[field]), withoutRecord(there[field]), ['metadata', field], found);
  const isOfUsers = (key: string): boolean => !['metadata', 'status', 'apiVersion', 'kind'].includes(key);
  for (const key of new Set([...Object.keys(desired), ...Object.keys(live)].filter(isOfUsers))) {
    // The values of a Secret or ConfigMap are told one by one, also where all of them are new.
    if (key === 'data' || key === 'binaryData') diffMaps(mapOf(desired[key]), mapOf(live[key]), [key], found);
    else diffValues(desired[key], live[key], [key], found);
  }
  return found;
}

function withoutRecord(texts: JsonValue | undefined): JsonObject {
  const { [lastAppliedAnnotation]: _record, ...rest } = mapOf(texts);
  return rest;
}

function diffValues(desired: JsonValue | undefined, live: JsonValue | undefined, path: readonly FieldStep[], found: FieldDifference[]): void {
  if (desired === live) return;
  if (isJsonObject(desired) && isJsonObject(live)) diffMaps(desired, live, path, found);
  else if (isList(desired) && isList(live)) diffLists(desired, live, path, found);
  else if (!jsonEquals(desired, live)) found.push({ path, desired, live });
}

function diffMaps(desired: JsonObject, live: JsonObject, path: readonly FieldStep[], found: FieldDifference[]): void {
  for (const key of new Set([...Object.keys(desired), ...Object.keys(live)])) diffValues(desired[key], live[key], [...path, key], found);
}

function diffLists(desired: readonly JsonValue[], live: readonly JsonValue[], path: readonly FieldStep[], found: FieldDifference[]): void {
  if (jsonEquals(desired, live)) return;
  if (![...desired, ...live].every(isJsonObject)) {
    found.push({ path, desired, live });
    return;
  }
  const keys = mergeKeys.find((each) => identifies(each, desired) && identifies(each, live));
  if (!keys) {
    for (let index = 0; index < Math.max(desired.length, live.length); index++) diffValues(desired[index], live[index], [...path, index], found);
    return;
  }
  const before = found.length;
  const others = new Map(live.map((item) => [identityOf(item, keys), item]));
  const own = new Set<string>();
  for (const item of desired) {
    const identity = identityOf(item, keys);
    own.add(identity);
    diffValues(item, others.get(identity), [...path, stepTo(item, keys)], found);
  }
  for (const item of live) if (!own.has(identityOf(item, keys))) diffValues(undefined, item, [...path, stepTo(item, keys)], found);
  // The same items in another order: containers start, and variables are expanded, in their order.
  if (found.length === before) found.push({ path, desired, live });
}

/** What items of Kubernetes' lists are known by, in the order in which it is tried. */
const mergeKeys: readonly (readonly string[])[] = [
  ['name'],
  ['containerPort', 'protocol'],
  ['port', 'protocol'],
  ['mountPath'],
  ['devicePath'],
  ['topologyKey', 'whenUnsatisfiable'],
  ['type'],
  ['ip'],
  ['uid'],
];

/** True where every item has these keys, or a usual value for a missing one, and no two the same. */
function identifies(keys: readonly string[], items: readonly JsonValue[]): boolean {
  const identities = new Set(items.map((item) => identityOf(item, keys)));
  return identities.size === items.length && items.every((item) => isJsonObject(item) && keys.every((key) => isScalar(item[key])));
}

function isScalar(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && typeof value !== 'object';
}

function identityOf(item: JsonValue, keys: readonly string[]): string {
  return JSON.stringify(keys.map((key) => (isJsonObject(item) ? (item[key] ?? null) : null)));
}

function stepTo(item: JsonValue, keys: readonly string[]): FieldStep {
  const [first, ...rest] = keys.map((key) => ({ key, value: scalarText(isJsonObject(item) ? item[key] : undefined) }));
  if (!first) return '';
  return rest.length === 0 ? first : { ...first, and: rest };
}

function mapOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
