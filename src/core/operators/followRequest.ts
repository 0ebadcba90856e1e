/** How far an operator is with what was asked of it, read from its object at a moment. */
import type { LiveObject } from '../live/liveObject.js';
import { isTrueAt, textAt } from '../live/readFields.js';
import type { RequestGoal } from './operatorRequest.js';
import type { OperatorOperation, OperatorStatus } from './operatorStatus.js';
import { isAutoSyncOn } from './readApplication.js';
import { readOperatorStatus } from './readOperatorStatus.js';

export interface RequestProgress {
  /** `waiting`: not taken up yet. */
  readonly phase: 'waiting' | 'running' | 'done' | 'failed';
  readonly message: string;
  /** 0 to 1. */
  readonly part: number;
  /** As far as the object tells. */
  readonly status: OperatorStatus | undefined;
}

/**
 * @param object as it is live now; undefined where it is gone
 * @param now milliseconds since 1970
 */
export function followRequest(goal: RequestGoal, object: LiveObject | undefined, now?: number): RequestProgress {
  if (object === undefined) return { phase: 'failed', message: 'It was deleted meanwhile.', part: 1, status: undefined };
  const status = readOperatorStatus(object, now);
  switch (goal.kind) {
    case 'written':
      return { phase: 'done', message: '', part: 1, status };
    case 'holds':
      return followHold(goal, object, status);
    case 'operation':
      return followOperation(status);
    case 'operation-ended':
      return followEnd(status);
    case 'annotation-removed':
      return followRefresh(goal, object, status);
    case 'reconciled':
      return followReconcile(goal.token, object, status);
  }
}

/** Runs as long as it holds: who follows decides for how long that is looked at. */
function followHold({ state, against }: Extract<RequestGoal, { kind: 'holds' }>, object: LiveObject, status: OperatorStatus | undefined): RequestProgress {
  const isSuspended = object.kind === 'Application' ? !isAutoSyncOn(object) : isTrueAt(object, 'spec', 'suspend');
  if (isSuspended !== (state === 'suspended')) return { phase: 'failed', message: `${against} has set it back.`, part: 1, status };
  return { phase: 'running', message: `Written; ${against} may set it back.`, part: 0.5, status };
}

/** The controller takes `operation` away when it has ended. */
function followOperation(status: OperatorStatus | undefined): RequestProgress {
  const operation = status?.operation;
  if (operation === undefined || operation.phase === 'Requested') return { phase: 'waiting', message: 'Argo CD has not taken it up yet.', part: 0, status };
  if (operation.isRunning) return { phase: 'running', message: runningMessage(operation), part: partOf(operation), status };
  const message = operation.message === '' ? operation.phase : operation.message;
  return { phase: operation.phase === 'Succeeded' ? 'done' : 'failed', message, part: 1, status };
}

function followEnd(status: OperatorStatus | undefined): RequestProgress {
  const operation = status?.operation;
  if (operation?.isRunning === true) return { phase: operation.phase === 'Terminating' ? 'running' : 'waiting', message: operation.message, part: 0.5, status };
  return { phase: 'done', message: operation?.message ?? '', part: 1, status };
}

function runningMessage({ phase, message, results, retries }: OperatorOperation): string {
  const done = results.filter(isResultDone).length;
  const count = results.length === 0 ? '' : ` (${String(done)} of ${String(results.length)} objects)`;
  const again = retries === 0 ? '' : `, retry ${String(retries)}`;
  return `${message === '' ? phase : message}${count}${again}`;
}

/** Nearly one at most while it runs: what comes after the last object isn't known. */
function partOf({ results }: OperatorOperation): number {
  return results.length === 0 ? 0.05 : 0.05 + (0.9 * results.filter(isResultDone).length) / results.length;
}

function isResultDone({ status, hookPhase }: OperatorOperation['results'][number]): boolean {
  return hookPhase === '' ? status !== '' : hookPhase !== 'Running';
}

/** Argo CD takes the annotation away in the same write as its new status (controller/appcontroller.go persistAppStatus). */
function followRefresh(goal: Extract<RequestGoal, { kind: 'annotation-removed' }>, object: LiveObject, status: OperatorStatus | undefined): RequestProgress {
  const isWaiting = object.metadata.annotations?.[goal.annotation] !== undefined;
  if (isWaiting) return { phase: 'waiting', message: 'Argo CD has not looked yet.', part: 0, status };
  const error = status?.conditions.find(({ isBad }) => isBad);
  return { phase: 'done', message: error === undefined ? summaryOf(status) : error.message, part: 1, status };
}

function followReconcile(token: string, object: LiveObject, status: OperatorStatus | undefined): RequestProgress {
  if (status?.isSuspended === true) return { phase: 'failed', message: `${object.kind} ${object.metadata.name} was suspended meanwhile.`, part: 1, status };
  if (textAt(object, 'status', 'lastHandledReconcileAt') !== token) {
    const running = status?.operation?.phase === 'Running';
    return { phase: running ? 'running' : 'waiting', message: running ? status.operation.message : 'Flux has not taken it up yet.', part: running ? 0.3 : 0, status };
  }
  const ready = status?.conditions.find(({ type }) => type === 'Ready');
  const isOpen = status?.isBehindSpec === true || status?.conditions.some((condition) => condition.type === 'Reconciling' && condition.status === 'True') === true;
  if (ready?.status === 'True' && !isOpen) return { phase: 'done', message: ready.message, part: 1, status };
  if (ready?.status === 'False') return { phase: 'failed', message: ready.message, part: 1, status };
  // Kinds without conditions (ImagePolicies that nothing selects, Helm repositories of the OCI type) are done once the token is handled.
  if (ready === undefined && !isOpen) return { phase: 'done', message: '', part: 1, status };
  return { phase: 'running', message: ready?.message ?? '', part: 0.6, status };
}

function summaryOf(status: OperatorStatus | undefined): string {
  return status === undefined ? '' : `${status.sync}, ${status.health.status}`;
}
