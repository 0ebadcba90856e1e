/**
 * Credentials from where Docker and Podman keep them: their files, and the programs that the files name
 * (docker-credential-helpers v0.9: `docker-credential-NAME get`, the registry on standard input, JSON on standard output).
 * Programs run in trusted workspaces only, without a shell, outside of the workspace.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {
  findCredentialSource,
  readCredentialFile,
  readHelperAnswer,
  type CredentialFile,
  type CredentialSource,
  type RegistryCredential,
} from '../../core/registry/credentials.js';
import type { RepositoryName } from '../../core/registry/imageFacts.js';
import { RegistryFailure } from '../../services/failure.js';
import type { RegistryCredentials } from '../../services/ports.js';

export interface DockerCredentialOptions {
  /** Variables of the environment: DOCKER_CONFIG, REGISTRY_AUTH_FILE, XDG_RUNTIME_DIR, XDG_CONFIG_HOME, and PATH for programs. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** False in workspaces that aren't trusted: what only a program knows fails with `registry/untrusted`. */
  readonly mayRunPrograms: () => boolean;
  /** How long a program may take, in milliseconds. */
  readonly timeout?: number;
}

const mostHelperBytes = 1024 * 1024;

/** The files that are read, in the order in which they count: Docker's, then Podman's. */
export function credentialFiles({ environment, home }: Pick<DockerCredentialOptions, 'environment' | 'home'>): readonly string[] {
  const { DOCKER_CONFIG: docker = '', REGISTRY_AUTH_FILE: given = '', XDG_RUNTIME_DIR: runtime = '', XDG_CONFIG_HOME: config = '' } = environment;
  return [
    path.join(docker === '' ? path.join(home, '.docker') : docker, 'config.json'),
    ...(given === '' ? [] : [given]),
    ...(runtime === '' ? [] : [path.join(runtime, 'containers', 'auth.json')]),
    path.join(config === '' ? path.join(home, '.config') : config, 'containers', 'auth.json'),
  ];
}

/** Credentials of the files; read anew each time, as signing in changes them. */
export function dockerCredentials(options: DockerCredentialOptions): RegistryCredentials {
  return {
    find: async (name, signal) => {
      for (const file of credentialFiles(options)) {
        const content = readFile(file, name);
        const source: CredentialSource = content ? findCredentialSource(content, name) : { kind: 'none' };
        if (source.kind === 'credential') return source.credential;
        if (source.kind === 'none') continue;
        const credential = await askHelper(source, name, options, signal);
        if (credential) return credential;
      }
      return undefined;
    },
  };
}

/** The first that has credentials. */
export function firstCredentials(all: readonly RegistryCredentials[]): RegistryCredentials {
  return {
    find: async (name, signal) => {
      for (const each of all) {
        const credential = await each.find(name, signal);
        if (credential) return credential;
      }
      return undefined;
    },
  };
}

function readFile(file: string, { registry }: RepositoryName): CredentialFile | undefined {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR'].includes(String(error.code))) return undefined;
    throw invalid(file, registry, error);
  }
  const content = readCredentialFile(text);
  if (!content && text.trim() !== '') throw invalid(file, registry);
  return content;
}

function invalid(file: string, registry: string, cause?: unknown): RegistryFailure {
  const reason = cause instanceof Error ? `: ${cause.message}` : '';
  return new RegistryFailure('registry/invalid-config', `The credentials in ${file} can't be read${reason}.`, 'Mend the file, or sign in again.', registry, undefined, { cause });
}

/** Undefined where the program has none for this registry. */
async function askHelper(
  { helper, keys }: Extract<CredentialSource, { readonly kind: 'helper' }>,
  { registry }: RepositoryName,
  options: DockerCredentialOptions,
  signal: AbortSignal,
): Promise<RegistryCredential | undefined> {
  const program = `docker-credential-${helper}`;
  if (!options.mayRunPrograms()) {
    throw new RegistryFailure('registry/untrusted', `The credentials for ${registry} come from the program ${program}.`, 'Trust the workspace to let it run.', registry, undefined);
  }
  const [key] = keys;
  const { status, output } = await runHelper(program, key ?? registry, registry, options, signal);
  const credential = status === 0 ? readHelperAnswer(output) : undefined;
  if (credential) return credential;
  // What a program says that has none (credentials/error.go); one that is asked for nothing answers an empty object.
  if (/credentials not found in native keychain|^\s*\{\s*\}\s*$|"Secret":\s*""/.test(output)) return undefined;
  const words = status === 0 ? 'answers something else than credentials' : `ends with status ${status}${firstLine(output)}`;
  throw new RegistryFailure(
    'registry/helper-failed',
    `The program ${program} ${words}.`,
    `Run \`echo ${key ?? registry} | ${program} get\` in a terminal to see what it says.`,
    registry,
    undefined,
  );
}

function firstLine(output: string): string {
  const line = output.trim().split('\n')[0] ?? '';
  // Nothing that could be a secret is repeated.
  return line === '' || line.startsWith('{') ? '' : `: ${line.slice(0, 200).replace(/\.$/, '')}`;
}

interface HelperEnd {
  readonly status: number;
  readonly output: string;
}

function runHelper(program: string, key: string, registry: string, { environment, home, timeout = 30_000 }: DockerCredentialOptions, signal: AbortSignal): Promise<HelperEnd> {
  const failed = (what: string, cause?: unknown): RegistryFailure =>
    new RegistryFailure(
      'registry/helper-failed',
      `The program ${program}, which has the credentials for ${registry}, ${what}.`,
      'Install it, or sign in again.',
      registry,
      undefined,
      { cause },
    );
  return new Promise((resolve, reject) => {
    // Not in the workspace: on Windows a program is looked for in the current folder first.
    const child = spawn(program, ['get'], { cwd: home, env: environment, shell: false, windowsHide: true, stdio: ['pipe', 'pipe', 'ignore'], signal });
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = (error: Error): void => {
      clearTimeout(timer);
      child.kill();
      reject(error);
    };
    const timer = setTimeout(() => stop(failed(`did not answer within ${timeout / 1000} seconds`)), timeout);
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > mostHelperBytes) stop(failed('answers too much'));
      else chunks.push(chunk);
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      const isMissing = 'code' in error && error.code === 'ENOENT';
      reject(signal.aborted ? error : failed(isMissing ? 'is not installed' : `can't be started: ${error.message}`, error));
    });
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({ status: status ?? -1, output: Buffer.concat(chunks).toString('utf8') });
    });
    // A program that ends before it has read the key is judged by its status.
    child.stdin.on('error', () => child.stdin.destroy());
    child.stdin.end(`${key}\n`);
  });
}
