/**
 * Strategic merge patches as kube-apiserver applies them to its own kinds (apimachinery v0.34,
 * pkg/util/strategicpatch/patch.go): maps are merged, lists as the type says, with the directives $patch, $retainKeys,
 * $setElementOrder and $deleteFromPrimitiveList.
 */
import { isJsonObject, isList, type JsonObject, type JsonValue } from '../live/json.js';
import type { Field, FieldType } from '../objects/objectType.js';
import { goTypeOf, goValue } from './goFormat.js';
import { deduplicate, elementKindOf, mergeKeyOf, normalizeOrder, partition, type ListOrder } from './listOrder.js';
import { refusePatch, type PatchResult } from './patching.js';
import { presentFields } from './typedValue.js';

const directive = '$patch';
const retainKeys = '$retainKeys';
const elementOrder = '$setElementOrder';
const deleteFromList = '$deleteFromPrimitiveList';

/**
 * The object with a strategic merge patch applied. Directives in what is new to the object have no effect and are dropped,
 * as decoding does.
 */
export function applyStrategicMergePatch(object: JsonObject, patch: JsonValue, type: FieldType): PatchResult {
  if (!isJsonObject(patch)) return refusePatch(400, `json: cannot unmarshal ${isList(patch) ? 'array' : typeof patch} into Go value of type map[string]interface {}`);
  const merge = new StrategicMerge();
  const merged = merge.mergeMaps(object, patch, type);
  if (merge.problem === undefined) return { kind: 'patched', object: withoutDirectives(merged) };
  return refusePatch(merge.problem.startsWith('invalid patch format') ? 400 : merge.problem === noListsOfLists ? 422 : 500, merge.problem);
}

const noListsOfLists = 'lists of lists are not supported';

/** What a field's type says of merging it. */
interface Strategy {
  readonly type: FieldType;
  readonly strategy: 'merge' | 'replace' | undefined;
  readonly mergeKey: string;
}

/** One application of a patch. The first problem ends it: what is returned then means nothing. */
class StrategicMerge {
  problem: string | undefined;

  mergeMaps(original: JsonObject, patch: JsonObject, type: FieldType): JsonObject {
    const wanted = patch[directive];
    if (wanted !== undefined) return this.#followDirective(wanted, patch);
    const merged: Record<string, JsonValue | undefined> = { ...original };
    const rest: Record<string, JsonValue | undefined> = { ...patch };
    this.#retainKeys(merged, rest);
    for (const [key, order] of presentFields(patch)) if (key.startsWith(elementOrder)) this.#mergeOrdered(merged, rest, key, order, type);
    for (const [key, value] of presentFields(rest)) {
      if (this.problem !== undefined) return merged;
      this.#mergeField(merged, key, value, type);
    }
    return merged;
  }

