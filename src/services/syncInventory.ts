/**
 * Which live objects an environment keeps, by the ApplySet standard: they carry the set's label, and a ConfigMap, the set's
 * parent, says in which kinds and namespaces they are to be looked for. The parent is widened before anything is written
 * and narrowed after everything is deleted, as `kubectl apply --prune --applyset` does: whenever a sync ends early, what it
 * had written is found again. The parent also holds the record of deliveries.
 */
import {
  applySetId,
  applySetManager,
  applySetMarks,
  applySetOf,
  applySetPartOfLabel,
  formatGroupKind,
  holdsScope,
  joinScopes,
  makeScope,
  parseGroupKind,
  readApplySet,
  type ApplySetScope,
} from '../core/live/applySet.js';
import { isJsonObject, type JsonObject } from '../core/live/json.js';
import type { LiveObject, ServedKind } from '../core/live/liveObject.js';
import type { ResId } from '../core/objects/resId.js';
import { beginRecord, finishRecord, formatRecords, readRecords, recordField, type DeliveryRecord } from '../core/sync/deliveryRecord.js';
import { base64Of } from '../core/live/manifestJson.js';
import type { Marks } from '../core/sync/manifest.js';
import type { Tracker } from '../core/sync/ownership.js';
import type { SyncPlan } from '../core/sync/syncPlan.js';
import type { SyncRun } from '../core/sync/syncRun.js';
import { ClusterFailure } from './failure.js';
import type { Cluster } from './ports.js';

/** The manager that our syncs write as. */
export const syncManager = 'gitops-workbench';

export interface InventoryReading {
  /** Everything live that the environment keeps, declared or not. */
  readonly members: readonly LiveObject[];
  /** Latest first. */
  readonly records: readonly DeliveryRecord[];
  /** Why nothing may be written; undefined where it may. */
  readonly refusal: string | undefined;
  /** Where members could not be looked for, one sentence each. */
  readonly unseen: readonly string[];
}

/** Who begins a sync. */
export interface Begun {
  /** Tells runs apart. */
  readonly run: string;
  readonly user: string;
  /** RFC 3339. */
  readonly startedAt: string;
}

/** What keeps track of an environment's objects. */
export interface SyncInventory {
  readonly self: Tracker;
  /** What marks an object as kept. */
  marksOf(id: ResId): Marks;
  keeps(live: LiveObject): boolean;
  read(signal: AbortSignal): Promise<InventoryReading>;
  /** The namespace that must be there before {@link begin}; empty for none. */
  readonly home: string;
  /** Before the first write. Fails with `cluster/conflict` where another sync of the environment begins. */
  begin(plan: SyncPlan, begun: Begun, signal: AbortSignal): Promise<void>;
  /** After the last one. @param kept everything that the environment has from now on; undefined where that isn't sure */
  finish(run: SyncRun, begun: Begun, kept: readonly ResId[] | undefined, signal: AbortSignal): Promise<void>;
}

export interface ApplySetOptions {
  readonly cluster: Cluster;
  /** A ConfigMap or a Secret. */
  readonly parent: ResId;
  /** The environment's id, and the URL of its repository where that is known: a set of another one is refused. */
  readonly environment: string;
  readonly source: string;
}

interface ParentState {
  readonly resourceVersion: string | undefined;
  readonly scope: ApplySetScope;
  readonly records: readonly DeliveryRecord[];
  readonly isMarked: boolean;
}

const noScope: ApplySetScope = { groupKinds: [], namespaces: [] };

export class ApplySetInventory implements SyncInventory {
  readonly self: Tracker;
  readonly #options: ApplySetOptions;
  readonly #id: string;
  #state: ParentState = { resourceVersion: undefined, scope: noScope, records: [], isMarked: false };
  /** Parts of the scope that could not be looked into: they stay noted. */
  #unseen: ApplySetScope = noScope;

