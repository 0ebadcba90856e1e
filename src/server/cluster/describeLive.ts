/** What is live in an environment, as the tree shows it, with the operator's own word beside ours. */
import type { Environment } from '../../core/gitops/delivery.js';
import { declaredDifferences, disagreements, shortRevision, type OurWord } from '../../core/operators/disagreements.js';
import { declarationIdOf } from '../../core/operators/declarationOf.js';
import { readOperatorStatus } from '../../core/operators/readOperatorStatus.js';
import type { OperatorStatus } from '../../core/operators/operatorStatus.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { undoTarget, type DeliveryRecord } from '../../core/sync/deliveryRecord.js';
import type { LiveEnvironment } from '../../services/liveEnvironments.js';
import type { DeliveryRecordSummary, EnvironmentLive, LiveState, OperatorSummary } from '../clusterProtocol.js';
import { countDrift } from './describeDrift.js';
import { nameOfObject } from './words.js';

/** What is known beside the cluster. */
export interface LiveContext {
  /** A context that an environment's destination fits. */
  readonly suggest: (environment: Environment) => string | undefined;
  /** The git state that an environment is rendered from. */
  readonly gitOf: (live: LiveEnvironment) => OurGit;
  /** Why the operator goes by something else than what is looked at. */
  readonly aheadOf: (live: LiveEnvironment) => string | undefined;
  /** The live declaration of an environment; undefined where it isn't watched. */
  readonly declarationOf: (live: LiveEnvironment) => LiveObject | undefined;
  /** The live object that fetches what the operator applies; undefined where there is none or it isn't watched. */
  readonly sourceOf: (live: LiveEnvironment) => LiveObject | undefined;
  readonly runningSync: (id: string) => string | undefined;
  readonly isReconciled: (id: string) => boolean;
  /** False where the user switched comparing off. */
  readonly isCompared: boolean;
  readonly lastSync: (id: string) => DeliveryRecord | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export type OurGit = Pick<OurWord, 'commit' | 'branch' | 'isPushed' | 'changedFiles'>;

export function describeLive(live: LiveEnvironment, context: LiveContext): EnvironmentLive {
  const { environment, drift, operator } = live;
  const { id } = environment;
  const record = context.lastSync(id);
  return {
    id,
    context: live.context,
    suggestedContext: context.suggest(environment),
    state: describeState(live, context),
    counts: countDrift(context.isCompared ? drift : undefined),
    ahead: drift && context.isCompared ? context.aheadOf(live) : undefined,
    health: drift?.health.status ?? 'Unknown',
    method: drift && context.isCompared ? (drift.objects.some(({ method }) => method === 'three-way') ? 'three-way' : 'server-side-dry-run') : undefined,
    operator: operator && describeOperator(live, operator, context),
    runningSync: context.runningSync(id),
    isReconciled: context.isReconciled(id),
    lastSync: record && describeRecord(record, false),
  };
}

/** @param records latest first */
export function describeRecords(records: readonly DeliveryRecord[]): readonly DeliveryRecordSummary[] {
  const target = undoTarget(records);
  return records.map((record) => describeRecord(record, record === target && commitOf(record) !== undefined));
}

function describeRecord(record: DeliveryRecord, isUndoTarget: boolean): DeliveryRecordSummary {
  const { run, revision, user, startedAt, finishedAt, result, message, counts } = record;
  return {
    run,
    revision,
    commit: commitOf(record),
    isUndoTarget,
    user,
    at: finishedAt ?? startedAt,
    result,
    message,
    objects: Object.values(counts).reduce((sum, count) => sum + count, 0),
  };
}

function commitOf({ revision }: DeliveryRecord): string | undefined {
  return /^[0-9a-f]{40,64}$/.test(revision) ? revision : undefined;
}

function describeState({ state }: LiveEnvironment, { isCompared }: LiveContext): LiveState {
  switch (state.kind) {
    case 'compared': {
      const at = new Date(state.at).toISOString();
      if (!isCompared) return { kind: 'seen', at };
      return state.message === '' ? { kind: 'compared', at } : { kind: 'partly', at, message: state.message };
    }
    case 'failed':
      return { kind: 'failed', failure: { code: state.failure.code, message: `${state.failure.message} ${state.failure.action}` } };
    default:
      return state;
  }
}

function describeOperator(live: LiveEnvironment, status: OperatorStatus, context: LiveContext): OperatorSummary | undefined {
  const id = declarationIdOf(live.environment);
  if (!id) return undefined;
  const { operation } = status;
  return {
    operator: status.operator,
    object: nameOfObject(id),
    sync: status.sync,
    health: status.health.status,
    revision: status.revisions.map(shortRevision).join(', '),
    isSuspended: status.isSuspended,
    isAutomated: status.isAutomated,
    operation:
      operation && (operation.isRunning || operation.phase !== 'Succeeded')
        ? { phase: operation.phase, message: operation.message, startedAt: operation.startedAt ?? '' }
        : undefined,
    conditions: status.conditions.map(({ type, message, isBad }) => ({ type, message, isBad })),
    history: status.history.map(({ id: history, revisions, at }) => ({ id: history, revision: revisions.map(shortRevision).join(', '), at })),
    disagreements: disagree(live, status, context),
  };
}

function disagree(live: LiveEnvironment, status: OperatorStatus, { gitOf, declarationOf, sourceOf, isCompared, now }: LiveContext): readonly string[] {
  const { drift, environment } = live;
  const object = declarationOf(live);
  if (!drift || !object || !isCompared) return [];
  const counts = countDrift(drift);
  const drifted = counts.changed + counts.missing + counts.extra;
  const ours: OurWord = {
    ...gitOf(live),
    sync: drifted > 0 ? 'drifted' : counts.unknown > 0 ? 'unknown' : 'in-sync',
    drifted,
    uncertain: counts.unknown,
    health: drift.health,
    ignoresLikeOperator: true,
  };
  const source = sourceOf(live);
  return disagreements(ours, status, { declared: declaredDifferences(object, environment), source: source && readOperatorStatus(source, now), now });
}
