/**
 * Moves a branch to a commit that follows it. Where it is checked out, files and index follow by git's own two-way merge, which
 * leaves alone what isn't committed; a file that was changed here and in the commit is merged by lines, or all is refused.
 * What is about to be done is written down first, so that it can be undone when we are killed (unfinishedMove.ts).
 */
import fs from 'node:fs';
import path from 'node:path';
import { Failure } from '../../services/failure.js';
import type { BranchMove } from '../../services/ports.js';
import { toSystemPath } from '../disk/paths.js';
import { readWorkTrees } from './branchFacts.js';
import { mergeFiles } from './mergeFiles.js';
import { inScratchFolder } from './scratchFolder.js';
import { indexLine, isPlainFile, readChanges, type BlobEntry, type EntryChange } from './treeEntries.js';
import { forgetMove, gitFolderOf, noteMove, undoMove, writeWhole, type NotedFile, type UnfinishedMove } from './unfinishedMove.js';
import { firstLine, runForStatus, writeGit, writeGitForBytes } from './writeGit.js';

interface PlannedMove extends UnfinishedMove {
  readonly folder: string;
  readonly gitFolder: string;
}

/** Fails where the move would. Changes nothing but what git remembers of the times of files. */
export async function checkMove(top: string, move: BranchMove, signal: AbortSignal): Promise<void> {
  await planMoves(top, move, signal);
}

/** Moves the branch, and the files of the work trees that have it checked out. Ends what it began. */
export async function moveBranch(top: string, move: BranchMove, signal: AbortSignal): Promise<void> {
  const planned = await planMoves(top, move, signal);
  const begun: PlannedMove[] = [];
  try {
    for (const each of planned) {
      begun.push(each);
      noteMove(each.gitFolder, each);
      await moveFiles(each);
    }
    await moveRef(top, move);
  } catch (error) {
    for (const each of begun.reverse()) {
      await undoMove(each.folder, each);
      forgetMove(each.gitFolder);
    }
    throw error;
  }
  for (const each of planned) forgetMove(each.gitFolder);
}

async function moveRef(top: string, { branch, from, to, upstream }: BranchMove): Promise<void> {
  const none = '0'.repeat(to.length);
  const words = ['update-ref', '--create-reflog', '-m', 'gitops-workbench: deliver', `refs/heads/${branch}`, to, from ?? none];
  const { status, errors } = await runForStatus(top, words, { signal: undefined });
  if (status !== 0) {
    throw new Failure('git/branch-moved', `${branch} could not be moved, as something else changes it: ${firstLine(errors)}`, 'Try again.', { cause: new Error(errors) });
  }
  if (from === undefined && upstream) await writeGit(top, ['branch', '--quiet', `--set-upstream-to=${upstream.remote}/${upstream.branch}`, '--', branch], { signal: undefined });
}

async function planMoves(top: string, move: BranchMove, signal: AbortSignal): Promise<readonly PlannedMove[]> {
  const { branch, from, to } = move;
  const workTrees = await readWorkTrees(top, signal);
  for (const { folder, branch: own } of workTrees) if (own === undefined) await refuseRebase(folder, branch, signal);
  if (from === undefined) return [];
  const changes = await readChanges(top, from, to, signal);
  const planned: PlannedMove[] = [];
  for (const { folder } of workTrees.filter((each) => each.branch === branch)) planned.push(await planWorkTree(folder, changes, move, signal));
  return planned;
}

async function planWorkTree(folder: string, changes: readonly EntryChange[], move: BranchMove, signal: AbortSignal): Promise<PlannedMove> {
  const { branch, from = '', to, unsaved } = move;
  if (!fs.existsSync(toSystemPath(folder))) {
    throw new Failure('git/busy', `${branch} is checked out in ${folder}, which isn't there now.`, 'Bring that folder back, or run git worktree prune.');
  }
  const gitFolder = await gitFolderOf(folder, signal);
  refuseUnfinished(folder, gitFolder);
  const open = changes.find((change) => unsaved.includes(`${folder}/${change.path}`));
  if (open) throw new Failure('git/unsaved', `${open.path} has changes in the editor that are not saved.`, 'Save them, then try again.');
  await refuseOddEntries(folder, changes, signal);
  const dirty = await findDirty(folder, changes, signal);
  const files: NotedFile[] = [];
  for (const each of dirty) files.push(await mergeDirty(folder, each, branch, signal));
  const target = dirty.length === 0 ? to : await treeWithout(folder, to, dirty, signal);
  const planned = { folder, gitFolder, branch, from, to, target, files };
  await tryMove(planned, signal);
  return planned;
}

