/** The health of an environment out of that of its objects, as Argo CD takes it for an Application (controller/health.go, v3.2.11). */
import { parseApiVersion, type ResId } from '../objects/resId.js';
import type { Health, HealthStatus } from './health.js';
import { hasArgoHealth, healthOf } from './healthOf.js';
import type { LiveObject } from './liveObject.js';

const order: readonly HealthStatus[] = ['Healthy', 'Suspended', 'Progressing', 'Missing', 'Degraded', 'Unknown'];

/** Positive where `a` is worse than `b`. */
export function compareHealth(a: HealthStatus, b: HealthStatus): number {
  return order.indexOf(a) - order.indexOf(b);
}

/** The worst, the first of those where several are equal; undefined where there is none. */
export function worstHealth(healths: Iterable<Health>): Health | undefined {
  let worst: Health | undefined;
  for (const health of healths) if (worst === undefined || compareHealth(health.status, worst.status) > 0) worst = health;
  return worst;
}

/** A declared object and what is live of it. */
export interface HealthSubject {
  readonly id: ResId;
  /** Undefined where it is missing. */
  readonly live: LiveObject | undefined;
  /** Annotations as declared, which tell hooks. */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** Undefined to have it judged by {@link healthOf}; null where the one who knows has no opinion. */
  readonly health?: Health | null | undefined;
}

/**
 * The worst health of an environment's objects; Healthy where none has a say. Left out: hooks, objects that ask to be
 * left out (`argocd.argoproj.io/ignore-healthcheck`), objects without an opinion, missing objects of kinds that have no
 * rule, and child Applications that are Missing or Unknown. The message names the object.
 */
export function environmentHealth(subjects: Iterable<HealthSubject>, now?: number): Health {
  let worst: Health = { status: 'Healthy', message: '' };
  for (const subject of subjects) {
    const health = countedHealth(subject, now);
    if (health === undefined || compareHealth(health.status, worst.status) <= 0) continue;
    const name = `${subject.id.kind} ${subject.id.name}`;
    worst = { status: health.status, message: health.message === '' ? name : `${name}: ${health.message}` };
  }
  return worst;
}

/** The health that an object adds to its environment's; undefined where it adds none. */
export function countedHealth({ id, live, annotations, health }: HealthSubject, now?: number): Health | undefined {
  if (live === undefined) {
    if (isLeftOut(annotations ?? {}) || !hasArgoHealth(id.group, id.kind) || isApplication(id.group, id.kind)) return undefined;
    return { status: 'Missing', message: '' };
  }
  if (isLeftOut(annotations ?? {}) || isLeftOut(live.metadata.annotations ?? {})) return undefined;
  const found = health === undefined ? healthOf(live, now) : (health ?? undefined);
  if (found === undefined) return undefined;
  const isChild = isApplication(parseApiVersion(live.apiVersion).group, live.kind);
  return isChild && (found.status === 'Missing' || found.status === 'Unknown') ? undefined : found;
}

/** Hooks of Argo CD and of Helm, and what is to be left out. A Helm `crd-install` hook is an object as others are (gitops-engine pkg/sync/hook, pkg/sync/ignore). */
function isLeftOut(annotations: Readonly<Record<string, string>>): boolean {
  if (annotations['argocd.argoproj.io/ignore-healthcheck'] === 'true') return true;
  if (annotations['argocd.argoproj.io/hook'] !== undefined) return true;
  const helm = annotations['helm.sh/hook'];
  return helm !== undefined && helm !== 'crd-install';
}

function isApplication(group: string, kind: string): boolean {
  return group === 'argoproj.io' && kind === 'Application';
}
