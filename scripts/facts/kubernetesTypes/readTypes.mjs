// The types and kinds of one Kubernetes version, from the documents that its API server wrote. A fact more about fields
// (such as its description) is a line in `fieldOf`, and one about kinds in `readKinds`.
import fs from 'node:fs';
import path from 'node:path';

/** What decodes in a way of its own (MarshalJSON in Go), whatever its schema says. */
const special = new Map([
  ['io.k8s.apimachinery.pkg.api.resource.Quantity', 'q'],
  ['io.k8s.apimachinery.pkg.util.intstr.IntOrString', 'x'],
  ['io.k8s.apimachinery.pkg.apis.meta.v1.Time', 'd'],
  // read with a layout of its own
  ['io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime', 's'],
  ['io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1', '*'],
  ['io.k8s.apimachinery.pkg.apis.meta.v1.Patch', '*'],
  // merged as a whole
  ['io.k8s.apimachinery.pkg.runtime.RawExtension', '@'],
  ...['JSON', 'JSONSchemaPropsOrArray', 'JSONSchemaPropsOrBool', 'JSONSchemaPropsOrStringArray'].map((name) => [
    `io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.${name}`,
    '*',
  ]),
]);

/**
 * @param folder of Kubernetes' source
 * @param dropped the fields that aren't there when they are zero, by type
 */
export function readTypes(folder, dropped) {
  const api = path.join(folder, 'api/openapi-spec/v3');
  const schemas = new Map();
  for (const file of fs.readdirSync(api)) {
    const { components } = JSON.parse(fs.readFileSync(path.join(api, file), 'utf8'));
    for (const [name, schema] of Object.entries(components?.schemas ?? {})) schemas.set(name, schema);
  }
  const kinds = readKinds(schemas, folder);
  // only what can be reached from a kind that can be created, not lists of them and the like
  const types = new Map();
  const atomicTypes = new Set();
  const visit = (name) => {
    if (types.has(name)) return;
    const schema = schemas.get(name);
    if (schema['x-kubernetes-map-type'] === 'atomic') atomicTypes.add(name);
    const required = new Set(schema.required);
    const fields = new Map(Object.entries(schema.properties ?? {}).map(([field, type]) => [field, fieldOf(type, required.has(field), dropped[name]?.includes(field))]));
    types.set(name, fields);
    for (const text of fields.values()) for (const [, target] of text.matchAll(/#<([^>]*)>/g)) visit(target);
  };
  for (const { type } of kinds.values()) visit(type);
  return { types, kinds, atomicTypes };

  function fieldOf(schema, isRequired, isDropped) {
    const value = schema.default;
    const isEmpty = value === undefined || value === '' || value === 0 || value === false || JSON.stringify(value) === '{}';
    return `${typeOf(schema)}${strategyOf(schema)}${isDropped ? '?' : ''}${isRequired ? '!' : ''}${isEmpty ? '' : `=${JSON.stringify(value)}`}`;
  }

  function typeOf(schema) {
    const reference = schema.$ref ?? schema.allOf?.[0]?.$ref;
    if (reference) return `${schema['x-kubernetes-map-type'] === 'granular' ? '~' : ''}${named(reference.split('/').at(-1))}`;
    switch (schema.type) {
      case 'array':
        return `[${listFacts(schema)}]${typeOf(schema.items)}`;
      case 'object':
        if (!schema.additionalProperties) return '*';
        return `{${schema['x-kubernetes-map-type'] ?? ''}}${typeOf(schema.additionalProperties)}`;
      case 'string':
        return { byte: 'y', 'date-time': 'd' }[schema.format] ?? 's';
      case 'integer':
        return schema.format === 'int32' ? 'i' : 'l';
      case 'number':
        return 'f';
      case 'boolean':
        return 'b';
      default:
        if (schema.type === undefined) return '*';
        throw new Error(`an unknown type: ${JSON.stringify(schema)}`);
    }
  }

  function named(name) {
    const known = special.get(name);
    if (known) return known;
    const schema = schemas.get(name);
    if (schema.properties) return `#<${name}>`;
    return schema.type === 'object' && !schema.additionalProperties ? `#<${name}>` : typeOf(schema);
  }
}

/** The strategy of strategic merge for what isn't a list, after a bar. */
function strategyOf(schema) {
  const strategy = schema.type === 'array' ? undefined : schema['x-kubernetes-patch-strategy'];
  return strategy ? `|${strategy}` : '';
}

/** `map;key,key` and the like, with the strategy and key of strategic merge after a bar. */
function listFacts(schema) {
  const keys = schema['x-kubernetes-list-map-keys'];
  const apply = [schema['x-kubernetes-list-type'] ?? '', ...(keys ? [keys.join(',')] : [])].join(';');
  const strategy = schema['x-kubernetes-patch-strategy'];
  if (!strategy) return apply;
  return `${apply}|${[strategy, schema['x-kubernetes-patch-merge-key'] ?? ''].filter((part) => part !== '').join(';')}`;
}

/** Kinds that can be created, as `apiVersion/Kind`. */
function readKinds(schemas, folder) {
  const ofGvk = new Map();
  for (const [name, schema] of schemas) {
    for (const { group, version, kind } of schema['x-kubernetes-group-version-kind'] ?? []) ofGvk.set(`${group === '' ? '' : `${group}/`}${version}/${kind}`, name);
  }
  const kinds = new Map();
  const discovery = path.join(folder, 'api/discovery');
  for (const file of fs.readdirSync(discovery)) {
    const { groupVersion, resources = [] } = JSON.parse(fs.readFileSync(path.join(discovery, file), 'utf8'));
    for (const { name, kind, namespaced, verbs } of resources) {
      const key = `${groupVersion}/${kind}`;
      if (!name.includes('/') && verbs.includes('create')) kinds.set(key, { type: ofGvk.get(key), isNamespaced: namespaced, plural: name });
    }
  }
  for (const [kind, { type }] of kinds) if (!schemas.has(type)) throw new Error(`no schema for ${kind}`);
  return kinds;
}
