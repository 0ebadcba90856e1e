/**
 * Gathers what the delivery ladder of an environment stands on: what git says of its sources, which commit is followed, and
 * what one look at its cluster shows. Git is read, never fetched; a cluster is one that somebody connected.
 */
import { isInside } from '../core/base/path.js';
import type { Place } from '../core/base/problem.js';
import type { Environment, EnvironmentSource, Repository } from '../core/gitops/delivery.js';
import { sameRepository } from '../core/gitops/gitUrl.js';
import { compareRenderings } from '../core/objects/compare.js';
import type { Rendering } from '../core/objects/rendering.js';
import { climbLadder, holdBelow, type CommitRelation, type LadderLive, type LadderSource, type Rung, type TrackedRevision } from '../core/sync/ladder.js';
import { hashIn } from '../core/sync/words.js';
import type { DeliveryState } from './delivery.js';
import { Failure } from './failure.js';
import { findLastChange } from './lastChange.js';
import type { CommitFacts, GitAncestry, GitState, RefTip } from './ports.js';

/** What is asked of git, by whoever may ask it. */
export interface LadderGitAccess {
  readonly ancestry: GitAncestry;
  /** Files with changes, and how branches lie to their upstreams; undefined where git can't read the repository. */
  readonly stateOf: (top: string, signal: AbortSignal) => Promise<GitState | undefined>;
  /** How the workspace was delivered at a revision of the repository at `top`; undefined where that one can't be read so. */
  readonly deliveryAt: (top: string) => ((revision: string, signal: AbortSignal) => Promise<DeliveryState>) | undefined;
}

/** A line of a file that is followed. */
export interface FollowedLine {
  /** Absolute. */
  readonly path: string;
  /** The file's text as it is now, saved or not. */
  readonly text: string;
  /** 0-based. */
  readonly line: number;
}

