/**
 * A client of registries by the OCI distribution specification v1.1, for reading: tags, digests, manifests, configurations.
 * Pushing and referrers are left out. Hosts are spoken to with https, but for those on this machine and those that the user
 * configured.
 */
import { createHash } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeRateLimit, nextLink, readRateLimit, readRetryAfter } from '../../core/registry/httpHeaders.js';
import type { ImageConfig, ImageManifest, ManifestLook, RepositoryName, TagList } from '../../core/registry/imageFacts.js';
import { isManifestType, manifestTypes, readErrors, readImageConfig, readLayerDigest, readManifest, readTagPage } from '../../core/registry/readAnswers.js';
import { apiHostOf, canonicalHost, isLocalHost, isRegistryHost, makerOf, signInAdvice } from '../../core/registry/registryHost.js';
import { RegistryFailure } from '../../services/failure.js';
import type { ImageRegistry, RegistryCredentials } from '../../services/ports.js';
import { Authorizations, unauthorized } from './authorize.js';
import { defaultPatience, parseUrl, sendRequest, unexpected, type Agents, type RegistryAnswer, type RegistryPatience, type RegistryRequest } from './registryHttp.js';

export interface RegistryOptions {
  readonly credentials: RegistryCredentials;
  /** Hosts besides those on this machine that may be spoken to in plain http, or with a certificate that can't be checked. */
  readonly insecure?: () => readonly string[];
  /** The proxy that a URL is asked through; none where it is left out. */
  readonly proxyFor?: (url: URL) => URL | undefined;
  readonly patience?: RegistryPatience;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** The most of a manifest or configuration that is read; the specification asks registries for 4 MiB. */
const mostManifestBytes = 4 * 1024 * 1024;
/** Of an artifact that is read as a whole, such as a chart. */
const mostLayerBytes = 32 * 1024 * 1024;
const mostPageBytes = 8 * 1024 * 1024;
/** How many tags are asked for at a time; registries may give fewer. */
const pageSize = 1000;
const mostPages = 200;
const mostTags = 50_000;
const mostRepeats = 3;

export class OciRegistry implements ImageRegistry {
  readonly #patience: RegistryPatience;
  readonly #now: () => number;
  readonly #insecure: () => readonly string[];
  readonly #agents: Agents;
  readonly #authorizations: Authorizations;
  /** How hosts answer that may be spoken to in plain http. */
  readonly #plain = new Set<string>();
  readonly #encrypted = new Set<string>();

  constructor({ credentials, insecure = () => [], proxyFor = () => undefined, patience = defaultPatience, now = () => Date.now() }: RegistryOptions) {
    this.#patience = patience;
    this.#now = now;
    this.#insecure = insecure;
    const kept = { keepAlive: true, maxSockets: 8, timeout: 30_000 };
    this.#agents = {
      http: new http.Agent(kept),
      https: new https.Agent(kept),
      unchecked: new https.Agent({ ...kept, rejectUnauthorized: false }),
      proxyFor,
      isInsecure: (host) => this.#isInsecure(host),
    };
    this.#authorizations = new Authorizations(credentials, (request, signal) => this.#sendPatiently(request, signal), patience, now);
  }

  async tags(name: RepositoryName, signal: AbortSignal): Promise<TagList> {
    const tags = new Set<string>();
    const pushed = new Map<string, number>();
    const first = `/v2/${name.repository}/tags/list?n=${pageSize}`;
    let path = first;
    const seen = new Set<string>();
    while (seen.size < mostPages && tags.size < mostTags) {
      seen.add(path);
      const answer = await this.#get(name, path, { Accept: 'application/json' }, mostPageBytes, signal);
      if (answer.status !== 200) {
        // A registry that bounds pages refuses to give more of them (Harbor, Nexus).
        if (path === first && answer.status === 400) {
          path = `/v2/${name.repository}/tags/list`;
          continue;
        }
        throw this.#refused(name, answer, 'its tags');
      }
      const page = readTagPage(answer.body.toString('utf8'));
      if (!page) throw unexpected(name.registry, `answers something else than the tags of ${name.repository}`);
      const before = tags.size;
      for (const tag of page.tags) tags.add(tag);
      for (const [tag, time] of page.pushed) pushed.set(tag, time);
      const next = this.#nextPath(name, path, headerOf(answer, 'link'));
      // A link that leads nowhere new would be followed for ever.
      if (next === undefined || seen.has(next) || tags.size === before) return { tags: [...tags], isComplete: next === undefined, pushed };
      path = next;
    }
    return { tags: [...tags], isComplete: false, pushed };
  }

