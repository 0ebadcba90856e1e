/**
 * Pull requests through the REST APIs of GitHub (v3, 2022-11-28) and GitLab (v4). A token goes to the API of the host that it
 * is for and nowhere else; other forges have a page (core/promote/pullRequestUrl.ts), not an API here.
 */
import { forgeOf, type ForgeRepository } from '../../core/promote/pullRequestUrl.js';
import { Failure } from '../../services/failure.js';
import type { Forge, ForgeSession, OpenPullRequest, PullRequestWish } from '../../services/ports.js';

export interface ForgeOptions {
  /** Where a forge's API is; its own place where nothing is given. */
  readonly apiOf?: (forge: ForgeRepository) => string;
}

interface Answer {
  readonly status: number;
  /** What JSON was answered; undefined for another answer. */
  readonly body: unknown;
}

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: Readonly<Record<string, string>>;
}

/** A request takes at most this long, in milliseconds. */
const patience = 30_000;

export function openForge({ apiOf = apiOfHost }: ForgeOptions = {}): Forge {
  return {
    async createPullRequest(wish, session, signal) {
      const forge = requireForge(wish.remoteUrl);
      requireHost(forge, session);
      const dialect = dialectOf(forge);
      const ask = (call: Call): Promise<Answer> => request(forge, apiOf(forge), call, session, signal);
      const made = await ask(dialect.create(wish));
      if (made.status === 201) return { ...dialect.read(made.body), isNew: true };
      if (dialect.saysExists(made)) {
        const open = await ask(dialect.find(wish));
        const [first] = listOf(open.body);
        if (open.status === 200 && first !== undefined) return { ...dialect.read(first), isNew: false };
      }
      throw refusal(forge, made);
    },
    async openPullRequests(remoteUrl, session, signal) {
      const forge = requireForge(remoteUrl);
      if (session) requireHost(forge, session);
      const dialect = dialectOf(forge);
      const answer = await request(forge, apiOf(forge), dialect.list, session, signal);
      if (answer.status !== 200) throw refusal(forge, answer);
      if (!Array.isArray(answer.body)) throw unexpected(forge);
      return answer.body.map((each: unknown) => dialect.describe(each));
    },
  };
}

function apiOfHost({ kind, origin }: ForgeRepository): string {
  if (kind === 'gitlab') return `${origin}/api/v4`;
  const { host } = new URL(origin);
  if (host === 'github.com') return 'https://api.github.com';
  return host.endsWith('.ghe.com') ? `https://api.${host}` : `${origin}/api/v3`;
}

function requireForge(remoteUrl: string): ForgeRepository {
  const forge = forgeOf(remoteUrl);
  if (forge?.kind === 'github' || forge?.kind === 'gitlab') return forge;
  throw new Failure('forge/unknown', `How pull requests are made at ${remoteUrl} is not known here.`, 'Make it on the page of the forge.');
}

/** A repository can name any host in its remote; the user's token is for one. */
function requireHost({ origin }: ForgeRepository, session: ForgeSession): void {
  const { host, protocol } = new URL(origin);
  if (host === session.host.toLowerCase() && protocol === 'https:') return;
  throw new Failure('forge/unauthorized', `The session is for ${session.host}, and the remote is at ${origin}.`, 'Make the pull request on its page, or sign in there.');
}

/** What differs between the APIs. */
interface Dialect {
  readonly create: (wish: PullRequestWish) => Call;
  readonly find: (wish: PullRequestWish) => Call;
  readonly list: Call;
  readonly saysExists: (answer: Answer) => boolean;
  readonly read: (value: unknown) => { readonly url: string; readonly number: number };
  readonly describe: (value: unknown) => OpenPullRequest;
}

function dialectOf(forge: ForgeRepository): Dialect {
  return forge.kind === 'gitlab' ? gitlabDialect(forge) : githubDialect(forge);
}

function githubDialect(forge: ForgeRepository): Dialect {
  const base = `/repos/${forge.path.split('/').map(encodeURIComponent).join('/')}/pulls`;
  const owner = forge.path.split('/')[0] ?? '';
  const read = (value: unknown): { readonly url: string; readonly number: number } => ({
    url: requireText(value, 'html_url', forge),
    number: requireNumber(value, 'number', forge),
  });
  return {
    create: ({ title, body, branch, into }) => ({ method: 'POST', path: base, body: { title, body, head: branch, base: into } }),
    find: ({ branch, into }) => ({ method: 'GET', path: `${base}?${new URLSearchParams({ state: 'open', head: `${owner}:${branch}`, base: into }).toString()}` }),
    list: { method: 'GET', path: `${base}?state=open&per_page=100` },
    saysExists: ({ status, body }) => status === 422 && JSON.stringify(body).includes('already exists'),
    read,
    describe: (value) => ({
      ...read(value),
      title: requireText(value, 'title', forge),
      branch: requireText(fieldOf(value, 'head'), 'ref', forge),
      targetBranch: requireText(fieldOf(value, 'base'), 'ref', forge),
      headSHA: requireText(fieldOf(value, 'head'), 'sha', forge),
      labels: listOf(fieldOf(value, 'labels')).flatMap((label) => textOf(fieldOf(label, 'name'))),
      author: textOf(fieldOf(fieldOf(value, 'user'), 'login'))[0] ?? '',
    }),
  };
}

