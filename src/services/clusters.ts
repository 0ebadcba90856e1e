/**
 * The connections that the user asked for, and through which of them each environment is looked at. Nothing is contacted
 * unasked: a context becomes a connection by `connect` alone. A server that can't be reached is tried again with growing pauses.
 */
import type { Environment } from '../core/gitops/delivery.js';
import { Failure, isCancelled } from './failure.js';
import type { Cluster, Kubeconfig, KubeContext, KubeContexts, TextStore } from './ports.js';

export type ConnectionState = 'connecting' | 'connected' | 'unreachable' | 'unauthorized' | 'failed';

export interface Connection {
  readonly context: string;
  readonly server: string;
  readonly state: ConnectionState;
  /** For people: `v1.34.2`, or what is wrong. */
  readonly message: string;
  /** Set while `connected`, and after it was once: requests show themselves whether it still is. */
  readonly cluster: Cluster | undefined;
}

export interface ClustersOptions {
  readonly kubeconfig: () => Kubeconfig;
  /** Keeps which context an environment is looked at through. */
  readonly choices: TextStore;
  /** False in workspaces that aren't trusted, where credentials of programs fail. */
  readonly mayRunPrograms: () => boolean;
  readonly onChange: () => void;
  /** Before the first new attempt, in milliseconds; it doubles up to a minute. */
  readonly pause?: number;
}

interface Entry {
  connection: Connection;
  readonly stop: AbortController;
}

const firstPause = 2000;
const longestPause = 60_000;

export class Clusters {
  readonly #options: ClustersOptions;
  readonly #entries = new Map<string, Entry>();
  #choices: ReadonlyMap<string, string>;

  constructor(options: ClustersOptions) {
    this.#options = options;
    this.#choices = readChoices(options.choices.read());
  }

  /** Rejects with a {@link Failure} where the kubeconfig can't be read. */
  contexts(): Promise<KubeContexts> {
    return this.#options.kubeconfig().contexts();
  }

