/**
 * A git remote on the loopback: bare repositories over smart HTTP, through the `git http-backend` of the git that is
 * installed. The path holds a token, so that git asks for no password; who knows the path may push.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import fs from 'node:fs';
import path from 'node:path';
import { repositoryKey } from '../../core/gitops/gitUrl.js';
import { listen, stopServer } from '../listen.js';
import { runGitCommand } from './gitCommand.js';

export interface GitRemoteOptions {
  /** Where the repositories lie; absolute. */
  readonly folder: string;
  readonly port?: number | undefined;
  /** The first part of all paths; kept in the folder and made up where left out. */
  readonly token?: string | undefined;
}

/** A branch or tag that a push moved. */
export interface PushedRef {
  /** `refs/heads/main` */
  readonly ref: string;
  /** Full hashes; undefined for a ref that is new, or gone. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export interface Push {
  readonly repository: string;
  readonly refs: readonly PushedRef[];
}

/** What a new repository begins with: nothing, a folder's files as one commit, or all branches of another repository. */
export type Beginning = { readonly kind: 'empty' } | { readonly kind: 'folder'; readonly folder: string } | { readonly kind: 'repository'; readonly folder: string };

export interface GitRemote {
  /** `http://127.0.0.1:PORT/TOKEN` */
  readonly address: string;
  /** The URL of a repository. */
  urlOf(repository: string): string;
  /** The bare repository's folder. */
  folderOf(repository: string): string;
  has(repository: string): boolean;
  /** Lets a repository stand for the one that a URL names, such as that of a forge. */
  standFor(url: string, repository: string): void;
  /** The repository that a URL means here; undefined for one that isn't ours. */
  repositoryFor(url: string): string | undefined;
  /** Makes a repository with the branch `main`. Rejects where git isn't there or refuses. */
  create(repository: string, beginning: Beginning): Promise<void>;
  /** The hash of every ref. */
  refs(repository: string): Promise<ReadonlyMap<string, string>>;
  /** Calls back after each push; returns what ends it. */
  onPush(tell: (push: Push) => void): () => void;
  close(): Promise<void>;
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

export async function startGitRemote({ folder, port = 0, token = keptToken(folder) }: GitRemoteOptions): Promise<GitRemote> {
  fs.mkdirSync(folder, { recursive: true });
  const standIns = new Map<string, string>();
  const listeners = new Set<(push: Push) => void>();
  const folderOf = (repository: string): string => {
    if (!namePattern.test(repository)) throw new Error(`${repository} is no name for a repository: letters, digits, dots, dashes and underscores.`);
    return path.join(folder, `${repository}.git`);
  };
  const refs = async (repository: string): Promise<ReadonlyMap<string, string>> => {
    const lines = (await runGitCommand(folderOf(repository), ['for-each-ref', '--format=%(refname) %(objectname)'])).split('\n');
    return new Map(lines.filter((line) => line !== '').map((line): [string, string] => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]));
  };
  const server = createServer((request, response) => {
    void serve(request, response, { folder, token, folderOf, refs, tell: (push) => listeners.forEach((each) => each(push)) });
  });
  const address = `http://127.0.0.1:${await listen(server, port)}/${token}`;
  return {
    address,
    urlOf: (repository) => `${address}/${repository}.git`,
    folderOf,
    has: (repository) => fs.existsSync(folderOf(repository)),
    standFor: (url, repository) => void standIns.set(repositoryKey(url), repository),
    repositoryFor: (url) => {
      const own = url.startsWith(`${address}/`) ? url.slice(address.length + 1).replace(/(\.git)?\/?$/, '') : undefined;
      return own ?? standIns.get(repositoryKey(url));
    },
    create: (repository, beginning) => createRepository(folderOf(repository), beginning),
    refs,
    onPush: (tell) => {
      listeners.add(tell);
      return () => void listeners.delete(tell);
    },
    close: () => stopServer(server),
  };
}

/** The same after a restart, so that remotes that were set stay good. */
function keptToken(folder: string): string {
  const file = path.join(folder, 'token');
  if (fs.existsSync(file)) return fs.readFileSync(file, 'utf8').trim();
  const token = randomBytes(12).toString('hex');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(file, token, { mode: 0o600 });
  return token;
}

async function createRepository(folder: string, beginning: Beginning): Promise<void> {
  if (beginning.kind === 'repository') {
    await runGitCommand(path.dirname(folder), ['clone', '--quiet', '--bare', '--no-hardlinks', '--', beginning.folder, folder]);
  } else {
    await runGitCommand(path.dirname(folder), ['init', '--quiet', '--bare', '--initial-branch=main', '--', folder]);
  }
  await runGitCommand(folder, ['config', 'http.receivepack', 'true']);
  if (beginning.kind !== 'folder') return;
  const words = [`--git-dir=${folder}`, `--work-tree=${beginning.folder}`, '-c', 'user.name=Sandbox', '-c', 'user.email=sandbox@localhost', '-c', 'commit.gpgsign=false'];
  await runGitCommand(beginning.folder, [...words, 'add', '--all']);
  await runGitCommand(beginning.folder, [...words, 'commit', '--quiet', '--message', 'The first state']);
}

interface Backend {
  readonly folder: string;
  readonly token: string;
  folderOf(repository: string): string;
  refs(repository: string): Promise<ReadonlyMap<string, string>>;
  tell(push: Push): void;
}

async function serve(request: IncomingMessage, response: ServerResponse, backend: Backend): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const [, token = '', repository = '', rest = ''] = /^\/([^/]+)\/([^/]+)\.git(\/.*)$/.exec(url.pathname) ?? [];
  const isKnown = token === backend.token && namePattern.test(repository) && fs.existsSync(backend.folderOf(repository));
  if (!isKnown) return refuse(response, 404, 'There is no such repository.');
  try {
    const isPush = request.method === 'POST' && rest === '/git-receive-pack';
    const before = isPush ? await backend.refs(repository) : undefined;
    await runBackend(request, response, { folder: backend.folder, pathInfo: `/${repository}.git${rest}`, query: url.search.slice(1) });
    if (before) tellChanges(repository, before, await backend.refs(repository), backend);
  } catch (error) {
    refuse(response, 500, error instanceof Error ? error.message : String(error));
  }
}

