/**
 * What the server knows of registries while it runs: which may be asked, what they said of the images that environments run,
 * and what is to be asked next. A registry is asked only in a trusted workspace, and only where the user allowed its host; a
 * registry on this machine is allowed while a sandbox runs from here, whose own it is.
 */
import { setMaxListeners } from 'node:events';
import type { ImageReference } from '../../core/objects/imageReference.js';
import type { RegistryCredential } from '../../core/registry/credentials.js';
import type { RepositoryName, TagVerdict } from '../../core/registry/imageFacts.js';
import { findPolicies } from '../../core/registry/policyChoice.js';
import { canonicalHost, isLocalHost } from '../../core/registry/registryHost.js';
import { containersIn } from '../../core/rules/environmentContainers.js';
import { isCancelled } from '../../services/failure.js';
import type { ImageRegistry } from '../../services/ports.js';
import { choosePolicies, type ChosenPolicy } from '../../services/policyChoices.js';
import { Registries } from '../../services/registries.js';
import type { RegistriesNotifications } from '../registriesProtocol.js';
import type { Session } from '../session.js';

/** What the client of registries may ask of the session. */
export interface RegistryHost {
  readonly mayRunPrograms: () => boolean;
  readonly insecure: () => readonly string[];
  /** What the user stored in the editor. */
  readonly secretFor: (name: RepositoryName) => Promise<RegistryCredential | undefined>;
}

/** Makes the client of registries. */
export type OpenRegistry = (host: RegistryHost) => ImageRegistry;

export interface RegistrySessionOptions {
  readonly session: Session;
  readonly openRegistry: OpenRegistry;
  /** Asks the editor for a user and password; undefined where it has none. */
  readonly askSecret: (host: string) => Promise<RegistryCredential | undefined>;
  /** Called when what lenses say changed. */
  readonly refreshLenses: () => void;
  readonly send: <Method extends keyof RegistriesNotifications>(method: Method, parameters: RegistriesNotifications[Method]) => void;
}

interface KnownVerdict {
  readonly verdict: TagVerdict;
  readonly at: number;
}

/** After this time a verdict is asked for again when the workspace changes, in milliseconds; sooner where a tag was missing, which may be pushed. */
const lifetime = { exists: 10 * 60_000, missing: 60_000, unknown: 60_000 };
const mostAtOnce = 6;
const mostImages = 500;

export class RegistrySession {
  readonly registries: Registries;
  readonly #options: RegistrySessionOptions;
  readonly #known = new Map<string, KnownVerdict>();
  /** Another function whenever something else is known. */
  #verdictOf: ((reference: ImageReference) => TagVerdict | undefined) | undefined;
  #isAsking = false;
  #mustLookAgain = false;
  #timer: NodeJS.Timeout | undefined;
  #allowed = '';
  #policies: readonly ChosenPolicy[] = [];

  constructor(options: RegistrySessionOptions) {
    this.#options = options;
    const { session, openRegistry, askSecret } = options;
    // Each question that is under way listens.
    setMaxListeners(0, session.signal);
    this.registries = new Registries({
      registry: openRegistry({
        mayRunPrograms: () => session.isTrusted,
        insecure: () => session.settings.insecureRegistries ?? [],
        secretFor: ({ registry }) => askSecret(canonicalHost(registry)),
      }),
      isAllowed: (host) => this.#isAllowed(host),
      now: () => Date.now(),
    });
  }

  /** What was said of an image, for the rules; undefined where nobody was asked yet. */
  get verdictOf(): ((reference: ImageReference) => TagVerdict | undefined) | undefined {
    return this.#verdictOf;
  }

