/**
 * The order of a sync. Argo CD's: phase, wave, kind, name, and then namespaces and CustomResourceDefinitions before what
 * needs them (gitops-engine pkg/sync/sync_tasks.go and syncwaves/waves.go, v3.2). Flux's: definitions, classes, the rest
 * (fluxcd/pkg/ssa sort.go and manager_apply.go ApplyAllStaged, v0.76).
 */
import { isJsonObject, type JsonObject } from '../live/json.js';
import type { ResId } from '../objects/resId.js';
import { annotationsOf } from './syncOptions.js';
import type { SyncPhase } from './syncPlan.js';

/** Something that is put in its place. */
export interface Orderable {
  readonly id: ResId;
  readonly phase: SyncPhase;
  readonly wave: number;
  /** What is sent; undefined for what is deleted, which nothing depends on. */
  readonly manifest: JsonObject | undefined;
}

const phaseRanks: Readonly<Record<SyncPhase, number>> = { PreSync: 0, Sync: 1, PostSync: 2, SyncFail: 3 };

const argoKinds = rankKinds(
  `Namespace NetworkPolicy ResourceQuota LimitRange PodSecurityPolicy PodDisruptionBudget ServiceAccount Secret SecretList ConfigMap StorageClass
  PersistentVolume PersistentVolumeClaim CustomResourceDefinition ClusterRole ClusterRoleList ClusterRoleBinding ClusterRoleBindingList Role RoleList
  RoleBinding RoleBindingList Service DaemonSet Pod ReplicationController ReplicaSet Deployment HorizontalPodAutoscaler StatefulSet Job CronJob
  IngressClass Ingress APIService`,
);

/** Without an operator definitions come right behind namespaces, so that nothing waits for them in the middle. */
const plainKinds: ReadonlyMap<string, number> = new Map([...argoKinds, ['CustomResourceDefinition', (argoKinds.get('Namespace') ?? 0) + 0.5]]);

const fluxFirst = rankKinds(
  `CustomResourceDefinition Namespace ClusterRole ClusterClass RuntimeClass PriorityClass StorageClass VolumeSnapshotClass IngressClass GatewayClass
  ClusterRoleBinding ResourceQuota ServiceAccount Role RoleBinding ConfigMap Secret Service LimitRange Deployment StatefulSet CronJob PodDisruptionBudget`,
);
const fluxLast: ReadonlyMap<string, number> = new Map([
  ['MutatingWebhookConfiguration', 1],
  ['ValidatingWebhookConfiguration', 2],
]);

/** Ranks below zero, so that a kind that isn't in the list comes behind all of them. */
function rankKinds(list: string): ReadonlyMap<string, number> {
  const kinds = list.split(/\s+/);
  return new Map(kinds.map((kind, index) => [kind, index - kinds.length]));
}

/** Whose habits an environment follows. `plain` is Argo CD's order with definitions in front, and pruning at the end. */
export type SyncStyle = 'argocd' | 'flux' | 'plain';

/** The wave that an object names; 0 where it names none, or no number. */
export function waveOf(object: JsonObject | undefined): number {
  const annotations = annotationsOf(object);
  return parseInteger(annotations['argocd.argoproj.io/sync-wave']) ?? parseInteger(annotations['helm.sh/hook-weight']) ?? 0;
}

/** In Argo CD's order; dependencies are pulled in front of what needs them, and take over its phase and wave. */
export function sortInWaves<T extends Orderable>(tasks: readonly T[], style: 'argocd' | 'plain'): readonly T[] {
  const ranks = style === 'argocd' ? argoKinds : plainKinds;
  const rank = ({ id }: T): number => ranks.get(id.kind) ?? 0;
  const sorted = [...tasks].sort(
    (a, b) =>
      phaseRanks[a.phase] - phaseRanks[b.phase] || a.wave - b.wave || rank(a) - rank(b) || compareTexts(a.id.name, b.id.name) || compareTexts(a.id.namespace, b.id.namespace),
  );
  const namespaced = pullForward(
    sorted,
    ({ id }) => (id.kind === 'Namespace' && id.group === '' ? id.name : undefined),
    ({ id }) => (id.namespace === '' ? undefined : id.namespace),
  );
  return pullForward(
    namespaced,
    ({ id, manifest }) => definedKind(id, manifest),
    ({ id }) => `${id.group}/${id.kind}`,
  );
}

/** `group/Kind` that a CustomResourceDefinition defines; undefined for other objects. */
export function definedKind(id: ResId, manifest: JsonObject | undefined): string | undefined {
  if (id.kind !== 'CustomResourceDefinition' || id.group !== 'apiextensions.k8s.io') return undefined;
  const spec = manifest?.['spec'];
  if (!isJsonObject(spec)) return undefined;
  const { group, names } = spec;
  const kind = isJsonObject(names) ? names['kind'] : undefined;
  return typeof group === 'string' && typeof kind === 'string' ? `${group}/${kind}` : undefined;
}

/** Moves each dependency that stands behind its first user to the place in front of it. */
function pullForward<T extends Orderable>(sorted: readonly T[], dependencyKey: (task: T) => string | undefined, usedKey: (task: T) => string | undefined): readonly T[] {
  const tasks = [...sorted];
  const firstUsers = new Map<string, number>();
  for (let at = 0; at < tasks.length; at++) {
    const task = tasks[at];
    if (!task?.manifest) continue;
    const provides = dependencyKey(task);
    if (provides === undefined) {
      const uses = usedKey(task);
      if (uses !== undefined && !firstUsers.has(uses)) firstUsers.set(uses, at);
      continue;
    }
    const index = firstUsers.get(provides);
    const user = index === undefined ? undefined : tasks[index];
    if (index === undefined || !user) continue;
    tasks.splice(at, 1);
    tasks.splice(index, 0, { ...task, phase: user.phase, wave: user.wave });
    for (const [key, first] of firstUsers) if (first >= index) firstUsers.set(key, first + 1);
  }
  return tasks;
}

/** Flux's stages: definitions, which are waited for; classes, which are waited for; everything else. */
export type FluxStage = 0 | 1 | 2;

export function fluxStageOf({ kind, group }: Pick<ResId, 'kind' | 'group'>): FluxStage {
  if (kind === 'CustomResourceDefinition' || (kind === 'Namespace' && group === '') || kind === 'ClusterRole') return 0;
  return kind.endsWith('Class') ? 1 : 2;
}

/** In the order of Flux's sort, without its stages. */
export function sortForFlux<T extends Pick<Orderable, 'id'>>(tasks: readonly T[]): readonly T[] {
  const rank = ({ kind }: ResId): number => fluxFirst.get(kind) ?? fluxLast.get(kind) ?? 0;
  return [...tasks].sort(
    ({ id: a }, { id: b }) =>
      rank(a) - rank(b) || compareTexts(a.group, b.group) || compareTexts(a.kind, b.kind) || compareTexts(a.namespace, b.namespace) || compareTexts(a.name, b.name),
  );
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** As Go's strconv.Atoi reads it. */
function parseInteger(text: string | undefined): number | undefined {
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}
