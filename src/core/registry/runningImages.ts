/**
 * Which image each running container was started from, by the digests that container runtimes report, and which of them are
 * behind their tag by now. What a runtime doesn't tell by a digest of the registry counts as not known.
 */
import type { LiveObject } from '../live/liveObject.js';
import { mapsAt, textAt, valueAt } from '../live/readFields.js';
import { parseImageReference, type ImageReference } from '../objects/imageReference.js';
import { parseApiVersion, type ResId } from '../objects/resId.js';

/** A container that runs. */
export interface RunningContainer {
  readonly pod: LiveObject;
  /** What is restarted to replace the pod; undefined for a pod that stands alone, or belongs to something that can't be. */
  readonly workload: ResId | undefined;
  readonly container: string;
  /** As the pod's spec has it. */
  readonly image: string;
  readonly reference: ImageReference;
  /** What it was started from; undefined where the runtime tells none of the registry. */
  readonly digest: string | undefined;
  /** True where a new pod pulls the tag again whatever its node has (`imagePullPolicy: Always`). */
  readonly isPulledAgain: boolean;
}

/** The containers that run, of pods that stay. @param replicaSets those of the pods' namespaces, for the Deployments behind them */
export function readRunning(pods: readonly LiveObject[], replicaSets: readonly LiveObject[]): readonly RunningContainer[] {
  const sets = new Map(replicaSets.map((set) => [set.metadata.uid, set]));
  return pods.flatMap((pod) => {
    if (pod.metadata.deletionTimestamp !== undefined) return [];
    const workload = workloadOf(pod, sets);
    const specs = new Map(mapsAt(pod, 'spec', 'containers').map((container) => [textAt(container, 'name'), container]));
    return mapsAt(pod, 'status', 'containerStatuses').flatMap((status): readonly RunningContainer[] => {
      const name = textAt(status, 'name') ?? '';
      const spec = specs.get(name);
      const image = spec && textAt(spec, 'image');
      const reference = image === undefined ? undefined : parseImageReference(image);
      if (!spec || image === undefined || !reference || valueAt(status, 'state', 'running') === undefined) return [];
      return [{ pod, workload, container: name, image, reference, digest: digestOf(textAt(status, 'imageID') ?? ''), isPulledAgain: textAt(spec, 'imagePullPolicy') === 'Always' }];
    });
  });
}

/** `docker.io/library/nginx@sha256:…`, with or without `docker-pullable://`. A bare `sha256:…` is the image's configuration, which no tag leads to. */
function digestOf(imageId: string): string | undefined {
  return /@(sha256:[0-9a-f]{64})$/.exec(imageId)?.[1];
}

/** What `kubectl rollout restart` takes (polymorphichelpers/objectrestarter.go, kubectl v0.34). */
export const restartableKinds: ReadonlySet<string> = new Set(['Deployment', 'DaemonSet', 'StatefulSet']);

function workloadOf(pod: LiveObject, sets: ReadonlyMap<string | undefined, LiveObject>): ResId | undefined {
  const owner = controllerOf(pod);
  const set = owner?.kind === 'ReplicaSet' ? sets.get(owner.uid) : undefined;
  const top = set ? controllerOf(set) : owner;
  if (!top || !restartableKinds.has(top.kind)) return undefined;
  return { ...parseApiVersion(top.apiVersion), kind: top.kind, name: top.name, namespace: pod.metadata.namespace ?? '' };
}

function controllerOf({ metadata }: LiveObject): NonNullable<LiveObject['metadata']['ownerReferences']>[number] | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** A container that runs something else than its tag leads to now. */
export interface BehindContainer {
  readonly running: RunningContainer;
  /** What the tag leads to now. */
  readonly now: string;
  /** How many pods of the workload run it. */
  readonly pods: number;
}

/** What a tag leads to: the digest, and for an index those of its images, which some runtimes report instead. */
export type TagDigests = readonly string[] | undefined;

/**
 * Those that are behind, one for each container of a workload and digest that it runs. Containers that are set by a digest,
 * run one that isn't known, or whose tag isn't known don't count.
 */
export function findBehind(running: readonly RunningContainer[], digestsOf: (reference: ImageReference) => TagDigests): readonly BehindContainer[] {
  const found = new Map<string, { readonly running: RunningContainer; readonly now: string; pods: number }>();
  for (const each of running) {
    const { reference, digest, workload, pod, container } = each;
    const digests = reference.digest === undefined ? digestsOf(reference) : undefined;
    const [now] = digests ?? [];
    if (digest === undefined || now === undefined || digests?.includes(digest)) continue;
    const owner = workload ? `${workload.kind}/${workload.namespace}/${workload.name}` : `Pod/${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
    const key = `${owner}/${container}/${digest}`;
    const known = found.get(key);
    if (known) known.pods++;
    else found.set(key, { running: each, now, pods: 1 });
  }
  return [...found.values()];
}
