/** Writing to the git repositories on this machine, by the git that is installed, as its user would. */
import type { GitWriter } from '../../services/ports.js';
import { findPushRemote, readBranch } from './branchFacts.js';
import { makeCommit } from './makeCommit.js';
import { checkMove, moveBranch } from './moveBranch.js';
import { fetchBranch, pushCommit } from './pushBranch.js';
import { revertCommits } from './revertCommits.js';
import { recoverMoves } from './unfinishedMove.js';
import { listCommits, walkHistory } from './walkHistory.js';

/** The installed git. */
export const gitWriter: GitWriter = {
  recover: recoverMoves,
  branch: readBranch,
  pushRemote: findPushRemote,
  commit: makeCommit,
  checkMove,
  moveBranch,
  push: pushCommit,
  fetch: fetchBranch,
  commitsBetween: listCommits,
  walk: walkHistory,
  revertEdits: revertCommits,
};
