/**
 * Who else keeps a live object: an Argo CD Application (its tracking id), Flux (its labels), another ApplySet, a Helm
 * release. An object that an operator keeps is never written here: the operator would set it back.
 */
import { applySetPartOfLabel } from '../live/applySet.js';
import { idOfLive, liveKey, type LiveObject } from '../live/liveObject.js';

export type Tracker =
  /** `argocd/orders-prod`, or the name alone where it is in Argo CD's own namespace. */
  | { readonly kind: 'argocd'; readonly application: string }
  | { readonly kind: 'flux'; readonly object: 'Kustomization' | 'HelmRelease'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'applyset'; readonly id: string }
  | { readonly kind: 'helm'; readonly namespace: string; readonly release: string };

const trackingId = 'argocd.argoproj.io/tracking-id';
const flux = { Kustomization: 'kustomize.toolkit.fluxcd.io', HelmRelease: 'helm.toolkit.fluxcd.io' } as const;

/**
 * Everyone whose mark a live object carries, operators first.
 * @param listed what operators themselves list as theirs, by {@link liveKey}: Argo CD that tracks by label leaves no mark of its own
 */
export function trackersOf(live: LiveObject, listed: ReadonlyMap<string, Tracker>): readonly Tracker[] {
  const { labels, annotations } = live.metadata;
  const found: Tracker[] = [];
  const application = applicationOf(live);
  if (application !== undefined) found.push({ kind: 'argocd', application });
  for (const object of ['Kustomization', 'HelmRelease'] as const) {
    const name = labels?.[`${flux[object]}/name`];
    if (name !== undefined) found.push({ kind: 'flux', object, name, namespace: labels?.[`${flux[object]}/namespace`] ?? '' });
  }
  const told = listed.get(liveKey(idOfLive(live)));
  if (told && !found.some((each) => isSameTracker(each, told))) found.push(told);
  const set = labels?.[applySetPartOfLabel];
  if (set !== undefined) found.push({ kind: 'applyset', id: set });
  const release = annotations?.['meta.helm.sh/release-name'];
  if (release !== undefined && labels?.['app.kubernetes.io/managed-by'] === 'Helm') {
    found.push({ kind: 'helm', release, namespace: annotations?.['meta.helm.sh/release-namespace'] ?? '' });
  }
  return found;
}

/** True for the same keeper, however it was found. */
export function isSameTracker(a: Tracker, b: Tracker): boolean {
  if (a.kind === 'argocd' && b.kind === 'argocd') return a.application === b.application;
  if (a.kind === 'flux' && b.kind === 'flux') return a.object === b.object && a.name === b.name && a.namespace === b.namespace;
  if (a.kind === 'applyset' && b.kind === 'applyset') return a.id === b.id;
  return a.kind === 'helm' && b.kind === 'helm' && a.release === b.release && a.namespace === b.namespace;
}

/** `Argo CD's Application orders-prod`: in the middle of a sentence. */
export function describeTracker(tracker: Tracker): string {
  switch (tracker.kind) {
    case 'argocd':
      return `Argo CD's Application ${tracker.application}`;
    case 'flux':
      return `Flux's ${tracker.object} ${tracker.namespace === '' ? '' : `${tracker.namespace}/`}${tracker.name}`;
    case 'applyset':
      return `another ApplySet (${tracker.id})`;
    case 'helm':
      return `Helm release ${tracker.namespace === '' ? '' : `${tracker.namespace}/`}${tracker.release}`;
  }
}

/** True for those that set an object back by themselves. */
export function isOperator({ kind }: Tracker): boolean {
  return kind === 'argocd' || kind === 'flux';
}

/**
 * The Application of a tracking id `<app>:<group>/<kind>:<namespace>/<name>` (argo-cd v3.2 util/argo/resource_tracking.go).
 * One that describes another object was copied along with its annotations, and says nothing.
 */
function applicationOf(live: LiveObject): string | undefined {
  const text = live.metadata.annotations?.[trackingId];
  if (text === undefined) return undefined;
  const id = idOfLive(live);
  const [application, groupKind, namespaceName, ...rest] = text.split(':');
  // RBAC names may have colons.
  const name = [namespaceName, ...rest].join(':');
  if (application === undefined || application === '' || groupKind !== `${id.group}/${id.kind}`) return undefined;
  const at = name.indexOf('/');
  const describes = at >= 0 && name.slice(at + 1) === id.name && (id.namespace === '' || name.slice(0, at) === id.namespace);
  return describes ? application.replace('_', '/') : undefined;
}
