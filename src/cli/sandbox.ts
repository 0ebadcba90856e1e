/** `sandbox`: a Kubernetes API, an OCI registry and a git remote on this machine, to try and test with, until it is stopped. */
import path from 'node:path';
import { toSystemPath } from '../adapters/disk/paths.js';
import { gitRepositories } from '../adapters/git/gitRepositories.js';
import { readSandboxData } from '../sandbox/kinds/facts.js';
import { makeSandboxKinds } from '../sandbox/kinds/sandboxKinds.js';
import { startFullSandbox, type FullSandbox } from '../sandbox/fullSandbox.js';
import { CommandError, writeText, type CommandLine, type ExitStatus } from './commandLine.js';
import { openFiles } from './openFiles.js';

export interface SandboxWords {
  readonly port?: string;
  readonly data?: string;
  readonly nodes: string;
  readonly workspace?: string;
  readonly deliver?: true;
  readonly format: 'text' | 'json';
}

/** How long what is delivered may take before the addresses are printed all the same, in milliseconds. */
const mostSettling = 40_000;

/** Runs until the user stops the program. */
export async function sandbox(words: SandboxWords, commandLine: CommandLine): Promise<ExitStatus> {
  const data = readSandboxData(commandLine.programFolder);
  if (!data) throw new CommandError(`The sandbox's tables of kinds aren't beside the program, in ${commandLine.programFolder}; install it anew.`);
  const running = await startFullSandbox({
    kinds: makeSandboxKinds(data),
    nodes: numberOf(words.nodes, 'nodes', 1, 9),
    report: (error) => commandLine.errors.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`),
    ...(words.port !== undefined && { port: numberOf(words.port, 'port', 0, 65535) }),
    ...(words.data !== undefined && { dataFolder: path.resolve(commandLine.currentFolder, words.data) }),
  });
  try {
    const repository = words.workspace === undefined ? undefined : await offerRepository(running, words.workspace, commandLine);
    if (words.deliver && repository === undefined) throw new CommandError('--deliver needs --workspace: which folder is to be delivered?');
    if (words.deliver && repository !== undefined) {
      await running.operators.deliver(repository);
      await running.operators.settled(mostSettling);
    }
    await writeText(commandLine.output, words.format === 'json' ? formatJson(running, repository) : formatText(running, repository));
    await stopped(commandLine.signal);
  } finally {
    await running.close();
  }
  return 0;
}

/**
 * A copy of the workspace's repository on the sandbox's remote, which stands for all remotes that it has and the URLs that
 * its declarations name; the workspace's own settings stay as they are.
 */
async function offerRepository({ gitRemote }: FullSandbox, folder: string, commandLine: CommandLine): Promise<string> {
  const files = openFiles(commandLine, folder);
  const { workspace } = files;
  const name =
    path
      .basename(workspace)
      .replace(/[^A-Za-z0-9._-]/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '') || 'workspace';
  const top = await gitRepositories.topOf(workspace, commandLine.signal);
  if (!gitRemote.has(name))
    await gitRemote.create(name, top === workspace ? { kind: 'repository', folder: toSystemPath(top) } : { kind: 'folder', folder: toSystemPath(workspace) });
  const { model } = files.open({ loadRestrictor: 'rootOnly', enableHelm: true }).state.delivery;
  const remotes = model.repositories.filter((repository) => repository.top === workspace).flatMap(({ remotes: all }) => all.map(({ url }) => url));
  const sources = model.environments.flatMap((environment) => environment.sources).filter(({ matchedBy }) => matchedBy !== undefined);
  for (const url of [...remotes, ...sources.flatMap(({ repoURL }) => (repoURL ? [repoURL.value] : []))]) gitRemote.standFor(url, name);
  return gitRemote.urlOf(name);
}

function formatJson({ kubeconfigPath, addresses }: FullSandbox, repository: string | undefined): string {
  return `${JSON.stringify({ kubeconfig: kubeconfigPath, addresses, ...(repository !== undefined && { repository }) })}\n`;
}

function formatText({ kubeconfigPath, addresses }: FullSandbox, repository: string | undefined): string {
  const names: Readonly<Record<string, string>> = { api: 'Kubernetes API', registry: 'OCI registry', git: 'git remotes', ingress: 'Ingress hosts' };
  const lines = Object.entries(addresses).map(([name, address]) => `${(names[name] ?? name).padEnd(16)}${address}\n`);
  const remote = repository === undefined ? '' : `${'repository'.padEnd(16)}${repository}\n`;
  return `kubeconfig: ${kubeconfigPath}\n${lines.join('')}${remote}It is for trying and testing: nothing runs in it. Ctrl-C ends it.\n`;
}

function numberOf(text: string, name: string, least: number, most: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least || number > most) throw new CommandError(`--${name} is ${text}; give a number from ${least} to ${most}.`);
  return number;
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });
}
