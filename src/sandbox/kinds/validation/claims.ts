/** What holds for claims of storage, alone and as templates (k8s.io/kubernetes v1.34, pkg/apis/core/validation). */
import type { JsonObject, JsonValue } from '../../../core/live/json.js';
import { textsAt, valueAt } from '../../../core/live/readFields.js';
import { millisOf } from '../quantity.js';
import { named, oneOf, selector, type Errors } from './checks.js';
import { forbidden, invalid, required } from './fieldErrors.js';
import { checkSubdomain } from './names.js';

const modes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
export const volumeModes = ['Block', 'Filesystem'];

export function checkModes(spec: JsonObject, path: string, detail: string): Errors {
  const given = textsAt(spec, 'accessModes');
  const isMixed = given.includes('ReadWriteOncePod') && given.length > 1;
  return [
    ...(given.length === 0 ? [required(`${path}.accessModes`, detail)] : []),
    ...given.flatMap((mode) => oneOf(`${path}.accessModes`, mode, modes)),
    ...(isMixed ? [forbidden(`${path}.accessModes`, 'may not use ReadWriteOncePod with other access modes')] : []),
  ];
}

/** A size of storage: more than nothing. */
export function checkSize(value: JsonValue | undefined, path: string): Errors {
  if (typeof value !== 'string') return [required(path)];
  return (millisOf(value) ?? 1n) <= 0n ? [invalid(path, value, 'must be greater than zero')] : [];
}

/** @param path of the spec */
export function checkClaimSpec(spec: JsonObject, path = 'spec'): Errors {
  return [
    ...checkModes(spec, path, 'at least 1 access mode is required'),
    ...selector(`${path}.selector`, spec['selector']),
    ...checkSize(valueAt(spec, 'resources', 'requests', 'storage'), `${path}.resources[storage]`),
    ...named(`${path}.storageClassName`, spec['storageClassName'], checkSubdomain),
    ...oneOf(`${path}.volumeMode`, spec['volumeMode'], volumeModes),
  ];
}
