/**
 * A plan of edits as a tree: what it moves in each environment with all that speaks for and against it, then the commits
 * per branch; while it runs, how far each branch and each environment has come.
 */
import type {
  BranchOutcome,
  EditPlanView,
  EditProgress,
  FollowedLadder,
  ImageMove,
  OtherDifference,
  PlanBranch,
  PlanDocument,
  PlanFinding,
  PlanTarget,
  TargetLive,
} from '../../server/promoteProtocol.js';
import { countOf } from '../delivery/words.js';
import { iconOfDrift, iconOfHealth, iconOfSeverity, type NodeIcon } from '../environmentTree/icons.js';
import { escapeMarkdown } from '../environmentTree/tooltips.js';
import { part, withOwnIds, type TreeNode } from '../environmentTree/treeNode.js';
import { driftOf, wordsOfCounts, wordsOfHealth } from '../live/words.js';
import { isDeliverable, kindNames, pullRequestsOf, wordsOfMoves, wordsOfPlan, wordsOfProgress, type EditState } from './planState.js';

const warning: NodeIcon = { name: 'warning', color: 'list.warningForeground' };
const error: NodeIcon = { name: 'error', color: 'list.errorForeground' };
const passed: NodeIcon = { name: 'pass', color: 'testing.iconPassed' };

/** The rows of the view; none where there is no plan. */
export function planNodes(state: EditState): readonly TreeNode[] {
  if (state.kind === 'none') return [];
  const { plan } = state;
  const progress = state.kind === 'plan' ? undefined : state.progress;
  return withOwnIds([headNode(state), ...noteNodes(state), ...plan.targets.map((target) => targetNode(plan, target, progress)), ...branchNodes(plan, progress)]);
}

/** What is planned or done, in one sentence: stands above the rows. */
export function planSentence(state: EditState): string {
  switch (state.kind) {
    case 'none':
      return '';
    case 'plan':
      return state.plan.refusal ?? `${capitalize(wordsOfPlan(state.plan))}. Nothing was written yet.`;
    case 'running':
    case 'over':
      return wordsOfProgress(state.progress);
  }
}

/** A row of a plan: it belongs to no environment's actions unless it says so. */
function row(plan: EditPlanView, key: string, label: string, description: string, icon: NodeIcon, children?: TreeNode['children']): TreeNode {
  return { ...part(plan.planId, key, label, description, icon.name, children), icon, environmentId: undefined };
}

function headNode(state: Exclude<EditState, { kind: 'none' }>): TreeNode {
  const { plan } = state;
  const icons: Readonly<Record<string, NodeIcon>> = {
    plan: { name: plan.targets.some(({ isProtected, refusal }) => isProtected && refusal === undefined) ? 'shield' : 'checklist' },
    running: { name: 'sync~spin' },
    done: passed,
    failed: error,
    cancelled: { name: 'circle-slash' },
  };
  const kind = state.kind === 'over' ? state.progress.phase : state.kind;
  const isFollowing = state.kind === 'running' && state.progress?.phase === 'following';
  const description = isFollowing ? 'delivered, being followed' : state.kind === 'running' ? `${Math.round((state.progress?.part ?? 0) * 100)} %` : '';
  return {
    ...row(plan, 'head', plan.title, description, icons[kind] ?? { name: 'checklist' }),
    tooltip: [`**${escapeMarkdown(plan.title)}**`, escapeMarkdown(planSentence(state))].join('\n\n'),
    spoken: `${state.kind === 'plan' ? 'Plan of' : 'Delivery of'} ${plan.title}: ${planSentence(state)}`,
    contexts: [
      'editPlanHead',
      state.kind === 'plan' && !isDeliverable(plan) ? 'refused' : state.kind,
      ...(state.kind !== 'plan' && pullRequestsOf(state.progress).length > 0 ? ['proposed'] : []),
    ],
  };
}

/** What will be asked, and what people should know before. */
function noteNodes(state: Exclude<EditState, { kind: 'none' }>): readonly TreeNode[] {
  const { plan } = state;
  if (state.kind !== 'plan') return [];
  const refused = plan.refusal === undefined ? [] : [row(plan, 'refusal', plan.refusal, '', { name: 'info' })];
  const warned = plan.warnings.map((sentence, index) => row(plan, `warning/${index}`, sentence, '', warning));
  const asked = plan.questions.map(({ key, question, isDangerous }) => ({
    ...row(plan, `question/${key}`, question, 'will be asked', isDangerous ? warning : { name: 'question' }),
    spoken: `Will be asked: ${question}`,
  }));
  return [...refused, ...warned, ...asked];
}

