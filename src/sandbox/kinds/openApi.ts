/**
 * OpenAPI documents of what is served, as far as clients read them: schemas with their texts, and for each path its kind,
 * its verbs, and the parameters of writes. Responses and status codes are left out.
 */
import { isJsonObject, isList, type JsonObject, type JsonValue } from '../../core/live/json.js';
import { apiVersionOf } from '../../core/objects/resId.js';
import type { CustomKind } from './definitions/customKinds.js';
import type { SandboxKind } from './kinds.js';

export interface OpenApi {
  readonly paths: readonly string[];
  v2(): JsonObject;
  v3(path: string): JsonObject | undefined;
}

/** @param schemas of the built-in kinds in OpenAPI v3, by name */
export function makeOpenApi(builtIn: readonly SandboxKind[], custom: readonly CustomKind[], schemas: () => JsonObject): OpenApi {
  const kinds = [...builtIn, ...custom];
  const byPath = new Map<string, SandboxKind[]>();
  for (const kind of kinds) {
    const path = kind.group === '' ? `api/${kind.version}` : `apis/${kind.group}/${kind.version}`;
    const known = byPath.get(path);
    if (known) known.push(kind);
    else byPath.set(path, [kind]);
  }
  let unpacked: JsonObject | undefined;
  const allSchemas = (): JsonObject => (unpacked ??= withCustom(schemas(), custom));
  const customOnes = new Set<SandboxKind>(custom);
  return {
    paths: [...byPath.keys()],
    v3: (path) => {
      const served = byPath.get(path);
      if (!served) return undefined;
      const names = namesByKind(allSchemas());
      const paths = Object.fromEntries(served.flatMap((kind) => pathsOf(kind, path, refOf(names.get(keyOf(kind)), '#/components/schemas/'), customOnes.has(kind))));
      return {
        openapi: '3.0.0',
        info,
        paths,
        components: {
          schemas: reachable(
            allSchemas(),
            served.flatMap((kind) => names.get(keyOf(kind)) ?? []),
          ),
        },
      };
    },
    v2: () => {
      const names = namesByKind(allSchemas());
      const paths = Object.fromEntries(
        [...byPath].flatMap(([path, served]) => served.flatMap((kind) => pathsOf(kind, path, refOf(names.get(keyOf(kind)), '#/definitions/'), customOnes.has(kind)))),
      );
      return { swagger: '2.0', info, paths, definitions: Object.fromEntries(Object.entries(allSchemas()).map(([name, schema]) => [name, toV2(schema ?? {})])) };
    },
  };
}

/** `com.example.v1.Widget` */
function schemaNameOf({ group, version, kind }: CustomKind): string {
  return `${group.split('.').reverse().join('.')}.${version}.${kind}`;
}

/** The schemas with those of custom kinds; what all objects have is told in the words of a built-in kind. */
function withCustom(schemas: JsonObject, custom: readonly CustomKind[]): JsonObject {
  const known = schemas['io.k8s.api.core.v1.ConfigMap'];
  const properties = isJsonObject(known) && isJsonObject(known['properties']) ? known['properties'] : {};
  const { apiVersion, kind, metadata } = properties;
  const described = isJsonObject(metadata) ? { description: metadata['description'], allOf: metadata['allOf'] } : {};
  const identity = { apiVersion, kind, metadata: described };
  return { ...schemas, ...Object.fromEntries(custom.map((each) => [schemaNameOf(each), schemaOf(each, identity)])) };
}

function schemaOf(kind: CustomKind, identity: JsonObject): JsonObject {
  const { properties } = kind.schema;
  return {
    ...kind.schema,
    type: 'object',
    properties: { ...(isJsonObject(properties) ? properties : {}), ...identity },
    'x-kubernetes-group-version-kind': [{ group: kind.group, version: kind.version, kind: kind.kind }],
  };
}

const info: JsonObject = { title: 'Kubernetes', version: 'v1.34.2' };

function keyOf(kind: SandboxKind): string {
  return `${apiVersionOf(kind)}/${kind.kind}`;
}

function refOf(name: string | undefined, folder: string): JsonObject {
  return name === undefined ? {} : { $ref: `${folder}${name}` };
}

