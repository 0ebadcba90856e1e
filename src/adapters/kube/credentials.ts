/**
 * The user's kubeconfig through Kubernetes' own JavaScript client: contexts, certificates, tokens, exec and OIDC plugins,
 * proxies. This is the only file that loads that library, which stands in a bundle of its own.
 *
 * Files are merged as kubectl does (client-go tools/clientcmd/loader.go, v0.34): the first file that names a cluster, a
 * user, a context or the current context wins, missing files are passed over, relative paths are relative to their file.
 */
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { ActionOnInvalid, type Cluster, type Context, type User } from '@kubernetes/client-node/dist/config_types.js';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { Failure } from '../../services/failure.js';
import type { KubeContext, KubeContexts } from '../../services/ports.js';

/** How to reach and convince one API server, good until it says 401 or a program's token runs out. */
export interface Credentials {
  /** Without a slash at its end. */
  readonly server: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly agent: http.Agent;
}

interface Merged {
  readonly clusters: readonly Cluster[];
  readonly users: readonly User[];
  readonly contexts: readonly Context[];
  readonly current: string | undefined;
  readonly files: readonly string[];
}

/** Programs that the library would start for a user's credentials. */
const programProviders = new Set(['gcp', 'azure', 'exec']);

export class KubeconfigFiles {
  readonly #merged: Merged;

  /** Reads the files. Fails with `kubeconfig/none` where there is none, `kubeconfig/invalid` where one can't be read. */
  constructor(files: readonly string[]) {
    this.#merged = mergeFiles(files);
  }

  get contexts(): KubeContexts {
    const { contexts, current, files } = this.#merged;
    return { contexts: contexts.map((context) => this.#describe(context)), current, files };
  }

  /** @returns what asks for credentials anew; fails with `kubeconfig/unknown-context` and with `kubeconfig/untrusted` where a program would have to run and may not */
  credentialsOf(name: string, mayRunPrograms: boolean): () => Promise<Credentials> {
    const { contexts, clusters, users, files } = this.#merged;
    const context = contexts.find((each) => each.name === name);
    if (!context) {
      throw new Failure(
        'kubeconfig/unknown-context',
        `There is no context ${name} in ${files.join(', ')}.`,
        'Choose another context, or run `kubectl config get-contexts` to see which there are.',
      );
    }
    const cluster = clusters.find((each) => each.name === context.cluster);
    if (!cluster) throw invalid(`The context ${name} names the cluster ${context.cluster}, which no kubeconfig has.`);
    const user = users.find((each) => each.name === context.user) ?? { name: context.user };
    if (this.#describe(context).needsProgram && !mayRunPrograms) {
      throw new Failure('kubeconfig/untrusted', `The context ${name} gets its credentials from a program.`, 'Trust the workspace to let it run.');
    }
    const config = new KubeConfig();
    // The library refuses plain http unless the check of certificates is off, of which http has none.
    const reachable = cluster.server.startsWith('http:') ? { ...cluster, skipTLSVerify: true } : cluster;
    config.loadFromOptions({ clusters: [reachable], users: [user], contexts: [context], currentContext: name });
    return () => requestCredentials(config, cluster.server.replace(/\/+$/, ''), user);
  }

  #describe({ name, cluster, user, namespace }: Context): KubeContext {
    const found = this.#merged.users.find((each) => each.name === user);
    const server = this.#merged.clusters.find((each) => each.name === cluster)?.server ?? '';
    const provider: unknown = found?.authProvider;
    const providerName = typeof provider === 'object' && provider !== null && 'name' in provider ? String(provider.name) : '';
    const program: unknown = found?.exec;
    const needsProgram = (program !== undefined && program !== null) || programProviders.has(providerName);
    return { name, cluster, user, server, namespace: namespace === undefined || namespace === '' ? 'default' : namespace, needsProgram };
  }
}

async function requestCredentials(config: KubeConfig, server: string, user: User): Promise<Credentials> {
  const options: https.RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    const cause = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new Failure(
      'kubeconfig/plugin-failed',
      `The credentials of ${user.name} could not be had: ${cause}.`,
      'Run `kubectl get --raw /version` in a terminal to see what it says, and sign in again.',
      {
        cause: error,
      },
    );
  }
  const headers: Record<string, string> = {};
  for (const [key, value] of Object.entries(options.headers ?? {})) if (typeof value === 'string') headers[key] = value;
  if (typeof options.auth === 'string') headers['Authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  if (user.impersonateUser !== undefined) headers['Impersonate-User'] = user.impersonateUser;
  return { server, headers, agent: agentFor(server, options, config.getCurrentCluster()?.proxyUrl) };
}

/** The library's agents close each connection; only one that goes through a proxy is kept. Watches take a connection each, so there is no bound here. */
function agentFor(server: string, options: https.RequestOptions, proxy: string | undefined): http.Agent {
  const proxied: unknown = options.agent;
  if (proxy !== undefined && proxied instanceof http.Agent) return proxied;
  const kept = { keepAlive: true, scheduling: 'lifo' as const };
  if (server.startsWith('http:')) return new http.Agent(kept);
  const { ca, cert, key, rejectUnauthorized, servername } = options;
  return new https.Agent({
    ...kept,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
    ...(servername !== undefined && { servername }),
  });
}

function mergeFiles(files: readonly string[]): Merged {
  const clusters = new Map<string, Cluster>();
  const users = new Map<string, User>();
  const contexts = new Map<string, Context>();
  let current: string | undefined;
  const read: string[] = [];
  for (const file of files) {
    const config = readFile(file);
    if (!config) continue;
    read.push(file);
    addMissing(clusters, config.clusters);
    addMissing(users, config.users);
    addMissing(contexts, config.contexts);
    const named: unknown = config.currentContext;
    if (typeof named === 'string' && named !== '') current ??= named;
  }
  if (read.length === 0) {
    throw new Failure(
      'kubeconfig/none',
      `There is no kubeconfig: ${files.join(', ')} can't be found.`,
      'Set KUBECONFIG or the setting gitops.cluster.kubeconfig, or start the sandbox.',
    );
  }
  return { clusters: [...clusters.values()], users: [...users.values()], contexts: [...contexts.values()], current, files: read };
}

function addMissing<T extends { readonly name: string }>(into: Map<string, T>, entries: readonly T[]): void {
  for (const entry of entries) if (!into.has(entry.name)) into.set(entry.name, entry);
}

/** Undefined where the file is missing. */
function readFile(file: string): KubeConfig | undefined {
  try {
    const text = fs.readFileSync(file, 'utf8');
    const config = new KubeConfig();
    if (text.trim() === '') return config;
    config.loadFromString(text, { onInvalidEntry: ActionOnInvalid.FILTER });
    config.makePathsAbsolute(path.dirname(file));
    return config;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw invalid(`${file} can't be read as a kubeconfig: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}.`, error);
  }
}

function invalid(message: string, cause?: unknown): Failure {
  return new Failure('kubeconfig/invalid', message, 'Mend the file; `kubectl config view` shows how it is read.', { cause });
}
