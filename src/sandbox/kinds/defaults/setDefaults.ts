/**
 * The defaults of an API server (the defaulting functions of Kubernetes v1.34, pkg/apis/.../defaults.go): those of the
 * schemas by table, those that depend on other fields by a rule per type. A parent comes before what is in it.
 */
import type { FieldType, ObjectType } from '../../../core/objects/objectType.js';
import type { Draft, DraftValue } from '../codec.js';
import { isDraft, isUnset } from './fill.js';
import { kindRules } from './kindRules.js';
import { typeRules } from './typeRules.js';

export interface Defaults {
  /** Changes the draft. @param kind `apps/v1/Deployment`: rules that hold for a whole object */
  set(draft: Draft, type: ObjectType, kind: string): void;
}

type SchemaDefaults = readonly (readonly [string, string | number | boolean])[];

/** What the schemas say is read once per type, and kept in the returned object. */
export function makeDefaults(): Defaults {
  const found = new WeakMap<ObjectType, SchemaDefaults>();

  const fillObject = (draft: Draft, type: ObjectType): void => {
    typeRules[type.name]?.(draft);
    const defaults = found.get(type) ?? readSchemaDefaults(type);
    found.set(type, defaults);
    for (const [name, value] of defaults) if (isUnset(draft[name])) draft[name] = value;
    for (const [name, value] of Object.entries(draft)) {
      const field = value === undefined || name === 'managedFields' ? undefined : type.field(name);
      if (field && value !== undefined) fillValue(value, field.type);
    }
  };

  const fillValue = (value: DraftValue, type: FieldType): void => {
    if (type.kind === 'object' && isDraft(value)) fillObject(value, type);
    if (type.kind === 'list' && Array.isArray(value)) for (const each of value) fillValue(each, type.items);
    if (type.kind === 'map' && isDraft(value)) for (const each of Object.values(value)) if (each !== undefined) fillValue(each, type.values);
  };

  return {
    set: (draft, type, kind) => {
      kindRules[kind]?.(draft);
      fillObject(draft, type);
    },
  };
}

/** The defaults that the schemas tell: empty ones only say what Go's zero value is, and are left out. */
function readSchemaDefaults(type: ObjectType): SchemaDefaults {
  return type.fieldNames.flatMap((name) => {
    const text = type.field(name)?.defaultValue;
    if (text === undefined) return [];
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return [];
    return value !== '' && value !== 0 && value !== false ? [[name, value] as const] : [];
  });
}
