/**
 * Preview environments of pull requests: looked at, created in a cluster and deleted there again, always after a yes; and the
 * forges that know which pull requests are open, asked only where the user signed in for that.
 */
import * as vscode from 'vscode';
import type { PreviewEnvironment, PullRequestForge } from '../../server/promoteProtocol.js';
import type { App } from '../app.js';
import { ask, askWithProgress } from '../ask.js';
import { registerCommands } from '../bindings.js';
import type { EnvironmentTarget } from '../commands.js';
import { confirm } from '../confirm.js';
import { forgeAt, type Forge } from '../plans/forge.js';
import { enterpriseAddress, signIn } from '../plans/forgeSession.js';
import { showPreview } from '../preview/show.js';
import { allowForge } from './allowed.js';
import { wordsOfPullRequest } from './pullRequestNodes.js';

export function register(app: App): vscode.Disposable {
  const refresh = (): void => {
    if (vscode.workspace.isTrusted) void app.pullRequests.refresh();
  };
  /** A session came or went: the server asks again for what it may have now, or forgets what it may not. */
  const look = (): Promise<void> =>
    app.guard('asking for pull requests', async () => {
      if (app.pullRequests.forges.length === 0) return;
      await app.server.request('gitops/pullRequests/refresh', { isForced: false });
      refresh();
    });
  return vscode.Disposable.from(
    app.delivery.onDidChange(refresh),
    app.live.onDidChangeConnections(refresh),
    app.server.on('gitops/pullRequests/changed', refresh),
    vscode.authentication.onDidChangeSessions(({ provider }) => void (/^git(?:hub|lab)/.test(provider.id) && look())),
    vscode.workspace.onDidChangeConfiguration((change) => void (change.affectsConfiguration('gitops.pullRequests') && look())),
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
      'gitops.pullRequests.open': async (target) => {
        const environment = await find(app, target, 'Open which pull request?');
        if (environment?.url !== undefined) await vscode.env.openExternal(vscode.Uri.parse(environment.url));
        else if (environment) void vscode.window.showInformationMessage(`The page of ${environment.label} is not known: its forge was not asked.`);
      },
      'gitops.pullRequests.signIn': () => signInToForge(app),
      'gitops.pullRequests.refresh': async () => {
        if (await ask(app, 'gitops/pullRequests/refresh', { isForced: true })) await app.pullRequests.refresh();
      },
    }),
  );
}

/** The one of a node; else one that the user chooses, that of the branch that is checked out first. */
async function find(app: App, target: EnvironmentTarget | undefined, title: string): Promise<PreviewEnvironment | undefined> {
  if (app.pullRequests.environments.length === 0) await app.pullRequests.refresh();
  const environments = app.pullRequests.environments.filter(({ id }) => id !== '');
  if (target && !(target instanceof vscode.Uri)) return environments.find(({ id }) => id === target.environmentId);
  if (environments.length === 0) {
    const { forges } = app.pullRequests;
    if (forges.some(({ state }) => state === 'unasked')) return void offerToAsk(forges);
    void vscode.window.showInformationMessage(
      forges.length === 0 ? 'No ApplicationSet of this workspace generates environments from pull requests.' : 'No open pull request has an environment.',
    );
    return undefined;
  }
  const items = environments.map((environment) => ({ label: environment.label, description: wordsOfPullRequest(environment), environment }));
  items.sort((a, b) => Number(b.environment.isCurrent) - Number(a.environment.isCurrent));
  return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true }))?.environment;
}

async function offerToAsk(forges: readonly PullRequestForge[]): Promise<void> {
  const hosts = [...new Set(forges.map(({ host }) => host))].join(' and ');
  const list = 'List Open Pull Requests…';
  const answer = await vscode.window.showInformationMessage(`${hosts} was not asked which pull requests are open.`, list);
  if (answer === list) await vscode.commands.executeCommand('gitops.pullRequests.signIn');
}

/** Signs in to the forges that generators ask, and lets the server ask them from now on. */
async function signInToForge(app: App): Promise<void> {
  await app.pullRequests.refresh();
  const asked = app.pullRequests.forges;
  if (asked.length === 0) return void vscode.window.showInformationMessage('No ApplicationSet of this workspace asks GitHub or GitLab for pull requests.');
  const known = asked.flatMap(({ host, kind }) => forgeAt(host, kind, enterpriseAddress()) ?? []);
  const forges = known.filter(({ host }, index) => known.findIndex((other) => other.host === host) === index);
  if (forges.length === 0) {
    const hosts = [...new Set(asked.map(({ host }) => host))].join(' and ');
    return void vscode.window.showInformationMessage(`The editor has no sessions with ${hosts}. A GitHub Enterprise server is named in the setting github-enterprise.uri.`);
  }
  const forge = await chooseForge(forges);
  const session = forge && (await signIn(forge, 'its pull requests are not listed'));
  if (!session) return;
  await allowForge(session.host);
  if (await askWithProgress(app, `Asking ${session.host} for pull requests…`, 'gitops/pullRequests/refresh', { isForced: true })) await app.pullRequests.refresh();
}

async function chooseForge(forges: readonly Forge[]): Promise<Forge | undefined> {
  if (forges.length === 1) return forges[0];
  const items = forges.map((forge) => ({ label: forge.name, description: forge.host, forge }));
  return (await vscode.window.showQuickPick(items, { title: 'List the open pull requests of which forge?' }))?.forge;
}

async function change(app: App, { id, label, namespace, context }: PreviewEnvironment, what: 'create' | 'delete'): Promise<void> {
  const where = context === undefined ? namespace : `${namespace} of ${context}`;
  const words =
    what === 'create'
      ? { question: `Create ${label}?`, detail: `All that it renders to is applied to the namespace ${where}.`, action: 'Create', doing: `Creating ${label}…` }
      : {
          question: `Delete ${label}?`,
          detail: `All that it consists of is deleted, with the namespace ${where}, where that was made for it.`,
          action: 'Delete',
          doing: `Deleting ${label}…`,
        };
  if (!(await confirm({ label, isProtected: false, ...words }))) return;
  const answer = await askWithProgress(app, words.doing, what === 'create' ? 'gitops/previewEnvironments/create' : 'gitops/previewEnvironments/delete', { id });
  if (answer) void vscode.window.showInformationMessage(`${label}: ${answer.message}`);
  await app.pullRequests.refresh();
  // An operator takes its time, and nobody watches what is there for a week.
  if (answer) void app.guard('looking at a preview environment', () => lookUntil(app, id, what === 'create' ? 'created' : 'not-created'));
}

const [looks, pause] = [60, 2000];

/** Looks again until an environment is as it was asked to be, or it takes too long. */
async function lookUntil(app: App, id: string, wanted: PreviewEnvironment['state']): Promise<void> {
  for (let look = 0; look < looks; look++) {
    const found = app.pullRequests.environments.find((environment) => environment.id === id);
    if (!found || found.state === wanted) return;
    await new Promise((done) => setTimeout(done, pause));
    await app.pullRequests.refresh();
  }
}
