/** All that the sandbox serves: the built-in kinds, and those of CustomResourceDefinitions beside them. */
import { assert } from '../../core/base/assert.js';
import type { JsonObject } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { readKubernetesTypes } from '../../core/objects/kubernetesTypes.js';
import { makeBuiltInKind } from './builtInKinds.js';
import { makeCodec } from './codec.js';
import { makeDefaults } from './defaults/setDefaults.js';
import { readSandboxFacts, type SandboxData } from './facts.js';
import type { SandboxKind, SandboxKinds } from './kinds.js';
import { makeOpenApi, type OpenApi } from './openApi.js';

/**
 * The built-in kinds.
 * @param data see readSandboxData; one that isn't this program's own is a bug
 */
export function makeSandboxKinds(data: SandboxData): SandboxKinds {
  const facts = readSandboxFacts(data.kinds);
  const types = readKubernetesTypes(data.types);
  assert(facts && types, 'the data of the sandbox are those of this program');
  const context = { facts, types, codec: makeCodec(facts), defaults: makeDefaults() };
  const builtIn = facts.kinds.map((each) => makeBuiltInKind(each, context));
  return new Kinds(builtIn, [], data.schemas);
}

class Kinds implements SandboxKinds {
  readonly all: readonly SandboxKind[];
  readonly #builtIn: readonly SandboxKind[];
  readonly #schemas: () => JsonObject;
  readonly #byPath: ReadonlyMap<string, SandboxKind>;
  readonly #byKind: ReadonlyMap<string, SandboxKind>;
  #openApi: OpenApi | undefined;

  constructor(builtIn: readonly SandboxKind[], custom: readonly SandboxKind[], schemas: () => JsonObject) {
    this.all = [...builtIn, ...custom];
    this.#builtIn = builtIn;
    this.#schemas = schemas;
    this.#byPath = new Map(this.all.map((each) => [`${each.group}/${each.version}/${each.plural}`, each]));
    const byKind = new Map<string, SandboxKind>();
    for (const each of this.all) {
      byKind.set(`${each.group}/${each.version}/${each.kind}`, each);
      const preferred = `${each.group}//${each.kind}`;
      if (!byKind.has(preferred)) byKind.set(preferred, each);
    }
    this.#byKind = byKind;
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
    return this.findKind(group, kind);
  }

  withDefinitions(definitions: readonly LiveObject[]): SandboxKinds {
    return definitions.length === 0 && this.all.length === this.#builtIn.length ? this : new Kinds(this.#builtIn, [], this.#schemas);
  }

  openApiV2(): JsonObject {
    return this.#documents.v2();
  }

  openApiV3(path: string): JsonObject | undefined {
    return this.#documents.v3(path);
  }

  get #documents(): OpenApi {
    this.#openApi ??= makeOpenApi(this.all, this.#schemas);
    return this.#openApi;
  }
}
