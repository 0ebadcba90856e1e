/**
 * Whether two environments go to one cluster, as far as that is certain. Argo CD's own cluster has the same URL in every
 * repository, so declarations that may belong to two control planes (one folder per cluster) are taken for different ones.
 */
import { isInside, parentPath } from '../../base/path.js';
import type { DeliveryModel, DeliveryObject, Environment, FoundIn } from '../../gitops/delivery.js';
import { isEnvironmentName } from '../../gitops/conventions.js';

/** True where both environments certainly go to the same cluster. */
export function areOnOneCluster(a: Environment, b: Environment, model: DeliveryModel): boolean {
  const [one, other] = [clusterKey(a), clusterKey(b)];
  if (one === undefined || one.text !== other?.text) return false;
  return !one.isLocal || haveOneControlPlane(a.declaration, b.declaration, model);
}

/** True where one operator certainly sees both declarations: they come from the same place, and no folder of environments stands between them. */
export function haveOneControlPlane(a: DeliveryObject | undefined, b: DeliveryObject | undefined, model: DeliveryModel): boolean {
  if (!a || !b) return false;
  const [one, other] = [originOf(a.foundIn, model).split('/'), originOf(b.foundIn, model).split('/')];
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  if (at === one.length && at === other.length) return true;
  if (/^(clusters?|overlays?|environments?|envs?|stages|regions|sites)$/.test(one[at - 1] ?? '')) return false;
  return ![...one.slice(at), ...other.slice(at)].some((part) => isEnvironmentName(part) || /cluster|overlay/.test(part));
}

/** What names the cluster; `isLocal` where it is the operator's own. Undefined where it isn't known. */
function clusterKey({ operator, destination }: Environment): { readonly text: string; readonly isLocal: boolean } | undefined {
  const server = destination.server?.value.replace(/\/+$/, '');
  const name = destination.cluster?.value;
  if (operator === 'none' || /\{\{|\$\{/.test(`${server ?? ''}${name ?? ''}`)) return undefined;
  if (operator === 'flux') return { text: `flux ${name ?? ''}`, isLocal: true };
  if (server === 'https://kubernetes.default.svc' || name === 'in-cluster') return { text: 'argocd', isLocal: true };
  if (server !== undefined) return { text: server, isLocal: false };
  return name === undefined ? undefined : { text: `named ${name}`, isLocal: true };
}

/** The folder from which a declaration reaches its operator: that of the outermost app of apps, or of its file. */
function originOf(foundIn: FoundIn, model: DeliveryModel): string {
  const seen = new Set<string>();
  for (let at = foundIn; ;) {
    if (at.kind === 'file') return parentPath(at.path);
    if (at.kind === 'applicationSet') {
      at = at.set.foundIn;
      continue;
    }
    const { environment: id } = at;
    const outer = model.environments.find((environment) => environment.id === id);
    if (!outer?.declaration || seen.has(id)) return folderOf(id, model);
    seen.add(id);
    at = outer.declaration.foundIn;
  }
}

/** A folder by the id of what is rendered from it, as a path like those of files where it is known. */
function folderOf(id: string, model: DeliveryModel): string {
  const known = model.environments.find((environment) => environment.id === id)?.sources[0]?.folder;
  if (known !== undefined) return known;
  const label = id.replace(/^folder\//, '');
  const top = model.repositories.map((repository) => repository.top).find((each) => isInside(`${each}/${label}`, each));
  return top === undefined ? `/${label}` : `${top}/${label}`;
}
