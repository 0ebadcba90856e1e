/** security/sealed-secret-scope: a SealedSecret that an overlay moves or renames, so that the controller can't open it (bitnami-labs/sealed-secrets, README "Scopes"). */
import { scalarValue, type MapNode, type ScalarNode, type YamlNode } from '../../yaml/nodes.js';
import { nodeAt } from '../fileNodes.js';
import type { EnvironmentRule } from '../rule.js';

export const sealedSecretScope: EnvironmentRule = {
  id: 'security/sealed-secret-scope',
  title: 'SealedSecret that can’t be opened after it is moved',
  severity: 'error',
  scope: 'environment',
  what: 'The overlay gives a SealedSecret another namespace or name than the one in its file, and its scope doesn’t allow that.',
  why: 'The name and namespace are part of what is encrypted. The controller says `no key could decrypt secret`, and the Secret is never made.',
  mend: 'Seal it for the namespace and name that it has in this environment, in the overlay; or seal it with the scope `namespace-wide` (another name) or `cluster-wide` (another namespace too).',
  examples: {
    bad: `#- overlays/prod/kustomization.yaml
namespace: orders-prod
resources:
- secret.yaml
#- overlays/prod/secret.yaml
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: database
  namespace: orders
spec:
  encryptedData:
    password: AgBy3i4OJSWK`,
    good: `#- overlays/prod/kustomization.yaml
namespace: orders-prod
resources:
- secret.yaml
#- overlays/prod/secret.yaml
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: database
  namespace: orders-prod
spec:
  encryptedData:
    password: AgBy3i4OJSWK`,
  },
  hasFix: false,
  check({ rendering }, report) {
    for (const { id, root } of rendering.objects) {
      if (id.group !== 'bitnami.com' || id.kind !== 'SealedSecret') continue;
      const scope = scopeOf(root);
      const namespace = changeOf(nodeAt(root, ['metadata', 'namespace']));
      const name = changeOf(nodeAt(root, ['metadata', 'name']));
      if (namespace && scope !== 'cluster-wide') {
        report(namespace.node, `${id.name} is sealed for the namespace ${namespace.from}, and here it comes into ${namespace.node.value}: the controller can't open it there.`);
      } else if (name && scope === 'strict') {
        report(name.node, `The Secret is sealed under the name ${name.from}, and here it is called ${name.node.value}: the controller can't open it.`);
      }
    }
  },
};

function scopeOf(root: MapNode): 'strict' | 'namespace-wide' | 'cluster-wide' {
  const annotations = nodeAt(root, ['metadata', 'annotations']);
  const isSet = (name: string): boolean => annotations?.kind === 'map' && scalarValue(annotations.get(`sealedsecrets.bitnami.com/${name}`)) === 'true';
  return isSet('cluster-wide') ? 'cluster-wide' : isSet('namespace-wide') ? 'namespace-wide' : 'strict';
}

/** What a field was in its file, where it is something else now. */
function changeOf(node: YamlNode | undefined): { readonly node: ScalarNode; readonly from: string } | undefined {
  let first = node;
  while (first?.was) first = first.was;
  return node?.kind === 'scalar' && first?.kind === 'scalar' && first.value !== '' && first.value !== node.value ? { node, from: first.value } : undefined;
}
