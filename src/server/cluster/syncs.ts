/**
 * Plans that were shown, syncs that run, and environments that are reconciled continuously. A plan is kept until another
 * one of its environment is made, so that what runs is what was seen.
 */
import { randomUUID } from 'node:crypto';
import type { Environment } from '../../core/gitops/delivery.js';
import { liveKey } from '../../core/live/liveObject.js';
import { declarationIdOf } from '../../core/operators/declarationOf.js';
import type { DeliveryRecord } from '../../core/sync/deliveryRecord.js';
import type { SyncRun } from '../../core/sync/syncRun.js';
import { ContinuousReconcile } from '../../services/continuousReconcile.js';
import { parentOf, planSyncOf, type PlannedSync } from '../../services/environmentSync.js';
import { ClusterFailure, Failure } from '../../services/failure.js';
import type { Cluster } from '../../services/ports.js';
import type { DeliveryState } from '../../services/delivery.js';
import { runSync } from '../../services/sync.js';
import { systemClock } from '../../services/syncClock.js';
import { findUnmet } from '../../services/syncDependencies.js';
import { readDeliveries } from '../../services/syncInventory.js';
import type { SyncOptions } from '../clusterProtocol.js';
import type { Session } from '../session.js';
import { describeProgress, type ShownPlan } from './describePlan.js';
import type { LiveSession, Send } from './liveSession.js';

export interface KeptPlan extends ShownPlan {
  readonly planned: PlannedSync;
  readonly cluster: Cluster;
}

export interface SyncsOptions {
  readonly session: Session;
  readonly live: LiveSession;
  /** Who syncs, for the record. */
  readonly user: string;
  readonly send: Send;
}

interface Run {
  readonly environment: string;
  readonly stop: AbortController;
}

interface RunChoices {
  readonly runId: string;
  readonly confirmed: ReadonlySet<string>;
  readonly takeOver: boolean;
}

/** For the health of one step. */
const stepTimeout = 10 * 60_000;
/** Plans that are kept at most. */
const mostPlans = 20;

export class Syncs {
  readonly #session: Session;
  readonly #live: LiveSession;
  readonly #user: string;
  readonly #send: Send;
  readonly #plans = new Map<string, KeptPlan>();
  readonly #runs = new Map<string, Run>();
  readonly #records = new Map<string, readonly DeliveryRecord[]>();
  readonly #continuous: ContinuousReconcile;

