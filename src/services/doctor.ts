/**
 * Gathers what the doctor's checks ask for: what is known of an environment here, and one bounded look at its cluster,
 * through the connection that somebody made. Kinds that may not be read are said, not guessed at. Nothing is written.
 */
import { findMarkerTexts } from '../core/doctor/imageMarkers.js';
import { allTopics } from '../core/doctor/examine.js';
import { topicPlaces, type DoctorFacts, type LiveFacts, type PullSecret, type Topic } from '../core/doctor/facts.js';
import { pullReferencesOf } from '../core/doctor/imagePull.js';
import type { FileTree } from '../core/base/fileTree.js';
import type { Problem } from '../core/base/problem.js';
import type { EnvironmentDrift } from '../core/drift/drift.js';
import type { Environment } from '../core/gitops/delivery.js';
import { findImages } from '../core/gitops/environmentImages.js';
import { isJsonObject, parseJson } from '../core/live/json.js';
import type { LiveObject, ServedKind } from '../core/live/liveObject.js';
import { mapsAt, textAt, valueAt } from '../core/live/readFields.js';
import { declarationIdOf } from '../core/operators/declarationOf.js';
import { readOperatorStatus } from '../core/operators/readOperatorStatus.js';
import type { TagVerdict } from '../core/registry/imageFacts.js';
import type { Rendering } from '../core/objects/rendering.js';
import type { ResId } from '../core/objects/resId.js';
import type { LadderLive } from '../core/sync/ladder.js';
import { BoundedWork } from './boundedWork.js';
import { ClusterFailure } from './failure.js';
import type { Ladder } from './ladder.js';
import type { Cluster } from './ports.js';
import { systemClock } from './syncClock.js';

export interface LiveFactsRequest {
  readonly cluster: Cluster;
  readonly environment: Environment;
  /** Undefined where the environment doesn't render. */
  readonly drift: EnvironmentDrift | undefined;
  readonly rendering: Rendering;
  /** The namespace of the context. */
  readonly fallbackNamespace: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Namespaces that are looked into at most. */
const mostNamespaces = 8;
/** Pull secrets and service accounts that are read at most. */
const mostReferences = 20;

/** One look at a cluster. Rejects with a {@link ClusterFailure} where the server can't be asked at all. */
export async function gatherLiveFacts(request: LiveFactsRequest, signal: AbortSignal): Promise<LiveFacts> {
  const look = new Look(request, await request.cluster.kinds(signal), signal);
  const { environment, cluster, drift, now } = request;
  const own = declarationIdOf(environment);
  const ownKind = own && look.kindOf(own.group, own.kind);
  const [declaration, others] = await Promise.all([
    own && ownKind ? look.get({ ...own, version: ownKind.version }) : undefined,
    own && ownKind ? look.countOf(ownKind, own.namespace) : undefined,
  ]);
  const status = declaration && readOperatorStatus(declaration, now);
  const source = status?.operator === 'flux' ? await look.source(status.sources[0]?.object) : undefined;
  const { seen, unseen } = await look.topics(allTopics);
  const references = pullReferencesOf(seen.pods);
  const accounts = await look.accounts(references.accounts);
  const secrets = [...new Set([...references.secrets, ...[...accounts].flatMap(([key, names]) => names.map((name) => `${key.split('/')[0] ?? ''}/${name}`))])];
  return {
    context: cluster.context,
    drift,
    declaration,
    status,
    source,
    sourceStatus: source && readOperatorStatus(source, now),
    hasOperatorKind: ownKind !== undefined,
    otherDeclarations: others,
    seen,
    unseen,
    accounts,
    pullSecrets: await look.pullSecrets(secrets),
  };
}

class Look {
  readonly #request: LiveFactsRequest;
  readonly #served: readonly ServedKind[];
  readonly #signal: AbortSignal;
  readonly #work = new BoundedWork(8, systemClock);

