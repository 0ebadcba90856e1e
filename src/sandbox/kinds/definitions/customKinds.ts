/**
 * The kinds that a CustomResourceDefinition brings. Versions are converted as strategy `None` does it; a webhook for conversion
 * isn't called.
 */
import { isJsonObject, isList, jsonEquals, type JsonObject, type JsonValue } from '../../../core/live/json.js';
import type { LiveObject } from '../../../core/live/liveObject.js';
import { makeObjectType, type FieldType, type ObjectType } from '../../../core/objects/objectType.js';
import { mapsAt, objectAt, stringAt, textsAt, valueAt } from '../../../core/live/readFields.js';
import type { Codec } from '../codec.js';
import type { FieldError, SandboxKind, ScalePaths, SubresourceFacts } from '../kinds.js';
import { prune } from '../prune.js';
import { makeTable } from '../table/table.js';
import { findDecodingFault } from '../validation/decoding.js';
import { invalid } from '../validation/fieldErrors.js';
import { checkMetadata, checkMetadataUpdate } from '../validation/metadata.js';
import { checkSubdomain } from '../validation/names.js';
import { checkSchema } from './checkSchema.js';
import { fillDefaults } from './fillDefaults.js';
import { readPrinterColumns } from './printerColumns.js';
import { typeOfRoot } from './schemaType.js';

export interface CustomContext {
  /** The type of every object's metadata. */
  readonly metadata: ObjectType;
  readonly codec: Codec;
}

/** A kind of a definition, with what the definition says of its schema. */
export interface CustomKind extends SandboxKind {
  readonly schema: JsonObject;
  readonly isStored: boolean;
}

/** The kinds of the versions that a definition serves or stores, in the order of preference; none for one that lacks what it must have. */
export function readCustomKinds(definition: LiveObject, context: CustomContext): readonly CustomKind[] {
  const spec = objectAt(definition, 'spec');
  if (stringAt(spec, 'group') === '' || stringAt(spec, 'names', 'kind') === '' || stringAt(spec, 'names', 'plural') === '') return [];
  const versions = mapsAt(spec, 'versions').filter((version) => isJsonObject(valueAt(version, 'schema', 'openAPIV3Schema')));
  const kinds = new Map<string, CustomKind>();
  for (const version of [...versions].sort((a, b) => compareVersions(stringAt(a, 'name'), stringAt(b, 'name')))) {
    const kind = new DefinedKind(spec, version, context, kinds);
    kinds.set(kind.version, kind);
  }
  return [...kinds.values()];
}

/** Whether a version of a definition is served; others are only stored. */
export function isServed(definition: LiveObject, version: string): boolean {
  return mapsAt(definition, 'spec', 'versions').some((each) => stringAt(each, 'name') === version && each['served'] === true);
}

/** `v2` before `v1`, `v1` before `v1beta1`, anything else last (k8s.io/apimachinery v0.34, pkg/version CompareKubeAwareVersionStrings). */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [rankOf(a), rankOf(b)];
  if (!left || !right) return left ? -1 : right ? 1 : a < b ? -1 : 1;
  const index = left.findIndex((each, at) => each !== right[at]);
  return index < 0 ? 0 : (right[index] ?? 0) - (left[index] ?? 0);
}

function rankOf(version: string): readonly number[] | undefined {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (!match) return undefined;
  const [, major = '', stage, minor = '0'] = match;
  return [stage === undefined ? 2 : stage === 'beta' ? 1 : 0, Number(major), Number(minor)];
}

const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

