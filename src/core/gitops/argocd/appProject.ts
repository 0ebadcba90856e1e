/**
 * An AppProject, and what it permits (Argo CD v3.2.11 pkg/apis/application/v1alpha1/app_project_types.go): sources,
 * destinations, kinds of objects, namespaces of Applications. A verdict names the line that refuses, or the list that
 * would have to allow. What can't be known here (the other name of a cluster) is said to be unknown, not guessed.
 */
import { Problems, type Place, type Problem } from '../../base/problem.js';
import type { MapNode, ScalarNode } from '../../yaml/nodes.js';
import { scalarAt } from '../declarations.js';
import type { DeliveryObject, Destination } from '../delivery.js';
import { normalizeGitUrl } from '../gitUrl.js';
import { checkingOf, checkSpec, isTrue, mapsAt, textsAt, type Application } from './application.js';
import { headOf } from './argoType.js';
import { argoSpecs } from './facts/argoSpecs.js';
import { matchGlob, matchPath } from '../../base/glob.js';

type Text = ScalarNode;

export interface ProjectDestination {
  readonly node: MapNode;
  readonly server: Text | undefined;
  readonly name: Text | undefined;
  readonly namespace: Text | undefined;
}

/** Kinds that a project allows or refuses; `place` is where the list stands. */
export interface KindList {
  readonly place: Place;
  readonly items: readonly { readonly node: MapNode; readonly group: string; readonly kind: string }[];
}

export interface AppProject {
  readonly object: DeliveryObject;
  readonly name: string;
  /** Where a list that is missing would stand. */
  readonly place: Place;
  readonly sourceRepos: readonly Text[];
  readonly destinations: readonly ProjectDestination[];
  /** Undefined where the list isn't there, which is not the same as an empty one. */
  readonly clusterResourceWhitelist: KindList | undefined;
  readonly clusterResourceBlacklist: KindList | undefined;
  readonly namespaceResourceWhitelist: KindList | undefined;
  readonly namespaceResourceBlacklist: KindList | undefined;
  readonly sourceNamespaces: readonly Text[];
  readonly permitOnlyProjectScopedClusters: boolean;
  readonly spec: MapNode | undefined;
  readonly problems: readonly Problem[];
}

/** Decodes an AppProject. Pure, so callers may keep it by the root. */
export function readAppProject(object: DeliveryObject): AppProject {
  const problems = new Problems();
  const spec = checkSpec(object.root, argoSpecs.AppProject, checkingOf(object, problems));
  const destinations = mapsAt(spec, 'destinations').map((node) => ({
    node,
    server: scalarAt(node, 'server'),
    name: scalarAt(node, 'name'),
    namespace: scalarAt(node, 'namespace'),
  }));
  const sourceRepos = textsAt(spec, 'sourceRepos');
  for (const text of [...sourceRepos, ...destinations.flatMap(({ server, name, namespace }) => [server, name, namespace])]) {
    if (text?.value === '!*') problems.error('argocd/invalid-project-pattern', 'Argo CD refuses a project with the pattern !*; leave the list empty to allow nothing.', text);
  }
  return {
    object,
    name: object.id.name,
    place: spec ? headOf(spec) : headOf(object.root),
    sourceRepos,
    destinations,
    clusterResourceWhitelist: kindList(spec, 'clusterResourceWhitelist'),
    clusterResourceBlacklist: kindList(spec, 'clusterResourceBlacklist'),
    namespaceResourceWhitelist: kindList(spec, 'namespaceResourceWhitelist'),
    namespaceResourceBlacklist: kindList(spec, 'namespaceResourceBlacklist'),
    sourceNamespaces: textsAt(spec, 'sourceNamespaces'),
    permitOnlyProjectScopedClusters: isTrue(spec, 'permitOnlyProjectScopedClusters'),
    spec,
    problems: problems.list,
  };
}

function kindList(spec: MapNode | undefined, key: string): KindList | undefined {
  const list = spec?.get(key);
  if (list?.kind !== 'sequence') return undefined;
  const items = mapsAt(spec, key).map((node) => ({ node, group: scalarAt(node, 'group')?.value ?? '', kind: scalarAt(node, 'kind')?.value ?? '' }));
  return { place: headOf(list), items };
}

