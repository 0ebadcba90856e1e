/** All that the sandbox serves: the built-in kinds, and those of CustomResourceDefinitions beside them. */
import { assert } from '../../core/base/assert.js';
import { isJsonObject, type JsonObject } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { readKubernetesTypes } from '../../core/objects/kubernetesTypes.js';
import { makeBuiltInKind } from './builtInKinds.js';
import { makeCodec } from './codec.js';
import { isServed, readCustomKinds, type CustomKind } from './definitions/customKinds.js';
import { makeDefaults } from './defaults/setDefaults.js';
import { readSandboxFacts, type SandboxData } from './facts.js';
import type { SandboxKind, SandboxKinds } from './kinds.js';
import { makeScaleKind } from './scaleKind.js';
import type { MessageFacts } from './messages/messageFacts.js';
import { makeOpenApi, type OpenApi } from './openApi.js';

/**
 * The built-in kinds.
 * @param data see readSandboxData; one that isn't this program's own is a bug
 */
export function makeSandboxKinds(data: SandboxData): SandboxKinds {
  const facts = readSandboxFacts(data.kinds);
  const types = readKubernetesTypes(data.types);
  assert(facts && types, 'the data of the sandbox are those of this program');
  const codec = makeCodec(facts);
  const context = { facts, types, codec, defaults: makeDefaults() };
  const builtIn = facts.kinds.map((each) => makeBuiltInKind(each, context));
  const root = builtIn.find(({ kind }) => kind === 'ConfigMap')?.type;
  const metadata = root?.kind === 'object' ? root.field('metadata')?.type : undefined;
  assert(metadata?.kind === 'object', 'every object has metadata');
  const readDefinition = rememberSpecs((definition) => readCustomKinds(definition, { metadata, codec }));
  return new Kinds({ builtIn, scale: makeScaleKind(context, metadata), messages: facts.messages, schemas: data.schemas, readDefinition }, []);
}

/** What is shared between the kinds of one sandbox, whatever definitions there are. */
interface Shared {
  readonly builtIn: readonly SandboxKind[];
  readonly scale: SandboxKind;
  readonly messages: MessageFacts;
  readonly schemas: () => JsonObject;
  readonly readDefinition: (definition: LiveObject) => readonly CustomKind[];
}

/** A definition whose status changes brings the same kinds. */
function rememberSpecs(read: (definition: LiveObject) => readonly CustomKind[]): (definition: LiveObject) => readonly CustomKind[] {
  const known = new WeakMap<object, readonly CustomKind[]>();
  return (definition) => {
    const spec = definition['spec'];
    if (!isJsonObject(spec)) return [];
    const kinds = known.get(spec) ?? read(definition);
    known.set(spec, kinds);
    return kinds;
  };
}

class Kinds implements SandboxKinds {
  readonly all: readonly SandboxKind[];
  readonly #shared: Shared;
  readonly #definitions: readonly LiveObject[];
  readonly #custom: readonly CustomKind[];
  readonly #byPath: ReadonlyMap<string, SandboxKind>;
  readonly #byKind: ReadonlyMap<string, SandboxKind>;
  readonly #stored: ReadonlyMap<string, SandboxKind>;
  #openApi: OpenApi | undefined;

  constructor(shared: Shared, definitions: readonly LiveObject[]) {
    this.#shared = shared;
    this.#definitions = definitions;
    const read = definitions.flatMap((definition) => shared.readDefinition(definition).map((kind) => ({ kind, isServed: isServed(definition, kind.version) })));
    this.#custom = read.filter((each) => each.isServed).map(({ kind }) => kind);
    this.all = [...shared.builtIn, ...this.#custom];
    this.#byPath = firstByKey(this.all, (each) => `${each.group}/${each.version}/${each.plural}`);
    this.#byKind = new Map([...firstByKey(this.all, (each) => `${each.group}//${each.kind}`), ...firstByKey(this.all, (each) => `${each.group}/${each.version}/${each.kind}`)]);
    const stored = read.flatMap(({ kind }) => (kind.isStored ? [kind] : []));
    this.#stored = firstByKey(stored, (each) => `${each.group}/${each.kind}`);
  }

  get scale(): SandboxKind {
    return this.#shared.scale;
  }

  get messages(): MessageFacts {
    return this.#shared.messages;
  }

  get openApiPaths(): readonly string[] {
    return this.#documents.paths;
  }

  find(group: string, version: string, plural: string): SandboxKind | undefined {
    return this.#byPath.get(`${group}/${version}/${plural}`);
  }

  findKind(group: string, kind: string, version = ''): SandboxKind | undefined {
    return this.#byKind.get(`${group}/${version}/${kind}`);
  }

  storageKind(group: string, kind: string): SandboxKind | undefined {
    return this.#stored.get(`${group}/${kind}`) ?? this.findKind(group, kind);
  }

  withDefinitions(definitions: readonly LiveObject[]): SandboxKinds {
    const isSame = definitions.length === this.#definitions.length && definitions.every((each, index) => each['spec'] === this.#definitions[index]?.['spec']);
    return isSame ? this : new Kinds(this.#shared, definitions);
  }

  openApiV2(): JsonObject {
    return this.#documents.v2();
  }

  openApiV3(path: string): JsonObject | undefined {
    return this.#documents.v3(path);
  }

  get #documents(): OpenApi {
    this.#openApi ??= makeOpenApi(this.#shared.builtIn, this.#custom, this.#shared.schemas);
    return this.#openApi;
  }
}

function firstByKey<T extends SandboxKind>(kinds: readonly T[], keyOf: (kind: T) => string): ReadonlyMap<string, T> {
  const byKey = new Map<string, T>();
  for (const kind of kinds) if (!byKey.has(keyOf(kind))) byKey.set(keyOf(kind), kind);
  return byKey;
}
