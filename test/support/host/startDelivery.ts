/**
 * The opened sample as its users would find it: pushed to the remote that its declarations name, which the sandbox stands
 * for, delivered by Argo CD there, and connected in the window.
 */
import { execFileSync } from 'node:child_process';
import { connectFor, patience, setKubeconfig } from './clusterSteps.js';
import { startSandbox, type StartedSandbox } from './startSandbox.js';
import { waitForRow } from './tree.js';
import { uriOf } from './workspace.js';

const declaredUrl = 'https://github.com/tidepool-example/delivery.git';

/** Runs git in the opened folder, and gives what it prints. */
export function git(...words: readonly string[]): string {
  return execFileSync('git', words, { cwd: uriOf('').fsPath, stdio: 'pipe', encoding: 'utf8' }).trim();
}

/** A file as the remote has it on a branch. */
export function remoteFile(path: string, branch = 'main'): string {
  git('fetch', '--quiet', 'origin');
  return execFileSync('git', ['show', `origin/${branch}:${path}`], { cwd: uriOf('').fsPath, encoding: 'utf8' });
}

/** Puts the opened sample on a remote, and has it delivered. */
export async function startDelivery(): Promise<StartedSandbox> {
  git('branch', '--force', 'dev');
  git('remote', 'add', 'origin', declaredUrl);
  const sandbox = await startSandbox('--workspace', uriOf('').fsPath, '--deliver');
  git('config', `url.${sandbox.repository}.insteadOf`, declaredUrl);
  git('fetch', '--quiet', 'origin');
  for (const branch of ['main', 'dev']) git('branch', `--set-upstream-to=origin/${branch}`, branch);
  return sandbox;
}

/** Connects the sandbox for these environments, the first of which is waited for. */
export async function connectDelivery(sandbox: StartedSandbox, labels: readonly string[]): Promise<void> {
  await setKubeconfig(sandbox.kubeconfig);
  await connectFor(sandbox.client.context, labels);
  await waitForRow(`Environment ${labels[0] ?? ''}`, /in sync, Healthy/, 2 * patience);
}

/** Ends the sandbox, and leaves the setting as it was. */
export async function stopDelivery(sandbox: StartedSandbox): Promise<void> {
  await setKubeconfig(undefined);
  sandbox.stop();
}