/** What git writes while a merge and the like goes on (git's wt-status.c reads the same). */
const unfinishedWork: Readonly<Record<string, string>> = {
  MERGE_HEAD: 'a merge',
  CHERRY_PICK_HEAD: 'a cherry-pick',
  REVERT_HEAD: 'a revert',
  'rebase-merge': 'a rebase',
  'rebase-apply': 'a rebase',
};

function refuseUnfinished(folder: string, gitFolder: string): void {
  for (const [name, what] of Object.entries(unfinishedWork)) {
    if (fs.existsSync(path.join(gitFolder, name))) throw new Failure('git/busy', `In ${folder} ${what} is not finished.`, 'Finish it or abort it, then try again.');
  }
  if (fs.existsSync(path.join(gitFolder, 'index.lock'))) {
    throw new Failure(
      'git/busy',
      `In ${folder} another git is at work, or was killed: ${path.join(gitFolder, 'index.lock')} is there.`,
      'Wait for it; delete that file if no git is running.',
    );
  }
}

/** A rebase has the head detached, and moves the branch when it ends. */
async function refuseRebase(folder: string, branch: string, signal: AbortSignal): Promise<void> {
  if (!fs.existsSync(toSystemPath(folder))) return;
  const gitFolder = await gitFolderOf(folder, signal);
  for (const name of ['rebase-merge', 'rebase-apply']) {
    const file = path.join(gitFolder, name, 'head-name');
    if (fs.existsSync(file) && fs.readFileSync(file, 'utf8').trim() === `refs/heads/${branch}`) {
      throw new Failure('git/busy', `In ${folder} a rebase of ${branch} is not finished.`, 'Finish it or abort it, then try again.');
    }
  }
}

/** Conflicts, and files of which git was told not to see the changes. */
async function refuseOddEntries(folder: string, changes: readonly EntryChange[], signal: AbortSignal): Promise<void> {
  const changed = new Set(changes.map((change) => change.path));
  const output = await writeGit(folder, ['ls-files', '-z', '-s', '-v', '--full-name', ':/'], { signal });
  for (const line of output.split('\0')) {
    const tab = line.indexOf('\t');
    if (!changed.has(line.slice(tab + 1))) continue;
    const [tag = '', , , stage = ''] = line.slice(0, tab).split(' ');
    if (stage !== '0') throw new Failure('git/busy', `${line.slice(tab + 1)} has conflicts that are not resolved.`, 'Resolve them, then try again.');
    if (tag !== tag.toUpperCase()) {
      throw new Failure(
        'git/would-overwrite',
        `${line.slice(tab + 1)} is marked as assumed unchanged, so git can't tell what is changed in it.`,
        'Run git update-index --no-assume-unchanged on it.',
      );
    }
  }
}

interface DirtyFile extends EntryChange {
  /** What the index has. */
  readonly index: BlobEntry | undefined;
}

/** The files that the commit changes and that differ from the branch here, staged or not. */
async function findDirty(folder: string, changes: readonly EntryChange[], signal: AbortSignal): Promise<readonly DirtyFile[]> {
  const words = ['--no-optional-locks', 'status', '--porcelain=v2', '-z', '--no-renames', '--untracked-files=no', '--ignore-submodules=all'];
  const byPath = new Map(changes.map((change): [string, EntryChange] => [change.path, change]));
  const dirty: DirtyFile[] = [];
  for (const line of (await writeGit(folder, words, { signal })).split('\0')) {
    // `1 XY sub mH mI mW hH hI path` (git-status(1)); conflicts begin with `u`.
    const found = /^1 \S+ \S+ \d+ (\d+) \d+ [0-9a-f]+ ([0-9a-f]+) ([^]*)$/.exec(line);
    const change = byPath.get(found?.[3] ?? '');
    if (!found || !change) continue;
    const [, mode = '', hash = ''] = found;
    dirty.push({ ...change, index: /^0+$/.test(mode) ? undefined : { mode, hash } });
  }
  return dirty;
}

