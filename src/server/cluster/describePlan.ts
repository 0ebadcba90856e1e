/** A plan of a sync as it is shown before anything is written, and what becomes of it while it runs. */
import type { Environment } from '../../core/gitops/delivery.js';
import { liveKey } from '../../core/live/liveObject.js';
import type { PlannedObject, SyncPlan, SyncStep } from '../../core/sync/syncPlan.js';
import type { SyncedObject, SyncProgressEvent } from '../../core/sync/syncRun.js';
import { toPlace } from '../delivery/summaries.js';
import type { DriftChange, PlannedObjectView, PlanWave, SyncedObjectView, SyncPlanView, SyncProgress } from '../clusterProtocol.js';
import { changeOf, describeField, type DescribeContext } from './describeDrift.js';
import { nameOfObject } from './words.js';

export interface ShownPlan {
  readonly planId: string;
  readonly environment: Environment;
  readonly context: string;
  readonly plan: SyncPlan;
  /** What people should know beside what the plan says, one sentence each. */
  readonly notes: readonly string[];
  /** True for a plan of a past commit: its sources are not the files as they are. */
  readonly isPast: boolean;
}

export function describePlan({ planId, environment, context, plan, notes, isPast }: ShownPlan, describing: DescribeContext): SyncPlanView {
  const described = plan.steps.map((step) => describeStep(step, planId, environment.label, describing)).filter(({ objects }) => objects.length > 0);
  const waves = isPast ? described.map(withoutPlaces) : described;
  const changes: DriftChange[] = waves.flatMap(({ objects }) => objects.filter(({ action }) => action !== 'unchanged' && action !== 'blocked').map(({ change }) => change));
  return {
    planId,
    id: environment.id,
    label: environment.label,
    isProtected: environment.isProtected,
    context,
    revision: plan.revision,
    isPast,
    refusal: plan.refusal,
    waves,
    questions: plan.questions,
    warnings: [...notes, ...plan.warnings],
    hasConflicts: waves.some(({ objects }) => objects.some(({ conflicts }) => conflicts.length > 0)),
    changes,
  };
}

/** Lines of a past commit may be others now. */
function withoutPlaces({ label, objects }: PlanWave): PlanWave {
  return { label, objects: objects.map((each) => ({ ...each, place: undefined, fields: each.fields.map((field) => ({ ...field, place: undefined })) })) };
}

function describeStep({ label, groups }: SyncStep, planId: string, name: string, describing: DescribeContext): PlanWave {
  return { label, objects: groups.flat().map((planned) => describePlanned(planned, planId, name, describing)) };
}

function describePlanned(planned: PlannedObject, planId: string, label: string, describing: DescribeContext): PlannedObjectView {
  const { id, action, reason, fields, conflicts, desired } = planned;
  return {
    object: nameOfObject(id),
    action,
    reason,
    fields: fields.map((field) => describeField(field, describing)),
    conflicts: [...new Set(conflicts.map(({ manager }) => manager))],
    place: desired && toPlace(desired.root, describing.label),
    change: changeOf({ environment: '', plan: planId }, label, action === 'prune' ? { id, live: planned.live, predicted: undefined, desired: undefined } : planned),
  };
}

/** The object of a plan that an address means. */
export function findPlanned({ plan }: ShownPlan, key: string): PlannedObject | undefined {
  return plan.steps.flatMap(({ groups }) => groups.flat()).find(({ id }) => liveKey(id) === key);
}

export function describeProgress(runId: string, id: string, { phase, message, part, objects }: SyncProgressEvent): SyncProgress {
  return { runId, id, phase, message, part, objects: objects.map(describeSynced) };
}

function describeSynced({ id, action, health, message }: SyncedObject): SyncedObjectView {
  return { object: nameOfObject(id), action, health: health?.status, message };
}