  async look(name: RepositoryName, reference: string, signal: AbortSignal): Promise<ManifestLook> {
    const path = `/v2/${name.repository}/manifests/${encodeURIComponent(reference)}`;
    const answer = await this.#request('HEAD', name, path, { Accept: manifestTypes.join(', ') }, mostManifestBytes, signal);
    const digest = headerOf(answer, 'docker-content-digest');
    if (answer.status === 200 && isDigest(digest) && isManifestType(headerOf(answer, 'content-type'))) return { found: true, digest, mediaType: headerOf(answer, 'content-type') };
    // Without a body nobody knows whether it was the registry that said no: a server of another kind has no such page either.
    if (![200, 404, 405].includes(answer.status)) throw this.#refused(name, answer, reference);
    const read = await this.#readManifest(name, reference, signal);
    if ('missing' in read) return { found: false, missing: read.missing };
    return { found: true, digest: read.digest, mediaType: read.mediaType };
  }

  async manifest(name: RepositoryName, reference: string, signal: AbortSignal): Promise<ImageManifest | undefined> {
    const read = await this.#readManifest(name, reference, signal);
    if ('missing' in read) return undefined;
    const manifest = readManifest(read.text, read.digest);
    if (!manifest) throw unexpected(name.registry, `answers something else than a manifest for ${name.repository}:${reference}`);
    return manifest;
  }

  async config(name: RepositoryName, digest: string, signal: AbortSignal): Promise<ImageConfig> {
    if (!isDigest(digest)) throw unexpected(name.registry, `has a manifest of ${name.repository} without a configuration`);
    const answer = await this.#get(name, `/v2/${name.repository}/blobs/${digest}`, {}, mostManifestBytes, signal);
    if (answer.status !== 200) throw this.#refused(name, answer, digest);
    if (digestOf(answer.body, digest) !== digest) throw unexpected(name.registry, `answers another blob of ${name.repository} than the asked one`);
    const config = readImageConfig(answer.body.toString('utf8'));
    if (!config) throw unexpected(name.registry, `answers something else than a configuration of ${name.repository}`);
    return config;
  }

  /** The layer of an artifact that has a media type, its digest checked; undefined where there is no such artifact or layer. */
  async layer(name: RepositoryName, reference: string, mediaType: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const read = await this.#readManifest(name, reference, signal);
    if ('missing' in read) return undefined;
    const digest = readLayerDigest(read.text, mediaType);
    if (digest === undefined || !isDigest(digest)) return undefined;
    const answer = await this.#get(name, `/v2/${name.repository}/blobs/${digest}`, {}, mostLayerBytes, signal);
    if (answer.status !== 200) throw this.#refused(name, answer, digest);
    if (digestOf(answer.body, digest) !== digest) throw unexpected(name.registry, `answers another blob of ${name.repository} than the asked one`);
    return answer.body;
  }

