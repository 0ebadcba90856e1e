/**
 * Argo CD's application controller, simulated: compares Applications with git, syncs those that ask for it, and keeps their
 * status as the real one does (argo-cd v3.2, controller/{appcontroller,sync,state}.go). Sync windows, several sources and
 * other clusters are left out.
 */
import { idOfLive, type LiveObject } from '../../core/live/liveObject.js';
import { isJsonObject, type JsonObject } from '../../core/live/json.js';
import type { SyncPlan } from '../../core/sync/syncPlan.js';
import { readEnvironmentOptions } from '../../core/sync/environmentOptions.js';
import { runSync } from '../../services/sync.js';
import type { SyncInventory } from '../../services/syncInventory.js';
import { planEnvironmentSync } from '../../services/syncPlanning.js';
import { parseDuration } from '../workloads/behavior.js';
import { mapsAt, numberAt, objectAt, stringAt, textsAt, valueAt } from '../../core/live/readFields.js';
import { mergePatchBetween } from '../../core/apply/mergePatch.js';
import { formatTime } from '../../services/syncClock.js';
import { chosenObjects, describeComparison, describeResult, terminated, type Comparison } from './applicationStatus.js';
import type { Checkout } from './checkouts.js';
import { renderDeclared } from './declaredRender.js';
import { Rounds, syncClockOf, type OperatorWorld } from './operatorWorld.js';
import { argoInventory, membersIn, trackingAnnotation } from './tracking.js';

const manager = 'argocd-application-controller';
const refreshAnnotation = 'argocd.argoproj.io/refresh';
const finalizer = 'resources-finalizer.argocd.argoproj.io';
/** How often Applications are compared without a reason (`timeout.reconciliation`). */
const period = 120_000;
/** How long drift stands before it is healed (`--self-heal-timeout-seconds`, at its first attempt). */
const healPause = 5000;
/** Changes of live objects that come together make one comparison. */
const settlePause = 1000;
const localServer = 'https://kubernetes.default.svc';

export interface ApplicationController {
  /** A push: everything that follows the repository is compared. */
  refreshAll(): void;
  stop(): void;
}

export function startApplications(world: OperatorWorld): ApplicationController {
  const aborts = new Map<string, AbortController>();
  const rounds = new Rounds(world, (name) => look(name, world, aborts));
  const automated = new Map<string, boolean>();
  const all = (): readonly LiveObject[] => world.store.list('argoproj.io', 'Application');
  const unsubscribe = world.store.subscribe(({ object, type }) => {
    const id = idOfLive(object);
    if (id.group === 'argoproj.io' && id.kind === 'Application') {
      const key = keyOf(object);
      // Switching auto-sync on is a reason to look, as in Argo CD (controller/appcontroller.go automatedSyncEnabled).
      const isSwitchedOn = automated.get(key) === false && isAutomated(object);
      automated.set(key, isAutomated(object));
      if (type !== 'DELETED' && (isAsked(object) || isSwitchedOn)) rounds.add(key, 0);
      if (stringAt(object, 'status', 'operationState', 'phase') === 'Terminating') aborts.get(keyOf(object))?.abort();
      return;
    }
    const tracked = object.metadata.annotations?.[trackingAnnotation]?.split(':')[0];
    const owner = tracked === undefined ? undefined : all().find((app) => app.metadata.name === tracked || `${app.metadata.namespace ?? ''}_${app.metadata.name}` === tracked);
    if (owner) rounds.add(keyOf(owner), settlePause);
  });
  for (const application of all()) {
    automated.set(keyOf(application), isAutomated(application));
    rounds.add(keyOf(application), 0);
  }
  return {
    refreshAll: () => all().forEach((application) => rounds.add(keyOf(application), 0)),
    stop: () => {
      unsubscribe();
      rounds.stop();
    },
  };
}

