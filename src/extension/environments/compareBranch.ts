/**
 * What a branch changes in every environment, against where it left its target: a list to choose from, then the rendered
 * differences in the editor's own multi-file diff. The files as they are now count as the branch that is checked out.
 */
import * as vscode from 'vscode';
import type { BranchComparison, ComparedEnvironment } from '../../server/deliveryProtocol.js';
import type { Revision } from '../../server/protocol.js';
import type { App } from '../app.js';
import { describeFailure, isFailureWords } from '../failures.js';

/** Asks for the branch and its target, compares, and shows what differs. */
export async function compareBranch(app: App): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) return void vscode.window.showInformationMessage('Open a folder with a git repository to compare a branch.');
  const revisions = await app.server.request('gitops/revisions', { folderUri: folder.uri.toString() });
  if (isFailureWords(revisions)) return void vscode.window.showErrorMessage(describeFailure(revisions));
  const branches = revisions.filter(({ kind }) => kind === 'branch');
  const now: BranchItem = { label: 'Now', description: 'files as they are, with unsaved changes', iconPath: new vscode.ThemeIcon('edit'), revision: undefined };
  const head = await pickBranch('Compare branch (1/2): what changes the environments', [now, ...branches.map(toItem)]);
  if (!head) return;
  const base = await pickBranch(`Compare ${head.label} (2/2): the branch that it goes into`, branches.filter(({ name }) => name !== head.revision).map(toItem));
  if (base?.revision === undefined) return;
  const comparison = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Rendering every environment at ${base.label} and ${head.label}…`, cancellable: true },
    (_progress, token) => app.server.request('gitops/delivery/compare', { base: base.revision ?? '', ...(head.revision !== undefined && { head: head.revision }) }, token),
  );
  if (isFailureWords(comparison)) return void vscode.window.showErrorMessage(describeFailure(comparison));
  await showComparison(comparison, base.label, head.label);
}

interface BranchItem extends vscode.QuickPickItem {
  /** Undefined for the files as they are now. */
  readonly revision: string | undefined;
}

function toItem({ name, description }: Revision): BranchItem {
  return { label: name, description, iconPath: new vscode.ThemeIcon('git-branch'), revision: name };
}

async function pickBranch(title: string, items: readonly BranchItem[]): Promise<BranchItem | undefined> {
  return vscode.window.showQuickPick(items, { title, matchOnDescription: true });
}

async function showComparison({ environments, baseCommit }: BranchComparison, base: string, head: string): Promise<void> {
  if (environments.length === 0) {
    return void vscode.window.showInformationMessage(`${head} changes no environment: everything renders as where it left ${base} (${baseCommit.slice(0, 8)}).`);
  }
  const unknown = environments.filter(({ change }) => change === 'unknown');
  if (unknown.length > 0) void vscode.window.showWarningMessage(`Nothing can be said of ${unknown.map(({ label }) => label).join(', ')}: ${unknown[0]?.reason ?? ''}`);
  const known = environments.filter(({ change }) => change !== 'unknown');
  const [only, second] = known;
  if (!only) return;
  const chosen = second ? await pickEnvironments(known, base, head) : known;
  if (!chosen || chosen.length === 0) return;
  await vscode.commands.executeCommand('vscode.changes', `${head} into ${base}: ${describeCount(chosen.length)}`, chosen.map(toChange));
}

interface EnvironmentItem extends vscode.QuickPickItem {
  readonly environment: ComparedEnvironment;
}

async function pickEnvironments(environments: readonly ComparedEnvironment[], base: string, head: string): Promise<readonly ComparedEnvironment[] | undefined> {
  const items = environments.map((environment): EnvironmentItem => ({
    label: environment.label,
    description: describeChange(environment),
    iconPath: new vscode.ThemeIcon(environment.isProtected ? 'lock' : 'server-environment'),
    picked: true,
    environment,
  }));
  const chosen = await vscode.window.showQuickPick(items, { title: `${head} changes ${describeCount(environments.length)} against ${base}`, canPickMany: true });
  return chosen?.map(({ environment }) => environment);
}

function describeCount(count: number): string {
  return count === 1 ? '1 environment' : `${count} environments`;
}

/** `2 objects changed, 1 added`. */
function describeChange({ change, added, removed, changed }: ComparedEnvironment): string {
  if (change === 'added') return 'new';
  if (change === 'removed') return 'gone';
  const parts = [
    [changed, 'changed'],
    [added, 'added'],
    [removed, 'removed'],
  ].flatMap(([count, word]) => (count === 0 ? [] : [`${count} ${word}`]));
  return parts.join(', ');
}

function toChange({ leftUri, rightUri, label }: ComparedEnvironment): [vscode.Uri, vscode.Uri | undefined, vscode.Uri | undefined] {
  const [left, right] = [leftUri, rightUri].map((uri) => (uri === undefined ? undefined : vscode.Uri.parse(uri)));
  return [right ?? left ?? vscode.Uri.parse(`untitled:${label}`), left, right];
}