  constructor(options: ApplySetOptions) {
    this.#options = options;
    this.#id = applySetId(options.parent);
    this.self = { kind: 'applyset', id: this.#id };
  }

  get home(): string {
    return this.#options.parent.namespace;
  }

  marksOf(): Marks {
    return { labels: { [applySetPartOfLabel]: this.#id }, annotations: {} };
  }

  keeps(live: LiveObject): boolean {
    return applySetOf(live) === this.#id;
  }

  async read(signal: AbortSignal): Promise<InventoryReading> {
    const { cluster, parent: id } = this.#options;
    let parent: LiveObject | undefined;
    let refusal: string | undefined;
    try {
      parent = await cluster.get(id, signal);
      refusal = parent && this.#readParent(parent);
    } catch (error) {
      if (!(error instanceof ClusterFailure) || error.code !== 'cluster/forbidden') throw error;
      refusal = `The inventory, ${id.kind} ${id.namespace}/${id.name}, may not be read here: ${error.message}`;
    }
    if (refusal !== undefined) return { members: [], records: [], refusal, unseen: [] };
    if (!parent) this.#state = { resourceVersion: undefined, scope: noScope, records: [], isMarked: false };
    const { members, unseen } = await this.#list(signal);
    return { members, records: this.#state.records, refusal: undefined, unseen };
  }

  async begin(plan: SyncPlan, begun: Begun, signal: AbortSignal): Promise<void> {
    try {
      await this.#beginOnce(plan, begun, signal);
    } catch (error) {
      if (!(error instanceof ClusterFailure) || error.code !== 'cluster/conflict') throw error;
      // The conflict may be with the record of this very run, whose answer was lost on the way.
      const parent = await this.#options.cluster.get(this.#options.parent, signal);
      if (parent) this.#readParent(parent);
      if (!this.#state.records.some(({ run }) => run === begun.run)) throw error;
    }
  }

  async #beginOnce({ declared, extra, revision }: SyncPlan, begun: Begun, signal: AbortSignal): Promise<void> {
    const wide = joinScopes(joinScopes(this.#state.scope, scopeOf([...declared, ...extra])), makeScope([], [this.home]));
    if (!this.#state.isMarked || !holdsScope(this.#state.scope, wide)) await this.#beginMarks(wide, signal);
    await this.#applyRecords(beginRecord(this.#state.records, { ...begun, revision }), signal);
  }

  /** A conflict may be with these very marks, whose answer was lost: then they are there, and nobody has begun meanwhile. */
  async #beginMarks(wide: ApplySetScope, signal: AbortSignal): Promise<void> {
    const known = formatRecords(this.#state.records);
    try {
      await this.#applyMarks(wide, signal);
    } catch (error) {
      if (!(error instanceof ClusterFailure) || error.code !== 'cluster/conflict') throw error;
      const parent = await this.#options.cluster.get(this.#options.parent, signal);
      if (parent) this.#readParent(parent);
      const { records, scope } = this.#state;
      if (formatRecords(records) !== known || !holdsScope(scope, wide) || !holdsScope(wide, scope)) throw error;
    }
  }

  async finish(run: SyncRun, begun: Begun, kept: readonly ResId[] | undefined, signal: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#finishOnce(run, begun, kept, signal);
        return;
      } catch (error) {
        // Somebody else has just written the parent, kubectl perhaps: what it says now is taken into account.
        if (!(error instanceof ClusterFailure) || error.code !== 'cluster/conflict' || attempt === 3) throw error;
      }
    }
  }

  async #finishOnce(run: SyncRun, begun: Begun, kept: readonly ResId[] | undefined, signal: AbortSignal): Promise<void> {
    // The record of this run may have been written before the connection broke: it is looked at again.
    const parent = await this.#options.cluster.get(this.#options.parent, signal);
    if (parent) this.#readParent(parent);
    if (kept) {
      const narrow = joinScopes(joinScopes(scopeOf(kept), this.#unseen), makeScope([], [this.home]));
      if (!holdsScope(narrow, this.#state.scope) || !holdsScope(this.#state.scope, narrow)) await this.#applyMarks(narrow, signal);
    }
    await this.#applyRecords(finishRecord(this.#state.records, begun.run, run), signal);
  }

  /** Takes over what the parent says; a sentence where it must not be used. */
  #readParent(parent: LiveObject): string | undefined {
    const { parent: id, environment, source } = this.#options;
    const reading = readApplySet(parent, id);
    if (!reading.ok) return reading.reason;
    const data = dataOf(parent);
    const [keptBy, from] = [data['environment'], data['source']];
    if (keptBy !== undefined && keptBy !== environment) return `${id.kind} ${id.namespace}/${id.name} keeps the objects of another environment, ${keptBy}.`;
    if (from !== undefined && from !== '' && source !== '' && from !== source)
      return `${id.kind} ${id.namespace}/${id.name} keeps the objects of an environment of another repository, ${from}.`;
    this.#state = { resourceVersion: parent.metadata.resourceVersion, scope: reading.scope, records: readRecords(data[recordField]), isMarked: true };
    return undefined;
  }

  async #list(signal: AbortSignal): Promise<{ readonly members: readonly LiveObject[]; readonly unseen: readonly string[] }> {
    const { cluster } = this.#options;
    const served = await cluster.kinds(signal);
    const groups = new Set(served.map(({ group }) => group));
    const members: LiveObject[] = [];
    const unseen: string[] = [];
    let unseenScope = noScope;
    const look = async (kind: ServedKind, namespace: string | undefined): Promise<void> => {
      try {
        const { items } = await cluster.list(kind, { namespace, labelSelector: `${applySetPartOfLabel}=${this.#id}` }, signal);
        members.push(...items);
      } catch (error) {
        if (!(error instanceof ClusterFailure) || (error.code !== 'cluster/forbidden' && error.code !== 'cluster/kind-not-served' && error.code !== 'cluster/not-found'))
          throw error;
        unseen.push(`Whether ${kind.plural}${namespace === undefined ? '' : ` in ${namespace}`} are to be pruned can't be told: ${error.message}`);
        unseenScope = joinScopes(unseenScope, makeScope([formatGroupKind(kind)], namespace === undefined ? [] : [namespace]));
      }
    };
    // The namespace of the parent may have been made before the parent was.
    const kinds = new Set(['Namespace', ...this.#state.scope.groupKinds]);
    const looks: Promise<void>[] = [];
    for (const text of kinds) {
      const wanted = parseGroupKind(text);
      const kind = served.find(({ group, kind: name }) => group === wanted.group && name === wanted.kind);
      if (kind) {
        if (kind.isNamespaced) for (const namespace of this.#state.scope.namespaces) looks.push(look(kind, namespace));
        else looks.push(look(kind, undefined));
      } else if (!groups.has(wanted.group)) {
        // A whole group that isn't served may be an aggregated API that is down for a while.
        unseen.push(`Whether objects of kind ${text} are to be pruned can't be told: the server doesn't serve ${wanted.group} at present.`);
        unseenScope = joinScopes(unseenScope, makeScope([text], []));
      }
    }
    await Promise.all(looks);
    this.#unseen = joinScopes(unseenScope, unseenScope.groupKinds.length > 0 ? makeScope([], this.#state.scope.namespaces) : noScope);
    return { members, unseen };
  }

  /** Forced: kubectl may have set the same annotations for the same set. */
  async #applyMarks(scope: ApplySetScope, signal: AbortSignal): Promise<void> {
    const { cluster, parent } = this.#options;
    const { labels, annotations } = applySetMarks(parent, scope);
    const { resourceVersion } = this.#state;
    const body = { ...head(parent), metadata: { name: parent.name, namespace: parent.namespace, labels, annotations, ...(resourceVersion !== undefined && { resourceVersion }) } };
    const answer = await cluster.apply(parent, body, { fieldManager: applySetManager, force: true }, signal);
    this.#state = { ...this.#state, scope, isMarked: true, resourceVersion: answer.metadata.resourceVersion };
  }

  async #applyRecords(records: readonly DeliveryRecord[], signal: AbortSignal): Promise<void> {
    const { cluster, parent, environment, source } = this.#options;
    const data: Readonly<Record<string, string>> = { environment, ...(source !== '' && { source }), [recordField]: formatRecords(records) };
    const isSecret = parent.kind === 'Secret';
    const { resourceVersion } = this.#state;
    const body = {
      ...head(parent),
      metadata: { name: parent.name, namespace: parent.namespace, ...(resourceVersion !== undefined && { resourceVersion }) },
      data: isSecret ? Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64Of(value)])) : data,
    };
    const answer = await cluster.apply(parent, body, { fieldManager: syncManager, force: true }, signal);
    this.#state = { ...this.#state, records, resourceVersion: answer.metadata.resourceVersion };
  }
}

/** The deliveries of an environment, latest first; none where it was never synced from here. */
export async function readDeliveries(cluster: Cluster, parent: ResId, signal: AbortSignal): Promise<readonly DeliveryRecord[]> {
  const live = await cluster.get(parent, signal);
  return live && readApplySet(live, parent).ok ? readRecords(dataOf(live)[recordField]) : [];
}

function head({ kind }: ResId): JsonObject {
  return { apiVersion: 'v1', kind };
}

function scopeOf(ids: readonly ResId[]): ApplySetScope {
  return makeScope(
    ids.map(formatGroupKind),
    ids.map(({ namespace }) => namespace),
  );
}

/** The texts of a ConfigMap, or of a Secret, decoded. */
function dataOf(parent: LiveObject): Readonly<Record<string, string>> {
  const data = parent['data'];
  if (!isJsonObject(data)) return {};
  const texts = Object.entries(data).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value] as const] : []));
  return Object.fromEntries(parent.kind === 'Secret' ? texts.map(([key, value]) => [key, decodeBase64(value)]) : texts);
}

function decodeBase64(text: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
}
