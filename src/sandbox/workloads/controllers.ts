/**
 * The loop of all controllers: a change of an object puts it, its owner and what depends on it into a queue; what is taken from
 * the queue is looked at as it is then. Nothing runs within a write.
 */
import { idOfLive, type LiveObject } from '../../core/live/liveObject.js';
import { parseApiVersion } from '../../core/objects/resId.js';
import { ApiError } from '../api/apiError.js';
import type { StoreEvent } from '../api/store.js';
import { controllerOf, type World } from './world.js';

export interface ObjectKey {
  readonly namespace: string;
  readonly name: string;
}

export interface Controller {
  readonly group: string;
  readonly kind: string;
  /** Objects of its kind that must be looked at because another object changed; their parts are found by their owner already. */
  related?(changed: LiveObject, world: World): Iterable<ObjectKey>;
  /** Brings the world one step on. @returns the milliseconds after which to look again; undefined where only changes count */
  reconcile(object: LiveObject, world: World): number | undefined;
  /** Cleans up behind an object that is gone. */
  removed?(object: LiveObject, world: World): void;
}

/** How long a controller waits after the API refused what it wanted to write. */
const pauseAfterRefusal = 3000;

/** Keeps all controllers going; what is returned ends them. @param report is told of errors of our own */
export function runControllers(controllers: readonly Controller[], world: World, report: (error: unknown) => void): () => void {
  const loop = new Loop(controllers, world, report);
  return loop.start();
}

interface Entry {
  readonly controller: Controller;
  readonly key: ObjectKey;
  at: number;
  callOff: () => void;
}

class Loop {
  readonly #entries = new Map<string, Entry>();
  readonly #byKind = new Map<string, readonly Controller[]>();
  readonly #relating: readonly Controller[];

  constructor(
    private readonly controllers: readonly Controller[],
    private readonly world: World,
    private readonly report: (error: unknown) => void,
  ) {
    for (const each of controllers) {
      const kind = `${each.group}/${each.kind}`;
      this.#byKind.set(kind, [...(this.#byKind.get(kind) ?? []), each]);
    }
    this.#relating = controllers.filter((each) => each.related !== undefined);
  }

  start(): () => void {
    const unsubscribe = this.world.store.subscribe((event) => this.#onEvent(event));
    for (const each of this.controllers) {
      for (const object of this.world.store.list(each.group, each.kind)) this.#add(each, idOfLive(object), 0);
    }
    return () => {
      unsubscribe();
      for (const { callOff } of this.#entries.values()) callOff();
      this.#entries.clear();
    };
  }

  #onEvent({ type, object }: StoreEvent): void {
    const { group, kind, namespace, name } = idOfLive(object);
    for (const each of this.#byKind.get(`${group}/${kind}`) ?? []) {
      if (type === 'DELETED') this.#guard(() => each.removed?.(object, this.world));
      else this.#add(each, { namespace, name }, 0);
    }
    const owner = controllerOf(object);
    if (owner) {
      for (const each of this.#byKind.get(`${parseApiVersion(owner.apiVersion).group}/${owner.kind}`) ?? []) this.#add(each, { namespace, name: owner.name }, 0);
    }
    for (const each of this.#relating) for (const key of each.related?.(object, this.world) ?? []) this.#add(each, key, 0);
  }

  /** The earliest time counts. */
  #add(controller: Controller, key: ObjectKey, milliseconds: number): void {
    const id = `${this.controllers.indexOf(controller)}/${key.namespace}/${key.name}`;
    const at = this.world.now + milliseconds;
    const waiting = this.#entries.get(id);
    if (waiting && waiting.at <= at) return;
    waiting?.callOff();
    const entry: Entry = { controller, key, at, callOff: this.world.clock.after(milliseconds, () => this.#take(id, entry)) };
    this.#entries.set(id, entry);
  }

  #take(id: string, { controller, key }: Entry): void {
    this.#entries.delete(id);
    const object = this.world.get(controller.group, controller.kind, key.namespace, key.name);
    if (!object) return;
    const wait = this.#guard(() => controller.reconcile(object, this.world));
    if (wait !== undefined) this.#add(controller, key, wait);
  }

  #guard(run: () => number | undefined | void): number | undefined {
    try {
      return run() ?? undefined;
    } catch (error) {
      // What the API refuses (a quota, a namespace that ends, an object that is gone meanwhile) may be otherwise later.
      if (error instanceof ApiError) return pauseAfterRefusal;
      this.report(error);
      return undefined;
    }
  }
}
