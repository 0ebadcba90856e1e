/**
 * The kinds of CustomResourceDefinitions (apiextensions.k8s.io v1 and v1beta1), read from their structural schemas as
 * the API server prunes and validates by them. Left out: what only narrows values down (patterns, bounds, unions of
 * schemas, CEL).
 */
import { scalarValue, type MapNode, type YamlNode } from '../yaml/nodes.js';
import { jsonScalarOf } from '../yaml/scalars.js';
import { plainValue } from './compare.js';
import { anything, makeObjectType, type Field, type FieldType, type KindType, type ListType, type ScalarType } from './objectType.js';

/**
 * The kinds that a definition brings, by `apiVersion/Kind`. One without a schema, or that keeps unknown fields as a
 * whole, isn't among them.
 * @param metadata the type of every object's metadata
 */
export function readDefinition(definition: MapNode, metadata: FieldType): ReadonlyMap<string, KindType> {
  const kinds = new Map<string, KindType>();
  const spec = mapAt(definition, 'spec');
  const group = scalarValue(spec?.get('group'));
  const kind = scalarValue(mapAt(spec, 'names')?.get('kind'));
  const plural = scalarValue(mapAt(spec, 'names')?.get('plural'));
  if (!spec || group === undefined || kind === undefined || plural === undefined || keepsUnknown(definition, spec)) return kinds;
  const shared = mapAt(mapAt(spec, 'validation'), 'openAPIV3Schema');
  for (const version of versionsOf(spec)) {
    const schema = mapAt(mapAt(version, 'schema'), 'openAPIV3Schema') ?? shared;
    const name = scalarValue(version.get('name'));
    if (!schema || name === undefined || scalarValue(version.get('served')) === 'false') continue;
    const root = objectOf(schema, metadata);
    if (root.kind !== 'object') continue;
    kinds.set(`${group}/${name}/${kind}`, { type: root, isNamespaced: scalarValue(spec.get('scope')) !== 'Cluster', plural, definition });
  }
  return kinds;
}

/** True for a CustomResourceDefinition whose objects keep whatever they have: the default of v1beta1. */
function keepsUnknown(definition: MapNode, spec: MapNode): boolean {
  const set = scalarValue(spec.get('preserveUnknownFields'));
  return set === 'true' || (set === undefined && scalarValue(definition.get('apiVersion'))?.endsWith('/v1beta1') === true);
}

function versionsOf(spec: MapNode): readonly MapNode[] {
  const versions = spec.get('versions');
  return versions?.kind === 'sequence' ? versions.items.filter((item) => item.kind === 'map') : [];
}

/** The type of an object that has an identity: the definition's root, and embedded objects. */
function objectOf(schema: MapNode, metadata: FieldType): FieldType {
  const text: Field = { type: { kind: 'string' }, isRequired: false, defaultValue: undefined };
  const identity: readonly (readonly [string, Field])[] = [
    ['apiVersion', text],
    ['kind', text],
    ['metadata', { type: metadata, isRequired: false, defaultValue: undefined }],
  ];
  return makeObjectType('', new Map([...fieldsOf(schema, metadata), ...identity]), isTrue(schema, 'x-kubernetes-preserve-unknown-fields'), isAtomicMap(schema));
}

function typeOf(schema: YamlNode, metadata: FieldType): FieldType {
  if (schema.kind !== 'map') return anything;
  if (isTrue(schema, 'x-kubernetes-int-or-string')) return { kind: 'intOrString' };
  switch (scalarValue(schema.get('type'))) {
    case 'object':
      return typeOfObject(schema, metadata);
    case 'array':
      return listOf(schema, metadata);
    case 'string':
      return withValues('string', schema);
    case 'integer':
      return withValues('integer', schema);
    case 'number':
      return withValues('number', schema);
    case 'boolean':
      return { kind: 'boolean' };
    default:
      return anything;
  }
}

function typeOfObject(schema: MapNode, metadata: FieldType): FieldType {
  if (isTrue(schema, 'x-kubernetes-embedded-resource')) return objectOf(schema, metadata);
  const values = schema.get('additionalProperties');
  if (values?.kind === 'map') return { kind: 'map', values: typeOf(values, metadata), isAtomic: isAtomicMap(schema) };
  if (scalarValue(values) === 'true') return { kind: 'map', values: anything, isAtomic: isAtomicMap(schema) };
  return makeObjectType('', fieldsOf(schema, metadata), isTrue(schema, 'x-kubernetes-preserve-unknown-fields'), isAtomicMap(schema));
}

function isAtomicMap(schema: MapNode): boolean {
  return scalarValue(schema.get('x-kubernetes-map-type')) === 'atomic';
}

function listOf(schema: MapNode, metadata: FieldType): ListType {
  const items = schema.get('items');
  const keys = schema.get('x-kubernetes-list-map-keys');
  const listType = scalarValue(schema.get('x-kubernetes-list-type'));
  return {
    kind: 'list',
    items: items ? typeOf(items, metadata) : anything,
    listType: listType === 'atomic' || listType === 'set' || listType === 'map' ? listType : undefined,
    keys: keys?.kind === 'sequence' ? keys.items.map((key) => scalarValue(key) ?? '') : [],
  };
}

function fieldsOf(schema: MapNode, metadata: FieldType): ReadonlyMap<string, Field> {
  const required = schema.get('required');
  const names = new Set(required?.kind === 'sequence' ? required.items.map((name) => scalarValue(name)) : []);
  const fields = new Map<string, Field>();
  for (const { key, value } of mapAt(schema, 'properties')?.pairs ?? []) {
    const type = typeOf(value, metadata);
    // what has a default is set before anything is required
    const given = value.kind === 'map' ? value.get('default') : undefined;
    fields.set(key.value, { type, isRequired: names.has(key.value) && !given, defaultValue: given && JSON.stringify(plainValue(given)) });
  }
  return fields;
}

function withValues(kind: 'string' | 'integer' | 'number', schema: MapNode): ScalarType {
  const values = schema.get('enum');
  if (values?.kind !== 'sequence') return { kind };
  const texts = values.items.flatMap((item) => {
    const value = item.kind === 'scalar' ? jsonScalarOf(item) : undefined;
    if (!value || value.kind === 'none') return [];
    return [value.kind === 'string' ? value.value : value.text];
  });
  return { kind, values: texts };
}

function isTrue(schema: MapNode, extension: string): boolean {
  return scalarValue(schema.get(extension)) === 'true';
}

function mapAt(node: MapNode | undefined, key: string): MapNode | undefined {
  const value = node?.get(key);
  return value?.kind === 'map' ? value : undefined;
}
