/** The objects of one environment, as rules about references ask for them: by name, and the pods among them. */
import { containersOf, podSpecOf, type Container, type PodSpec } from '../../objects/podSpecs.js';
import type { RenderedObject } from '../../objects/rendering.js';
import { isClusterScoped } from '../../objects/resId.js';
import { scalarValue, type MapNode, type ScalarNode, type YamlNode } from '../../yaml/nodes.js';
import type { CheckedEnvironment } from '../rule.js';

export interface Workload {
  readonly object: RenderedObject;
  readonly pod: PodSpec;
  readonly containers: readonly Container[];
  readonly labels: ReadonlyMap<string, string>;
  readonly namespace: string;
  /** True where the pods are as they stand here; the operator of a custom kind may add volumes and accounts. */
  readonly isPlain: boolean;
}

export interface EnvironmentObjects {
  readonly objects: readonly RenderedObject[];
  readonly workloads: readonly Workload[];
  /** The namespace that an object is applied to: its own or the destination's; empty where neither is known, or for the cluster's. */
  namespaceOf(object: RenderedObject): string;
  find(kind: string, namespace: string, name: string): RenderedObject | undefined;
  ofKind(kind: string): readonly RenderedObject[];
}

/** Kinds that are asked for by name, with the API group that they have. */
const groups: Readonly<Record<string, string>> = {
  ConfigMap: '',
  Secret: '',
  Service: '',
  ServiceAccount: '',
  PersistentVolumeClaim: '',
  Role: 'rbac.authorization.k8s.io',
  ClusterRole: 'rbac.authorization.k8s.io',
};

/** Kubernetes' own groups of workloads, Argo's Rollout and OpenShift's DeploymentConfig. */
const plainGroups: ReadonlySet<string> = new Set(['', 'apps', 'batch', 'argoproj.io', 'apps.openshift.io']);

export function objectsOf({ environment, rendering }: CheckedEnvironment): EnvironmentObjects {
  const destination = environment.destination.namespace?.value ?? '';
  const namespaces = new Map(rendering.objects.map((object) => [object, isClusterScoped(object.id) ? '' : object.id.namespace === '' ? destination : object.id.namespace]));
  const namespaceOf = (object: RenderedObject): string => namespaces.get(object) ?? '';
  const byKey = new Map<string, RenderedObject>();
  const byKind = new Map<string, RenderedObject[]>();
  const workloads: Workload[] = [];
  for (const object of rendering.objects) {
    const { id, root } = object;
    byKey.set(keyOf(id.group, id.kind, namespaceOf(object), id.name), object);
    const list = byKind.get(id.kind);
    if (list) list.push(object);
    else byKind.set(id.kind, [object]);
    const pod = podSpecOf(id, root);
    if (pod) workloads.push({ object, pod, containers: containersOf(pod), labels: labelsOf(pod.template), namespace: namespaceOf(object), isPlain: plainGroups.has(id.group) });
  }
  return {
    objects: rendering.objects,
    workloads,
    namespaceOf,
    find: (kind, namespace, name) => byKey.get(keyOf(groups[kind] ?? '', kind, namespace, name)),
    ofKind: (kind) => byKind.get(kind) ?? [],
  };
}

export function keyOf(group: string, kind: string, namespace: string, name: string): string {
  return `${group}/${kind}/${namespace}/${name}`;
}

function labelsOf(template: MapNode): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  for (const { key, value } of mapAt(template, 'metadata', 'labels')?.pairs ?? []) if (value.kind === 'scalar') labels.set(key.value, value.value);
  return labels;
}

/** The value at the end of some keys; undefined where it isn't there. */
export function nodeAt(node: YamlNode | undefined, ...keys: readonly string[]): YamlNode | undefined {
  return keys.reduce<YamlNode | undefined>((at, key) => (at?.kind === 'map' ? at.get(key) : undefined), node);
}

export function mapAt(node: YamlNode | undefined, ...keys: readonly string[]): MapNode | undefined {
  const found = nodeAt(node, ...keys);
  return found?.kind === 'map' ? found : undefined;
}

/** A text at the end of some keys: undefined for anything else, and for an empty one. */
export function textAt(node: YamlNode | undefined, ...keys: readonly string[]): ScalarNode | undefined {
  const found = nodeAt(node, ...keys);
  return found?.kind === 'scalar' && found.value !== '' && found.tag !== '!!null' ? found : undefined;
}

/** The maps in a list at the end of some keys. */
export function mapsAt(node: YamlNode | undefined, ...keys: readonly string[]): readonly MapNode[] {
  const found = nodeAt(node, ...keys);
  return found?.kind === 'sequence' ? found.items.filter((item) => item.kind === 'map') : [];
}

/** The name that an object has in its file, before prefixes and hashes: what others write to name it. */
export function writtenName({ root, id }: RenderedObject): string {
  let name = nodeAt(root, 'metadata', 'name');
  while (name?.was) name = name.was;
  return scalarValue(name) ?? id.name;
}

/** True for a name that is put in later: `${NAME}`, `{{ name }}`, `$(NAME)`. */
export function isOpenText(text: string): boolean {
  return /\$\{|\{\{|\$\(|</.test(text);
}
