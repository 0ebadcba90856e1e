/**
 * Carries plans of edits out: in the editor, or through git, branch by branch. What runs tells how far it is; a branch that
 * can't be delivered ends the run, and those before it stay delivered, which is said.
 */
import { randomUUID } from 'node:crypto';
import type { WorkspaceEdit } from 'vscode-languageserver';
import { SourceText } from '../../core/base/source.js';
import { diffLines } from '../../core/promote/lineDiff.js';
import type { SourceEdit } from '../../core/promote/promotion.js';
import { topicBranchOf } from '../../core/promote/promotionWords.js';
import { deliverChange, type ChangeTools, type DeliveredChange, type DeliveryWay } from '../../services/deliverChange.js';
import { Failure, isCancelled } from '../../services/failure.js';
import type { BranchOutcome, EditProgress, EditQuestion, FollowedLadder, RunRequest } from '../promoteProtocol.js';
import type { Session } from '../session.js';
import { pathToUri } from '../uris.js';
import type { KeptPlan, KeptPlans, PlanPart } from './keptPlans.js';

export interface PlanRunsOptions {
  readonly session: Session;
  readonly plans: KeptPlans;
  /** Undefined where nothing can be committed. */
  readonly tools: ChangeTools | undefined;
  /** Makes an edit through the editor; false where it refused. */
  readonly applyEdit: (label: string, edit: WorkspaceEdit) => Promise<boolean>;
  readonly send: (progress: EditProgress) => void;
  /** Follows commits until the environments are healthy or failed; the last answer is told once more at the end. */
  readonly follow?: FollowLadders;
}

/** @param commits by the environment's id */
export type FollowLadders = (commits: ReadonlyMap<string, string>, tell: (ladders: readonly FollowedLadder[]) => void, signal: AbortSignal) => Promise<readonly FollowedLadder[]>;

interface Run {
  readonly runId: string;
  readonly kept: KeptPlan;
  readonly request: RunRequest;
  readonly abort: AbortController;
  branches: readonly BranchOutcome[];
  ladders: readonly FollowedLadder[];
}

export class PlanRuns {
  readonly #options: PlanRunsOptions;
  readonly #runs = new Map<string, Run>();

  constructor(options: PlanRunsOptions) {
    this.#options = options;
  }

  /** Begins a run. @throws Failure where the plan can't run, or a question has no answer */
  start(request: RunRequest): string {
    const { plans, session } = this.#options;
    const kept = plans.get(request.planId);
    const { refusal, questions, branches } = kept.view;
    if (refusal !== undefined) throw new Failure('promotion/changed', refusal, 'Plan something else.');
    const open = questions.find((question) => !isAnswered(question, request));
    if (open) throw new Failure('promotion/unanswered', open.question, open.typed === undefined ? 'Answer it with yes.' : `Type ${open.typed}, or make a pull request.`);
    const unable = branches.find(({ ways }) => !ways.includes(request.way));
    if (unable) throw new Failure('promotion/unanswered', `${unable.branch ?? 'What is here'} can't be delivered that way.`, 'Choose another way.');
    if (request.way !== 'edit' && !session.isTrusted) throw new Failure('git/failed', 'Nothing is committed in Restricted Mode.', 'Trust the workspace first.');
    const run: Run = {
      runId: randomUUID(),
      kept,
      request,
      abort: new AbortController(),
      branches: kept.parts.map(({ repository, branch }) => ({ repository, branch: branch ?? '', state: 'waiting', commit: undefined, pullRequestUrl: undefined, message: '' })),
      ladders: [],
    };
    this.#runs.set(run.runId, run);
    void this.#run(run);
    return run.runId;
  }

  cancel(runId: string): void {
    this.#runs.get(runId)?.abort.abort();
  }

  close(): void {
    for (const { abort } of this.#runs.values()) abort.abort();
  }

  async #run(run: Run): Promise<void> {
    const { session, plans } = this.#options;
    try {
      if (run.request.way === 'edit') await this.#edit(run);
      else await this.#deliver(run);
    } catch (error) {
      if (isCancelled(error)) this.#tell(run, 'cancelled', 'Cancelled.', 1);
      else if (error instanceof Failure) this.#tell(run, 'failed', `${error.message} ${error.action}`, 1);
      else {
        session.logBug('delivering a plan', error);
        this.#tell(run, 'failed', 'A bug of GitOps Workbench ended this; its log says more.', 1);
      }
    } finally {
      this.#runs.delete(run.runId);
      if (run.branches.every(({ state }) => state !== 'waiting' && state !== 'failed')) plans.forget(run.request.planId);
    }
  }

  async #edit(run: Run): Promise<void> {
    const { kept } = run;
    this.#tell(run, 'running', 'Editing the files', 0.2);
    const edits = kept.parts.flatMap(({ files }) => files);
    const { tree } = this.#options.session.model;
    const stale = edits.find(({ path, before }) => (tree.read(path)?.text ?? undefined) !== before);
    if (stale) throw new Failure('promotion/changed', `${this.#options.session.label(stale.path)} has changed since this was planned.`, 'Plan it again.');
    if (!(await this.#options.applyEdit(kept.view.title, toEditorEdit(edits))))
      throw new Failure('disk/unwritable', 'The editor did not make the change.', 'Look whether the files can be written.');
    run.branches = run.branches.map((branch) => ({ ...branch, state: 'committed', message: 'Edited in the editor; nothing is committed.' }));
    this.#tell(run, 'done', 'The files are edited; nothing is saved or committed.', 1);
  }

  async #deliver(run: Run): Promise<void> {
    const { kept } = run;
    const commits = new Map<string, string>();
    for (const [index, part] of kept.parts.entries()) {
      const delivered = await this.#deliverPart(run, part, index);
      if (delivered.commit !== undefined && delivered.pullRequest === undefined) for (const id of part.environments) commits.set(id, delivered.commit);
    }
    await this.#follow(run, commits);
  }

