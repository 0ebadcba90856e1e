/** Flux's image-reflector-controller, simulated: tags of the sandbox's registry, and which of them each policy selects. Nothing is committed to git. */
import { SourceText } from '../../core/base/source.js';
import { readImagePolicy, selectTag, type PolicyFailure } from '../../core/gitops/flux/images/imagePolicy.js';
import type { JsonObject } from '../../core/live/json.js';
import { idOfLive, type LiveObject } from '../../core/live/liveObject.js';
import { parseYaml } from '../../core/yaml/parse.js';
import { mapsAt, objectAt, stringAt, valueAt } from '../../core/live/readFields.js';
import { mergePatchBetween } from '../../core/apply/mergePatch.js';
import { formatTime } from '../../services/syncClock.js';
import type { Registry } from '../registry/registry.js';
import { parseImage } from '../registry/registryImages.js';
import { withCondition, type Condition } from '../workloads/conditions.js';
import type { OperatorWorld } from './operatorWorld.js';

const group = 'image.toolkit.fluxcd.io';
const manager = 'image-reflector-controller';
const requestedAt = 'reconcile.fluxcd.io/requestedAt';

export function startImagePolicies(world: OperatorWorld, registry: Registry): { stop(): void } {
  const look = (object: LiveObject): void => {
    if (object.metadata.deletionTimestamp !== undefined || valueAt(object, 'spec', 'suspend') === true) return;
    if (object.kind === 'ImageRepository') scan(object, registry, world);
    else select(object, registry, world);
  };
  const all = (): readonly LiveObject[] => ['ImageRepository', 'ImagePolicy'].flatMap((kind) => world.store.list(group, kind));
  const unsubscribe = world.store.subscribe(({ type, object }) => {
    const id = idOfLive(object);
    if (type === 'DELETED' || id.group !== group || !['ImageRepository', 'ImagePolicy'].includes(id.kind)) return;
    const request = object.metadata.annotations?.[requestedAt];
    const isAsked = request !== undefined && request !== stringAt(object, 'status', 'lastHandledReconcileAt');
    if (isAsked || valueAt(object, 'status', 'observedGeneration') !== object.metadata.generation) look(object);
    if (id.kind === 'ImageRepository')
      for (const policy of world.store.list(group, 'ImagePolicy')) if (stringAt(policy, 'spec', 'imageRepositoryRef', 'name') === id.name) look(policy);
  });
  const offTag = registry.store.onTag(() => all().forEach(look));
  all().forEach(look);
  return {
    stop: () => {
      unsubscribe();
      offTag();
    },
  };
}

/** The tags of an image; undefined for one that isn't of the sandbox's registry. */
function tagsOf(image: string, registry: Registry): readonly string[] | undefined {
  const { host, repository } = parseImage(image);
  return isOwn(host, registry) ? registry.store.tags(repository) : undefined;
}

function isOwn(host: string, registry: Registry): boolean {
  return host === registry.host || host === registry.host.replace('127.0.0.1', 'localhost');
}

function scan(repository: LiveObject, registry: Registry, world: OperatorWorld): void {
  const image = stringAt(repository, 'spec', 'image');
  const tags = tagsOf(image, registry);
  if (!tags) {
    const { host, repository: name } = parseImage(image);
    const why = isOwn(host, registry)
      ? `GET http://${host}/v2/${name}/tags/list?n=1000: NAME_UNKNOWN: repository name not known to registry`
      : `the sandbox scans its own registry only, at ${registry.host}; it has no ${image}`;
    const message = `scan failed: ${why}`;
    writeStatus(repository, { type: 'Ready', status: 'False', reason: 'ReadOperationFailed', message }, {}, world);
    return;
  }
  const before = objectAt(repository, 'status', 'lastScanResult');
  const latestTags = [...tags].reverse().slice(0, 10);
  const isSame = before['tagCount'] === tags.length && JSON.stringify(before['latestTags']) === JSON.stringify(latestTags);
  const lastScanResult = isSame ? before : { latestTags, scanTime: formatTime(world.clock.now()), tagCount: tags.length };
  writeStatus(
    repository,
    { type: 'Ready', status: 'True', reason: 'Succeeded', message: `successful scan: found ${tags.length} tags` },
    { canonicalImageName: image, lastScanResult },
    world,
  );
}

function select(policy: LiveObject, registry: Registry, world: OperatorWorld): void {
  const id = idOfLive(policy);
  const namespace = stringAt(policy, 'spec', 'imageRepositoryRef', 'namespace') || id.namespace;
  const repository = world.store.get({ group, kind: 'ImageRepository', namespace, name: stringAt(policy, 'spec', 'imageRepositoryRef', 'name') });
  const image = stringAt(repository, 'spec', 'image');
  const tags = tagsOf(image, registry);
  const root = parseYaml(new SourceText(`/${id.name}.json`, JSON.stringify(policy))).documents[0]?.root;
  const refuse = (reason: string, message: string): void => writeStatus(policy, { type: 'Ready', status: 'False', reason, message }, {}, world);
  if (!repository) {
    const name = stringAt(policy, 'spec', 'imageRepositoryRef', 'name');
    const missing = `imagerepositories.image.toolkit.fluxcd.io "${name}" not found`;
    return refuse('DependencyNotReady', `failed to get the referred ImageRepository: referenced ImageRepository does not exist: ${missing}`);
  }
  if (!tags || tags.length === 0) return refuse('DependencyNotReady', 'retrying in 30s error: no tags in database');
  if (root?.kind !== 'map') return refuse('InvalidPolicy', 'the policy is no map');
  const result = selectTag(readImagePolicy(id, root), tags);
  if (!('tag' in result)) return refuse(...failureWords(result.failure));
  const before = objectAt(policy, 'status', 'latestRef');
  const latestRef = { name: image, tag: result.tag };
  const isSame = before['tag'] === result.tag;
  const fields = { latestRef, ...(!isSame && Object.keys(before).length > 0 && { observedPreviousRef: before }) };
  writeStatus(policy, { type: 'Ready', status: 'True', reason: 'Succeeded', message: `Latest image tag for ${image} resolved to ${result.tag}` }, fields, world);
}

/** The reason and the words of a policy that selects nothing (image-reflector-controller v1.2, internal/policy). */
function failureWords(failure: PolicyFailure): readonly [reason: string, message: string] {
  switch (failure.kind) {
    case 'noTags':
      return ['Failure', 'version list argument cannot be empty'];
    case 'nothingFits':
      return ['Failure', 'unable to determine latest version from provided list'];
    case 'notNumeric':
      return ['Failure', `failed to parse invalid numeric value '${failure.tag}'`];
    default:
      return ['InvalidPolicy', `invalid policy: ${failure.kind}`];
  }
}

function writeStatus(object: LiveObject, condition: Condition, fields: JsonObject, world: OperatorWorld): void {
  const before = objectAt(object, 'status');
  const observedGeneration = object.metadata.generation ?? 1;
  const request = object.metadata.annotations?.[requestedAt];
  const conditions = withCondition(mapsAt(before, 'conditions'), condition, formatTime(world.clock.now()), { observedGeneration });
  const patch = mergePatchBetween(before, { ...before, ...fields, conditions, observedGeneration, ...(request !== undefined && { lastHandledReconcileAt: request }) });
  if (patch) world.store.patch(idOfLive(object), { status: patch }, { manager, subresource: 'status' });
}
