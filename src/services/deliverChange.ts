/**
 * Brings a change of files onto a branch: as a commit on the state that the branch has, pushed where that is wanted, by a
 * branch of its own and a pull request where the branch is protected. The user's files are touched only where they are
 * those of that branch, and what isn't committed stays.
 */
import { pullRequestUrl } from '../core/promote/pullRequestUrl.js';
import { Failure } from './failure.js';
import type { BranchForWriting, CommitFacts, FileEdit, Forge, ForgeSession, GitRepositories, GitWriter, RevisionTree, UpstreamBranch } from './ports.js';

/** What a branch has before a change. */
export interface BaseState {
  /** The full hash. */
  readonly commit: string;
  readonly tree: RevisionTree;
}

export interface PlannedChange {
  /** Empty where the branch has it all already. */
  readonly edits: readonly FileEdit[];
  readonly message: string;
}

/** Where a change goes. */
export type DeliveryWay =
  | { readonly kind: 'commit' }
  | { readonly kind: 'push' }
  /** A new branch from the tip of the target, pushed; then a pull request, made where there is a session, else its page is named. */
  | { readonly kind: 'pullRequest'; readonly topicBranch: string; readonly session?: ForgeSession | undefined; readonly body?: string | undefined };

export interface ChangeRequest {
  /** The top folder of the repository. */
  readonly top: string;
  /** Without `refs/heads/`. */
  readonly branch: string;
  readonly way: DeliveryWay;
  /** The edits on a state of the branch. Asked again on the new tip where others pushed meanwhile. */
  readonly plan: (base: BaseState, signal: AbortSignal) => Promise<PlannedChange>;
  /** Files with changes that are in the editor alone, absolute. */
  readonly unsaved?: readonly string[];
  /** As `git commit --no-verify`. */
  readonly skipHooks?: boolean | undefined;
  /** Told in words what goes on: `Pushing to origin/main`. */
  readonly tell?: (message: string) => void;
}

export interface ChangeTools {
  readonly writer: GitWriter;
  readonly repositories: GitRepositories;
  /** Needed where a pull request is to be made with a session. */
  readonly forge?: Forge | undefined;
}

/** A change as it would be made. */
export interface PreviewedChange {
  readonly branch: BranchForWriting;
  readonly base: string;
  readonly planned: PlannedChange;
  /** Commits that a push would take along, as they are on the local branch only; latest first. */
  readonly alsoPushed: readonly CommitFacts[];
}

export interface DeliveredChange {
  /** The branch that was asked for. */
  readonly branch: string;
  /** The branch that has the commit: the topic branch where there is to be a pull request. */
  readonly writtenTo: string;
  /** The full hash; undefined where there was nothing to change. */
  readonly commit: string | undefined;
  readonly base: string;
  readonly isPushed: boolean;
  readonly pullRequest: { readonly url: string; readonly isCreated: boolean } | undefined;
  readonly alsoPushed: readonly CommitFacts[];
  /** What people should know, one sentence each: `main had moved; planned again on 1a2b3c4.` */
  readonly notes: readonly string[];
}

/** How often others may be faster. */
const mostTries = 5;

/** What a delivery would change, with the state that it would stand on. Writes nothing and asks no remote. */
export async function previewChange(tools: ChangeTools, request: ChangeRequest, signal: AbortSignal): Promise<PreviewedChange> {
  const branch = await tools.writer.branch(request.top, request.branch, signal);
  const base = baseFor(branch, request.way);
  const planned = await planOn(tools, request, base, signal);
  return { branch, base, planned, alsoPushed: await alsoPushed(tools, request, branch, signal) };
}

/** Makes a change and brings it where it is to go. Rejects with a {@link Failure}; then nothing of the user's has changed. */
export async function deliverChange(tools: ChangeTools, request: ChangeRequest, signal: AbortSignal): Promise<DeliveredChange> {
  const notes = [...(await tools.writer.recover(request.top, signal))];
  if (request.way.kind === 'pullRequest') return proposeChange(tools, request, request.way, notes, signal);
  for (let tries = 1; ; tries++) {
    const branch = await tools.writer.branch(request.top, request.branch, signal);
    const delivered = await deliverOnce(tools, request, branch, notes, signal);
    if (delivered) return delivered;
    if (tries === mostTries)
      throw new Failure('git/push-refused', `${request.branch} moved each of the ${mostTries} times that a push was tried.`, 'Try again when fewer people push.');
    const { remote, branch: name } = requireUpstream(branch);
    request.tell?.(`${request.branch} has moved; fetching it`);
    const tip = await tools.writer.fetch(request.top, { remote, branch: name }, signal);
    notes.push(`${request.branch} had moved; planned again on ${(tip ?? 'its new tip').slice(0, 12)}.`);
  }
}

/** Undefined where the push was refused because others pushed. */
async function deliverOnce(tools: ChangeTools, request: ChangeRequest, branch: BranchForWriting, notes: string[], signal: AbortSignal): Promise<DeliveredChange | undefined> {
  const { writer } = tools;
  const { top, way, unsaved = [] } = request;
  const isPush = way.kind === 'push';
  const upstream = isPush ? requireUpstream(branch) : branch.upstream;
  if (isPush) refuseDiverged(branch);
  const base = baseFor(branch, way);
  const planned = await planOn(tools, request, base, signal);
  const also = await alsoPushed(tools, request, branch, signal);
  const delivered = { branch: branch.name, writtenTo: branch.name, base, pullRequest: undefined, alsoPushed: also, notes };
  if (planned.edits.length === 0) return { ...delivered, commit: undefined, isPushed: false };
  request.tell?.(`Committing to ${branch.name}`);
  const commit = await writer.commit(top, { branch: branch.name, parent: base, skipHooks: request.skipHooks, ...planned }, signal);
  const move = { branch: branch.name, from: branch.local, to: commit, upstream, unsaved };
  if (!isPush) {
    await writer.moveBranch(top, move, signal);
    if (branch.local !== undefined && base !== branch.local) notes.push(`${branch.name} was ${branch.behind} behind its upstream and was brought up to it.`);
    return { ...delivered, commit, isPushed: false };
  }
  const target = requireUpstream(branch);
  // A branch that is at the remote alone stays there.
  if (branch.local !== undefined) await writer.checkMove(top, move, signal);
  request.tell?.(`Pushing to ${target.remote}/${target.branch}`);
  const answer = await writer.push(top, { remote: target.remote, branch: target.branch, commit }, signal);
  if (answer.kind === 'not-fast-forward') return undefined;
  if (branch.local !== undefined) await followPush(writer, request, move, notes);
  return { ...delivered, commit, isPushed: true };
}

