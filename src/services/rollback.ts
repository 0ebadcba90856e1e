/**
 * Takes deliveries of an environment back: its history as the commits that changed its render, what it was at each of
 * them, and `git revert` of the latest ones as one commit on the branch that it tracks.
 */
import { relativePath } from '../core/base/path.js';
import { messageOptions } from '../core/gitops/commitSubject.js';
import type { Environment } from '../core/gitops/delivery.js';
import { findImages, type EnvironmentImage } from '../core/gitops/environmentImages.js';
import { renderingText, type Rendering } from '../core/objects/rendering.js';
import { rollbackMessage } from '../core/promote/commitMessage.js';
import { dependenciesOf, folderBefore, mayConcern } from '../core/promote/history.js';
import { findUndoings, type Undoing } from '../core/promote/undoings.js';
import { deliverChange, type BaseState, type ChangeTools, type DeliveredChange, type DeliveryWay, type PlannedChange } from './deliverChange.js';
import { branchOf, repositoryOf, type EditWorkspace } from './editBases.js';
import type { EditedDelivery } from './editedDelivery.js';
import { Failure } from './failure.js';
import { layEdits } from './laidTree.js';
import type { CommitFacts, FileEdit, GitRepositories, GitWriter, RevertConflict, WalkedCommit } from './ports.js';

/** A commit that changed what an environment renders to. */
export interface EnvironmentDelivery extends CommitFacts {
  /** As it was rendered after this commit. */
  readonly images: readonly EnvironmentImage[];
  /** Why it didn't render after this commit; undefined where it did. */
  readonly problem: string | undefined;
}

export interface EnvironmentHistory {
  /** As the tip of its branch declares it. */
  readonly environment: Environment;
  /** Its repository's top folder. */
  readonly top: string;
  /** The branch that it tracks. */
  readonly branch: string;
  /** The commit that it was looked for from. */
  readonly tip: string;
  /** Latest first; the first one is what the branch says now. */
  readonly deliveries: readonly EnvironmentDelivery[];
  /** All commits of the branch as far as they were looked at, latest first, for `matchDeployed`. */
  readonly commits: readonly string[];
  /** Why there may be more: the limit was reached, or the clone is shallow. */
  readonly incomplete: string | undefined;
}

/** What a rollback would do, before anything is written. */
export interface RollbackPlan {
  readonly environment: Environment;
  readonly top: string;
  readonly branch: string;
  /** The commit that it was planned on. */
  readonly base: string;
  /** The state that comes back. */
  readonly to: EnvironmentDelivery;
  /** The commits that are taken back, latest first. */
  readonly reverted: readonly EnvironmentDelivery[];
  readonly change: PlannedChange;
  /** Files in which it can't be done; nothing is written while there are any. */
  readonly conflicts: readonly RevertConflict[];
  /** The environment on the base, and after the rollback. */
  readonly before: Rendering;
  readonly after: Rendering;
  /** True where `after` is what the environment was at `to`. */
  readonly isSameAsThen: boolean;
  /** Other environments of the branch whose render changes with it. */
  readonly alsoChanged: readonly Environment[];
  /** True where a pull request is what its protection asks for. */
  readonly isProtected: boolean;
  /** What would undo it, and the step that prevents that; one each. */
  readonly undoneBy: readonly Undoing[];
  /** The base and the state after, for texts and findings. */
  readonly states: { readonly before: EditedDelivery; readonly after: EditedDelivery };
}

export interface RollbackTools {
  readonly writer: Pick<GitWriter, 'branch' | 'walk' | 'revertEdits'>;
  readonly repositories: GitRepositories;
  readonly workspace: EditWorkspace;
}

export interface HistoryOptions {
  /** How many deliveries are looked for. */
  readonly most?: number;
  /** Looks on until this commit, whatever `most` says; a full hash. */
  readonly until?: string | undefined;
}

/** How many commits are looked at. */
const mostCommits = 1000;

/** Rejects with a {@link Failure} where the environment's files are in no git repository, or it follows no branch. */
export async function findHistory(tools: RollbackTools, environment: Environment, options: HistoryOptions, signal: AbortSignal): Promise<EnvironmentHistory> {
  return (await new HistoryWalk(tools, environment, signal).run(options)).history;
}

