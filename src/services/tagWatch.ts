/** What runs in a cluster against what its tags lead to by now (a tag such as `dev` that is pushed again and again), and the restart that catches up. */
import type { Environment } from '../core/gitops/delivery.js';
import type { ImageReference } from '../core/objects/imageReference.js';
import type { LiveObject } from '../core/live/liveObject.js';
import { isTrueAt } from '../core/live/readFields.js';
import { podSpecOf } from '../core/objects/podSpecs.js';
import type { ResId } from '../core/objects/resId.js';
import type { Rendering } from '../core/objects/rendering.js';
import { canonicalHost } from '../core/registry/registryHost.js';
import { findBehind, readRunning, restartableKinds, type BehindContainer, type RunningContainer, type TagDigests } from '../core/registry/runningImages.js';
import { Failure, RegistryFailure } from './failure.js';
import type { Cluster } from './ports.js';
import type { Registries } from './registries.js';

export interface TagWatchInput {
  readonly cluster: Cluster;
  readonly registries: Registries;
  readonly rendering: Rendering;
  /** For objects that say none. */
  readonly namespace: string;
}

export interface TagWatch {
  readonly behind: readonly BehindContainer[];
  /** Why nothing can be said of some images, one sentence each. */
  readonly notKnown: readonly string[];
}

const mostAtOnce = 6;

/** Compares the pods of an environment's workloads with their tags. Rejects with a ClusterFailure where pods can't be read. */
export async function compareWithTags(input: TagWatchInput, signal: AbortSignal): Promise<TagWatch> {
  const running = await readRunningOf(input, signal);
  const byTag = new Map(running.flatMap(({ reference, digest }) => (reference.digest === undefined && digest !== undefined ? [[tagKey(reference), reference] as const] : [])));
  const digests = new Map<string, TagDigests>();
  const notKnown = new Set<string>();
  const queue = [...byTag];
  const ask = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [key, reference] = next;
      try {
        digests.set(key, await digestsOfTag(reference, running, input.registries, signal));
      } catch (error) {
        if (!(error instanceof RegistryFailure)) throw error;
        notKnown.add(error.message);
      }
    }
  };
  await Promise.all(Array.from({ length: mostAtOnce }, ask));
  return { behind: findBehind(running, (reference) => digests.get(tagKey(reference))), notKnown: [...notKnown] };
}

/** The containers that run of the workloads that an environment renders to, as far as they can be restarted. */
async function readRunningOf({ cluster, rendering, namespace }: TagWatchInput, signal: AbortSignal): Promise<readonly RunningContainer[]> {
  const workloads = new Set<string>();
  const namespaces = new Set<string>();
  for (const { id, root } of rendering.objects) {
    if (!podSpecOf(id, root)) continue;
    const own = id.namespace === '' ? namespace : id.namespace;
    namespaces.add(own);
    workloads.add(`${id.kind}/${own}/${id.name}`);
  }
  if (namespaces.size === 0) return [];
  const kinds = await cluster.kinds(signal);
  const listOf = async (group: string, kind: string): Promise<readonly LiveObject[]> => {
    const served = kinds.find((each) => each.group === group && each.kind === kind);
    if (!served) return [];
    const answers = await Promise.all([...namespaces].map((each) => cluster.list(served, { namespace: each }, signal)));
    return answers.flatMap(({ items }) => items);
  };
  const [pods, replicaSets] = await Promise.all([listOf('', 'Pod'), listOf('apps', 'ReplicaSet')]);
  return readRunning(pods, replicaSets).filter(({ workload, pod }) =>
    workload ? workloads.has(`${workload.kind}/${workload.namespace}/${workload.name}`) : workloads.has(`Pod/${pod.metadata.namespace ?? ''}/${pod.metadata.name}`),
  );
}

/** The digest of a tag; with those of its images where a pod runs something else, as runtimes may report either. */
async function digestsOfTag(reference: ImageReference, running: readonly RunningContainer[], registries: Registries, signal: AbortSignal): Promise<TagDigests> {
  const { value: look } = await registries.look(reference, reference.tag ?? 'latest', signal);
  if (!look.found) return undefined;
  const isSame = running.every((each) => tagKey(each.reference) !== tagKey(reference) || each.digest === undefined || each.digest === look.digest);
  if (isSame) return [look.digest];
  const manifest = await registries.manifest(reference, look.digest, signal);
  return [look.digest, ...(manifest?.kind === 'index' ? manifest.platforms.map(({ digest }) => digest) : [])];
}

function tagKey({ registry, repository, tag = 'latest' }: ImageReference): string {
  return `${canonicalHost(registry)}/${repository}:${tag}`;
}

/** Whom a restart is written by: Flux takes back what others than its own stand-in write, and rolls out a second time (fluxcd.io, FAQ on kubectl edits). */
const restarters: Readonly<Record<Environment['operator'], string>> = { flux: 'flux-client-side-apply', argocd: 'kubectl-rollout', none: 'kubectl-rollout' };

/**
 * Replaces the pods of a workload, as `kubectl rollout restart` does. Rejects with a {@link Failure} where it can't be restarted.
 * @param now milliseconds since 1970
 */
export async function restartWorkload(cluster: Cluster, id: ResId, operator: Environment['operator'], now: number, signal: AbortSignal): Promise<void> {
  const what = `${id.kind} ${id.name}`;
  if (!restartableKinds.has(id.kind) || id.group !== 'apps')
    throw new Failure('live/not-restartable', `${what} has no pods that a restart replaces.`, 'Restart a Deployment, DaemonSet or StatefulSet.');
  const live = await cluster.get(id, signal);
  if (!live) throw new Failure('live/not-restartable', `${what} is not in the cluster any more.`, 'Look at the tree again.');
  if (isTrueAt(live, 'spec', 'paused'))
    throw new Failure('live/not-restartable', `${what} is paused, so a restart would do nothing.`, 'Resume it first: `kubectl rollout resume`.');
  const restartedAt = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
  const patch = { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': restartedAt } } } } };
  await cluster.patch(id, 'strategic', patch, { fieldManager: restarters[operator] }, signal);
}