/** What a project says to something. `unknown`: it depends on what only Argo CD's own settings tell. */
export type Verdict =
  | { readonly kind: 'permitted' }
  | { readonly kind: 'unknown' }
  /** `place`: the entry that refuses, or else the list that has no entry that allows. */
  | { readonly kind: 'refused'; readonly isNegated: boolean; readonly place: Place; readonly field: ProjectField };

export type ProjectField =
  'sourceRepos' | 'destinations' | 'sourceNamespaces' | 'clusterResourceWhitelist' | 'clusterResourceBlacklist' | 'namespaceResourceWhitelist' | 'namespaceResourceBlacklist';

/** A cluster as Argo CD knows it, from its Secret. */
export interface ClusterName {
  readonly name: string;
  readonly server: string;
}

const inCluster: ClusterName = { name: 'in-cluster', server: 'https://kubernetes.default.svc' };

/**
 * Whether the project permits a repository. An entry with `!` that is hit refuses at once; one that isn't hit allows, so
 * that such an entry alone allows all the others.
 */
export function permitsSource(project: AppProject, repoURL: string): Verdict {
  const wanted = normalizeGitUrl(repoURL);
  let isAllowed = false;
  for (const entry of project.sourceRepos) {
    const isNegated = entry.value.startsWith('!');
    const pattern = isNegated ? `!${normalizeGitUrl(entry.value.slice(1))}` : normalizeGitUrl(entry.value);
    if (matches(pattern, wanted, '/')) isAllowed = true;
    else if (isNegated) return { kind: 'refused', isNegated: true, place: entry, field: 'sourceRepos' };
  }
  return isAllowed ? { kind: 'permitted' } : notAllowed(project, 'sourceRepos');
}

/**
 * Whether the project permits a cluster and namespace.
 * @param clusters those whose Secrets are known: Argo CD knows a cluster by its name and by its URL
 */
export function permitsDestination(project: AppProject, destination: Pick<Destination, 'server' | 'cluster'>, namespace: string, clusters: readonly ClusterName[] = []): Verdict {
  const server = destination.server?.value;
  const name = destination.cluster?.value;
  const cluster = [inCluster, ...clusters].find((each) => each.server === server?.replace(/\/$/, '') || each.name === name);
  const halves = { server: cluster?.server ?? server, name: cluster?.name ?? name };
  if (halves.server === undefined && halves.name === undefined) return { kind: 'unknown' };
  const verdict = matchDestinations(project, halves, namespace);
  return verdict.kind === 'permitted' && project.permitOnlyProjectScopedClusters ? { kind: 'unknown' } : verdict;
}

interface ClusterHalves {
  readonly server: string | undefined;
  readonly name: string | undefined;
}

function matchDestinations(project: AppProject, cluster: ClusterHalves, namespace: string): Verdict {
  let isAllowed = false;
  for (const entry of project.destinations) {
    const [name, server, wanted] = [entry.name?.value ?? '', entry.server?.value ?? '', entry.namespace?.value ?? ''];
    const nameMatches = matchHalf(name, cluster.name);
    const serverMatches = matchHalf(server, cluster.server);
    const namespaceMatches = matches(wanted, namespace, '');
    if (nameMatches === undefined || serverMatches === undefined) return { kind: 'unknown' };
    if ((serverMatches || nameMatches) && namespaceMatches) isAllowed = true;
    else if ((!nameMatches && isDenial(name)) || (!serverMatches && isDenial(server) && namespaceMatches)) {
      return { kind: 'refused', isNegated: true, place: (!nameMatches && isDenial(name) ? entry.name : entry.server) ?? headOf(entry.node), field: 'destinations' };
    } else if (!namespaceMatches && isDenial(wanted) && serverMatches) {
      return { kind: 'refused', isNegated: true, place: entry.namespace ?? headOf(entry.node), field: 'destinations' };
    }
  }
  return isAllowed ? { kind: 'permitted' } : notAllowed(project, 'destinations');
}

/** Undefined where the answer depends on the half of a cluster's names that isn't known. */
function matchHalf(pattern: string, value: string | undefined): boolean | undefined {
  if (value !== undefined) return matches(pattern, value, '');
  return pattern === '' ? false : pattern === '*' ? true : undefined;
}

