/**
 * All that the server knows of clusters while it runs: the connections that the user asked for, what is live in the
 * environments that are looked at through them, plans that were shown, and syncs that run.
 */
import { describeAhead } from '../../core/drift/ahead.js';
import type { EnvironmentDrift } from '../../core/drift/drift.js';
import type { Environment } from '../../core/gitops/delivery.js';
import { declarationIdOf } from '../../core/operators/declarationOf.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { Clusters } from '../../services/clusters.js';
import { Failure } from '../../services/failure.js';
import { CustomTypes, lookUpTypes } from '../../services/customTypes.js';
import { compareEnvironment, lookAtEnvironment } from '../../services/drift.js';
import { LiveEnvironments, sourceIdOf, type CompareInput, type LiveEnvironment } from '../../services/liveEnvironments.js';
import { readKubernetesTypes, type KubernetesTypes } from '../../core/objects/kubernetesTypes.js';
import type { Cluster, Kubeconfig, KubeContexts, TextStore } from '../../services/ports.js';
import { Predictions } from '../../services/predictions.js';
import type { ClusterNotifications } from '../clusterProtocol.js';
import type { FailureWords, ServerSettings } from '../protocol.js';
import type { Session } from '../session.js';
import { nearestRepository } from '../delivery/summaries.js';
import type { OurGit } from './describeLive.js';

/** Makes what reads the kubeconfigs that settings name. */
export type OpenKubeconfig = (settings: Pick<ServerSettings, 'kubeconfig' | 'sandboxKubeconfig'>) => Kubeconfig;

/** Tells the editor something unasked. */
export type Send = <Method extends keyof ClusterNotifications>(method: Method, parameters: ClusterNotifications[Method]) => void;

export interface LiveSessionOptions {
  readonly session: Session;
  readonly openKubeconfig: OpenKubeconfig;
  /** Keeps which context each environment is looked at through. */
  readonly choices: TextStore;
  /** The text of the table of Kubernetes' types. */
  readonly readKubernetesTable: () => string | undefined;
  readonly isReconciled: (id: string) => boolean;
  /** Called when something changed in these environments, in the workspace or in their cluster. */
  readonly onChange: (ids: readonly string[]) => void;
  readonly send: Send;
}

interface Standing {
  /** Why the operator goes by something else, a part of a sentence; undefined where nothing is known to be ahead. */
  readonly ahead: string | undefined;
  /** The operator's commit, where the environment's files are the same there although the commits differ. */
  readonly sameAs: string | undefined;
}

/** Notes to people about one environment come at most this often, in milliseconds. */
const attentionPause = 10 * 60_000;

export class LiveSession {
  readonly clusters: Clusters;
  readonly environments: LiveEnvironments;
  readonly #options: LiveSessionOptions;
  /** The contexts as they were read last. */
  #contexts: KubeContexts | undefined;
  /** What was asked of a cluster stays known as long as the connection is. */
  readonly #predictions = new WeakMap<Cluster, Predictions>();
  #types: { readonly table: KubernetesTypes | undefined } | undefined;
  readonly #customTypes = new CustomTypes();
  /** How what is looked at stands to what the operator goes by, as of the latest comparison. */
  readonly #standings = new Map<string, Standing>();
  readonly #lastAttention = new Map<string, { readonly at: number; readonly message: string }>();

  constructor(options: LiveSessionOptions) {
    this.#options = options;
    const { session } = options;
    this.clusters = new Clusters({
      kubeconfig: () => options.openKubeconfig(session.settings),
      choices: options.choices,
      mayRunPrograms: () => session.isTrusted,
      onChange: () => this.#update(),
    });
    this.environments = new LiveEnvironments({
      clusters: this.clusters,
      environments: () => (session.isTrusted ? session.model.delivery.model.environments : []),
      render: (environment) => session.model.delivery.render(environment).rendering,
      standing: (environment) => `${session.settings.drift ? 'compared' : 'seen'} ${environment.operator === 'none' ? '' : JSON.stringify(this.gitOf({ environment }))}`,
      compare: (input, signal) => this.#compare(input, signal),
      onChange: (ids) => {
        this.tell(ids);
        options.onChange(ids);
      },
      onBug: (error) => session.logBug('comparing with a cluster', error),
      now: () => Date.now(),
    });
  }

