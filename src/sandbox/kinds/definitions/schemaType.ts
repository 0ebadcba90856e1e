/** Structural schemas of CustomResourceDefinitions, as JSON, into the types that merging and pruning work by. */
import { isJsonObject, isList, type JsonObject, type JsonValue } from '../../../core/live/json.js';
import { anything, makeObjectType, type Field, type FieldType, type ListType, type ObjectType } from '../../../core/objects/objectType.js';
import { stringAt } from '../../../core/live/readFields.js';

const text: Field = { type: { kind: 'string' }, isRequired: false, defaultValue: undefined };

/**
 * The type of an object of its own: the definition's root, and embedded objects.
 * @param metadata the type of every object's metadata
 */
export function typeOfRoot(schema: JsonObject, metadata: FieldType): ObjectType {
  const identity: readonly (readonly [string, Field])[] = [
    ['apiVersion', text],
    ['kind', text],
    ['metadata', { type: metadata, isRequired: false, defaultValue: undefined }],
  ];
  return makeObjectType('', new Map([...fieldsOf(schema, metadata), ...identity]), keepsUnknown(schema), isAtomic(schema));
}

function isAtomic(schema: JsonObject): boolean {
  return schema['x-kubernetes-map-type'] === 'atomic';
}

export function keepsUnknown(schema: JsonObject): boolean {
  return schema['x-kubernetes-preserve-unknown-fields'] === true;
}

function typeOf(schema: JsonValue | undefined, metadata: FieldType): FieldType {
  if (!isJsonObject(schema)) return anything;
  if (schema['x-kubernetes-int-or-string'] === true) return { kind: 'intOrString' };
  switch (stringAt(schema, 'type')) {
    case 'object':
      return typeOfObject(schema, metadata);
    case 'array':
      return listOf(schema, metadata);
    case 'string':
      return { kind: 'string' };
    case 'integer':
      return { kind: 'integer' };
    case 'number':
      return { kind: 'number' };
    case 'boolean':
      return { kind: 'boolean' };
    default:
      return isJsonObject(schema['properties']) ? typeOfObject(schema, metadata) : anything;
  }
}

function typeOfObject(schema: JsonObject, metadata: FieldType): FieldType {
  if (schema['x-kubernetes-embedded-resource'] === true) return typeOfRoot(schema, metadata);
  const values = schema['additionalProperties'];
  if (isJsonObject(values)) return { kind: 'map', values: typeOf(values, metadata), isAtomic: isAtomic(schema) };
  if (values === true) return { kind: 'map', values: anything, isAtomic: isAtomic(schema) };
  return makeObjectType('', fieldsOf(schema, metadata), keepsUnknown(schema), isAtomic(schema));
}

function listOf(schema: JsonObject, metadata: FieldType): ListType {
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'];
  return {
    kind: 'list',
    items: typeOf(schema['items'], metadata),
    listType: listType === 'atomic' || listType === 'set' || listType === 'map' ? listType : undefined,
    keys: isList(keys) ? keys.filter((key) => typeof key === 'string') : [],
  };
}

function fieldsOf(schema: JsonObject, metadata: FieldType): ReadonlyMap<string, Field> {
  const required = isList(schema['required']) ? schema['required'] : [];
  const fields = new Map<string, Field>();
  for (const [name, value] of Object.entries(isJsonObject(schema['properties']) ? schema['properties'] : {})) {
    const given = isJsonObject(value) ? value['default'] : undefined;
    fields.set(name, {
      type: typeOf(value, metadata),
      isRequired: required.includes(name) && given === undefined,
      defaultValue: given === undefined ? undefined : JSON.stringify(given),
    });
  }
  return fields;
}
