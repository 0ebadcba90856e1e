/** Comparisons: two environments, or one at two git revisions, in the editor's own diff. */
import * as vscode from 'vscode';
import type { ChartInfo, EnvironmentInfo, Revision } from '../../server/protocol.js';
import type { App } from '../app.js';
import { registerCommands } from '../bindings.js';
import { describeFailure, isFailureWords } from '../failures.js';
import { registerActions } from './actions.js';
import { compareBranch } from './compareBranch.js';
import { chooseInputs } from '../charts/choose.js';
import { pickEnvironment, rememberChoice, type PickOptions } from './pick.js';

export function register(app: App): vscode.Disposable {
  return vscode.Disposable.from(
    registerActions(app),
    registerCommands(app.guard, {
      'gitops.environments.compare': (target) => compareEnvironments(app, asUri(target)),
      'gitops.environments.compareBranch': () => compareBranch(app),
      'gitops.environments.compareRevisions': (target) => compareRevisions(app, asUri(target)),
    }),
  );
}

function asUri(target: vscode.Uri | string | undefined): vscode.Uri | undefined {
  return typeof target === 'string' ? vscode.Uri.parse(target) : target;
}

async function compareEnvironments(app: App, target: vscode.Uri | undefined): Promise<void> {
  const environments = await listEnvironments(app);
  if (environments.length < 2) return void vscode.window.showInformationMessage('It takes two environments to compare; this workspace has fewer.');
  const left = (await given(app, environments, target)) ?? (await pickEnvironment(app.context, environments, { title: 'Compare (1/2): left side', remember: 'compare left' }));
  if (!left) return;
  const others = nearestFirst(
    left,
    environments.filter((environment) => environment.previewUri !== left.previewUri),
  );
  const chart = await app.server.request('gitops/charts/of', { uri: left.previewUri });
  const right = await pickEnvironment(app.context, others, {
    title: `Compare ${left.label} with`,
    remember: `compare ${left.previewUri}`,
    ...(chart && { more: valuesFiles(app, chart) }),
  });
  if (!right) return;
  await rememberChoice(app.context, `compare ${left.previewUri}`, right);
  if (!target) await rememberChoice(app.context, 'compare left', left);
  await showDiff(left.previewUri, right.previewUri, `${left.label} ↔ ${right.label}`);
}

async function compareRevisions(app: App, target: vscode.Uri | undefined): Promise<void> {
  const environments = await listEnvironments(app);
  const environment = (await given(app, environments, target)) ?? (await pickEnvironment(app.context, environments, { title: 'Compare revisions of', remember: 'revisions' }));
  if (!environment) return;
  await rememberChoice(app.context, 'revisions', environment);
  const revisions = await app.server.request('gitops/revisions', { folderUri: environment.folderUri });
  if (isFailureWords(revisions)) return void vscode.window.showErrorMessage(describeFailure(revisions));
  const left = await pickRevision(`Compare ${environment.label} (1/2): older revision`, revisions);
  const right = left && (await pickRevision(`Compare ${environment.label} (2/2): ${left.label} with`, revisions, left.revision));
  if (!left || !right) return;
  const [leftUri, rightUri] = await Promise.all([previewAt(app, environment, left.revision), previewAt(app, environment, right.revision)]);
  await showDiff(leftUri, rightUri, `${environment.label}: ${left.label} ↔ ${right.label}`);
}

async function listEnvironments(app: App): Promise<readonly EnvironmentInfo[]> {
  return app.server.request('gitops/environments/all', {});
}

/** The environment that a command was called for. */
async function given(app: App, environments: readonly EnvironmentInfo[], target: vscode.Uri | undefined): Promise<EnvironmentInfo | undefined> {
  if (!target) return undefined;
  const candidates = await app.server.request('gitops/environments/of', { uri: target.toString() });
  const [only, second] = candidates;
  return second ? undefined : environments.find((environment) => environment.previewUri === only?.previewUri);
}

/** The same chart with values files of one's own choice. */
function valuesFiles(app: App, chart: ChartInfo): NonNullable<PickOptions['more']> {
  return {
    label: 'Values files…',
    description: `${chart.name} with others than those of an environment`,
    choose: async () => {
      const choice = await chooseInputs(app, chart, [], `Compare with ${chart.name} and`);
      return choice && { label: choice.label, description: '', folderUri: chart.folderUri, previewUri: choice.previewUri, isEnvironment: false };
    },
  };
}

/** Siblings in the folder tree are compared most often. */
function nearestFirst(left: EnvironmentInfo, others: readonly EnvironmentInfo[]): readonly EnvironmentInfo[] {
  const shared = (uri: string): number => {
    const [a, b] = [left.folderUri.split('/'), uri.split('/')];
    const at = a.findIndex((part, index) => part !== b[index]);
    return at < 0 ? a.length : at;
  };
  return [...others].sort((a, b) => shared(b.folderUri) - shared(a.folderUri));
}

interface RevisionItem extends vscode.QuickPickItem {
  /** Undefined for the files as they are now. */
  readonly revision: string | undefined;
}

async function pickRevision(title: string, revisions: readonly Revision[], without?: string): Promise<RevisionItem | undefined> {
  const icons = { head: 'git-commit', branch: 'git-branch', tag: 'tag', commit: 'git-commit' } as const;
  const items: RevisionItem[] = [
    { label: 'Now', description: 'files as they are, with unsaved changes', iconPath: new vscode.ThemeIcon('edit'), revision: undefined },
    ...revisions
      .filter(({ name }) => name !== without)
      .map(({ name, kind, description }) => ({ label: kind === 'commit' ? name.slice(0, 8) : name, description, iconPath: new vscode.ThemeIcon(icons[kind]), revision: name })),
  ];
  return vscode.window.showQuickPick(items, { title, matchOnDescription: true });
}

async function previewAt(app: App, environment: EnvironmentInfo, revision: string | undefined): Promise<string> {
  if (revision === undefined) return environment.previewUri;
  return (await app.server.request('gitops/preview/uri', { folderUri: environment.folderUri, previewUri: environment.previewUri, revision })).uri;
}

async function showDiff(left: string, right: string, title: string): Promise<void> {
  await vscode.commands.executeCommand('vscode.diff', vscode.Uri.parse(left), vscode.Uri.parse(right), title, { preview: false });
}
