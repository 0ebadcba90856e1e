/** Words for what failed outside the editor (git, network, files), by code. A code without an entry is shown as it was reported. */
import type { FailureWords } from '../server/protocol.js';

const words: Readonly<Record<string, string>> = {
  'git/not-a-repository': 'This folder is not in a git repository, so there are no revisions to compare.',
  'git/unknown-revision': 'Git knows no such revision here.',
  'git/not-installed': 'Git was not found; install it, or set the path in the setting git.path.',
  'workspace/untrusted': 'This workspace is open in Restricted Mode: git and the network are left alone until you trust it.',
};

/** One sentence for people. */
export function describeFailure(failure: FailureWords): string {
  return `GitOps: ${words[failure.code] ?? failure.message}`;
}

/** True for an answer that says why there is none. */
export function isFailureWords(answer: unknown): answer is FailureWords {
  return typeof answer === 'object' && answer !== null && 'code' in answer && 'message' in answer;
}