  constructor(request: LiveFactsRequest, served: readonly ServedKind[], signal: AbortSignal) {
    this.#request = request;
    this.#served = served;
    this.#signal = signal;
  }

  kindOf(group: string, kind: string): ServedKind | undefined {
    return this.#served.find((each) => each.group === group && each.kind === kind);
  }

  /** Undefined where there is none, and where it may not be read. */
  async get(id: ResId): Promise<LiveObject | undefined> {
    const answer = await this.#orRefusal(() => this.#request.cluster.get(id, this.#signal));
    return answer instanceof ClusterFailure ? undefined : answer;
  }

  async source(id: ResId | undefined): Promise<LiveObject | undefined> {
    const kind = id && this.kindOf(id.group, id.kind);
    return id && kind ? this.get({ ...id, version: kind.version }) : undefined;
  }

  async countOf(kind: ServedKind, namespace: string): Promise<number | undefined> {
    const answer = await this.#orRefusal(() => this.#request.cluster.list(kind, { namespace }, this.#signal));
    return answer instanceof ClusterFailure ? undefined : answer.items.length;
  }

  async topics(topics: readonly Topic[]): Promise<Pick<LiveFacts, 'seen' | 'unseen'>> {
    const unseen = new Map<Topic, string>();
    const lists = await Promise.all(topics.map(async (topic) => [topic, await this.#topic(topic, unseen)] as const));
    return { seen: { ...nothingSeen, ...Object.fromEntries(lists) }, unseen };
  }

  async #topic(topic: Topic, unseen: Map<Topic, string>): Promise<readonly LiveObject[]> {
    const { group, kind: name, where, fieldSelector } = topicPlaces[topic];
    const kind = this.kindOf(group, name);
    if (!kind) {
      // Kinds that are always there but for what is installed besides.
      if (where !== 'operator') unseen.set(topic, `The server doesn't serve ${name}.`);
      else unseen.set(topic, '');
      return [];
    }
    const namespaces = where === 'cluster' ? [undefined] : where === 'operator' ? [undefined] : this.#namespaces();
    const lists = await Promise.all(
      namespaces.map(async (namespace) => {
        const answer = await this.#orRefusal(() => this.#request.cluster.list(kind, { namespace, fieldSelector }, this.#signal));
        if (!(answer instanceof ClusterFailure)) return answer.items;
        unseen.set(topic, `${kind.plural}: ${answer.message}`);
        return [];
      }),
    );
    return lists.flat();
  }

  #namespaces(): readonly string[] {
    const { environment, rendering, fallbackNamespace } = this.#request;
    const fallback = environment.destination.namespace?.value ?? fallbackNamespace;
    const found = new Set([fallback, ...rendering.objects.map(({ id }) => id.namespace).filter((namespace) => namespace !== '')]);
    return [...found].slice(0, mostNamespaces);
  }

  /** The pull secrets of service accounts, by `namespace/name`. */
  async accounts(keys: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const found = await Promise.all(
      keys.slice(0, mostReferences).map(async (key) => {
        const account = await this.get(idAt('ServiceAccount', key));
        return [key, account ? mapsAt(account, 'imagePullSecrets').flatMap((each) => textAt(each, 'name') ?? []) : []] as const;
      }),
    );
    return new Map(found);
  }

  /** What matters of a pull secret; its credentials are not kept. */
  async pullSecrets(keys: readonly string[]): Promise<ReadonlyMap<string, PullSecret>> {
    const found = await Promise.all(
      keys.slice(0, mostReferences).map(async (key): Promise<readonly [string, PullSecret]> => {
        const answer = await this.#orRefusal(() => this.#request.cluster.get(idAt('Secret', key), this.#signal));
        if (answer instanceof ClusterFailure) return [key, { kind: 'unknown', reason: answer.message }];
        return [key, answer ? { kind: 'there', type: textAt(answer, 'type') ?? 'Opaque', registries: registriesIn(answer) } : { kind: 'missing' }];
      }),
    );
    return new Map(found);
  }

  async #orRefusal<T>(work: () => Promise<T>): Promise<T | ClusterFailure> {
    try {
      return await this.#work.run('look', work, this.#signal);
    } catch (error) {
      if (error instanceof ClusterFailure && (error.code === 'cluster/forbidden' || error.code === 'cluster/not-found' || error.code === 'cluster/kind-not-served')) return error;
      throw error;
    }
  }
}

function idAt(kind: string, key: string): ResId {
  const [namespace = '', name = ''] = key.split('/');
  return { group: '', version: 'v1', kind, namespace, name };
}

/** The hosts in a docker configuration, without what is kept for them. */
function registriesIn(secret: LiveObject): readonly string[] {
  const [config, old] = [valueAt(secret, 'data', '.dockerconfigjson'), valueAt(secret, 'data', '.dockercfg')];
  const text = typeof config === 'string' ? config : typeof old === 'string' ? old : undefined;
  if (text === undefined) return [];
  const value = parseJson(new TextDecoder().decode(Uint8Array.from(atob(text), (character) => character.charCodeAt(0))));
  const auths = isJsonObject(value) && isJsonObject(value['auths']) ? value['auths'] : value;
  return isJsonObject(auths) ? Object.keys(auths).map((host) => host.replace(/^https?:\/\//, '').replace(/\/.*$/, '')) : [];
}

const nothingSeen: LiveFacts['seen'] = {
  pods: [],
  replicaSets: [],
  events: [],
  services: [],
  endpointSlices: [],
  ingressClasses: [],
  quotas: [],
  claims: [],
  storageClasses: [],
  namespaces: [],
  imageRepositories: [],
  imagePolicies: [],
  imageAutomations: [],
};

/** What a ladder stands on, out of what the doctor has seen. */
export function ladderLiveOf({ drift, status, sourceStatus, seen, unseen }: LiveFacts): LadderLive | undefined {
  if (!drift) return undefined;
  const reasons = (['pods', 'replicaSets'] as const).flatMap((topic) => unseen.get(topic) ?? []);
  return { drift, status, source: sourceStatus, deliveries: [], pods: { pods: seen.pods, replicaSets: seen.replicaSets, unseen: reasons.join(' ') } };
}

export interface FactsRequest {
  readonly environment: Environment;
  readonly rendering: Rendering;
  readonly findings: readonly Problem[];
  readonly ladder: Ladder;
  readonly live: LiveFacts | undefined;
  readonly tree: FileTree;
  readonly label: (path: string) => string;
  /** Asks a registry; undefined where none may be asked. Never rejects but when cancelled. */
  readonly tagVerdict: ((image: string, signal: AbortSignal) => Promise<TagVerdict>) | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Everything that the checks look at. Registries are asked for images that pods can't pull, and for no others. */
export async function gatherFacts(request: FactsRequest, signal: AbortSignal): Promise<DoctorFacts> {
  const { environment, rendering, findings, ladder, live, tree, label, tagVerdict, now } = request;
  const images = new Map<string, TagVerdict>();
  if (tagVerdict && live) for (const image of failingImages(live, rendering)) images.set(image, await tagVerdict(image, signal));
  return { environment, rendering, findings, rungs: ladder.rungs, sources: ladder.sources, markers: findMarkerTexts(rendering.dependencies, tree), images, live, label, now };
}

function failingImages({ seen }: LiveFacts, rendering: Rendering): readonly string[] {
  const own = new Set(findImages(rendering).map(({ name }) => name));
  const failing = seen.pods.flatMap((pod) =>
    [...mapsAt(pod, 'status', 'containerStatuses'), ...mapsAt(pod, 'status', 'initContainerStatuses')].flatMap((status) =>
      (textAt(status, 'state', 'waiting', 'reason') ?? '').includes('ImagePull') ? (textAt(status, 'image') ?? []) : [],
    ),
  );
  return [...new Set(failing)].filter((image) => [...own].some((name) => image.startsWith(name))).slice(0, mostReferences);
}
