/** Pods made from templates, the hash of a template, and which pods count. */
import { jsonEquals, isList, isJsonObject, type JsonObject, type JsonValue } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { parseTime } from '../../core/live/time.js';
import { mapsAt, objectAt, stringAt, textsOf } from '../../core/live/readFields.js';
import { findCondition } from './conditions.js';
import { nameLetters, ownerReferenceTo } from './world.js';

export const controllerManager = 'kube-controller-manager';
export const templateHashLabel = 'pod-template-hash';

export interface PodWords {
  readonly name: string;
  readonly generateName?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Laid over the template's. */
  readonly spec?: JsonObject;
}

/** The pod that `owner` makes from a template. */
export function podFromTemplate(owner: LiveObject, template: JsonObject, { name, generateName, labels = {}, annotations = {}, spec = {} }: PodWords): LiveObject {
  const allAnnotations = { ...textsOf(objectAt(template, 'metadata', 'annotations')), ...annotations };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      ...(generateName !== undefined && { generateName }),
      namespace: owner.metadata.namespace ?? 'default',
      labels: { ...textsOf(objectAt(template, 'metadata', 'labels')), ...labels },
      ...(Object.keys(allAnnotations).length > 0 && { annotations: allAnnotations }),
      ownerReferences: [ownerReferenceTo(owner)],
    },
    spec: { ...objectAt(template, 'spec'), ...spec },
  };
}

/**
 * The end of a ReplicaSet's name: FNV-1a over the template, in the letters that Kubernetes uses. The text that is hashed is
 * our own, so the value differs from a real cluster's; it is as stable as that.
 */
export function templateHash(template: JsonValue | undefined, collisions = 0): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(`${canonicalText(template)}${collisions > 0 ? String(collisions) : ''}`)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return [...String(hash)].map((digit) => nameLetters[digit.charCodeAt(0) % nameLetters.length] ?? '').join('');
}

/** JSON with sorted fields. */
function canonicalText(value: JsonValue | undefined): string {
  if (isList(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value ?? null);
  const names = Object.keys(value).filter((name) => value[name] !== undefined);
  return `{${names
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalText(value[name])}`)
    .join(',')}}`;
}

/** Equal but for the label of the hash (kubernetes pkg/controller/deployment/util EqualIgnoreHash). */
export function templatesEqual(a: JsonObject, b: JsonObject): boolean {
  return jsonEquals(withoutHash(a), withoutHash(b));
}

function withoutHash(template: JsonObject): JsonObject {
  const metadata = objectAt(template, 'metadata');
  return { ...template, metadata: { ...metadata, labels: { ...objectAt(metadata, 'labels'), [templateHashLabel]: undefined } } };
}

/** Neither ended nor ending. */
export function isActivePod(pod: LiveObject): boolean {
  return pod.metadata.deletionTimestamp === undefined && !['Succeeded', 'Failed'].includes(stringAt(pod, 'status', 'phase'));
}

export function isReadyPod(pod: LiveObject): boolean {
  return findCondition(mapsAt(pod, 'status', 'conditions'), 'Ready')?.['status'] === 'True';
}

/** Milliseconds until a pod counts as available: 0 when it does; undefined while it isn't ready. */
export function untilAvailable(pod: LiveObject, minReadySeconds: number, now: number): number | undefined {
  const ready = findCondition(mapsAt(pod, 'status', 'conditions'), 'Ready');
  if (ready?.['status'] !== 'True') return undefined;
  return Math.max(0, (parseTime(stringAt(ready, 'lastTransitionTime')) ?? now) + minReadySeconds * 1000 - now);
}

export interface PodCounts {
  readonly ready: number;
  readonly available: number;
  /** Milliseconds until the next one becomes available by waiting; undefined where none does. */
  readonly next: number | undefined;
}

export function countPods(pods: readonly LiveObject[], minReadySeconds: number, now: number): PodCounts {
  const waits = pods.map((pod) => untilAvailable(pod, minReadySeconds, now)).filter((wait) => wait !== undefined);
  const pending = waits.filter((wait) => wait > 0);
  return { ready: waits.length, available: waits.length - pending.length, next: pending.length > 0 ? Math.min(...pending) : undefined };
}

/** A count as statuses have it: left out where it is 0. */
export function nonZero(counts: Readonly<Record<string, number>>): JsonObject {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}

/** Those to delete first: not scheduled, pending, not ready, then the youngest (kubernetes pkg/controller ActivePodsWithRanks, in short). */
export function deletionOrder(pods: readonly LiveObject[]): readonly LiveObject[] {
  const rank = (pod: LiveObject): number => (stringAt(pod, 'spec', 'nodeName') === '' ? 0 : stringAt(pod, 'status', 'phase') !== 'Running' ? 1 : isReadyPod(pod) ? 3 : 2);
  const age = (pod: LiveObject): number => parseTime(pod.metadata.creationTimestamp) ?? 0;
  return [...pods].sort((a, b) => rank(a) - rank(b) || age(b) - age(a));
}
