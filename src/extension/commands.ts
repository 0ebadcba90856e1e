/**
 * Every command of the extension: its title, its icon, what it is called with. package.json says the same (a test
 * compares the two). They are registered and run through bindings.ts, so a misspelt id doesn't compile.
 */
import type * as vscode from 'vscode';
import type { SyncPlanView } from '../server/clusterProtocol.js';
import type { TextPosition, TextRange, UriText } from '../server/protocol.js';
import type { DriftNode } from './drift/target.js';
import type { TreeNode } from './environmentTree/treeNode.js';

export interface CommandInfo {
  readonly title: string;
  readonly icon?: string;
  /** When the command can be run at all, as package.json's `enablement`. */
  readonly enablement?: string;
  /** Run by our own code lenses and links only: not in package.json. */
  readonly internal?: true;
}

export const commands = {
  'gitops.preview.openToSide': { title: 'Open Preview to the Side', icon: '$(open-preview)' },
  'gitops.preview.compareWithHead': { title: 'Compare with HEAD', icon: '$(git-compare)', enablement: 'isWorkspaceTrusted' },
  'gitops.preview.revealSecrets': { title: 'Reveal Secrets in Preview', icon: '$(eye)' },
  'gitops.preview.maskSecrets': { title: 'Hide Secrets in Preview', icon: '$(eye-closed)' },
  'gitops.preview.showKustomization': { title: 'Show Kustomization or Chart', icon: '$(go-to-file)' },
  'gitops.preview.revealSource': { title: 'Show Source of Line' },
  'gitops.preview.revealLine': { title: 'Show in Preview' },
  'gitops.preview.nextChange': { title: 'Go to Next Change of this Overlay' },
  'gitops.preview.previousChange': { title: 'Go to Previous Change of this Overlay' },
  'gitops.charts.chooseValues': { title: 'Preview Chart with…', icon: '$(settings)' },
  'gitops.environments.compare': { title: 'Compare Environments…', icon: '$(compare-changes)' },
  'gitops.environments.compareRevisions': { title: 'Compare Environment at Two Revisions…', enablement: 'isWorkspaceTrusted' },
  'gitops.environments.compareBranch': { title: 'Compare Branch…', icon: '$(git-pull-request)', enablement: 'isWorkspaceTrusted' },
  'gitops.environments.setStandIns': { title: 'Set Stand-ins for Cluster Values…' },
  'gitops.environments.refresh': { title: 'Refresh Environments', icon: '$(refresh)' },
  'gitops.environments.filter': { title: 'Filter Environments…', icon: '$(filter)' },
  'gitops.environments.clearFilter': { title: 'Clear Filter of Environments', icon: '$(clear-all)' },
  'gitops.environments.preview': { title: 'Preview as Deployed', icon: '$(open-preview)' },
  'gitops.environments.compareWith': { title: 'Compare with…', icon: '$(compare-changes)' },
  'gitops.environments.openSource': { title: 'Open Source', icon: '$(go-to-file)' },
  'gitops.environments.openDeclaration': { title: 'Open Declaration' },
  'gitops.environments.copyName': { title: 'Copy Name' },
  'gitops.clusters.connect': { title: 'Connect to Cluster…', icon: '$(plug)', enablement: 'isWorkspaceTrusted' },
  'gitops.clusters.choose': { title: 'Choose Cluster for Environment…', enablement: 'isWorkspaceTrusted' },
  'gitops.clusters.disconnect': { title: 'Disconnect from Cluster…', icon: '$(debug-disconnect)' },
  'gitops.sandbox.start': { title: 'Start Sandbox', enablement: 'isWorkspaceTrusted' },
  'gitops.sandbox.stop': { title: 'Stop Sandbox' },
  'gitops.drift.compare': { title: 'Compare Live with Desired', icon: '$(diff)' },
  'gitops.drift.compareAll': { title: 'Compare All Live with Desired', icon: '$(diff-multiple)' },
  'gitops.drift.refresh': { title: 'Compare with Cluster Again', icon: '$(refresh)' },
  'gitops.drift.revert': { title: 'Revert in Cluster…', icon: '$(discard)' },
  'gitops.drift.adopt': { title: 'Adopt into Git', icon: '$(cloud-download)' },
  'gitops.drift.ignore': { title: 'Ignore with a Reason…', icon: '$(eye-closed)' },
  'gitops.drift.openLine': { title: 'Go to Declaring Line', icon: '$(go-to-file)' },
  'gitops.drift.copyValue': { title: 'Copy Live Value' },
  'gitops.sync.start': { title: 'Sync…', icon: '$(rocket)' },
  'gitops.sync.plan': { title: 'Preview Sync (Plan)', icon: '$(checklist)' },
  'gitops.sync.selected': { title: 'Sync Selected Resource…', icon: '$(rocket)' },
  'gitops.sync.run': { title: 'Apply Plan…', icon: '$(play)' },
  'gitops.sync.compare': { title: 'Compare Change of Plan', icon: '$(diff)' },
  'gitops.sync.compareAll': { title: 'Compare All Changes of Plan', icon: '$(diff-multiple)' },
  'gitops.sync.discard': { title: 'Close Plan', icon: '$(close)' },
  'gitops.sync.cancel': { title: 'Cancel Sync', icon: '$(stop-circle)' },
  'gitops.sync.show': { title: 'Show Sync' },
  'gitops.sync.history': { title: 'Sync History…', icon: '$(history)' },
  'gitops.sync.undo': { title: 'Undo Last Sync…', icon: '$(discard)' },
  'gitops.sync.repeat': { title: 'Sync This Revision Again…', icon: '$(redo)' },
  'gitops.sync.compareRecord': { title: 'Compare Synced Revision with Now', icon: '$(diff)' },
  'gitops.sync.reconcile': { title: 'Reconcile Continuously' },
  'gitops.sync.stopReconciling': { title: 'Stop Reconciling Continuously' },
  'gitops.argocd.sync': { title: 'Sync with Argo CD…', icon: '$(rocket)' },
  'gitops.argocd.refresh': { title: 'Refresh in Argo CD' },
  'gitops.argocd.hardRefresh': { title: 'Hard Refresh in Argo CD' },
  'gitops.argocd.terminate': { title: 'Terminate Operation in Argo CD…', icon: '$(stop-circle)' },
  'gitops.argocd.rollBack': { title: 'Roll Back in Argo CD to…' },
  'gitops.argocd.suspend': { title: 'Suspend Auto-Sync in Argo CD…' },
  'gitops.argocd.resume': { title: 'Resume Auto-Sync in Argo CD…' },
  'gitops.flux.reconcile': { title: 'Reconcile with Flux', icon: '$(rocket)' },
  'gitops.flux.reconcileWithSource': { title: 'Reconcile with Source in Flux' },
  'gitops.flux.suspend': { title: 'Suspend in Flux…' },
  'gitops.flux.resume': { title: 'Resume in Flux…' },
  'gitops.promote.start': { title: 'Promote…', icon: '$(arrow-circle-up)', enablement: 'isWorkspaceTrusted' },
  'gitops.rollback.start': { title: 'Roll Back…', icon: '$(discard)', enablement: 'isWorkspaceTrusted' },
  'gitops.registries.move': { title: 'Change Image Registry…', enablement: 'isWorkspaceTrusted' },
  'gitops.registries.allow': { title: 'Allow Registries…', enablement: 'isWorkspaceTrusted' },
  'gitops.registries.signIn': { title: 'Sign In to Registry…', enablement: 'isWorkspaceTrusted' },
  'gitops.registries.refresh': { title: 'Ask Registries Again', enablement: 'isWorkspaceTrusted' },
  'gitops.registries.restart': { title: 'Restart Rollout…', icon: '$(debug-restart)', enablement: 'isWorkspaceTrusted' },
  'gitops.pullRequests.preview': { title: 'Preview Environment of Pull Request…', icon: '$(open-preview)', enablement: 'isWorkspaceTrusted' },
  'gitops.pullRequests.create': { title: 'Create Environment of Pull Request…', icon: '$(cloud-upload)', enablement: 'isWorkspaceTrusted' },
  'gitops.pullRequests.delete': { title: 'Delete Environment of Pull Request…', icon: '$(trash)', enablement: 'isWorkspaceTrusted' },
  'gitops.pullRequests.open': { title: 'Open Pull Request in Browser…', icon: '$(link-external)' },
  'gitops.pullRequests.signIn': { title: 'List Open Pull Requests…', icon: '$(sign-in)', enablement: 'isWorkspaceTrusted' },
  'gitops.pullRequests.refresh': { title: 'Refresh Pull Requests', icon: '$(refresh)', enablement: 'isWorkspaceTrusted' },
  'gitops.plans.run': { title: 'Deliver Plan…', icon: '$(play)', enablement: 'isWorkspaceTrusted' },
  'gitops.plans.compare': { title: 'Open Change', icon: '$(diff)' },
  'gitops.plans.compareAll': { title: 'Open All Changes of Delivery', icon: '$(diff-multiple)' },
  'gitops.plans.discard': { title: 'Close Delivery', icon: '$(close)' },
  'gitops.plans.cancel': { title: 'Cancel Delivery', icon: '$(stop-circle)' },
  'gitops.plans.show': { title: 'Show Delivery' },
  'gitops.plans.openPullRequest': { title: 'Open Pull Request', icon: '$(link-external)' },
  'gitops.setHere.start': { title: 'Set This Here…', icon: '$(edit)' },
  'gitops.ladder.find': { title: 'Where Is My Change?', icon: '$(milestone)' },
  'gitops.ladder.findLine': { title: 'Where Is This Line?', icon: '$(milestone)' },
  'gitops.ladder.follow': { title: 'Follow Delivery', icon: '$(eye)' },
  'gitops.ladder.refresh': { title: 'Look at Delivery Again', icon: '$(refresh)' },
  'gitops.doctor.diagnose': { title: 'Diagnose Environment…', icon: '$(pulse)', enablement: 'isWorkspaceTrusted' },
  'gitops.doctor.fix': { title: 'Run Fix…', icon: '$(wrench)', enablement: 'isWorkspaceTrusted' },
  'gitops.doctor.openReport': { title: 'Open Diagnosis as Report', icon: '$(markdown)' },
  'gitops.doctor.copyReport': { title: 'Copy Diagnosis as Report', icon: '$(copy)' },
  'gitops.doctor.close': { title: 'Close Diagnosis', icon: '$(close)' },
  'gitops.board.open': { title: 'Open Delivery Board', icon: '$(table)' },
  'gitops.topology.open': { title: 'Show Topology', icon: '$(type-hierarchy-sub)' },
  'gitops.applications.preview': { title: 'Preview Generated Applications', icon: '$(open-preview)' },
  'gitops.sample.open': { title: 'Open a Sample Repository…' },
  'gitops.remote.fetch': { title: 'Fetch Remote Bases', enablement: 'isWorkspaceTrusted' },
  'gitops.server.restart': { title: 'Restart Server' },
  'gitops.log.show': { title: 'Show Log' },
  '_gitops.preview.pick': { title: 'Open the preview of an environment that uses a file', internal: true },
  '_gitops.environments.reveal': { title: 'Show an environment in the tree', internal: true },
  '_gitops.rules.show': { title: 'Show the page of a rule', internal: true },
  '_gitops.rules.accept': { title: 'Write the reason for which a finding is accepted', internal: true },
  '_gitops.sample.copy': { title: 'Copy the sample into a folder', internal: true },
  '_gitops.preview.showLine': { title: 'Show a line of a preview', internal: true },
  '_gitops.place.show': { title: 'Show a place in a file', internal: true },
  '_gitops.drift.show': { title: 'Show the drift of an environment in the tree', internal: true },
  '_gitops.clusters.showMenu': { title: 'Show what can be done with the connected clusters', internal: true },
  '_gitops.sync.take': { title: 'Show the plan of a sync that somebody else made', internal: true },
  '_gitops.registries.allow': { title: 'Ask whether a registry may be contacted', internal: true },
  '_gitops.setHere.ask': { title: 'Ask for another value of a field of a preview', internal: true },
} as const satisfies Readonly<Record<string, CommandInfo>>;

