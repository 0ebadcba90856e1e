/**
 * A note of a move of files that is going on, in git's folder of the work tree. Where one is found later, the process that made
 * it was killed: what it did to files and index is undone, unless the branch has moved, which is its last step.
 */
import fs from 'node:fs';
import path from 'node:path';
import { Failure } from '../../services/failure.js';
import { toSystemPath } from '../disk/paths.js';
import { readWorkTrees, tipOf } from './branchFacts.js';
import { indexLine, readChanges, type BlobEntry, type EntryChange } from './treeEntries.js';
import { runForStatus, writeGit } from './writeGit.js';

/** A file with changes that aren't committed, as it was and as it becomes. */
export interface NotedFile {
  /** As git names it. */
  readonly path: string;
  /** The bytes on disk, in base64. */
  readonly before: string;
  readonly after: string;
  readonly entryBefore: BlobEntry;
  readonly entryAfter: BlobEntry;
}

export interface UnfinishedMove {
  readonly branch: string;
  readonly from: string;
  readonly to: string;
  /** The commit or tree to which git's own merge brings files and index; `files` come on top. */
  readonly target: string;
  readonly files: readonly NotedFile[];
}

const noteName = 'gitops-workbench-move.json';

/** Git's own folder of a work tree. */
export async function gitFolderOf(folder: string, signal: AbortSignal | undefined): Promise<string> {
  return (await writeGit(folder, ['rev-parse', '--absolute-git-dir'], { signal })).replace(/\n$/, '');
}

export function noteMove(gitFolder: string, { branch, from, to, target, files }: UnfinishedMove): void {
  const file = path.join(gitFolder, noteName);
  const move: UnfinishedMove = { branch, from, to, target, files };
  fs.writeFileSync(`${file}.new`, JSON.stringify(move), { mode: 0o600, flush: true });
  fs.renameSync(`${file}.new`, file);
}

export function forgetMove(gitFolder: string): void {
  fs.rmSync(path.join(gitFolder, noteName), { force: true });
}

/** Undoes what is unfinished in any work tree of the repository; what was done, in sentences. */
export async function recoverMoves(top: string, signal: AbortSignal): Promise<readonly string[]> {
  const told: string[] = [];
  for (const { folder } of await readWorkTrees(top, signal)) {
    if (!fs.existsSync(toSystemPath(folder))) continue;
    const gitFolder = await gitFolderOf(folder, signal);
    const move = readNote(gitFolder);
    if (!move) continue;
    if (fs.existsSync(path.join(gitFolder, 'index.lock'))) {
      throw new Failure(
        'git/busy',
        `A delivery to ${move.branch} was interrupted, and another git is at work in ${folder}, or was killed.`,
        `Delete ${path.join(gitFolder, 'index.lock')} if no git is running, then try again.`,
      );
    }
    if ((await tipOf(folder, `refs/heads/${move.branch}`, signal)) === move.from) {
      await undoMove(folder, move);
      told.push(`A delivery to ${move.branch} was interrupted; the files in ${folder} are again as they were before it.`);
    }
    forgetMove(gitFolder);
  }
  return told;
}

function readNote(gitFolder: string): UnfinishedMove | undefined {
  const file = path.join(gitFolder, noteName);
  if (!fs.existsSync(file)) return undefined;
  const move: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
  if (isMove(move)) return move;
  throw new Failure('git/busy', `A delivery was interrupted, and its note ${file} can't be read.`, 'See with git status what is changed in your files, then delete that note.');
}

/** Notes are written whole by {@link noteMove}; an older version of ours may have written others. */
function isMove(value: unknown): value is UnfinishedMove {
  return (
    typeof value === 'object' && value !== null && 'branch' in value && 'from' in value && 'to' in value && 'target' in value && 'files' in value && Array.isArray(value.files)
  );
}