/** A state of an environment on the way back. */
interface WalkState {
  readonly environment: Environment | undefined;
  /** As it was known last, on the way back: what it is looked for by. */
  readonly known: Environment;
  readonly rendering: Rendering | undefined;
  readonly dependencies: ReadonlySet<string>;
  /** Equal where the environment is the same. */
  readonly text: string;
}

class HistoryWalk {
  constructor(
    private readonly tools: RollbackTools,
    private readonly environment: Environment,
    private readonly signal: AbortSignal,
  ) {}

  async run({ most = 20, until }: HistoryOptions): Promise<{ readonly history: EnvironmentHistory; readonly texts: ReadonlyMap<string, string> }> {
    const { writer, repositories, workspace } = this.tools;
    const repository = repositoryOf(this.environment, workspace.present().delivery.model);
    const branch = repository && branchOf(this.environment, repository);
    if (!repository || branch === undefined) {
      throw new Failure(
        'git/no-repository',
        `The files of ${this.environment.label} are on no branch of a git repository that is open here.`,
        'Open the repository that it is delivered from, on a branch.',
      );
    }
    const { top } = repository;
    const { base: tip } = await writer.branch(top, branch, this.signal);
    if (until !== undefined) await repositories.commitOf(top, until, this.signal);
    const commits = await writer.walk(top, tip, mostCommits, this.signal);
    const deliveries: EnvironmentDelivery[] = [];
    const texts = new Map<string, string>();
    const first = await this.#stateAt(top, tip);
    if (!first.environment) throw notDeclaredHere(this.environment, top, tip);
    let state = first;
    let incomplete = commits.length === mostCommits ? `Only the latest ${mostCommits} commits were looked at.` : undefined;
    let looked = 0;
    let isPast = until === undefined;
    for (const commit of commits) {
      looked++;
      isPast ||= commit.hash === until;
      const before = await this.#stateBefore(commit, state, top);
      if (before?.text !== state.text && state.rendering) {
        deliveries.push(deliveryOf(commit, state.rendering));
        texts.set(commit.hash, state.text);
      }
      if (commit.isCut) incomplete = `The clone is shallow and ends at ${commit.hash.slice(0, 8)}; git fetch --unshallow brings the rest.`;
      if (!before) break;
      state = before;
      if (deliveries.length >= most && isPast) {
        incomplete = `Only the latest ${most} deliveries were looked for.`;
        break;
      }
    }
    const history = { environment: first.environment, top, branch, tip, deliveries, commits: commits.slice(0, looked).map(({ hash }) => hash), incomplete };
    return { history, texts };
  }

  /** Undefined where there was nothing before, or it isn't here. */
  async #stateBefore(commit: WalkedCommit, state: WalkState, top: string): Promise<WalkState | undefined> {
    if (commit.parent === undefined) return undefined;
    if (!mayConcern(commit.paths, state.dependencies, top)) return state;
    return this.#stateAt(top, commit.parent, { ...state, renames: commit.renames });
  }

  /** @param later the state after it, by which an environment is known that had another name then */
  async #stateAt(top: string, commit: string, later?: Pick<WalkState, 'known'> & Pick<WalkedCommit, 'renames'>): Promise<WalkState> {
    const edited = await stateAfter(this.tools, top, commit, [], this.signal);
    const { model } = edited.delivery;
    const known = later?.known ?? this.environment;
    const folder = later && folderBefore(known, later.renames);
    const environment =
      model.environments.find(({ id }) => id === known.id) ??
      (folder === undefined ? undefined : model.environments.find(({ operator, sources: [source] }) => operator === known.operator && source?.folder === folder));
    const rendering = environment && edited.render(environment.id)?.rendering;
    const renderingOf = (each: Environment): Rendering => edited.render(each.id)?.rendering ?? edited.delivery.render(each).rendering;
    // Where there is none, any file may bring it.
    const dependencies = environment
      ? dependenciesOf(environment, model, renderingOf)
      : new Set(known.sources.flatMap((source) => source.folder ?? []).concat(known.declaredAt.source.path));
    return { environment, known: environment ?? known, rendering, dependencies, text: textOf(rendering) };
  }
}

function notDeclaredHere({ label }: Environment, top: string, tip: string): Failure {
  return new Failure(
    'git/unsupported-repository',
    `${label} is not declared in ${top} at ${tip.slice(0, 8)}, where its files are, so what it was at a commit can't be told.`,
    'Commit its declaration; where that is in another repository, use git revert there.',
  );
}

