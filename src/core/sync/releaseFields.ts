/**
 * Fields that an environment declares and that kubectl once set too. As long as both own them, taking one out of git leaves
 * it in the cluster, as kubectl's: ownership that kubectl noted by an update is given up for what the environment applies
 * now (client-go util/csaupgrade v0.34 moves it as a whole, and so deletes fields that git never declared).
 */
import type { JsonValue } from '../live/json.js';
import { equalFields, formatFields, isNoFields, noFields, parseFields, subtractFields } from '../live/fieldSet.js';
import type { LiveObject, ManagedFieldsEntry } from '../live/liveObject.js';

/**
 * A JSON patch that leaves to `manager` alone what it owns together with kubectl; undefined where there is nothing to do. It
 * fails where the object changed since it was read.
 */
export function releaseFields({ metadata }: LiveObject, manager: string): readonly JsonValue[] | undefined {
  const entries = metadata.managedFields ?? [];
  const own = entries.find((entry) => entry.manager === manager && entry.operation === 'Apply' && (entry.subresource ?? '') === '');
  const applied = own && parseFields(own.fieldsV1);
  if (!own || !applied || metadata.resourceVersion === undefined) return undefined;
  const left = entries.flatMap((entry): readonly ManagedFieldsEntry[] => {
    // In another version the same field may have another name.
    if (!isKubectls(entry) || entry.apiVersion !== own.apiVersion) return [entry];
    const fields = parseFields(entry.fieldsV1);
    if (!fields) return [entry];
    const rest = subtractFields(fields, applied);
    if (equalFields(rest, fields)) return [entry];
    return isNoFields(rest) || equalFields(rest, noFields) ? [] : [{ ...entry, fieldsV1: formatFields(rest) }];
  });
  const isSame = left.length === entries.length && left.every((entry, index) => entry === entries[index]);
  if (isSame) return undefined;
  return [
    { op: 'replace', path: '/metadata/managedFields', value: left },
    { op: 'replace', path: '/metadata/resourceVersion', value: metadata.resourceVersion },
  ];
}

function isKubectls({ manager, operation, subresource }: ManagedFieldsEntry): boolean {
  return operation === 'Update' && (subresource ?? '') === '' && (manager === 'before-first-apply' || manager === 'kubectl' || manager.startsWith('kubectl-'));
}
