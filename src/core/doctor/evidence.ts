/** What checks share: the pods and events of an environment's objects, the lines that set their fields, and how evidence is worded. */
import type { Location } from '../base/source.js';
import type { ObjectDrift } from '../drift/drift.js';
import type { JsonObject, JsonValue } from '../live/json.js';
import { idOfLive, liveKey, type LiveObject } from '../live/liveObject.js';
import { countAt, mapAt, mapsAt, textAt } from '../live/readFields.js';
import { durationWords, parseTime } from '../live/time.js';
import type { FieldStep } from '../objects/compare.js';
import { originChain, type RenderedObject } from '../objects/rendering.js';
import type { ResId } from '../objects/resId.js';
import { podsOf } from '../sync/rollout.js';
import { scalarValue, type YamlNode } from '../yaml/nodes.js';
import type { DoctorFacts, LiveFacts } from './facts.js';

/** A workload of the environment with its pods. */
export interface WorkloadPods {
  readonly drift: ObjectDrift;
  readonly live: LiveObject;
  readonly pods: readonly LiveObject[];
}

const workloadKinds = new Set(['apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet', 'apps/ReplicaSet', 'batch/Job', '/Pod']);

/** The workloads that the environment declares and that are live; pods that end are left out. */
export function workloadsOf({ drift, seen }: LiveFacts): readonly WorkloadPods[] {
  return (drift?.objects ?? []).flatMap((object) => {
    const { id, live } = object;
    if (!live || !workloadKinds.has(`${id.group}/${id.kind}`)) return [];
    return [{ drift: object, live, pods: id.kind === 'Pod' ? seen.pods.filter(({ metadata }) => metadata.uid === live.metadata.uid) : podsOf(live, seen) }];
  });
}

/** One container of a pod, with its status. */
export interface PodContainer {
  readonly pod: LiveObject;
  readonly name: string;
  readonly list: 'containers' | 'initContainers';
  readonly spec: JsonObject;
  /** Undefined until the kubelet has looked at it. */
  readonly status: JsonObject | undefined;
}

export function containersOf(pod: LiveObject): readonly PodContainer[] {
  return (['initContainers', 'containers'] as const).flatMap((list) => {
    const statuses = mapsAt(pod, 'status', list === 'containers' ? 'containerStatuses' : 'initContainerStatuses');
    return mapsAt(pod, 'spec', list).map((spec) => {
      const name = textAt(spec, 'name') ?? '';
      return { pod, name, list, spec, status: statuses.find((each) => textAt(each, 'name') === name) };
    });
  });
}

/** The reason for which a container waits; empty where it doesn't. */
export function waitingReason({ status }: PodContainer): string {
  return (status && textAt(status, 'state', 'waiting', 'reason')) ?? '';
}

/** The warnings that were told of an object, latest first. */
export function eventsOf(object: LiveObject, { seen }: LiveFacts): readonly LiveObject[] {
  const { uid, name, namespace } = object.metadata;
  return seen.events
    .filter((event) => {
      const about = mapAt(event, 'involvedObject') ?? {};
      const same = textAt(about, 'kind') === object.kind && textAt(about, 'name') === name && (event.metadata.namespace ?? '') === (namespace ?? '');
      return same && (textAt(about, 'uid') === undefined || uid === undefined || textAt(about, 'uid') === uid);
    })
    .toSorted((a, b) => (timeOf(b) ?? 0) - (timeOf(a) ?? 0));
}

function timeOf(event: LiveObject): number | undefined {
  const text = textAt(event, 'series', 'lastObservedTime') ?? textAt(event, 'lastTimestamp') ?? textAt(event, 'eventTime') ?? event.metadata.creationTimestamp;
  return parseTime(text);
}

/** `FailedScheduling (4 times, 12 seconds ago): 0/1 nodes are available.` */
export function eventWords(event: LiveObject, now: number): string {
  const times = Math.max(1, countAt(event, 'count'), countAt(event, 'series', 'count'));
  const at = timeOf(event);
  const when = [...(times > 1 ? [`${times} times`] : []), ...(at === undefined || at > now ? [] : [`${durationWords(now - at)} ago`])].join(', ');
  return oneLine(`Event ${textAt(event, 'reason') ?? ''}${when === '' ? '' : ` (${when})`}: ${textAt(event, 'message') ?? ''}`);
}

