/**
 * The drift of an environment: its render against what is live, by object and field. Live objects come from whoever
 * watches them; what a sync would leave is asked of the server, as the manager that deploys, many at a time, and only
 * where something changed.
 */
import { compareObject, missingObject, unknownObject, type ComparisonContext } from '../core/drift/compareObject.js';
import { deployerOf } from '../core/drift/deployer.js';
import { desiredObjectOf, type DesiredObject } from '../core/drift/desired.js';
import type { EnvironmentDrift, ObjectDrift } from '../core/drift/drift.js';
import { extraObject, isHook, trackedBy, type Tracking } from '../core/drift/extras.js';
import { deployerKindOf, syncOptions, type Outlook } from '../core/drift/forecast.js';
import { isAutoscaler, rulesOfAutoscalers, rulesOfDeclaration, rulesOfSettings, systemRules } from '../core/drift/ignoreRules.js';
import type { Environment } from '../core/gitops/delivery.js';
import type { DriftIgnoreSetting } from '../core/gitops/settings.js';
import { applySetId, applySetPartOfLabel, parseGroupKind, readApplySet } from '../core/live/applySet.js';
import { environmentHealth } from '../core/live/environmentHealth.js';
import { healthOf } from '../core/live/healthOf.js';
import { isJsonObject, type JsonObject } from '../core/live/json.js';
import { idOfLive, liveKey, type LiveObject, type ServedKind } from '../core/live/liveObject.js';
import { manifestOf, manifestText } from '../core/live/manifestJson.js';
import { mapAt } from '../core/live/readFields.js';
import type { FieldType } from '../core/objects/objectType.js';
import type { RenderedObject, Rendering } from '../core/objects/rendering.js';
import { apiVersionOf, type Gvk, type ResId } from '../core/objects/resId.js';
import { declarationIdOf } from '../core/operators/declarationOf.js';
import type { OperatorStatus } from '../core/operators/operatorStatus.js';
import { applySetParentOf } from '../core/sync/parentOf.js';
import { BoundedWork } from './boundedWork.js';
import { ClusterFailure } from './failure.js';
import type { Cluster } from './ports.js';
import { Predictions, refusesDryRun } from './predictions.js';
import { systemClock } from './syncClock.js';

/** What is live, as far as somebody has read it. */
export interface LiveSource {
  get(id: { readonly group: string; readonly kind: string; readonly namespace: string; readonly name: string }): LiveObject | undefined;
  isRead(group: string, kind: string, namespace: string): boolean;
  list(group: string, kind: string, namespace?: string): readonly LiveObject[];
}

export interface DriftRequest {
  readonly cluster: Cluster;
  readonly environment: Environment;
  readonly rendering: Rendering;
  readonly live: LiveSource;
  readonly served: readonly ServedKind[];
  /** Undefined where the operator's object isn't in this cluster. */
  readonly operator: OperatorStatus | undefined;
  /** The namespace of the context; `default` where left out. */
  readonly fallbackNamespace?: string;
  /** The schemas of kinds, for what has to be merged here. */
  readonly typeOf?: (gvk: Gvk) => FieldType | undefined;
  readonly ignore?: readonly DriftIgnoreSetting[];
  /** True while the environment is reconciled continuously from here. */
  readonly isReconciled?: boolean;
  /** Why the operator goes by something else than this render, of `describeAhead`. */
  readonly ahead?: string | undefined;
  /** Milliseconds since 1970, for health that depends on time. */
  readonly now?: number;
  /** Requests under way at a time. */
  readonly mostAtOnce?: number;
  /** What this cluster was asked before, kept by whoever compares again. */
  readonly predictions?: Predictions;
}

/** Compares an environment with what is live. Rejects with a {@link ClusterFailure} where the server can't be asked at all. */
export async function compareEnvironment(request: DriftRequest, signal: AbortSignal): Promise<EnvironmentDrift> {
  const comparison = new Comparison(request, signal);
  const declared = await Promise.all(request.rendering.objects.map((object) => comparison.compare(object)));
  const extras = await comparison.findExtras();
  const objects = [...declared, ...extras];
  const health = environmentHealth(
    declared.map(({ id, live, desired }) => ({ id, live, annotations: desired && annotationsOf(desired) })),
    request.now,
  );
  return { environment: request.environment.id, objects, health };
}

