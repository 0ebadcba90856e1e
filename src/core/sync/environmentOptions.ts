/** What an environment's declaration says about how all of its objects are synced: Argo CD's sync policy, Flux's `force`. */
import type { Environment } from '../gitops/delivery.js';
import { isTrue, mapsAt, pairsAt, textsAt } from '../gitops/argocd/application.js';
import { mapAt, scalarAt } from '../gitops/declarations.js';
import type { MapNode } from '../yaml/nodes.js';
import type { SyncStyle } from './order.js';
import { noEnvironmentOptions, type EnvironmentOptions } from './syncOptions.js';

/** Whose habits a sync of an environment follows. */
export function syncStyleOf({ operator }: Pick<Environment, 'operator'>): SyncStyle {
  return operator === 'none' ? 'plain' : operator;
}

/** The options of an environment; none for a folder that no operator delivers. */
export function readEnvironmentOptions({ declaration }: Pick<Environment, 'declaration'>): EnvironmentOptions {
  const spec = mapAt(declaration?.root, 'spec');
  const policy = mapAt(spec, 'syncPolicy');
  if (!spec) return noEnvironmentOptions;
  const metadata = mapAt(policy, 'managedNamespaceMetadata');
  return {
    syncOptions: textsAt(policy, 'syncOptions').map(({ value }) => value),
    force: declaration?.id.group === 'kustomize.toolkit.fluxcd.io' && isTrue(spec, 'force'),
    managedNamespaceMetadata: metadata && { labels: textsOf(metadata, 'labels'), annotations: textsOf(metadata, 'annotations') },
  };
}

/** The names of what an environment waits for: Flux's `dependsOn`, as `namespace/name`. */
export function dependenciesOf({ declaration }: Pick<Environment, 'declaration'>): readonly string[] {
  if (declaration?.id.kind !== 'Kustomization' && declaration?.id.kind !== 'HelmRelease') return [];
  return mapsAt(mapAt(declaration.root, 'spec'), 'dependsOn').flatMap((entry) => {
    const name = scalarAt(entry, 'name')?.value;
    return name === undefined ? [] : [`${scalarAt(entry, 'namespace')?.value ?? declaration.id.namespace}/${name}`];
  });
}

function textsOf(metadata: MapNode, key: string): Readonly<Record<string, string>> {
  return Object.fromEntries(pairsAt(metadata, key).map(({ key: name, value }) => [name.value, value.value]));
}
