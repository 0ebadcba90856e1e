/** What the simulated operators share: the cluster as its clients see it, the sandbox's repositories, and time. */
import { openKubeconfig } from '../../adapters/kube/kubeconfig.js';
import type { Cluster } from '../../services/ports.js';
import type { SyncClock } from '../../services/syncClock.js';
import type { SandboxStore } from '../api/store.js';
import type { Clock } from '../clock.js';
import type { Checkouts } from './checkouts.js';

export interface OperatorWorld {
  readonly store: SandboxStore;
  readonly clock: Clock;
  readonly checkouts: Checkouts;
  /** The sandbox over HTTP, as the admin. */
  readonly cluster: () => Promise<Cluster>;
  readonly signal: AbortSignal;
  readonly report: (error: unknown) => void;
}

/** Connects when it is first asked. */
export function connectLater(kubeconfigPath: string): () => Promise<Cluster> {
  const made: { cluster?: Promise<Cluster> } = {};
  return () => (made.cluster ??= connect(kubeconfigPath));
}

async function connect(file: string): Promise<Cluster> {
  const kubeconfig = openKubeconfig({ file });
  const { current, contexts } = await kubeconfig.contexts();
  return kubeconfig.connect(current ?? contexts[0]?.name ?? '', { mayRunPrograms: false });
}

/** The clock of the sandbox, for syncs. */
export function syncClockOf(clock: Clock): SyncClock {
  return {
    now: () => clock.now(),
    sleep: (milliseconds, signal) =>
      new Promise<void>((resolve, reject) => {
        const stop = (): void => {
          callOff();
          reject(new DOMException('The operation was aborted.', 'AbortError'));
        };
        const callOff = clock.after(milliseconds, () => {
          signal.removeEventListener('abort', stop);
          resolve();
        });
        if (signal.aborted) stop();
        else signal.addEventListener('abort', stop, { once: true });
      }),
  };
}

/** Looks at objects one after another each, again where they changed meanwhile, and after a pause. */
export class Rounds {
  readonly #waiting = new Map<string, { readonly at: number; readonly callOff: () => void }>();
  readonly #running = new Map<string, { again: boolean }>();

  constructor(
    private readonly world: OperatorWorld,
    private readonly look: (name: string) => Promise<number | undefined>,
  ) {}

  /** @param milliseconds after which it is looked at; the earliest appointment counts */
  add(name: string, milliseconds: number): void {
    const at = this.world.clock.now() + milliseconds;
    const waiting = this.#waiting.get(name);
    if (waiting && waiting.at <= at) return;
    waiting?.callOff();
    const callOff = this.world.clock.after(milliseconds, () => {
      this.#waiting.delete(name);
      void this.#run(name);
    });
    this.#waiting.set(name, { at, callOff });
  }

  stop(): void {
    for (const { callOff } of this.#waiting.values()) callOff();
    this.#waiting.clear();
  }

  async #run(name: string): Promise<void> {
    const running = this.#running.get(name);
    if (running) {
      running.again = true;
      return;
    }
    const mine = { again: false };
    this.#running.set(name, mine);
    try {
      const wait = await this.look(name);
      if (wait !== undefined && !this.world.signal.aborted) this.add(name, wait);
    } catch (error) {
      if (!this.world.signal.aborted) this.world.report(error);
    } finally {
      this.#running.delete(name);
    }
    if (mine.again && !this.world.signal.aborted) this.add(name, 0);
  }
}