  /** Asks what isn't known yet, or not any more, of the images that environments run. */
  workspaceChanged(): void {
    if (this.#options.session.signal.aborted) return;
    if (this.#isAsking) {
      this.#mustLookAgain = true;
      return;
    }
    this.#forgetWhatIsNotAllowed();
    if (!this.#mayAskAnybody()) return;
    const wanted = [...this.imagesInUse()].filter(([key, { registry }]) => this.registries.isAllowed(registry) && !this.#isFresh(key)).slice(0, mostImages);
    if (wanted.length === 0 && !this.#hasPolicies()) return this.#schedule();
    this.#isAsking = true;
    void this.#ask(wanted).then(
      (hasChanged) => this.#end(hasChanged),
      (error: unknown) => {
        this.#end(false);
        if (!isCancelled(error)) this.#options.session.logBug('asking registries', error);
      },
    );
  }

  #mayAskAnybody(): boolean {
    const { isTrusted, settings } = this.#options.session;
    return isTrusted && (settings.sandboxKubeconfig !== '' || (settings.allowedRegistries ?? []).length > 0);
  }

  #hasPolicies(): boolean {
    return this.#policies.length > 0 || findPolicies(this.#options.session.model.delivery.model.objects).length > 0;
  }

  /** Asks everything again. */
  refresh(host: string | undefined): void {
    this.registries.refresh(host);
    for (const key of [...this.#known.keys()]) if (host === undefined || key.startsWith(`${canonicalHost(host)}/`)) this.#known.delete(key);
    this.workspaceChanged();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.registries.close();
  }

  /** The images that environments run, each once, by a key that begins with the registry's host. */
  imagesInUse(): ReadonlyMap<string, ImageReference> {
    const { delivery } = this.#options.session.model;
    const images = new Map<string, ImageReference>();
    for (const environment of delivery.model.environments) {
      for (const { reference } of containersIn(delivery.render(environment).rendering)) if (reference) images.set(keyOf(reference), reference);
    }
    return images;
  }

  #isAllowed(host: string): boolean {
    const { session } = this.#options;
    if (!session.isTrusted) return false;
    if (session.settings.sandboxKubeconfig !== '' && isLocalHost(host)) return true;
    return (session.settings.allowedRegistries ?? []).some((each) => canonicalHost(each) === host);
  }

  /** What was said by a registry that may not be asked any more is not repeated. */
  #forgetWhatIsNotAllowed(): void {
    const { isTrusted, settings } = this.#options.session;
    const allowed = JSON.stringify([isTrusted, settings.allowedRegistries, settings.sandboxKubeconfig]);
    if (allowed === this.#allowed) return;
    this.#allowed = allowed;
    let didForget = false;
    for (const key of [...this.#known.keys()]) if (!this.#isAllowed(key.slice(0, key.indexOf('/')))) didForget = this.#known.delete(key) || didForget;
    if (this.#policies.length > 0) {
      this.#policies = [];
      didForget = true;
    }
    if (didForget) this.#tell();
  }

  #isFresh(key: string): boolean {
    const known = this.#known.get(key);
    return known !== undefined && known.at + lifetime[known.verdict.kind] > Date.now();
  }

  /** What the workspace's image policies would select; as of the latest look. */
  get chosenPolicies(): readonly ChosenPolicy[] {
    return this.#policies;
  }

  /** True where something else than before is known of them. */
  async #choosePolicies(): Promise<boolean> {
    const { session } = this.#options;
    const before = summaryOf(this.#policies);
    this.#policies = await choosePolicies(session.model.delivery.model.objects, this.registries, session.signal);
    return summaryOf(this.#policies) !== before;
  }

  async #ask(wanted: readonly (readonly [string, ImageReference])[]): Promise<boolean> {
    const queue = [...wanted];
    const before = this.#summary();
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const [key, reference] = next;
        const verdict = await this.registries.tagVerdict(reference, this.#options.session.signal);
        this.#known.set(key, { verdict, at: Date.now() });
      }
    };
    const [didPoliciesChange] = await Promise.all([this.#choosePolicies(), ...Array.from({ length: Math.min(mostAtOnce, wanted.length) }, work)]);
    return didPoliciesChange || this.#summary() !== before;
  }

  #summary(): string {
    return JSON.stringify([...this.#known].map(([key, { verdict }]) => [key, verdict.kind, verdict.kind === 'missing' ? verdict.nearest : '']).sort());
  }

  #end(hasChanged: boolean): void {
    this.#isAsking = false;
    if (hasChanged) this.#tell();
    if (this.#mustLookAgain) {
      this.#mustLookAgain = false;
      this.workspaceChanged();
    } else this.#schedule();
  }

  /** The findings follow from what is known now. */
  #tell(): void {
    const known = new Map([...this.#known].map(([key, { verdict }]) => [key, verdict]));
    this.#verdictOf = (reference) => known.get(keyOf(reference));
    this.#options.session.refreshAll();
    this.#options.send('gitops/registries/changed', {});
    if (this.#policies.length > 0) this.#options.refreshLenses();
  }

  /** A tag that is missing is looked for again: it may have been pushed since. */
  #schedule(): void {
    clearTimeout(this.#timer);
    if (![...this.#known.values()].some(({ verdict }) => verdict.kind === 'missing')) return;
    this.#timer = setTimeout(() => {
      this.registries.refresh();
      this.workspaceChanged();
    }, lifetime.missing + 1000);
    this.#timer.unref();
  }
}

function keyOf({ registry, repository, tag = 'latest', digest }: ImageReference): string {
  return `${canonicalHost(registry)}/${repository}${digest === undefined ? `:${tag}` : `@${digest}`}`;
}

function summaryOf(policies: readonly ChosenPolicy[]): string {
  return JSON.stringify(
    policies.map(({ policy, choice }) => [
      policy.object.id.namespace,
      policy.object.id.name,
      choice.kind,
      choice.kind === 'selected' ? [choice.tag, choice.of] : choice.kind === 'none' ? choice.failure.kind : choice.reason,
    ]),
  );
}
