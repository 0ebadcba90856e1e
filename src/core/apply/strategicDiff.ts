/**
 * The strategic merge patch that leads from one object to another (apimachinery v0.34, pkg/util/strategicpatch/patch.go,
 * CreateThreeWayMergePatch): what is added and changed, or what is gone.
 */
import { compareTexts, scalarText } from '../live/fieldElement.js';
import { isJsonObject, isList, jsonEquals, type JsonObject, type JsonValue } from '../live/json.js';
import { anything, type Field, type FieldType } from '../objects/objectType.js';
import { mergeKeyOf } from './listOrder.js';
import { presentFields } from './typedValue.js';

/** `changes`: what is new or other than before. `deletions`: what is no longer there. */
export type DiffPart = 'changes' | 'deletions';

/** One part of the patch from `before` to `after`; an empty map where there is nothing of it. */
export function diffStrategically(before: JsonObject, after: JsonObject, type: FieldType, part: DiffPart): JsonObject {
  return diffMaps(before, after, type, part, []);
}

function diffMaps(before: JsonObject, after: JsonObject, type: FieldType, part: DiffPart, strategies: Field['patchStrategy']): JsonObject {
  const patch: Record<string, JsonValue> = {};
  for (const [name, value] of presentFields(after)) {
    const old = before[name];
    if (old === undefined) {
      if (part === 'changes') patch[name] = value;
      continue;
    }
    const field = type.kind === 'object' ? type.field(name) : undefined;
    if (isJsonObject(old) && isJsonObject(value)) diffMap(patch, name, old, value, field, part);
    else if (isList(old) && isList(value) && field?.patchStrategy?.includes('merge')) diffLists(patch, name, old, value, field, part);
    else if (part === 'changes' && !jsonEquals(old, value)) patch[name] = value;
  }
  if (part === 'deletions') for (const [name] of presentFields(before)) if (after[name] === undefined) patch[name] = null;
  addRetainKeys(patch, before, after, strategies);
  return patch;
}

function diffMap(patch: Record<string, JsonValue>, name: string, before: JsonObject, after: JsonObject, field: Field | undefined, part: DiffPart): void {
  if (field?.patchStrategy?.includes('replace')) {
    if (part === 'changes') patch[name] = after;
    return;
  }
  const changes = diffMaps(before, after, field?.type ?? anything, part, field?.patchStrategy);
  if (Object.keys(changes).length > 0) patch[name] = changes;
}

/** The fields of a map of which only those that are given may stay. */
function addRetainKeys(patch: Record<string, JsonValue>, before: JsonObject, after: JsonObject, strategies: Field['patchStrategy']): void {
  if (!strategies?.includes('retainKeys')) return;
  const keys = [...presentFields(after)].filter(([, value]) => value !== null).map(([name]) => name);
  const isMore = [...presentFields(before)].some(([name, value]) => value !== null && after[name] === undefined);
  if (keys.length > 0 && (isMore || Object.keys(patch).length > 0)) patch.$retainKeys = keys.sort(compareTexts);
}

function diffLists(patch: Record<string, JsonValue>, name: string, before: readonly JsonValue[], after: readonly JsonValue[], field: Field, part: DiffPart): void {
  if (before.length === 0) {
    if (after.length > 0 && part === 'changes') patch[name] = after;
    return;
  }
  const { patchMergeKey: mergeKey = '' } = field;
  if (mergeKey === '') diffScalars(patch, name, before, after, part);
  else diffItems(patch, name, before, after, field, mergeKey, part);
}

function diffScalars(patch: Record<string, JsonValue>, name: string, before: readonly JsonValue[], after: readonly JsonValue[], part: DiffPart): void {
  if (part === 'changes') {
    const added = after.filter((item) => !before.includes(item));
    if (added.length > 0) patch[name] = added;
    if (after.length > 0 && !jsonEquals(before, after)) patch[`$setElementOrder/${name}`] = after;
    return;
  }
  const gone = [...new Set(before.filter((item) => !after.includes(item)))];
  if (gone.length === 0) return;
  patch[`$deleteFromPrimitiveList/${name}`] = gone;
  if (after.length > 0) patch[`$setElementOrder/${name}`] = after;
}

function diffItems(
  patch: Record<string, JsonValue>,
  name: string,
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  field: Field,
  mergeKey: string,
  part: DiffPart,
): void {
  const items: JsonValue[] = [];
  const itemType = field.type.kind === 'list' ? field.type.items : anything;
  const left = itemsByKey(before, mergeKey);
  for (const item of after) {
    const key = mergeKeyOf(item, mergeKey);
    // Items of one key (ports of one number, by TCP and by UDP) are paired one after the other.
    const old = left.get(key)?.shift();
    if (!isJsonObject(item)) continue;
    if (!isJsonObject(old)) {
      if (part === 'changes') items.push(item);
      continue;
    }
    const changes = diffMaps(old, item, itemType, part, field.patchStrategy);
    if (Object.keys(changes).length > 0) items.push({ ...changes, [mergeKey]: key });
  }
  const gone = part === 'deletions' ? [...left.values()].flat() : [];
  gone.sort((a, b) => compareTexts(scalarText(mergeKeyOf(a, mergeKey)), scalarText(mergeKeyOf(b, mergeKey))));
  const all = [...items, ...gone.map((item) => ({ [mergeKey]: mergeKeyOf(item, mergeKey) ?? null, $patch: 'delete' }))];
  if (all.length > 0) patch[name] = all;
  if (after.length > 0 && (all.length > 0 || (part === 'changes' && !isSameOrder(before, after, mergeKey)))) {
    patch[`$setElementOrder/${name}`] = after.map((item) => ({ [mergeKey]: mergeKeyOf(item, mergeKey) ?? null }));
  }
}

function itemsByKey(items: readonly JsonValue[], mergeKey: string): Map<JsonValue | undefined, JsonValue[]> {
  const byKey = new Map<JsonValue | undefined, JsonValue[]>();
  for (const item of items) {
    const key = mergeKeyOf(item, mergeKey);
    const same = byKey.get(key);
    if (same) same.push(item);
    else byKey.set(key, [item]);
  }
  return byKey;
}

function isSameOrder(before: readonly JsonValue[], after: readonly JsonValue[], mergeKey: string): boolean {
  return before.length === after.length && after.every((item, index) => mergeKeyOf(item, mergeKey) === mergeKeyOf(before[index] ?? null, mergeKey));
}