/** What is live of an environment, without comparing it: its health alone, of objects of which the kind was read. */
export function lookAtEnvironment({ environment, rendering, served, live, fallbackNamespace = 'default', now }: DriftRequest): EnvironmentDrift {
  const namespace = environment.destination.namespace?.value ?? fallbackNamespace;
  const namespaced = new Map(served.map((kind) => [kindKey(kind), kind.isNamespaced]));
  const objects = rendering.objects.flatMap((rendered): ObjectDrift[] => {
    const { id } = desiredObjectOf(rendered, namespaced.get(kindKey(rendered.id)) === true ? namespace : undefined);
    if (!live.isRead(id.group, id.kind, id.namespace)) return [];
    const there = live.get(id);
    const nothing = { reason: '', method: 'server-side-dry-run', fields: [], ignored: [], predicted: undefined, forecast: { outcome: 'kept', message: '' } } as const;
    return [{ ...nothing, id, state: there ? 'in-sync' : 'missing', desired: rendered, live: there, health: there && healthOf(there, now) }];
  });
  const subjects = objects.map(({ id, live: there, desired }) => ({ id, live: there, annotations: desired && annotationsOf(desired) }));
  return { environment: environment.id, objects, health: environmentHealth(subjects, now) };
}

class Comparison {
  readonly #request: DriftRequest;
  readonly #signal: AbortSignal;
  readonly #work: BoundedWork;
  readonly #predictions: Predictions;
  readonly #context: ComparisonContext;
  readonly #outlook: Outlook;
  readonly #namespace: string;
  readonly #kinds = new Map<string, ServedKind>();
  /** Kinds and namespaces that the environment brings along. */
  readonly #broughtKinds = new Map<string, string>();
  readonly #broughtNamespaces = new Set<string>();
  readonly #keys = new Set<string>();