function targetNode(plan: EditPlanView, target: PlanTarget, progress: EditProgress | undefined): TreeNode {
  const { id, label, isProtected, refusal, isAlong, moves, findings, live } = target;
  const key = `target/${id}`;
  const followed = progress?.ladders.find((ladder) => ladder.id === id);
  const newErrors = findings.filter(({ isNew, severity }) => isNew && severity === 'error').length;
  const missing = moves.some(({ registry }) => registry?.state === 'missing');
  const words = followed
    ? [wordsOfFollowed(followed)]
    : [
        refusal === undefined ? wordsOfMoves(moves) : 'not moved',
        isAlong ? 'moves along' : '',
        missing ? 'image missing' : '',
        newErrors > 0 ? countOf(newErrors, 'new error') : '',
        live ? wordsOfLive(live) : '',
      ];
  const description = words.filter((word) => word !== '').join(' · ');
  return {
    ...part(id, `${plan.planId}/${key}`, label, description, '', followed ? ladderNodes(plan, key, followed) : targetParts(plan, key, target)),
    icon: followed ? followedIcons[followed.state] : iconOfTarget(target, newErrors > 0 || missing),
    spoken: [`Environment ${label}`, isProtected ? 'protected' : '', ...words, refusal ?? ''].filter((word) => word !== '').join(', '),
    tooltip: [`**${escapeMarkdown(label)}**${isProtected ? ' $(shield) protected' : ''}`, escapeMarkdown(refusal ?? description)].filter((line) => line !== '').join('\n\n'),
    contexts: ['planTarget', ...(followed ? ['followed', followed.state] : [])],
    startsOpen: true,
  };
}

function iconOfTarget({ refusal, isProtected, warnings }: PlanTarget, isBad: boolean): NodeIcon {
  if (refusal !== undefined) return { name: 'circle-slash', color: 'list.warningForeground' };
  const name = isProtected ? 'shield' : 'server-environment';
  if (isBad) return { name, color: 'list.errorForeground' };
  return warnings.length > 0 ? { name, color: 'list.warningForeground' } : { name };
}

function targetParts(plan: EditPlanView, key: string, target: PlanTarget): readonly TreeNode[] {
  const { refusal, moves, rendered, warnings, findings, others, live } = target;
  return withOwnIds([
    ...(refusal === undefined ? [] : [row(plan, `${key}/refusal`, refusal, '', { name: 'circle-slash', color: 'list.warningForeground' })]),
    ...moves.map((move) => moveNode(plan, key, move)),
    ...warnings.map((sentence, index) => row(plan, `${key}/warning/${index}`, sentence, '', warning)),
    ...(rendered.fields.length === 0
      ? []
      : [
          row(
            plan,
            `${key}/rendered`,
            'Rendered',
            wordsOfRendered(rendered),
            iconOfDrift('changed'),
            rendered.fields.map((field, index) => row(plan, `${key}/rendered/${index}`, field, '', { name: 'circle-small' })),
          ),
        ]),
    findingsNode(plan, key, findings),
    ...(others.length === 0 ? [] : [othersNode(plan, key, others)]),
    liveNode(plan, key, live),
  ]);
}

function moveNode(plan: EditPlanView, key: string, { image, before, after, state, way, place, registry }: ImageMove): TreeNode {
  const own = `${key}/move/${image}`;
  const name = image.split('/').at(-1) ?? image;
  const words = { moves: `${before} → ${after}`, same: `already ${after}`, refused: `stays ${before}` }[state];
  const icons: Readonly<Record<ImageMove['state'], NodeIcon>> = { moves: { name: 'tag' }, same: passed, refused: error };
  const verdict =
    registry &&
    row(
      plan,
      `${own}/registry`,
      { there: 'In the registry', missing: 'Not in the registry', unknown: 'Registry not known' }[registry.state],
      registry.message,
      {
        there: passed,
        missing: error,
        unknown: { name: 'question' },
      }[registry.state],
    );
  const written = { ...row(plan, `${own}/way`, way, place?.label ?? '', { name: state === 'refused' ? 'info' : 'edit' }), opens: place && ({ kind: 'place', place } as const) };
  return {
    ...row(plan, own, name, words, registry?.state === 'missing' ? error : icons[state], [...(verdict ? [verdict] : []), ...(way === '' ? [] : [written])]),
    tooltip: [`\`${image}\``, escapeMarkdown(words), escapeMarkdown(way), registry ? escapeMarkdown(registry.message) : ''].filter((line) => line !== '').join('\n\n'),
    spoken: [`Image ${name}`, words, registry?.state === 'missing' ? 'not in the registry' : '', way].filter((word) => word !== '').join(', '),
    contexts: ['image'],
    opens: place && { kind: 'place', place },
    source: place,
    copies: `${image}:${after}`,
    startsOpen: state === 'refused' || registry?.state === 'missing',
  };
}

