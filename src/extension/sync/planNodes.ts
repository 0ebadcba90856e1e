/** The plan of a sync as a tree: what needs a yes, then wave by wave the objects with what becomes of them, and while it runs how far each is. */
import type { DriftField, PlannedObjectView, PlanWave, SyncedObjectView, SyncPlanView, SyncProgress } from '../../server/clusterProtocol.js';
import { countOf } from '../delivery/words.js';
import { iconOfDrift, iconOfHealth, type NodeIcon } from '../environmentTree/icons.js';
import { driftFieldTooltip, escapeMarkdown } from '../environmentTree/tooltips.js';
import { part, withOwnIds, type TreeNode } from '../environmentTree/treeNode.js';
import { keyOf, nameOf, shortPath, shortRevision, wordsOfValues } from '../live/words.js';
import { isChange, wordsOfPlan, wordsOfResult, type PlannedAction, type SyncState } from './syncState.js';

/** The rows of the view; none where there is no plan. */
export function syncNodes(state: SyncState): readonly TreeNode[] {
  if (state.kind === 'none') return [];
  const { plan } = state;
  const progress = state.kind === 'plan' ? undefined : state.progress;
  const results = new Map((progress?.objects ?? []).map((result) => [keyOf(result.object), result]));
  return withOwnIds([headNode(state), ...noteNodes(state), ...plan.waves.map((wave, index) => waveNode(plan, wave, { index, results, isStarted: state.kind !== 'plan' }))]);
}

/** What is planned or done, in one sentence: stands above the rows too. */
export function syncSentence(state: SyncState): string {
  switch (state.kind) {
    case 'none':
      return '';
    case 'plan':
      return state.plan.refusal ?? wordsOfPlan(state.plan);
    case 'running':
      return state.progress?.message ?? 'Starting …';
    case 'over':
      return `${endWords[state.progress.phase]}: ${wordsOfResult(state.progress)}`;
  }
}

const endWords: Readonly<Record<SyncProgress['phase'], string>> = { done: 'Done', failed: 'Failed', cancelled: 'Cancelled', running: 'Running', waiting: 'Waiting' };

function headNode(state: Exclude<SyncState, { kind: 'none' }>): TreeNode {
  const { id, label, context, revision, isProtected, isPast } = state.plan;
  const icons: Readonly<Record<string, NodeIcon>> = {
    plan: { name: isProtected ? 'shield' : 'checklist' },
    running: { name: 'sync~spin' },
    done: { name: 'pass', color: 'testing.iconPassed' },
    failed: { name: 'error', color: 'list.errorForeground' },
    cancelled: { name: 'circle-slash' },
  };
  const icon = icons[state.kind === 'over' ? state.progress.phase : state.kind] ?? { name: 'checklist' };
  const at = revision === '' ? '' : ` ${isPast ? 'back at' : 'at'} ${shortRevision(revision)}`;
  // The sentence stands above the rows, where there is room for it.
  const description = state.kind === 'running' ? `${Math.round((state.progress?.part ?? 0) * 100)} %` : at.trim();
  return {
    ...part(id, 'plan', `${label} → ${context}`, description, icon.name, undefined),
    icon,
    tooltip: [`**${escapeMarkdown(label)}** to ${escapeMarkdown(context)}${escapeMarkdown(at)}`, escapeMarkdown(syncSentence(state))].join('\n\n'),
    spoken: `${state.kind === 'plan' ? 'Plan of' : 'Sync of'} ${label}${isProtected ? ', protected,' : ''} to ${context}${at}: ${syncSentence(state)}`,
    contexts: ['syncHead', state.kind === 'plan' && state.plan.refusal !== undefined ? 'refused' : state.kind],
    copies: revision,
  };
}

/** Why it won't run, and what will be asked before it does. */
function noteNodes(state: Exclude<SyncState, { kind: 'none' }>): readonly TreeNode[] {
  const { id, refusal, questions, warnings } = state.plan;
  if (state.kind !== 'plan') return [];
  const refused = refusal === undefined ? [] : [{ ...part(id, 'plan/refusal', refusal, '', 'info', undefined), contexts: ['refusal'] }];
  const asked = questions.map(({ key, question, isDangerous }) => ({
    ...part(id, `plan/question/${key}`, question, 'will be asked', '', undefined),
    icon: isDangerous ? { name: 'warning', color: 'list.warningForeground' } : { name: 'question' },
    spoken: `Will be asked: ${question}`,
  }));
  const warned = warnings.map((sentence, index) => ({
    ...part(id, `plan/warning/${index}`, sentence, '', 'warning', undefined),
    icon: { name: 'warning', color: 'list.warningForeground' },
  }));
  return [...refused, ...warned, ...asked];
}

interface WaveContext {
  readonly index: number;
  readonly results: ReadonlyMap<string, SyncedObjectView>;
  readonly isStarted: boolean;
}

