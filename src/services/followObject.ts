/** One object over time: each state of it, by a watch where the user may watch, else by reading it now and then. */
import type { LiveObject, ServedKind } from '../core/live/liveObject.js';
import type { ResId } from '../core/objects/resId.js';
import { ClusterFailure } from './failure.js';
import type { Cluster, WatchEvent } from './ports.js';
import type { SyncClock } from './syncClock.js';

/** The object's state is given at least so often, in milliseconds. */
const beat = 2_000;

/**
 * Every state, undefined while there is no such object, and the last one again when nothing happened for a while, so that
 * who waits can give up. Ends never by itself. Rejects with a {@link ClusterFailure} where it may not be read.
 */
export async function* followObject(cluster: Cluster, id: ResId, clock: SyncClock, signal: AbortSignal): AsyncGenerator<LiveObject | undefined> {
  const kind = (await cluster.kinds(signal)).find((served) => served.group === id.group && served.kind === id.kind);
  if (kind === undefined)
    throw new ClusterFailure('cluster/kind-not-served', `${id.kind} is not served by ${cluster.server}.`, 'Choose another context.', 404, 'NotFound', [], undefined);
  try {
    yield* watchObject(cluster, id, kind, clock, signal);
  } catch (error) {
    if (!(error instanceof ClusterFailure) || error.code !== 'cluster/forbidden') throw error;
    for (;;) {
      yield await cluster.get(id, signal);
      await clock.sleep(beat, signal);
    }
  }
}

async function* watchObject(cluster: Cluster, id: ResId, kind: ServedKind, clock: SyncClock, signal: AbortSignal): AsyncGenerator<LiveObject | undefined> {
  const selection = { namespace: kind.isNamespaced ? id.namespace : undefined, fieldSelector: `metadata.name=${id.name}` };
  for (;;) {
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    try {
      const { items, resourceVersion } = await cluster.list(kind, selection, either);
      let current = items.find(({ metadata }) => metadata.name === id.name);
      yield current;
      const states = new EventQueue(cluster.watch(kind, selection, resourceVersion, either));
      for (;;) {
        await Promise.race([states.next(), clock.sleep(beat, either)]);
        const event = states.take();
        if (event === 'end') break;
        if (event !== undefined) current = event.type === 'deleted' ? undefined : event.object;
        yield current;
      }
    } catch (error) {
      if (!(error instanceof ClusterFailure) || !isPassing(error)) throw error;
      await clock.sleep(beat, signal);
    } finally {
      stop.abort();
    }
  }
}

/** Events as they came, to be taken one by one; the failure of the stream comes behind them. */
class EventQueue {
  readonly #events: WatchEvent[] = [];
  #end: { readonly error: Error | undefined } | undefined;
  #wake: () => void = () => undefined;

  constructor(stream: AsyncIterable<WatchEvent>) {
    void this.#pump(stream);
  }

  /** Resolves when there is something to take. */
  next(): Promise<void> {
    if (this.#events.length > 0 || this.#end !== undefined) return Promise.resolve();
    return new Promise((resolve) => (this.#wake = resolve));
  }

  /** Undefined where nothing came. Throws what ended the stream. */
  take(): WatchEvent | 'end' | undefined {
    const event = this.#events.shift();
    if (event !== undefined || this.#end === undefined) return event;
    if (this.#end.error !== undefined) throw this.#end.error;
    return 'end';
  }

  async #pump(stream: AsyncIterable<WatchEvent>): Promise<void> {
    try {
      for await (const event of stream) {
        if (event.type !== 'bookmark') this.#events.push(event);
        this.#wake();
      }
      this.#end = { error: undefined };
    } catch (error) {
      this.#end = { error: error instanceof Error ? error : new Error(String(error)) };
    }
    this.#wake();
  }
}

/** What a new attempt may cure. */
function isPassing({ code }: ClusterFailure): boolean {
  return code === 'cluster/gone' || code === 'cluster/unreachable' || code === 'cluster/timed-out' || code === 'cluster/busy' || code === 'cluster/server-error';
}