function keyOf({ metadata }: LiveObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

/** Something that the status doesn't answer yet. */
function isAsked(application: LiveObject): boolean {
  const { annotations, deletionTimestamp } = application.metadata;
  const compared = objectAt(application, 'status', 'sync', 'comparedTo');
  const isNew = JSON.stringify(objectAt(compared, 'source')) !== JSON.stringify(objectAt(application, 'spec', 'source'));
  return deletionTimestamp !== undefined || annotations?.[refreshAnnotation] !== undefined || valueAt(application, 'operation') !== undefined || isNew;
}

function read(key: string, { store }: OperatorWorld): LiveObject | undefined {
  const [namespace = '', name = ''] = key.split('/');
  return store.get({ group: 'argoproj.io', kind: 'Application', namespace, name });
}

function write(application: LiveObject, patch: JsonObject, { store }: OperatorWorld): LiveObject {
  return store.patch(idOfLive(application), patch, { manager });
}

/** @param more a patch of what else changes in the same write */
function writeStatus(key: string, change: (status: JsonObject) => JsonObject, world: OperatorWorld, more: JsonObject = {}): void {
  const application = read(key, world);
  if (!application) return;
  const before = objectAt(application, 'status');
  const patch = mergePatchBetween(before, change(before));
  if (patch) write(application, { ...more, status: patch }, world);
}

async function look(key: string, world: OperatorWorld, aborts: Map<string, AbortController>): Promise<number | undefined> {
  const application = read(key, world);
  if (!application) return undefined;
  if (application.metadata.deletionTimestamp !== undefined) return endApplication(application, world);
  if (application.metadata.annotations?.['argocd.argoproj.io/skip-reconcile'] === 'true') return undefined;
  if (application.metadata.annotations?.[refreshAnnotation] !== undefined) write(application, { metadata: { annotations: { [refreshAnnotation]: null } } }, world);
  if (valueAt(application, 'operation') !== undefined) {
    const retryIn = untilRetry(application, world.clock.now());
    if (retryIn !== undefined && retryIn > 0) return retryIn;
    await operate(key, application, world, aborts);
    return 0;
  }
  const comparison = await compare(key, application, world, undefined);
  if (!comparison) return period;
  const wait = untilAutoSync(application, comparison, world.clock.now());
  if (wait === undefined) return comparison.health === 'Progressing' ? 3000 : period;
  if (wait > 0) return wait;
  const prune = valueAt(application, 'spec', 'syncPolicy', 'automated', 'prune') === true;
  const operation = {
    initiatedBy: { automated: true },
    retry: { limit: 5 },
    sync: { revision: comparison.commit, prune, syncOptions: [...textsAt(application, 'spec', 'syncPolicy', 'syncOptions')] },
  };
  write(application, { operation, status: { operationState: null } }, world);
  return 0;
}

function isAutomated(application: LiveObject): boolean {
  const automated = valueAt(application, 'spec', 'syncPolicy', 'automated');
  return automated !== undefined && automated !== null && valueAt(automated, 'enabled') !== false;
}

/** Milliseconds until it is synced by itself; undefined where it isn't (controller/appcontroller.go autoSync). */
function untilAutoSync(application: LiveObject, comparison: Comparison, now: number): number | undefined {
  const automated = valueAt(application, 'spec', 'syncPolicy', 'automated');
  if (!isAutomated(application) || comparison.status !== 'OutOfSync') return undefined;
  const prunes = valueAt(automated, 'prune') === true;
  if (!prunes && comparison.needsPruneOnly) return undefined;
  if (prunes && comparison.prunesAll && valueAt(automated, 'allowEmpty') !== true) return undefined;
  const last = objectAt(application, 'status', 'operationState');
  const isTried =
    stringAt(last, 'syncResult', 'revision') === comparison.commit &&
    JSON.stringify(objectAt(last, 'syncResult', 'source')) === JSON.stringify(objectAt(application, 'spec', 'source'));
  if (!isTried) return 0;
  // What failed with this revision isn't tried again by itself; what drifted is healed where that is wished.
  if (valueAt(automated, 'selfHeal') !== true || stringAt(last, 'phase') !== 'Succeeded') return undefined;
  return Math.max(0, Date.parse(stringAt(last, 'finishedAt')) + healPause - now);
}

interface Planned {
  readonly plan: SyncPlan;
  readonly inventory: SyncInventory;
  readonly commit: string;
}

/** What the repository server refuses (argo-cd v3.2, controller/state.go, reposerver/repository/repository.go, util/app/path). */
function generationError(message: string): Error {
  return new Error(`Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = ${message}`);
}

async function checkOut(url: string, revision: string, folder: string, world: OperatorWorld): Promise<{ readonly checkout: Checkout; readonly commit: string }> {
  try {
    const checkout = await world.checkouts.open(url);
    const commit = await checkout.resolve(revision);
    if (folder !== '' && !(await checkout.hasFolder(commit, folder))) throw new Error(`${folder}: app path does not exist`);
    return { checkout, commit };
  } catch (error) {
    if (world.signal.aborted || !(error instanceof Error)) throw error;
    throw generationError(error.message);
  }
}

async function planOf(application: LiveObject, operation: JsonObject | undefined, world: OperatorWorld): Promise<Planned> {
  const source = objectAt(application, 'spec', 'source');
  if (Object.keys(source).length === 0) throw new Error('the sandbox simulates Applications with one source');
  const destination = objectAt(application, 'spec', 'destination');
  if (![localServer, ''].includes(stringAt(destination, 'server')) || !['in-cluster', ''].includes(stringAt(destination, 'name'))) {
    throw new Error(`there is no cluster ${stringAt(destination, 'server') || stringAt(destination, 'name')} in the sandbox`);
  }
  const url = stringAt(source, 'repoURL');
  const synced = objectAt(operation, 'sync', 'source');
  const { checkout, commit } = await checkOut(url, stringAt(operation, 'sync', 'revision') || stringAt(source, 'targetRevision'), stringAt(source, 'path'), world);
  const declared = Object.keys(synced).length > 0 ? { ...application, spec: { ...objectAt(application, 'spec'), source: synced } } : application;
  const { environment, rendering } = await renderDeclared(checkout, commit, url, [declared], world.signal);
  if (!rendering.ok) {
    const problem = rendering.problems.find(({ severity }) => severity === 'error') ?? rendering.problems[0];
    throw generationError(`\`kustomize build <path to cached source>/${stringAt(source, 'path')}\` failed exit status 1: Error: ${problem?.message ?? 'no output'}`);
  }
  const inventory = argoInventory(world.store, application);
  const options = readEnvironmentOptions(environment);
  const { plan } = await planEnvironmentSync(
    {
      cluster: await world.cluster(),
      inventory,
      clock: syncClockOf(world.clock),
      environment: environment.id,
      revision: commit,
      style: 'argocd',
      manager: 'argocd-controller',
      namespace: stringAt(destination, 'namespace') || 'default',
      objects: rendering.objects,
      options: operation ? { ...options, syncOptions: [...options.syncOptions, ...textsAt(operation, 'sync', 'syncOptions')] } : options,
      choices: { prune: operation ? valueAt(operation, 'sync', 'prune') === true : true, only: operation && chosenObjects(operation) },
      unmet: [],
    },
    world.signal,
  );
  return { plan, inventory, commit };
}

/** Writes what a comparison says; undefined where there was none to make. */
async function compare(key: string, application: LiveObject, world: OperatorWorld, planned: Planned | undefined): Promise<Comparison | undefined> {
  const time = formatTime(world.clock.now());
  try {
    const { plan, commit } = planned ?? (await planOf(application, undefined, world));
    const comparison = describeComparison(plan, commit, application, world.clock.now());
    writeStatus(
      key,
      (before) => {
        const isSame = stringAt(before, 'health', 'status') === comparison.health;
        return {
          ...before,
          ...comparison.fields,
          conditions: undefined,
          health: { status: comparison.health, lastTransitionTime: isSame ? stringAt(before, 'health', 'lastTransitionTime') || time : time },
          reconciledAt: time,
        };
      },
      world,
    );
    return comparison;
  } catch (error) {
    if (world.signal.aborted || !(error instanceof Error)) throw error;
    const { message } = error;
    writeStatus(
      key,
      (before) => ({
        ...before,
        conditions: [{ type: 'ComparisonError', message, lastTransitionTime: sameTransition(before, message) ?? time }],
        sync: {
          ...objectAt(before, 'sync'),
          status: 'Unknown',
          comparedTo: { source: objectAt(application, 'spec', 'source'), destination: objectAt(application, 'spec', 'destination') },
        },
        health: { status: stringAt(before, 'health', 'status') || 'Unknown', lastTransitionTime: stringAt(before, 'health', 'lastTransitionTime') || time },
        reconciledAt: time,
      }),
      world,
    );
    return undefined;
  }
}

function sameTransition(status: JsonObject, message: string): string | undefined {
  const before = mapsAt(status, 'conditions').find((each) => each['message'] === message);
  return before && stringAt(before, 'lastTransitionTime');
}

/**
 * Runs the operation of the object, or goes on with it, and notes what came of it. It stays in the object until it has ended:
 * what ends it looks for it there (argo-cd v3.2, controller/appcontroller.go processRequestedAppOperation, setOperationState).
 */
async function operate(key: string, application: LiveObject, world: OperatorWorld, aborts: Map<string, AbortController>): Promise<void> {
  const before = objectAt(application, 'status', 'operationState');
  const isOn = ['Running', 'Terminating'].includes(stringAt(before, 'phase'));
  const operation = isOn ? objectAt(before, 'operation') : objectAt(application, 'operation');
  const retryCount = isOn ? (numberAt(before, 'retryCount') ?? 0) : 0;
  const startedAt = isOn ? stringAt(before, 'startedAt') : formatTime(world.clock.now());
  const abort = new AbortController();
  const begin = { operation, phase: 'Running', message: 'one or more tasks are running', startedAt, ...(retryCount > 0 && { retryCount }) };
  const end = (phase: string, message: string, syncResult: JsonObject | undefined): void => {
    const outcome = withRetry(begin, { phase, message }, { now: world.clock.now(), isTerminated: abort.signal.aborted });
    const isOver = outcome['phase'] !== 'Running';
    writeStatus(key, (status) => ({ ...status, operationState: { ...begin, ...outcome, ...(syncResult && { syncResult }) } }), world, isOver ? { operation: null } : {});
  };
  if (stringAt(before, 'phase') === 'Terminating') {
    abort.abort();
    const { syncResult } = before;
    return end('Failed', terminated, isJsonObject(syncResult) ? syncResult : undefined);
  }
  aborts.set(key, abort);
  writeStatus(key, (status) => ({ ...status, operationState: begin }), world);
  try {
    const { plan, inventory, commit } = await planOf(application, operation, world);
    const source = objectAt(application, 'spec', 'source');
    const isDryRun = valueAt(operation, 'sync', 'dryRun') === true;
    writeStatus(key, (before) => ({ ...before, operationState: { ...objectAt(before, 'operationState'), syncResult: { revision: commit, source } } }), world);
    if (isDryRun) return end('Succeeded', 'successfully synced (dry run)', { revision: commit, source });
    const run = await runSync(
      plan,
      {
        cluster: await world.cluster(),
        inventory,
        clock: syncClockOf(world.clock),
        confirmed: new Set(plan.questions.map((question) => question.key)),
        takeOver: true,
        user: 'argocd',
        runId: startedAt,
        timeout: 600_000,
        waitsForHealth: plan.steps.length > 1,
        onProgress: ({ message }) => writeStatus(key, (before) => noteProgress(before, message), world),
      },
      AbortSignal.any([abort.signal, world.signal]),
    );
    if (world.signal.aborted) return;
    const { phase, message, syncResult } = describeResult(run, { commit, source, plan });
    end(phase, message, syncResult);
    if (phase === 'Succeeded' && valueAt(operation, 'sync', 'resources') === undefined) noteHistory(key, { commit, source, startedAt, operation }, world);
  } catch (error) {
    if (world.signal.aborted || !(error instanceof Error)) throw error;
    end('Error', error.message, { revision: stringAt(operation, 'sync', 'revision'), source: objectAt(application, 'spec', 'source') });
  } finally {
    aborts.delete(key);
  }
}

interface End {
  readonly phase: string;
  readonly message: string;
}

/** What is noted of an end: a failed operation that may be tried again goes on (argo-cd v3.2, controller/appcontroller.go). */
function withRetry(state: JsonObject, { phase, message }: End, { now, isTerminated }: { readonly now: number; readonly isTerminated: boolean }): JsonObject {
  const finishedAt = formatTime(now);
  const retries = numberAt(state, 'retryCount') ?? 0;
  const limit = numberAt(state, 'operation', 'retry', 'limit') ?? 0;
  if (phase === 'Succeeded') return { phase, message, finishedAt };
  if (!isTerminated && (limit < 0 || retries < limit)) {
    const at = new Date(now + retryPause(objectAt(state, 'operation'), retries));
    const [hours, minutes] = [at.getUTCHours(), String(at.getUTCMinutes()).padStart(2, '0')];
    const time = `${hours % 12 === 0 ? 12 : hours % 12}:${minutes}${hours < 12 ? 'AM' : 'PM'}`;
    return { phase: 'Running', message: `${message}. Retrying attempt #${retries + 1} at ${time}.`, finishedAt, retryCount: retries + 1 };
  }
  return { phase, message: retries > 0 ? `${message} (retried ${retries} times).` : message, finishedAt };
}

/** Five seconds, then twice as long each time, at most three minutes, where the operation doesn't say otherwise. */
function retryPause(operation: JsonObject, retries: number): number {
  const backoff = objectAt(operation, 'retry', 'backoff');
  const first = parseDuration(stringAt(backoff, 'duration')) ?? 5000;
  const most = parseDuration(stringAt(backoff, 'maxDuration')) ?? 180_000;
  return Math.min(most, first * (numberAt(backoff, 'factor') ?? 2) ** retries);
}

/** Milliseconds until a failed operation is tried again; undefined where none waits for it. */
function untilRetry(application: LiveObject, now: number): number | undefined {
  const state = objectAt(application, 'status', 'operationState');
  const finished = Date.parse(stringAt(state, 'finishedAt'));
  if (stringAt(state, 'phase') !== 'Running' || Number.isNaN(finished)) return undefined;
  return Math.max(0, finished + retryPause(objectAt(state, 'operation'), (numberAt(state, 'retryCount') ?? 1) - 1) - now);
}

/** Once somebody asked for the end, that is what shows. */
function noteProgress(status: JsonObject, message: string): JsonObject {
  const state = objectAt(status, 'operationState');
  return stringAt(state, 'phase') === 'Running' ? { ...status, operationState: { ...state, message } } : status;
}

interface Deployed {
  readonly commit: string;
  readonly source: JsonObject;
  readonly startedAt: string;
  readonly operation: JsonObject;
}

function noteHistory(key: string, { commit, source, startedAt, operation }: Deployed, world: OperatorWorld): void {
  const application = read(key, world);
  if (!application) return;
  const history = mapsAt(application, 'status', 'history');
  const id = Math.max(-1, ...history.map((entry) => numberAt(entry, 'id') ?? 0)) + 1;
  const initiatedBy = objectAt(operation, 'initiatedBy');
  const entry: JsonObject = { id, revision: commit, source, deployStartedAt: startedAt, deployedAt: formatTime(world.clock.now()), initiatedBy };
  const most = numberAt(application, 'spec', 'revisionHistoryLimit') ?? 10;
  writeStatus(key, (before) => ({ ...before, history: [...history, entry].slice(-most) }), world);
}

/** With the finalizer all that it keeps goes first. */
function endApplication(application: LiveObject, world: OperatorWorld): number | undefined {
  const finalizers = application.metadata.finalizers ?? [];
  if (!finalizers.some((each) => each.startsWith(finalizer))) return undefined;
  const inventory = argoInventory(world.store, application);
  const members = membersIn(world.store, (live) => inventory.keeps(live));
  for (const member of members) if (member.metadata.deletionTimestamp === undefined) world.store.delete(idOfLive(member), 'Foreground');
  if (members.length > 0) return 1000;
  write(application, { metadata: { finalizers: finalizers.filter((each) => !each.startsWith(finalizer)) } }, world);
  return undefined;
}
