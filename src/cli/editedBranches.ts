/** What commands that edit branches share: the words that say where edits go, how they get there, and how they are shown. */
import { gitRepositories } from '../adapters/git/gitRepositories.js';
import { gitWriter } from '../adapters/git/gitWriter.js';
import { readKubernetesTable } from '../adapters/disk/kubernetesTable.js';
import { toSystemPath } from '../adapters/disk/paths.js';
import { writeWhole } from '../adapters/disk/textFile.js';
import type { BuildOptions } from '../core/kustomize/build.js';
import { diffLines, formatUnifiedDiff } from '../core/promote/lineDiff.js';
import type { BranchEdits, SourceEdit } from '../core/promote/promotion.js';
import type { PromotionQuestion } from '../core/promote/promotionGuards.js';
import { topicBranchOf } from '../core/promote/promotionWords.js';
import { Checks } from '../services/checks.js';
import type { DeliveredChange, DeliveryWay } from '../services/deliverChange.js';
import type { EditWorkspace } from '../services/editBases.js';
import { deliverBranch, openPromotions, type BranchDelivery } from '../services/promotionWorkspace.js';
import type { Workspace } from '../services/workspace.js';
import { CommandError, type CommandLine } from './commandLine.js';
import type { OpenFiles } from './openFiles.js';

/** Where edits go, and what is answered beforehand. */
export interface EditWords {
  readonly workspace?: string;
  readonly dryRun?: true;
  readonly commit?: true;
  readonly push?: true;
  /** A branch of its own, for a pull request. */
  readonly branch?: string;
  readonly message?: string;
  readonly skipCi?: true;
  /** False for `--no-verify`, as of `git commit`. */
  readonly verify?: boolean;
  /** Names of protected environments, typed again. */
  readonly protected?: readonly string[];
  readonly yes?: true;
  readonly format: 'text' | 'json';
  readonly build: BuildOptions;
}

/** One branch's part, as programs read it. */
export interface BranchFields {
  readonly branch: string;
  readonly commit?: string;
  readonly pushed: boolean;
  readonly pullRequest?: string;
  readonly notes: readonly string[];
}

interface EditFields {
  readonly file: string;
  /** The lines, without the last line end. */
  readonly before: string;
  readonly after: string;
  /** 1-based. */
  readonly line: number;
}

/** A branch with edits, and what commits them. */
export interface EditedBranch {
  readonly edits: BranchEdits & { readonly branch: string | undefined };
  readonly message: () => string;
  readonly again: BranchDelivery['again'];
}

/** True where edits become commits; else the files here are edited. */
export function makesCommits({ commit, push, branch }: EditWords): boolean {
  return commit === true || push === true || branch !== undefined;
}

/** What edits are worked out on. */
export function openEdits(workspace: Workspace, { errors, programFolder }: CommandLine): EditWorkspace {
  const checks = new Checks({
    onFailure: (rule, error) => errors.write(`The rule ${rule.id} failed by a bug; please report it: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`),
    readTable: () => readKubernetesTable(programFolder),
  });
  return openPromotions({ workspace, writer: gitWriter, checks });
}

/** A change for review answers for protected environments; everything else is answered here. */
export function requireAnswers(questions: readonly Pick<PromotionQuestion, 'question' | 'typed'>[], words: EditWords): void {
  for (const { question, typed } of questions) {
    if (typed === undefined ? words.yes === true : words.branch !== undefined || words.protected?.includes(typed) === true) continue;
    throw new CommandError(typed === undefined ? `${question} Answer with --yes.` : `${question} Say --protected ${typed}, or propose it with --branch.`);
  }
}

/** Writes the edits to where they are to go, branch by branch. */
export async function deliverEdits(branches: readonly EditedBranch[], words: EditWords, { tree }: OpenFiles, { errors, signal }: CommandLine): Promise<readonly BranchFields[]> {
  const outcomes: BranchFields[] = [];
  for (const { edits, message, again } of branches) {
    if (!makesCommits(words)) {
      for (const { path, after } of edits.files) if (after !== undefined) writeWhole(toSystemPath(tree.realPath(path)), after);
      outcomes.push({ branch: edits.branch ?? '', pushed: false, notes: [] });
      continue;
    }
    const delivery = {
      branch: edits,
      again,
      message: words.message ?? message(),
      way: wayOf(words, branches.length, edits.branch),
      unsaved: [],
      skipHooks: words.verify === false,
      tell: (text: string): void => void errors.write(`${text}\n`),
    };
    outcomes.push(describeDelivered(await deliverBranch(delivery, { writer: gitWriter, repositories: gitRepositories }, signal)));
  }
  return outcomes;
}

function wayOf({ branch, push }: EditWords, branches: number, target: string | undefined): DeliveryWay {
  if (branch === undefined) return { kind: push === true ? 'push' : 'commit' };
  // One name can't be two branches of one repository.
  return { kind: 'pullRequest', topicBranch: branches === 1 ? branch : topicBranchOf(branch, target) };
}

function describeDelivered({ writtenTo, commit, isPushed, pullRequest, notes, alsoPushed }: DeliveredChange): BranchFields {
  const also = alsoPushed.map(({ hash, subject }) => `${hash.slice(0, 8)} ${subject} was pushed with it.`);
  return { branch: writtenTo, ...(commit !== undefined && { commit }), pushed: isPushed, ...(pullRequest && { pullRequest: pullRequest.url }), notes: [...notes, ...also] };
}

/** Where the edits went, or would go, as programs read it. */
export function describeOutcome(outcomes: readonly BranchFields[], branches: readonly { readonly branch: string | undefined }[]): object {
  const [outcome] = outcomes;
  return {
    branch: outcome?.branch ?? branches[0]?.branch ?? '',
    ...(outcome?.commit !== undefined && { commit: outcome.commit }),
    pushed: outcomes.length > 0 && outcomes.every(({ pushed }) => pushed),
    ...(outcome?.pullRequest !== undefined && { pullRequest: outcome.pullRequest }),
  };
}

/** The lines that files get, as programs read them. */
export function describeEdits(files: readonly SourceEdit[], label: OpenFiles['label']): readonly EditFields[] {
  return files.flatMap(({ path, before = '', after = '' }) =>
    diffLines(before, after).map((hunk) => ({ file: label(path), before: trimEnd(hunk.before), after: trimEnd(hunk.after), line: hunk.beforeLine + 1 })),
  );
}

function trimEnd(lines: readonly string[]): string {
  return lines.join('').replace(/\r?\n$/, '');
}

/** The edits as diffs that git takes; below the names of their branches where there are several. */
export function formatEdits(branches: readonly Pick<EditedBranch['edits'], 'branch' | 'files'>[], label: OpenFiles['label']): string {
  return branches.map(({ branch, files }) => `${branch === undefined || branches.length < 2 ? '' : `# on ${branch}\n`}${formatFiles(files, label)}`).join('');
}

/** Edits of files as diffs that git takes. */
export function formatFiles(files: readonly SourceEdit[], label: OpenFiles['label']): string {
  return files.map(({ path, before = '', after = '' }) => formatUnifiedDiff({ name: label(path), text: before }, { name: label(path), text: after })).join('');
}

/** What came of one branch, for people. */
export function formatOutcome({ branch, commit, pushed, pullRequest, notes }: BranchFields): string {
  const done = commit === undefined ? 'Edited the files; nothing is committed.' : `Committed ${commit.slice(0, 8)} to ${branch}${pushed ? ' and pushed it' : ''}.`;
  return `\n${[done, ...notes, ...(pullRequest === undefined ? [] : [`Pull request: ${pullRequest}`])].join('\n')}\n`;
}