/** Brings files and index back to before a move, as far as they are as the move makes them; what was changed since stays. */
export async function undoMove(folder: string, move: UnfinishedMove): Promise<void> {
  const signal = undefined;
  for (const file of move.files) {
    const place = path.join(toSystemPath(folder), file.path);
    fs.rmSync(besideOf(place), { force: true });
    const isOurs = fs.existsSync(place) && fs.readFileSync(place).equals(Buffer.from(file.after, 'base64'));
    if (isOurs) writeWhole(place, Buffer.from(file.before, 'base64'));
  }
  const entries = await readIndex(folder);
  const touched = move.files.filter(({ path: name, entryAfter }) => isSameEntry(entries.get(name), entryAfter));
  await setEntries(
    folder,
    touched.map(({ path: name, entryBefore }) => indexLine(name, entryBefore)),
  );
  const changes = await readChanges(folder, move.from, move.target, signal);
  if (changes.length === 0) return;
  await runForStatus(folder, ['update-index', '-q', '--refresh'], { signal });
  // The index follows the files, so that where it is there all of them are.
  if (changes.every((change) => isSameEntry(entries.get(change.path), change.after))) {
    const back = await runForStatus(folder, ['read-tree', '-m', '-u', move.target, move.from], { signal });
    if (back.status === 0) return;
  }
  await undoPaths(folder, changes, entries);
}

/** Path by path, where git itself was interrupted or somebody went on working. */
async function undoPaths(folder: string, changes: readonly EntryChange[], entries: ReadonlyMap<string, BlobEntry>): Promise<void> {
  const signal = undefined;
  const ours = changes.filter((change) => isSameEntry(entries.get(change.path), change.after));
  await setEntries(
    folder,
    ours.map((change) => indexLine(change.path, change.before)),
  );
  for (const change of changes) {
    const place = path.join(toSystemPath(folder), change.path);
    if (!change.after || !fs.lstatSync(place, { throwIfNoEntry: false })?.isFile()) continue;
    const hash = (await writeGit(folder, ['hash-object', '--stdin-paths'], { input: `${change.path}\n`, signal })).trim();
    if (hash === change.after.hash) removeFile(place, toSystemPath(folder));
  }
  const gone = changes.filter(({ path: name, before }) => before && !fs.existsSync(path.join(toSystemPath(folder), name)));
  await writeGit(folder, ['checkout-index', '--quiet', '-z', '--stdin'], { input: gone.map((change) => `${change.path}\0`).join(''), signal });
}

/** With the folders that are empty then, as git does. */
function removeFile(place: string, top: string): void {
  fs.rmSync(place);
  for (let at = path.dirname(place); at !== top && fs.readdirSync(at).length === 0; at = path.dirname(at)) fs.rmdirSync(at);
}

async function setEntries(folder: string, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await writeGit(folder, ['update-index', '-z', '--index-info'], { input: lines.join(''), signal: undefined });
}

async function readIndex(folder: string): Promise<ReadonlyMap<string, BlobEntry>> {
  const entries = new Map<string, BlobEntry>();
  for (const line of (await writeGit(folder, ['ls-files', '-z', '-s', '--full-name', ':/'], { signal: undefined })).split('\0')) {
    const tab = line.indexOf('\t');
    const [mode = '', hash = ''] = line.slice(0, Math.max(tab, 0)).split(' ');
    if (tab > 0) entries.set(line.slice(tab + 1), { mode, hash });
  }
  return entries;
}

function isSameEntry(a: BlobEntry | undefined, b: BlobEntry | undefined): boolean {
  return a?.hash === b?.hash && a?.mode === b?.mode;
}

/** Writes a file in one step: beside it, then renamed over it. Its mode stays. */
export function writeWhole(file: string, content: Buffer): void {
  const mode = fs.statSync(file, { throwIfNoEntry: false })?.mode;
  const beside = besideOf(file);
  fs.writeFileSync(beside, content, { flush: true });
  if (mode !== undefined) fs.chmodSync(beside, mode & 0o7777);
  fs.renameSync(beside, file);
}

function besideOf(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.gitops-workbench`);
}
