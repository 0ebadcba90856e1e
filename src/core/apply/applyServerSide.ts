/**
 * Server-side apply as kube-apiserver v1.34 does it (structured-merge-diff v6.3, merge/update.go; apimachinery v0.34,
 * pkg/util/managedfields/internal): merge by type, removal of what the manager applied before and no longer does,
 * conflicts, ownership. What the server does around it is left out: decoding into its own types, defaults, admission,
 * validation. Managers of another version than the writer's are taken as if the fields were the same in both.
 */
import { equalFields, intersectFields, isNoFields, noFields, subtractFields, uniteFields, type FieldSet } from '../live/fieldSet.js';
import { isJsonObject, jsonEquals, type JsonObject, type JsonValue } from '../live/json.js';
import { isLiveObject, type LiveObject } from '../live/liveObject.js';
import type { FieldType } from '../objects/objectType.js';
import type { ApplyInput, ApplyResult, Writer } from './applying.js';
import { describeConflicts } from './conflicts.js';
import { compareTyped } from './compareTyped.js';
import { allowedByLastApplied, withLastApplied } from './lastApplied.js';
import { managerId, readManagers, trackedFields, writableFields, writeManagers, type Manager, type Managers } from './managers.js';
import { mergeTyped } from './mergeTyped.js';
import { findConflicts, takeFields, writableChanges } from './ownership.js';
import { removeFields } from './removeFields.js';
import { fieldsOfValue, withNamedFields } from './typedFields.js';
import { emptyOf, reconcileManagers, settleTimes, updateManagers, withManagedFields, withoutManagedFields } from './trackUpdate.js';
import { validateTyped } from './validateApplied.js';

/** What an apply leaves; the live object itself where it changes nothing. */
export function applyServerSide(input: ApplyInput): ApplyResult {
  const { live, applied, type } = input;
  const refusal = refusalOf(input);
  if (refusal !== undefined) return { kind: 'invalid', message: refusal, code: 400 };
  const managers = live ? readManagers(live.metadata.managedFields) : new Map<string, Manager>();
  if (typeof managers === 'string') return { kind: 'invalid', message: `failed to decode managed fields: ${managers}`, code: 500 };
  const problem = validateTyped(applied, type);
  if (problem !== undefined) return { kind: 'invalid', message: `failed to create typed patch object (${describeObject(applied)}): ${problem}`, code: 500 };
  const bare = live && withoutManagedFields(live);
  const owned = managers.size === 0 && bare ? ownedBeforeApply(bare, input) : reconcileManagers(managers, type);
  return finish(input, merge(input, bare, owned));
}

function refusalOf({ applied, writer, live }: ApplyInput): string | undefined {
  const { apiVersion, kind, metadata } = applied;
  if (apiVersion !== writer.apiVersion || (live && kind !== live.kind)) return `invalid object type: ${describeKind(applied)}`;
  return isJsonObject(metadata) && metadata.managedFields !== undefined && metadata.managedFields !== null ? 'metadata.managedFields must be nil' : undefined;
}

/** Before the first apply nobody is noted: all there is belongs to `before-first-apply`. */
function ownedBeforeApply(live: LiveObject, { writer, type, ignored = noFields, emptyObject }: ApplyInput): Managers {
  const before: Writer = { ...writer, manager: 'before-first-apply' };
  return updateManagers({ before: emptyOf(live, emptyObject), after: live, managers: new Map(), writer: before, type, ignored });
}

/** An apply up to its conflicts; `merged` is undefined where nothing changes. */
interface Merged {
  readonly merged: JsonObject | undefined;
  readonly managers: Managers;
  /** The managers before anything was taken from them. */
  readonly owned: Managers;
  readonly conflicts: ReadonlyMap<string, FieldSet>;
}

