/**
 * Checks that drift finds nothing right after objects were delivered: by a sync of ours and by a client-side apply of
 * kubectl, compared by the server's dry run and by a merge made here. Cases don't meet: each one's objects go to namespaces,
 * and under names, of their own. What a server refuses is counted and left out.
 */
import assert from 'node:assert/strict';
import type { ObjectDrift } from '../../../src/core/drift/drift.js';
import { isJsonObject, type JsonObject } from '../../../src/core/live/json.js';
import { liveKey } from '../../../src/core/live/liveObject.js';
import { manifestOf } from '../../../src/core/live/manifestJson.js';
import { mapAt, textAt } from '../../../src/core/live/readFields.js';
import type { KubernetesTypes } from '../../../src/core/objects/kubernetesTypes.js';
import { parseApiVersion } from '../../../src/core/objects/resId.js';
import type { MapNode } from '../../../src/core/yaml/nodes.js';
import { partOf } from '../../../src/core/sync/hooks.js';
import type { Cluster } from '../../../src/services/ports.js';
import { serverFailure } from '../memoryCluster.js';
import { driftLines, driftOn, renderingOf } from '../driftOn.js';
import { syncOn } from '../clusterSync.js';
import { loadKubernetesTypes } from '../rules/kubernetesTypes.js';
import type { Kubectl } from './clusters.js';

const never = new AbortController().signal;

/** What environments render to, by a name to tell it in failures. */
export interface Delivered {
  readonly name: string;
  readonly manifests: readonly JsonObject[];
}

export interface AfterSyncCount {
  readonly cases: number;
  /** Objects that were delivered and compared. */
  compared: number;
  /** Objects that the server refused, or doesn't know the kind of. */
  refused: number;
  /** Objects that can't be tried beside others: hooks, and what would take part in all requests. */
  leftOut: number;
  readonly found: string[];
}

/** Kinds whose objects act on the requests of others. */
const actsOnOthers =
  /^(ValidatingWebhookConfiguration|MutatingWebhookConfiguration|APIService|(Validating|Mutating)AdmissionPolicy(Binding)?|FlowSchema|PriorityLevelConfiguration)$/;

/** The objects of documents, as JSON; nothing where they can't be read. */
export function manifestsOf(text: string): readonly JsonObject[] {
  if (text.trim() === '') return [];
  const { problems, objects } = renderingOf(text);
  if (problems.some(({ severity }) => severity === 'error')) return [];
  return objects.flatMap((object) => {
    const manifest = manifestOf(object);
    return isJsonObject(manifest) ? [manifest] : [];
  });
}

export interface AfterSyncOptions {
  readonly cluster: Cluster;
  /** Undefined where there is none: nothing is applied by it then. */
  readonly kubectl: Kubectl | undefined;
  /** CustomResourceDefinitions; what the cases need of them is made first. */
  readonly definitions: readonly JsonObject[];
  /** Begins the names of all that is made. */
  readonly prefix: string;
  /** How many cases are delivered at a time. */
  readonly batch: number;
}

/** Delivers all cases, a few at a time, and counts what drift finds. */
export async function countAfterSync(cases: readonly Delivered[], options: AfterSyncOptions): Promise<AfterSyncCount> {
  const count: AfterSyncCount = { cases: cases.length, compared: 0, refused: 0, leftOut: 0, found: [] };
  const types = await makeDefinitions(cases, options, count);
  for (let at = 0; at < cases.length; at += options.batch) {
    const some = cases.slice(at, at + options.batch);
    await checkSynced(some, `${options.prefix}s${at}`, types, options, count);
    if (options.kubectl) await checkApplied(some, `${options.prefix}k${at}`, types, options.kubectl, options, count);
  }
  return count;
}

async function makeDefinitions(cases: readonly Delivered[], { cluster, definitions, prefix }: AfterSyncOptions, count: AfterSyncCount): Promise<KubernetesTypes> {
  const wanted = new Set(
    cases.flatMap(({ manifests }) => manifests.map((manifest) => `${parseApiVersion(textAt(manifest, 'apiVersion') ?? '').group}/${textAt(manifest, 'kind') ?? ''}`)),
  );
  const needed = new Map<string, JsonObject>();
  for (const definition of definitions) {
    const key = `${textAt(definition, 'spec', 'group') ?? ''}/${textAt(definition, 'spec', 'names', 'kind') ?? ''}`;
    if (wanted.has(key) && !needed.has(key)) needed.set(key, definition);
  }
  const home = `${prefix}definitions`;
  await makeNamespaces(cluster, [home]);
  for (let at = 0, all = [...needed.values()]; at < all.length; at += 20) await compareSynced(cluster, home, all.slice(at, at + 20), undefined, count);
  await cluster.kinds(never, { refresh: true });
  const roots: MapNode[] = renderingOf([...needed.values()].map(document).join('')).objects.map(({ root }) => root);
  return loadKubernetesTypes().withDefinitions(roots);
}

async function checkSynced(cases: readonly Delivered[], home: string, types: KubernetesTypes, { cluster }: AfterSyncOptions, count: AfterSyncCount): Promise<void> {
  const placed = await placeAll(cases, home, cluster, count);
  await makeNamespaces(cluster, placed.namespaces);
  await compareSynced(cluster, home, placed.manifests, types, count);
}

