/**
 * What an apply of a declared object would leave, computed here from the live one: for comparing without a server's dry
 * run. What the server adds by itself is left out: defaults, admission, conversion.
 */
import type { FieldSet } from '../live/fieldSet.js';
import { isJsonObject, isList, type JsonObject, type JsonValue } from '../live/json.js';
import { isLiveObject, type LiveObject } from '../live/liveObject.js';
import type { FieldType } from '../objects/objectType.js';
import { applyClientSide } from './applyClientSide.js';
import { applyServerSide } from './applyServerSide.js';
import { readLastApplied } from './lastApplied.js';
import { presentFields } from './typedValue.js';

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
    return predicted(patched.object, live, base);
  }
  const writer = { manager, apiVersion: textOf(desired.apiVersion), time: '', subresource: '' };
  const applied = applyServerSide({ live, applied: withoutManagedFields(desired), writer, force: true, type, ...(ignored && { ignored }) });
  if (applied.kind === 'applied') return predicted(applied.object, live, base);
  return { kind: 'invalid', message: applied.kind === 'invalid' ? applied.message : 'a forced apply has no conflicts' };
}

function baseOf(live: LiveObject, manager: string): 'managed-fields' | 'last-applied' | 'nothing' {
  const entries = live.metadata.managedFields ?? [];
  if (entries.some((entry) => entry.operation === 'Apply' && entry.manager === manager && (entry.subresource ?? '') === '')) return 'managed-fields';
  return readLastApplied(live) ? 'last-applied' : 'nothing';
}

function predicted(object: JsonObject, live: LiveObject | undefined, base: 'managed-fields' | 'last-applied' | 'nothing'): Prediction {
  if (object === live) return { kind: 'predicted', object: live, base };
  const { managedFields: _managedFields, ...metadata } = isJsonObject(object.metadata) ? object.metadata : {};
  const managedFields = live?.metadata.managedFields;
  const settled = withoutLeftovers({ ...object, metadata: managedFields ? { ...metadata, managedFields } : metadata }, live);
  return isLiveObject(settled) ? { kind: 'predicted', object: settled, base } : { kind: 'invalid', message: 'metadata.name: Required value: name is required' };
}

/** Without the nulls that aren't in the live object: those an apply says or leaves behind stand for nothing. */
function withoutLeftovers(value: JsonValue, live: JsonValue | undefined): JsonValue {
  if (value === live) return value;
  if (isList(value)) {
    const known = new Set(isList(live) ? live : []);
    const items = value.map((item) => (known.has(item) ? item : withoutLeftovers(item, undefined)));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isJsonObject(value)) return value;
  const before = isJsonObject(live) ? live : {};
  let rest: Record<string, JsonValue | undefined> | undefined;
  for (const [name, each] of presentFields(value)) {
    const next = each === null ? (before[name] === null ? null : undefined) : withoutLeftovers(each, before[name]);
    if (next === each) continue;
    rest ??= { ...value };
    if (next === undefined) delete rest[name];
    else rest[name] = next;
  }
  return rest ?? value;
}

function withoutManagedFields(desired: JsonObject): JsonObject {
  if (!isJsonObject(desired.metadata) || desired.metadata.managedFields === undefined) return desired;
  const { managedFields: _managedFields, ...metadata } = desired.metadata;
  return { ...desired, metadata };
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
