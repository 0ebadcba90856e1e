/**
 * Carries out what is asked of Argo CD and Flux: reads their object, plans the request on it, writes it with the version
 * that was read as a guard, and follows the object until they are done. Nothing is written but their own objects.
 */
import type { LiveObject } from '../core/live/liveObject.js';
import { followRequest, type RequestProgress } from '../core/operators/followRequest.js';
import { sourceChainOf } from '../core/operators/fluxRequests.js';
import type { OperatorRequest, RequestPlan, RequestRefusal } from '../core/operators/operatorRequest.js';
import { needsSources, planAction, type OperatorAction } from '../core/operators/planAction.js';
import type { OperatorStatus } from '../core/operators/operatorStatus.js';
import type { ResId } from '../core/objects/resId.js';
import { ClusterFailure, isCancelled } from './failure.js';
import type { Cluster } from './ports.js';
import type { SyncClock } from './syncClock.js';
import { systemClock } from './syncClock.js';
import { followObject } from './followObject.js';

export interface OperatorRun {
  readonly cluster: Cluster;
  /** Who asks, as Argo CD's history shows it. */
  readonly user: string;
  readonly onProgress: (progress: OperatorProgress) => void;
  readonly clock?: SyncClock;
  /** Milliseconds until a request must be taken up; a minute where nothing is given. */
  readonly takeUpTimeout?: number;
  /** Milliseconds until all must be done; 15 minutes where nothing is given. */
  readonly timeout?: number;
}

export interface OperatorProgress {
  /** `Start a sync of Application orders-prod`. */
  readonly step: string;
  readonly phase: RequestProgress['phase'];
  readonly message: string;
  /** 0 to 1, over all steps. */
  readonly part: number;
  readonly status: OperatorStatus | undefined;
}

export type OperatorOutcome =
  | { readonly result: 'done' | 'failed'; readonly message: string; readonly status: OperatorStatus | undefined }
  /** The operator goes on, or doesn't run; it isn't followed any more. */
  | { readonly result: 'timed-out'; readonly message: string; readonly action: string; readonly status: OperatorStatus | undefined }
  | { readonly result: 'refused'; readonly refusal: RequestRefusal };

const fieldManager = 'gitops-workbench';
const conflictAttempts = 10;
/** Milliseconds for which a change must stay where something may set it back. */
const holdTime = 3_000;

/** What would be asked, for the user to see before: nothing is written. */
export async function planOperatorAction(id: ResId, action: OperatorAction, run: Pick<OperatorRun, 'cluster' | 'user' | 'clock'>, signal: AbortSignal): Promise<RequestPlan> {
  return planFor(await readObject(run.cluster, id, signal), action, run, tokenOf(run), signal);
}

/**
 * Asks, and follows until it is done. Cancelling ends the following, not the operator's work: that is `terminate`.
 * Rejects with a {@link ClusterFailure} where the cluster refuses, or with an AbortError.
 */
export async function actOnOperator(id: ResId, action: OperatorAction, run: OperatorRun, signal: AbortSignal): Promise<OperatorOutcome> {
  const clock = run.clock ?? systemClock;
  const end = clock.now() + (run.timeout ?? 15 * 60_000);
  const token = tokenOf(run);
  let plan = await planFor(await readObject(run.cluster, id, signal), action, run, token, signal);
  if (!plan.ok) return { result: 'refused', refusal: plan.refusal };
  const count = plan.requests.length;
  let last: Followed | undefined;
  for (let index = 0; index < count; index++) {
    for (let attempt = 1; ; attempt++) {
      if (!plan.ok) return { result: 'refused', refusal: plan.refusal };
      const request: OperatorRequest | undefined = plan.requests[index];
      if (request === undefined) break;
      try {
        const written = await run.cluster.patch(request.id, 'merge', request.patch, { fieldManager }, signal);
        const outcome = await follow(request, written, { ...run, clock }, { index, count, end }, signal);
        if (outcome.phase !== 'done') return notDone(outcome, request);
        last = outcome;
        break;
      } catch (error) {
        if (!isConflict(error) || attempt >= conflictAttempts) throw error;
        await clock.sleep(100, signal);
        plan = await planFor(await readObject(run.cluster, id, signal), action, run, token, signal);
      }
    }
  }
  return { result: 'done', message: last?.message ?? '', status: last?.status };
}

