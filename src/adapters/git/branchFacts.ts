/** What git knows of a branch that is to be written: its tip, its upstream, how far they are apart, who has it checked out. */
import { Failure } from '../../services/failure.js';
import type { BranchForWriting, UpstreamBranch } from '../../services/ports.js';
import { toCorePath } from '../disk/paths.js';
import { hidePasswords, readSetting, runForStatus, writeGit } from './writeGit.js';

/** @throws Failure `git/not-a-branch` */
export async function readBranch(top: string, name: string, signal: AbortSignal): Promise<BranchForWriting> {
  await requireBranchName(top, name, signal);
  const own = await readLocal(top, name, signal);
  const upstream = await findUpstream(top, name, own, signal);
  const base = own?.commit ?? upstream?.commit;
  if (base === undefined) throw await notABranch(top, name, signal);
  const counts = own && upstream?.commit !== undefined ? await countApart(top, own.commit, upstream.commit, signal) : { ahead: 0, behind: 0 };
  return {
    name,
    local: own?.commit,
    upstream,
    base: counts.ahead === 0 ? (upstream?.commit ?? base) : base,
    ...counts,
    checkedOutIn: (await readWorkTrees(top, signal)).filter(({ branch }) => branch === name).map(({ folder }) => folder),
  };
}

/** @throws Failure for what git would not take as the name of a branch */
export async function requireBranchName(top: string, name: string, signal: AbortSignal): Promise<void> {
  const isPlain = name !== '' && name !== 'HEAD' && !name.startsWith('-') && !name.includes('\0');
  if (isPlain && (await runForStatus(top, ['check-ref-format', `refs/heads/${name}`], { signal })).status === 0) return;
  throw new Failure('git/not-a-branch', `${name === '' ? 'An empty text' : name} is no name for a branch.`, 'Name a branch.');
}

interface LocalBranch {
  readonly commit: string;
  readonly remote: string;
  /** Full, at the remote. */
  readonly remoteRef: string;
  /** Full, the tracking branch here. */
  readonly tracking: string;
}

async function readLocal(top: string, name: string, signal: AbortSignal): Promise<LocalBranch | undefined> {
  const format = '--format=%(refname)%00%(objectname)%00%(upstream:remotename)%00%(upstream:remoteref)%00%(upstream)';
  const lines = (await writeGit(top, ['for-each-ref', format, `refs/heads/${name}`], { signal })).split('\n');
  const [, commit = '', remote = '', remoteRef = '', tracking = ''] = lines.map((line) => line.split('\0')).find(([ref]) => ref === `refs/heads/${name}`) ?? [];
  return commit === '' ? undefined : { commit, remote, remoteRef, tracking };
}

/** The upstream that is set, else the branch of the same name at the remote that a push would go to. */
async function findUpstream(top: string, name: string, own: LocalBranch | undefined, signal: AbortSignal): Promise<UpstreamBranch | undefined> {
  // `.` means that it follows another local branch.
  if (own && own.remote !== '' && own.remote !== '.' && own.remoteRef.startsWith('refs/heads/')) {
    const commit = own.tracking === '' ? undefined : await tipOf(top, own.tracking, signal);
    return { remote: own.remote, branch: own.remoteRef.slice('refs/heads/'.length), url: await pushUrl(top, own.remote, signal), commit };
  }
  const push = await findPushRemote(top, signal);
  if (!push) return undefined;
  return { ...push, branch: name, commit: await tipOf(top, `refs/remotes/${push.remote}/${name}`, signal) };
}

/** The remote of `remote.pushDefault`, else `origin`, else the only one. */
export async function findPushRemote(top: string, signal: AbortSignal): Promise<{ readonly remote: string; readonly url: string } | undefined> {
  const remotes = (await writeGit(top, ['remote'], { signal })).split('\n').filter((line) => line !== '');
  const chosen = (await readSetting(top, 'remote.pushDefault', undefined, signal)) ?? 'origin';
  const remote = remotes.includes(chosen) ? chosen : remotes.length === 1 ? remotes[0] : undefined;
  if (remote === undefined || remote.startsWith('-')) return undefined;
  return { remote, url: await pushUrl(top, remote, signal) };
}

async function pushUrl(top: string, remote: string, signal: AbortSignal): Promise<string> {
  const { status, output } = await runForStatus(top, ['remote', 'get-url', '--push', '--', remote], { signal });
  return status === 0 ? hidePasswords(output.toString('utf8').split('\n')[0] ?? '') : '';
}

/** The commit of a ref; undefined where there is none. */
export async function tipOf(top: string, ref: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  const { status, output } = await runForStatus(top, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`], { signal });
  return status === 0 ? output.toString('utf8').trim() : undefined;
}

async function countApart(top: string, local: string, upstream: string, signal: AbortSignal): Promise<{ readonly ahead: number; readonly behind: number }> {
  if (local === upstream) return { ahead: 0, behind: 0 };
  const [ahead = 0, behind = 0] = (await writeGit(top, ['rev-list', '--left-right', '--count', `${local}...${upstream}`], { signal })).trim().split('\t').map(Number);
  return { ahead, behind };
}

async function notABranch(top: string, name: string, signal: AbortSignal): Promise<Failure> {
  const isTag = (await tipOf(top, `refs/tags/${name}`, signal)) !== undefined;
  const isCommit = !isTag && /^[0-9a-f]{4,64}$/.test(name) && (await tipOf(top, name, signal)) !== undefined;
  if (isTag || isCommit)
    return new Failure('git/not-a-branch', `${name} is a ${isTag ? 'tag' : 'commit'}; a change needs a branch.`, 'Change the branch that is released, then move what is tracked.');
  return new Failure('git/not-a-branch', `There is no branch ${name} with a commit, neither here nor among what was fetched.`, 'Fetch it, or name another one.');
}

export interface WorkTree {
  /** In core's form. */
  readonly folder: string;
  /** Undefined where the head is detached. */
  readonly branch: string | undefined;
}

/** The work trees of the repository that are there. */
export async function readWorkTrees(top: string, signal: AbortSignal | undefined): Promise<readonly WorkTree[]> {
  const blocks = (await writeGit(top, ['worktree', 'list', '--porcelain'], { signal })).split('\n\n');
  return blocks.flatMap((block) => {
    const lines = block.split('\n');
    const field = (name: string): string | undefined => lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1);
    const folder = field('worktree');
    if (folder === undefined || lines.includes('bare') || lines.some((line) => /^prunable\b/.test(line))) return [];
    return [{ folder: toCorePath(folder), branch: field('branch')?.replace(/^refs\/heads\//, '') }];
  });
}
