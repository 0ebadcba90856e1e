/**
 * What an environment declares, in the form that is sent to a server, and the way back from any of its fields to the node
 * that declares it. Filled in is only what has to be there for server-side apply to pair items; what a manifest may not
 * set is taken out.
 */
import { isJsonObject, isList, type JsonObject, type JsonValue } from '../live/json.js';
import { scalarText } from '../live/fieldElement.js';
import type { LiveObject } from '../live/liveObject.js';
import { manifestOf } from '../live/manifestJson.js';
import type { FieldStep } from '../objects/compare.js';
import type { RenderedObject } from '../objects/rendering.js';
import type { ResId } from '../objects/resId.js';
import type { YamlNode } from '../yaml/nodes.js';

export interface DesiredObject {
  /** With the namespace that it goes to; empty for kinds outside of namespaces. */
  readonly id: ResId;
  readonly rendered: RenderedObject;
  readonly manifest: JsonObject;
}

/** @param namespace that the object goes to where it names none; undefined for a kind outside of namespaces */
export function desiredObjectOf(rendered: RenderedObject, namespace: string | undefined): DesiredObject {
  const { id } = rendered;
  const own = namespace === undefined ? '' : id.namespace === '' ? namespace : id.namespace;
  const given = manifestOf(rendered);
  const { status, metadata, ...rest } = given;
  const { creationTimestamp: _time, managedFields: _fields, resourceVersion: _version, uid: _uid, generation: _generation, namespace: _namespace, ...meta } = mapOf(metadata);
  const manifest: JsonObject = {
    ...rest,
    metadata: { ...meta, ...(own !== '' && { namespace: own }) },
    // A definition's status may be declared: Flux and kubectl send it as well.
    ...(id.kind === 'CustomResourceDefinition' && status !== undefined && { status }),
  };
  return { id: { ...id, namespace: own }, rendered, manifest: withProtocols(id, manifest) };
}

/** Labels and annotations by which whoever delivers an object knows it again: they are no part of the render. */
const markAnnotations = ['argocd.argoproj.io/tracking-id', 'argocd.argoproj.io/installation-id', 'meta.helm.sh/release-name', 'meta.helm.sh/release-namespace'] as const;
const markLabels = [
  'kustomize.toolkit.fluxcd.io/name',
  'kustomize.toolkit.fluxcd.io/namespace',
  'helm.toolkit.fluxcd.io/name',
  'helm.toolkit.fluxcd.io/namespace',
  'applyset.kubernetes.io/part-of',
] as const;
const instanceLabel = 'app.kubernetes.io/instance';

/**
 * The manifest with the marks that the live object carries, as whoever delivers it sends them too.
 * @param application the name of the Argo CD Application that may track by label; undefined for none
 */
export function withMarksOf(manifest: JsonObject, live: LiveObject, application: string | undefined): JsonObject {
  const metadata = mapOf(manifest['metadata']);
  const wantsInstance = application !== undefined && live.metadata.labels?.[instanceLabel] === application;
  const isHelm = live.metadata.annotations?.['meta.helm.sh/release-name'] !== undefined;
  const labels = addMissing(metadata['labels'], live.metadata.labels, [
    ...markLabels,
    ...(wantsInstance ? [instanceLabel] : []),
    ...(isHelm ? ['app.kubernetes.io/managed-by'] : []),
  ]);
  const annotations = addMissing(metadata['annotations'], live.metadata.annotations, markAnnotations);
  if (labels === metadata['labels'] && annotations === metadata['annotations']) return manifest;
  return { ...manifest, metadata: { ...metadata, ...(labels !== undefined && { labels }), ...(annotations !== undefined && { annotations }) } };
}

function addMissing(there: JsonValue | undefined, live: Readonly<Record<string, string>> | undefined, keys: readonly string[]): JsonValue | undefined {
  const own = mapOf(there);
  const added = keys.flatMap((key) => (live?.[key] !== undefined && own[key] === undefined ? [[key, live[key]] as const] : []));
  return added.length === 0 ? there : { ...own, ...Object.fromEntries(added) };
}

/** The node that declares a field, or the nearest one above it. */
export function declaringNode({ rendered }: DesiredObject, path: readonly FieldStep[]): YamlNode {
  const [first, ...rest] = path;
  const isData = rendered.id.kind === 'Secret' && rendered.id.group === '' && first === 'data';
  if (isData) {
    const texts = rendered.root.get('stringData');
    const found = texts && rest[0] !== undefined ? nodeStep(texts, rest[0]) : undefined;
    if (found) return found;
  }
  let node: YamlNode = rendered.root;
  for (const step of path) {
    const next = nodeStep(node, step);
    if (!next) return node;
    node = next;
  }
  return node;
}

function nodeStep(node: YamlNode, step: FieldStep): YamlNode | undefined {
  if (typeof step === 'string') return node.kind === 'map' ? node.get(step) : undefined;
  if (node.kind !== 'sequence') return undefined;
  if (typeof step === 'number') return node.items[step];
  return node.items.find((item) => isItem(item, step));
}

function isItem(item: YamlNode, step: Exclude<FieldStep, string | number>): boolean {
  if (step.key === '') return item.kind === 'scalar' && item.value === step.value;
  return [step, ...(step.and ?? [])].every(({ key, value }) => {
    const own = item.kind === 'map' ? item.get(key) : undefined;
    // A port without a protocol is one of TCP.
    return own === undefined ? key === 'protocol' && value === 'TCP' : own.kind === 'scalar' && own.value === value;
  });
}

/** Ports are paired by number and protocol: one that is left out has to be said. */
function withProtocols({ group, kind }: ResId, manifest: JsonObject): JsonObject {
  if (group === '' && kind === 'Service') return editAt(manifest, ['spec', 'ports'], fillProtocols);
  const way = podWays[`${group}/${kind}`];
  if (!way) return manifest;
  return ['containers', 'initContainers'].reduce(
    (object, list) =>
      editAt(object, [...way, list], (items) => {
        if (!isList(items)) return items;
        const filled = items.map((item) => (isJsonObject(item) ? editAt(item, ['ports'], fillProtocols) : item));
        return filled.every((item, index) => item === items[index]) ? items : filled;
      }),
    manifest,
  );
}

const template = ['spec', 'template', 'spec'] as const;
const podWays: Readonly<Record<string, readonly string[]>> = {
  '/Pod': ['spec'],
  '/ReplicationController': template,
  'apps/Deployment': template,
  'apps/StatefulSet': template,
  'apps/DaemonSet': template,
  'apps/ReplicaSet': template,
  'batch/Job': template,
  'batch/CronJob': ['spec', 'jobTemplate', ...template],
};

function fillProtocols(ports: JsonValue): JsonValue {
  if (!isList(ports)) return ports;
  return ports.map((port) => (isJsonObject(port) && scalarText(port['protocol']) === '' ? { ...port, protocol: 'TCP' } : port));
}

/** The object with the value at a way of keys edited; itself where there is none. */
export function editAt(object: JsonObject, [key, ...rest]: readonly string[], edit: (value: JsonValue) => JsonValue): JsonObject {
  const value = key === undefined ? undefined : object[key];
  if (key === undefined || value === undefined) return object;
  const next = rest.length === 0 ? edit(value) : isJsonObject(value) ? editAt(value, rest, edit) : value;
  return next === value ? object : { ...object, [key]: next };
}

function mapOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
