/**
 * Objects that an environment keeps and doesn't declare any more: told by the marks of whoever delivers it. What
 * controllers made, hooks, and copies that carry somebody else's marks are none.
 */
import { applySetOf } from '../live/applySet.js';
import type { Health } from '../live/health.js';
import { idOfLive, liveKey, type LiveObject } from '../live/liveObject.js';
import type { ResId } from '../objects/resId.js';
import type { ObjectDrift } from './drift.js';
import { forecastExtra, type Outlook } from './forecast.js';

/** By what an environment knows its objects again. */
export type Tracking =
  | { readonly kind: 'argocd'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'flux'; readonly group: string; readonly namespace: string; readonly name: string }
  | { readonly kind: 'applyset'; readonly id: string };

/** How it is told that an object belongs to the environment: one sentence for people; undefined where it doesn't. */
export function trackedBy(live: LiveObject, tracking: Tracking, listed: ReadonlySet<string>): string | undefined {
  if (isDerived(live) || isHook(live.metadata.annotations ?? {})) return undefined;
  const key = liveKey(idOfLive(live));
  switch (tracking.kind) {
    case 'argocd': {
      const text = live.metadata.annotations?.['argocd.argoproj.io/tracking-id'];
      if (text !== undefined) return isOwnId(text, tracking, idOfLive(live)) ? `Its tracking id names Application ${tracking.name}.` : undefined;
      return listed.has(key) ? `Application ${tracking.name} lists it.` : undefined;
    }
    case 'flux': {
      const { labels } = live.metadata;
      const isLabelled = labels?.[`${tracking.group}/name`] === tracking.name && labels[`${tracking.group}/namespace`] === tracking.namespace;
      // Flux prunes only what carries its labels.
      return isLabelled ? `Its labels name ${tracking.namespace}/${tracking.name} of Flux.` : undefined;
    }
    case 'applyset':
      return applySetOf(live) === tracking.id ? 'It is part of the ApplySet of this environment.' : undefined;
  }
}

/** `<app>:<group>/<kind>:<namespace>/<name>`; an id that describes another object was copied (argo-cd v3.2 util/argo/resource_tracking.go). */
function isOwnId(text: string, { namespace, name }: { readonly namespace: string; readonly name: string }, id: ResId): boolean {
  const [application = '', groupKind, ...rest] = text.split(':');
  const place = rest.join(':');
  const isOurs = application === name || application === `${namespace}_${name}`;
  return isOurs && groupKind === `${id.group}/${id.kind}` && (place === `${id.namespace}/${id.name}` || (id.namespace === '' && place.endsWith(`/${id.name}`)));
}

function isDerived({ kind, apiVersion, metadata }: LiveObject): boolean {
  if (metadata.ownerReferences?.some(({ controller }) => controller === true) === true) return true;
  return (kind === 'Endpoints' && apiVersion === 'v1') || (kind === 'EndpointSlice' && metadata.labels?.['endpointslice.kubernetes.io/managed-by'] !== undefined);
}

/** True for hooks of Argo CD and Helm: they come and go with a sync. Helm's `crd-install` is an object like others. */
export function isHook(annotations: Readonly<Record<string, unknown>>): boolean {
  const helm = annotations['helm.sh/hook'];
  return annotations['argocd.argoproj.io/hook'] !== undefined || (helm !== undefined && helm !== 'crd-install');
}

/** The drift of an object that is no longer declared. */
export function extraObject(live: LiveObject, reason: string, outlook: Outlook, health: Health | undefined): ObjectDrift {
  const options = (live.metadata.annotations?.['argocd.argoproj.io/compare-options'] ?? '').split(',').map((option) => option.trim());
  const isIgnored = outlook.operator === 'argocd' && options.includes('IgnoreExtraneous');
  return {
    id: idOfLive(live),
    state: isIgnored ? 'in-sync' : 'extra',
    reason,
    method: 'server-side-dry-run',
    fields: [],
    ignored: isIgnored ? [{ path: [], reason: 'extra, and left out by argocd.argoproj.io/compare-options: IgnoreExtraneous' }] : [],
    desired: undefined,
    live,
    predicted: undefined,
    health,
    forecast: forecastExtra(outlook, live),
  };
}