class DefinedKind implements CustomKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly isNamespaced: boolean;
  readonly verbs = allVerbs;
  readonly subresources: readonly string[];
  readonly categories: readonly string[];
  readonly hasGeneration = true;
  readonly subresourceFacts: readonly SubresourceFacts[];
  readonly scale: ScalePaths | undefined;
  readonly schema: JsonObject;
  readonly isStored: boolean;
  readonly #declared: JsonObject;
  readonly #context: CustomContext;
  readonly #siblings: ReadonlyMap<string, CustomKind>;
  /** The schema of what the definition speaks of: without an object's identity. */
  readonly #ownSchema: JsonObject;
  #type: FieldType | undefined;

  constructor(spec: JsonObject, version: JsonObject, context: CustomContext, siblings: ReadonlyMap<string, CustomKind>) {
    this.group = stringAt(spec, 'group');
    this.version = stringAt(version, 'name');
    this.kind = stringAt(spec, 'names', 'kind');
    this.plural = stringAt(spec, 'names', 'plural');
    this.singular = stringAt(spec, 'names', 'singular') || this.kind.toLowerCase();
    this.shortNames = textsAt(spec, 'names', 'shortNames');
    this.isNamespaced = stringAt(spec, 'scope') !== 'Cluster';
    this.categories = textsAt(spec, 'names', 'categories');
    this.schema = objectAt(version, 'schema', 'openAPIV3Schema');
    this.isStored = version['storage'] === true;
    this.#declared = version;
    this.#context = context;
    this.#siblings = siblings;
    this.#ownSchema = withoutIdentity(this.schema);
    this.scale = readScale(version);
    this.subresourceFacts = this.#readSubresources();
    this.subresources = this.subresourceFacts.map(({ name }) => name);
  }

  get type(): FieldType {
    this.#type ??= typeOfRoot(this.schema, this.#context.metadata);
    return this.#type;
  }

  setDefaults(object: LiveObject): LiveObject {
    const { apiVersion, kind, metadata, ...own } = object;
    const { codec, metadata: metadataType } = this.#context;
    const decoded = codec.decode(metadata, metadataType);
    const filled = fillDefaults(own, this.#ownSchema);
    if (filled === own && jsonEquals(decoded, metadata)) return object;
    return { ...(isJsonObject(filled) ? filled : own), apiVersion, kind, metadata: { ...decoded, name: metadata.name } };
  }

  prepareCreate(object: LiveObject): LiveObject {
    if (!this.subresources.includes('status') || object['status'] === undefined) return object;
    const { status, apiVersion, kind, metadata, ...rest } = object;
    return status === undefined ? object : this.setDefaults({ ...rest, apiVersion, kind, metadata });
  }

  prepareUpdate(object: LiveObject): LiveObject {
    return object;
  }

  findDecodingFault({ kind, metadata }: LiveObject): string | undefined {
    return findDecodingFault(
      { apiVersion: '', kind, metadata },
      makeObjectType('', new Map([['metadata', { type: this.#context.metadata, isRequired: false, defaultValue: undefined }]]), true),
      this.version,
    );
  }

  validate(object: LiveObject, before: LiveObject | undefined): readonly FieldError[] {
    const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...own } = object;
    return [
      ...checkMetadata(object, this.isNamespaced, checkSubdomain),
      ...checkMetadataUpdate(object, before),
      ...checkSchema(own, this.#ownSchema, ''),
      ...this.#checkScale(own),
    ];
  }

  prune(object: LiveObject): { readonly object: LiveObject; readonly unknownFields: readonly string[] } {
    return prune(object, this.type);
  }

  convert(object: LiveObject, version: string): LiveObject {
    const target = this.#siblings.get(version);
    if (!target || version === this.version) return object;
    return target.setDefaults(target.prune({ ...object, apiVersion: `${this.group}/${version}` }).object);
  }

  toTable(objects: readonly LiveObject[], now: number): JsonObject {
    const { columns, print } = readPrinterColumns(this.#declared);
    return makeTable(columns, print, objects, now);
  }

  /** What the scale subresource would read must be a number. */
  #checkScale(own: JsonObject): readonly FieldError[] {
    const path = this.scale?.specReplicas ?? '';
    let value: JsonValue | undefined = own;
    for (const name of path.split('.').slice(1)) {
      if (value === undefined || value === null) return [];
      if (!isJsonObject(value)) return [notOfType(path, value, 'map[string]interface{}')];
      value = value[name];
    }
    if (value === undefined || value === null || path === '') return [];
    if (typeof value !== 'number' || !Number.isInteger(value)) return [notOfType(path, value, 'int64')];
    return value < 0 ? [invalid(path, value, 'should be a non-negative integer')] : [];
  }

  #readSubresources(): readonly SubresourceFacts[] {
    const verbs = ['get', 'patch', 'update'];
    const own = { group: this.group, version: this.version, kind: this.kind, verbs };
    return [
      ...(isJsonObject(valueAt(this.#declared, 'subresources', 'status')) ? [{ name: 'status', ...own }] : []),
      ...(this.scale ? [{ name: 'scale', group: 'autoscaling', version: 'v1', kind: 'Scale', verbs }] : []),
    ];
  }
}

function notOfType(path: string, value: JsonValue, wanted: string): FieldError {
  const type = Array.isArray(value)
    ? '[]interface {}'
    : typeof value === 'object'
      ? 'map[string]interface {}'
      : typeof value === 'number'
        ? 'float64'
        : typeof value === 'boolean'
          ? 'bool'
          : 'string';
  return invalid(path, 0, `${path} accessor error: ${formatGoValue(value)} is of the type ${type}, expected ${wanted}`);
}

/** As Go's `%v` prints it. */
function formatGoValue(value: JsonValue | undefined): string {
  if (isList(value)) return `[${value.map(formatGoValue).join(' ')}]`;
  if (!isJsonObject(value)) return value === null || value === undefined ? '<nil>' : String(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([name, each]) => `${name}:${formatGoValue(each)}`).join(' ')}]`;
}

function readScale(version: JsonObject): ScalePaths | undefined {
  const scale = valueAt(version, 'subresources', 'scale');
  if (!isJsonObject(scale)) return undefined;
  return {
    specReplicas: stringAt(scale, 'specReplicasPath'),
    statusReplicas: stringAt(scale, 'statusReplicasPath'),
    labelSelector: stringAt(scale, 'labelSelectorPath') || undefined,
  };
}

const identity = new Set(['apiVersion', 'kind', 'metadata']);

function withoutIdentity(schema: JsonObject): JsonObject {
  const { properties, required, ...rest } = schema;
  const keep = (name: JsonValue): boolean => typeof name !== 'string' || !identity.has(name);
  return {
    ...rest,
    ...(isJsonObject(properties) && { properties: Object.fromEntries(Object.entries(properties).filter(([name]) => keep(name))) }),
    ...(Array.isArray(required) && { required: required.filter((name: JsonValue) => keep(name)) }),
  };
}
