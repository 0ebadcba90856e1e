/** What every namespace gets: the default service account and the certificate of the cluster. */
import type { Controller, ObjectKey } from './controllers.js';
import { controllerManager } from './podTemplates.js';

export const namespaces: Controller = {
  group: '',
  kind: 'Namespace',
  *related(changed): Iterable<ObjectKey> {
    const isOurs = (changed.kind === 'ServiceAccount' && changed.metadata.name === 'default') || (changed.kind === 'ConfigMap' && changed.metadata.name === certificateName);
    if (isOurs) yield { namespace: '', name: changed.metadata.namespace ?? '' };
  },
  reconcile(namespace, world) {
    const { name, deletionTimestamp } = namespace.metadata;
    if (deletionTimestamp !== undefined) return undefined;
    if (!world.get('', 'ServiceAccount', name, 'default'))
      world.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } }, controllerManager);
    if (!world.get('', 'ConfigMap', name, certificateName)) {
      const annotations = { 'kubernetes.io/description': 'The sandbox has no authority that pods could trust: nothing runs in it.' };
      world.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: certificateName, namespace: name, annotations }, data: { 'ca.crt': '' } }, controllerManager);
    }
    return undefined;
  },
};

const certificateName = 'kube-root-ca.crt';
