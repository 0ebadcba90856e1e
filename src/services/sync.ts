/**
 * Runs a plan: object by object in the plan's order, with what the user chose, and decides nothing else. Whenever it ends
 * early, by a failure, by the user or because the process dies, the inventory still leads to everything that was written,
 * and the next sync goes on from there.
 */
import type { Health } from '../core/live/health.js';
import { liveKey, type LiveObject } from '../core/live/liveObject.js';
import type { ResId } from '../core/objects/resId.js';
import { manifestText } from '../core/live/manifestJson.js';
import { leaveFields } from '../core/live/editFields.js';
import { nameOf } from '../core/sync/planObject.js';
import { releaseFields } from '../core/sync/releaseFields.js';
import { plannedObjects, type PlannedObject, type SyncPlan, type SyncStep } from '../core/sync/syncPlan.js';
import type { SyncedAction, SyncedObject, SyncProgressEvent, SyncResult, SyncRun } from '../core/sync/syncRun.js';
import { BoundedWork } from './boundedWork.js';
import { ClusterFailure, isCancelled } from './failure.js';
import type { Cluster } from './ports.js';
import { formatTime, type SyncClock } from './syncClock.js';
import { describeWaited, waitForEstablished, waitForGone, waitForHealth, type Waited } from './syncHealth.js';
import type { Begun, SyncInventory } from './syncInventory.js';

export interface RunOptions {
  readonly cluster: Cluster;
  readonly inventory: SyncInventory;
  readonly clock: SyncClock;
  /** Keys of the plan's questions that were answered with yes. */
  readonly confirmed: ReadonlySet<string>;
  /** True: fields that others own are taken over. False: they are left as they are, and so are their owners. */
  readonly takeOver: boolean;
  readonly user: string;
  /** Tells this run from all others. */
  readonly runId: string;
  /** Milliseconds for the health of one step. */
  readonly timeout: number;
  /** False: what is applied last isn't waited for, and steps follow each other without a gate. */
  readonly waitsForHealth: boolean;
  readonly onProgress: (event: SyncProgressEvent) => void;
  /** Requests under way at a time. */
  readonly mostAtOnce?: number;
}

/** How long a server may take to establish a CustomResourceDefinition. */
const establishTimeout = 60_000;
const finishTimeout = 15_000;
/** Between two events of progress, but where something ends. */
const progressPause = 100;

/** Runs a plan. Rejects only with bugs: whatever the server refuses is in the result. */
export async function runSync(plan: SyncPlan, options: RunOptions, signal: AbortSignal): Promise<SyncRun> {
  return new Running(plan, options, signal).run();
}

type StepResult = { readonly ok: true } | { readonly ok: false; readonly message: string };

class Running {
  readonly #plan: SyncPlan;
  readonly #options: RunOptions;
  /** The user's. */
  readonly #cancel: AbortSignal;
  /** Ends everything that is under way after a failure that concerns all of it: the server is gone, the credentials are. */
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #work: BoundedWork;
  readonly #results = new Map<string, SyncedObject>();
  readonly #begun: Begun;
  readonly #deleted = new Set<string>();
  /** Hooks that were made, and those of them that are through. */
  readonly #hooks = new Map<string, PlannedObject>();
  readonly #hooksThrough = new Set<string>();
  readonly #total: number;
  #done = 0;
  #lastProgress = -Infinity;

  constructor(plan: SyncPlan, options: RunOptions, signal: AbortSignal) {
    this.#plan = plan;
    this.#options = options;
    this.#cancel = signal;
    this.#signal = AbortSignal.any([signal, this.#stop.signal]);
    this.#work = new BoundedWork(options.mostAtOnce ?? 16, options.clock);
    this.#begun = { run: options.runId, user: options.user, startedAt: formatTime(options.clock.now()) };
    this.#total = Math.max(1, plannedObjects(plan).filter(({ method }) => method !== 'none').length);
  }