  /** After something in the workspace or the settings changed. Nothing is done where nobody connected. */
  workspaceChanged(): void {
    if (this.clusters.connections.length > 0 || this.environments.all.length > 0) this.environments.update();
  }

  /** Rejects with a {@link Failure}. */
  async readContexts(): Promise<KubeContexts> {
    this.#refuseUntrusted();
    this.#contexts = await this.clusters.contexts();
    return this.#contexts;
  }

  /** The namespace that a context has for objects without one. */
  namespaceOf(context: string): string {
    return this.#contexts?.contexts.find(({ name }) => name === context)?.namespace ?? 'default';
  }

  get knownContexts(): KubeContexts | undefined {
    return this.#contexts;
  }

  async connect(context: string): ReturnType<Clusters['connect']> {
    this.#refuseUntrusted();
    const connection = await this.clusters.connect(context);
    this.#contexts ??= await this.clusters.contexts();
    return connection;
  }

  /** The latest of an environment; rejects where nothing was compared. */
  driftOf(id: string): { readonly live: LiveEnvironment; readonly drift: EnvironmentDrift } {
    const live = this.environments.get(id);
    if (live?.drift) return { live, drift: live.drift };
    if (live?.state.kind === 'failed') throw live.state.failure;
    throw new Failure('live/not-compared', 'This environment was not compared with a cluster yet.', 'Connect to its cluster, or wait a moment.');
  }

  /** The git state that an environment is rendered from. */
  gitOf({ environment }: Pick<LiveEnvironment, 'environment'>): OurGit {
    const { model } = this.#options.session;
    const { source } = this.#options.session;
    const folder = environment.sources[0]?.folder;
    const repository = folder === undefined ? undefined : nearestRepository(folder, model);
    const git = repository && source.gitState(repository.top);
    const branch = git?.branches.find(({ name }) => name === repository?.branch);
    const { dependencies } = model.delivery.render(environment).rendering;
    const changed = [...(git?.changed ?? []), ...source.unsaved()].filter((path) => dependencies.has(path));
    return {
      commit: branch?.commit,
      branch: repository?.branch,
      isPushed: branch?.ahead === undefined ? undefined : branch.ahead === 0,
      changedFiles: [...new Set(changed)].map((path) => this.#options.session.label(path)),
    };
  }

  /** The same as the operator's word is held against: where its commit has the same files, that is what is looked at. */
  comparedGitOf(live: LiveEnvironment): OurGit {
    const git = this.gitOf(live);
    const sameAs = this.#standings.get(live.environment.id)?.sameAs;
    return sameAs === undefined || git.changedFiles.length > 0 ? git : { ...git, commit: sameAs, isPushed: undefined };
  }

  /** Why the operator goes by something else than what is looked at. */
  aheadOf({ environment }: LiveEnvironment): string | undefined {
    return this.#standings.get(environment.id)?.ahead;
  }

  declarationOf({ environment, context }: LiveEnvironment): LiveObject | undefined {
    const id = declarationIdOf(environment);
    return id && context !== undefined ? this.environments.objectsOf(context)?.get(id) : undefined;
  }

  sourceOf({ environment, context }: LiveEnvironment): LiveObject | undefined {
    const id = sourceIdOf(environment);
    return id && context !== undefined ? this.environments.objectsOf(context)?.get(id) : undefined;
  }

  environment(id: string): Environment | undefined {
    return this.#options.session.model.delivery.model.environments.find((candidate) => candidate.id === id);
  }

  stop(): void {
    this.environments.close();
    this.clusters.close();
  }

  async #compare(input: CompareInput, signal: AbortSignal): Promise<EnvironmentDrift> {
    const { isReconciled, session } = this.#options;
    const predictions = this.#predictions.get(input.cluster) ?? new Predictions();
    this.#predictions.set(input.cluster, predictions);
    const standing = await this.#standingOf(input, signal);
    this.#standings.set(input.environment.id, standing);
    const fallbackNamespace = this.namespaceOf(input.cluster.context);
    const { delivery } = session.model;
    if (!session.settings.drift) return lookAtEnvironment({ ...input, fallbackNamespace, now: Date.now() });
    return compareEnvironment(
      {
        ...input,
        fallbackNamespace,
        typeOf: lookUpTypes(
          () => this.#kubernetesTypes(),
          () => delivery.model.environments.map((environment) => delivery.render(environment).rendering),
          this.#customTypes,
        ),
        ignore: delivery.settings.driftIgnore,
        isReconciled: isReconciled(input.environment.id),
        predictions,
        ahead: standing.ahead,
        now: Date.now(),
      },
      signal,
    );
  }

