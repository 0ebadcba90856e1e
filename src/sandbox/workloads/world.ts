/** What controllers see of the sandbox: its objects, its time, and the ways to write that real controllers use. */
import { jsonEquals, type JsonObject, type JsonValue } from '../../core/live/json.js';
import { idOfLive, type LiveObject, type OwnerReference } from '../../core/live/liveObject.js';
import type { SandboxStore } from '../api/store.js';
import type { Clock } from '../clock.js';
import { objectAt, stringAt } from '../../core/live/readFields.js';
import { mergePatchBetween } from '../../core/apply/mergePatch.js';
import { formatTime } from '../../services/syncClock.js';

/** What is known of an image that a container names. */
export type ImageAnswer = { readonly found: true; readonly digest: string } | { readonly found: false; readonly message: string };

export interface ImageSource {
  lookUp(image: string): ImageAnswer;
}

export interface WorldOptions {
  readonly store: SandboxStore;
  readonly clock: Clock;
  /** At least 0, below 1. */
  readonly random: () => number;
  readonly images: ImageSource;
}

export interface EventWords {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** Who tells it: `deployment-controller`. */
  readonly component: string;
}

/** The letters of names that are made up, without those that make words (k8s.io/apimachinery pkg/util/rand). */
export const nameLetters = 'bcdfghjklmnpqrstvwxz2456789';

const podNetwork = '10.244';

/** How long events are kept, as by default in a real API server. */
const eventLifetime = 3_600_000;

export class World {
  readonly store: SandboxStore;
  readonly clock: Clock;
  readonly images: ImageSource;
  readonly #random: () => number;
  /** Names of events that were told and can be counted up, by what they say. */
  readonly #events = new Map<string, { readonly name: string; count: number }>();

  readonly #since = new Map<string, number>();
  #lastAddress: number | undefined;

  constructor({ store, clock, random, images }: WorldOptions) {
    this.store = store;
    this.clock = clock;
    this.images = images;
    this.#random = random;
  }

  get now(): number {
    return this.clock.now();
  }

  /** Now, as a field has it. */
  get time(): string {
    return formatTime(this.now);
  }

  get(group: string, kind: string, namespace: string, name: string): LiveObject | undefined {
    return this.store.get({ group, kind, namespace, name });
  }

  /** The objects of a kind that `owner` controls. */
  owned(owner: LiveObject, group: string, kind: string): readonly LiveObject[] {
    return this.store.list(group, kind, owner.metadata.namespace).filter((object) => controllerOf(object)?.uid === owner.metadata.uid);
  }

  create(object: LiveObject, manager: string): LiveObject {
    return this.store.create(object, manager);
  }

  /** Makes the status what it should be; nothing is written where it is already. */
  writeStatus(object: LiveObject, status: JsonObject, manager: string): void {
    const patch = mergePatchBetween(objectAt(object, 'status'), status);
    if (patch) this.store.patch(idOfLive(object), { status: patch }, { manager, subresource: 'status' });
  }

  patch(object: LiveObject, patch: JsonValue, manager: string): LiveObject {
    return this.store.patch(idOfLive(object), patch, { manager });
  }

  /** Sets annotations; nothing is written where they are so already. @param subresource that the real controller writes them with */
  annotate(object: LiveObject, annotations: Readonly<Record<string, string>>, manager: string, subresource?: 'status'): void {
    const before = object.metadata.annotations ?? {};
    if (!jsonEquals(before, { ...before, ...annotations })) this.store.patch(idOfLive(object), { metadata: { annotations } }, { manager, ...(subresource && { subresource }) });
  }

  remove(object: LiveObject, propagation: 'Foreground' | 'Background' | 'Orphan' = 'Background'): void {
    this.store.delete(idOfLive(object), propagation);
  }

  /** Five letters, as at the end of a pod's name. */
  suffix(): string {
    return Array.from({ length: 5 }, () => nameLetters[Math.floor(this.#random() * nameLetters.length)] ?? 'x').join('');
  }

  /** Up to but not including `below`. */
  randomInteger(below: number): number {
    return Math.floor(this.#random() * below);
  }

  /** Hexadecimal digits. */
  hex(digits: number): string {
    return Array.from({ length: digits }, () => this.randomInteger(16).toString(16)).join('');
  }

  /** Milliseconds since this was first asked of an object, which no field of it tells. */
  waitedFor(object: LiveObject, what: string): number {
    const key = `${object.metadata.uid ?? ''}/${what}`;
    const since = this.#since.get(key) ?? this.now;
    this.#since.set(key, since);
    return this.now - since;
  }

  /** Forgets what was asked of an object that is gone. */
  forget(object: LiveObject): void {
    for (const key of this.#since.keys()) if (key.startsWith(`${object.metadata.uid ?? ''}/`)) this.#since.delete(key);
  }

  /** An address for a pod that no other has. */
  takeAddress(): string {
    this.#lastAddress ??= Math.max(1, ...this.store.list('', 'Pod').map((pod) => numberOf(stringAt(pod, 'status', 'podIP'))));
    this.#lastAddress += 1;
    return `${podNetwork}.${this.#lastAddress >> 8}.${this.#lastAddress & 255}`;
  }

  /** Tells an event of an object: a new one, or one more of those that say the same. */
  tell(object: LiveObject, { type, reason, message, component }: EventWords): void {
    const namespace = object.metadata.namespace ?? 'default';
    const key = JSON.stringify([object.metadata.uid, type, reason, message]);
    const known = this.#events.get(key);
    if (known && this.get('', 'Event', namespace, known.name)) {
      known.count += 1;
      this.store.patch({ group: '', kind: 'Event', namespace, name: known.name }, { count: known.count, lastTimestamp: this.time }, { manager: component });
      return;
    }
    if (this.get('', 'Namespace', '', namespace)?.metadata.deletionTimestamp !== undefined) return;
    const name = `${object.metadata.name}.${this.hex(16)}`;
    const { apiVersion, kind } = object;
    const { uid = '', resourceVersion = '' } = object.metadata;
    const regarding = { kind, ...(object.metadata.namespace !== undefined && { namespace }), name: object.metadata.name, uid, apiVersion, resourceVersion };
    const times = { firstTimestamp: this.time, lastTimestamp: this.time };
    const words = { type, reason, message, count: 1, source: { component }, reportingComponent: component, reportingInstance: '' };
    this.create({ apiVersion: 'v1', kind: 'Event', metadata: { name, namespace }, involvedObject: regarding, ...words, ...times }, component);
    this.#events.set(key, { name, count: 1 });
    this.clock.after(eventLifetime, () => {
      this.#events.delete(key);
      if (this.get('', 'Event', namespace, name)) this.store.delete({ group: '', kind: 'Event', namespace, name });
    });
  }
}

/** The place of an address in the network of pods; 0 for another one. */
function numberOf(address: string): number {
  const [, high, low] = /^10\.244\.(\d+)\.(\d+)$/.exec(address) ?? [];
  return Number(high ?? 0) * 256 + Number(low ?? 0);
}

/** The owner that looks after an object. */
export function controllerOf(object: LiveObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** The reference by which `owner` controls another object. */
export function ownerReferenceTo({ apiVersion, kind, metadata }: LiveObject): OwnerReference {
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '', controller: true, blockOwnerDeletion: true };
}
