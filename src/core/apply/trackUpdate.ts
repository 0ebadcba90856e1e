/**
 * Who owns what after a create, an update or a patch: the writer gets the fields whose value it changed, the others
 * lose those (apimachinery v0.34, pkg/util/managedfields/internal/fieldmanager.go, managedfieldsupdater.go,
 * skipnonapplied.go).
 */
import { isNoFields, noFields, subtractFields, uniteFields, type FieldSet } from '../live/fieldSet.js';
import { isJsonObject, isList, jsonEquals, parseJson, type JsonObject, type JsonValue } from '../live/json.js';
import type { LiveObject, ManagedFieldsEntry } from '../live/liveObject.js';
import type { FieldType, KindType } from '../objects/objectType.js';
import type { Writer } from './applying.js';
import { compareTyped } from './compareTyped.js';
import { capUpdaters, managerId, readManagers, trackedFields, withoutForms, writableFields, writeManagers, type Manager, type Managers } from './managers.js';
import { takeFields, writableChanges } from './ownership.js';
import { reconcileFields } from './typedFields.js';

export interface UpdateInput {
  /** Undefined for a create. */
  readonly before: LiveObject | undefined;
  /**
   * As the request has it, decoded and with defaults, before the endpoint sets back what it doesn't take and fills in what
   * only it knows. With the managed fields of the request (a patch's are those of the live object, patched): a client may
   * change or reset them.
   */
  readonly after: LiveObject;
  readonly writer: Writer;
  readonly type: FieldType;
  /** What the endpoint doesn't take: see `resetFieldsOf`. */
  readonly ignored: FieldSet;
  /** An object of the kind with nothing set, of `emptyObjectOf`; undefined for custom kinds. */
  readonly emptyObject: JsonObject | undefined;
}

/** The object with its managed fields brought up to date. Where only times would change, they stay as they were. */
export function trackUpdate({ before, after, writer, type, ignored, emptyObject }: UpdateInput): LiveObject {
  const managers = managersToUpdate(before, after, writer, emptyObject === undefined);
  if (managers.size === 0 && before) return withManagedFields(after, []);
  const base = before ? withoutManagedFields(before) : emptyOf(after, emptyObject);
  const updated = updateManagers({ before: base, after: withoutManagedFields(after), managers, writer, type, ignored });
  return settleTimes(before, withManagedFields(after, writeManagers(updated.values())));
}

export interface ManagersUpdate {
  /** Both without managed fields. */
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly managers: Managers;
  readonly writer: Writer;
  readonly type: FieldType;
  readonly ignored: FieldSet;
}

/** The managers after a write of `after` over `before`. */
export function updateManagers({ before, after, managers, writer, type, ignored }: ManagersUpdate): Managers {
  const changes = writableChanges(compareTyped(before, after, type), ignored);
  const rest = new Map(takeFields(reconcileManagers(managers, type), '', changes));
  const fields = trackedFields(writableFields(uniteFields(subtractFields(noFields, changes.removed), uniteFields(changes.modified, changes.added)), ignored));
  if (!isNoFields(fields)) {
    const { apiVersion, subresource, time } = writer;
    const own: Manager = { manager: writer.manager === '' ? 'unknown' : writer.manager, operation: 'Update', apiVersion, subresource, time, fields };
    const id = managerId(own);
    rest.set(id, { ...own, fields: uniteFields(fields, rest.get(id)?.fields ?? noFields) });
  }
  return capUpdaters(rest);
}

/** The managers with their sets as the type has them today. */
export function reconcileManagers(managers: Managers, type: FieldType): Managers {
  return new Map([...managers].map(([id, manager]) => [id, { ...manager, fields: reconcileFields(manager.fields, type) }]));
}

/** The empty object of a kind, to pass on; undefined for custom kinds. */
export function emptyObjectOf({ empty }: Pick<KindType, 'empty'>): JsonObject | undefined {
  const value = empty === undefined ? undefined : parseJson(empty);
  return isJsonObject(value) ? value : undefined;
}

/** What a create is compared with. */
export function emptyOf({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }, emptyObject: JsonObject | undefined): JsonObject {
  return { apiVersion, kind, ...emptyObject };
}

/** The managers of the request, or those that are there where the request says nothing of them; none where it resets them. */
function managersToUpdate(before: LiveObject | undefined, after: LiveObject, { subresource }: Writer, isCustom: boolean): Managers {
  const live = orNone(readManagers(before?.metadata.managedFields));
  if (subresource !== '') return live;
  const requested: JsonValue | undefined = after.metadata.managedFields;
  if (isReset(requested, isCustom)) return new Map();
  if (jsonEquals(requested, before?.metadata.managedFields)) return live;
  const managers = readManagers(requested);
  return typeof managers === 'string' || managers.size === 0 ? live : withoutForms(managers);
}

/** One empty entry, or an empty list, which the metadata of custom objects loses before it is looked at. */
function isReset(managedFields: JsonValue | undefined, isCustom: boolean): boolean {
  if (!isList(managedFields)) return false;
  const [first] = managedFields;
  return (managedFields.length === 0 && !isCustom) || (managedFields.length === 1 && isJsonObject(first) && Object.keys(first).length === 0);
}

function orNone(managers: Managers | string): Managers {
  return typeof managers === 'string' ? new Map() : managers;
}

export function withoutManagedFields(object: LiveObject): LiveObject {
  if (object.metadata.managedFields === undefined) return object;
  const { managedFields: _managedFields, ...metadata } = object.metadata;
  return { ...object, metadata };
}

export function withManagedFields(object: LiveObject, managedFields: readonly ManagedFieldsEntry[]): LiveObject {
  const bare = withoutManagedFields(object);
  return managedFields.length === 0 ? bare : { ...bare, metadata: { ...bare.metadata, managedFields } };
}

/**
 * The object with the times that its managed fields had before, where nothing else changed: a write that changes nothing
 * is not to be seen (apiserver v0.34, pkg/endpoints/handlers/fieldmanager/equality.go). To be asked again after
 * defaulting.
 */
export function settleTimes(before: LiveObject | undefined, after: LiveObject): LiveObject {
  const [old, now] = [before?.metadata.managedFields, after.metadata.managedFields];
  if (!before || !old || old.length !== now?.length || !old.every((entry, index) => isSameEntry(entry, now[index]))) return after;
  return jsonEquals(withoutManagedFields(before), withoutManagedFields(after)) ? withManagedFields(after, old) : after;
}

function isSameEntry(a: ManagedFieldsEntry, b: ManagedFieldsEntry | undefined): boolean {
  if (!b) return false;
  const { time: _oldTime, ...old } = a;
  const { time: _newTime, ...now } = b;
  return jsonEquals(old, now);
}
