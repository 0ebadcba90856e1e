/**
 * Warnings about fields that kustomize wants to be rid of (types.Kustomization.CheckDeprecatedFields and FixKustomization,
 * kustomize api v0.21.2).
 */
import type { Fix, Problems } from '../../base/problem.js';
import type { MapNode } from '../../yaml/nodes.js';
import { configMapArgsType } from '../fields/entryFields.js';
import { findField, type ObjectType } from '../fields/field.js';
import { kustomizationType } from '../fields/kustomizationFields.js';
import { fixDeprecatedField, fixEnv } from './deprecatedFixes.js';
import { mapsAt } from './readNormal.js';

/**
 * Warns about each deprecated field.
 * @param root the map as it is in the file
 * @param normal the same in normal form: a field that is null isn't in it
 */
export function reportDeprecatedFields(root: MapNode, normal: MapNode, problems: Problems): void {
  report(normal, kustomizationType, problems, (name) => fixDeprecatedField(root, name));
  for (const generator of ['configMapGenerator', 'secretGenerator']) {
    for (const entry of mapsAt(normal, generator)) report(entry, configMapArgsType, problems, () => fixEnv(entry));
  }
}

function report(normal: MapNode, type: ObjectType, problems: Problems, fixOf: (name: string) => Fix | undefined): void {
  for (const { key } of normal.pairs) {
    const field = findField(type, key.value);
    if (field?.deprecated === undefined) continue;
    const fix = fixOf(field.name);
    problems.warning('kustomize/deprecated-field', `${field.name} is deprecated. ${field.deprecated}`, key, fix ? { fix } : {});
  }
}