export type CommandId = keyof typeof commands;

/** What stands for an environment where a command is called: a node of the tree, a cell of the board, or a file. */
export type EnvironmentTarget = vscode.Uri | { readonly environmentId?: string | undefined };

/** An environment, or one of its past syncs. */
export type SyncRecordTarget = EnvironmentTarget | { readonly environmentId?: string | undefined; readonly run?: string | undefined };

/** A context of the kubeconfig. */
export interface ContextTarget {
  readonly context: string;
}

/** What each command may be called with; a command from the palette is called with nothing. */
export interface CommandArguments {
  'gitops.preview.openToSide': [target?: vscode.Uri | UriText];
  'gitops.preview.compareWithHead': [preview?: vscode.Uri];
  'gitops.preview.revealSecrets': [preview?: vscode.Uri];
  'gitops.preview.maskSecrets': [preview?: vscode.Uri];
  'gitops.preview.showKustomization': [preview?: vscode.Uri];
  'gitops.preview.revealSource': [];
  'gitops.preview.revealLine': [];
  'gitops.preview.nextChange': [];
  'gitops.charts.chooseValues': [target?: vscode.Uri | UriText];
  'gitops.preview.previousChange': [];
  'gitops.environments.compare': [target?: vscode.Uri | UriText];
  'gitops.environments.compareBranch': [];
  'gitops.environments.setStandIns': [target?: EnvironmentTarget];
  'gitops.environments.compareRevisions': [target?: vscode.Uri | UriText];
  'gitops.environments.refresh': [];
  'gitops.environments.filter': [text?: string];
  'gitops.environments.clearFilter': [];
  'gitops.environments.preview': [target?: EnvironmentTarget];
  'gitops.environments.compareWith': [target?: EnvironmentTarget, other?: { readonly environmentId: string }];
  'gitops.environments.openSource': [target?: EnvironmentTarget];
  'gitops.environments.openDeclaration': [target?: EnvironmentTarget];
  'gitops.environments.copyName': [target?: EnvironmentTarget];
  'gitops.clusters.connect': [target?: EnvironmentTarget | ContextTarget];
  'gitops.clusters.choose': [target?: EnvironmentTarget];
  'gitops.clusters.disconnect': [target?: EnvironmentTarget | ContextTarget];
  'gitops.sandbox.start': [];
  'gitops.sandbox.stop': [];
  'gitops.drift.compare': [target?: DriftNode];
  'gitops.drift.compareAll': [target?: EnvironmentTarget];
  'gitops.drift.refresh': [target?: EnvironmentTarget];
  'gitops.drift.revert': [target?: DriftNode];
  'gitops.drift.adopt': [target?: DriftNode];
  'gitops.drift.ignore': [target?: DriftNode];
  'gitops.drift.openLine': [target?: DriftNode];
  'gitops.drift.copyValue': [target?: DriftNode];
  'gitops.sync.start': [target?: EnvironmentTarget];
  'gitops.sync.plan': [target?: EnvironmentTarget];
  'gitops.sync.selected': [target?: DriftNode];
  'gitops.sync.run': [];
  'gitops.sync.compare': [target?: DriftNode];
  'gitops.sync.compareAll': [];
  'gitops.sync.discard': [];
  'gitops.sync.cancel': [target?: EnvironmentTarget];
  'gitops.sync.show': [target?: EnvironmentTarget];
  'gitops.sync.history': [target?: SyncRecordTarget];
  'gitops.sync.undo': [target?: SyncRecordTarget];
  'gitops.sync.repeat': [target?: SyncRecordTarget];
  'gitops.sync.compareRecord': [target?: SyncRecordTarget];
  'gitops.sync.reconcile': [target?: EnvironmentTarget];
  'gitops.sync.stopReconciling': [target?: EnvironmentTarget];
  'gitops.argocd.sync': [target?: EnvironmentTarget];
  'gitops.argocd.refresh': [target?: EnvironmentTarget];
  'gitops.argocd.hardRefresh': [target?: EnvironmentTarget];
  'gitops.argocd.terminate': [target?: EnvironmentTarget];
  'gitops.argocd.rollBack': [target?: EnvironmentTarget];
  'gitops.argocd.suspend': [target?: EnvironmentTarget];
  'gitops.argocd.resume': [target?: EnvironmentTarget];
  'gitops.flux.reconcile': [target?: EnvironmentTarget];
  'gitops.flux.reconcileWithSource': [target?: EnvironmentTarget];
  'gitops.flux.suspend': [target?: EnvironmentTarget];
  'gitops.flux.resume': [target?: EnvironmentTarget];
  'gitops.promote.start': [target?: EnvironmentTarget, to?: { readonly environmentId: string }];
  'gitops.rollback.start': [target?: EnvironmentTarget];
  'gitops.registries.move': [];
  'gitops.registries.allow': [];
  'gitops.registries.signIn': [];
  'gitops.registries.refresh': [];
  'gitops.registries.restart': [target?: EnvironmentTarget];
  'gitops.pullRequests.preview': [target?: EnvironmentTarget];
  'gitops.pullRequests.create': [target?: EnvironmentTarget];
  'gitops.pullRequests.delete': [target?: EnvironmentTarget];
  'gitops.pullRequests.open': [target?: EnvironmentTarget];
  'gitops.pullRequests.signIn': [];
  'gitops.pullRequests.refresh': [];
  'gitops.plans.run': [];
  'gitops.plans.compare': [node?: TreeNode];
  'gitops.plans.compareAll': [];
  'gitops.plans.discard': [];
  'gitops.plans.cancel': [];
  'gitops.plans.show': [];
  'gitops.plans.openPullRequest': [];
  'gitops.setHere.start': [];
  'gitops.ladder.find': [target?: EnvironmentTarget];
  'gitops.ladder.findLine': [];
  'gitops.ladder.follow': [target?: EnvironmentTarget];
  'gitops.ladder.refresh': [target?: EnvironmentTarget];
  'gitops.doctor.diagnose': [target?: EnvironmentTarget];
  'gitops.doctor.fix': [node?: TreeNode];
  'gitops.doctor.openReport': [node?: TreeNode];
  'gitops.doctor.copyReport': [node?: TreeNode | vscode.Uri];
  'gitops.doctor.close': [];
  'gitops.board.open': [];
  'gitops.topology.open': [];
  'gitops.applications.preview': [uri?: vscode.Uri | UriText, line?: number];
  'gitops.sample.open': [];
  'gitops.remote.fetch': [spec?: string];
  'gitops.server.restart': [];
  'gitops.log.show': [];
  '_gitops.preview.pick': [target: UriText];
  '_gitops.environments.reveal': [target: { readonly environmentId: string }, part?: 'findings' | 'drift' | 'delivery'];
  '_gitops.rules.show': [rule: string];
  '_gitops.rules.accept': [uri: UriText, line: number, rule: string];
  '_gitops.sample.copy': [parent: UriText];
  '_gitops.preview.showLine': [preview: UriText, line: number];
  '_gitops.drift.show': [target: { readonly environmentId: string }];
  '_gitops.clusters.showMenu': [];
  '_gitops.sync.take': [plan: SyncPlanView];
  '_gitops.registries.allow': [host: string];
  '_gitops.setHere.ask': [uri: UriText, position: TextPosition];
  '_gitops.place.show': [uri: UriText, range: TextRange];
}
