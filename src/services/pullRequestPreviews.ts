/**
 * Preview environments of pull requests: those that ApplicationSets generate from pull requests, made in a cluster and taken away
 * again. Where Argo CD is, it gets the Application and does the rest; elsewhere (the sandbox, a plain cluster) the objects
 * are applied by our own reconciler, and everything that it made is deleted.
 */
import type { DeliveryModel, DeliveryObject, Environment, PullRequestFacts } from '../core/gitops/delivery.js';
import { manifestOf } from '../core/live/manifestJson.js';
import type { JsonObject } from '../core/live/json.js';
import type { LiveObject } from '../core/live/liveObject.js';
import { textAt } from '../core/live/readFields.js';
import type { ResId } from '../core/objects/resId.js';
import type { Rendering } from '../core/objects/rendering.js';
import { readEnvironmentOptions } from '../core/sync/environmentOptions.js';
import type { YamlNode } from '../core/yaml/nodes.js';
import { parentOf, planSyncOf } from './environmentSync.js';
import { Failure } from './failure.js';
import type { Cluster } from './ports.js';
import { runSync } from './sync.js';
import { systemClock, type SyncClock } from './syncClock.js';
import { syncManager } from './syncInventory.js';

/** Where a preview environment is looked for, and made. */
export interface PreviewPlace {
  readonly environment: Environment;
  readonly cluster: Cluster;
  /** The namespace of the context, for an environment that names none. */
  readonly fallbackNamespace: string;
}

/** Who keeps a preview environment that is there: Argo CD, or our reconciler. */
export type PreviewKeeper = 'argocd' | 'reconciler';

export interface CreatePreview extends PreviewPlace {
  readonly rendering: Rendering;
  /** A commit, or words for what isn't committed. */
  readonly revision: string;
  readonly user: string;
  readonly runId: string;
  readonly clock?: SyncClock;
}

export type DeletePreview = Omit<CreatePreview, 'rendering' | 'revision'> & {
  /** Other environments that may live in the same namespace. */
  readonly model: DeliveryModel;
};

/** The environments of pull requests, in the order of the model. */
export function findPreviews({ environments }: DeliveryModel): readonly Environment[] {
  return environments.filter((environment) => pullRequestOfPreview(environment) !== undefined);
}

/** The pull request that an environment was generated for; undefined for other environments. */
export function pullRequestOfPreview({ declaration }: Pick<Environment, 'declaration'>): PullRequestFacts | undefined {
  return declaration?.foundIn.kind === 'applicationSet' ? declaration.foundIn.pullRequest : undefined;
}

/** The ApplicationSets that generate environments from pull requests. */
export function findPreviewSets({ objects }: DeliveryModel): readonly DeliveryObject[] {
  return objects.filter((object) => object.id.group === 'argoproj.io' && object.id.kind === 'ApplicationSet' && hasPullRequestGenerator(object));
}

function hasPullRequestGenerator({ root }: DeliveryObject): boolean {
  const isGenerator = (node: YamlNode | undefined): boolean => {
    if (node?.kind === 'sequence') return node.items.some(isGenerator);
    if (node?.kind !== 'map') return false;
    return node.get('pullRequest') !== undefined || ['matrix', 'merge'].some((name) => isGenerator(fieldOf(node.get(name), 'generators')));
  };
  return isGenerator(fieldOf(root.get('spec'), 'generators'));
}

function fieldOf(node: YamlNode | undefined, name: string): YamlNode | undefined {
  return node?.kind === 'map' ? node.get(name) : undefined;
}

/** An Application in a cluster that an ApplicationSet made. */
export interface OwnedApplication {
  readonly name: string;
  readonly namespace: string;
  /** Of the set. */
  readonly owner: string;
  /** Where it deploys to; empty where it doesn't say. */
  readonly target: string;
  /** `Healthy`, `Synced`: Argo CD's words, those that it has. */
  readonly words: readonly string[];
  readonly object: LiveObject;
}

