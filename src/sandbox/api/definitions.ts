/**
 * The life of CustomResourceDefinitions: their names are accepted, their kinds are served, and their objects go before
 * they do (apiextensions-apiserver v0.34, pkg/controller/{status,establish,finalizer}).
 */
import { jsonEquals, type JsonObject } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { stringAt } from '../../core/live/readFields.js';
import { statusOfDefinition } from '../kinds/definitions/definitionStatus.js';
import type { SandboxKinds } from '../kinds/kinds.js';
import type { Change, Storage } from './storage.js';

export interface DefinitionWorld {
  readonly storage: Storage;
  readonly now: () => number;
  /** Puts a status in its place, as the API server itself. */
  writeStatus(object: LiveObject, status: JsonObject): void;
  delete(object: LiveObject): void;
  edit(object: LiveObject, edit: (now: LiveObject) => LiveObject): void;
}

export const definitionCleanup = 'customresourcecleanup.apiextensions.k8s.io';

export class Definitions {
  #kinds: SandboxKinds;

  constructor(
    private readonly builtIn: SandboxKinds,
    private readonly world: DefinitionWorld,
  ) {
    this.#kinds = builtIn.withDefinitions(this.#served());
  }

  /** All that is served now. */
  get kinds(): SandboxKinds {
    return this.#kinds;
  }

  /** To be told before anything else: the kinds follow. */
  onChange({ type, object, before }: Change): void {
    if (object.kind !== 'CustomResourceDefinition' || !object.apiVersion.startsWith('apiextensions.k8s.io/')) {
      this.#afterInstance(type, object);
      return;
    }
    const isChanged = type === 'DELETED' || before?.['spec'] !== object['spec'];
    if (type !== 'DELETED') this.#establish(object);
    if (isChanged || before?.['status'] !== object['status']) this.#kinds = this.builtIn.withDefinitions(this.#served());
    if (type === 'MODIFIED' && object.metadata.deletionTimestamp !== undefined) this.#clean(object);
  }

  #served(): readonly LiveObject[] {
    return this.world.storage.list('apiextensions.k8s.io', 'CustomResourceDefinition');
  }

  #establish(definition: LiveObject): void {
    const others = this.#served().filter(({ metadata }) => metadata.name !== definition.metadata.name);
    const status = statusOfDefinition(definition, others, this.builtIn.all, this.world.now());
    if (!jsonEquals(status, definition['status'])) this.world.writeStatus(definition, status);
  }

  /** Objects of the kind go first. */
  #clean(definition: LiveObject): void {
    for (const object of this.#instancesOf(definition)) if (object.metadata.deletionTimestamp === undefined) this.world.delete(object);
    this.#finish(definition);
  }

  #afterInstance(type: Change['type'], object: LiveObject): void {
    if (type !== 'DELETED') return;
    const group = object.apiVersion.split('/')[0] ?? '';
    const definition = this.#served().find((each) => stringAt(each, 'spec', 'group') === group && stringAt(each, 'spec', 'names', 'kind') === object.kind);
    if (definition?.metadata.deletionTimestamp !== undefined) this.#finish(definition);
  }

  #finish(definition: LiveObject): void {
    if (this.#instancesOf(definition).length > 0 || !definition.metadata.finalizers?.includes(definitionCleanup)) return;
    this.world.edit(definition, (now) => {
      const { finalizers = [], ...metadata } = now.metadata;
      const rest = finalizers.filter((each) => each !== definitionCleanup);
      return { ...now, metadata: { ...metadata, name: now.metadata.name, ...(rest.length > 0 && { finalizers: rest }) } };
    });
  }

  #instancesOf(definition: LiveObject): readonly LiveObject[] {
    return this.world.storage.list(stringAt(definition, 'spec', 'group'), stringAt(definition, 'spec', 'names', 'kind'));
  }
}
