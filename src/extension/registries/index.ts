/**
 * Registries of images: which may be asked, with which user, and workloads that run something else than their tag leads to
 * by now. No registry is contacted before its host was allowed here.
 */
import * as vscode from 'vscode';
import type { EnvironmentSummary } from '../../server/deliveryProtocol.js';
import type { RegistrySummary } from '../../server/registriesProtocol.js';
import type { App } from '../app.js';
import { ask, askWithProgress } from '../ask.js';
import { registerCommands } from '../bindings.js';
import { ensureConnected } from '../clusters/ensureConnected.js';
import { choose, confirm } from '../confirm.js';
import { countOf } from '../delivery/words.js';
import { findTarget } from '../environments/target.js';
import { nameOf } from '../live/words.js';
import { allowedRegistries, allowRegistries } from './allowed.js';
import { forgetSecret, readSecret, storeSecret } from './credentials.js';

export function register(app: App): vscode.Disposable {
  return registerCommands(app.guard, {
    'gitops.registries.allow': () => chooseAllowed(app),
    'gitops.registries.signIn': () => signIn(app),
    'gitops.registries.refresh': async () => {
      await ask(app, 'gitops/registries/refresh', {});
    },
    'gitops.registries.restart': async (target) => {
      const environment = await findTarget(app, target, 'Restart a rollout of');
      if (environment && (await ensureConnected(app, environment))) await restart(app, environment);
    },
    '_gitops.registries.allow': (host) => allowOne(host),
  });
}

/** Which registries of the workspace may be asked, as a list with those ticked that are. */
async function chooseAllowed(app: App): Promise<void> {
  const hosts = await askWithProgress(app, 'Looking which registries the images come from…', 'gitops/registries/hosts', {});
  if (!hosts) return;
  if (hosts.length === 0) return void vscode.window.showInformationMessage('No environment of this workspace runs an image.');
  const items = hosts.map((registry) => ({ ...describeRegistry(registry), picked: registry.isAllowed, host: registry.host }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: 'Registries that may be asked about tags and digests',
    placeHolder: 'Others are never contacted',
    canPickMany: true,
    matchOnDescription: true,
  });
  if (!chosen) return;
  // Hosts that this workspace doesn't use stay as they were.
  const others = allowedRegistries().filter((host) => !hosts.some((registry) => registry.host === host));
  await allowRegistries([...others, ...chosen.map(({ host }) => host)]);
}

function describeRegistry({ host, images, message }: RegistrySummary): vscode.QuickPickItem {
  return { label: host, description: countOf(images, 'image'), ...(message !== '' && { detail: `$(warning) ${message}` }) };
}

async function allowOne(host: string): Promise<void> {
  if (allowedRegistries().includes(host)) return;
  const answer = await choose(`May ${host} be asked which tags and digests it has?`, [
    {
      label: `Allow ${host}`,
      detail: 'With the credentials of Docker or Podman on this machine, if there are any; kept in the setting gitops.registries.allowed',
      icon: 'check',
      value: true,
    },
    { label: 'No', detail: 'It is not contacted', icon: 'close', value: false },
  ]);
  if (answer === true) await allowRegistries([...allowedRegistries(), host]);
}

/** Stores a user and password for a registry, or takes them away. */
async function signIn(app: App): Promise<void> {
  const hosts = await ask(app, 'gitops/registries/hosts', {});
  if (!hosts) return;
  const items = await Promise.all(
    hosts.map(async (registry) => {
      const stored = await readSecret(app.context, registry.host);
      return { ...describeRegistry(registry), description: stored ? `signed in as ${stored.username}` : countOf(registry.images, 'image'), host: registry.host, stored };
    }),
  );
  if (items.length === 0) return void vscode.window.showInformationMessage('No environment of this workspace runs an image.');
  const chosen = await vscode.window.showQuickPick(items, { title: 'Sign in to which registry?', matchOnDescription: true });
  if (!chosen) return;
  const { host, stored } = chosen;
  const isLeaving =
    stored &&
    (await choose(`${host}: signed in as ${stored.username}`, [
      { label: 'Change User or Password', detail: '', icon: 'key', value: false },
      { label: 'Sign Out', detail: 'What is stored for it is deleted', icon: 'sign-out', value: true },
    ]));
  if (stored && isLeaving === undefined) return;
  if (isLeaving) await forgetSecret(app.context, host);
  else if (!(await askForSecret(app, host, stored?.username ?? ''))) return;
  await ask(app, 'gitops/registries/refresh', { host });
  void vscode.window.setStatusBarMessage(isLeaving ? `$(check) Signed out of ${host}` : `$(check) The user for ${host} is stored`, 5000);
}

/** True where both were given. */
async function askForSecret(app: App, host: string, before: string): Promise<boolean> {
  const username = await vscode.window.showInputBox({ title: `Sign in to ${host} (1/2)`, prompt: 'User', value: before, ignoreFocusOut: true });
  if (username === undefined || username === '') return false;
  const password = await vscode.window.showInputBox({
    title: `Sign in to ${host} (2/2)`,
    prompt: `Password or token of ${username}; it is kept in the editor's store of secrets`,
    password: true,
    ignoreFocusOut: true,
  });
  if (password === undefined || password === '') return false;
  await storeSecret(app.context, host, { username, password });
  return true;
}

/** Restarts a workload whose pods run something else than its tag leads to by now. */
async function restart(app: App, { id, label, isProtected }: EnvironmentSummary): Promise<void> {
  const behind = await askWithProgress(app, `Comparing what runs in ${label} with its tags…`, 'gitops/registries/behind', { id });
  if (!behind) return;
  const items = behind.flatMap(({ workload, container, message, runs, has }) =>
    workload ? [{ label: nameOf(workload), description: `${container}: runs ${runs}, the tag has ${has}`, detail: message, workload }] : [],
  );
  if (items.length === 0) return void vscode.window.showInformationMessage(`All that runs in ${label} is what its tags lead to now, as far as registries were asked.`);
  const chosen = await vscode.window.showQuickPick(items, { title: `Restart which rollout of ${label}?`, matchOnDescription: true, matchOnDetail: true });
  if (!chosen) return;
  const what = nameOf(chosen.workload);
  const question = `Restart ${what}?`;
  const detail = `Its pods are replaced one after the other, as kubectl rollout restart does, and pull what the tag has now.`;
  if (!(await confirm({ label, isProtected, question, detail, action: 'Restart' }))) return;
  const answer = await askWithProgress(app, `Restarting ${what}…`, 'gitops/registries/restart', { id, object: chosen.workload });
  if (answer === undefined) return;
  void vscode.window.setStatusBarMessage(`$(check) ${what} is being rolled out anew`, 8000);
  await app.live.refresh([id]);
}
