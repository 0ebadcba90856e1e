/** The kind of scales, which is served below other kinds alone. */
import { makeObjectType, type Field, type FieldType, type ObjectType } from '../../core/objects/objectType.js';
import { makeBuiltInKind, type BuiltInContext } from './builtInKinds.js';
import type { SandboxKind } from './kinds.js';

/** @param metadata of every object */
export function makeScaleKind(context: BuiltInContext, metadata: ObjectType): SandboxKind {
  const names = { group: 'autoscaling', version: 'v1', kind: 'Scale', plural: 'scales', singular: 'scale' };
  const facts = { ...names, isNamespaced: true, shortNames: [], categories: [], verbs: [], hasGeneration: false, subresources: [] };
  const type = typeOf('Scale', {
    apiVersion: { kind: 'string' },
    kind: { kind: 'string' },
    metadata,
    spec: typeOf('ScaleSpec', { replicas: { kind: 'int32' } }),
    status: typeOf('ScaleStatus', { replicas: { kind: 'int32' }, selector: { kind: 'string' } }),
  });
  const empty = '{"metadata":{},"spec":{},"status":{"replicas":0}}';
  return makeBuiltInKind(facts, { ...context, types: { kind: () => ({ type, isNamespaced: true, plural: 'scales', definition: undefined, empty }) } });
}

function typeOf(name: string, fields: Readonly<Record<string, FieldType>>): ObjectType {
  const fieldOf = (type: FieldType): Field => ({ type, isRequired: false, defaultValue: undefined });
  return makeObjectType(name, new Map(Object.entries(fields).map(([each, type]) => [each, fieldOf(type)])), false);
}