function wordsOfRendered({ added, removed, changed }: PlanTarget['rendered']): string {
  const parts = [changed > 0 ? `${changed} changed` : '', added > 0 ? `${added} added` : '', removed > 0 ? `${removed} removed` : ''];
  return parts.filter((word) => word !== '').join(', ');
}

function findingsNode(plan: EditPlanView, key: string, findings: readonly PlanFinding[]): TreeNode {
  if (findings.length === 0) return row(plan, `${key}/findings`, 'Findings', 'none', passed);
  const fresh = findings.filter(({ isNew }) => isNew);
  const worst = (['error', 'warning', 'info'] as const).find((severity) => findings.some((each) => each.severity === severity)) ?? 'info';
  const known = findings.length - fresh.length;
  const words = [fresh.length > 0 ? `${fresh.length} new` : 'none new', ...(known > 0 ? [`${known} as before`] : [])].join(', ');
  return row(
    plan,
    `${key}/findings`,
    'Findings',
    words,
    iconOfSeverity(worst),
    withOwnIds(
      findings.map(({ severity, code, message, place, isNew }) => ({
        ...row(plan, `${key}/findings/${code}/${place.label}`, message, [isNew ? 'new' : '', place.label].filter((word) => word !== '').join(' · '), iconOfSeverity(severity)),
        spoken: `${isNew ? 'New ' : ''}${severity}: ${message} ${place.label}`,
        opens: { kind: 'place', place } as const,
        copies: message,
      })),
    ),
  );
}

/** What else tells the two environments apart: it stays so, and is often why something breaks after all. */
function othersNode(plan: EditPlanView, key: string, others: readonly OtherDifference[]): TreeNode {
  return {
    ...row(
      plan,
      `${key}/others`,
      'Other differences',
      `${others.length} · they stay`,
      { name: 'compare-changes' },
      withOwnIds(
        others.map(({ object, path, from, to, place }) => ({
          ...row(plan, `${key}/others/${object}/${path}`, path === '' ? object : `${object.split('/').at(-1) ?? object} ${path}`, `${from ?? 'nothing'} ↔ ${to ?? 'nothing'}`, {
            name: 'circle-small',
          }),
          tooltip: `${escapeMarkdown(object)}\n\n\`${path === '' ? object : path}\`: \`${from ?? 'nothing'}\` ↔ \`${to ?? 'nothing'}\``,
          opens: place && ({ kind: 'place', place } as const),
        })),
      ),
    ),
    spoken: `${countOf(others.length, 'other difference')} between the two environments, which stay as they are`,
  };
}

function liveNode(plan: EditPlanView, key: string, live: TargetLive | undefined): TreeNode {
  if (!live) return row(plan, `${key}/live`, 'Live', 'not known: no cluster is connected', { name: 'debug-disconnect' });
  const isWell = driftOf(live.counts) === 0 && live.health === 'Healthy';
  return {
    ...row(plan, `${key}/live`, 'Live', wordsOfLive(live), isWell ? passed : live.health === 'Healthy' ? iconOfDrift('changed') : iconOfHealth(live.health)),
    tooltip: escapeMarkdown(live.message),
    spoken: `Live: ${wordsOfLive(live)}. ${live.message}`,
  };
}

function wordsOfLive({ counts, health }: TargetLive): string {
  const words = wordsOfCounts(counts);
  return [words === '' ? 'in sync' : words, wordsOfHealth(health)].join(', ');
}

const followedIcons: Readonly<Record<FollowedLadder['state'], NodeIcon>> = {
  moving: { name: 'sync~spin' },
  healthy: passed,
  failed: error,
  unknown: { name: 'question' },
};