  #fail(problem: string): void {
    this.problem ??= problem;
  }

  #followDirective(wanted: JsonValue, patch: JsonObject): JsonObject {
    if (wanted === 'delete') return {};
    if (wanted !== 'replace') this.#fail(`unknown patch type: ${goValue(wanted)} in map: ${goValue(patch)}`);
    const { [directive]: _directive, ...rest } = patch;
    return rest;
  }

  /** Takes away what isn't among the keys to retain. */
  #retainKeys(merged: Record<string, JsonValue | undefined>, patch: Record<string, JsonValue | undefined>): void {
    const keys = patch[retainKeys];
    if (keys === undefined) return;
    delete patch[retainKeys];
    const isDirective = (key: string): boolean => key.startsWith(deleteFromList) || key.startsWith(elementOrder);
    if (!isList(keys) || [...presentFields(patch)].some(([key, value]) => value !== null && !isDirective(key) && !keys.includes(key))) {
      this.#fail('invalid patch format of retainKeys');
      return;
    }
    for (const key of Object.keys(merged)) if (!keys.includes(key)) delete merged[key];
  }

  /** Merges a list whose order the patch sets, and takes it out of the patch. */
  #mergeOrdered(merged: Record<string, JsonValue | undefined>, patch: Record<string, JsonValue | undefined>, key: string, order: JsonValue, type: FieldType): void {
    delete patch[key];
    if (!isList(order)) return this.#fail(`expected a []interface {}, but received a ${goTypeOf(order)}`);
    if (!key.startsWith(`${elementOrder}/`)) return this.#fail('invalid patch format of setElementOrder list');
    const name = key.slice(elementOrder.length + 1);
    const [original, changes] = [merged[name], patch[name]];
    for (const list of [original, changes]) if (list !== undefined && !isList(list)) return this.#fail(`expected a []interface {}, but received a ${goTypeOf(list)}`);
    const strategy = this.#lookUp(type, name);
    if (!strategy) return;
    this.#checkOrder(isList(changes) ? changes : [], order, strategy.mergeKey);
    if (this.problem !== undefined || (!isList(original) && !isList(changes))) return;
    const list = this.#mergeBoth(original, changes, strategy);
    const kind = elementKindOf(isList(original) ? original : [], isList(changes) ? changes : []);
    if (typeof kind !== 'object') return this.#fail(kind);
    const ordered = this.#order(list, order, isList(original) ? original : [], { mergeKey: strategy.mergeKey, isOfMaps: kind.isOfMaps });
    merged[name] = ordered;
    delete patch[name];
  }

  #mergeBoth(original: JsonValue | undefined, changes: JsonValue | undefined, strategy: Strategy): readonly JsonValue[] {
    if (!isList(changes)) return isList(original) ? original : [];
    if (isList(original)) return this.#mergeLists(original, changes, strategy, false);
    const list = withoutMarked(changes);
    return isList(list) ? list : [];
  }

  /** Whether the patch's items stand in the order that it sets, and are all in it. */
  #checkOrder(changes: readonly JsonValue[], order: readonly JsonValue[], mergeKey: string): void {
    if (changes.length === 0 || order.length === 0) return;
    const kept = mergeKey === '' ? changes : changes.filter((item) => !isJsonObject(item) || item[directive] !== 'delete');
    let at = 0;
    for (let next = 0; at < kept.length && next < order.length;) {
      const item = kept[at] ?? null;
      if (isJsonObject(item) && item[directive] !== undefined) {
        at++;
        continue;
      }
      const [left, right] = [this.#identity(item, mergeKey), this.#identity(order[next] ?? null, mergeKey)];
      if (this.problem !== undefined) return;
      if (left === right) at++;
      next++;
      if (next >= order.length && at < kept.length) this.#fail(`The order in patch list:\n${goValue(changes)}\n doesn't match ${elementOrder} list:\n${goValue(order)}\n`);
    }
  }

  #identity(item: JsonValue, mergeKey: string): JsonValue | undefined {
    if (mergeKey === '') return item;
    if (!isJsonObject(item)) this.#fail(`expected a map[string]interface {}, but received a ${goTypeOf(item)}`);
    else if (item[mergeKey] === undefined) this.#fail(noMergeKey(item, mergeKey));
    return mergeKeyOf(item, mergeKey);
  }

  #mergeField(merged: Record<string, JsonValue | undefined>, key: string, value: JsonValue, type: FieldType): void {
    const isDeletion = key.startsWith(deleteFromList);
    if (isDeletion && !key.startsWith(`${deleteFromList}/`)) return this.#fail('invalid patch format of primitive list');
    const name = isDeletion ? key.slice(deleteFromList.length + 1) : key;
    const original = merged[name];
    if (value === null) {
      delete merged[name];
      return;
    }
    const isSameKind = original !== undefined && isList(original) === isList(value) && isJsonObject(original) === isJsonObject(value);
    if (isSameKind && isJsonObject(original) && isJsonObject(value)) {
      const strategy = this.#lookUp(type, name);
      if (strategy) merged[name] = strategy.strategy === 'replace' ? value : this.mergeMaps(original, value, strategy.type);
    } else if (isSameKind && isList(original) && isList(value)) {
      const strategy = this.#lookUp(type, name);
      if (strategy) merged[name] = strategy.strategy === 'merge' || isDeletion ? this.#mergeLists(original, value, strategy, isDeletion) : value;
    } else if (!isDeletion) {
      const kept = withoutMarked(isJsonObject(value) || isList(value) ? withoutNulls(value) : value);
      if (kept === undefined) delete merged[name];
      else merged[name] = kept;
    }
  }

  #lookUp(type: FieldType, name: string): Strategy | undefined {
    if (type.kind !== 'object') {
      this.#fail(`merging an object in json but data type is not struct, instead is: ${type.kind === 'map' ? 'map' : 'interface'}`);
      return undefined;
    }
    const field = type.field(name);
    if (!field) this.#fail(`unable to find api field in struct ${type.name} for the json field ${JSON.stringify(name)}`);
    return field && strategyOf(field);
  }

  #mergeLists(original: readonly JsonValue[], patch: readonly JsonValue[], strategy: Strategy, isDeletion: boolean): readonly JsonValue[] {
    if (original.length === 0 && patch.length === 0) return original;
    const kind = elementKindOf(original, patch);
    if (typeof kind !== 'object') {
      this.#fail(kind);
      return original;
    }
    const { mergeKey } = strategy;
    if (!kind.isOfMaps) {
      if (isDeletion) return original.filter((item) => !patch.includes(item));
      return this.#order(deduplicate([...original, ...patch]), patch, original, { mergeKey: '', isOfMaps: false });
    }
    if (mergeKey === '') {
      this.#fail(`cannot merge lists without merge key for ${strategy.type.kind === 'object' ? strategy.type.name : ''}`);
      return original;
    }
    const special = this.#followListDirectives(original, patch, mergeKey);
    if (this.problem !== undefined) return original;
    return this.#order(this.#mergeItems(special.original, special.patch, strategy), special.patch, special.original, { mergeKey, isOfMaps: true });
  }

  /** Does what items with `$patch` ask for, and gives the patch without them. */
  #followListDirectives(
    original: readonly JsonValue[],
    patch: readonly JsonValue[],
    mergeKey: string,
  ): { readonly original: readonly JsonValue[]; readonly patch: readonly JsonValue[] } {
    let kept = original;
    const plain: JsonValue[] = [];
    let isReplaced = false;
    for (const item of patch) {
      const wanted = isJsonObject(item) ? item[directive] : undefined;
      if (!isJsonObject(item) || wanted === undefined) plain.push(item);
      else if (wanted === 'replace') isReplaced = true;
      else if (wanted === 'merge') this.#fail('merging lists cannot yet be specified in the patch');
      else if (wanted !== 'delete') this.#fail(`unknown patch type: ${goValue(wanted)} in map: ${goValue(item)}`);
      else if (item[mergeKey] === undefined) this.#fail(noMergeKey(item, mergeKey));
      else kept = kept.filter((each) => mergeKeyOf(each, mergeKey) !== item[mergeKey]);
    }
    return isReplaced ? { original: plain, patch: [] } : { original: kept, patch: plain };
  }

  #mergeItems(original: readonly JsonValue[], patch: readonly JsonValue[], { type, mergeKey }: Strategy): readonly JsonValue[] {
    const merged = [...original];
    const itemType = type.kind === 'list' ? type.items : type;
    for (const item of patch) {
      if (!isJsonObject(item)) continue;
      if (item[mergeKey] === undefined) this.#fail(noMergeKey(item, mergeKey));
      const at = merged.findIndex((each) => mergeKeyOf(each, mergeKey) === item[mergeKey]);
      const known = merged[at];
      if (isJsonObject(known)) merged[at] = this.mergeMaps(known, item, itemType);
      else merged.push(item);
    }
    return merged;
  }

  /** A merged list with what the patch has in the patch's order, and the rest where it was. */
  #order(merged: readonly JsonValue[], patchOrder: readonly JsonValue[], liveOrder: readonly JsonValue[], order: ListOrder): readonly JsonValue[] {
    const { mergeKey } = order;
    if (order.isOfMaps) for (const item of [...merged, ...patchOrder, ...liveOrder]) this.#identity(item, mergeKey);
    if (this.problem !== undefined) return merged;
    const { inPatch, others } = partition(merged, patchOrder, order);
    return normalizeOrder(inPatch, others, patchOrder, liveOrder, order);
  }
}

