/**
 * The life of CustomResourceDefinitions: their names are accepted, their kinds are served, and their objects go before
 * they do (apiextensions-apiserver v0.34, pkg/controller/{status,establish,finalizer}).
 */
import type { JsonObject } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { formatTime, itemsAt, mapAt, textAt } from '../fields.js';
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
    if (isChanged) this.#kinds = this.builtIn.withDefinitions(this.#served());
    if (type === 'MODIFIED' && object.metadata.deletionTimestamp !== undefined) this.#clean(object);
  }

  #served(): readonly LiveObject[] {
    return this.world.storage.list('apiextensions.k8s.io', 'CustomResourceDefinition');
  }

  #establish(definition: LiveObject): void {
    const names = mapAt(definition, 'spec', 'names');
    const conditions = itemsAt(definition, 'status', 'conditions');
    if (conditions.some(({ type }) => type === 'Established')) return;
    const lastTransitionTime = formatTime(this.world.now());
    const accepted = { lastTransitionTime, message: 'no conflicts found', reason: 'NoConflicts', status: 'True', type: 'NamesAccepted' };
    const established = { lastTransitionTime, message: 'the initial names have been accepted', reason: 'InitialNamesAccepted', status: 'True', type: 'Established' };
    this.world.writeStatus(definition, { acceptedNames: names, conditions: [accepted, established] });
  }

  /** Objects of the kind go first. */
  #clean(definition: LiveObject): void {
    for (const object of this.#instancesOf(definition)) if (object.metadata.deletionTimestamp === undefined) this.world.delete(object);
    this.#finish(definition);
  }

  #afterInstance(type: Change['type'], object: LiveObject): void {
    if (type !== 'DELETED') return;
    const group = object.apiVersion.split('/')[0] ?? '';
    const definition = this.#served().find((each) => textAt(each, 'spec', 'group') === group && textAt(each, 'spec', 'names', 'kind') === object.kind);
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
    return this.world.storage.list(textAt(definition, 'spec', 'group'), textAt(definition, 'spec', 'names', 'kind'));
  }
}