  close(): void {
    for (const agent of [this.#agents.http, this.#agents.https, this.#agents.unchecked]) agent.destroy();
  }

  async #readManifest(
    name: RepositoryName,
    reference: string,
    signal: AbortSignal,
  ): Promise<{ readonly text: string; readonly digest: string; readonly mediaType: string } | { readonly missing: 'manifest' | 'repository' }> {
    const path = `/v2/${name.repository}/manifests/${encodeURIComponent(reference)}`;
    const answer = await this.#get(name, path, { Accept: manifestTypes.join(', ') }, mostManifestBytes, signal);
    if (answer.status === 404) {
      const codes = readErrors(answer.body.toString('utf8'))?.codes;
      if (!codes) throw unexpected(name.registry, `answers 404 for ${name.repository}:${reference}, but not as a registry does`);
      return { missing: codes.includes('NAME_UNKNOWN') ? 'repository' : 'manifest' };
    }
    if (answer.status !== 200) throw this.#refused(name, answer, reference);
    const mediaType = headerOf(answer, 'content-type');
    if (!isManifestType(mediaType)) throw unexpected(name.registry, `answers ${mediaType} for ${name.repository}:${reference}, which is no manifest of an image`);
    const said = reference.includes(':') ? reference : headerOf(answer, 'docker-content-digest');
    const digest = digestOf(answer.body, said);
    if (isDigest(said) && digest !== said) throw unexpected(name.registry, `answers a manifest of ${name.repository}:${reference} that does not have its digest`);
    return { text: answer.body.toString('utf8'), digest, mediaType };
  }

  #get(name: RepositoryName, path: string, headers: Readonly<Record<string, string>>, mostBytes: number, signal: AbortSignal): Promise<RegistryAnswer> {
    return this.#request('GET', name, path, headers, mostBytes, signal);
  }

