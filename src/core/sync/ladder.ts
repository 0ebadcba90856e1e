/**
 * How far a change has come: saved, committed, pushed, tracked, synced, rolled out, healthy. Each rung with its evidence; what
 * isn't known is said with its reason, and a rung says nothing of those below it.
 */
import type { EnvironmentDrift } from '../drift/drift.js';
import type { OperatorStatus } from '../operators/operatorStatus.js';

export type RungName = 'saved' | 'committed' | 'pushed' | 'tracked' | 'synced' | 'rolled-out' | 'healthy';

export interface Rung {
  readonly rung: RungName;
  readonly state: 'done' | 'pending' | 'failed' | 'unknown';
  /** One sentence. */
  readonly evidence: string;
}

export interface LadderInput {
  /** Files of the environment that are open with changes, as people read them. */
  readonly unsaved: readonly string[];
  /** What git says; undefined where it wasn't asked or there is no repository. */
  readonly git: LadderGit | undefined;
  /** The revision that the operator follows; undefined where it names none. */
  readonly trackedRevision: string | undefined;
  readonly operator: 'argocd' | 'flux' | 'none';
  /** What is live; undefined where no cluster was asked. */
  readonly live: { readonly drift: EnvironmentDrift; readonly status: OperatorStatus | undefined } | undefined;
  /** Why no cluster was asked. */
  readonly notAsked: string;
}

export interface LadderGit {
  /** Files of the environment with changes that aren't committed. */
  readonly uncommitted: readonly string[];
  /** The checked-out branch; undefined for a detached head. */
  readonly branch: string | undefined;
  /** Its tip. */
  readonly commit: string | undefined;
  /** Commits that the upstream doesn't have; undefined where there is no upstream. */
  readonly ahead: number | undefined;
  readonly behind: number | undefined;
  /** The tip of the branch that the operator follows, where it is a branch here. */
  readonly trackedCommit: string | undefined;
}

/** All rungs, from the file to the running pod. */
export function climbLadder(input: LadderInput): readonly Rung[] {
  return [savedRung(input), ...gitRungs(input), syncedRung(input), ...liveRungs(input)];
}

/** The first rung that isn't done; undefined where all are. */
export function firstOpenRung(rungs: readonly Rung[]): Rung | undefined {
  return rungs.find(({ state }) => state !== 'done');
}

function savedRung({ unsaved }: LadderInput): Rung {
  if (unsaved.length > 0) return { rung: 'saved', state: 'pending', evidence: `${list(unsaved)} ${unsaved.length === 1 ? 'has' : 'have'} changes that are not saved.` };
  return { rung: 'saved', state: 'done', evidence: 'The files on disk are what is rendered.' };
}

function gitRungs({ git, trackedRevision, operator }: LadderInput): readonly Rung[] {
  if (!git) {
    const evidence = 'Git knows nothing of these files.';
    return (['committed', 'pushed', 'tracked'] as const).map((rung) => ({ rung, state: 'unknown', evidence }));
  }
  return [committedRung(git), pushedRung(git), trackedRung(git, trackedRevision, operator)];
}

function committedRung({ uncommitted, commit, branch }: LadderGit): Rung {
  if (uncommitted.length > 0) return { rung: 'committed', state: 'pending', evidence: `${list(uncommitted)} ${uncommitted.length === 1 ? 'is' : 'are'} not committed.` };
  const at = commit === undefined ? '' : ` at ${commit.slice(0, 8)}`;
  return { rung: 'committed', state: 'done', evidence: `Nothing is left to commit${branch === undefined ? '' : ` on ${branch}`}${at}.` };
}

function pushedRung({ branch, ahead }: LadderGit): Rung {
  if (branch === undefined) return { rung: 'pushed', state: 'unknown', evidence: 'No branch is checked out.' };
  if (ahead === undefined) return { rung: 'pushed', state: 'unknown', evidence: `${branch} has no upstream.` };
  if (ahead > 0) return { rung: 'pushed', state: 'pending', evidence: `${branch} is ${count(ahead, 'commit')} ahead of its upstream.` };
  return { rung: 'pushed', state: 'done', evidence: `The upstream has all of ${branch}.` };
}