  async #deliverPart(run: Run, part: PlanPart, index: number): Promise<DeliveredChange> {
    const { tools, session } = this.#options;
    const { request, kept } = run;
    const done = index / kept.parts.length;
    if (!tools || part.top === undefined || part.branch === undefined) {
      throw new Failure('git/no-repository', 'These files are in no git repository, so there is nothing to commit to.', 'Edit the files without committing.');
    }
    const change = {
      top: part.top,
      branch: part.branch,
      way: wayOf(request, kept, part),
      unsaved: session.source.unsaved(),
      tell: (message: string) => this.#tell(run, 'running', message, done + 0.3 / kept.parts.length),
      plan: (base: Parameters<PlanPart['planOn']>[0], signal: AbortSignal) => part.planOn(base, request.message, signal),
    };
    try {
      const delivered = await deliverChange(tools, change, AbortSignal.any([run.abort.signal, session.signal]));
      this.#note(run, index, outcomeOf(delivered));
      session.noteChanges(part.files.map(({ path }) => path));
      this.#tell(run, 'running', `${part.branch} is delivered`, (index + 1) / kept.parts.length);
      return delivered;
    } catch (error) {
      if (error instanceof Failure) this.#note(run, index, { state: 'failed', message: `${error.message} ${error.action}` });
      throw error;
    }
  }

  async #follow(run: Run, commits: ReadonlyMap<string, string>): Promise<void> {
    const { follow, session } = this.#options;
    const isSent = run.branches.some(({ state }) => state === 'pushed');
    if (!follow || !isSent || commits.size === 0) return this.#tell(run, 'done', wordsOf(run.branches), 1);
    const tell = (ladders: readonly FollowedLadder[]): void => {
      run.ladders = ladders;
      this.#tell(run, 'following', followWords(ladders), 1);
    };
    run.ladders = await follow(commits, tell, AbortSignal.any([run.abort.signal, session.signal]));
    const failed = run.ladders.filter(({ state }) => state === 'failed');
    if (failed.length > 0) return this.#tell(run, 'failed', `${failed.map(({ label }) => label).join(', ')} did not become healthy.`, 1);
    this.#tell(run, 'done', followWords(run.ladders), 1);
  }

  #note(run: Run, index: number, outcome: Partial<BranchOutcome>): void {
    run.branches = run.branches.map((branch, at) => (at === index ? { ...branch, ...outcome } : branch));
  }

  #tell({ runId, kept, branches, ladders }: Run, phase: EditProgress['phase'], message: string, part: number): void {
    const rollbackOf = phase === 'failed' ? ladders.flatMap(({ id, state }) => (state === 'failed' ? [id] : [])) : [];
    this.#options.send({ runId, kind: kept.view.kind, phase, message, part, branches, ladders, rollbackOf });
  }
}

function isAnswered({ key, typed }: EditQuestion, { answers, way }: RunRequest): boolean {
  // A pull request is what protects a protected environment.
  if (typed !== undefined && way === 'pullRequest') return true;
  return answers[key] === (typed ?? 'yes');
}

function wayOf({ way, topicBranch, session }: RunRequest, { parts, view }: KeptPlan, part: PlanPart): DeliveryWay {
  if (way !== 'pullRequest') return { kind: way === 'push' ? 'push' : 'commit' };
  const proposed = view.branches.find(({ branch }) => branch === part.branch)?.topicBranch ?? 'promote/change';
  const name = topicBranch ?? proposed;
  return { kind: 'pullRequest', topicBranch: parts.length === 1 ? name : topicBranchOf(name, part.branch), ...(session && { session }) };
}

function outcomeOf({ writtenTo, commit, isPushed, pullRequest, notes }: DeliveredChange): Partial<BranchOutcome> {
  const state = commit === undefined ? 'committed' : pullRequest ? 'proposed' : isPushed ? 'pushed' : 'committed';
  return { branch: writtenTo, state, commit, pullRequestUrl: pullRequest?.url, message: [...(commit === undefined ? ['The branch has it already.'] : []), ...notes].join(' ') };
}

function wordsOf(branches: readonly BranchOutcome[]): string {
  const words = { waiting: 'is waiting', committed: 'has the commit', pushed: 'is pushed', proposed: 'is proposed', failed: 'failed' } as const;
  return `${branches.map(({ branch, state }) => `${branch} ${words[state]}`).join(', ')}.`;
}

function followWords(ladders: readonly FollowedLadder[]): string {
  const words = { moving: 'is on its way', healthy: 'is healthy', failed: 'failed', unknown: "can't be seen" } as const;
  return `${ladders.map(({ label, state }) => `${label} ${words[state]}`).join(', ')}.`;
}

/** Whole lines are replaced, no others. */
export function toEditorEdit(edits: readonly SourceEdit[]): WorkspaceEdit {
  const changes: NonNullable<WorkspaceEdit['changes']> = {};
  for (const { path, before = '', after = '' } of edits) {
    const source = new SourceText(path, before);
    const starts = source.lineStarts;
    const at = (line: number): number => starts[line] ?? before.length;
    changes[pathToUri(path)] = diffLines(before, after).map((hunk) => ({
      range: source.locate(at(hunk.beforeLine), at(hunk.beforeLine + hunk.before.length)).range,
      newText: hunk.after.join(''),
    }));
  }
  return { changes };
}