async function compareSynced(cluster: Cluster, home: string, manifests: readonly JsonObject[], types: KubernetesTypes | undefined, count: AfterSyncCount): Promise<void> {
  const text = manifests.map(document).join('');
  const { run } = await syncOn(cluster, home, text, { prune: false });
  const written = new Set(run.objects.flatMap(({ id, action }) => (action === 'created' || action === 'changed' || action === 'unchanged' ? [liveKey(id)] : [])));
  count.refused += manifests.length - written.size;
  await compare(cluster, home, text, 'synced', written, types, count);
}

async function checkApplied(
  cases: readonly Delivered[],
  home: string,
  types: KubernetesTypes,
  kubectl: Kubectl,
  { cluster }: AfterSyncOptions,
  count: AfterSyncCount,
): Promise<void> {
  const placed = await placeAll(cases, home, cluster, { ...count, leftOut: 0 });
  await makeNamespaces(cluster, placed.namespaces);
  const text = placed.manifests.map(document).join('');
  await kubectl(['apply', '--validate=false', '-f', '-'], text);
  const written = new Set<string>();
  const drift = await compare(cluster, home, text, 'applied by kubectl', undefined, types, count);
  for (const { id, live, reason } of drift) if (live && !isRefusal(reason)) written.add(liveKey(id));
  await compare(readOnly(cluster), home, text, 'applied by kubectl, compared here', written, types, count);
}

/** @param written what is compared, by key; what is live where left out */
async function compare(
  cluster: Cluster,
  home: string,
  text: string,
  how: string,
  written: ReadonlySet<string> | undefined,
  types: KubernetesTypes | undefined,
  count: AfterSyncCount,
): Promise<readonly ObjectDrift[]> {
  const { objects } = await driftOn(cluster, home, text, { typeOf: (gvk) => types?.kind(gvk, '1.34')?.type });
  const delivered = objects.filter(({ id, live, state, reason }) => state !== 'extra' && (written ? written.has(liveKey(id)) : live !== undefined && !isRefusal(reason)));
  count.compared += delivered.length;
  for (const object of delivered) {
    const reason = object.method === 'three-way' ? ` (${object.reason})` : '';
    for (const line of driftLines({ objects: [object] })) count.found.push(`${how}: ${object.id.namespace}: ${line.slice(0, 400)}${reason}`);
  }
  return objects;
}

/** Of what kubectl sends without the fields that the server doesn't know, and a server-side apply refuses. */
function isRefusal(reason: string): boolean {
  return reason.startsWith('The server refuses what git declares');
}

/** The cluster for somebody who may not write. */
function readOnly(cluster: Cluster): Cluster {
  return new Proxy(cluster, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      if (['apply', 'replace', 'patch', 'create', 'delete'].includes(String(key))) return () => Promise.reject(serverFailure('cluster/forbidden', 403));
      return (...words: unknown[]): unknown => Reflect.apply(value, target, words);
    },
  });
}

function document(manifest: JsonObject): string {
  return `---\n${JSON.stringify(manifest)}\n`;
}

interface Placed {
  readonly manifests: readonly JsonObject[];
  readonly namespaces: readonly string[];
}

/** The objects of cases with namespaces and names of their own. */
async function placeAll(cases: readonly Delivered[], home: string, cluster: Cluster, count: AfterSyncCount): Promise<Placed> {
  const served = await cluster.kinds(never);
  const isNamespaced = new Map(served.map(({ group, kind, isNamespaced: is }) => [`${group}/${kind}`, is]));
  const manifests: JsonObject[] = [];
  const namespaces = new Set([home]);
  for (const [index, { manifests: own }] of cases.entries()) {
    for (const manifest of own) {
      const kind = textAt(manifest, 'kind') ?? '';
      const { group } = parseApiVersion(textAt(manifest, 'apiVersion') ?? '');
      if (kind === 'CustomResourceDefinition') continue;
      if (actsOnOthers.test(kind) || partOf(manifest).kind !== 'object') {
        count.leftOut++;
        continue;
      }
      const metadata = mapAt(manifest, 'metadata') ?? {};
      if (isNamespaced.get(`${group}/${kind}`) === false) {
        manifests.push({ ...manifest, metadata: { ...metadata, name: shorten(`${home}-${index}-${textAt(manifest, 'metadata', 'name') ?? ''}`) } });
        continue;
      }
      const namespace = shorten(`${home}-${index}-${textAt(manifest, 'metadata', 'namespace') ?? 'none'}`);
      namespaces.add(namespace);
      manifests.push({ ...manifest, metadata: { ...metadata, namespace } });
    }
  }
  const declared = new Set(manifests.flatMap((manifest) => (manifest['kind'] === 'Namespace' ? [textAt(manifest, 'metadata', 'name')] : [])));
  return { manifests, namespaces: [...namespaces].filter((name) => !declared.has(name)) };
}

function shorten(name: string): string {
  return name.length <= 63 ? name : name.slice(0, 63).replace(/[-.]+$/, '');
}

async function makeNamespaces(cluster: Cluster, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const made = await cluster.create(
      { group: '', version: 'v1', kind: 'Namespace', namespace: '', name },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
      { fieldManager: 'tester' },
      never,
    );
    assert.equal(made.metadata.name, name);
  }
}
