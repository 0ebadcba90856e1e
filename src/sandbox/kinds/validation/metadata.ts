/** What holds for the metadata of every object (k8s.io/apimachinery v0.34, pkg/api/validation/objectmeta.go). */
import type { JsonObject } from '../../../core/live/json.js';
import type { LiveObject } from '../../../core/live/liveObject.js';
import { mapsAt, objectAt, stringAt, textsAt } from '../../../core/live/readFields.js';
import type { FieldError } from '../kinds.js';
import { forbidden, invalid, required, tooLong } from './fieldErrors.js';
import { checkLabel, checkLabelValue, checkQualifiedName } from './names.js';

export type CheckName = (name: string) => readonly string[];

const largestAnnotations = 256 * 1024;

export function checkMetadata({ metadata }: LiveObject, isNamespaced: boolean, checkName: CheckName): readonly FieldError[] {
  const { name, namespace = '' } = metadata;
  const errors: FieldError[] = [];
  const generateName = stringAt(metadata, 'generateName');
  // what is appended is letters and digits
  if (generateName !== '') errors.push(...checkName(`${generateName.replace(/-$/, '')}a`).map((words) => invalid('metadata.generateName', generateName, words)));
  if (name === '') errors.push(required('metadata.name', 'name or generateName is required'));
  else errors.push(...checkName(name).map((words) => invalid('metadata.name', name, words)));
  if (isNamespaced && namespace !== '') errors.push(...checkLabel(namespace).map((words) => invalid('metadata.namespace', namespace, words)));
  if (isNamespaced && namespace === '') errors.push(required('metadata.namespace'));
  return [
    ...errors,
    ...checkLabels(objectAt(metadata, 'labels'), 'metadata.labels'),
    ...checkAnnotations(objectAt(metadata, 'annotations'), 'metadata.annotations'),
    ...checkReferences(metadata),
  ];
}

export function checkLabels(labels: JsonObject, path: string): readonly FieldError[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...checkQualifiedName(key).map((words) => invalid(path, key, words)),
    ...(typeof value === 'string' ? checkLabelValue(value).map((words) => invalid(path, value, words)) : []),
  ]);
}

export function checkAnnotations(annotations: JsonObject, path: string): readonly FieldError[] {
  const errors = Object.keys(annotations).flatMap((key) => checkQualifiedName(key.toLowerCase()).map((words) => invalid(path, key, words)));
  const size = Object.entries(annotations).reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + (typeof value === 'string' ? Buffer.byteLength(value) : 0), 0);
  return size > largestAnnotations ? [...errors, tooLong(path, largestAnnotations)] : errors;
}

function checkReferences(metadata: JsonObject): readonly FieldError[] {
  const errors: FieldError[] = [];
  const owners = mapsAt(metadata, 'ownerReferences');
  for (const owner of owners) {
    for (const name of ['apiVersion', 'kind', 'name', 'uid']) {
      if (stringAt(owner, name) === '') errors.push(invalid(`metadata.ownerReferences.${name}`, '', `${name === 'apiVersion' ? 'version ' : ''}must not be empty`));
    }
  }
  const controllers = owners.filter((owner) => owner['controller'] === true);
  const [first, second] = controllers;
  if (first && second) {
    const words = `Only one reference can have Controller set to true. Found "true" in references for ${stringAt(first, 'kind')}/${stringAt(first, 'name')} and ${stringAt(second, 'kind')}/${stringAt(second, 'name')}`;
    errors.push(invalid('metadata.ownerReferences', owners, words));
  }
  for (const finalizer of textsAt(metadata, 'finalizers')) {
    errors.push(...checkQualifiedName(finalizer).map((words) => invalid('metadata.finalizers', finalizer, words)));
  }
  return errors;
}

/** What never changes of metadata, for every kind. */
export function checkMetadataUpdate({ metadata }: LiveObject, before: LiveObject | undefined): readonly FieldError[] {
  if (!before) return [];
  const errors: FieldError[] = [];
  const old = before.metadata;
  for (const name of ['name', 'namespace', 'uid'] as const) {
    const value = metadata[name];
    if (value !== undefined && value !== old[name]) errors.push(invalid(`metadata.${name}`, value, 'field is immutable'));
  }
  const added = old.deletionTimestamp === undefined ? [] : (metadata.finalizers ?? []).filter((each) => old.finalizers?.includes(each) !== true);
  if (added.length > 0) {
    const list = added.map((each) => JSON.stringify(each)).join(', ');
    errors.push(forbidden('metadata.finalizers', `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`));
  }
  return errors;
}