  /** Signs in where the registry asks for it, once more where what was kept is refused. */
  async #request(
    method: 'GET' | 'HEAD',
    name: RepositoryName,
    path: string,
    headers: Readonly<Record<string, string>>,
    mostBytes: number,
    signal: AbortSignal,
  ): Promise<RegistryAnswer> {
    checkName(name);
    let authorization = this.#authorizations.known(name);
    for (let isFresh = false; ; isFresh = true) {
      const url = new URL(path, this.#addressOf(name.registry));
      const answer = await this.#sendWithFallback({ method, url, headers, authorization: authorization?.header, mostBytes, host: name.registry }, signal);
      if (answer.status !== 401) return answer;
      const challenge = headerOf(answer, 'www-authenticate');
      // What was just given and isn't taken won't be taken the next time.
      if (isFresh || challenge === '') throw authorization?.lacking ?? unauthorized(name, authorization?.isAnonymous === false);
      authorization = await this.#authorizations.answer(name, challenge, url, authorization, signal);
    }
  }

  #addressOf(registry: string): string {
    const host = apiHostOf(registry);
    return `${this.#plain.has(host) ? 'http' : 'https'}://${host}`;
  }

  /** Hosts that may be spoken to in plain http are tried with https first, as docker does. */
  async #sendWithFallback(request: RegistryRequest, signal: AbortSignal): Promise<RegistryAnswer> {
    const { host } = request.url;
    if (this.#plain.has(host) || this.#encrypted.has(host) || !this.#isInsecure(host)) return this.#sendPatiently(request, signal);
    try {
      const answer = await sendRequest(request, this.#agents, this.#patience, signal);
      this.#encrypted.add(host);
      return answer;
    } catch (error) {
      if (!(error instanceof RegistryFailure) || error.code !== 'registry/unreachable') throw error;
      const url = new URL(request.url);
      url.protocol = 'http:';
      const answer = await this.#sendPatiently({ ...request, url }, signal);
      this.#plain.add(host);
      return answer;
    }
  }

  /** Waits where the registry asks for it, within reason; repeats what broke on the way. */
  async #sendPatiently(request: RegistryRequest, signal: AbortSignal): Promise<RegistryAnswer> {
    let pause = this.#patience.pause;
    for (let tries = 0; ; tries++) {
      let wait = pause;
      try {
        const answer = await sendRequest(request, this.#agents, this.#patience, signal);
        if (answer.status !== 429 && answer.status < 500) return answer;
        const asked = readRetryAfter(headerOf(answer, 'retry-after'), this.#now(), Date.parse);
        if (tries >= mostRepeats || (asked ?? 0) * 1000 > this.#patience.longestWait) throw busy(request.host, answer, asked);
        wait = asked === undefined ? pause : asked * 1000;
      } catch (error) {
        const mayRepeat = error instanceof RegistryFailure && error.code === 'registry/unreachable' && tries < mostRepeats;
        if (!mayRepeat || isFinal(error.cause)) throw error;
      }
      await sleep(wait, undefined, { signal });
      pause = Math.min(pause * 2, this.#patience.longestWait);
    }
  }

  /** Where the next page is; a link to another server is not followed. GitHub's once named no page size. */
  #nextPath(name: RepositoryName, path: string, header: string): string | undefined {
    const link = nextLink(header);
    if (link === undefined) return undefined;
    const base = new URL(path, this.#addressOf(name.registry));
    const next = parseUrl(link, base);
    if (next?.host !== base.host) throw unexpected(name.registry, `continues the tags of ${name.repository} at another address`);
    if (next.searchParams.get('n') === '0') next.searchParams.set('n', String(pageSize));
    return `${next.pathname}${next.search}`;
  }

  #isInsecure(host: string): boolean {
    return isLocalHost(host) || this.#insecure().some((each) => canonicalHost(each) === host.toLowerCase());
  }

  #refused(name: RepositoryName, { status, body }: RegistryAnswer, what: string): RegistryFailure {
    const { registry, repository } = name;
    const errors = readErrors(body.toString('utf8'));
    const reason = (errors?.message ?? '') === '' ? '' : ` (${errors?.message ?? ''})`;
    if (status === 404 && errors)
      return new RegistryFailure('registry/unknown-repository', `${registry} has no repository ${repository}${reason}.`, 'Check the name of the image.', registry, undefined);
    if (status === 403) return new RegistryFailure('registry/forbidden', `${registry} does not let you read ${repository}${reason}.`, signInAdvice(registry), registry, undefined);
    return unexpected(registry, `answers ${status} when asked for ${what} of ${repository}${reason}`);
  }
}

/** Nothing but a name of the specification gets into an address. */
function checkName({ registry, repository }: RepositoryName): void {
  if (isRegistryHost(registry) && /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/.test(repository)) return;
  throw new RegistryFailure(
    'registry/unknown-repository',
    `${registry}/${repository} is no name that a registry can have.`,
    'Names have small letters, digits and . _ - between them.',
    registry,
    undefined,
  );
}

/** What a repeat does not mend: a name that there isn't, a certificate that nobody vouches for. */
function isFinal(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return code === 'ENOTFOUND' || code === 'ECONNREFUSED' || code.startsWith('ERR_TLS') || code.includes('CERT') || code === 'EPROTO';
}

function busy(host: string, answer: RegistryAnswer, retryAfter: number | undefined): RegistryFailure {
  const when = retryAfter === undefined ? '' : ` It asks to wait ${retryAfter < 120 ? `${retryAfter} seconds` : `${Math.ceil(retryAfter / 60)} minutes`}.`;
  if (answer.status !== 429) return new RegistryFailure('registry/server-error', `${host} answers ${answer.status}.${when}`, 'Try again later.', host, retryAfter);
  const limit = readRateLimit(headerOf(answer, 'ratelimit-limit'));
  const left = readRateLimit(headerOf(answer, 'ratelimit-remaining'));
  const source = headerOf(answer, 'docker-ratelimit-source');
  const who = source === '' ? '' : ` to ${source}`;
  const words = limit ? `: it allows ${describeRateLimit(limit)}${who}${left ? `, and ${left.count} ${left.count === 1 ? 'is' : 'are'} left` : ''}` : '';
  const action = makerOf(host) === 'dockerHub' ? 'Sign in with `docker login`, which raises the limit, or wait.' : 'Wait before you ask again.';
  return new RegistryFailure('registry/rate-limited', `${host} has had too many requests${words}.${when}`, action, host, retryAfter);
}

function headerOf({ headers }: RegistryAnswer, name: string): string {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : (value ?? '');
}

function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$|^sha512:[0-9a-f]{128}$/.test(text);
}

/** The digest of content, by the algorithm of another one. */
function digestOf(content: Buffer, like: string): string {
  const algorithm = like.startsWith('sha512:') ? 'sha512' : 'sha256';
  return `${algorithm}:${createHash(algorithm).update(content).digest('hex')}`;
}