/** The Applications of these sets that a cluster has; none where Argo CD isn't there. Rejects with a {@link Failure}. */
export async function findOwnedApplications(sets: readonly DeliveryObject[], cluster: Cluster, signal: AbortSignal): Promise<readonly OwnedApplication[]> {
  const kind = (await cluster.kinds(signal)).find(({ group, kind: name }) => group === 'argoproj.io' && name === 'Application');
  if (!kind || sets.length === 0) return [];
  const names = new Set(sets.map(({ id }) => `${namespaceOfSet(id)}/${id.name}`));
  const lists = await Promise.all([...new Set(sets.map(({ id }) => namespaceOfSet(id)))].map((namespace) => cluster.list(kind, { namespace }, signal)));
  return lists.flatMap(({ items }) =>
    items.flatMap((object) => {
      const { name, namespace = '', ownerReferences = [] } = object.metadata;
      const owner = ownerReferences.find((each) => each.kind === 'ApplicationSet' && names.has(`${namespace}/${each.name}`));
      return owner ? [{ name, namespace, owner: owner.name, target: textAt(object, 'spec', 'destination', 'namespace') ?? '', words: wordsOf(object), object }] : [];
    }),
  );
}

/** Where sets and Applications live that name no namespace. */
function namespaceOfSet({ namespace }: ResId): string {
  return namespace === '' ? 'argocd' : namespace;
}

function wordsOf(object: LiveObject): readonly string[] {
  return [
    ['status', 'health', 'status'],
    ['status', 'sync', 'status'],
  ].flatMap((path) => textAt(object, ...path) ?? []);
}

/** Who keeps it in the cluster; undefined where it isn't there. Rejects with a {@link Failure} where that can't be told. */
export async function findPreview(place: PreviewPlace, signal: AbortSignal): Promise<PreviewKeeper | undefined> {
  if ((await findApplication(place, signal)).application) return 'argocd';
  return (await place.cluster.get(parentOf(place.environment, place.fallbackNamespace), signal)) ? 'reconciler' : undefined;
}

async function findApplication({ environment, cluster }: PreviewPlace, signal: AbortSignal): Promise<{ readonly isServed: boolean; readonly application: LiveObject | undefined }> {
  const { declaration } = environment;
  const isServed = (await cluster.kinds(signal)).some(({ group, kind }) => group === declaration?.id.group && kind === declaration.id.kind);
  return { isServed, application: declaration && isServed ? await cluster.get(applicationId(declaration), signal) : undefined };
}

function applicationId({ id }: DeliveryObject): ResId {
  return { ...id, namespace: namespaceOfSet(id) };
}

/** Makes it; what was done, one sentence. Rejects with a {@link Failure}. */
export async function createPreview(preview: CreatePreview, signal: AbortSignal): Promise<string> {
  const { environment, cluster, fallbackNamespace, rendering, revision } = preview;
  const { declaration, label } = environment;
  const { isServed } = await findApplication(preview, signal);
  if (declaration && isServed) {
    const id = applicationId(declaration);
    await cluster.apply(id, withNamespace(manifestOf(declaration), id.namespace), { fieldManager: syncManager, force: false }, signal);
    return `Argo CD has Application ${id.namespace}/${id.name} and deploys it.`;
  }
  await makeNamespace(preview, signal);
  const planned = await planSyncOf(
    { cluster, environment, rendering, fallbackNamespace, revision, choices: { prune: true, only: undefined }, ...(preview.clock && { clock: preview.clock }) },
    signal,
  );
  if (planned.plan.refusal !== undefined) throw new Failure('preview/not-rendered', `${label} can't be made: ${planned.plan.refusal}`, 'Mend that first.');
  const run = await runPlan(planned, preview, false, signal);
  return `${run.objects.length === 1 ? 'One object is' : `${run.objects.length} objects are`} applied to ${cluster.context}.`;
}

function withNamespace(manifest: JsonObject, namespace: string): JsonObject {
  const { metadata } = manifest;
  return { ...manifest, metadata: { ...(typeof metadata === 'object' && !Array.isArray(metadata) ? metadata : {}), namespace } };
}

/** Deletes it with all that it consists of; what was done, one sentence. Rejects with a {@link Failure}. */
export async function deletePreview(preview: DeletePreview, signal: AbortSignal): Promise<string> {
  const { environment, cluster, fallbackNamespace } = preview;
  const { application } = await findApplication(preview, signal);
  if (application && environment.declaration) return deleteApplication(application, applicationId(environment.declaration), cluster, signal);
  const parent = parentOf(environment, fallbackNamespace);
  if (!(await cluster.get(parent, signal))) throw new Failure('preview/not-created', `${environment.label} is not in ${cluster.context}.`, 'Nothing needs to be deleted.');
  const nothing: Rendering = { folder: environment.sources[0]?.folder ?? '/', ok: true, objects: [], problems: [], lacks: [], dependencies: new Set() };
  const planned = await planSyncOf(
    {
      cluster,
      environment,
      rendering: nothing,
      fallbackNamespace,
      revision: 'deleted',
      choices: { prune: true, only: undefined },
      ...(preview.clock && { clock: preview.clock }),
    },
    signal,
  );
  if (planned.plan.refusal !== undefined) throw new Failure('preview/not-created', `${environment.label} can't be deleted: ${planned.plan.refusal}`, 'Delete it with kubectl.');
  const run = await runPlan(planned, preview, true, signal);
  await cluster.delete(parent, { propagation: 'Background' }, signal);
  const pruned = run.objects.filter(({ action }) => action === 'pruned').length;
  const own = await deleteNamespace(preview, signal);
  return `${pruned === 1 ? 'One object is' : `${pruned} objects are`} deleted from ${cluster.context}${own === undefined ? '' : `, and with them the namespace ${own}`}.`;
}

