/** Words for what failed outside the editor (git, network), by code. A code without an entry is shown as it was reported. */
import type { FailureWords } from '../server/protocol.js';

const words: Readonly<Record<string, string>> = {
  'git/no-repository': 'This folder is in no git repository, so there are no revisions to compare.',
  'git/not-installed': 'Git could not be started. Install git and see that it is on the PATH.',
  'workspace/untrusted': 'This workspace is open in Restricted Mode: git and the network are left alone until you trust it.',
};

/** One sentence or two for people. */
export function describeFailure(failure: FailureWords): string {
  return `GitOps: ${words[failure.code] ?? failure.message}`;
}

/** True for an answer that says why there is none. */
export function isFailureWords(answer: unknown): answer is FailureWords {
  return typeof answer === 'object' && answer !== null && 'code' in answer && 'message' in answer;
}