  async #standingOf({ environment, rendering, operator }: CompareInput, signal: AbortSignal): Promise<Standing> {
    const operatorRevisions = operator?.revisions ?? [];
    // Where no operator is, what is here is what is to be there.
    const git = operator && this.gitOf({ environment });
    const ahead = git && describeAhead({ ...git, operatorRevisions });
    const folder = environment.sources[0]?.folder;
    const [commit, another] = operatorRevisions.flatMap((revision) => /[0-9a-f]{40}/.exec(revision)?.[0] ?? []);
    if (ahead === undefined || git?.changedFiles.length !== 0 || folder === undefined || commit === undefined || another !== undefined) return { ahead, sameAs: undefined };
    // Commits may differ in what other environments are made of. One that isn't here can't be looked into.
    const isSame = await this.#options.session.source.hasSameFiles({ folder, revision: commit }, rendering.dependencies, signal);
    return isSame === true ? { ahead: undefined, sameAs: commit } : { ahead, sameAs: undefined };
  }

  #kubernetesTypes(): KubernetesTypes | undefined {
    this.#types ??= { table: readKubernetesTypes(this.#options.readKubernetesTable() ?? '') };
    return this.#types.table;
  }

  #update(): void {
    this.environments.update();
    this.tell([]);
  }

  #refuseUntrusted(): void {
    if (!this.#options.session.isTrusted) {
      throw new Failure('kubeconfig/untrusted', 'No cluster is contacted in Restricted Mode.', 'Trust the workspace first.');
    }
  }

  /** Tells the editor that what it shows of environments may be old. */
  tell(ids: readonly string[]): void {
    this.#options.send('gitops/live/changed', { ids });
    for (const id of ids) this.#callAttention(id);
  }

  /** Tells people of trouble in protected environments: once for the same trouble, and not too often. */
  #callAttention(id: string): void {
    const live = this.environments.get(id);
    if (!live?.environment.isProtected || !live.drift) return;
    const message = troubleOf(live, live.drift);
    const last = this.#lastAttention.get(id);
    const now = Date.now();
    if (message === undefined) return;
    if (last && (last.message === message || now - last.at < attentionPause)) return;
    this.#lastAttention.set(id, { at: now, message });
    this.#options.send('gitops/live/attention', { id, label: live.environment.label, message });
  }
}

/** One sentence; undefined where all is well. */
function troubleOf({ environment }: LiveEnvironment, { objects, health }: EnvironmentDrift): string | undefined {
  if (health.status === 'Degraded') return `${environment.label} is degraded${health.message === '' ? '' : `: ${health.message}`}.`;
  const byHand = objects.filter(({ fields }) => fields.some(({ owner, state }) => state === 'changed' && owner?.manager.startsWith('kubectl') === true));
  const [first] = byHand;
  if (!first) return undefined;
  return `${byHand.length === 1 ? `${first.id.kind} ${first.id.name}` : `${byHand.length} objects`} of ${environment.label} changed in the cluster by hand.`;
}

/** What a request answers where the outside world refused. */
export async function orFailureWords<T>(work: () => Promise<T> | T): Promise<T | FailureWords> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure) return { code: error.code, message: `${error.message} ${error.action}`.trim() };
    throw error;
  }
}