const longest = 600;

/** A text of others as one line that ends. */
export function oneLine(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  const short = line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}

/** A value in a sentence. */
export function valueWords(value: JsonValue | undefined): string {
  return value === undefined ? 'none' : typeof value === 'string' ? value : JSON.stringify(value);
}

/** `Deployment web`. */
export function nameOf({ kind, name }: Pick<ResId, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}

/** The same of a live object. */
export function nameOfLive(object: LiveObject): string {
  return nameOf(idOfLive(object));
}

/** Milliseconds since a time; undefined where there is none. */
export function since(time: string | undefined, now: number): number | undefined {
  const at = parseTime(time);
  return at === undefined ? undefined : now - at;
}

/** The rendered object of an id, in any version. */
export function renderedOf(id: ResId, { rendering }: Pick<DoctorFacts, 'rendering'>): RenderedObject | undefined {
  const key = liveKey({ ...id, namespace: '' });
  const same = rendering.objects.filter((object) => liveKey({ ...object.id, namespace: '' }) === key);
  return same.find((object) => object.id.namespace === id.namespace || object.id.namespace === '') ?? (same.length === 1 ? same[0] : undefined);
}

/** The node at a path of a rendered object, or the nearest above it that there is. */
export function nodeNear(root: YamlNode, path: readonly FieldStep[]): YamlNode {
  let node = root;
  for (const step of path) {
    const next = stepInto(node, step);
    if (!next) return node;
    node = next;
  }
  return node;
}

function stepInto(node: YamlNode, step: FieldStep): YamlNode | undefined {
  if (typeof step === 'string') return node.kind === 'map' ? node.get(step) : undefined;
  if (node.kind !== 'sequence') return undefined;
  if (typeof step === 'number') return node.items[step];
  return node.items.find((item) => item.kind === 'map' && scalarValue(item.get(step.key)) === step.value);
}

/** Where a field of a rendered object is set; undefined where the object isn't rendered here. */
export function locate(object: RenderedObject | undefined, path: readonly FieldStep[] = []): Location | undefined {
  return object && originChain(nodeNear(object.root, path))[0]?.location;
}

/** The way from a workload to one of its containers. */
export function containerPath(id: ResId, { name, list }: Pick<PodContainer, 'name' | 'list'>): readonly FieldStep[] {
  const template: readonly string[] = id.kind === 'Pod' ? ['spec'] : ['spec', 'template', 'spec'];
  return [...template, list, { key: 'name', value: name }];
}

/** `pod web-1`, `pods web-1, web-2 and 3 more`. */
export function podWords(pods: readonly LiveObject[]): string {
  const names = [...new Set(pods.map(({ metadata }) => metadata.name))];
  return `${names.length === 1 ? 'pod' : 'pods'} ${names.slice(0, 2).join(', ')}${names.length > 2 ? ` and ${names.length - 2} more` : ''}`;
}

/** A place as people read it: `overlays/prod/kustomization.yaml:12`. */
export function placeWords(location: Location | undefined, { label }: Pick<DoctorFacts, 'label'>): string {
  return location === undefined ? '' : ` (${label(location.path)}:${location.range.start.line + 1})`;
}

/** The first of each that `keyOf` tells apart. */
export function firstBy<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups.values()];
}

/** Containers of one workload that wait for the same reason; the first stands for all. */
export interface WaitingContainers {
  readonly workload: WorkloadPods;
  readonly first: PodContainer;
  readonly all: readonly PodContainer[];
}

/** The containers that wait for one of these reasons, by workload; `keyOf` tells apart what is no longer the same. */
export function* waitingContainers(live: LiveFacts, reasons: ReadonlySet<string>, keyOf: (container: PodContainer) => string): Iterable<WaitingContainers> {
  for (const workload of workloadsOf(live)) {
    const waiting = workload.pods.flatMap(containersOf).filter((container) => reasons.has(waitingReason(container)));
    for (const all of firstBy(waiting, keyOf)) {
      const [first] = all;
      if (first) yield { workload, first, all };
    }
  }
}