  constructor(request: DriftRequest, signal: AbortSignal) {
    const { environment, rendering, served, live } = request;
    this.#request = request;
    this.#signal = signal;
    this.#work = new BoundedWork(request.mostAtOnce ?? 16, systemClock);
    this.#predictions = request.predictions ?? new Predictions();
    this.#namespace = environment.destination.namespace?.value ?? request.fallbackNamespace ?? 'default';
    for (const kind of served) this.#kinds.set(kindKey(kind), kind);
    for (const { id, root } of rendering.objects) {
      if (id.group === '' && id.kind === 'Namespace') this.#broughtNamespaces.add(id.name);
      if (id.kind === 'CustomResourceDefinition') for (const key of kindsOfDefinition(manifestOf({ id, root }))) this.#broughtKinds.set(key, id.name);
    }
    this.#outlook = this.#lookOut();
    const autoscalers = [
      ...rendering.objects.filter(({ id }) => isAutoscaler(id)).map((object) => desiredObjectOf(object, this.#namespace).manifest),
      ...live.list('autoscaling', 'HorizontalPodAutoscaler'),
    ];
    const rules = [...systemRules, ...rulesOfDeclaration(this.#outlook.declaration ?? {}), ...rulesOfAutoscalers(unique(autoscalers)), ...rulesOfSettings(request.ignore ?? [])];
    this.#context = { outlook: this.#outlook, rules, healthOf: (object) => healthOf(object, request.now) };
  }

  #lookOut(): Outlook {
    const { environment, live, operator } = this.#request;
    const id = declarationIdOf(environment);
    const there = id && live.get(id);
    const declared = environment.declaration && manifestOf(environment.declaration);
    return {
      operator: environment.operator,
      declaration: there ?? declared,
      isThere: there !== undefined || operator !== undefined,
      isReconciled: this.#request.isReconciled === true,
      ahead: this.#request.ahead,
    };
  }

  async compare(object: RenderedObject): Promise<ObjectDrift> {
    const { id } = object;
    const kind = this.#kinds.get(kindKey(id));
    const desired = this.#desiredOf(object, kind);
    this.#keys.add(liveKey(desired.id));
    if (isHook(annotationsOf(object))) return this.#inSync(desired, 'a hook: it runs with a sync and is compared with nothing');
    if (!kind) return this.#unserved(desired);
    if (id.name === '') return unknownObject(desired, undefined, 'server-side-dry-run', 'It has no name of its own (generateName): each sync makes another one.', this.#context);
    const live = await this.#readLive(desired, kind);
    if (typeof live === 'string') return unknownObject(desired, undefined, 'server-side-dry-run', live, this.#context);
    if (!live) return this.#missing(desired);
    return this.#compareLive(desired, live);
  }

  #desiredOf(object: RenderedObject, kind: ServedKind | undefined): DesiredObject {
    const isNamespaced = kind?.isNamespaced ?? this.#isBroughtNamespaced(object.id);
    return desiredObjectOf(object, isNamespaced ? this.#namespace : undefined);
  }

  #isBroughtNamespaced({ group, kind, namespace }: ResId): boolean {
    const definition = this.#broughtKinds.get(`${group}/${kind}`);
    const found = this.#request.rendering.objects.find((each) => each.id.kind === 'CustomResourceDefinition' && each.id.name === definition);
    const scope = found && mapAt(manifestOf(found), 'spec')?.['scope'];
    return scope === undefined ? namespace !== '' : scope !== 'Cluster';
  }

  #unserved(desired: DesiredObject): ObjectDrift {
    const { id } = desired;
    const other = this.#request.served.find((each) => each.group === id.group && each.kind === id.kind);
    const definition = this.#broughtKinds.get(`${id.group}/${id.kind}`);
    if (!other && definition !== undefined)
      return missingObject(desired, undefined, 'server-side-dry-run', `Its kind comes with CustomResourceDefinition ${definition} of this environment.`, this.#context);
    const reason = other
      ? `The server doesn't serve ${apiVersionOf(id)} ${id.kind}, but ${apiVersionOf(other)}.`
      : `The server has no kind ${apiVersionOf(id)} ${id.kind}, and this environment doesn't bring it.`;
    return unknownObject(desired, undefined, 'server-side-dry-run', reason, this.#context);
  }

  /** From what is watched where that has the version that is declared; why it can't be read as a text. */
  async #readLive({ id }: DesiredObject, kind: ServedKind): Promise<LiveObject | undefined | string> {
    const { live, cluster } = this.#request;
    if (live.isRead(kind.group, kind.kind, id.namespace)) {
      const found = live.get(id);
      if (!found || found.apiVersion === apiVersionOf(id)) return found;
    }
    try {
      return await this.#run(() => cluster.get(id, this.#signal));
    } catch (error) {
      if (error instanceof ClusterFailure && (error.code === 'cluster/forbidden' || error.code === 'cluster/not-found' || error.code === 'cluster/kind-not-served'))
        return error.message;
      throw error;
    }
  }

  /** The server says what it would make, and whether it would. */
  async #missing(desired: DesiredObject): Promise<ObjectDrift> {
    const { cluster } = this.#request;
    const { manager } = deployerOf(deployerKindOf(this.#outlook), undefined);
    const missing = (reason: string, predicted?: LiveObject): ObjectDrift => missingObject(desired, predicted, 'server-side-dry-run', reason, this.#context);
    try {
      return missing('', await this.#run(() => cluster.apply(desired.id, manifestText(desired.manifest), { fieldManager: manager, force: true, dryRun: true }, this.#signal)));
    } catch (error) {
      if (!(error instanceof ClusterFailure) || error.code === 'cluster/unreachable' || error.code === 'cluster/unauthorized') throw error;
      const { namespace } = desired.id;
      if (error.code === 'cluster/not-found' && namespace !== '') {
        if (syncOptions(this.#outlook.declaration).includes('CreateNamespace=true')) return missing(`Namespace ${namespace} is made by the sync (CreateNamespace=true).`);
        return missing(this.#broughtNamespaces.has(namespace) ? `Namespace ${namespace} comes with this environment.` : `Namespace ${namespace} doesn't exist.`);
      }
      if (refusesDryRun(error)) return missing(`Whether the server would take it is not known: ${error.message}.`);
      if (error.code === 'cluster/forbidden') return missing('Whether the server would take it is not known: you may not patch it.');
      return missing(`The server would refuse it: ${error.message}`);
    }
  }

  async #compareLive(desired: DesiredObject, live: LiveObject): Promise<ObjectDrift> {
    const { cluster, typeOf, environment } = this.#request;
    const deployer = deployerOf(deployerKindOf(this.#outlook), live);
    const application = environment.operator === 'argocd' ? environment.declaration?.id.name : undefined;
    const question = { cluster, desired, live, deployer, application, type: typeOf?.(desired.id) };
    const answer = await this.#predictions.ask(question, (work) => this.#run(work), this.#signal);
    if (answer.kind === 'unknown') return unknownObject(desired, live, answer.method, answer.reason, this.#context);
    const drift = compareObject(desired, answer.live, answer.prediction, this.#context);
    if (answer.kind === 'immutable' && drift.state !== 'changed') return { ...drift, state: 'changed' };
    return drift;
  }

  #inSync(desired: DesiredObject, reason: string): ObjectDrift {
    return {
      id: desired.id,
      state: 'in-sync',
      reason: '',
      method: 'server-side-dry-run',
      fields: [],
      ignored: [{ path: [], reason }],
      desired: desired.rendered,
      live: undefined,
      predicted: undefined,
      health: undefined,
      forecast: { outcome: 'kept', message: '' },
    };
  }

  /** What the environment keeps and doesn't declare; what can't be looked for is left to the reasons of its kinds. */
  async findExtras(): Promise<readonly ObjectDrift[]> {
    const { environment, operator, live, served } = this.#request;
    const trackings = this.#trackingsOf(environment);
    const candidates = new Map<string, LiveObject>();
    const add = (object: LiveObject | undefined): void => {
      if (object && !this.#keys.has(liveKey(idOfLive(object)))) candidates.set(liveKey(idOfLive(object)), object);
    };
    for (const { group, kind } of uniqueKinds(served)) for (const object of live.list(group, kind)) add(object);
    const listed = (operator?.resources ?? []).filter(({ isHook: hook }) => !hook).map(({ id }) => id);
    const unread = listed.filter((id) => !this.#keys.has(liveKey(id)) && !candidates.has(liveKey(id)));
    for (const object of await Promise.all(unread.map((id) => this.#getIfAllowed(id)))) add(object);
    for (const tracking of trackings) if (tracking.kind === 'applyset') for (const object of await this.#members(tracking.id)) add(object);
    const keys = new Set(listed.map(liveKey));
    return [...candidates.values()].flatMap((object) => {
      const reason = trackings.map((tracking) => trackedBy(object, tracking, keys)).find((found) => found !== undefined);
      return reason === undefined ? [] : [extraObject(object, reason, this.#outlook, healthOf(object, this.#request.now))];
    });
  }

  /** The operator's marks, and ours where it is not in this cluster: it may be in another, or the environment is synced from here. */
  #trackingsOf(environment: Environment): readonly Tracking[] {
    const id = declarationIdOf(environment);
    const ours: Tracking = { kind: 'applyset', id: applySetId(applySetParentOf(environment, this.#namespace)) };
    if (!id || environment.operator === 'none') return [ours];
    const { namespace, name } = id;
    const theirs: Tracking = environment.operator === 'argocd' ? { kind: 'argocd', namespace, name } : { kind: 'flux', group: id.group, namespace, name };
    return this.#outlook.isThere ? [theirs] : [theirs, ours];
  }

  /** Members of our ApplySet of kinds, and in namespaces, that aren't declared any more: the parent lists them. */
  async #members(setId: string): Promise<readonly LiveObject[]> {
    const { environment, cluster, live, served } = this.#request;
    const parentId = applySetParentOf(environment, this.#namespace);
    const parent = await this.#getIfAllowed(parentId);
    const reading = parent && readApplySet(parent, parentId);
    if (!reading?.ok) return [];
    const { groupKinds, namespaces } = reading.scope;
    const places = groupKinds.flatMap((text) => {
      const { group, kind } = parseGroupKind(text);
      const found = served.find((each) => each.group === group && each.kind === kind);
      if (!found) return [];
      return (found.isNamespaced ? namespaces : ['']).filter((namespace) => !live.isRead(group, kind, namespace)).map((namespace) => ({ found, namespace }));
    });
    const lists = await Promise.all(
      places.map(async ({ found, namespace }) => {
        try {
          const selection = { namespace: namespace === '' ? undefined : namespace, labelSelector: `${applySetPartOfLabel}=${setId}` };
          return (await this.#run(() => cluster.list(found, selection, this.#signal))).items;
        } catch (error) {
          if (error instanceof ClusterFailure && (error.code === 'cluster/forbidden' || error.code === 'cluster/not-found')) return [];
          throw error;
        }
      }),
    );
    return lists.flat();
  }

  async #getIfAllowed(id: ResId): Promise<LiveObject | undefined> {
    const { live, cluster } = this.#request;
    if (live.isRead(id.group, id.kind, id.namespace)) return live.get(id);
    try {
      return await this.#run(() => cluster.get(id, this.#signal));
    } catch (error) {
      if (error instanceof ClusterFailure && (error.code === 'cluster/forbidden' || error.code === 'cluster/not-found' || error.code === 'cluster/kind-not-served'))
        return undefined;
      throw error;
    }
  }

  #run<T>(work: () => Promise<T>): Promise<T> {
    return this.#work.run('look', work, this.#signal);
  }
}

/** A hook's annotation is looked for in the render: it must not cost a request. */
function annotationsOf(object: RenderedObject): Readonly<Record<string, string>> {
  const metadata = object.root.get('metadata');
  const annotations = metadata?.kind === 'map' ? metadata.get('annotations') : undefined;
  if (annotations?.kind !== 'map') return {};
  return Object.fromEntries(annotations.pairs.flatMap(({ key, value }) => (value.kind === 'scalar' ? [[key.value, value.value]] : [])));
}

function kindKey({ group, version, kind }: Gvk): string {
  return `${group}/${version}/${kind}`;
}

function kindsOfDefinition(definition: JsonObject): readonly string[] {
  const spec = mapAt(definition, 'spec');
  const names = mapAt(definition, 'spec', 'names');
  const [group, kind] = [spec?.['group'], names?.['kind']];
  return typeof group === 'string' && typeof kind === 'string' ? [`${group}/${kind}`] : [];
}

/** Autoscalers once each, whether declared, live or both. */
function unique(objects: readonly JsonObject[]): readonly JsonObject[] {
  const named = new Map<string, JsonObject>();
  for (const object of objects) {
    const metadata = isJsonObject(object['metadata']) ? object['metadata'] : {};
    const key = JSON.stringify([object['kind'], metadata['namespace'], metadata['name']]);
    if (!named.has(key)) named.set(key, object);
  }
  return [...named.values()];
}

function uniqueKinds(served: readonly ServedKind[]): readonly ServedKind[] {
  return [...new Map(served.map((kind) => [`${kind.group}/${kind.kind}`, kind])).values()];
}

/** Reads everything that a comparison looks at, once: for a command that doesn't watch. */
export async function readLive(request: Pick<DriftRequest, 'cluster' | 'environment' | 'rendering' | 'served' | 'fallbackNamespace'>, signal: AbortSignal): Promise<LiveSource> {
  const { cluster, environment, rendering, served, fallbackNamespace } = request;
  const fallback = environment.destination.namespace?.value ?? fallbackNamespace ?? 'default';
  const work = new BoundedWork(16, systemClock);
  const places = new Map<string, { readonly kind: ServedKind; readonly namespace: string }>();
  const add = ({ group, version, kind: name, namespace }: ResId): void => {
    const kind = served.find((each) => each.group === group && each.kind === name && each.version === version);
    if (!kind?.verbs.includes('list')) return;
    const place = kind.isNamespaced ? (namespace === '' ? fallback : namespace) : '';
    places.set(`${group}/${name}/${place}`, { kind, namespace: place });
  };
  for (const { id } of rendering.objects) add(id);
  for (const { id } of rendering.objects)
    if (id.kind === 'Deployment' || id.kind === 'StatefulSet') add({ ...id, group: 'autoscaling', version: 'v2', kind: 'HorizontalPodAutoscaler' });
  const own = declarationIdOf(environment);
  if (own) add(own);
  const objects = new Map<string, LiveObject>();
  const read = new Set<string>();
  await Promise.all(
    [...places].map(async ([key, { kind, namespace }]) => {
      try {
        const { items } = await work.run('look', () => cluster.list(kind, { namespace: namespace === '' ? undefined : namespace }, signal), signal);
        read.add(key);
        for (const item of items) objects.set(liveKey(idOfLive(item)), item);
      } catch (error) {
        if (!(error instanceof ClusterFailure) || (error.code !== 'cluster/forbidden' && error.code !== 'cluster/not-found')) throw error;
      }
    }),
  );
  const byKind = new Map<string, LiveObject[]>();
  for (const object of objects.values()) {
    const { group, kind } = idOfLive(object);
    const key = `${group}/${kind}`;
    const same = byKind.get(key);
    if (same) same.push(object);
    else byKind.set(key, [object]);
  }
  return {
    get: (id) => objects.get(liveKey({ ...id })),
    isRead: (group, kind, namespace) => read.has(`${group}/${kind}/${namespace}`),
    list: (group, kind, namespace) => (byKind.get(`${group}/${kind}`) ?? []).filter(({ metadata }) => namespace === undefined || (metadata.namespace ?? '') === namespace),
  };
}
