/** Steps with a cluster that suites have in common: which kubeconfig the window reads, which environments it looks at, syncs with their questions. */
import * as vscode from 'vscode';
import { window } from './inHost.js';
import { answerNotification, choosePick, pickOnly, waitForRow } from './tree.js';
import { waitFor } from './workspace.js';

/** Rollouts and comparisons take their time, on a busy machine more of it; in seconds. */
export const patience = 120;

export async function setKubeconfig(file: string | undefined): Promise<void> {
  await vscode.workspace.getConfiguration('gitops').update('cluster.kubeconfig', file, vscode.ConfigurationTarget.Global);
}

/** Connects a context as a user does, and looks at these environments through it. */
export async function connectFor(context: string, labels: readonly string[]): Promise<void> {
  const connecting = vscode.commands.executeCommand('gitops.clusters.connect');
  await choosePick('Connect to Cluster', context);
  await answerNotification('fits', 'Choose…');
  await pickOnly(labels);
  await connecting;
}

/** Answers to the questions of a sync, after its plan was seen: the titles of the lists and what is chosen. */
export type SyncAnswers = readonly (readonly [title: string, choice: string])[];

/** Goes on from a plan that is shown to the end of its sync, and gives the words of the end. */
export async function applyPlan(label: string, answers: SyncAnswers): Promise<string> {
  await answerNotification('Nothing was written yet', 'Apply…');
  for (const [title, choice] of answers) await choosePick(title, choice);
  return waitForRow(`Sync of ${label}`, /(Done|Failed|Cancelled)/, patience);
}

/** Starts a sync with a command and goes through with it; the view of syncs is empty before and after. */
export async function syncBy(command: string, target: unknown, label: string, answers: SyncAnswers): Promise<string> {
  const syncing = vscode.commands.executeCommand(command, target);
  const words = await applyPlan(label, answers);
  await syncing;
  await closeSync(label);
  return words;
}

/** Closes the plan, or what is left of a sync. */
export async function closeSync(label: string): Promise<void> {
  await vscode.commands.executeCommand('gitops.sync.discard');
  await waitFor('an empty view of syncs', async () => (await window.textOf(`.pane-body .monaco-list-row[aria-label*=" of ${label}"]`)) === '');
}