function waveNode({ id }: SyncPlanView, { label, objects }: PlanWave, { index, results, isStarted }: WaveContext): TreeNode {
  const shown = objects.filter(({ action }) => action !== 'unchanged');
  const unchanged = objects.length - shown.length;
  const done = objects.filter(({ object }) => results.has(keyOf(object))).length;
  const counted = isStarted ? `${done} of ${objects.length}` : shown.length === 0 ? `${unchanged} unchanged` : String(shown.length);
  const key = `plan/wave/${index}`;
  const rest = unchanged === 0 || shown.length === 0 ? [] : [{ ...part(id, `${key}/unchanged`, `${unchanged} unchanged`, '', 'circle-outline', undefined) }];
  return {
    ...part(
      id,
      key,
      label,
      counted,
      'layers',
      withOwnIds([...shown.map((object) => objectNode(id, key, object, { result: results.get(keyOf(object.object)), isStarted })), ...rest]),
    ),
    startsOpen: shown.length > 0,
  };
}

const actionIcons: Readonly<Record<PlannedAction, NodeIcon>> = {
  create: iconOfDrift('missing'),
  change: iconOfDrift('changed'),
  adopt: { name: 'person-add', color: 'list.warningForeground' },
  replace: { name: 'arrow-swap', color: 'list.warningForeground' },
  prune: iconOfDrift('extra'),
  hook: { name: 'play-circle' },
  blocked: { name: 'error', color: 'list.errorForeground' },
  unchanged: { name: 'circle-outline' },
};

const actionNames: Readonly<Record<PlannedAction, string>> = {
  create: 'create',
  change: 'change',
  adopt: 'adopt',
  replace: 'delete and create anew',
  prune: 'prune',
  hook: 'hook',
  blocked: 'blocked',
  unchanged: 'unchanged',
};

interface Standing {
  readonly result: SyncedObjectView | undefined;
  readonly isStarted: boolean;
}

function objectNode(id: string, key: string, planned: PlannedObjectView, { result, isStarted }: Standing): TreeNode {
  const { object, action, reason, fields, place, change, conflicts } = planned;
  const own = `${key}/${keyOf(object)}`;
  const what = action === 'change' && fields.length > 0 ? `change ${countOf(fields.length, 'field')}` : actionNames[action];
  const words = result ? [result.action, result.health ?? '', result.message] : [what, reason, conflicts.length === 0 ? '' : `fields of ${conflicts.join(', ')}`];
  const hasSides = change.liveUri !== undefined || change.desiredUri !== undefined;
  return {
    ...part(
      id,
      own,
      object.name,
      [object.kind, ...words].filter((word) => word !== '').join(' · '),
      '',
      fields.length > 0 ? withOwnIds(fields.map((field) => fieldNode(id, own, planned, field))) : undefined,
    ),
    icon: result ? iconOfResult(result) : isStarted && isChange(action) ? { name: 'circle-outline' } : actionIcons[action],
    tooltip: [`**${escapeMarkdown(nameOf(object))}**${object.namespace === '' ? '' : ` in ${escapeMarkdown(object.namespace)}`}`, ...words.map(escapeMarkdown)]
      .filter((word) => word !== '')
      .join('\n\n'),
    spoken: [nameOf(object), ...words].filter((word) => word !== '').join(', '),
    contexts: ['planObject', action, ...(hasSides ? ['comparable'] : []), ...(place ? ['source', 'declared'] : [])],
    opens: hasSides ? { kind: 'difference', change } : place && { kind: 'place', place },
    source: place,
    copies: object.name,
    drift: { object, path: undefined, change: hasSides ? change : undefined, place, live: undefined, desired: undefined },
  };
}

function iconOfResult({ action, health }: SyncedObjectView): NodeIcon {
  if (action === 'failed' || action === 'blocked') return { name: 'error', color: 'list.errorForeground' };
  if (health !== undefined && health !== 'Healthy') return iconOfHealth(health);
  return { name: 'pass', color: 'testing.iconPassed' };
}

function fieldNode(id: string, key: string, { object, change }: PlannedObjectView, field: DriftField): TreeNode {
  const { path, state, place, live, desired } = field;
  return {
    ...part(id, `${key}/${path}`, shortPath(path), state === 'changed' ? `${live ?? 'nothing'} → ${desired ?? 'nothing'}` : wordsOfValues(field), '', undefined),
    icon: iconOfDrift(state),
    tooltip: driftFieldTooltip(field),
    contexts: ['planField', ...(place ? ['source', 'declared'] : [])],
    opens: place ? { kind: 'place', place } : { kind: 'difference', change },
    source: place,
    copies: live ?? desired ?? path,
    drift: { object, path, change, place, live, desired },
  };
}
