/**
 * What takes commits back on another state of their branch, as `git revert` would: per file a merge with the commit as the
 * base and its first parent as the other side. A file that was renamed since is changed under its new name; what comes back into
 * a folder that has another name since is a conflict, as it is for git (merge.directoryRenames).
 */
import type { FileEdit, FileMode, RevertConflict, RevertEdits } from '../../services/ports.js';
import { tipOf } from './branchFacts.js';
import { findConflicts, mergeFiles, readBlob } from './mergeFiles.js';
import { inScratchFolder } from './scratchFolder.js';
import { isPlainFile, readChanges, readEntries, readRenames, type BlobEntry, type EntryChange } from './treeEntries.js';

/** A file as it is after the commits that were taken back so far. */
interface FileState {
  readonly mode: string;
  /** Undefined for a submodule. */
  readonly content: Buffer | undefined;
}

/** @param commits latest first */
export function revertCommits(top: string, commits: readonly string[], onto: string, signal: AbortSignal): Promise<RevertEdits> {
  return inScratchFolder((scratch) => new Reversal(top, onto, scratch, signal).revert(commits));
}

class Reversal {
  /** The files that were looked at, by name; undefined for those that are not there. */
  readonly #files = new Map<string, FileState | undefined>();
  readonly #first = new Map<string, FileState | undefined>();
  readonly #conflicts: RevertConflict[] = [];

  constructor(
    private readonly top: string,
    private readonly onto: string,
    private readonly scratch: string,
    private readonly signal: AbortSignal,
  ) {}

  async revert(commits: readonly string[]): Promise<RevertEdits> {
    for (const commit of commits) await this.#revertOne(commit);
    const changed = [...this.#files].filter(([name, state]) => !isSame(state, this.#first.get(name)));
    return { edits: changed.map(([name, state]) => this.#editOf(name, state)), conflicts: this.#conflicts };
  }

  #editOf(name: string, state: FileState | undefined): FileEdit {
    const file = `${this.top}/${name}`;
    return state ? { path: file, content: state.content, mode: modeOf(state.mode) } : { path: file, content: undefined };
  }

  async #revertOne(commit: string): Promise<void> {
    const parent = await tipOf(this.top, `${commit}^1`, this.signal);
    if (parent === undefined) {
      this.#conflicts.push({ commit, path: this.top, lines: [], reason: 'It is the first commit here, so what was before it is not known.' });
      return;
    }
    const changes = await readChanges(this.top, parent, commit, this.signal);
    const entries = await readEntries(
      this.top,
      this.onto,
      changes.map((change) => change.path),
      this.signal,
    );
    // Only where a file is gone it is worth looking what became of it.
    const isGone = changes.some((change) => !entries.has(change.path));
    const renames = isGone ? await readRenames(this.top, commit, this.onto, this.signal) : new Map<string, string>();
    const renamed = changes.flatMap(({ path, after }) => (after && !entries.has(path) ? (renames.get(path) ?? []) : []));
    const found = await readEntries(this.top, this.onto, renamed, this.signal);
    for (const change of changes) {
      const name = entries.has(change.path) ? undefined : renames.get(change.path);
      if (change.after && name !== undefined) await this.#revertFile(commit, { ...change, path: name }, found.get(name));
      else if (!change.after && isFolderRenamed(change.path, renames)) {
        this.#conflicts.push({ commit, path: `${this.top}/${change.path}`, lines: [], reason: 'The folder that it was in has another name now.' });
      } else await this.#revertFile(commit, change, entries.get(change.path));
    }
  }

  async #revertFile(commit: string, { path: name, before, after }: EntryChange, entry: BlobEntry | undefined): Promise<void> {
    const refuse = (reason: string, lines: RevertConflict['lines'] = []): void => void this.#conflicts.push({ commit, path: `${this.top}/${name}`, lines, reason });
    if ([before, after].some((each) => each?.mode === '160000')) return refuse('It is a submodule.');
    if (!this.#files.has(name)) {
      const state = await this.#read(entry);
      this.#files.set(name, state);
      this.#first.set(name, state);
    }
    const current = this.#files.get(name);
    const [base, other] = [await this.#read(after), await this.#read(before)];
    if (isSame(current, base)) return void this.#files.set(name, other);
    if (isSame(current, other)) return;
    if (!current) return refuse('It is not there any more.');
    if (!base) return refuse('It is there again.');
    if (!other) return refuse('It was changed since it was added.');
    const texts = { current: current.content, base: base.content, other: other.content };
    if (!after || !isPlainFile(after) || !before || !isPlainFile(before) || !texts.current || !texts.base || !texts.other) return refuse('It is no plain file.');
    const plain = { current: texts.current, base: texts.base, other: texts.other };
    const merged = await mergeFiles(this.scratch, plain, this.signal);
    if (merged) this.#files.set(name, { mode: current.mode === base.mode ? other.mode : current.mode, content: merged });
    else refuse('The same lines were changed since.', await findConflicts(this.scratch, plain, this.signal));
  }

  async #read(entry: BlobEntry | undefined): Promise<FileState | undefined> {
    if (!entry || entry.mode === '040000') return undefined;
    return { mode: entry.mode, content: entry.mode === '160000' ? undefined : await readBlob(this.top, entry.hash, this.signal) };
  }
}

/** True where another file of the same folder was renamed into another folder. @param renames new names by old ones */
function isFolderRenamed(name: string, renames: ReadonlyMap<string, string>): boolean {
  const folder = folderOf(name);
  return [...renames].some(([before, after]) => folderOf(before) === folder && folderOf(after) !== folder);
}

function folderOf(name: string): string {
  return name.slice(0, Math.max(name.lastIndexOf('/'), 0));
}

function isSame(a: FileState | undefined, b: FileState | undefined): boolean {
  if (!a || !b) return a === b;
  return a.mode === b.mode && (a.content === b.content || (a.content !== undefined && b.content?.equals(a.content) === true));
}

function modeOf(mode: string): FileMode {
  return mode === '100755' || mode === '120000' ? mode : '100644';
}
