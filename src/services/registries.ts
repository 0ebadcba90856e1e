/**
 * What registries know of the images in the workspace. Nothing is contacted unasked: a registry answers only once the user
 * allowed its host, and never in Restricted Mode. Answers are kept with their age, within bounds; a question that is under
 * way is asked once; a registry that refused or asked to wait is left alone for that time.
 */
import { parseImageReference, type ImageReference } from '../core/objects/imageReference.js';
import type { ImageConfig, ImageDetails, ImageManifest, ManifestLook, RepositoryName, TagList, TagVerdict } from '../core/registry/imageFacts.js';
import { nearestTags } from '../core/registry/nearestTags.js';
import { canonicalHost } from '../core/registry/registryHost.js';
import { KeptAnswers } from './keptAnswers.js';
import { isCancelled, RegistryFailure, type FailureCode } from './failure.js';
import type { ImageRegistry } from './ports.js';

export interface RegistriesOptions {
  readonly registry: ImageRegistry;
  /** Whether a host may be contacted now. @param host as in images, Docker Hub as `docker.io` */
  readonly isAllowed: (host: string) => boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** An answer with its age. */
export interface Aged<T> {
  readonly value: T;
  /** When it was asked for, in milliseconds since 1970. */
  readonly at: number;
}

/** How long answers are good for, in milliseconds: tags move. What a digest names never changes. */
const lifetimes = { tags: 5 * 60_000, look: 2 * 60_000, failure: 30_000, content: Infinity };
const mostKept = { tags: 200, look: 2000, content: 2000 };
const mostSuggestions = 3;
const mostAtOnce = 6;
/** What is wrong with a registry as a whole, rather than with what was asked for. */
const silencing: ReadonlySet<FailureCode> = new Set(['registry/rate-limited', 'registry/unreachable', 'registry/timed-out', 'registry/untrusted', 'registry/helper-failed']);

export class Registries {
  readonly #registry: ImageRegistry;
  readonly #isAllowed: (host: string) => boolean;
  readonly #tags: KeptAnswers<TagList>;
  readonly #looks: KeptAnswers<ManifestLook>;
  readonly #manifests: KeptAnswers<ImageManifest | undefined>;
  readonly #configs: KeptAnswers<ImageConfig>;
  readonly #now: () => number;
  /** Registries that can't answer now, whatever they are asked. */
  readonly #silent = new Map<string, { readonly failure: RegistryFailure; readonly until: number }>();
  readonly #abort = new AbortController();

  constructor({ registry, isAllowed, now }: RegistriesOptions) {
    this.#now = now;
    this.#registry = registry;
    this.#isAllowed = isAllowed;
    const common = { now, failureLifetime: lifetimes.failure, signal: this.#abort.signal };
    this.#tags = new KeptAnswers({ ...common, lifetime: lifetimes.tags, most: mostKept.tags });
    this.#looks = new KeptAnswers({ ...common, lifetime: lifetimes.look, most: mostKept.look });
    this.#manifests = new KeptAnswers({ ...common, lifetime: lifetimes.content, most: mostKept.content });
    this.#configs = new KeptAnswers({ ...common, lifetime: lifetimes.content, most: mostKept.content });
  }

  /** True where the registry of an image may be asked. */
  isAllowed(registry: string): boolean {
    return this.#isAllowed(canonicalHost(registry));
  }

  /**
   * Whether an image is there. Never rejects but with an AbortError: what can't be known is a verdict with its reason.
   * @param image as in a manifest, or its parts
   */
  async tagVerdict(image: string | ImageReference, signal: AbortSignal): Promise<TagVerdict> {
    if (typeof image === 'string') {
      const parsed = parseImageReference(image);
      return parsed ? this.tagVerdict(parsed, signal) : { kind: 'unknown', isAllowed: true, reason: `${image} is no reference to an image.` };
    }
    const reference = image;
    if (!this.isAllowed(reference.registry)) return notAllowed(reference.registry);
    try {
      return await this.#ask(reference, signal);
    } catch (error) {
      if (isCancelled(error) || !(error instanceof RegistryFailure)) throw error;
      return { kind: 'unknown', isAllowed: true, reason: error.message };
    }
  }

  async #ask(reference: ImageReference, signal: AbortSignal): Promise<TagVerdict> {
    const { tag = 'latest', digest } = reference;
    // With both, a runtime pulls by the digest and does not look at the tag.
    const look = (await this.look(reference, digest ?? tag, signal)).value;
    if (look.found) return { kind: 'exists', digest: look.digest };
    if (look.missing === 'repository') return { kind: 'missing', what: 'repository', nearest: [] };
    return digest === undefined ? { kind: 'missing', what: 'tag', nearest: await this.#suggest(reference, tag, signal) } : { kind: 'missing', what: 'digest', nearest: [] };
  }

  /** Nothing where the tags can't be listed: that the tag is missing is known without. */
  async #suggest(name: RepositoryName, tag: string, signal: AbortSignal): Promise<readonly string[]> {
    try {
      return nearestTags(tag, (await this.tags(name, signal)).value.tags, mostSuggestions);
    } catch (error) {
      if (error instanceof RegistryFailure) return [];
      throw error;
    }
  }

  /** The tags of a repository. Rejects with a {@link RegistryFailure}. */
  async tags(name: RepositoryName, signal: AbortSignal): Promise<Aged<TagList>> {
    const asked = this.#nameOf(name);
    return this.#tags.get(keyOf(asked), (own) => this.#noting(asked, this.#registry.tags(asked, own)), signal);
  }