/** What a file and its entry become, with the changes of both sides. */
async function mergeDirty(folder: string, { path: name, before, after, index }: DirtyFile, branch: string, signal: AbortSignal): Promise<NotedFile> {
  const refuse = (reason: string): Failure =>
    new Failure(
      'git/would-overwrite',
      `${name} has changes that are not committed, and ${branch} changes it too: ${reason}.`,
      'Commit or stash your changes of this file, then try again.',
    );
  if (!before || !after || !index) throw refuse('one side adds or deletes it');
  if (![before, after, index].every(isPlainFile)) throw refuse('it is no plain file');
  const file = path.join(toSystemPath(folder), name);
  const found = fs.lstatSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) throw refuse('it is not there as a file');
  const current = fs.readFileSync(file);
  const filtered = (entry: BlobEntry): Promise<Buffer> => writeGitForBytes(folder, ['cat-file', '--filters', `--path=${name}`, entry.hash], { signal });
  const content = (entry: BlobEntry): Promise<Buffer> => writeGitForBytes(folder, ['cat-file', 'blob', entry.hash], { signal });
  return inScratchFolder(async (scratch) => {
    const merged = await mergeFiles(scratch, { current, base: await filtered(before), other: await filtered(after) }, signal);
    if (!merged) throw refuse('both change the same lines');
    const staged = await mergeFiles(scratch, { current: await content(index), base: await content(before), other: await content(after) }, signal);
    if (!staged) throw refuse('both change the same lines, in what is staged');
    const target = path.join(scratch, 'staged');
    fs.writeFileSync(target, staged);
    const hash = (await writeGit(folder, ['hash-object', '-w', '--no-filters', '--stdin-paths'], { input: `${target}\n`, signal })).trim();
    const mode = index.mode === before.mode ? after.mode : index.mode;
    return { path: name, before: current.toString('base64'), after: merged.toString('base64'), entryBefore: index, entryAfter: { mode, hash } };
  });
}

/** The tree of `to` with these files as they were before: what git's own merge is asked for. */
function treeWithout(folder: string, to: string, files: readonly EntryChange[], signal: AbortSignal): Promise<string> {
  return inScratchFolder(async (scratch) => {
    const env = { GIT_INDEX_FILE: path.join(scratch, 'index') };
    await writeGit(folder, ['read-tree', '--no-sparse-checkout', to], { env, signal });
    await writeGit(folder, ['update-index', '-z', '--index-info'], { env, input: files.map((file) => indexLine(file.path, file.before)).join(''), signal });
    return (await writeGit(folder, ['write-tree'], { env, signal })).trim();
  });
}

async function tryMove({ folder, from, target, branch }: PlannedMove, signal: AbortSignal): Promise<void> {
  // git compares times first, and refuses a file whose time alone is new.
  await runForStatus(folder, ['update-index', '-q', '--refresh'], { signal });
  const { status, errors } = await runForStatus(folder, ['read-tree', '-n', '-m', '-u', from, target], { signal });
  if (status === 0) return;
  throw new Failure(
    'git/would-overwrite',
    `${branch} is checked out in ${folder}, and its files can't follow: ${firstLine(errors)}`,
    'Commit, stash or move away what is in the way, then try again.',
    {
      cause: new Error(errors),
    },
  );
}

async function moveFiles({ folder, from, target, files }: PlannedMove): Promise<void> {
  await writeGit(folder, ['read-tree', '-m', '-u', from, target], { signal: undefined });
  for (const each of files) writeWhole(path.join(toSystemPath(folder), each.path), Buffer.from(each.after, 'base64'));
  if (files.length === 0) return;
  await writeGit(folder, ['update-index', '-z', '--index-info'], { input: files.map((each) => indexLine(each.path, each.entryAfter)).join(''), signal: undefined });
}