  async run(): Promise<SyncRun> {
    const { inventory } = this.#options;
    if (this.#plan.refusal !== undefined) return this.#end('failed', this.#plan.refusal);
    let begun = false;
    try {
      await this.#makeHome();
      await inventory.begin(this.#plan, this.#begun, this.#signal);
      begun = true;
      const failure = await this.#runSteps();
      return await this.#finish(failure === undefined ? 'done' : 'failed', failure ?? '');
    } catch (error) {
      const isCancel = this.#cancel.aborted;
      if (!isCancel && !(error instanceof ClusterFailure)) throw error;
      const result = isCancel ? 'cancelled' : 'failed';
      const message = isCancel ? 'Cancelled; the next sync goes on where this one stopped.' : begun ? tell(error) : tellBegin(error);
      return begun ? this.#finish(result, message) : this.#end(result, message);
    }
  }

  /** The inventory's own namespace comes before everything: there is no place to note anything in before it is there. */
  async #makeHome(): Promise<void> {
    const { home } = this.#options.inventory;
    for (const step of this.#plan.steps) {
      const planned = step.groups.flat().find(({ id, action }) => id.kind === 'Namespace' && id.group === '' && id.name === home && action === 'create');
      if (planned) await this.#carryOut(planned, step);
    }
  }

  /** Why it failed; undefined where everything went well. */
  async #runSteps(): Promise<string | undefined> {
    const { steps } = this.#plan;
    const main = steps.filter(({ phase }) => phase !== 'SyncFail');
    for (const step of main) {
      const result = await this.#runStep(step, step === main.findLast(({ kind }) => kind === 'apply'));
      if (result.ok) continue;
      await this.#runFailureHooks(steps.filter(({ phase }) => phase === 'SyncFail'));
      await this.#deleteHooks('HookFailed');
      return result.message;
    }
    await this.#deleteHooks('HookSucceeded');
    return undefined;
  }