interface Step {
  readonly index: number;
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly end: number;
}

type Followed = Omit<RequestProgress, 'phase'> & { readonly phase: 'done' | 'failed' | 'not-taken-up' | 'too-long' };

/** Looks at the object at every change, and now and then without one, since time passes for it too. */
async function follow(request: OperatorRequest, written: LiveObject, run: OperatorRun & { readonly clock: SyncClock }, step: Step, signal: AbortSignal): Promise<Followed> {
  const start = run.clock.now();
  const takenUpBy = start + (run.takeUpTimeout ?? 60_000);
  let told = '';
  let part = 0;
  let progress = followRequest(request.goal, written, run.clock.now());
  const tell = (): void => {
    // An operator may start over, and what is shown doesn't go back.
    part = Math.max(part, progress.part);
    const key = `${progress.phase} ${String(part)} ${progress.message}`;
    if (key === told) return;
    told = key;
    run.onProgress({ step: request.label, ...progress, part: (step.index + part) / step.count });
  };
  tell();
  if (isEnd(progress)) return progress;
  for await (const object of followObject(run.cluster, request.id, run.clock, signal)) {
    progress = followRequest(request.goal, object, run.clock.now());
    tell();
    if (isEnd(progress)) return progress;
    const now = run.clock.now();
    if (request.goal.kind === 'holds' && now >= start + holdTime) return { ...progress, phase: 'done', message: '', part: 1 };
    if (now > step.end) return { ...progress, phase: 'too-long' };
    if (progress.phase === 'waiting' && now > takenUpBy) return { ...progress, phase: 'not-taken-up' };
  }
  return { ...progress, phase: 'too-long' };
}

function isEnd(progress: RequestProgress): progress is RequestProgress & { readonly phase: 'done' | 'failed' } {
  return progress.phase === 'done' || progress.phase === 'failed';
}

function notDone({ phase, message, status }: Followed, { label, id }: OperatorRequest): OperatorOutcome {
  if (phase === 'failed') return { result: 'failed', message, status };
  if (phase === 'not-taken-up') {
    return {
      result: 'timed-out',
      message: `${label}: nobody has taken it up.`,
      action: `See whether the controller for ${id.kind} runs and watches namespace ${id.namespace}.`,
      status,
    };
  }
  return { result: 'timed-out', message: `${label}: not done in time. ${message}`, action: 'It goes on; look again, or terminate it.', status };
}

async function planFor(object: LiveObject, action: OperatorAction, run: Pick<OperatorRun, 'cluster' | 'user'>, token: string, signal: AbortSignal): Promise<RequestPlan> {
  const sources: LiveObject[] = [];
  if (needsSources(object, action)) {
    for (const id of sourceChainOf(object)) sources.push(await readObject(run.cluster, await servedId(run.cluster, id, signal), signal));
  }
  return planAction(object, action, { user: run.user, token, sources });
}

/** With the version that the server prefers. */
async function servedId(cluster: Cluster, id: ResId, signal: AbortSignal): Promise<ResId> {
  const served = (await cluster.kinds(signal)).find(({ group, kind }) => group === id.group && kind === id.kind);
  return { ...id, version: served?.version ?? id.version };
}

async function readObject(cluster: Cluster, id: ResId, signal: AbortSignal): Promise<LiveObject> {
  const object = await cluster.get(id, signal);
  if (object !== undefined) return object;
  const name = `${id.kind} ${id.namespace}/${id.name}`;
  throw new ClusterFailure(
    'cluster/not-found',
    `${name} is not in the cluster of ${cluster.context}.`,
    'Choose the context of the cluster that it is in, or deliver it first.',
    404,
    'NotFound',
    [],
    undefined,
  );
}

function tokenOf({ clock }: Pick<OperatorRun, 'clock'>): string {
  return new Date((clock ?? systemClock).now()).toISOString();
}

function isConflict(error: unknown): boolean {
  return !isCancelled(error) && error instanceof ClusterFailure && error.status === 409;
}