  get connections(): readonly Connection[] {
    return [...this.#entries.values()].map(({ connection }) => connection);
  }

  /** The connection as it is after the first attempt. One that stands is kept. */
  async connect(context: string): Promise<Connection> {
    const there = this.#entries.get(context);
    if (there?.connection.state === 'connected') return there.connection;
    there?.stop.abort();
    there?.connection.cluster?.close();
    const { contexts } = await this.contexts();
    const server = contexts.find(({ name }) => name === context)?.server ?? '';
    const stop = new AbortController();
    const entry: Entry = { connection: { context, server, state: 'connecting', message: 'connecting…', cluster: undefined }, stop };
    this.#entries.set(context, entry);
    this.#options.onChange();
    const cluster = await this.#options
      .kubeconfig()
      .connect(context, { mayRunPrograms: this.#options.mayRunPrograms() })
      .catch((error: unknown) => {
        this.#entries.delete(context);
        this.#options.onChange();
        throw error;
      });
    await this.#attempt(entry, cluster, this.#options.pause ?? firstPause);
    return entry.connection;
  }

  disconnect(context: string): void {
    const entry = this.#entries.get(context);
    entry?.stop.abort();
    entry?.connection.cluster?.close();
    this.#entries.delete(context);
    this.#options.onChange();
  }

  /** A request found the server of a standing connection out of reach: it is tried again until it answers. */
  lose(context: string, { message }: Failure): void {
    const entry = this.#entries.get(context);
    const cluster = entry?.connection.cluster;
    if (entry?.connection.state === 'connected' && cluster) this.#retryLater(entry, cluster, message, this.#options.pause ?? firstPause);
  }

  /** Forgets the choice without a context. */
  choose(ids: readonly string[], context: string | undefined): void {
    const choices = new Map(this.#choices);
    for (const id of ids) {
      if (context === undefined) choices.delete(id);
      else choices.set(id, context);
    }
    this.#choices = choices;
    this.#options.choices.write(`${JSON.stringify(Object.fromEntries([...choices].sort()), null, 2)}\n`);
    this.#options.onChange();
  }

  /** The context that was chosen for an environment. */
  contextOf(id: string): string | undefined {
    return this.#choices.get(id);
  }

  /** The connection that an environment is looked at through; undefined where none was chosen or made. */
  connectionOf(id: string): Connection | undefined {
    const context = this.contextOf(id);
    return context === undefined ? undefined : this.#entries.get(context)?.connection;
  }

  close(): void {
    for (const { stop, connection } of this.#entries.values()) {
      stop.abort();
      connection.cluster?.close();
    }
    this.#entries.clear();
  }

  async #attempt(entry: Entry, cluster: Cluster, pause: number): Promise<void> {
    const { signal } = entry.stop;
    const set = (state: ConnectionState, message: string): void => this.#set(entry, state, message, cluster);
    try {
      set('connected', await cluster.version(signal));
    } catch (error) {
      if (signal.aborted || isCancelled(error)) return;
      if (!(error instanceof Failure)) throw error;
      if (error.code === 'cluster/unauthorized') return set('unauthorized', `${error.message} ${error.action}`);
      if (error.code !== 'cluster/unreachable' && error.code !== 'cluster/timed-out' && error.code !== 'cluster/busy') return set('failed', `${error.message} ${error.action}`);
      this.#retryLater(entry, cluster, error.message, pause);
    }
  }

  #retryLater(entry: Entry, cluster: Cluster, reason: string, pause: number): void {
    this.#set(entry, 'unreachable', `${reason} It is tried again in ${Math.round(pause / 1000)} s.`, cluster);
    const timer = setTimeout(() => void this.#attempt(entry, cluster, Math.min(pause * 2, longestPause)), pause);
    entry.stop.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }

  #set(entry: Entry, state: ConnectionState, message: string, cluster: Cluster): void {
    const { context, server } = entry.connection;
    entry.connection = { context, server, state, message, cluster: state === 'connected' ? cluster : entry.connection.cluster };
    this.#options.onChange();
  }
}

/** Argo CD's name for the cluster that it runs in, and its address there. */
const inCluster = new Set(['in-cluster', 'https://kubernetes.default.svc', 'https://kubernetes.default.svc.cluster.local']);

/**
 * A context that an environment's destination fits, to be offered: by the server's address, else by the cluster's name; the
 * current one where several do. What an operator delivers into its own cluster, or without a destination, fits only where
 * all contexts lead to one cluster, whoever they sign in.
 */
export function suggestContext({ destination }: Pick<Environment, 'destination'>, { contexts, current }: KubeContexts): string | undefined {
  const server = destination.server?.value;
  const cluster = destination.cluster?.value;
  const fitting =
    server !== undefined && !inCluster.has(server)
      ? contexts.filter((each) => bareUrl(each.server) === bareUrl(server))
      : cluster !== undefined && !inCluster.has(cluster)
        ? contexts.filter((each) => each.name === cluster || each.cluster === cluster)
        : leadToOneCluster(contexts)
          ? contexts
          : [];
  return (fitting.find(({ name }) => name === current) ?? fitting[0])?.name;
}

function leadToOneCluster(contexts: readonly KubeContext[]): boolean {
  return new Set(contexts.map(({ server }) => bareUrl(server))).size === 1;
}

/** The same text for addresses that mean the same server. */
function bareUrl(url: string): string {
  return url
    .toLowerCase()
    .replace(/\/+$/, '')
    .replace(/^(https:\/\/[^/]+):443$/, '$1');
}

function readChoices(text: string | undefined): ReadonlyMap<string, string> {
  if (text === undefined) return new Map();
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return new Map();
    return new Map(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch (error) {
    // A file that was cut short: the choices are asked for again.
    if (error instanceof SyntaxError) return new Map();
    throw error;
  }
}