function merge({ applied, writer, type, ignored = noFields, force }: ApplyInput, live: LiveObject | undefined, owned: Managers): Merged {
  const base: JsonObject = live ?? {};
  const own: Manager = {
    manager: writer.manager === '' ? 'unknown' : writer.manager,
    operation: 'Apply',
    apiVersion: writer.apiVersion,
    subresource: writer.subresource,
    time: undefined,
    fields: writableFields(fieldsOfValue(applied, type), ignored),
  };
  const id = managerId(own);
  const last = owned.get(id);
  const managers = new Map(owned).set(id, { ...own, time: last?.time });
  const united = mergeTyped(base, applied, type) ?? base;
  const pruned = last ? prune(united, last, managers, type) : united;
  const merged = isJsonObject(pruned) ? pruned : {};
  const changes = writableChanges(compareTyped(base, merged, type), ignored);
  const conflicts = force ? new Map<string, FieldSet>() : findConflicts(managers, id, changes);
  const rest = new Map(takeFields(managers, id, changes));
  const mine = rest.get(id);
  const isSame = merged === base || jsonEquals(merged, base);
  if (mine) {
    const fields = trackedFields(mine.fields);
    if (isNoFields(fields)) rest.delete(id);
    else rest.set(id, { ...mine, ...sameFields(fields, last), time: isSame ? mine.time : writer.time });
  }
  return { merged: isSame ? undefined : merged, managers: rest, owned, conflicts };
}

/** The set that was read where it is the same, so that its form can be kept. */
function sameFields(fields: FieldSet, last: Manager | undefined): Pick<Manager, 'fields' | 'read'> {
  return last?.read && equalFields(fields, last.read.fields) ? { fields: last.read.fields, read: last.read } : { fields };
}

/** Without what the manager applied last and no longer does, unless another manager owns it. */
function prune(united: JsonValue, last: Manager, managers: Managers, type: FieldType): JsonValue {
  const named = withNamedFields(last.fields, type);
  const byVersion = ownedByVersion(managers, last.apiVersion, type);
  const [owned] = byVersion;
  if (byVersion.length === 1 && owned && isNoFields(subtractFields(named, owned))) return united;
  const all = namedFieldsOf(united, type);
  let kept = removeFields(united, named, type);
  // what managers own comes back, with all that it stands in; version by version, as a server that converts has to
  for (const fields of byVersion) kept = removeFields(united, subtractFields(all, uniteFields(namedFieldsOf(kept, type), fields)), type);
  // and so does what the manager never owned
  return removeFields(united, intersectFields(subtractFields(all, namedFieldsOf(kept, type)), named), type);
}

/** What the managers of each version own, those of `first` first. */
function ownedByVersion(managers: Managers, first: string, type: FieldType): readonly FieldSet[] {
  const owned = new Map([[first, noFields]]);
  for (const { apiVersion, fields } of managers.values()) owned.set(apiVersion, uniteFields(owned.get(apiVersion) ?? noFields, fields));
  if (owned.size > 1 && isNoFields(owned.get(first) ?? noFields)) owned.delete(first);
  return [...owned.values()].map((fields) => withNamedFields(fields, type));
}

function namedFieldsOf(value: JsonValue, type: FieldType): FieldSet {
  return withNamedFields(fieldsOfValue(value, type), type);
}

function finish(input: ApplyInput, { merged, managers, owned, conflicts }: Merged): ApplyResult {
  const { live, applied, writer, type } = input;
  if (conflicts.size > 0) {
    const allowed = writer.manager === 'kubectl' && live ? allowedByLastApplied(live, writer.apiVersion, type) : undefined;
    const left = new Map<string, FieldSet>();
    for (const [id, fields] of conflicts) {
      const rest = allowed ? subtractFields(fields, allowed) : fields;
      if (!isNoFields(rest)) left.set(id, rest);
    }
    if (left.size > 0) return { kind: 'conflict', conflicts: describeConflicts(left, owned) };
  }
  const object = merged ?? (live && withoutManagedFields(live)) ?? {};
  const named = writer.manager === 'kubectl' ? withLastApplied(object, applied) : object;
  if (!isLiveObject(named)) return { kind: 'invalid', message: 'metadata.name: Required value: name is required', code: 400 };
  const result = settleTimes(live, withManagedFields(named, writeManagers(managers.values())));
  if (live && jsonEquals(live, result)) return { kind: 'applied', object: live, isChanged: false };
  return { kind: 'applied', object: result, isChanged: true };
}

/** `default/web; apps/v1, Kind=Deployment` */
function describeObject(object: JsonObject): string {
  const metadata = isJsonObject(object.metadata) ? object.metadata : {};
  return `${textOf(metadata.namespace)}/${textOf(metadata.name)}; ${describeKind(object)}`;
}

/** `apps/v1, Kind=Deployment`, `/v1, Kind=Pod` */
function describeKind({ apiVersion, kind }: JsonObject): string {
  const version = textOf(apiVersion);
  return `${version.includes('/') ? '' : '/'}${version}, Kind=${textOf(kind)}`;
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
