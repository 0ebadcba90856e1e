/** The sandbox with all its parts: the API, the simulated workloads, an answer for Ingress hosts, an OCI registry, a git remote, and the operators' simulation. */
import { randomInt } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { systemClock, type Clock } from './clock.js';
import { startGitRemote, type GitRemote } from './gitRemote/gitRemote.js';
import type { SandboxKinds } from './kinds/kinds.js';
import { externalSecrets } from './operators/externalSecrets.js';
import { startOperators, type Operators } from './operators/operators.js';
import { registryImages } from './registry/registryImages.js';
import { startRegistry, type Registry } from './registry/registry.js';
import { startSandbox, type Sandbox, type SandboxPart } from './sandbox.js';
import { startIngressServer } from './workloads/ingressServer.js';
import { startWorkloads } from './workloads/workloads.js';

export interface FullSandboxOptions {
  readonly kinds: SandboxKinds;
  /** Of the API; a free one where left out. */
  readonly port?: number | undefined;
  /** Absolute. A temporary folder, which goes with the sandbox, where left out. */
  readonly dataFolder?: string | undefined;
  readonly nodes?: number | undefined;
  /** How many seconds of the simulation pass in a real one; 1 where left out. */
  readonly clock?: Clock | undefined;
  readonly report: (error: unknown) => void;
}

export interface FullSandbox extends Sandbox {
  readonly kubeconfigPath: string;
  readonly gitRemote: GitRemote;
  readonly registry: Registry;
  readonly operators: Operators;
}

/** Starts everything; rejects with what the disk, the network or git refuses. */
export async function startFullSandbox(options: FullSandboxOptions): Promise<FullSandbox> {
  const { kinds, port, nodes = 1, clock = systemClock(), report } = options;
  const folder = options.dataFolder ?? fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'gitops-sandbox-')));
  fs.mkdirSync(folder, { recursive: true });
  const kubeconfigPath = path.join(folder, 'kubeconfig');
  const registry = await startRegistry({ clock, ...(options.dataFolder !== undefined && { folder: path.join(folder, 'registry') }) });
  const gitRemote = await startGitRemote({ folder: path.join(folder, 'git') });
  const started: { operators?: Operators } = {};

  const workloads: SandboxPart = async ({ store }) => {
    const running = startWorkloads({ store, clock, random: () => randomInt(2 ** 32) / 2 ** 32, images: registryImages(registry), nodes, more: [externalSecrets], report });
    const ingress = await startIngressServer(running.world);
    return {
      addresses: { ingress: ingress.address },
      close: async () => {
        running.stop();
        await ingress.close();
      },
    };
  };
  const operators: SandboxPart = ({ store }) => {
    const running = startOperators({ store, clock, kubeconfigPath, gitRemote, registry, folder: path.join(folder, 'operators'), report });
    started.operators = running;
    return running;
  };
  const others: SandboxPart = () => ({
    addresses: { registry: registry.address, git: gitRemote.address },
    close: async () => void (await Promise.all([registry.close(), gitRemote.close()])),
  });

  const sandbox = await startSandbox({
    kinds,
    clock,
    kubeconfigPath,
    report,
    parts: [others, workloads, operators],
    ...(port !== undefined && { port }),
    ...(options.dataFolder !== undefined && { dataFolder: options.dataFolder }),
  });
  if (!started.operators) throw new Error('the operators did not start');
  const close = async (): Promise<void> => {
    await sandbox.close();
    if (options.dataFolder === undefined) fs.rmSync(folder, { recursive: true, force: true });
  };
  return { ...sandbox, kubeconfigPath, gitRemote, registry, operators: started.operators, close };
}
