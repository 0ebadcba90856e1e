/** What a write takes from the other managers (structured-merge-diff v6.3, merge/update.go). */
import { intersectFields, isNoFields, subtractFields, uniteFields, type FieldSet } from '../live/fieldSet.js';
import type { Comparison } from './compareTyped.js';
import { withoutEmpty, writableFields, type Manager, type Managers } from './managers.js';

/** A comparison without what the endpoint doesn't take. */
export function writableChanges({ removed, modified, added }: Comparison, ignored: FieldSet): Comparison {
  return { removed: writableFields(removed, ignored), modified: writableFields(modified, ignored), added: writableFields(added, ignored) };
}

/** The fields of other managers that a write changes, by manager. */
export function findConflicts(managers: Managers, writer: string, { modified, added }: Comparison): ReadonlyMap<string, FieldSet> {
  const changed = uniteFields(modified, added);
  const conflicts = new Map<string, FieldSet>();
  if (isNoFields(changed)) return conflicts;
  for (const [id, { fields }] of managers) {
    const taken = id === writer ? undefined : intersectFields(fields, changed);
    if (taken && !isNoFields(taken)) conflicts.set(id, taken);
  }
  return conflicts;
}

/** The managers without what the write changed or removed; those left with nothing are gone. */
export function takeFields(managers: Managers, writer: string, { removed, modified, added }: Comparison): Managers {
  const taken = uniteFields(uniteFields(modified, added), removed);
  if (isNoFields(taken)) return withoutEmpty(managers);
  const rest = new Map<string, Manager>();
  for (const [id, manager] of managers) rest.set(id, id === writer ? manager : { ...manager, fields: subtractFields(manager.fields, taken) });
  return withoutEmpty(rest);
}