/** The schema of each kind that is told of one kind alone: the names of types, without those of options that all kinds share. */
function namesByKind(schemas: JsonObject): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [name, schema] of Object.entries(schemas)) {
    const kinds = isJsonObject(schema) ? schema['x-kubernetes-group-version-kind'] : undefined;
    const [only] = isList(kinds) && kinds.length === 1 ? kinds : [];
    if (!isJsonObject(only)) continue;
    const { group, version, kind } = only;
    if (typeof group === 'string' && typeof version === 'string' && typeof kind === 'string') names.set(`${apiVersionOf({ group, version, kind })}/${kind}`, name);
  }
  return names;
}

const writeParameters: readonly JsonObject[] = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } }));
const forceParameter: JsonObject = { name: 'force', in: 'query', schema: { type: 'boolean', uniqueItems: true } };
const patchTypes = ['application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json'];

/** The paths of a kind's collection and of its objects. A client tells by the patch which kinds it may send a strategic merge for. */
function pathsOf(kind: SandboxKind, path: string, ref: JsonObject, isCustom: boolean): readonly (readonly [string, JsonObject])[] {
  const collection = `/${path}/${kind.isNamespaced ? 'namespaces/{namespace}/' : ''}${kind.plural}`;
  const has = (verb: string): boolean => kind.verbs.includes(verb);
  const gvk: JsonObject = { 'x-kubernetes-group-version-kind': { group: kind.group, version: kind.version, kind: kind.kind } };
  const operation = (action: string, parameters: readonly JsonObject[], bodyTypes: readonly string[]): JsonObject => ({
    'x-kubernetes-action': action,
    ...gvk,
    ...(parameters.length > 0 && { parameters }),
    ...(bodyTypes.length > 0 && { requestBody: { required: true, content: Object.fromEntries(bodyTypes.map((type) => [type, { schema: ref }])) } }),
    responses: { '200': { description: 'OK', content: { 'application/json': { schema: ref } } } },
  });
  const body = ['application/json', 'application/yaml'];
  const onCollection: JsonObject = {
    ...(has('list') && { get: operation('list', [], []) }),
    ...(has('create') && { post: operation('post', writeParameters, body) }),
    ...(has('deletecollection') && { delete: operation('deletecollection', [], []) }),
  };
  const onObject: JsonObject = {
    ...(has('get') && { get: operation('get', [], []) }),
    ...(has('update') && { put: operation('put', writeParameters, body) }),
    ...(has('patch') && { patch: operation('patch', [...writeParameters, forceParameter], isCustom ? patchTypes : [...patchTypes, 'application/strategic-merge-patch+json']) }),
    ...(has('delete') && { delete: operation('delete', [], []) }),
  };
  return [[collection, onCollection], ...(Object.keys(onObject).length > 0 ? [[`${collection}/{name}`, onObject] as const] : [])];
}

/** Schemas with all that they refer to. */
function reachable(schemas: JsonObject, names: readonly string[]): JsonObject {
  const found = new Map<string, JsonValue>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const schema = schemas[name];
    if (schema === undefined || found.has(name)) continue;
    found.set(name, schema);
    collectRefs(schema, open);
  }
  return Object.fromEntries(found);
}

function collectRefs(value: JsonValue, into: string[]): void {
  if (isList(value)) {
    for (const each of value) collectRefs(each, into);
    return;
  }
  if (!isJsonObject(value)) return;
  const ref = value['$ref'];
  if (typeof ref === 'string') into.push(ref.slice(ref.lastIndexOf('/') + 1));
  for (const each of Object.values(value)) if (each !== undefined) collectRefs(each, into);
}

/** A schema of OpenAPI v3 in the words of v2: references stand alone, and there are no unions, defaults or nullable fields. */
function toV2(schema: JsonValue): JsonValue {
  if (isList(schema)) return schema.map(toV2);
  if (!isJsonObject(schema)) return schema;
  const { allOf, oneOf, nullable, default: _default, $ref, ...rest } = schema;
  const [only] = isList(allOf) && allOf.length === 1 ? allOf : [];
  const ref = typeof $ref === 'string' ? $ref : isJsonObject(only) && typeof only['$ref'] === 'string' ? only['$ref'] : undefined;
  const converted = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, key === 'enum' ? (value ?? null) : toV2(value ?? null)]));
  const isUnion = isList(oneOf) && nullable === undefined;
  return {
    ...converted,
    ...(isUnion && rest['type'] === undefined && { type: 'string' }),
    ...(ref !== undefined && { $ref: ref.replace('#/components/schemas/', '#/definitions/') }),
  };
}
