/**
 * The sandbox: a Kubernetes API on the loopback for trying and testing, with what else runs in it as parts. It isn't a
 * cluster: nothing is run, and what it serves is what docs/sandbox.md says.
 */
import fs from 'node:fs';
import path from 'node:path';
import { defaultUsers, type KnownUser, type SandboxUser } from './api/access.js';
import { openAccess } from './api/accessFile.js';
import { startApiServer } from './api/apiServer.js';
import { openJournal } from './api/journal.js';
import { formatKubeconfig } from './api/kubeconfig.js';
import { ObjectApi } from './api/objectApi.js';
import type { SandboxStore } from './api/store.js';
import { systemClock, type Clock } from './clock.js';
import type { SandboxKinds } from './kinds/kinds.js';

/** What a part of the sandbox works with. */
export interface SandboxContext {
  readonly store: SandboxStore;
  readonly clock: Clock;
  /** Where the part may keep files; undefined where nothing is kept. */
  readonly dataFolder: string | undefined;
  /** Of the API. */
  readonly address: string;
  readonly kubeconfig: string;
  /** Told of errors of our own. */
  readonly report: (error: unknown) => void;
}

/** A part that was started, such as a registry or the controllers. */
export interface RunningPart {
  /** What it can be reached at, by a name: `registry`. */
  readonly addresses?: Readonly<Record<string, string>>;
  close(): Promise<void> | void;
}

/** Starts a part; parts start one after the other, and close in the opposite order. */
export type SandboxPart = (context: SandboxContext) => Promise<RunningPart> | RunningPart;

export interface SandboxOptions {
  readonly kinds: SandboxKinds;
  /** Of the API; a free one where left out or 0. */
  readonly port?: number | undefined;
  /** Absolute. Objects, tokens and the certificate are kept in it; nothing is kept where left out. */
  readonly dataFolder?: string | undefined;
  /** Where the kubeconfig is written; into the data folder where left out, and nowhere where there is none. */
  readonly kubeconfigPath?: string | undefined;
  /** The name of the cluster in the kubeconfig; `gitops-sandbox` where left out. */
  readonly name?: string | undefined;
  /** The first is who the kubeconfig stands for; an admin and a viewer where left out. */
  readonly users?: readonly SandboxUser[] | undefined;
  readonly clock?: Clock | undefined;
  /** How many writes of a kind a watch can go back. */
  readonly history?: number | undefined;
  readonly bookmarkSeconds?: number | undefined;
  readonly parts?: readonly SandboxPart[] | undefined;
  /** Told of errors of our own; they go to the console where left out. */
  readonly report?: ((error: unknown) => void) | undefined;
}

export interface Sandbox {
  /** `https://127.0.0.1:PORT` */
  readonly address: string;
  /** Its text. */
  readonly kubeconfig: string;
  /** Where it was written. */
  readonly kubeconfigPath: string | undefined;
  /** By name, those of the API and of all parts. */
  readonly addresses: Readonly<Record<string, string>>;
  readonly store: SandboxStore;
  /** Who may ask, each with a token. */
  readonly users: readonly KnownUser[];
  /** Of the API, in PEM; it signs itself. */
  readonly certificate: string;
  /** Makes watches that go on from an older version end with 410, as a real server does after some minutes. */
  forgetHistory(): void;
  close(): Promise<void>;
}

/** Starts a sandbox; rejects with what the disk or the network refuses. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { kinds, dataFolder, clock = systemClock(), name = 'gitops-sandbox' } = options;
  const report = options.report ?? ((error: unknown): void => console.error(error));
  const release = dataFolder === undefined ? undefined : lockFolder(dataFolder);
  const access = openAccess(dataFolder && path.join(dataFolder, 'access.json'), options.users ?? defaultUsers, Date.now());
  const { users, identity } = access;
  const journal = dataFolder === undefined ? undefined : openJournal(path.join(dataFolder, 'objects.jsonl'));
  const api = new ObjectApi({ kinds, clock, state: journal?.state, journal, history: options.history, authority: identity.certificate });
  const letGo = (): void => {
    journal?.close();
    release?.();
  };
  const server = await startApiServer({ api, users, identity, port: options.port, bookmarkSeconds: options.bookmarkSeconds, report }).catch((error: unknown) => {
    letGo();
    throw error;
  });
  const kubeconfig = formatKubeconfig({ name, address: server.address, certificate: identity.certificate, users });
  const kubeconfigPath = options.kubeconfigPath ?? (dataFolder && path.join(dataFolder, 'kubeconfig'));
  if (kubeconfigPath !== undefined) fs.writeFileSync(kubeconfigPath, kubeconfig, { mode: 0o600 });
  const running: RunningPart[] = [];
  const close = async (): Promise<void> => {
    for (const part of running.reverse()) await part.close();
    await server.close();
    letGo();
  };
  try {
    for (const start of options.parts ?? []) running.push(await start({ store: api, clock, dataFolder, address: server.address, kubeconfig, report }));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    address: server.address,
    kubeconfig,
    kubeconfigPath,
    addresses: Object.assign({ api: server.address }, ...running.map(({ addresses }) => addresses ?? {})) as Readonly<Record<string, string>>,
    store: api,
    users,
    certificate: identity.certificate,
    forgetHistory: () => api.storage.forgetHistory(),
    close,
  };
}

/** Two sandboxes must not write into one folder. What is returned lets go of it. */
function lockFolder(folder: string): () => void {
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'lock');
  const owner = fs.existsSync(file) ? Number(fs.readFileSync(file, 'utf8')) : 0;
  if (owner > 0 && owner !== process.pid && isAlive(owner)) throw new Error(`A sandbox runs with the folder ${folder} already (process ${owner}).`);
  fs.writeFileSync(file, String(process.pid));
  return () => fs.rmSync(file, { force: true });
}

function isAlive(process_: number): boolean {
  try {
    process.kill(process_, 0);
    return true;
  } catch (error) {
    // of another user, or gone
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