function textOf(rendering: Rendering | undefined): string {
  if (!rendering) return 'missing';
  return rendering.ok ? `ok\n${renderingText(rendering)}` : 'failed';
}

function deliveryOf({ hash, subject, author, date }: WalkedCommit, rendering: Rendering): EnvironmentDelivery {
  const problem = rendering.ok ? undefined : ((rendering.problems.find(({ severity }) => severity === 'error') ?? rendering.problems[0])?.message ?? 'There is no output.');
  return { hash, subject, author, date, images: findImages(rendering), problem };
}

export interface RollbackRequest {
  readonly environment: Environment;
  /** A revision whose state comes back; the one before the last delivery where it is left out. */
  readonly to?: string | undefined;
  /** Ends the subject with `[skip ci]`, or doesn't; as the workspace's settings say where it is left out. */
  readonly skipCi?: boolean | undefined;
}

/** Works a rollback out. Rejects with a {@link Failure} where there is nothing to take back. */
export async function planRollback(tools: RollbackTools, request: RollbackRequest, signal: AbortSignal): Promise<RollbackPlan> {
  const { repositories, writer, workspace } = tools;
  const { environment } = request;
  const repository = repositoryOf(environment, workspace.present().delivery.model);
  const until = request.to === undefined || !repository ? undefined : await repositories.commitOf(repository.top, request.to, signal);
  const { history, texts } = await new HistoryWalk(tools, environment, signal).run({ most: 2, until });
  const { to, reverted } = chooseDeliveries(history, until);
  const { top, branch, tip: base } = history;
  const { edits, conflicts } = await writer.revertEdits(
    top,
    reverted.map(({ hash }) => hash),
    base,
    signal,
  );
  const before = await workspace.at(top, base, signal);
  const after = await stateAfter(tools, top, base, edits, signal);
  const [left, right] = [before.render(environment.id)?.rendering, after.render(environment.id)?.rendering];
  if (!left || !right)
    throw new Failure(
      'rollback/nothing',
      `${environment.label} would not be there any more: the commit that is taken back declares it.`,
      'Take it away by hand, if that is meant.',
    );
  const { model } = before.delivery;
  return {
    environment: history.environment,
    top,
    branch,
    base,
    to,
    reverted,
    change: { edits, message: rollbackMessage(reverted, environment, to, messageOptions(workspace.present().delivery.settings.commits, { skipCi: request.skipCi })) },
    conflicts,
    before: left,
    after: right,
    isSameAsThen: textOf(right) === texts.get(to.hash),
    alsoChanged: model.environments.filter((each) => each.id !== environment.id && followsBranch(each, before, branch) && isChanged(each, before, after)),
    isProtected: history.environment.isProtected || before.delivery.settings.protectedBranches.includes(branch),
    undoneBy: findUndoings({
      environment: history.environment,
      model,
      tree: before.tree,
      folders: workspace.folders,
      changed: edits.map(({ path }) => path),
      purpose: 'rollback',
      label: (path) => relativePath(top, path),
      parse: (path) => before.delivery.parse(path),
    }),
    states: { before, after },
  };
}

function chooseDeliveries(
  { deliveries, commits, environment, branch, incomplete }: EnvironmentHistory,
  until: string | undefined,
): { readonly to: EnvironmentDelivery; readonly reverted: readonly EnvironmentDelivery[] } {
  const nothing = (reason: string): Failure =>
    new Failure('rollback/nothing', `${environment.label} can't be taken back: ${reason}`, 'Look at its history for a commit to go back to.');
  const unknown = (what: string): string => `${what}${incomplete === undefined ? '' : ` ${incomplete}`}`;
  const place = until === undefined ? -1 : commits.indexOf(until);
  if (until !== undefined && place < 0) {
    throw new Failure('rollback/unknown-commit', unknown(`The commit ${until.slice(0, 8)} is not on the way that ${branch} came.`), 'Name a commit of that branch.');
  }
  const count = until === undefined ? 1 : deliveries.filter(({ hash }) => commits.indexOf(hash) < place).length;
  const [to, reverted] = [deliveries[count], deliveries.slice(0, count)];
  if (count === 0) throw nothing(`since ${until?.slice(0, 8) ?? ''} nothing has changed in it.`);
  if (!to) throw nothing(unknown(deliveries.length === 0 ? 'no commit changed it.' : 'nothing is known of what was before its first delivery.'));
  return { to, reverted };
}

