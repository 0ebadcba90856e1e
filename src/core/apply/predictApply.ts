/**
 * What an apply of a declared object would leave, computed here from the live one: for comparing without a server's dry
 * run. What the server adds by itself is left out: defaults, admission, conversion.
 */
import type { FieldSet } from '../live/fieldSet.js';
import { isJsonObject, isList, jsonEquals, type JsonObject, type JsonValue } from '../live/json.js';
import { isLiveObject, type LiveObject } from '../live/liveObject.js';
import type { FieldType } from '../objects/objectType.js';
import { applyClientSide } from './applyClientSide.js';
import { applyServerSide } from './applyServerSide.js';
import { readLastApplied } from './lastApplied.js';
import { associativeList, elementOfItem, fieldTypeOf, isEmptyMap, itemsByElement, itemTypeOf, listOf, presentFields } from './typedValue.js';

export interface PredictionInput {
  readonly desired: JsonObject;
  /** Undefined where there is none yet. */
  readonly live: LiveObject | undefined;
  /** The field manager of whoever applies: `argocd-controller`, `kustomize-controller`, our own. */
  readonly manager: string;
  readonly type: FieldType;
  /** Of `resetFieldsOf`; none where left out. */
  readonly ignored?: FieldSet;
}

export type Prediction =
  | {
      readonly kind: 'predicted';
      readonly object: LiveObject;
      /**
       * How it is known what to remove: from the manager's own entry of managed fields, from the annotation that client-side
       * applies leave, or not at all: then nothing is removed.
       */
      readonly base: 'managed-fields' | 'last-applied' | 'nothing';
    }
  | { readonly kind: 'invalid'; readonly message: string };

/** The live object itself where the apply changes nothing. Managed fields are as before. */
export function predictApply({ desired, live, manager, type, ignored }: PredictionInput): Prediction {
  const base = live ? baseOf(live, manager) : 'nothing';
  if (live && base === 'last-applied') {
    const patched = applyClientSide({ desired, live, lastApplied: readLastApplied(live), type });
    if (patched.kind === 'refused') return { kind: 'invalid', message: patched.message };
    return predicted(patched.object, live, base, type);
  }
  const writer = { manager, apiVersion: textOf(desired.apiVersion), time: '', subresource: '' };
  const applied = applyServerSide({ live, applied: withoutManagedFields(desired), writer, force: true, type, ...(ignored && { ignored }) });
  if (applied.kind === 'applied') return predicted(applied.object, live, base, type);
  return { kind: 'invalid', message: applied.kind === 'invalid' ? applied.message : 'a forced apply has no conflicts' };
}

function baseOf(live: LiveObject, manager: string): 'managed-fields' | 'last-applied' | 'nothing' {
  const entries = live.metadata.managedFields ?? [];
  if (entries.some((entry) => entry.operation === 'Apply' && entry.manager === manager && (entry.subresource ?? '') === '')) return 'managed-fields';
  return readLastApplied(live) ? 'last-applied' : 'nothing';
}

function predicted(object: JsonObject, live: LiveObject | undefined, base: 'managed-fields' | 'last-applied' | 'nothing', type: FieldType): Prediction {
  if (object === live) return { kind: 'predicted', object: live, base };
  const metadata = { ...(isJsonObject(object.metadata) ? object.metadata : {}), ...serverFields(live) };
  const settled = withoutLeftovers({ ...object, metadata }, live, type);
  if (live && jsonEquals(settled, live)) return { kind: 'predicted', object: live, base };
  return isLiveObject(settled) ? { kind: 'predicted', object: settled, base } : { kind: 'invalid', message: 'metadata.name: Required value: name is required' };
}

/** The parts of metadata that an apply can't change, as they are. */
function serverFields(live: LiveObject | undefined): JsonObject {
  const fields: Record<string, JsonValue> = {};
  for (const name of ofServer) fields[name] = live?.metadata[name] ?? null;
  return fields;
}

const ofServer = ['managedFields', 'creationTimestamp', 'uid', 'resourceVersion', 'generation', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const;

/**
 * Without what the server wouldn't show either: nulls, which an apply says or leaves behind, and zeros of fields that Go's
 * types drop. What the live object has stays.
 */
function withoutLeftovers(value: JsonValue, live: JsonValue | undefined, type: FieldType): JsonValue {
  if (value === live) return value;
  if (isList(value)) return withoutLeftoversInItems(value, live, type);
  if (!isJsonObject(value)) return value;
  const before = isJsonObject(live) ? live : {};
  let rest: Record<string, JsonValue | undefined> | undefined;
  for (const [name, each] of presentFields(value)) {
    const isLeftover = each !== before[name] && (each === null || (before[name] === undefined && isZero(each) && isZeroDropped(type, name)));
    const next = isLeftover ? undefined : withoutLeftovers(each, before[name], fieldTypeOf(type, name));
    if (next === each) continue;
    rest ??= { ...value };
    if (next === undefined) delete rest[name];
    else rest[name] = next;
  }
  return rest ?? value;
}

/** Items that are merged belong to the live items of their identity, others to those in their place. */
function withoutLeftoversInItems(items: readonly JsonValue[], live: JsonValue | undefined, type: FieldType): JsonValue {
  const known = listOf(live) ?? [];
  const list = associativeList(type);
  const byElement = list && itemsByElement(list, known);
  const settled = items.map((item, index) => {
    const found = list && elementOfItem(list, item);
    const before = found && 'element' in found ? byElement?.get(found.element)?.[0] : list ? undefined : known[index];
    return withoutLeftovers(item, before, itemTypeOf(type));
  });
  return settled.every((item, index) => item === items[index]) ? items : settled;
}

function isZeroDropped(type: FieldType, name: string): boolean {
  return type.kind === 'object' && type.field(name)?.isZeroDropped === true;
}

function isZero(value: JsonValue): boolean {
  return value === '' || value === 0 || value === false || (isList(value) && value.length === 0) || (isJsonObject(value) && isEmptyMap(value));
}

function withoutManagedFields(desired: JsonObject): JsonObject {
  if (!isJsonObject(desired.metadata) || desired.metadata.managedFields === undefined) return desired;
  const { managedFields: _managedFields, ...metadata } = desired.metadata;
  return { ...desired, metadata };
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
