/**
 * What a registry asks for before it answers: nothing, a password (Basic), or a token of the service that it names (Bearer;
 * distribution, docs/spec/auth/token.md and oauth.md). Tokens are kept until they run out, credentials until they are refused.
 */
import type { RegistryCredential } from '../../core/registry/credentials.js';
import { parseChallenges, type Challenge } from '../../core/registry/httpHeaders.js';
import type { RepositoryName } from '../../core/registry/imageFacts.js';
import { readErrors, readTokenAnswer, type TokenAnswer } from '../../core/registry/readAnswers.js';
import { signInAdvice } from '../../core/registry/registryHost.js';
import { RegistryFailure } from '../../services/failure.js';
import type { RegistryCredentials } from '../../services/ports.js';
import { parseUrl, unexpected, type RegistryAnswer, type RegistryPatience, type RegistryRequest } from './registryHttp.js';

/** Sends a request as it is; the answer may have any status but one that asks to wait. */
export type SendPlain = (request: RegistryRequest, signal: AbortSignal) => Promise<RegistryAnswer>;

/** What convinces a registry. */
export interface Authorization {
  readonly header: string;
  /** True for a token that everybody gets. */
  readonly isAnonymous: boolean;
  /** Why there were no credentials, where some could not be had; docker goes on without them too. */
  readonly lacking?: RegistryFailure;
}

interface KeptAuthorization extends Authorization {
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** A token that is about to run out is not used any more. */
const margin = 5_000;
const mostKept = 500;

export class Authorizations {
  readonly #credentials: RegistryCredentials;
  readonly #send: SendPlain;
  readonly #patience: RegistryPatience;
  readonly #now: () => number;
  /** By repository. */
  readonly #kept = new Map<string, KeptAuthorization>();
  /** Those under way, so that ten questions at once ask for one token. */
  readonly #underWay = new Map<string, Promise<Authorization>>();

  constructor(credentials: RegistryCredentials, send: SendPlain, patience: RegistryPatience, now: () => number) {
    this.#credentials = credentials;
    this.#send = send;
    this.#patience = patience;
    this.#now = now;
  }

  /** What convinced the registry the last time; undefined where nothing is known. */
  known(name: RepositoryName): Authorization | undefined {
    const kept = this.#kept.get(keyOf(name));
    return kept && kept.until - margin > this.#now() ? kept : undefined;
  }

