/** What commits and indexes hold under a path, and which paths may be written at all. */
import { isInside, normalizePath, relativePath } from '../../core/base/path.js';
import { Failure } from '../../services/failure.js';
import { writeGit } from './writeGit.js';

export interface BlobEntry {
  readonly mode: string;
  readonly hash: string;
}

/** A path that differs between two commits; a side on which it is missing is undefined. */
export interface EntryChange {
  readonly path: string;
  readonly before: BlobEntry | undefined;
  readonly after: BlobEntry | undefined;
}

/**
 * An absolute path as git names it.
 * @throws Failure for one that is outside of the repository, in git's own folder, or that no text file of git commands can hold
 */
export function pathInRepository(top: string, path: string): string {
  const refuse = (reason: string): Failure => new Failure('git/unsupported-path', `${path} can't be written: ${reason}.`, 'Change this file by hand.');
  if (!isInside(normalizePath(path), top) || path === top) throw refuse('it is outside of the repository');
  const name = relativePath(top, path);
  // What Windows and macOS take for `.git` is refused by git itself; this is what all systems do.
  if (name.split('/').some((part) => part.toLowerCase() === '.git' || part === '..' || part === '.')) throw refuse('it is in a folder of git itself');
  if (/[\u0000-\u001f\u007f]/.test(name)) throw refuse('its name has control characters');
  return name;
}

/** The entries of a commit under these names and the folders above them, by name. */
export async function readEntries(top: string, commit: string, names: readonly string[], signal: AbortSignal | undefined): Promise<ReadonlyMap<string, BlobEntry>> {
  const wanted = new Set(names.flatMap((name) => [...parentsOf(name), name]));
  const entries = new Map<string, BlobEntry>();
  if (wanted.size === 0) return entries;
  // Arguments have a limit; without any, the whole tree is listed.
  const few = wanted.size <= 200;
  const output = await writeGit(top, ['ls-tree', '-z', '--full-tree', ...(few ? [] : ['-r', '-t']), commit, ...(few ? ['--', ...wanted] : [])], { signal });
  for (const line of output.split('\0')) {
    const tab = line.indexOf('\t');
    const [mode = '', , hash = ''] = line.slice(0, Math.max(tab, 0)).split(' ');
    if (tab > 0 && wanted.has(line.slice(tab + 1))) entries.set(line.slice(tab + 1), { mode, hash });
  }
  return entries;
}

/** `a`, `a/b` for `a/b/c`. */
export function parentsOf(name: string): readonly string[] {
  const parts = name.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** What differs between two commits or trees, without looking for renames. */
export async function readChanges(top: string, from: string, to: string, signal: AbortSignal | undefined): Promise<readonly EntryChange[]> {
  const parts = (await writeGit(top, ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--full-index', '--no-ext-diff', from, to], { signal })).split('\0');
  const changes: EntryChange[] = [];
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const [before = '', after = '', hashBefore = '', hashAfter = ''] = (parts[index] ?? '').slice(1).split(' ');
    changes.push({ path: parts[index + 1] ?? '', before: entryOf(before, hashBefore), after: entryOf(after, hashAfter) });
  }
  return changes;
}

function entryOf(mode: string, hash: string): BlobEntry | undefined {
  return /^0+$/.test(mode) ? undefined : { mode, hash };
}

/** A line of `git update-index -z --index-info`; a path without an entry goes. */
export function indexLine(path: string, entry: BlobEntry | undefined): string {
  return entry ? `${entry.mode} ${entry.hash}\t${path}\0` : `0 ${'0'.repeat(40)}\t${path}\0`;
}

/** True for a plain file, executable or not. */
export function isPlainFile({ mode }: BlobEntry): boolean {
  return mode.startsWith('100');
}

/** What files of `from` are called in `to`, where that is another name, as git tells it. */
export async function readRenames(top: string, from: string, to: string, signal: AbortSignal | undefined): Promise<ReadonlyMap<string, string>> {
  const words = ['diff-tree', '-r', '-z', '--name-status', '--find-renames', '--diff-filter=R', '--no-ext-diff', from, to];
  const parts = (await writeGit(top, words, { signal })).split('\0');
  const renames = new Map<string, string>();
  for (let index = 0; index + 2 < parts.length; index += 3) renames.set(parts[index + 1] ?? '', parts[index + 2] ?? '');
  return renames;
}
