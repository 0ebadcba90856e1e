/** Plans and runs of syncs as the command line prints them: for people, and as JSON for programs. */
import type { Environment } from '../core/gitops/delivery.js';
import type { JsonValue } from '../core/live/json.js';
import type { FieldDrift } from '../core/drift/drift.js';
import { formatFieldPath } from '../core/objects/compare.js';
import type { ResId } from '../core/objects/resId.js';
import type { DeliveryRecord } from '../core/sync/deliveryRecord.js';
import { plannedObjects, type PlannedAction, type PlannedObject, type SyncPlan } from '../core/sync/syncPlan.js';
import type { SyncedAction, SyncRun } from '../core/sync/syncRun.js';

/** An object as programs read it; see the shapes of the other commands. */
interface ObjectFields {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

interface SyncedFields {
  readonly object: ObjectFields;
  readonly action: SyncedAction;
  readonly wave: number;
  readonly phase: string;
  readonly health?: string;
  readonly message?: string;
}

export interface SyncFields {
  readonly environment: string;
  readonly revision: string;
  readonly result: SyncRun['result'];
  readonly dryRun?: true;
  readonly message?: string;
  readonly questions?: readonly { readonly key: string; readonly question: string; readonly dangerous: boolean }[];
  readonly warnings?: readonly string[];
  readonly objects: readonly SyncedFields[];
}

/** What a sync would do, in the shape of what it did. */
export function describePlannedSync(plan: SyncPlan, { label }: Environment): SyncFields {
  return {
    environment: label,
    revision: plan.revision,
    result: 'done',
    dryRun: true,
    ...questionsOf(plan),
    objects: plan.steps.flatMap(({ groups, wave, phase }) =>
      groups.flat().map((planned) => ({
        object: fieldsOf(planned.id),
        action: done[planned.action] ?? (planned.live ? 'changed' : 'created'),
        wave,
        phase,
        ...(planned.reason !== '' && { message: planned.reason }),
      })),
    ),
  };
}

export function describeRun(run: SyncRun, plan: SyncPlan, { label }: Environment): SyncFields {
  return {
    environment: label,
    revision: plan.revision,
    result: run.result,
    ...(run.message !== '' && { message: run.message }),
    ...questionsOf(plan),
    objects: run.objects.map(({ id, action, wave, phase, health, message }) => ({
      object: fieldsOf(id),
      action,
      wave,
      phase,
      ...(health && { health: health.status }),
      ...(message !== '' && { message }),
    })),
  };
}

/** True for a blocked object that somebody has to look at: not one that an option keeps, or that goes already as it should. */
export function isFinding({ cause, desired }: PlannedObject): boolean {
  return cause !== undefined && cause !== 'option' && (cause !== 'deleting' || desired !== undefined);
}

/** The plan for people: what changes by step, what is blocked and why, what is asked. */
export function formatPlan(plan: SyncPlan, { label, context }: { readonly label: string; readonly context: string }): string {
  const lines = [`${label} in context ${context}, revision ${plan.revision}`];
  for (const { label: step, groups } of plan.steps) {
    const told = groups.flat().filter(({ action }) => action !== 'unchanged');
    if (told.length > 0) lines.push(`${step}:`, ...told.flatMap(formatPlanned));
  }
  const unchanged = plannedObjects(plan).filter(({ action }) => action === 'unchanged').length;
  if (unchanged > 0) lines.push(unchanged === 1 ? 'One object is as declared.' : `${unchanged} objects are as declared.`);
  return `${[...lines, ...plan.warnings.map((warning) => `Note: ${warning}`)].join('\n')}\n`;
}

export function formatRun({ result, message, objects }: SyncRun): string {
  const marks: Readonly<Record<SyncedAction, string>> = { created: '+', changed: '~', unchanged: ' ', pruned: '-', blocked: '!', failed: 'x' };
  const told = objects.filter(({ action }) => action !== 'unchanged');
  const lines = told.map(({ id, action, health, message: text }) => {
    const notes = [...(health && health.status !== 'Healthy' ? [health.status] : []), ...(text === '' ? [] : [text])];
    return `${marks[action]} ${action.padEnd(9)} ${nameOf(id)}${notes.length > 0 ? `: ${notes.join('. ')}` : ''}\n`;
  });
  const words = { done: 'Done', failed: 'Failed', cancelled: 'Cancelled' } as const;
  const counts = [...new Set(objects.map(({ action }) => action))].map((action) => `${objects.filter((each) => each.action === action).length} ${action}`);
  return `${lines.join('')}${words[result]}${message === '' ? '' : `: ${message}`}${counts.length > 0 ? ` (${counts.join(', ')})` : ''}\n`;
}

/** One delivery a line, latest first. */
export function formatHistory(records: readonly DeliveryRecord[]): string {
  if (records.length === 0) return 'It was not synced from here yet.\n';
  return records
    .map(({ startedAt, result, revision, user, counts, message }) => {
      const told = Object.entries(counts).map(([action, count]) => `${count} ${action}`);
      return `${startedAt}  ${result.padEnd(11)} ${revision}  ${user}${told.length > 0 ? `  (${told.join(', ')})` : ''}${message === '' ? '' : `  ${message}`}\n`;
    })
    .join('');
}

const done: Readonly<Partial<Record<PlannedAction, SyncedAction>>> = {
  create: 'created',
  change: 'changed',
  adopt: 'changed',
  replace: 'changed',
  unchanged: 'unchanged',
  prune: 'pruned',
  blocked: 'blocked',
};

const marks: Readonly<Record<PlannedAction, string>> = { create: '+', change: '~', adopt: '~', replace: '!', unchanged: ' ', prune: '-', hook: '*', blocked: '!' };

function formatPlanned({ id, action, reason, fields, conflicts, needs }: PlannedObject): readonly string[] {
  const asked = needs.length > 0 ? ' (asks first)' : '';
  const others = [...new Set(conflicts.map(({ manager }) => manager))];
  return [
    `  ${marks[action]} ${action.padEnd(7)} ${nameOf(id)}${asked}${reason === '' ? '' : `: ${reason}`}`,
    ...fields.filter(({ state }) => state !== 'foreign').map(formatField),
    ...(fields.length === 0 && others.length > 0 ? [`      ${conflicts.length === 1 ? 'one field' : `${conflicts.length} fields`} of ${others.join(', ')}`] : []),
  ];
}

function formatField({ path, desired, live, owner, isSecret }: FieldDrift): string {
  const by = owner ? ` (set by ${owner.manager})` : '';
  return `      ${formatFieldPath(path)}: ${formatValue(live, isSecret)} -> ${formatValue(desired, isSecret)}${by}`;
}

function formatValue(value: JsonValue | undefined, isSecret: boolean): string {
  if (value === undefined) return 'nothing';
  const text = isSecret ? '••••••••' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function questionsOf({ questions, warnings }: SyncPlan): Pick<SyncFields, 'questions' | 'warnings'> {
  return {
    ...(questions.length > 0 && { questions: questions.map(({ key, question, isDangerous }) => ({ key, question, dangerous: isDangerous })) }),
    ...(warnings.length > 0 && { warnings }),
  };
}

function fieldsOf({ group, version, kind, namespace, name }: ResId): ObjectFields {
  return { group, version, kind, ...(namespace !== '' && { namespace }), name };
}

function nameOf({ kind, namespace, name }: ResId): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}