export interface LadderRequest {
  readonly environment: Environment;
  readonly delivery: DeliveryState;
  /** What is asked of git; where nothing is, why. */
  readonly git: LadderGitAccess | { readonly notAsked: string };
  /** Open files with changes that aren't saved, absolute. */
  readonly unsaved: readonly string[];
  /** A path as people read it. */
  readonly label: (path: string) => string;
  /** A place in a file, for what is to be done there. */
  readonly placeOf: (path: string) => Place | undefined;
  /** The commit that is followed, in place of the one that last changed the render. */
  readonly commit?: string | undefined;
  /** The line that is followed, in place of all that the environment renders to. */
  readonly line?: FollowedLine | undefined;
  readonly live: LadderLive | undefined;
  /** Why there is no `live`. */
  readonly notAsked: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface Ladder {
  readonly environment: Environment;
  readonly rungs: readonly Rung[];
  readonly sources: readonly LadderSource[];
}

/** All rungs of an environment. What git refuses is said in its rungs; rejects only when cancelled. */
export async function readLadder(request: LadderRequest, signal: AbortSignal): Promise<Ladder> {
  const { environment, unsaved, label, placeOf, live, notAsked, now } = request;
  const { sources, elsewhere } = await readSources(request, signal);
  const { line } = request;
  const isOpen = line === undefined || sources.some(({ uncommitted }) => uncommitted.length > 0);
  const isUsed = line ? (path: string): boolean => path === line.path && isOpen : usedBy(request);
  const rungs = climbLadder({
    unsaved: unsaved.filter(isUsed).map((path) => ({ label: label(path), place: placeOf(path) })),
    sources,
    elsewhere,
    operator: environment.operator,
    live,
    notAsked,
    now,
  });
  return { environment, rungs: line ? holdBelow(rungs, 'The line') : rungs, sources };
}

function usedBy({ delivery, environment }: LadderRequest): (path: string) => boolean {
  const { dependencies } = delivery.render(environment).rendering;
  return (path) => dependencies.has(path) || environment.declaredAt.source.path === path;
}

/** The sources whose commits can be followed, and why others can't. */
export async function readSources(request: LadderRequest, signal: AbortSignal): Promise<{ readonly sources: readonly LadderSource[]; readonly elsewhere: readonly string[] }> {
  const { environment, delivery, git } = request;
  if ('notAsked' in git) return { sources: [], elsewhere: [git.notAsked] };
  const sources: LadderSource[] = [];
  const elsewhere: string[] = [];
  for (const source of environment.sources) {
    const repository = source.folder === undefined ? undefined : repositoryOf(source.folder, delivery.model.repositories);
    if (!repository) {
      if (source.folder === undefined) elsewhere.push(describeElsewhere(source));
      continue;
    }
    try {
      const read = await readSource(source, repository, git, request, signal);
      if (read) sources.push(read);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      elsewhere.push(`${error.message} ${error.action}`);
    }
  }
  return { sources, elsewhere };
}

function describeElsewhere({ repoURL, path, revision }: EnvironmentSource): string {
  const what = repoURL === undefined ? path : `${path} of ${repoURL.value.replace(/\/\/[^/@]*@/, '//')}`;
  return `${what}${revision === undefined ? '' : ` at ${revision.value}`} is not open in this workspace: which commit is there is not known.`;
}

/** The innermost repository that a folder is in. */
export function repositoryOf(folder: string, repositories: readonly Repository[]): Repository | undefined {
  return repositories.filter(({ top }) => isInside(folder, top)).sort((a, b) => b.top.length - a.top.length)[0];
}

async function readSource(source: EnvironmentSource, repository: Repository, git: LadderGitAccess, request: LadderRequest, signal: AbortSignal): Promise<LadderSource | undefined> {
  const { environment, delivery, label, placeOf, live } = request;
  const { top, branch } = repository;
  const { ancestry } = git;
  const state = await git.stateOf(top, signal);
  if (!state) return undefined;
  const [tips, head] = await Promise.all([ancestry.tipsOf(top, signal), ancestry.headOf(top, signal)]);
  const remote = remoteOf(source, repository, tips);
  const target = trackedTip(source, { remote, branch, tips, operator: environment.operator });
  const { dependencies } = delivery.render(environment).rendering;
  const isUsed = usedBy(request);
  const line = await readLine(request, top, ancestry, signal);
  const uncommitted = line ? [] : state.changed.filter(isUsed);
  const own = branch === undefined ? undefined : state.branches.find(({ name }) => name === branch);
  const commit = own?.commit ?? head;
  const followed = line ? line.commit : request.commit === undefined ? undefined : await commitFacts(request.commit, ancestry, top, [...dependencies], signal);
  // A branch that is tracked here and isn't checked out may have what was committed for it.
  const revisions = [...new Set([commit, target.local].filter((each) => each !== undefined))];
  const { change, note } =
    followed || line
      ? { change: followed, note: '' }
      : await findLastChange(
          {
            environment,
            ancestry,
            top,
            revisions,
            paths: [...dependencies, environment.declaredAt.source.path].filter((path) => isInside(path, top)),
            deliveryAt: git.deliveryAt(top),
          },
          signal,
        );
  const wanted = change?.hash ?? commit;
  const contains = (of: string | undefined): Promise<boolean | undefined> =>
    of === undefined || wanted === undefined ? Promise.resolve(undefined) : ancestry.hasInHistory(top, of, wanted, signal);
  const hasChange = await contains(target.commit);
  const named = [...(live?.status?.revisions ?? []), ...(live?.source?.revisions ?? []), live?.status?.attempted ?? ''].flatMap((revision) => hashIn(revision) ?? []);
  const relations = new Map<string, CommitRelation>();
  for (const hash of new Set(named))
    relations.set(hash, { hasChange: await contains(hash), isInHead: commit === undefined ? undefined : await ancestry.hasInHistory(top, commit, hash, signal) });
  return {
    path: source.path,
    uncommitted: line && !line.commit ? [line.label] : uncommitted.map(label),
    uncommittedAt: line && !line.commit ? line.place : uncommitted[0] === undefined ? undefined : placeOf(uncommitted[0]),
    ...(line && { isOfLine: true }),
    branch,
    commit,
    ahead: own?.ahead,
    behind: own?.behind,
    change,
    changeNote: note,
    remote,
    onRemote: wanted === undefined || remote === undefined ? [] : (await ancestry.remoteBranchesWith(top, wanted, signal)).filter((name) => name.startsWith(`${remote}/`)),
    tracked: {
      kind: target.kind,
      name: target.name,
      commit: target.commit,
      hasChange,
      rendersSame:
        hasChange === false && target.commit !== undefined && wanted !== undefined && (await rendersSame(wanted, target.commit, environment.id, git.deliveryAt(top), signal)),
      place: source.revision ?? environment.declaredAt,
    },
    relations,
  };
}

interface ReadLine {
  /** Undefined for a line that no commit has. */
  readonly commit: CommitFacts | undefined;
  readonly label: string;
  readonly place: Place | undefined;
}

/** What git says of the line that is followed; undefined where none is, or it is in another repository. */
async function readLine({ line: followed, label, placeOf }: LadderRequest, top: string, ancestry: GitAncestry, signal: AbortSignal): Promise<ReadLine | undefined> {
  if (!followed || !isInside(followed.path, top)) return undefined;
  const { path, line } = followed;
  const place = placeOf(path);
  const start = place?.source.lineStarts[line];
  return {
    commit: await ancestry.commitOfLine(top, followed, signal),
    label: `${label(path)}:${line + 1}`,
    place: place && start !== undefined ? { source: place.source, start, end: start } : place,
  };
}

async function commitFacts(hash: string, ancestry: GitAncestry, top: string, paths: readonly string[], signal: AbortSignal): Promise<CommitFacts> {
  const [found] = await ancestry.commitsTouching(top, [hash], [top], 1, signal);
  if (found?.hash === hash) return found;
  const [touching] = await ancestry.commitsTouching(top, [hash], paths, 1, signal);
  return touching?.hash === hash ? touching : { hash, subject: '', author: '', date: '' };
}

/** The remote that the declaration names; else the one of the checked-out branch's upstream, else `origin`, else the only one. */
function remoteOf({ repoURL }: EnvironmentSource, { remotes, branch }: Repository, tips: readonly RefTip[]): string | undefined {
  const named = repoURL && remotes.find(({ url }) => sameRepository(url, repoURL.value));
  if (named) return named.name;
  const upstream = tips.find(({ ref }) => ref === `refs/heads/${branch ?? ''}`)?.upstream;
  const ofUpstream = upstream === undefined ? undefined : remotes.find(({ name }) => upstream.startsWith(`refs/remotes/${name}/`));
  return (ofUpstream ?? remotes.find(({ name }) => name === 'origin') ?? (remotes.length === 1 ? remotes[0] : undefined))?.name;
}

interface TrackedTip extends Pick<TrackedRevision, 'kind' | 'name' | 'commit'> {
  /** The tip of the branch of that name here. */
  readonly local: string | undefined;
}

interface Refs {
  readonly remote: string | undefined;
  readonly branch: string | undefined;
  readonly tips: readonly RefTip[];
  readonly operator: Environment['operator'];
}

/** What a declaration's revision stands for, as the remote was when it was fetched last: a branch before a tag, as Argo CD and Flux resolve them. */
function trackedTip(source: EnvironmentSource, { remote, branch, tips, operator }: Refs): TrackedTip {
  const commitAt = (ref: string): string | undefined => tips.find((each) => each.ref === ref)?.commit;
  if (operator === 'flux' && !source.repoURL) return { kind: 'unknown', name: 'what its source says', commit: undefined, local: undefined };
  const text = source.revision?.value.replace(/^refs\/heads\//, '');
  const revision = text === undefined || text === '' || text === 'HEAD' ? defaultBranch(remote, tips, operator) : text;
  if (revision === undefined) return { kind: 'unknown', name: "the repository's default branch", commit: undefined, local: undefined };
  const local = commitAt(`refs/heads/${revision}`);
  const onRemote = remote === undefined ? undefined : commitAt(`refs/remotes/${remote}/${revision}`);
  if (onRemote !== undefined) return { kind: 'branch', name: revision, commit: onRemote, local };
  const tag = commitAt(`refs/tags/${revision.replace(/^refs\/tags\//, '')}`);
  if (tag !== undefined) return { kind: 'tag', name: revision.replace(/^refs\/tags\//, ''), commit: tag, local: undefined };
  // Without a remote the branch here is all that there is; with one it has to get there first.
  if (local !== undefined) return { kind: 'branch', name: revision, commit: remote === undefined ? local : undefined, local };
  if (/^[0-9a-f]{40}$/.test(revision)) return { kind: 'commit', name: revision, commit: revision, local: undefined };
  return { kind: 'unknown', name: revision === branch ? `${revision} of the remote` : revision, commit: undefined, local: undefined };
}

/** What the remote's HEAD names, as noted when it was cloned. Flux follows `master` where nothing is said. */
function defaultBranch(remote: string | undefined, tips: readonly RefTip[], operator: Environment['operator']): string | undefined {
  if (operator === 'flux') return 'master';
  const prefix = `refs/remotes/${remote ?? ''}/`;
  const head = tips.find(({ ref }) => ref === `${prefix}HEAD`)?.target;
  if (head?.startsWith(prefix)) return head.slice(prefix.length);
  const branches = tips.filter(({ ref }) => ref.startsWith(remote === undefined ? 'refs/heads/' : prefix) && !ref.endsWith('/HEAD'));
  return branches.length === 1 ? branches[0]?.ref.replace(/^refs\/(?:heads|remotes\/[^/]+)\//, '') : undefined;
}

/** Squashed, rebased or picked: another commit that renders to the same as the change did. */
async function rendersSame(change: string, tip: string, id: string, deliveryAt: ReturnType<LadderGitAccess['deliveryAt']>, signal: AbortSignal): Promise<boolean> {
  if (!deliveryAt) return false;
  const renderAt = async (revision: string): Promise<Rendering | undefined> => {
    const delivery = await deliveryAt(revision, signal);
    const environment = delivery.model.environments.find((each) => each.id === id);
    return environment && delivery.render(environment).rendering;
  };
  try {
    const [then, there] = [await renderAt(change), await renderAt(tip)];
    return then?.ok === true && there?.ok === true && compareRenderings(then, there).length === 0;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}
