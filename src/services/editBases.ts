/**
 * The states of files that edits are made on: the tip of the branch that each environment follows, or the files as they
 * stand. On the tip of a branch only those environments count that follow it.
 */
import type { Problem } from '../core/base/problem.js';
import { isInside } from '../core/base/path.js';
import type { DeliveryModel, Environment, Repository } from '../core/gitops/delivery.js';
import type { EditSources } from '../core/promote/editSources.js';
import type { DigestOf, EditBase, SourceEdit } from '../core/promote/promotion.js';
import type { EditedDelivery } from './editedDelivery.js';
import { Failure } from './failure.js';
import type { RevisionTree } from './ports.js';

/** What edits are worked out on. */
export interface EditWorkspace {
  /** The files as they stand. */
  readonly present: () => EditedDelivery;
  /** The files of a commit. */
  readonly at: (top: string, commit: string, signal: AbortSignal) => Promise<EditedDelivery>;
  readonly on: (tree: RevisionTree, signal: AbortSignal) => Promise<EditedDelivery>;
  /** The commit that a change of a branch stands on; rejects with `git/not-a-branch` where there is none of that name. */
  readonly tipOf: (top: string, branch: string, signal: AbortSignal) => Promise<string>;
  /** What the rules find in an environment of a state. */
  readonly problemsOf: (edited: EditedDelivery, environment: Environment) => readonly Problem[];
  /** The workspace's folders, absolute. */
  readonly folders: readonly string[];
  /** What registries said before; nothing where none was asked. */
  readonly digestOf?: DigestOf;
}

/** Where a state of an environment's files comes from. */
export interface Base {
  readonly repository: string | undefined;
  readonly branch: string | undefined;
  readonly commit: string | undefined;
  readonly edited: EditedDelivery;
}

/** Opens each state once. */
export class Bases {
  readonly #opened = new Map<string, Promise<Base>>();
  readonly #present: Base;

  constructor(
    private readonly usesFiles: boolean,
    private readonly workspace: EditWorkspace,
    private readonly signal: AbortSignal,
  ) {
    this.#present = { repository: undefined, branch: undefined, commit: undefined, edited: workspace.present() };
  }

  /** The state that an environment's operator reads, as far as it is known here. */
  async of(environment: Environment): Promise<Base> {
    const repository = repositoryOf(environment, this.#present.edited.delivery.model);
    const branch = repository && branchOf(environment, repository);
    if (this.usesFiles || !repository || branch === undefined) return this.#present;
    return this.#tipOf(repository.top, branch);
  }

  /** Why the files as they stand are not those that an environment is rendered from; undefined where they are, or aren't meant. */
  whyNotHere(environment: Environment): string | undefined {
    const repository = repositoryOf(environment, this.#present.edited.delivery.model);
    const branch = repository && branchOf(environment, repository);
    if (!this.usesFiles || !repository || branch === undefined || branch === repository.branch) return undefined;
    return `${environment.label} follows ${branch}, and ${repository.branch ?? 'no branch'} is checked out: commit to ${branch} instead of editing the files here.`;
  }

  /** The state that an environment is promoted from: where files are edited, those of the checked-out branch count as they stand. */
  async ofSource(environment: Environment): Promise<Base> {
    const repository = repositoryOf(environment, this.#present.edited.delivery.model);
    const branch = repository && branchOf(environment, repository);
    const isHere = !repository || branch === undefined || (this.usesFiles && repository.branch === branch);
    return isHere ? this.#present : this.#tipOf(repository.top, branch);
  }

  async #tipOf(top: string, branch: string): Promise<Base> {
    const key = `${top} ${branch}`;
    const opened = this.#opened.get(key) ?? this.#open(top, branch);
    this.#opened.set(key, opened);
    return opened;
  }

  /** The same; undefined where it follows something that is no branch here. Rejects with any other {@link Failure}. */
  async find(environment: Environment): Promise<Base | undefined> {
    try {
      return await this.of(environment);
    } catch (error) {
      if (error instanceof Failure && error.code === 'git/not-a-branch') return undefined;
      throw error;
    }
  }

  async #open(top: string, branch: string): Promise<Base> {
    const commit = await this.workspace.tipOf(top, branch, this.signal);
    return { repository: top, branch, commit, edited: await this.workspace.at(top, commit, this.signal) };
  }
}

/** The repository that holds an environment's folder, where it is a git repository. */
export function repositoryOf({ sources: [source] }: Environment, { repositories }: DeliveryModel): Repository | undefined {
  const folder = source?.folder;
  if (folder === undefined) return undefined;
  return repositories.filter(({ top, remotes, branch }) => isInside(folder, top) && (branch !== undefined || remotes.length > 0)).sort((a, b) => b.top.length - a.top.length)[0];
}

/** The branch that an operator follows; the checked-out one where nobody follows any, or none is named. */
export function branchOf({ sources: [source], operator }: Environment, { branch }: Repository): string | undefined {
  const revision = source?.revision?.value;
  return operator === 'none' || revision === undefined || revision === '' || revision === 'HEAD' ? branch : revision.replace(/^refs\/heads\//, '');
}

/** On a branch only those count that follow it: what others would make of its files is nothing that anybody deploys. */
export function sourcesFor(edited: EditedDelivery, branch: string | undefined, wanted: ReadonlySet<string>): EditSources {
  if (branch === undefined) return edited.sources;
  const { repositories } = edited.delivery.model;
  const isFollower = (environment: Environment): boolean => {
    const repository = repositoryOf(environment, edited.delivery.model) ?? repositories[0];
    const followed = repository && branchOf(environment, repository);
    return wanted.has(environment.id) || followed === undefined || followed === branch;
  };
  const followers = new Set(edited.delivery.model.environments.filter(isFollower).map(({ id }) => id));
  return limitTo(edited.sources, followers);
}

function limitTo(sources: EditSources, ids: ReadonlySet<string>): EditSources {
  return { ...sources, targets: sources.targets.filter(({ id }) => ids.has(id)), edit: (changes) => limitTo(sources.edit(changes), ids) };
}

/** The files that were edited, before and after. */
export function readEdits(paths: readonly string[], edited: EditedDelivery, after: EditSources): readonly SourceEdit[] {
  return paths.map((path) => ({ path, before: edited.tree.read(path)?.text, after: after.parse(path)?.source.text }));
}

/** What a commit of the edits stands on. */
export function editBaseOf({ branch, commit }: Base): EditBase {
  return branch === undefined || commit === undefined ? { kind: 'files' } : { kind: 'branch', branch, commit };
}

/** True where a change of the branch is for review. */
export function isProtectedBase({ branch, edited }: Base, environments: readonly Environment[]): boolean {
  return environments.some(({ isProtected }) => isProtected) || edited.delivery.settings.protectedBranches.includes(branch ?? '');
}