/** What was pushed is delivered, whatever becomes of the local branch. */
async function followPush(writer: GitWriter, { top }: ChangeRequest, move: Parameters<GitWriter['moveBranch']>[1], notes: string[]): Promise<void> {
  try {
    await writer.moveBranch(top, move, new AbortController().signal);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    notes.push(`It is pushed, but your ${move.branch} could not follow: ${error.message} Pull when that is settled.`);
  }
}

async function proposeChange(
  tools: ChangeTools,
  request: ChangeRequest,
  way: Extract<DeliveryWay, { kind: 'pullRequest' }>,
  notes: string[],
  signal: AbortSignal,
): Promise<DeliveredChange> {
  const { writer, forge } = tools;
  const { top } = request;
  const target = await writer.branch(top, request.branch, signal);
  const upstream = requireUpstream(target);
  request.tell?.(`Fetching ${upstream.remote}/${upstream.branch}`);
  const tip = await writer.fetch(top, { remote: upstream.remote, branch: upstream.branch }, signal);
  if (tip === undefined) throw new Failure('git/not-a-branch', `${upstream.remote} has no branch ${upstream.branch} to propose a change of.`, 'Push it first.');
  const planned = await planOn(tools, request, tip, signal);
  const delivered = { branch: target.name, writtenTo: way.topicBranch, base: tip, alsoPushed: [], notes };
  if (planned.edits.length === 0) return { ...delivered, commit: undefined, isPushed: false, pullRequest: undefined };
  const commit = await writer.commit(top, { branch: way.topicBranch, parent: tip, skipHooks: request.skipHooks, ...planned }, signal);
  request.tell?.(`Pushing to ${upstream.remote}/${way.topicBranch}`);
  const answer = await writer.push(top, { remote: upstream.remote, branch: way.topicBranch, commit }, signal);
  if (answer.kind === 'not-fast-forward')
    throw new Failure('git/push-refused', `${upstream.remote} has another branch ${way.topicBranch} already.`, 'Choose another name for the branch.');
  const [title = '', ...rest] = planned.message.split('\n');
  const wish = { remoteUrl: upstream.url, branch: way.topicBranch, into: upstream.branch, title, body: way.body ?? rest.join('\n').trim() };
  const { session } = way;
  const known = session?.kind && { host: session.host, kind: session.kind };
  const page = pullRequestUrl(upstream.url, way.topicBranch, upstream.branch, { title, body: wish.body === '' ? undefined : wish.body }, known);
  if (page === undefined) notes.push(`The branch ${way.topicBranch} is pushed; how a pull request is made at ${upstream.url} is not known.`);
  const pullRequest = page === undefined ? undefined : { url: page, isCreated: false };
  if (session === undefined || !forge) return { ...delivered, commit, isPushed: true, pullRequest };
  try {
    request.tell?.('Making the pull request');
    const { url } = await forge.createPullRequest(wish, session, signal);
    return { ...delivered, commit, isPushed: true, pullRequest: { url, isCreated: true } };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    notes.push(`The branch ${way.topicBranch} is pushed, but the pull request could not be made: ${error.message}`);
    return { ...delivered, commit, isPushed: true, pullRequest };
  }
}

async function planOn({ repositories }: ChangeTools, { top, plan }: ChangeRequest, commit: string, signal: AbortSignal): Promise<PlannedChange> {
  const tree = await repositories.openCommit(top, commit, signal);
  try {
    return await plan({ commit, tree }, signal);
  } finally {
    tree.close();
  }
}

/** A pull request begins at what the remote has; everything else at what {@link BranchForWriting.base} says. */
function baseFor({ base, upstream }: BranchForWriting, way: DeliveryWay): string {
  return way.kind === 'pullRequest' ? (upstream?.commit ?? base) : base;
}

async function alsoPushed({ writer }: ChangeTools, { top, way }: ChangeRequest, { ahead, base, upstream }: BranchForWriting, signal: AbortSignal): Promise<readonly CommitFacts[]> {
  return way.kind === 'push' && ahead > 0 ? writer.commitsBetween(top, upstream?.commit, base, ahead, signal) : [];
}

function requireUpstream({ name, upstream }: BranchForWriting): UpstreamBranch {
  if (upstream) return upstream;
  throw new Failure('git/no-upstream', `There is no remote that ${name} could be pushed to.`, 'Add one with git remote add, or commit without pushing.');
}

function refuseDiverged({ name, ahead, behind, upstream }: BranchForWriting): void {
  if (ahead === 0 || behind === 0) return;
  throw new Failure(
    'git/diverged',
    `${name} has ${ahead} commit${ahead === 1 ? '' : 's'} that ${upstream?.remote ?? 'the remote'} doesn't have, and lacks ${behind} of those there.`,
    'Pull or rebase first; your commits are yours to move.',
  );
}
