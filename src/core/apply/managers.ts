/**
 * The managers of an object: the entries of `metadata.managedFields`, decoded, and written again in the server's order
 * (apimachinery v0.34, pkg/util/managedfields/internal/managedfields.go, capmanagers.go, stripmeta.go).
 */
import { compareTexts, type ElementPath } from '../live/fieldElement.js';
import { fieldsOf, formatFields, isNoFields, noFields, parseFields, subtractFields, subtractTrees, uniteFields, type FieldSet } from '../live/fieldSet.js';
import { isJsonObject, isList, type JsonObject, type JsonValue } from '../live/json.js';
import type { ManagedFieldsEntry } from '../live/liveObject.js';

export interface Manager {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  /** RFC 3339; undefined where it never wrote a value of its own. */
  readonly time: string | undefined;
  readonly fields: FieldSet;
  /** The form in which the fields were read, to be written again as long as they are the same; of what a server has noted. */
  readonly read?: { readonly fields: FieldSet; readonly form: JsonObject };
}

/** Managers by what tells them apart: see {@link managerId}. */
export type Managers = ReadonlyMap<string, Manager>;

/** What tells managers apart: for those that apply all but the version. In the form and the order of the server's identifiers. */
export function managerId({ manager, operation, apiVersion, subresource }: Pick<Manager, 'manager' | 'operation' | 'apiVersion' | 'subresource'>): string {
  return JSON.stringify({ ...(manager !== '' && { manager }), operation, ...(operation === 'Update' && { apiVersion }), ...(subresource !== '' && { subresource }) });
}

/** The managers of an object; the reason as text where an entry can't be read. */
export function readManagers(managedFields: JsonValue | undefined): Managers | string {
  const managers = new Map<string, Manager>();
  for (const [index, entry] of (isList(managedFields) ? managedFields : []).entries()) {
    const manager = isJsonObject(entry) ? readManager(entry, index) : `error decoding manager ${index}`;
    if (typeof manager === 'string') return manager;
    managers.set(managerId(manager), manager);
  }
  return managers;
}

function readManager(entry: JsonObject, index: number): Manager | string {
  const { operation, fieldsType } = entry;
  if (operation !== 'Apply' && operation !== 'Update') return 'operation must be `Apply` or `Update`';
  const apiVersion = textOf(entry.apiVersion);
  if (apiVersion === '') return 'apiVersion must not be empty';
  if (fieldsType === undefined || fieldsType === '') return `missing fieldsType in managed fields entry ${index}`;
  if (fieldsType !== 'FieldsV1') return `invalid fieldsType ${JSON.stringify(fieldsType)} in managed fields entry ${index}`;
  const fields = isJsonObject(entry.fieldsV1) ? parseFields(entry.fieldsV1) : noFields;
  if (!fields) return `error decoding the fields of managed fields entry ${index}`;
  const time = textOf(entry.time);
  const manager: Manager = { manager: textOf(entry.manager), operation, apiVersion, subresource: textOf(entry.subresource), time: time === '' ? undefined : time, fields };
  return isJsonObject(entry.fieldsV1) ? { ...manager, read: { fields, form: entry.fieldsV1 } } : manager;
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** The entries in the server's order: those that apply first, then by time, manager, version, subresource. */
export function writeManagers(managers: Iterable<Manager>): readonly ManagedFieldsEntry[] {
  return [...managers].sort(compareManagers).map(({ manager, operation, apiVersion, subresource, time, fields, read }) => ({
    manager,
    operation,
    apiVersion,
    ...(time !== undefined && { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: read?.fields === fields ? read.form : formatFields(fields),
    ...(subresource !== '' && { subresource }),
  }));
}

function compareManagers(a: Manager, b: Manager): number {
  return (
    compareTexts(a.operation, b.operation) ||
    compareTexts(a.time ?? '', b.time ?? '') ||
    compareTexts(a.manager, b.manager) ||
    compareTexts(a.apiVersion, b.apiVersion) ||
    compareTexts(a.subresource, b.subresource)
  );
}

const untracked = fieldsOf([
  ['f:apiVersion'],
  ['f:kind'],
  ['f:metadata'],
  ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion'].map((name): ElementPath => [
    'f:metadata',
    `f:${name}`,
  ]),
]);

/** A set without the fields that nobody ever owns. */
export function trackedFields(fields: FieldSet): FieldSet {
  return subtractFields(fields, untracked);
}

/** A set without what the endpoint that is written to doesn't take. */
export function writableFields(fields: FieldSet, ignored: FieldSet): FieldSet {
  return subtractTrees(fields, ignored);
}

/** The managers, to be written in the server's form whatever form they were read in. */
export function withoutForms(managers: Managers): Managers {
  return new Map([...managers].map(([id, { read: _read, ...manager }]) => [id, manager]));
}

/** The managers that own something. */
export function withoutEmpty(managers: Managers): Managers {
  return new Map([...managers].filter(([, { fields }]) => !isNoFields(fields)));
}

const mostUpdaters = 10;
const ancient = 'ancient-changes';

/** At most ten managers by update: the oldest of each version are made one. */
export function capUpdaters(managers: Managers): Managers {
  const updaters = [...managers].filter(([, { operation }]) => operation === 'Update');
  if (updaters.length <= mostUpdaters) return managers;
  updaters.sort(([a, { time: at }], [b, { time: bt }]) => compareTexts(at ?? '', bt ?? '') || compareTexts(a, b));
  const capped = new Map(managers);
  const firsts = new Map<string, string>();
  let count = updaters.length;
  for (const [id, updater] of updaters) {
    if (count <= mostUpdaters) break;
    const { apiVersion } = updater;
    const first = firsts.get(apiVersion);
    if (first === undefined) {
      firsts.set(apiVersion, id);
      continue;
    }
    const merged: Manager = { manager: ancient, operation: 'Update', apiVersion, subresource: '', time: updater.time, fields: updater.fields };
    const bucket = managerId(merged);
    const before = capped.get(bucket) ?? capped.get(first);
    if (!capped.has(bucket)) capped.delete(first);
    capped.set(bucket, { ...merged, fields: uniteFields(updater.fields, before?.fields ?? noFields) });
    if (id !== bucket) capped.delete(id);
    count--;
  }
  return capped;
}
