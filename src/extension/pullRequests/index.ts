/** Preview environments of pull requests: looked at, created in a cluster and deleted there again, always after a yes. */
import * as vscode from 'vscode';
import type { PreviewEnvironment } from '../../server/promoteProtocol.js';
import type { App } from '../app.js';
import { askWithProgress } from '../ask.js';
import { registerCommands } from '../bindings.js';
import type { EnvironmentTarget } from '../commands.js';
import { confirm } from '../confirm.js';
import { showPreview } from '../preview/open.js';
import { wordsOfPullRequest } from './pullRequestNodes.js';

export function register(app: App): vscode.Disposable {
  const refresh = (): void => {
    if (vscode.workspace.isTrusted) void app.pullRequests.refresh();
  };
  return vscode.Disposable.from(
    app.delivery.onDidChange(refresh),
    registerCommands(app.guard, {
      'gitops.pullRequests.preview': async (target) => {
        const environment = await find(app, target, 'Preview which pull request?');
        const answer = environment && (await askWithProgress(app, `Rendering ${environment.label}…`, 'gitops/previewEnvironments/render', { id: environment.id }));
        if (answer) await showPreview(vscode.Uri.parse(answer.uri));
      },
      'gitops.pullRequests.create': async (target) => {
        const environment = await find(app, target, 'Create the environment of which pull request?');
        if (environment) await change(app, environment, 'create');
      },
      'gitops.pullRequests.delete': async (target) => {
        const environment = await find(app, target, 'Delete the environment of which pull request?');
        if (environment) await change(app, environment, 'delete');
      },
    }),
  );
}

/** The one of a node; else one that the user chooses. */
async function find(app: App, target: EnvironmentTarget | undefined, title: string): Promise<PreviewEnvironment | undefined> {
  if (app.pullRequests.environments.length === 0) await app.pullRequests.refresh();
  const { environments } = app.pullRequests;
  if (target && !(target instanceof vscode.Uri)) return environments.find(({ id }) => id === target.environmentId);
  if (environments.length === 0) {
    void vscode.window.showInformationMessage('No ApplicationSet of this workspace generates environments from pull requests.');
    return undefined;
  }
  const items = environments.map((environment) => ({ label: environment.label, description: wordsOfPullRequest(environment), environment }));
  return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true }))?.environment;
}

async function change(app: App, { id, label, namespace }: PreviewEnvironment, what: 'create' | 'delete'): Promise<void> {
  const words =
    what === 'create'
      ? { question: `Create ${label}?`, detail: `All that it renders to is applied to the namespace ${namespace}.`, action: 'Create', doing: `Creating ${label}…` }
      : {
          question: `Delete ${label}?`,
          detail: `All that it consists of is deleted, with the namespace ${namespace} where it made it.`,
          action: 'Delete',
          doing: `Deleting ${label}…`,
        };
  if (!(await confirm({ label, isProtected: false, ...words }))) return;
  const answer = await askWithProgress(app, words.doing, what === 'create' ? 'gitops/previewEnvironments/create' : 'gitops/previewEnvironments/delete', { id });
  if (answer) void vscode.window.showInformationMessage(`${label}: ${answer.message}`);
  await app.pullRequests.refresh();
}