function strategyOf({ type, patchStrategy = [], patchMergeKey = '' }: Field): Strategy {
  const strategy = patchStrategy.find((each) => each !== 'retainKeys');
  return { type, strategy: strategy === 'merge' || strategy === 'replace' ? strategy : undefined, mergeKey: patchMergeKey };
}

function noMergeKey(item: JsonObject, mergeKey: string): string {
  return `map: ${goValue(item)} does not contain declared merge key: ${mergeKey}`;
}

/** Without maps that have a directive; undefined for such a map itself. */
function withoutMarked(value: JsonValue): JsonValue | undefined {
  if (isList(value)) return value.flatMap((item) => withoutMarked(item) ?? (item === null ? [null] : []));
  if (!isJsonObject(value)) return value;
  if (value[directive] !== undefined) return undefined;
  const fields = [...presentFields(value)].map(([name, each]) => [name, withoutMarked(each)] as const);
  return Object.fromEntries(fields.filter(([, each]) => each !== undefined));
}

function withoutNulls(value: JsonValue): JsonValue {
  if (isList(value)) return value.map(withoutNulls);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries([...presentFields(value)].filter(([, each]) => each !== null).map(([name, each]) => [name, withoutNulls(each)]));
}

function isDirectiveName(name: string): boolean {
  return name === directive || name === retainKeys || name.startsWith(`${elementOrder}/`) || name.startsWith(`${deleteFromList}/`);
}

/** Without the directives that are left, which no type knows. */
function withoutDirectives(object: JsonObject): JsonObject {
  let changed: Record<string, JsonValue | undefined> | undefined;
  for (const [name, value] of presentFields(object)) {
    const next = isDirectiveName(name) ? undefined : cleaned(value);
    if (next === value) continue;
    changed ??= { ...object };
    if (next === undefined) delete changed[name];
    else changed[name] = next;
  }
  return changed ?? object;
}

function cleaned(value: JsonValue): JsonValue {
  if (isJsonObject(value)) return withoutDirectives(value);
  if (!isList(value)) return value;
  const items = value.map(cleaned);
  return items.every((item, index) => item === value[index]) ? value : items;
}
