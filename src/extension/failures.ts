/** Words and an action for what failed outside the editor (git, network, clusters), by code. A code without words is shown as it was reported. */
import type { FailureWords } from '../server/protocol.js';

const words: Readonly<Record<string, string>> = {
  'git/not-installed': 'Git could not be started. Install git and see that it is on the PATH.',
  'workspace/untrusted': 'This workspace is open in Restricted Mode: git, clusters and the network are left alone until you trust it.',
  'server/unknown-request': 'The server that runs does not know this. Restart it; if that does not help, see the log.',
};

/** What a button under a failure does. */
export interface FailureAction {
  readonly title: string;
  readonly command: string;
  readonly arguments: readonly unknown[];
}

const trust: FailureAction = { title: 'Manage Workspace Trust', command: 'workbench.trust.manage', arguments: [] };
const connect: FailureAction = { title: 'Connect to Cluster…', command: 'gitops.clusters.connect', arguments: [] };
const kubeconfig: FailureAction = { title: 'Open Setting', command: 'workbench.action.openSettings', arguments: ['gitops.cluster.kubeconfig'] };
const sandbox: FailureAction = { title: 'Start Sandbox', command: 'gitops.sandbox.start', arguments: [] };

const actions: Readonly<Record<string, readonly FailureAction[]>> = {
  'workspace/untrusted': [trust],
  'kubeconfig/untrusted': [trust],
  'kubeconfig/none': [kubeconfig, sandbox],
  'kubeconfig/invalid': [kubeconfig],
  'kubeconfig/unknown-context': [connect],
  'cluster/unauthorized': [connect],
  'cluster/unreachable': [connect],
  'cluster/not-connected': [connect],
  'server/unknown-request': [{ title: 'Restart Server', command: 'gitops.server.restart', arguments: [] }],
};

/** One sentence or two for people. */
export function describeFailure(failure: FailureWords): string {
  return `GitOps: ${words[failure.code] ?? failure.message}`;
}

/** What can be done about it from here; empty where the words say all. */
export function actionsFor({ code }: FailureWords): readonly FailureAction[] {
  return actions[code] ?? [];
}

/** True for an answer that says why there is none. */
export function isFailureWords(answer: unknown): answer is FailureWords {
  return typeof answer === 'object' && answer !== null && 'code' in answer && 'message' in answer;
}