  /**
   * What answers a challenge. Rejects with a {@link RegistryFailure} where there is nothing to be had.
   * @param refused what the registry did not take, which isn't tried again
   */
  async answer(name: RepositoryName, header: string, url: URL, refused: Authorization | undefined, signal: AbortSignal): Promise<Authorization> {
    const key = keyOf(name);
    if (refused && this.#kept.get(key) === refused) this.#kept.delete(key);
    const known = this.known(name);
    if (known) return known;
    let running = this.#underWay.get(key);
    if (!running) {
      // Nobody's signal ends what others wait for; time does.
      running = this.#obtain(name, header, url, AbortSignal.timeout(this.#patience.whole)).finally(() => this.#underWay.delete(key));
      this.#underWay.set(key, running);
    }
    return waitFor(running, signal);
  }

  async #obtain(name: RepositoryName, header: string, url: URL, signal: AbortSignal): Promise<Authorization> {
    const challenges = parseChallenges(header);
    const { credential, lacking } = await this.#credentialOf(name, signal);
    if (credential?.kind === 'registryToken') return this.#keep(name, { header: `Bearer ${credential.token}`, isAnonymous: false, until: Infinity });
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    if (bearer) {
      const { token, lifetime } = await this.#token(name, bearer, url, credential, signal).catch((error: unknown) => {
        throw lacking && error instanceof RegistryFailure && error.code === 'registry/unauthorized' ? lacking : error;
      });
      return this.#keep(name, { header: `Bearer ${token}`, isAnonymous: !credential, until: this.#now() + lifetime * 1000, ...(lacking && { lacking }) });
    }
    if (!challenges.some(({ scheme }) => scheme === 'basic')) throw unexpected(name.registry, 'asks to sign in by a way that is not known');
    if (credential?.kind !== 'password') throw lacking ?? unauthorized(name, credential !== undefined);
    return this.#keep(name, { header: basic(credential), isAnonymous: false, until: Infinity });
  }

  /** A program that breaks, such as one that a remote machine does not have, does not keep anybody from what is public. */
  async #credentialOf(name: RepositoryName, signal: AbortSignal): Promise<{ readonly credential?: RegistryCredential | undefined; readonly lacking?: RegistryFailure }> {
    try {
      return { credential: await this.#credentials.find(name, signal) };
    } catch (error) {
      if (error instanceof RegistryFailure && error.code === 'registry/helper-failed') return { lacking: error };
      throw error;
    }
  }

  #keep(name: RepositoryName, authorization: KeptAuthorization): KeptAuthorization {
    const key = keyOf(name);
    this.#kept.delete(key);
    this.#kept.set(key, authorization);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) break;
      this.#kept.delete(oldest);
    }
    return authorization;
  }

  async #token(name: RepositoryName, { parameters }: Challenge, url: URL, credential: RegistryCredential | undefined, signal: AbortSignal): Promise<TokenAnswer> {
    const realm = parseUrl(parameters.get('realm') ?? '', url);
    if (!realm || parameters.get('realm') === undefined) throw unexpected(name.registry, 'names no service for tokens');
    const service = parameters.get('service');
    const fields = new URLSearchParams({ ...(service !== undefined && { service }) });
    const scope = parameters.get('scope') ?? `repository:${name.repository}:pull`;
    const common = { host: name.registry, mostBytes: 256 * 1024 } as const;
    if (credential?.kind === 'identityToken') {
      fields.set('scope', scope);
      for (const [field, value] of [
        ['grant_type', 'refresh_token'],
        ['client_id', 'gitops-workbench'],
        ['refresh_token', credential.token],
      ] as const)
        fields.set(field, value);
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' };
      return readToken(await this.#send({ ...common, method: 'POST', url: realm, headers, authorization: undefined, body: fields.toString() }, signal), name, true);
    }
    const asked = new URL(realm);
    if (service !== undefined) asked.searchParams.set('service', service);
    // Several scopes stand in one challenge with spaces between, and each goes as a parameter of its own.
    for (const each of scope.split(' ').filter((part) => part !== '')) asked.searchParams.append('scope', each);
    const authorization = credential?.kind === 'password' ? basic(credential) : undefined;
    return readToken(await this.#send({ ...common, method: 'GET', url: asked, headers: { Accept: 'application/json' }, authorization }, signal), name, authorization !== undefined);
  }
}

function readToken({ status, body }: RegistryAnswer, name: RepositoryName, hadCredentials: boolean): TokenAnswer {
  const text = body.toString('utf8');
  if (status === 401 || status === 403) throw unauthorized(name, hadCredentials);
  if (status !== 200) throw unexpected(name.registry, `gives no token: its token service answers ${status}${describeErrors(text)}`);
  const answer = readTokenAnswer(text);
  if (!answer) throw unexpected(name.registry, 'gives no token: its token service answers something else');
  return answer;
}

function describeErrors(text: string): string {
  const message = readErrors(text)?.message ?? '';
  return message === '' ? '' : ` (${message})`;
}

function keyOf({ registry, repository }: RepositoryName): string {
  return `${registry}/${repository}`;
}

function basic({ username, password }: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** Waits for what somebody else asked for, unless the signal ends it. */
function waitFor<T>(running: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason instanceof Error ? signal.reason : new DOMException('The operation was aborted', 'AbortError'));
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    void running.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** The registry lets nobody, or not this user, look at a repository; many say so of repositories that there aren't, too. */
export function unauthorized({ registry, repository }: RepositoryName, hadCredentials: boolean): RegistryFailure {
  const message = hadCredentials
    ? `${registry} does not take your credentials for ${repository}, or has no such repository.`
    : `${registry} tells nothing of ${repository} to those who aren't signed in, or has no such repository.`;
  return new RegistryFailure('registry/unauthorized', message, signInAdvice(registry), registry, undefined);
}