  async #runFailureHooks(steps: readonly SyncStep[]): Promise<void> {
    for (const step of steps) if (!(await this.#runStep(step, true)).ok) return;
  }

  async #runStep(step: SyncStep, isLast: boolean): Promise<StepResult> {
    for (const group of step.groups) {
      await this.#carryOutGroup(group, step);
      const late = await this.#establish(group, step);
      if (late) return { ok: false, message: late };
    }
    const failed = step.groups.flat().filter((planned) => this.#resultOf(planned, step)?.action === 'failed');
    const [first] = failed;
    if (first) {
      const more = failed.length > 1 ? ` (and ${failed.length - 1} more)` : '';
      return { ok: false, message: `${step.label}: ${nameOf(first.id)}: ${this.#resultOf(first, step)?.message ?? ''}${more}` };
    }
    if (step.kind === 'prune' && this.#options.waitsForHealth) await this.#waitForDeletions(step);
    const needsWait = step.waitsForHealth && (this.#options.waitsForHealth || step.groups.flat().some(({ hook }) => hook !== undefined));
    return needsWait ? this.#waitForStep(step, isLast) : { ok: true };
  }

  async #establish(group: readonly PlannedObject[], step: SyncStep): Promise<string | undefined> {
    const written = group.filter(
      (planned) => planned.id.kind === 'CustomResourceDefinition' && planned.method !== 'delete' && ['created', 'changed'].includes(this.#resultOf(planned, step)?.action ?? ''),
    );
    if (written.length === 0) return undefined;
    this.#tell('waiting', `${step.label}: waiting for ${written.length === 1 ? 'a new kind' : `${written.length} new kinds`}`, true);
    const { cluster, clock } = this.#options;
    const [late] = await waitForEstablished(
      written.map(({ id }) => id),
      { cluster, clock, work: this.#work, timeout: Math.min(establishTimeout, this.#options.timeout) },
      this.#signal,
    );
    await cluster.kinds(this.#signal, { refresh: true });
    return late && `${step.label}: ${nameOf(late)} was not established in time.`;
  }

  /** What is not gone in time stays noted: the inventory leads to it until it is. */
  async #waitForDeletions(step: SyncStep): Promise<void> {
    const { cluster, clock, timeout } = this.#options;
    const pruned = step.groups.flat().filter((planned) => this.#resultOf(planned, step)?.action === 'pruned');
    this.#tell('waiting', `${step.label}: waiting until ${pruned.length === 1 ? 'one object is' : `${pruned.length} objects are`} gone`, false);
    const deletions = pruned.map(({ id, live }) => ({ id, uid: live?.metadata.uid }));
    const left = new Set(await waitForGone(deletions, { cluster, clock, timeout, work: this.#work }, this.#signal));
    for (const planned of pruned.filter(({ id }) => left.has(id))) {
      this.#deleted.delete(liveKey(planned.id));
      this.#note(planned, step, 'pruned', 'It is being deleted, and not gone yet: a finalizer holds it.');
    }
  }

  async #waitForStep(step: SyncStep, isLast: boolean): Promise<StepResult> {
    const { cluster, clock, timeout } = this.#options;
    const waited: Waited[] = [];
    for (const planned of step.groups.flat()) {
      const action = this.#resultOf(planned, step)?.action;
      const isThere = action === 'created' || action === 'changed' || action === 'unchanged';
      if (isThere && planned.countsForHealth && (this.#options.waitsForHealth || planned.hook)) waited.push({ id: planned.id, isHook: planned.hook !== undefined });
    }
    const onLook = (looks: ReadonlyMap<string, Health | undefined>, pending: readonly Waited[]): void => {
      for (const [key, health] of looks) this.#noteHealth(key, step, health);
      for (const { id, isHook } of waited) if (isHook && !pending.some((each) => each.id === id)) this.#hooksThrough.add(liveKey(id));
      if (pending.length > 0) this.#tell('waiting', `${step.label}: waiting for ${describeWaited(pending, looks)}`, false);
    };
    const result = await waitForHealth(waited, { cluster, clock, work: this.#work, timeout, acceptsSuspended: isLast, onLook }, this.#signal);
    if (result.kind === 'ready') return { ok: true };
    for (const id of result.ids) this.#hooksThrough.add(liveKey(id));
    const what = result.kind === 'degraded' ? 'degraded' : `not healthy within ${Math.round(timeout / 1000)} s`;
    return { ok: false, message: `${step.label}: ${what}: ${result.message}` };
  }

  /** Side by side. Rejects when none is under way any more. */
  async #carryOutGroup(group: readonly PlannedObject[], step: SyncStep): Promise<void> {
    const results = await Promise.allSettled(group.map((planned) => this.#carryOut(planned, step)));
    const stopped = results.find((result) => result.status === 'rejected');
    if (stopped) throw stopped.reason;
  }

  async #carryOut(planned: PlannedObject, step: SyncStep): Promise<void> {
    if (this.#resultOf(planned, step)) return;
    const missing = planned.needs.find((key) => !this.#options.confirmed.has(key));
    if (planned.method === 'none') this.#note(planned, step, planned.action === 'unchanged' ? 'unchanged' : 'blocked', planned.reason);
    else if (missing !== undefined) this.#note(planned, step, 'blocked', this.#plan.questions.find(({ key }) => key === missing)?.question ?? planned.reason);
    else {
      try {
        await this.#write(planned, step);
      } catch (error) {
        if (!(error instanceof ClusterFailure)) throw error;
        if (concernsAll(error)) {
          this.#stop.abort(error);
          throw error;
        }
        this.#note(planned, step, 'failed', tell(error));
      }
      this.#done++;
      this.#tell('running', `${step.label}: ${this.#done} of ${this.#total}`, false);
    }
  }

  async #write(planned: PlannedObject, step: SyncStep): Promise<void> {
    switch (planned.method) {
      case 'delete':
        return this.#prune(planned, step);
      case 'recreate':
        return (await this.#clear(planned, step)) ? this.#apply(planned, step) : undefined;
      case 'apply':
        return this.#apply(planned, step);
      case 'create':
        await this.#send(() => this.#create(planned));
        return this.#note(planned, step, 'created', '');
      case 'replace':
        await this.#send(() => this.#replace(planned));
        return this.#note(planned, step, 'changed', planned.reason);
      case 'none':
        return undefined;
    }
  }

  /** What is there by now with the environment's mark was made by a request whose answer was lost. */
  async #create({ id, manifest = {} }: PlannedObject): Promise<void> {
    const { cluster, inventory } = this.#options;
    try {
      await cluster.create(id, manifest, { fieldManager: this.#plan.manager }, this.#signal);
    } catch (error) {
      if (!(error instanceof ClusterFailure) || error.code !== 'cluster/already-exists') throw error;
      const live = await cluster.get(id, this.#signal);
      if (!live || !inventory.keeps(live)) throw error;
    }
  }

  /** All of it, whoever wrote it meanwhile: perhaps a request of ours whose answer was lost. */
  async #replace(planned: PlannedObject): Promise<void> {
    const { cluster } = this.#options;
    const { id, manifest = {} } = planned;
    for (let attempt = 1; ; attempt++) {
      const current = await cluster.get(id, this.#signal);
      if (!current) return this.#create(planned);
      try {
        await cluster.replace(id, withVersion(manifest, current), { fieldManager: this.#plan.manager }, this.#signal);
        return;
      } catch (error) {
        if (!(error instanceof ClusterFailure) || error.code !== 'cluster/conflict' || attempt === 3) throw error;
      }
    }
  }

  /** One request in its turn, sent again where the server is in trouble. */
  #send<T>(request: () => Promise<T>): Promise<T> {
    return this.#work.run('write', request, this.#signal);
  }

  /** Deletes what stands in the way of an object that is made anew; false where it isn't gone in time. */
  async #clear(planned: PlannedObject, step: SyncStep): Promise<boolean> {
    const { id, live, propagation } = planned;
    const { cluster, clock, timeout } = this.#options;
    const uid = live?.metadata.uid;
    try {
      await this.#send(() => cluster.delete(id, { propagation, ...(uid !== undefined && { uid }) }, this.#signal));
    } catch (error) {
      // Another one is there already: this one is gone.
      if (!(error instanceof ClusterFailure) || error.code !== 'cluster/conflict') throw error;
    }
    const [left] = await waitForGone([{ id, uid }], { cluster, clock, timeout, work: this.#work }, this.#signal);
    if (left) this.#note(planned, step, 'failed', 'It was deleted to be made anew, and is not gone yet: a finalizer holds it. The next sync makes it.');
    return left === undefined;
  }

  async #apply(planned: PlannedObject, step: SyncStep): Promise<void> {
    const { id, hook, conflicts } = planned;
    const force = this.#options.takeOver || hook !== undefined;
    const paths = conflicts.map(({ path }) => path);
    const manifest = force || paths.length === 0 ? planned.manifest : leaveFields(planned.manifest ?? {}, paths);
    if (hook) this.#hooks.set(liveKey(id), planned);
    const body = manifestText(manifest ?? {});
    const answer = await this.#send(() => this.#options.cluster.apply(id, body, { fieldManager: this.#plan.manager, force }, this.#signal));
    if (planned.action === 'adopt') await this.#release(id, answer);
    const left =
      !force && paths.length > 0
        ? `${paths.length === 1 ? 'One field was' : `${paths.length} fields were`} left to others (${[...new Set(conflicts.map(({ manager }) => manager))].join(', ')}).`
        : '';
    this.#note(planned, step, actionOf(planned, answer), left);
  }

  /** What is adopted from kubectl must be ours alone, so that it goes when git no longer declares it. */
  async #release(id: ResId, applied: LiveObject): Promise<void> {
    const { cluster } = this.#options;
    const { manager: fieldManager } = this.#plan;
    let live: LiveObject | undefined = applied;
    for (let attempt = 1; live; attempt++) {
      const patch = releaseFields(live, fieldManager);
      if (!patch) return;
      try {
        await this.#send(() => cluster.patch(id, 'json', patch, { fieldManager }, this.#signal));
        return;
      } catch (error) {
        // A controller has just written the object's status.
        if (!(error instanceof ClusterFailure) || error.code !== 'cluster/conflict' || attempt === 5) throw error;
        live = await this.#send(() => cluster.get(id, this.#signal));
      }
    }
  }

  /** Only what is still the environment's own is deleted: between plan and run somebody may have taken it. */
  async #prune(planned: PlannedObject, step: SyncStep): Promise<void> {
    const { cluster, inventory } = this.#options;
    const { id, propagation } = planned;
    const live = await this.#send(() => cluster.get(id, this.#signal));
    if (live && (!inventory.keeps(live) || live.metadata.uid !== planned.live?.metadata.uid)) {
      this.#deleted.add(liveKey(id));
      return this.#note(planned, step, 'blocked', 'It is no longer kept by this environment.');
    }
    if (live) await this.#send(() => cluster.delete(id, { propagation, ...(live.metadata.uid !== undefined && { uid: live.metadata.uid }) }, this.#signal));
    this.#deleted.add(liveKey(id));
    return this.#note(planned, step, 'pruned', '');
  }

  /** Argo CD's policy: hooks go when the whole sync is over, well or badly. */
  async #deleteHooks(policy: 'HookSucceeded' | 'HookFailed'): Promise<void> {
    const due = [...this.#hooks.values()].filter(({ hook }) => hook?.deletePolicies.includes(policy) === true);
    await this.#work.each(due, 'write', async ({ id, propagation }) => void (await this.#options.cluster.delete(id, { propagation }, this.#signal)), this.#signal);
  }

  async #finish(result: SyncResult, message: string): Promise<SyncRun> {
    const { inventory, cluster } = this.#options;
    const signal = AbortSignal.timeout(finishTimeout);
    const notes: string[] = [];
    if (result === 'cancelled') {
      // As Argo CD does when a sync is terminated: a hook that still runs goes with it.
      for (const [key, { id, propagation }] of this.#hooks) {
        if (!this.#hooksThrough.has(key)) await cluster.delete(id, { propagation }, signal).catch((error: unknown) => notes.push(`${nameOf(id)} still runs: ${tell(error)}`));
      }
    }
    const kept = result === 'done' ? [...this.#plan.declared, ...this.#plan.extra.filter((id) => !this.#deleted.has(liveKey(id)))] : undefined;
    const ended = this.#end(result, [message, ...notes].filter((text) => text !== '').join(' '), false);
    const homeIsGone = this.#deleted.has(liveKey({ group: '', kind: 'Namespace', namespace: '', name: inventory.home }));
    if (!homeIsGone) {
      try {
        await inventory.finish(ended, this.#begun, kept, signal);
      } catch (error) {
        if (!(error instanceof ClusterFailure) && !isCancelled(error) && !signal.aborted) throw error;
        return this.#end(result, `${ended.message === '' ? '' : `${ended.message} `}Its record could not be written: ${tell(error)}`);
      }
    }
    return this.#end(result, ended.message);
  }

  #end(result: SyncResult, message: string, isTold = true): SyncRun {
    if (isTold) this.#tell(result, message, true);
    const { startedAt } = this.#begun;
    return { result, message, objects: this.#objects(), startedAt, finishedAt: formatTime(this.#options.clock.now()) };
  }

  #resultOf(planned: PlannedObject, step: SyncStep): SyncedObject | undefined {
    return this.#results.get(`${step.phase}/${step.kind}/${liveKey(planned.id)}`);
  }

  /** What was said of objects, in the order of the plan. */
  #objects(): readonly SyncedObject[] {
    return this.#plan.steps.flatMap((step) => step.groups.flatMap((group) => group.flatMap((planned) => this.#resultOf(planned, step) ?? [])));
  }

  #note({ id }: PlannedObject, { phase, wave, kind }: SyncStep, action: SyncedAction, message: string): void {
    this.#results.set(`${phase}/${kind}/${liveKey(id)}`, { id, action, phase, wave, health: undefined, message });
  }

  #noteHealth(key: string, { phase, kind }: SyncStep, health: Health | undefined): void {
    const there = this.#results.get(`${phase}/${kind}/${key}`);
    if (there) this.#results.set(`${phase}/${kind}/${key}`, { ...there, health });
  }

  #tell(phase: SyncProgressEvent['phase'], message: string, isDue: boolean): void {
    const now = this.#options.clock.now();
    if (!isDue && now - this.#lastProgress < progressPause) return;
    this.#lastProgress = now;
    const isOver = phase !== 'running' && phase !== 'waiting';
    this.#options.onProgress({ phase, message, part: isOver ? 1 : Math.min(0.99, this.#done / this.#total), objects: this.#objects() });
  }
}

function actionOf({ live, method }: PlannedObject, answer: LiveObject): SyncedAction {
  if (!live) return 'created';
  return method === 'apply' && live.metadata.resourceVersion !== undefined && live.metadata.resourceVersion === answer.metadata.resourceVersion ? 'unchanged' : 'changed';
}

function withVersion(manifest: NonNullable<PlannedObject['manifest']>, current: LiveObject | undefined): NonNullable<PlannedObject['manifest']> {
  const metadata = manifest['metadata'];
  const version = current?.metadata.resourceVersion;
  return version === undefined || typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)
    ? manifest
    : { ...manifest, metadata: { ...metadata, resourceVersion: version } };
}

/** True where no other request would fare better. */
function concernsAll({ code }: ClusterFailure): boolean {
  return code === 'cluster/unreachable' || code === 'cluster/timed-out' || code === 'cluster/unauthorized';
}

/** What people read of a failure: with the managers that a conflict is with. */
function tell(error: unknown): string {
  if (!(error instanceof ClusterFailure)) return error instanceof Error ? error.message : String(error);
  return error.action === '' ? error.message : `${error.message} ${error.action}`;
}

function tellBegin(error: unknown): string {
  if (error instanceof ClusterFailure && error.code === 'cluster/conflict') return 'Another sync of this environment has just begun. Plan again when it is over.';
  return tell(error);
}

/** The ids that a run wrote, for those who look again at them. */
export function writtenIds({ objects }: SyncRun): readonly ResId[] {
  return objects.filter(({ action }) => action === 'created' || action === 'changed' || action === 'pruned').map(({ id }) => id);
}
