/**
 * The environments as the server last told them, for every view of them: asked for once, asked again when the server
 * says that something changed, and a late answer of an older question is dropped. Views hear of each new state.
 */
import type { EnvironmentDetails, EnvironmentSummary } from '../../server/deliveryProtocol.js';
import type { Announcements, Requests } from '../server/connection.js';

/** The part of the server that is needed here. */
export interface DeliveryServer {
  request<Method extends keyof Requests>(method: Method, parameters: Requests[Method]['params']): Promise<Requests[Method]['result']>;
  on<Method extends keyof Announcements>(method: Method, listener: (parameters: Announcements[Method]) => void): { dispose(): void };
  onDidRestart(listener: () => void): { dispose(): void };
}

/** What is known: nothing yet, the environments, or why they aren't known. */
export type DeliveryKnowledge =
  { readonly kind: 'unknown' } | { readonly kind: 'known'; readonly environments: readonly EnvironmentSummary[] } | { readonly kind: 'failed'; readonly message: string };

export class Delivery {
  readonly #server: DeliveryServer;
  readonly #changeListeners = new Set<() => void>();
  readonly #answerListeners = new Set<() => void>();
  readonly #subscriptions: readonly { dispose(): void }[];
  #details = new Map<string, Promise<EnvironmentDetails | null>>();
  #knowledge: DeliveryKnowledge = { kind: 'unknown' };
  #asking: Promise<readonly EnvironmentSummary[]> | undefined;

  constructor(server: DeliveryServer) {
    this.#server = server;
    const refresh = (): void => void this.refresh();
    this.#subscriptions = [server.on('gitops/delivery/changed', refresh), server.onDidRestart(refresh)];
  }

  /** The last answer; views show it while a newer one is on its way. */
  get knowledge(): DeliveryKnowledge {
    return this.#knowledge;
  }

  /** The environments that are known now. */
  get environments(): readonly EnvironmentSummary[] {
    return this.#knowledge.kind === 'known' ? this.#knowledge.environments : [];
  }

  /** Calls `listener` when something of the environments, or of details that were asked for, is other than before. */
  onDidChange(listener: () => void): { dispose(): void } {
    this.#changeListeners.add(listener);
    return { dispose: () => void this.#changeListeners.delete(listener) };
  }

  /** Calls `listener` after every answer: for what depends on more than the environments' summaries. */
  onDidAnswer(listener: () => void): { dispose(): void } {
    this.#answerListeners.add(listener);
    return { dispose: () => void this.#answerListeners.delete(listener) };
  }

  /** The environments: the known ones, or those of the running or a first question. It starts the server; rejects where that fails. */
  async load(): Promise<readonly EnvironmentSummary[]> {
    if (this.#knowledge.kind === 'known') return this.#knowledge.environments;
    return this.#asking ?? this.#ask();
  }

  /** Asks again. A failure becomes what is known. */
  async refresh(): Promise<void> {
    await this.#ask().catch(() => this.#knowledge);
  }

  /** Objects and findings of an environment; null where there is no such environment any more. Kept until something changes. */
  details(id: string): Promise<EnvironmentDetails | null> {
    const known = this.#details.get(id);
    if (known) return known;
    const asked = this.#server.request('gitops/delivery/details', { id });
    this.#details.set(id, asked);
    asked.catch(() => this.#details.delete(id));
    return asked;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changeListeners.clear();
    this.#answerListeners.clear();
  }

  #ask(): Promise<readonly EnvironmentSummary[]> {
    const asking: Promise<readonly EnvironmentSummary[]> = this.#server.request('gitops/delivery/environments', {}).then(
      (environments) => {
        // A newer question was asked meanwhile: its answer is the one that counts.
        if (this.#asking !== asking) return this.#asking ?? environments;
        this.#asking = undefined;
        this.#learn({ kind: 'known', environments });
        return environments;
      },
      (error: unknown) => {
        if (this.#asking !== asking && this.#asking) return this.#asking;
        this.#asking = undefined;
        this.#learn({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
        throw error;
      },
    );
    this.#asking = asking;
    return asking;
  }

  #learn(knowledge: DeliveryKnowledge): void {
    const isSame = JSON.stringify(knowledge) === JSON.stringify(this.#knowledge);
    this.#knowledge = knowledge;
    for (const listener of this.#answerListeners) listener();
    const before = this.#details;
    this.#details = new Map();
    if (!isSame) this.#tellChange();
    else if (before.size > 0) void this.#compareDetails(before);
  }

  /** A tree is not drawn anew for each keystroke: only when what it shows, which is what was asked for, became different. */
  async #compareDetails(before: ReadonlyMap<string, Promise<EnvironmentDetails | null>>): Promise<void> {
    const current = this.#details;
    const pairs = [...before].map(async ([id, details]) => JSON.stringify(await details) === JSON.stringify(await this.details(id)));
    const areSame = await Promise.all(pairs).catch(() => [false]);
    // A newer answer compares for itself.
    if (current === this.#details && areSame.includes(false)) this.#tellChange();
  }

  #tellChange(): void {
    for (const listener of this.#changeListeners) listener();
  }
}