function trackedRung({ branch, commit, trackedCommit }: LadderGit, revision: string | undefined, operator: LadderInput['operator']): Rung {
  if (operator === 'none') return { rung: 'tracked', state: 'done', evidence: 'No operator follows a branch; it is synced from here.' };
  if (revision === undefined || revision === 'HEAD')
    return { rung: 'tracked', state: 'unknown', evidence: "The operator follows the repository's default branch, which isn't known here." };
  if (revision === branch) return { rung: 'tracked', state: 'done', evidence: `The operator follows ${branch}.` };
  if (commit !== undefined && (commit === trackedCommit || commit.startsWith(revision))) return { rung: 'tracked', state: 'done', evidence: `${revision} is at this commit too.` };
  return {
    rung: 'tracked',
    state: 'pending',
    evidence: `The operator follows ${revision}, ${branch ?? 'another commit'} is checked out: merge it there first.`,
  };
}

function syncedRung({ live, notAsked, git }: LadderInput): Rung {
  if (!live) return { rung: 'synced', state: 'unknown', evidence: notAsked };
  const { drift, status } = live;
  if (status) {
    const ours = git?.commit;
    const theirs = status.revisions.join(', ');
    if (status.sync === 'Failed' || (status.operation !== undefined && ['Failed', 'Error'].includes(status.operation.phase))) {
      return { rung: 'synced', state: 'failed', evidence: sentence(`${status.id.kind} ${status.id.name}: ${status.operation?.message ?? status.sync}`) };
    }
    if (ours !== undefined && theirs !== '' && !status.revisions.some((revision) => revision.includes(ours))) {
      return { rung: 'synced', state: 'pending', evidence: `${status.id.kind} ${status.id.name} is at ${shorten(theirs)}, not yet at ${ours.slice(0, 8)}.` };
    }
  }
  const differing = drift.objects.filter(({ state }) => state === 'missing' || state === 'changed' || state === 'extra');
  const unknown = drift.objects.filter(({ state }) => state === 'unknown');
  if (differing.length > 0)
    return {
      rung: 'synced',
      state: 'pending',
      evidence: `${list(differing.map(({ id }) => `${id.kind} ${id.name}`))} ${differing.length === 1 ? 'differs' : 'differ'} from the render.`,
    };
  if (unknown.length > 0)
    return { rung: 'synced', state: 'unknown', evidence: sentence(`${list(unknown.map(({ id }) => `${id.kind} ${id.name}`))} can't be compared: ${unknown[0]?.reason ?? ''}`) };
  return {
    rung: 'synced',
    state: 'done',
    evidence: drift.objects.length === 1 ? 'The object is as it is rendered.' : `All ${drift.objects.length} objects are as they are rendered.`,
  };
}

function liveRungs({ live, notAsked }: LadderInput): readonly Rung[] {
  if (!live) return (['rolled-out', 'healthy'] as const).map((rung) => ({ rung, state: 'unknown', evidence: notAsked }));
  const { drift } = live;
  const rolling = drift.objects.find(({ health }) => health?.status === 'Progressing');
  const { status, message } = drift.health;
  const rolledOut: Rung = rolling
    ? { rung: 'rolled-out', state: 'pending', evidence: sentence(`${rolling.id.kind} ${rolling.id.name}: ${rolling.health?.message ?? ''}`) }
    : { rung: 'rolled-out', state: status === 'Degraded' ? 'failed' : 'done', evidence: status === 'Degraded' ? sentence(message) : 'Nothing is rolling out.' };
  const state = status === 'Healthy' ? 'done' : status === 'Degraded' ? 'failed' : status === 'Unknown' ? 'unknown' : 'pending';
  return [rolledOut, { rung: 'healthy', state, evidence: status === 'Healthy' ? 'All objects are healthy.' : sentence(`${status}${message === '' ? '' : `: ${message}`}`) }];
}

/** The first few by name. */
function list(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function sentence(text: string): string {
  const trimmed = text.trim().replace(/[:\s]+$/, '');
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

function shorten(revision: string): string {
  return revision.replaceAll(/[0-9a-f]{40}/g, (hash) => hash.slice(0, 8));
}
