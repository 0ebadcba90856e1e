/**
 * Whether a manifest is applied already, told from the live object alone: its manager owns exactly the fields that the
 * manifest has, and they have its values, so that applying it again changes nothing. What can't be told for sure counts
 * as not applied; the server's dry run then decides (a quantity that the server writes differently, a default within
 * a list that is one value).
 */
import { isElementOf } from '../live/fieldElement.js';
import { isJsonObject, isList, jsonEquals, type JsonObject, type JsonValue } from '../live/json.js';
import type { LiveObject } from '../live/liveObject.js';

/** Of an object's metadata these are never owned. */
const unowned: ReadonlySet<string> = new Set(['name', 'namespace', 'uid', 'resourceVersion', 'creationTimestamp', 'selfLink', 'generation', 'managedFields']);

/** True only where server-side apply by `manager` would leave the object as it is. */
export function isApplied(live: LiveObject, manifest: JsonObject, manager: string): boolean {
  const entry = live.metadata.managedFields?.find(
    (each) => each.manager === manager && each.operation === 'Apply' && (each.subresource ?? '') === '' && each.apiVersion === manifest['apiVersion'],
  );
  if (!entry || live.apiVersion !== manifest['apiVersion']) return false;
  const { apiVersion: _, kind: __, metadata, ...rest } = manifest;
  const owned = isJsonObject(metadata) ? Object.fromEntries(Object.entries(metadata).filter(([key]) => !unowned.has(key))) : {};
  return ownsExactly(entry.fieldsV1, Object.keys(owned).length > 0 ? { ...rest, metadata: owned } : rest, live);
}

/** Whether the owned fields are those of `desired`, with its values. */
function ownsExactly(fields: JsonObject, desired: JsonValue | undefined, live: JsonValue | undefined): boolean {
  const elements = Object.keys(fields).filter((element) => element !== '.');
  if (elements.length === 0) return jsonEquals(desired, live);
  if (isJsonObject(desired)) return isJsonObject(live) && ownsFields(fields, elements, desired, live);
  return isList(desired) && isList(live) && ownsItems(fields, elements, desired, live);
}

function ownsFields(fields: JsonObject, elements: readonly string[], desired: JsonObject, live: JsonObject): boolean {
  const names = Object.keys(desired).filter((name) => desired[name] !== undefined);
  return (
    names.length === elements.length &&
    elements.every((element) => {
      const name = element.slice(2);
      const below = fields[element];
      return element.startsWith('f:') && Object.hasOwn(desired, name) && isJsonObject(below) && ownsExactly(below, desired[name], live[name]);
    })
  );
}

/** Items are matched by their keys, and must stand in the same order. */
function ownsItems(fields: JsonObject, elements: readonly string[], desired: readonly JsonValue[], live: readonly JsonValue[]): boolean {
  if (desired.length !== elements.length) return false;
  let last = -1;
  for (const item of desired) {
    const keyed = withDefaultKey(item);
    const element = elements.find((each) => isElementOf(each, keyed));
    const at = element === undefined ? -1 : live.findIndex((each) => isElementOf(element, each));
    const below = element === undefined ? undefined : fields[element];
    if (element === undefined || at <= last || !isJsonObject(below)) return false;
    if (!element.startsWith('v:') && !ownsExactly(below, item, live[at])) return false;
    last = at;
  }
  return true;
}

/** Ports of containers and Services are told apart by their protocol too, which the server takes for TCP where nothing is said. */
function withDefaultKey(item: JsonValue): JsonValue {
  if (!isJsonObject(item) || item['protocol'] !== undefined || (item['containerPort'] === undefined && item['port'] === undefined)) return item;
  return { ...item, protocol: 'TCP' };
}