/** The files of a commit with edits made. */
async function stateAfter(tools: RollbackTools, top: string, base: string, edits: readonly FileEdit[], signal: AbortSignal): Promise<EditedDelivery> {
  const tree = await tools.repositories.openCommit(top, base, signal);
  try {
    return await tools.workspace.on(edits.length === 0 ? tree : layEdits(tree, edits), signal);
  } finally {
    tree.close();
  }
}

function followsBranch(environment: Environment, { delivery }: EditedDelivery, branch: string): boolean {
  const repository = repositoryOf(environment, delivery.model);
  const followed = repository && branchOf(environment, repository);
  return followed === undefined || followed === branch;
}

function isChanged({ id }: Environment, before: EditedDelivery, after: EditedDelivery): boolean {
  return textOf(before.render(id)?.rendering) !== textOf(after.render(id)?.rendering);
}

/**
 * The edits of a rollback on a state of its branch that may be another one than it was planned on.
 * Rejects where they would not mean the same any more.
 */
export async function planRollbackOn(plan: RollbackPlan, base: BaseState, message: string, tools: RollbackTools, signal: AbortSignal): Promise<PlannedChange> {
  if (plan.conflicts.length > 0) throw conflictFailure(plan, plan.conflicts);
  if (base.commit === plan.base) return { edits: plan.change.edits, message };
  const { environment, top, branch, reverted } = plan;
  const moved = (reason: string): Failure => new Failure('git/branch-moved', `${branch} has moved, and ${reason}.`, 'Plan the rollback again.');
  const state = await tools.workspace.on(base.tree, signal);
  if (textOf(state.render(environment.id)?.rendering) !== textOf(plan.before)) throw moved(`${environment.label} renders to something else there`);
  const { edits, conflicts } = await tools.writer.revertEdits(
    top,
    reverted.map(({ hash }) => hash),
    base.commit,
    signal,
  );
  if (conflicts.length > 0) throw conflictFailure(plan, conflicts);
  const after = await stateAfter(tools, top, base.commit, edits, signal);
  if (textOf(after.render(environment.id)?.rendering) !== textOf(plan.after)) throw moved(`the rollback would lead to something else`);
  return { edits, message };
}

/** Says in which files and lines commits can't be taken back. */
function conflictFailure({ top }: RollbackPlan, conflicts: readonly RevertConflict[]): Failure {
  return new Failure(
    'git/revert-conflict',
    conflicts.map((conflict) => describeConflict(conflict, top)).join(' '),
    'Change these files by hand to what they should say, or go back to a later commit.',
  );
}

/** `1a2b3c4d can't be taken back in overlays/prod/kustomization.yaml, line 4: The same lines were changed since.` */
export function describeConflict({ commit, path, lines, reason }: RevertConflict, top: string): string {
  const places = lines.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`));
  const where = places.length === 0 ? '' : `, ${places.length === 1 && lines[0]?.from === lines[0]?.to ? 'line' : 'lines'} ${places.join(', ')}`;
  return `${commit.slice(0, 8)} can't be taken back in ${relativePath(top, path)}${where}: ${reason}`;
}

export interface RollbackRun {
  readonly way: DeliveryWay;
  readonly message?: string | undefined;
  readonly unsaved?: readonly string[];
  readonly skipHooks?: boolean | undefined;
  readonly tell?: (message: string) => void;
}

/** Carries a rollback out, on the tip that its branch has then. Rejects with a {@link Failure}; nothing is written then. */
export function runRollback(plan: RollbackPlan, run: RollbackRun, tools: RollbackTools & ChangeTools, signal: AbortSignal): Promise<DeliveredChange> {
  const { way, unsaved, skipHooks, tell, message = plan.change.message } = run;
  const request = { top: plan.top, branch: plan.branch, way, skipHooks, ...(unsaved && { unsaved }), ...(tell && { tell }) };
  return deliverChange(tools, { ...request, plan: (base, own) => planRollbackOn(plan, base, message, tools, own) }, signal);
}