/**
 * Whether the project permits an object where it is delivered to: by its kind, and for a namespaced object by its namespace.
 * @param namespace the object's own after Argo CD has filled it; empty for cluster-scoped kinds
 */
export function permitsObject(
  project: AppProject,
  object: { readonly group: string; readonly kind: string },
  namespace: string,
  destination: Pick<Destination, 'server' | 'cluster'>,
  clusters: readonly ClusterName[] = [],
): Verdict {
  const verdict = permitsKind(project, object, namespace !== '');
  return verdict.kind === 'permitted' && namespace !== '' ? permitsDestination(project, destination, namespace, clusters) : verdict;
}

/** Whether the project permits a kind: namespaced ones unless something is said, cluster-scoped ones only where they are listed. */
export function permitsKind(project: AppProject, { group, kind }: { readonly group: string; readonly kind: string }, isNamespaced: boolean): Verdict {
  const [allow, deny] = isNamespaced
    ? (['namespaceResourceWhitelist', 'namespaceResourceBlacklist'] as const)
    : (['clusterResourceWhitelist', 'clusterResourceBlacklist'] as const);
  const find = (list: KindList | undefined): MapNode | undefined => list?.items.find((item) => matchPath(item.kind, kind) && matchPath(item.group, group))?.node;
  const denial = find(project[deny]);
  const list = project[allow];
  if (list ? !find(list) : !isNamespaced) return { kind: 'refused', isNegated: false, place: list?.place ?? project.place, field: allow };
  return denial ? { kind: 'refused', isNegated: true, place: headOf(denial), field: deny } : { kind: 'permitted' };
}

/**
 * Whether the project permits Applications in a namespace.
 * @param controllerNamespace Argo CD's own, whose Applications are always permitted
 */
export function permitsAppNamespace(project: AppProject, namespace: string, controllerNamespace: string): Verdict {
  if (namespace === '' || namespace === controllerNamespace) return { kind: 'permitted' };
  for (const { value } of project.sourceNamespaces) {
    if (value.length > 1 && value.startsWith('/') && value.endsWith('/')) return { kind: 'unknown' };
    if (matchGlob(value, namespace)) return { kind: 'permitted' };
  }
  return notAllowed(project, 'sourceNamespaces');
}

/** One of an Application's claims that its project refuses. */
export interface Refusal {
  readonly verdict: Extract<Verdict, { readonly kind: 'refused' }>;
  /** The text of the Application that asks for it. */
  readonly asked: Place;
  /** What is asked for, for people: a URL, or `namespace on cluster`. */
  readonly what: string;
}

/** What of an Application's sources and destination its project refuses; empty where nothing is known to be. */
export function refusalsOf(project: AppProject, application: Application, clusters: readonly ClusterName[] = []): readonly Refusal[] {
  const refusals: Refusal[] = [];
  const add = (verdict: Verdict, asked: Place, what: string): void => {
    if (verdict.kind === 'refused') refusals.push({ verdict, asked, what });
  };
  for (const { repoURL } of application.sources) if (repoURL) add(permitsSource(project, repoURL.value), repoURL, repoURL.value);
  const { server, cluster, namespace } = application.destination;
  const asked = namespace ?? server ?? cluster;
  const where = server?.value ?? cluster?.value ?? '';
  if (asked) add(permitsDestination(project, application.destination, namespace?.value ?? '', clusters), asked, namespace ? `${namespace.value} on ${where}` : where);
  return refusals;
}

function notAllowed(project: AppProject, field: 'sourceRepos' | 'destinations' | 'sourceNamespaces'): Verdict {
  const list = project.spec?.pair(field)?.key;
  return { kind: 'refused', isNegated: false, place: list ?? project.place, field };
}

function isDenial(pattern: string): boolean {
  return pattern.startsWith('!');
}

/** Argo CD's globMatch: `!` turns the answer around, a lone `*` matches all. */
function matches(pattern: string, value: string, separators: string): boolean {
  if (isDenial(pattern)) return !matchGlob(pattern.slice(1), value, separators);
  return pattern === '*' || matchGlob(pattern, value, separators);
}
