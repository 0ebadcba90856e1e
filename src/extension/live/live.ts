/**
 * What the server last told of clusters: connections, and what is live in each environment. Asked for once, asked again
 * when the server says that something changed; views hear which environments are other than before. A server that
 * knows nothing of clusters leaves all of it empty.
 */
import type { ConnectionSummary, DeliveryRecordSummary, DriftDetails, EnvironmentLive, SyncProgress } from '../../server/clusterProtocol.js';
import type { FailureWords } from '../../server/protocol.js';
import type { Announcements, Requests } from '../server/connection.js';

/** The part of the server that is needed here. */
export interface LiveServer {
  request<Method extends keyof Requests>(method: Method, parameters: Requests[Method]['params']): Promise<Requests[Method]['result']>;
  on<Method extends keyof Announcements>(method: Method, listener: (parameters: Announcements[Method]) => void): { dispose(): void };
  onDidRestart(listener: () => void): { dispose(): void };
}

/** The ids of the environments that are other than before. */
export type LiveListener = (ids: readonly string[]) => void;

type DriftAnswer = DriftDetails | FailureWords;
type HistoryAnswer = readonly DeliveryRecordSummary[] | FailureWords;

export class Live {
  readonly #server: LiveServer;
  readonly #changeListeners = new Set<LiveListener>();
  readonly #connectionListeners = new Set<() => void>();
  readonly #subscriptions: readonly { dispose(): void }[];
  readonly #drift = new Map<string, Promise<DriftAnswer>>();
  readonly #history = new Map<string, Promise<HistoryAnswer>>();
  readonly #progress = new Map<string, SyncProgress>();
  #environments: ReadonlyMap<string, EnvironmentLive> = new Map();
  #connections: readonly ConnectionSummary[] = [];
  #isAble = false;
  #asking: Promise<void> | undefined;
  /** Ids that the server named while a question was on its way; undefined where none came. */
  #again: Set<string> | undefined;

  constructor(server: LiveServer) {
    this.#server = server;
    this.#subscriptions = [
      server.on('gitops/live/changed', ({ ids }) => void this.refresh(ids)),
      server.on('gitops/sync/progress', (progress) => this.#takeProgress(progress)),
      server.onDidRestart(() => this.#forget()),
    ];
  }

  /** True once the server answered what it was asked of clusters. */
  get isAble(): boolean {
    return this.#isAble;
  }

  get connections(): readonly ConnectionSummary[] {
    return this.#connections;
  }

  /** What is live in an environment; undefined where the server told nothing of it. */
  environment(id: string): EnvironmentLive | undefined {
    return this.#environments.get(id);
  }

  get environments(): readonly EnvironmentLive[] {
    return [...this.#environments.values()];
  }

  /** How far a sync of an environment is; undefined where none runs. */
  progress(id: string): SyncProgress | undefined {
    return this.#progress.get(id);
  }

  /** Calls `listener` when something of environments, or of their drift that was asked for, is other than before. */
  onDidChange(listener: LiveListener): { dispose(): void } {
    this.#changeListeners.add(listener);
    return { dispose: () => void this.#changeListeners.delete(listener) };
  }

  onDidChangeConnections(listener: () => void): { dispose(): void } {
    this.#connectionListeners.add(listener);
    return { dispose: () => void this.#connectionListeners.delete(listener) };
  }

  /** The drift of an environment by object and field. Kept until the server says that it changed. */
  drift(id: string): Promise<DriftAnswer> {
    return keep(this.#drift, id, () => this.#server.request('gitops/live/drift', { id }));
  }

  /** The syncs of an environment from here, the last one first. Kept until something changes. */
  history(id: string): Promise<HistoryAnswer> {
    return keep(this.#history, id, () => this.#server.request('gitops/sync/history', { id }));
  }

  /** Asks again for everything; `ids` are environments of which more than the summary changed. Never rejects. */
  refresh(ids: readonly string[] = []): Promise<void> {
    if (this.#asking) {
      this.#again = new Set([...(this.#again ?? []), ...ids]);
      return this.#asking;
    }
    this.#asking = this.#ask(ids).finally(() => {
      this.#asking = undefined;
      const again = this.#again;
      this.#again = undefined;
      return again ? this.refresh([...again]) : undefined;
    });
    return this.#asking;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changeListeners.clear();
    this.#connectionListeners.clear();
  }

  async #ask(ids: readonly string[]): Promise<void> {
    const [connections, environments] = await Promise.all([
      answerOr(this.#server.request('gitops/cluster/connections', {}), undefined),
      answerOr(this.#server.request('gitops/live/environments', {}), []),
    ]);
    const isAble = connections !== undefined;
    const isNews = isAble !== this.#isAble;
    this.#isAble = isAble;
    const before = this.#environments;
    this.#environments = new Map(environments.map((environment) => [environment.id, environment]));
    for (const [id, { runningSync }] of this.#environments) if (runningSync === undefined) this.#progress.delete(id);
    const changed = new Set([...before.keys(), ...this.#environments.keys()].filter((id) => !isSame(before.get(id), this.#environments.get(id))));
    if (isNews || !isSame(connections ?? [], this.#connections)) {
      this.#connections = connections ?? [];
      for (const listener of this.#connectionListeners) listener();
    }
    await Promise.all([...new Set([...ids, ...changed])].map(async (id) => ((await this.#isDetailChanged(id)) ? changed.add(id) : undefined)));
    this.#tell([...changed]);
  }

  /** Asks again for the details of an environment that someone looks at, and says whether they are other than before. */
  async #isDetailChanged(id: string): Promise<boolean> {
    const [drift, history] = [this.#drift.get(id), this.#history.get(id)];
    this.#drift.delete(id);
    this.#history.delete(id);
    const pairs: readonly (readonly [Promise<unknown>, Promise<unknown>])[] = [
      ...(drift ? [[drift, this.drift(id)] as const] : []),
      ...(history ? [[history, this.history(id)] as const] : []),
    ];
    const areSame = pairs.map(async ([before, now]) => isSame(await before, await now));
    return (await Promise.all(areSame).catch(() => [false])).includes(false);
  }

  #takeProgress(progress: SyncProgress): void {
    const { id, phase } = progress;
    if (phase === 'running' || phase === 'waiting') this.#progress.set(id, progress);
    else this.#progress.delete(id);
    this.#tell([id]);
  }

  /** A new server has no connections. */
  #forget(): void {
    this.#drift.clear();
    this.#history.clear();
    this.#progress.clear();
    void this.refresh();
  }

  #tell(ids: readonly string[]): void {
    if (ids.length > 0) for (const listener of this.#changeListeners) listener(ids);
  }
}

/** What the map holds for `id`, else what `ask` gives; a question that fails is asked again the next time. */
function keep<Answer>(known: Map<string, Promise<Answer>>, id: string, ask: () => Promise<Answer>): Promise<Answer> {
  const kept = known.get(id);
  if (kept) return kept;
  const asked = ask();
  known.set(id, asked);
  asked.catch(() => {
    if (known.get(id) === asked) known.delete(id);
  });
  return asked;
}

/** A server without clusters, or one that is just ending, has nothing to tell. */
async function answerOr<Answer, Other>(asked: Promise<Answer>, otherwise: Other): Promise<Answer | Other> {
  return asked.catch(() => otherwise);
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