  constructor({ session, live, user, send }: SyncsOptions) {
    this.#session = session;
    this.#user = user;
    this.#continuous = new ContinuousReconcile({
      clock: systemClock,
      onChange: (id) => live.tell([id]),
      onBug: (id, error) => session.logBug(`reconciling ${id}`, error),
    });
    this.#live = live;
    this.#send = send;
  }

  /** Plans a sync; nothing is written. Rejects with a {@link Failure}. */
  async plan(id: string, options: SyncOptions, signal: AbortSignal): Promise<KeptPlan> {
    const kept = await this.#plan(id, options, signal);
    this.#plans.set(kept.planId, kept);
    for (const old of [...this.#plans.keys()].slice(0, -mostPlans)) this.#plans.delete(old);
    return kept;
  }

  planOf(planId: string): KeptPlan | undefined {
    return this.#plans.get(planId);
  }

  /** Starts what was planned and goes on with it; its end is told by its progress. Throws a {@link Failure} where it can't start. */
  run(planId: string, confirmed: readonly string[], takeOver: boolean): string {
    const kept = this.#plans.get(planId);
    if (!kept) throw new Failure('sync/plan-is-old', 'This plan is not kept any more.', 'Plan the sync again.');
    const { environment } = kept;
    if (this.runningOf(environment.id) !== undefined) throw new Failure('sync/running', `A sync of ${environment.label} runs already.`, 'Wait for it, or cancel it.');
    this.#plans.delete(planId);
    const runId = randomUUID();
    void this.#run(kept, { runId, confirmed: new Set(confirmed), takeOver }, new AbortController()).catch((error: unknown) => {
      this.#session.logBug(`syncing ${environment.label}`, error);
      const message = 'A bug of GitOps Workbench ended the sync; the log says more. The next sync goes on from there.';
      this.#send('gitops/sync/progress', { runId, id: environment.id, phase: 'failed', message, part: 1, objects: [] });
    });
    return runId;
  }

  /** Switches continuous reconciling of an environment without an operator on or off; it ends with the window. */
  reconcile(id: string, isOn: boolean): void {
    if (!isOn) return this.#continuous.stop(id);
    const { environment } = this.#reach(id);
    if (environment.operator !== 'none') {
      throw new Failure(
        'sync/has-operator',
        `${environment.label} is delivered by ${environment.operator === 'argocd' ? 'Argo CD' : 'Flux'}.`,
        'Let it reconcile, or switch its automation on.',
      );
    }
    this.#continuous.start<KeptPlan>(id, {
      plan: (signal) => this.#plan(id, { prune: true }, signal),
      run: (kept, signal) => {
        const stop = new AbortController();
        signal.addEventListener('abort', () => stop.abort(), { once: true });
        return this.#run(kept, { runId: randomUUID(), confirmed: new Set(), takeOver: true }, stop);
      },
    });
  }

  isReconciled(id: string): boolean {
    return this.#continuous.stateOf(id) !== undefined;
  }

  /** Something may have changed in these environments. */
  poke(ids: readonly string[]): void {
    for (const id of ids) this.#continuous.poke(id);
  }

  close(): void {
    this.#continuous.close();
    for (const { stop } of this.#runs.values()) stop.abort();
  }

  async #plan(id: string, { prune, objects, commit }: SyncOptions, signal: AbortSignal): Promise<KeptPlan> {
    const { environment, cluster, context, namespace } = this.#reach(id);
    const { delivery, then } = await this.#wanted(environment, commit, signal);
    const revision = commit ?? this.#revisionOf(id);
    const planned = await planSyncOf(
      {
        cluster,
        environment: then,
        rendering: delivery.render(then).rendering,
        fallbackNamespace: namespace,
        revision,
        choices: { prune, only: objects && new Set(objects.map(liveKey)) },
        ignore: delivery.settings.driftIgnore,
        unmet: await findUnmet(then, delivery.model, { cluster, fallbackNamespace: namespace, revision }, signal),
      },
      signal,
    );
    this.#records.set(id, planned.inventory.records);
    const notes = (await this.#isOperatorHere(environment, cluster, signal)) ? [] : [missingOperator(environment, context)];
    return { planId: randomUUID(), environment, context, plan: planned.plan, planned, cluster, notes, isPast: commit !== undefined };
  }

  /** False where the files say that an operator delivers it, and its object is not in this cluster. */
  async #isOperatorHere(environment: Environment, cluster: Cluster, signal: AbortSignal): Promise<boolean> {
    const id = environment.operator === 'none' ? undefined : declarationIdOf(environment);
    try {
      return id === undefined || (await cluster.get(id, signal)) !== undefined;
    } catch (error) {
      if (error instanceof ClusterFailure && error.code === 'cluster/kind-not-served') return false;
      // Whether it may be read decides nothing: the plan blocks what an operator tracks.
      if (error instanceof ClusterFailure && error.code === 'cluster/forbidden') return true;
      throw error;
    }
  }

  /** The environment as the files declare it now, or as a commit does. Rejects with a {@link Failure}. */
  async #wanted(environment: Environment, commit: string | undefined, signal: AbortSignal): Promise<{ readonly delivery: DeliveryState; readonly then: Environment }> {
    const { model, source } = this.#session;
    if (commit === undefined) return { delivery: model.delivery, then: environment };
    const at = await source.deliveryAt(commit, signal);
    if ('code' in at) throw new Failure('git/unknown-revision', `What was synced can't be rendered again: ${at.message}`, 'Fetch the commit first.');
    const then = at.delivery.model.environments.find(({ id }) => id === environment.id);
    if (!then) throw new Failure('sync/not-rendered', `${environment.label} is not declared at ${commit.slice(0, 7)}.`, 'Choose another sync.');
    return { delivery: at.delivery, then };
  }

  async #run({ environment, plan, planned, cluster }: KeptPlan, { runId, confirmed, takeOver }: RunChoices, stop: AbortController): Promise<SyncRun> {
    this.#runs.set(runId, { environment: environment.id, stop });
    try {
      return await runSync(
        plan,
        {
          cluster,
          inventory: planned.keeper,
          clock: systemClock,
          confirmed,
          takeOver,
          user: this.#user,
          runId,
          timeout: stepTimeout,
          waitsForHealth: true,
          onProgress: (event) => this.#send('gitops/sync/progress', describeProgress(runId, environment.id, event)),
        },
        AbortSignal.any([stop.signal, this.#session.signal]),
      );
    } finally {
      this.#runs.delete(runId);
      void this.#readRecords(environment.id);
      this.#live.tell([environment.id]);
    }
  }

  cancel(runId: string): void {
    this.#runs.get(runId)?.stop.abort();
  }

  runningOf(id: string): string | undefined {
    for (const [runId, { environment }] of this.#runs) if (environment === id) return runId;
    return undefined;
  }

  /** Rejects with a {@link Failure}. */
  async history(id: string, signal: AbortSignal): Promise<readonly DeliveryRecord[]> {
    const { environment, cluster, namespace } = this.#reach(id);
    const records = await readDeliveries(cluster, parentOf(environment, namespace), signal);
    this.#records.set(id, records);
    return records;
  }

  /** The latest delivery as far as it was read. */
  lastOf(id: string): DeliveryRecord | undefined {
    return this.#records.get(id)?.[0];
  }

  async #readRecords(id: string): Promise<void> {
    try {
      await this.history(id, this.#session.signal);
      this.#send('gitops/live/changed', { ids: [id] });
    } catch (error) {
      // What can't be read is not shown; the connection says why.
      if (!(error instanceof Failure) && !this.#session.signal.aborted) this.#session.logBug('reading deliveries', error);
    }
  }

  #reach(id: string): { readonly environment: Environment; readonly cluster: Cluster; readonly context: string; readonly namespace: string } {
    const environment = this.#live.environment(id);
    const connection = this.#live.clusters.connectionOf(id);
    if (!environment) throw new Failure('live/not-compared', 'This environment is gone.', 'Look at the tree again.');
    if (!connection?.cluster) throw new Failure('cluster/unreachable', `${environment.label} has no connection to a cluster.`, 'Choose and connect its cluster first.');
    return { environment, cluster: connection.cluster, context: connection.context, namespace: this.#live.namespaceOf(connection.context) };
  }

  #revisionOf(id: string): string {
    const live = this.#live.environments.get(id);
    const git = live && this.#live.gitOf(live);
    if (!git?.commit) return 'files that git does not know';
    return git.changedFiles.length > 0 ? `${git.commit} with changes that are not committed` : git.commit;
  }
}

function missingOperator({ label, operator, declaration }: Environment, context: string): string {
  const name = operator === 'argocd' ? 'Argo CD' : 'Flux';
  return `The files say that ${name} delivers ${label}, but ${declaration ? `${declaration.id.kind} ${declaration.id.name}` : 'its object'} is not in ${context}: if ${name} runs elsewhere, sync there.`;
}
