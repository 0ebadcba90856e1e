/**
 * security/external-secret-store: an ExternalSecret whose store isn't there. Stores that come from elsewhere are many: it
 * is only looked at where the workspace has stores of the same kind, and everything that may bring one renders.
 */
import type { Environment } from '../../gitops/delivery.js';
import { scalarValue, type ScalarNode } from '../../yaml/nodes.js';
import { nodeAt } from '../fileNodes.js';
import { defineWorkspaceRule } from '../rule.js';

type StoreKind = 'SecretStore' | 'ClusterSecretStore';

interface Gathered {
  readonly environment: Environment;
  readonly ok: boolean;
  readonly stores: readonly { readonly kind: StoreKind; readonly name: string; readonly namespace: string }[];
  readonly uses: readonly { readonly kind: StoreKind; readonly name: ScalarNode; readonly namespace: string }[];
}

export const externalSecretStore = defineWorkspaceRule<Gathered>({
  id: 'security/external-secret-store',
  title: 'ExternalSecret without its store',
  severity: 'warning',
  what: 'An ExternalSecret names a store (`SecretStore` in its namespace, or `ClusterSecretStore`) that no environment of the workspace brings, though the workspace brings others of the same kind.',
  why: 'The operator can’t fetch the secret, the Secret is never made, and the pods that need it wait for it.',
  mend: 'Correct the name or the kind, or add the store to the environment. A SecretStore must be in the ExternalSecret’s own namespace.',
  examples: {
    bad: `#- overlays/prod/kustomization.yaml
resources:
- secrets.yaml
#- overlays/prod/secrets.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
spec: {}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: database
spec:
  secretStoreRef:
    name: valt`,
    good: `#- overlays/prod/kustomization.yaml
resources:
- secrets.yaml
#- overlays/prod/secrets.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
spec: {}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: database
spec:
  secretStoreRef:
    name: vault`,
  },
  hasFix: false,
  gather({ environment, rendering }) {
    const stores: Gathered['stores'][number][] = [];
    const uses: Gathered['uses'][number][] = [];
    for (const { id, root } of rendering.objects) {
      if (id.group !== 'external-secrets.io') continue;
      const namespace = id.namespace === '' ? (environment.destination.namespace?.value ?? '') : id.namespace;
      if (id.kind === 'SecretStore' || id.kind === 'ClusterSecretStore') stores.push({ kind: id.kind, name: id.name, namespace });
      if (id.kind !== 'ExternalSecret') continue;
      const name = nodeAt(root, ['spec', 'secretStoreRef', 'name']);
      const kind = scalarValue(nodeAt(root, ['spec', 'secretStoreRef', 'kind'])) ?? 'SecretStore';
      if (name?.kind === 'scalar' && (kind === 'SecretStore' || kind === 'ClusterSecretStore')) uses.push({ kind, name, namespace });
    }
    return { environment, ok: rendering.ok, stores, uses };
  },
  check(gathered, _workspace, report) {
    if (!gathered.every(({ ok }) => ok)) return;
    const stores = gathered.flatMap((each) => each.stores);
    for (const { environment, uses } of gathered) {
      for (const { kind, name, namespace } of uses) {
        const same = stores.filter((store) => store.kind === kind);
        if (same.length === 0 || same.some((store) => store.name === name.value && (kind === 'ClusterSecretStore' || store.namespace === namespace))) continue;
        const elsewhere = same.find((store) => store.name === name.value);
        const [other] = stores.filter((store) => store.name === name.value && store.kind !== kind);
        const hint = elsewhere
          ? `it is in the namespace ${elsewhere.namespace || 'default'}, and must be in ${namespace || 'default'}`
          : other
            ? `there is a ${other.kind} of this name: say so with \`kind:\``
            : `there are ${[...new Set(same.map((store) => store.name))].sort().slice(0, 5).join(', ')}`;
        report(name, `There is no ${kind} ${name.value} here; ${hint}.`, { environments: [environment] });
      }
    }
  },
});