  /** The digest that a tag has now. Rejects with a {@link RegistryFailure}. @param reference a tag or a digest */
  async look(name: RepositoryName, reference: string, signal: AbortSignal): Promise<Aged<ManifestLook>> {
    const asked = this.#nameOf(name);
    return this.#looks.get(`${keyOf(asked)}@${reference}`, (own) => this.#noting(asked, this.#registry.look(asked, reference, own)), signal);
  }

  /** A manifest by its digest. Rejects with a {@link RegistryFailure}. */
  async manifest(name: RepositoryName, digest: string, signal: AbortSignal): Promise<ImageManifest | undefined> {
    const asked = this.#nameOf(name);
    return (await this.#manifests.get(`${keyOf(asked)}@${digest}`, (own) => this.#noting(asked, this.#registry.manifest(asked, digest, own)), signal)).value;
  }

  /**
   * All that there is to know of an image; undefined for one that there isn't. Reads manifests, which Docker Hub counts as pulls, once
   * for each digest. Rejects with a {@link RegistryFailure}.
   */
  async details(name: RepositoryName, reference: string, signal: AbortSignal): Promise<Aged<ImageDetails> | undefined> {
    const { value: look, at } = await this.look(name, reference, signal);
    if (!look.found) return undefined;
    const { digest } = look;
    const top = await this.manifest(name, digest, signal);
    if (!top) return undefined;
    if (top.kind === 'artifact') return { at, value: { digest, kind: top.kind, platforms: [], size: top.size, config: undefined } };
    const [first] = top.kind === 'index' ? top.platforms : [];
    const image = top.kind === 'image' ? top : first && (await this.manifest(name, first.digest, signal));
    const config = image?.kind === 'image' ? await this.#config(name, image.config, signal) : undefined;
    const platforms = top.kind === 'index' ? top.platforms.map(({ platform }) => platform) : config ? [config.platform] : [];
    return { at, value: { digest, kind: top.kind, platforms, size: image?.kind === 'image' ? image.size : undefined, config } };
  }

  async #config(name: RepositoryName, digest: string, signal: AbortSignal): Promise<ImageConfig> {
    const asked = this.#nameOf(name);
    return (await this.#configs.get(`${keyOf(asked)}@${digest}`, (own) => this.#noting(asked, this.#registry.config(asked, digest, own)), signal)).value;
  }

  /**
   * When the images of tags were built, in milliseconds since 1970, as far as it is told: by the list of tags, else by their
   * configurations, which takes requests for each. What a registry fails to tell is left out.
   */
  async createdTimes(name: RepositoryName, tags: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const times = new Map<string, number>();
    const queue = [...tags];
    const ask = async (): Promise<void> => {
      for (let tag = queue.shift(); tag !== undefined; tag = queue.shift()) {
        try {
          const created = (await this.details(name, tag, signal))?.value.config?.created;
          if (created !== undefined) times.set(tag, created);
        } catch (error) {
          if (!(error instanceof RegistryFailure)) throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: mostAtOnce }, ask));
    return times;
  }

  /** What is known of a repository's tags without asking; undefined where nothing is. */
  knownTags(name: RepositoryName): Aged<TagList> | undefined {
    return this.#tags.known(keyOf(canonical(name)));
  }

  /** Why a registry is left alone now; undefined where it isn't. */
  failureOf(registry: string): RegistryFailure | undefined {
    const silent = this.#silent.get(canonicalHost(registry));
    return silent && silent.until > this.#now() ? silent.failure : undefined;
  }

  /** Forgets what may have changed since, of one registry or of all. */
  refresh(registry?: string): void {
    const prefix = registry === undefined ? '' : `${canonicalHost(registry)}/`;
    for (const kept of [this.#tags, this.#looks, this.#manifests, this.#configs]) kept.forget((key) => key.startsWith(prefix));
    for (const host of [...this.#silent.keys()]) if (registry === undefined || host === canonicalHost(registry)) this.#silent.delete(host);
  }

  /** Ends what is under way. */
  close(): void {
    this.#abort.abort();
    this.#registry.close();
  }

  #nameOf(name: RepositoryName): RepositoryName {
    const asked = canonical(name);
    if (!this.#isAllowed(asked.registry)) {
      const { reason } = notAllowed(asked.registry);
      throw new RegistryFailure('registry/not-allowed', reason, 'Allow it to be asked.', asked.registry, undefined);
    }
    const silent = this.failureOf(asked.registry);
    if (silent) throw silent;
    return asked;
  }

  /** Leaves a registry alone for a while once it can't answer anybody. */
  async #noting<T>({ registry }: RepositoryName, answer: Promise<T>): Promise<T> {
    try {
      const value = await answer;
      this.#silent.delete(registry);
      return value;
    } catch (error) {
      if (error instanceof RegistryFailure && silencing.has(error.code)) {
        this.#silent.set(registry, { failure: error, until: this.#now() + (error.retryAfter === undefined ? lifetimes.failure : error.retryAfter * 1000) });
      }
      throw error;
    }
  }
}

function notAllowed(registry: string): Extract<TagVerdict, { readonly kind: 'unknown' }> {
  return { kind: 'unknown', isAllowed: false, reason: `${canonicalHost(registry)} was not asked: you have not allowed that yet.` };
}

function canonical({ registry, repository }: RepositoryName): RepositoryName {
  return { registry: canonicalHost(registry), repository };
}

function keyOf({ registry, repository }: RepositoryName): string {
  return `${registry}/${repository}`;
}
