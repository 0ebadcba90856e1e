/**
 * Makes a commit out of edits, as git objects: through an index of its own in a temporary folder, so that no work tree, no
 * index and no branch changes. Who it is by, how it is signed and which hooks are asked is as the user's git has it.
 */
import fs from 'node:fs';
import path from 'node:path';
import { Failure } from '../../services/failure.js';
import type { CommitRequest, FileEdit } from '../../services/ports.js';
import { askCommitHooks, findCommitHooks } from './commitHooks.js';
import { inScratchFolder } from './scratchFolder.js';
import { indexLine, isPlainFile, parentsOf, pathInRepository, readEntries, type BlobEntry } from './treeEntries.js';
import { firstLine, readSetting, runForStatus, writeGit } from './writeGit.js';

interface NamedEdit extends FileEdit {
  /** As git names it. */
  readonly name: string;
}

/** The full hash of the new commit. Nothing refers to it yet. */
export async function makeCommit(top: string, request: CommitRequest, signal: AbortSignal): Promise<string> {
  await requireIdentity(top, signal);
  const edits = request.edits.map((edit): NamedEdit => ({ ...edit, name: pathInRepository(top, edit.path) }));
  return inScratchFolder(async (folder) => {
    const entries = await readEntries(
      top,
      request.parent,
      edits.map(({ name }) => name),
      signal,
    );
    for (const edit of edits) refuseUnwritable(edit, entries);
    const index = path.join(folder, 'index');
    await writeGit(top, ['read-tree', '--no-sparse-checkout', request.parent], { env: { GIT_INDEX_FILE: index }, signal });
    await refuseFiltered(top, index, edits, signal);
    const hashes = await storeContents(top, folder, edits, signal);
    const lines = edits.map((edit) => indexLine(edit.name, entryFor(edit, entries.get(edit.name), hashes.get(edit.name))));
    await writeGit(top, ['update-index', '-z', '--index-info'], { env: { GIT_INDEX_FILE: index }, input: lines.join(''), signal });
    const asked = await askHooks(top, { folder, index, request }, signal);
    return writeCommit(top, { ...asked, parent: request.parent }, signal);
  });
}

async function requireIdentity(top: string, signal: AbortSignal): Promise<void> {
  for (const name of ['GIT_AUTHOR_IDENT', 'GIT_COMMITTER_IDENT']) {
    const { status, errors } = await runForStatus(top, ['var', name], { signal });
    if (status !== 0) {
      throw new Failure('git/no-identity', `Git doesn't know who commits: ${firstLine(errors)}`, 'Set user.name and user.email with git config.', { cause: new Error(errors) });
    }
  }
}

function refuseUnwritable({ name, path: file, mode, content }: NamedEdit, entries: ReadonlyMap<string, BlobEntry>): void {
  const refuse = (reason: string, action: string): Failure => new Failure('git/unsupported-path', `${file} can't be changed here: ${reason}.`, action);
  for (const parent of parentsOf(name)) {
    const entry = entries.get(parent);
    if (entry?.mode === '160000') throw refuse(`${parent} is a submodule`, 'Open the submodule and make the change in its own repository.');
    if (entry?.mode === '120000') throw refuse(`${parent} is a symbolic link`, 'Change the file that it leads to.');
    if (entry && entry.mode !== '040000') throw refuse(`${parent} is a file`, 'Choose another path.');
  }
  const entry = entries.get(name);
  if (entry?.mode === '160000') throw refuse('it is a submodule', 'Open the submodule and make the change in its own repository.');
  if (entry?.mode === '040000') throw refuse('it is a folder', 'Choose another path.');
  if (entry?.mode === '120000' && mode === undefined && content !== undefined) throw refuse('it is a symbolic link', 'Change the file that it leads to.');
}