const rungNames: Readonly<Record<string, string>> = {
  saved: 'Saved',
  committed: 'Committed',
  pushed: 'Pushed',
  tracked: 'In the tracked revision',
  synced: 'Synced',
  'rolled-out': 'Rolled out',
  healthy: 'Healthy',
};

function wordsOfFollowed({ state, rungs }: FollowedLadder): string {
  const open = rungs.find((rung) => rung.state !== 'done');
  if (state === 'healthy' || !open) return 'healthy';
  return `${open.state === 'failed' ? 'failed' : open.state === 'unknown' ? 'not known' : 'waits'}: ${rungNames[open.rung] ?? open.rung}`;
}

function ladderNodes(plan: EditPlanView, key: string, { rungs }: FollowedLadder): readonly TreeNode[] {
  const first = rungs.findIndex(({ state }) => state !== 'done');
  return rungs.map(({ rung, state, evidence }, index) => {
    const icons: Readonly<Record<typeof state, NodeIcon>> = {
      done: passed,
      pending: index === first ? { name: 'sync~spin' } : { name: 'circle-outline' },
      failed: error,
      unknown: { name: 'question' },
    };
    const name = rungNames[rung] ?? rung;
    return {
      ...row(plan, `${key}/rung/${rung}`, name, state === 'done' ? '' : evidence, icons[state]),
      tooltip: escapeMarkdown(evidence),
      spoken: `${name}, ${state}. ${evidence}`,
    };
  });
}

function branchNodes(plan: EditPlanView, progress: EditProgress | undefined): readonly TreeNode[] {
  return plan.branches.map((branch, index) => branchNode(plan, `branch/${index}`, branch, progress?.branches[index]));
}

const outcomeIcons: Readonly<Record<BranchOutcome['state'], NodeIcon>> = {
  waiting: { name: 'circle-outline' },
  committed: { name: 'git-commit' },
  pushed: passed,
  proposed: { name: 'git-pull-request', color: 'testing.iconPassed' },
  failed: error,
};

function branchNode(plan: EditPlanView, key: string, branch: PlanBranch, outcome: BranchOutcome | undefined): TreeNode {
  const { repository, isProtected, isCheckedOut, files, conflicts } = branch;
  const name = branch.branch ?? repository;
  const words = outcome
    ? [outcome.state, outcome.commit?.slice(0, 8) ?? '', outcome.message]
    : [countOf(files.length, 'file'), isProtected ? 'protected' : '', branch.branch === undefined || isCheckedOut ? '' : 'not checked out'];
  const description = words.filter((word) => word !== '').join(' · ');
  return {
    ...row(
      plan,
      key,
      name,
      description,
      outcome ? outcomeIcons[outcome.state] : conflicts.length > 0 ? error : { name: isProtected ? 'git-pull-request' : 'git-branch' },
      withOwnIds([
        ...conflicts.map(({ commit, files: torn }, index) => row(plan, `${key}/conflict/${index}`, `${commit.slice(0, 8)} conflicts`, torn.join(', '), error)),
        ...files.map((file) => fileNode(plan, key, file)),
      ]),
    ),
    tooltip: [`**${escapeMarkdown(name)}** of ${escapeMarkdown(repository)}`, escapeMarkdown(description)].join('\n\n'),
    spoken: `Branch ${name} of ${repository}, ${words.filter((word) => word !== '').join(', ')}`,
    contexts: ['planBranch', ...(outcome?.pullRequestUrl === undefined ? [] : ['proposed'])],
    copies: outcome?.commit ?? name,
    startsOpen: outcome === undefined,
  };
}

function fileNode(plan: EditPlanView, key: string, document: PlanDocument): TreeNode {
  const { label, beforeUri, afterUri } = document;
  const words = beforeUri === undefined ? 'new' : afterUri === undefined ? 'goes' : '';
  return {
    ...row(plan, `${key}/${label}`, label, words, iconOfDrift(beforeUri === undefined ? 'missing' : afterUri === undefined ? 'extra' : 'changed')),
    contexts: ['planFile'],
    opens: { kind: 'planned', document },
    copies: label,
  };
}

/** What stands in the title of the view: which kind of plan it is. */
export function titleOf(state: EditState): string {
  return state.kind === 'none' ? kindNames.promotion : kindNames[state.plan.kind];
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
