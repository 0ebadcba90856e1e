/** Whether what is pushed to a branch reaches an environment. */
import type { Environment } from '../delivery.js';
import { allowsBranch } from './branchLimit.js';
import { anyBranch, type BranchLimit } from './pipeline.js';
import { constantOf, onlyHole, type SymbolicText } from './symbolicText.js';

/**
 * True when an environment follows the branch.
 * @param branch undefined where nothing is said
 * @param limit the branches that a pipeline runs for, where it pushes to the one that it runs for
 */
export function isFollowed(environment: Environment, branch: SymbolicText | undefined, limit: BranchLimit = anyBranch): boolean {
  const revision = environment.sources[0]?.revision?.value.replace(/^refs\/heads\//, '');
  if (branch === undefined) return true;
  const constant = constantOf(branch);
  const isDefault = revision === undefined || revision === 'HEAD';
  if (constant !== undefined) return isDefault || revision === constant;
  switch (onlyHole(branch)?.meaning) {
    case 'branch':
      return isDefault || allowsBranch(limit, revision);
    case 'defaultBranch':
      return isDefault || revision === 'main' || revision === 'master';
    default:
      return false;
  }
}
