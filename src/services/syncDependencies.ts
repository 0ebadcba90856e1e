/**
 * What a Flux environment waits for where no Flux runs: the environments that its `dependsOn` names must have been synced
 * from here, well, and where they come from the same repository, at the same revision (kustomize-controller v1.9
 * internal/controller/kustomization_controller.go, checkDependencies).
 */
import type { DeliveryModel, Environment } from '../core/gitops/delivery.js';
import { dependenciesOf } from '../core/sync/environmentOptions.js';
import { parentOf } from './environmentSync.js';
import type { Cluster } from './ports.js';
import { readDeliveries } from './syncInventory.js';

/** Why an environment must not be synced yet, one sentence for each that isn't ready. */
export async function findUnmet(
  environment: Environment,
  { environments }: Pick<DeliveryModel, 'environments'>,
  { cluster, fallbackNamespace, revision }: { readonly cluster: Cluster; readonly fallbackNamespace: string; readonly revision: string },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const unmet: string[] = [];
  for (const name of dependenciesOf(environment)) {
    const { kind } = environment.declaration?.id ?? {};
    const other = environments.find(({ declaration }) => declaration?.id.kind === kind && `${declaration?.id.namespace}/${declaration?.id.name}` === name);
    if (!other) {
      unmet.push(`${environment.label} depends on ${kind ?? ''} ${name}, which is not in this workspace.`);
      continue;
    }
    const [latest] = await readDeliveries(cluster, parentOf(other, fallbackNamespace), signal);
    if (!latest) unmet.push(`${environment.label} depends on ${other.label}, which was not synced yet: sync that first.`);
    else if (latest.result !== 'done') unmet.push(`${environment.label} depends on ${other.label}, whose last sync is ${latest.result}: sync that first.`);
    else if (latest.revision !== revision && sharesSource(environment, other))
      unmet.push(`${environment.label} depends on ${other.label}, which is at another revision, ${latest.revision}: sync that first.`);
  }
  return unmet;
}

/** Environments so that each comes behind those that it depends on; those of a circle stay in the order in which they came. */
export function orderByDependencies(environments: readonly Environment[]): readonly Environment[] {
  const nameOf = ({ declaration }: Environment): string => `${declaration?.id.kind ?? ''} ${declaration?.id.namespace ?? ''}/${declaration?.id.name ?? ''}`;
  const byName = new Map(environments.map((environment) => [nameOf(environment), environment]));
  const ordered = new Set<Environment>();
  const open = new Set<Environment>();
  const visit = (environment: Environment): void => {
    if (ordered.has(environment) || open.has(environment)) return;
    open.add(environment);
    for (const name of dependenciesOf(environment)) {
      const other = byName.get(`${environment.declaration?.id.kind ?? ''} ${name}`);
      if (other) visit(other);
    }
    ordered.add(environment);
  };
  for (const environment of environments) visit(environment);
  return [...ordered];
}

function sharesSource({ sources: [a] }: Environment, { sources: [b] }: Environment): boolean {
  return a !== undefined && b !== undefined && a.repoURL?.value === b.repoURL?.value;
}
