/** The kinds that every API server has, from the table of facts and the table of types. */
import { emptyObjectOf } from '../../core/apply/trackUpdate.js';
import { jsonEquals, type JsonObject, type JsonValue } from '../../core/live/json.js';
import { isLiveObject, type LiveObject } from '../../core/live/liveObject.js';
import type { KubernetesTypes } from '../../core/objects/kubernetesTypes.js';
import { anything, type FieldType } from '../../core/objects/objectType.js';
import { apiVersionOf } from '../../core/objects/resId.js';
import { assert } from '../../core/base/assert.js';
import type { Codec } from './codec.js';
import type { Defaults } from './defaults/setDefaults.js';
import { createRules, keepsStatus } from './defaults/prepare.js';
import { keepAllocated } from './defaults/services.js';
import type { KindFacts, SandboxFacts } from './facts.js';
import type { FieldError, SandboxKind, ScalePaths } from './kinds.js';
import { prune } from './prune.js';
import { defaultColumns, makeTable, printDefault, type Printer } from './table/table.js';
import { printers } from './table/printers.js';
import { findDecodingFault } from './validation/decoding.js';
import { validateBuiltIn } from './validation/validateBuiltIn.js';

export interface BuiltInContext {
  readonly facts: SandboxFacts;
  readonly types: Pick<KubernetesTypes, 'kind'>;
  readonly codec: Codec;
  readonly defaults: Defaults;
}

/** One kind of Kubernetes' own. Its type is read when it is first asked for. */
export function makeBuiltInKind(facts: KindFacts, context: BuiltInContext): SandboxKind {
  return new BuiltInKind(facts, context);
}

class BuiltInKind implements SandboxKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly isNamespaced: boolean;
  readonly verbs: readonly string[];
  readonly subresources: readonly string[];
  readonly categories: readonly string[];
  readonly hasGeneration: boolean;
  readonly subresourceFacts: KindFacts['subresources'];
  readonly scale: ScalePaths | undefined;
  readonly #context: BuiltInContext;
  /** `v1/Pod`, `apps/v1/Deployment`. */
  readonly #key: string;
  #type: FieldType | undefined;
  #emptyObject: JsonObject | undefined;

  constructor(facts: KindFacts, context: BuiltInContext) {
    this.group = facts.group;
    this.version = facts.version;
    this.kind = facts.kind;
    this.plural = facts.plural;
    this.singular = facts.singular;
    this.shortNames = facts.shortNames;
    this.isNamespaced = facts.isNamespaced;
    this.verbs = facts.verbs;
    this.subresources = facts.subresources.map(({ name }) => name);
    this.categories = facts.categories;
    this.hasGeneration = facts.hasGeneration;
    this.subresourceFacts = facts.subresources;
    this.scale = this.subresources.includes('scale') ? { specReplicas: '.spec.replicas', statusReplicas: '.status.replicas', labelSelector: undefined } : undefined;
    this.#context = context;
    this.#key = `${apiVersionOf(facts)}/${facts.kind}`;
  }

  get type(): FieldType {
    const { types, facts } = this.#context;
    this.#type ??= types.kind(this, facts.release)?.type ?? anything;
    return this.#type;
  }

  get emptyObject(): JsonObject | undefined {
    const { types, facts } = this.#context;
    this.#emptyObject ??= emptyObjectOf(types.kind(this, facts.release) ?? {}) ?? { metadata: {} };
    return this.#emptyObject;
  }

  setDefaults(object: LiveObject): LiveObject {
    if (this.type.kind !== 'object') return object;
    const draft = this.#context.codec.decode(object, this.type);
    this.#context.defaults.set(draft, this.type, `${this.group}/${this.version}/${this.kind}`);
    return jsonEquals(draft, object) ? object : liveOf(draft);
  }

  prepareCreate(object: LiveObject): LiveObject {
    const { type } = this;
    if (type.kind !== 'object') return object;
    const key = `${this.group}/${this.version}/${this.kind}`;
    const { status, ...rest } = object;
    const hasFreshStatus = this.subresources.includes('status') && status !== undefined && !keepsStatus.has(key);
    const draft = this.#context.codec.decode(hasFreshStatus ? rest : object, type);
    this.#context.defaults.set(draft, type, key);
    createRules[key]?.(draft);
    return jsonEquals(draft, object) ? object : liveOf(draft);
  }

  prepareUpdate(object: LiveObject, before: LiveObject): LiveObject {
    return this.group === '' && this.kind === 'Service' ? keepAllocated(object, before) : object;
  }

  findDecodingFault(object: LiveObject): string | undefined {
    return this.type.kind === 'object' ? findDecodingFault(object, this.type, this.version) : undefined;
  }

  validate(object: LiveObject, before: LiveObject | undefined): readonly FieldError[] {
    return validateBuiltIn(this, object, before);
  }

  prune(object: LiveObject): { readonly object: LiveObject; readonly unknownFields: readonly string[] } {
    return prune(object, this.type);
  }

  convert(object: LiveObject): LiveObject {
    return object;
  }

  toTable(objects: readonly LiveObject[], now: number): JsonObject {
    const columns = this.#context.facts.columns(this.#key);
    const print: Printer | undefined = printers[this.#key];
    return columns && print ? makeTable(columns, print, objects, now) : makeTable(defaultColumns, printDefault, objects, now);
  }
}

function liveOf(value: JsonValue): LiveObject {
  assert(isLiveObject(value), 'what has defaults is still an object');
  return value;
}