function gitlabDialect(forge: ForgeRepository): Dialect {
  const base = `/projects/${encodeURIComponent(forge.path)}/merge_requests`;
  const read = (value: unknown): { readonly url: string; readonly number: number } => ({ url: requireText(value, 'web_url', forge), number: requireNumber(value, 'iid', forge) });
  return {
    create: ({ title, body, branch, into }) => ({ method: 'POST', path: base, body: { title, description: body, source_branch: branch, target_branch: into } }),
    find: ({ branch, into }) => ({ method: 'GET', path: `${base}?${new URLSearchParams({ state: 'opened', source_branch: branch, target_branch: into }).toString()}` }),
    list: { method: 'GET', path: `${base}?state=opened&per_page=100` },
    saysExists: ({ status }) => status === 409,
    read,
    describe: (value) => ({
      ...read(value),
      title: requireText(value, 'title', forge),
      branch: requireText(value, 'source_branch', forge),
      targetBranch: requireText(value, 'target_branch', forge),
      headSHA: requireText(value, 'sha', forge),
      labels: listOf(fieldOf(value, 'labels')).flatMap(textOf),
      author: textOf(fieldOf(fieldOf(value, 'author'), 'username'))[0] ?? '',
    }),
  };
}

async function request(forge: ForgeRepository, api: string, { method, path, body }: Call, session: ForgeSession | undefined, signal: AbortSignal): Promise<Answer> {
  const headers: Record<string, string> = { accept: forge.kind === 'github' ? 'application/vnd.github+json' : 'application/json', 'user-agent': 'gitops-workbench' };
  if (forge.kind === 'github') headers['x-github-api-version'] = '2022-11-28';
  if (session) headers['authorization'] = `Bearer ${session.token}`;
  if (body) headers['content-type'] = 'application/json';
  try {
    const answer = await fetch(`${api}${path}`, { method, headers, signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]), ...(body && { body: JSON.stringify(body) }) });
    return { status: answer.status, body: parseJson(await answer.text()) };
  } catch (error) {
    signal.throwIfAborted();
    const { host } = new URL(api);
    throw new Failure('forge/unreachable', `${host} can't be reached.`, 'See that you are online, and try again.', { cause: error });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Proxies answer pages; what the status says is enough then.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function refusal(forge: ForgeRepository, { status, body }: Answer): Failure {
  const { host } = new URL(forge.origin);
  const said = messagesOf(body).join(' ').replace(/\.$/, '');
  const words = said === '' ? '' : `: ${said}`;
  if (status === 401) return new Failure('forge/unauthorized', `${host} does not take the session (401)${words}.`, 'Sign in again.');
  if (status === 404)
    return new Failure('forge/unauthorized', `${host} has no repository ${forge.path} for this session (404).`, 'See that the session may read it and make pull requests.');
  if (status >= 400) return new Failure('forge/refused', `${host} refused (${status})${words}.`, 'Make the pull request on its page.');
  return unexpected(forge);
}

function unexpected({ origin }: ForgeRepository): Failure {
  return new Failure('forge/unexpected-answer', `${new URL(origin).host} answered something that is no pull request.`, 'Make the pull request on its page.');
}

/** GitHub: `{message, errors: [{message} or {resource, code, field}]}`; GitLab: `{message}` as a text, a list, or texts by field. */
function messagesOf(body: unknown): readonly string[] {
  const errors = listOf(fieldOf(body, 'errors')).flatMap((each) => [...textOf(fieldOf(each, 'message')), ...textOf(each)]);
  const message = fieldOf(body, 'message') ?? fieldOf(body, 'error');
  const plain = typeof message === 'object' && message !== null ? Object.values(message).flat().map(String) : textOf(message);
  return [...plain, ...errors];
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): readonly string[] {
  return typeof value === 'string' ? [value] : [];
}

function requireText(value: unknown, name: string, forge: ForgeRepository): string {
  const [text] = textOf(fieldOf(value, name));
  if (text === undefined) throw unexpected(forge);
  return text;
}

function requireNumber(value: unknown, name: string, forge: ForgeRepository): number {
  const number = fieldOf(value, name);
  if (typeof number !== 'number') throw unexpected(forge);
  return number;
}