function refuse(response: ServerResponse, status: number, message: string): void {
  if (!response.headersSent) response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${message}\n`);
}

function tellChanges(repository: string, before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>, backend: Backend): void {
  const names = [...new Set([...before.keys(), ...after.keys()])].filter((ref) => before.get(ref) !== after.get(ref));
  if (names.length > 0) backend.tell({ repository, refs: names.map((ref) => ({ ref, before: before.get(ref), after: after.get(ref) })) });
}

/** One request as a CGI call (RFC 3875), as git-http-backend(1) wants it. */
function runBackend(
  request: IncomingMessage,
  response: ServerResponse,
  { folder, pathInfo, query }: { readonly folder: string; readonly pathInfo: string; readonly query: string },
): Promise<void> {
  const header = (name: string): string => {
    const value = request.headers[name];
    return Array.isArray(value) ? value.join(', ') : (value ?? '');
  };
  const environment = {
    ...process.env,
    GIT_PROJECT_ROOT: folder,
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_PROTOCOL: header('git-protocol'),
    PATH_INFO: pathInfo,
    QUERY_STRING: query,
    REQUEST_METHOD: request.method ?? 'GET',
    CONTENT_TYPE: header('content-type'),
    HTTP_CONTENT_ENCODING: header('content-encoding'),
    REMOTE_USER: 'sandbox',
    REMOTE_ADDR: '127.0.0.1',
  };
  return new Promise((done, fail) => {
    const child = spawn('git', ['http-backend'], { cwd: folder, env: environment, stdio: ['pipe', 'pipe', 'ignore'], windowsHide: true });
    child.once('error', fail);
    // git may have read enough before all was sent.
    child.stdin.on('error', () => request.unpipe(child.stdin));
    request.pipe(child.stdin);
    response.once('close', () => void (child.exitCode === null && child.kill()));
    let head = Buffer.alloc(0);
    child.stdout.on('data', (chunk: Buffer) => {
      if (response.headersSent) return void response.write(chunk);
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      writeHead(response, head.subarray(0, end).toString('latin1'));
      response.write(head.subarray(end + 4));
    });
    child.once('close', () => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
      done();
    });
  });
}

function writeHead(response: ServerResponse, text: string): void {
  const headers = text.split('\r\n').map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]);
  const status = headers.find(([name]) => name.toLowerCase() === 'status')?.[1] ?? '200';
  for (const [name, value] of headers) if (name.toLowerCase() !== 'status') response.setHeader(name, value);
  response.writeHead(Number.parseInt(status, 10));
}