/** Files that git stores in another form (LFS, encryption): an edit of the stored form would break them. */
async function refuseFiltered(top: string, index: string, edits: readonly NamedEdit[], signal: AbortSignal): Promise<void> {
  const input = edits
    .filter(({ content, mode }) => content !== undefined && mode !== '120000')
    .map(({ name }) => `${name}\0`)
    .join('');
  if (input === '') return;
  const output = await writeGit(top, ['check-attr', '-z', '--cached', '--stdin', 'filter'], { env: { GIT_INDEX_FILE: index }, input, signal });
  const parts = output.split('\0');
  for (let at = 0; at + 2 < parts.length; at += 3) {
    const [name = '', , filter = ''] = parts.slice(at, at + 3);
    if (filter === 'unspecified' || filter === 'unset' || filter === 'set') continue;
    const what = filter === 'lfs' ? 'its content is kept by Git LFS' : `git stores it through the filter ${filter}`;
    throw new Failure('git/unsupported-path', `${name} can't be changed here: ${what}.`, 'Change it in a checkout, and commit it with git.');
  }
}

/** Writes the contents into the object store, as they are, and gives their hashes by name. */
async function storeContents(top: string, folder: string, edits: readonly NamedEdit[], signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const kept = edits.filter(({ content }) => content !== undefined);
  if (kept.length === 0) return new Map();
  const files = kept.map(({ content }, index) => {
    const file = path.join(folder, `content-${index}`);
    fs.writeFileSync(file, content ?? '');
    return file;
  });
  const output = await writeGit(top, ['hash-object', '-w', '--no-filters', '--stdin-paths'], { input: files.map((file) => `${file}\n`).join(''), signal });
  const hashes = output.split('\n');
  return new Map(kept.map(({ name }, index) => [name, hashes[index] ?? '']));
}

function entryFor({ mode }: NamedEdit, before: BlobEntry | undefined, hash: string | undefined): BlobEntry | undefined {
  if (hash === undefined) return undefined;
  return { hash, mode: mode ?? (before && isPlainFile(before) ? before.mode : '100644') };
}

interface Asked {
  readonly index: string;
  readonly message: string;
}

async function askHooks(
  top: string,
  { folder, index, request }: { readonly folder: string; readonly index: string; readonly request: CommitRequest },
  signal: AbortSignal,
): Promise<Asked> {
  const hooks = await findCommitHooks(top, signal);
  const asked = request.skipHooks === true ? hooks.filter((hook) => hook === 'prepare-commit-msg') : hooks;
  if (asked.length === 0) return { index, message: request.message };
  // A commit that changes nothing is refused before anything of the user's runs.
  await requireChange(top, index, request.parent, signal);
  const message = await writeGit(top, ['stripspace'], { input: request.message, signal });
  return askCommitHooks(top, asked, { ...request, folder: path.join(folder, 'tree'), index, message }, signal);
}

async function requireChange(top: string, index: string, parent: string, signal: AbortSignal): Promise<string> {
  const tree = (await writeGit(top, ['write-tree'], { env: { GIT_INDEX_FILE: index }, signal })).trim();
  const before = (await writeGit(top, ['rev-parse', '--verify', '--end-of-options', `${parent}^{tree}`], { signal })).trim();
  if (tree === before) throw new Failure('git/nothing-to-commit', 'There is nothing to commit: the branch has all of this already.', 'Nothing needs to be done.');
  return tree;
}

async function writeCommit(top: string, { index, message, parent }: Asked & { readonly parent: string }, signal: AbortSignal): Promise<string> {
  const tree = await requireChange(top, index, parent, signal);
  const cleaned = await writeGit(top, ['stripspace'], { input: message, signal });
  if (cleaned.trim() === '') throw new Failure('git/failed', 'The commit has no message.', 'Write one.');
  const isSigned = (await readSetting(top, 'commit.gpgSign', 'bool', signal)) === 'true';
  // git commit-tree signs only when it is asked to (git-commit-tree(1)).
  const words = ['-c', 'i18n.commitEncoding=utf-8', 'commit-tree', ...(isSigned ? ['-S'] : []), '-p', parent, '-F', '-', tree];
  const { status, output, errors } = await runForStatus(top, words, { input: cleaned, signal });
  if (status === 0) return output.toString('utf8').trim();
  if (isSigned) {
    throw new Failure('git/not-signed', `The commit could not be signed: ${firstLine(errors)}`, 'See that signing works with git commit, or turn commit.gpgSign off.', {
      cause: new Error(errors),
    });
  }
  throw new Failure('git/failed', `git commit-tree failed: ${firstLine(errors)}`, 'Run git fsck to see whether the repository is whole.', { cause: new Error(errors) });
}
