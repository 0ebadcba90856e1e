/** One request to the API of a forge, what came of it, and the words for what went wrong. A token goes to the host that it is for and nowhere else. */
import { ForgeFailure, Failure } from '../../services/failure.js';
import type { ForgeSession } from '../../services/ports.js';
import { fieldOf, listOf, textOf } from './answerFields.js';

/** The API that is asked, and how people call what is asked there. */
export interface ForgePlace {
  readonly kind: 'github' | 'gitlab';
  /** Without a slash at its end. */
  readonly api: string;
  /** `github.com`. */
  readonly host: string;
  /** `octocat/Hello-World`. */
  readonly repository: string;
}

export interface Call {
  readonly method: 'GET' | 'POST';
  /** With the query. */
  readonly path: string;
  readonly body?: Readonly<Record<string, string>>;
  /** The entity tag of an answer that is known. */
  readonly known?: string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** What JSON was answered; undefined for another answer. */
  readonly body: unknown;
}

/** A request takes at most this long, in milliseconds. */
const patience = 30_000;

/** Asks once. Rejects with a {@link Failure} where there is no answer. */
export async function askForge({ kind, api, host }: ForgePlace, { method, path, body, known }: Call, session: ForgeSession | undefined, signal: AbortSignal): Promise<Answer> {
  if (session) requireFit(api, host, session);
  const headers: Record<string, string> = { accept: kind === 'github' ? 'application/vnd.github+json' : 'application/json', 'user-agent': 'gitops-workbench' };
  if (kind === 'github') headers['x-github-api-version'] = '2022-11-28';
  if (session) headers['authorization'] = `Bearer ${session.token}`;
  if (body) headers['content-type'] = 'application/json';
  if (known !== undefined) headers['if-none-match'] = known;
  try {
    const answer = await fetch(`${api}${path}`, { method, headers, signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]), ...(body && { body: JSON.stringify(body) }) });
    return { status: answer.status, headers: answer.headers, body: parseJson(await answer.text()) };
  } catch (error) {
    signal.throwIfAborted();
    throw new Failure('forge/unreachable', `${new URL(api).host} can't be reached.`, 'See that you are online, and try again.', { cause: error });
  }
}

/** A repository can name any host; the user's token is for one, and travels encrypted or not out of this machine. */
export function requireFit(api: string, host: string, session: ForgeSession): void {
  const { protocol, hostname } = new URL(api);
  const isSafe = protocol === 'https:' || /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
  if (isSafe && host === session.host.toLowerCase()) return;
  throw new Failure('forge/unauthorized', `The session is for ${session.host}, and the repository is at ${api}.`, 'Make the pull request on its page, or sign in there.');
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

/** @param instead what is left to do where the forge says no */
export function refusalOf({ host, repository }: ForgePlace, { status, headers, body }: Answer, instead: string): Failure {
  const said = messagesOf(body).join(' ').replace(/\.$/, '');
  const words = said === '' ? '' : `: ${said}`;
  if (status === 401) return new Failure('forge/unauthorized', `${host} does not take the session (401)${words}.`, 'Sign in again.');
  if (status === 404) return new Failure('forge/unknown-repository', `${host} has no repository ${repository} for this session (404).`, 'See that the session may read it.');
  const wait = waitOf(status, headers);
  if (wait) {
    const minutes = wait.seconds === undefined ? '' : ` for ${Math.ceil(wait.seconds / 60)} min`;
    return new ForgeFailure('forge/rate-limited', `${host} takes no more requests${minutes} (${status})${words}.`, 'It is asked again later.', wait.seconds);
  }
  if (status >= 400) return new Failure('forge/refused', `${host} refused (${status})${words}.`, instead);
  return unexpected(host, instead);
}

/** What a forge says of requests that are too many: docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api; GitLab sends `retry-after`. */
function waitOf(status: number, headers: Headers): { readonly seconds: number | undefined } | undefined {
  const after = Number(headers.get('retry-after') ?? '');
  if (after > 0 && (status === 403 || status === 429)) return { seconds: after };
  const reset = Number(headers.get('x-ratelimit-reset') ?? headers.get('ratelimit-reset') ?? '');
  const left = headers.get('x-ratelimit-remaining') ?? headers.get('ratelimit-remaining');
  if (status === 429 || (status === 403 && left === '0')) return { seconds: reset > 0 ? Math.max(1, Math.ceil(reset - Date.now() / 1000)) : undefined };
  return undefined;
}

/** For an answer that is none. */
export function unexpected(host: string, instead: string): Failure {
  return new Failure('forge/unexpected-answer', `${host} answered something that is no pull request.`, instead);
}

/** GitHub: `{message, errors: [{message} or {resource, code, field}]}`; GitLab: `{message}` as a text, a list, or texts by field. */
function messagesOf(body: unknown): readonly string[] {
  const errors = listOf(fieldOf(body, 'errors')).flatMap((each) => [...textOf(fieldOf(each, 'message')), ...textOf(each)]);
  const message = fieldOf(body, 'message') ?? fieldOf(body, 'error');
  const plain = typeof message === 'object' && message !== null ? Object.values(message).flat().map(String) : textOf(message);
  return [...plain, ...errors];
}
