/**
 * The life of namespaces: what each has from its beginning, and how its content goes before it does (Kubernetes v1.34,
 * pkg/controller/namespace, pkg/controller/serviceaccount, pkg/controller/certificates/rootcacertpublisher).
 */
import type { LiveObject } from '../../core/live/liveObject.js';
import { objectAt } from '../../core/live/readFields.js';
import type { Change, Storage } from './storage.js';

export interface NamespaceWorld {
  readonly storage: Storage;
  /** The certificate authority of the API, in PEM. */
  readonly authority: string;
  create(object: LiveObject, manager: string): void;
  delete(object: LiveObject): void;
  edit(object: LiveObject, edit: (now: LiveObject) => LiveObject): void;
}

const manager = 'kube-controller-manager';

export class Namespaces {
  constructor(private readonly world: NamespaceWorld) {}

  /** Makes those that every cluster has, and the Service of the API. */
  makeFirst(): void {
    for (const name of ['default', 'kube-node-lease', 'kube-public', 'kube-system']) {
      const metadata = { name, labels: { 'kubernetes.io/metadata.name': name } };
      if (!this.world.storage.get('', 'Namespace', '', name)) this.world.create({ apiVersion: 'v1', kind: 'Namespace', metadata }, 'kube-apiserver');
    }
    if (this.world.storage.get('', 'Service', 'default', 'kubernetes')) return;
    const metadata = { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } };
    const ports = [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }];
    this.world.create({ apiVersion: 'v1', kind: 'Service', metadata, spec: { clusterIP: '10.96.0.1', ports } }, 'kube-apiserver');
  }

  onChange({ type, object }: Change): void {
    if (object.kind === 'Namespace' && object.apiVersion === 'v1') {
      if (type === 'ADDED') this.#furnish(object.metadata.name);
      else if (type === 'MODIFIED' && object.metadata.deletionTimestamp !== undefined) this.#empty(object);
      return;
    }
    const { namespace } = object.metadata;
    if (namespace === undefined || type !== 'DELETED') return;
    const home = this.world.storage.get('', 'Namespace', '', namespace);
    if (home?.metadata.deletionTimestamp !== undefined) this.#finish(home);
    else if (home && isFurniture(object)) this.#furnish(namespace);
  }

  #furnish(namespace: string): void {
    const { storage, authority } = this.world;
    if (!storage.get('', 'ServiceAccount', namespace, 'default')) {
      this.world.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } }, manager);
    }
    if (storage.get('', 'ConfigMap', namespace, 'kube-root-ca.crt')) return;
    const annotations = {
      'kubernetes.io/description':
        'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
    };
    this.world.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kube-root-ca.crt', namespace, annotations }, data: { 'ca.crt': authority } }, manager);
  }

  /** Deletes all that is in it; what has finalizers keeps it until they are gone. */
  #empty(namespace: LiveObject): void {
    for (const object of this.world.storage.inNamespace(namespace.metadata.name)) if (object.metadata.deletionTimestamp === undefined) this.world.delete(object);
    this.#finish(namespace);
  }

  #finish(namespace: LiveObject): void {
    if (this.world.storage.inNamespace(namespace.metadata.name).length > 0) return;
    const { finalizers } = objectAt(namespace, 'spec');
    if (!Array.isArray(finalizers) || finalizers.length === 0) return;
    this.world.edit(namespace, (now) => ({ ...now, spec: { ...objectAt(now, 'spec'), finalizers: undefined } }));
  }
}

/** True for what a namespace has from its beginning. */
function isFurniture({ apiVersion, kind, metadata }: LiveObject): boolean {
  return apiVersion === 'v1' && ((kind === 'ServiceAccount' && metadata.name === 'default') || (kind === 'ConfigMap' && metadata.name === 'kube-root-ca.crt'));
}
