/** A workspace with its git repositories and rules, as promotions are worked out on it and delivered. */
import type { Problem } from '../core/base/problem.js';
import type { Environment } from '../core/gitops/delivery.js';
import type { Finding } from '../core/rules/runRules.js';
import type { BranchEdits, DigestOf, SourceEdit } from '../core/promote/promotion.js';
import { problemsOfEnvironment, type Checks } from './checks.js';
import { deliverChange, type ChangeRequest, type ChangeTools, type DeliveredChange, type DeliveryWay } from './deliverChange.js';
import type { EditedDelivery } from './editedDelivery.js';
import type { EditWorkspace } from './editBases.js';
import { Failure } from './failure.js';
import type { GitWriter, RevisionTree } from './ports.js';
import type { Workspace } from './workspace.js';

export interface PromotionTools {
  readonly workspace: Pick<Workspace, 'edited' | 'editedAt' | 'editedOn'> & { readonly state: Pick<Workspace['state'], 'folders'> };
  readonly writer: Pick<GitWriter, 'branch'>;
  readonly checks: Checks;
  readonly digestOf?: DigestOf;
}

/** What {@link planPromotion} needs, of a workspace that is open. */
export function openPromotions({ workspace, writer, checks, digestOf }: PromotionTools): EditWorkspace {
  const found = new WeakMap<EditedDelivery, readonly Finding[]>();
  return {
    present: () => workspace.edited,
    at: (top, commit, signal) => workspace.editedAt(top, commit, signal),
    on: (tree, signal) => workspace.editedOn(tree, signal),
    tipOf: async (top, branch, signal) => (await writer.branch(top, branch, signal)).base,
    problemsOf: (edited, environment) => problemsOf(edited, environment, checks, found),
    folders: workspace.state.folders,
    ...(digestOf && { digestOf }),
  };
}

function problemsOf(edited: EditedDelivery, environment: Environment, checks: Checks, known: WeakMap<EditedDelivery, readonly Finding[]>): readonly Problem[] {
  const { tree, delivery, kustomizations, yamlFiles } = edited;
  let findings = known.get(edited);
  if (!findings) {
    findings = checks.run({ tree, delivery, kustomizations, yamlFiles, parse: (path) => delivery.parse(path) });
    known.set(edited, findings);
  }
  return problemsOfEnvironment(environment, delivery, findings);
}

export interface BranchDelivery {
  readonly branch: Pick<BranchEdits, 'repository'> & { readonly branch: string | undefined };
  /** Works the edits out on another state of the branch. Rejects where they would not mean the same any more. */
  readonly again: (tree: RevisionTree, signal: AbortSignal) => Promise<readonly SourceEdit[]>;
  readonly message: string;
  readonly way: DeliveryWay;
  /** Files with changes that are in the editor alone, absolute. */
  readonly unsaved: readonly string[];
  readonly skipHooks?: ChangeRequest['skipHooks'];
  readonly tell?: ChangeRequest['tell'];
}

/** Commits the edits of one branch, and brings them where they are to go; worked out again where the branch has moved. */
export function deliverBranch(delivery: BranchDelivery, tools: ChangeTools, signal: AbortSignal): Promise<DeliveredChange> {
  const { branch, again, message, way, unsaved, skipHooks, tell } = delivery;
  if (branch.repository === undefined || branch.branch === undefined) {
    throw new Failure('git/no-repository', 'These files are in no git repository, so there is nothing to commit to.', 'Edit the files without committing.');
  }
  const request: ChangeRequest = {
    top: branch.repository,
    branch: branch.branch,
    way,
    unsaved,
    skipHooks,
    ...(tell && { tell }),
    plan: async (base, own) => {
      const edits = await again(base.tree, own);
      return { message, edits: edits.map(({ path, after }) => ({ path, content: after })) };
    },
  };
  return deliverChange(tools, request, signal);
}