/** Argo CD deletes what an Application made where it has this finalizer (argo-cd, pkg/apis/application/v1alpha1/application_defaults.go). */
const cascade = 'resources-finalizer.argocd.argoproj.io';

async function deleteApplication({ metadata }: LiveObject, id: ResId, cluster: Cluster, signal: AbortSignal): Promise<string> {
  const set = (metadata.ownerReferences ?? []).find(({ kind }) => kind === 'ApplicationSet');
  if (set) {
    throw new Failure(
      'operator/refused',
      `ApplicationSet ${set.name} would make Application ${id.name} again as long as its pull request is open.`,
      'Close the pull request, or take away the label that the set asks for.',
    );
  }
  const finalizers = metadata.finalizers ?? [];
  if (!finalizers.some((each) => each === cascade || each.startsWith(`${cascade}/`))) {
    await cluster.patch(id, 'merge', { metadata: { finalizers: [...finalizers, cascade] } }, { fieldManager: syncManager }, signal);
  }
  await cluster.delete(id, { uid: metadata.uid ?? '' }, signal);
  return `Argo CD deletes Application ${id.namespace}/${id.name} with all that it made.`;
}

/** Says of a namespace that it was made with a preview, and goes with it. */
const ownLabel = 'app.kubernetes.io/managed-by';

/** Makes the namespace where the Application has Argo CD make it (`CreateNamespace=true`) and it isn't there. */
async function makeNamespace({ environment, cluster }: CreatePreview, signal: AbortSignal): Promise<void> {
  const name = environment.destination.namespace?.value;
  if (name === undefined || !readEnvironmentOptions(environment).syncOptions.includes('CreateNamespace=true')) return;
  const id = namespaceId(name);
  if (await cluster.get(id, signal)) return;
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { [ownLabel]: syncManager } } };
  await cluster.apply(id, namespace, { fieldManager: syncManager, force: false }, signal);
}

function namespaceId(name: string): ResId {
  return { group: '', version: 'v1', kind: 'Namespace', namespace: '', name };
}

/** The namespace, where it was made with the preview and no other environment is in it. */
async function deleteNamespace({ environment, cluster, model }: DeletePreview, signal: AbortSignal): Promise<string | undefined> {
  const name = environment.destination.namespace?.value;
  if (name === undefined) return undefined;
  if (model.environments.some(({ id, destination }) => id !== environment.id && destination.namespace?.value === name)) return undefined;
  const id = namespaceId(name);
  const live = await cluster.get(id, signal);
  if (live?.metadata.labels?.[ownLabel] !== syncManager) return undefined;
  await cluster.delete(id, { uid: live.metadata.uid ?? '' }, signal);
  return name;
}

async function runPlan(
  planned: Awaited<ReturnType<typeof planSyncOf>>,
  preview: DeletePreview | CreatePreview,
  confirmsAll: boolean,
  signal: AbortSignal,
): ReturnType<typeof runSync> {
  const { cluster, user, runId, environment, clock = systemClock } = preview;
  const confirmed = new Set(confirmsAll ? planned.plan.questions.map(({ key }) => key) : []);
  const run = await runSync(
    planned.plan,
    { cluster, inventory: planned.keeper, clock, confirmed, takeOver: false, user, runId, timeout: 60_000, waitsForHealth: false, onProgress: () => undefined },
    signal,
  );
  if (run.result === 'done') return run;
  const failed = run.objects.find(({ action, message }) => action === 'failed' && message !== undefined);
  throw new Failure('preview/not-created', `${environment.label}: ${failed?.message ?? 'the sync ended early.'}`, 'Look at the plan of its sync.');
}
