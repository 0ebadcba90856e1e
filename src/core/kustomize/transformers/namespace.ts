/**
 * Sets the namespace of objects and of what refers to it (kustomize's NamespaceTransformer and api/filters/namespace
 * v0.21.2). `metadata.namespace` and the subjects of role bindings have rules of their own; the rest goes by
 * field specifications.
 */
import type { Place } from '../../base/problem.js';
import { apiVersionOf, formatResId, isClusterScoped, type Gvk } from '../../objects/resId.js';
import { scalarValue, type MapNode, type Step, type YamlNode } from '../../yaml/nodes.js';
import { helmGenerated } from '../annotations.js';
import type { BuildContext, Transformer } from '../context.js';
import { FieldPathSet, parseFieldPath, updateAtFieldSpec, type FieldUpdate } from '../fieldSpec/updateAtFieldSpec.js';
import type { FieldSpec, Text } from '../kustomization.js';
import { idKey, type ResMap } from '../resMap.js';
import type { Resource } from '../resource.js';
import { mismatchReporter } from './reportMismatch.js';
import { overwriteScalar } from './overwriteScalar.js';

export interface NamespaceArgs {
  readonly namespace: Text;
  readonly fieldSpecs: readonly FieldSpec[];
  /** Sets only namespaces that are missing or empty. */
  readonly unsetOnly: boolean;
  /** Which subjects of role bindings get the namespace; `defaultOnly` those that are named `default`. */
  readonly setRoleBindingSubjects: 'defaultOnly' | 'allServiceAccounts' | 'none';
  /** The way to the directive, for people. */
  readonly field: string;
}

const metadataNamespace = parseFieldPath({ group: '', version: '', kind: '', path: 'metadata/namespace', create: true });

/** Moves all objects into `args.namespace`; two that then have the same id are an error. */
export function namespaceTransformer(args: NamespaceArgs): Transformer {
  const { namespace } = args;
  const step: Step = { kind: 'namespace', field: args.field, source: namespace.source, start: namespace.start, end: namespace.end };
  const setter = new NamespaceSetter(args, step);
  return {
    transform(map, context) {
      if (namespace.value === '') return;
      const update = setter.updateFor(context);
      const ids = new IdCounter(map);
      for (const resource of map.resources) {
        if (isHelmGenerated(resource.root)) continue;
        const before = idKey(resource.id);
        resource.storePreviousId();
        resource.root = setter.update(resource.root, resource.gvk, update);
        if (ids.change(before, idKey(resource.id)) !== 1) reportConflict(map, resource, context, step);
      }
    },
  };
}

/** The object with its namespace set, for what sets namespaces without keeping ids (ValueAddTransformer). */
export function withNamespace(root: MapNode, gvk: Gvk, args: NamespaceArgs, step: Step, context: BuildContext): MapNode {
  const setter = new NamespaceSetter(args, step);
  return setter.update(root, gvk, setter.updateFor(context));
}

class NamespaceSetter {
  readonly #args: NamespaceArgs;
  readonly #step: Step;
  readonly #core: FieldPathSet;
  readonly #others: FieldPathSet;

  constructor(args: NamespaceArgs, step: Step) {
    this.#args = args;
    this.#step = step;
    const specs = args.fieldSpecs.filter((spec) => spec.path !== 'metadata/namespace');
    this.#core = new FieldPathSet(specs);
    this.#others = new FieldPathSet(specs.filter((spec) => spec.path !== 'metadata/name'));
  }

  updateFor(context: BuildContext): FieldUpdate {
    const { namespace, unsetOnly } = this.#args;
    const step = this.#step;
    const onMismatch = mismatchReporter(context.problems, step);
    return {
      creates: 'scalar',
      place: namespace,
      step,
      onMismatch,
      set: (node) => {
        if (node && node.kind !== 'scalar') {
          onMismatch(node, 'A namespace is to be set here, but this is no single value.');
          return node;
        }
        if (unsetOnly && node && node.value !== '') return node;
        return overwriteScalar(node, namespace.value, '!!str', namespace, step);
      },
    };
  }

  update(root: MapNode, gvk: Gvk, update: FieldUpdate): MapNode {
    const paths = (apiVersionOf(gvk) === 'v1' ? this.#core : this.#others).matching(gvk);
    let result = isClusterScoped(gvk) ? root : updateAtFieldSpec(root, metadataNamespace, update);
    const isBinding = gvk.kind === 'RoleBinding' || gvk.kind === 'ClusterRoleBinding';
    if (isBinding) result = this.#updateSubjects(result, update);
    for (const path of paths) {
      if (isBinding && isBindingSpec(path.spec)) continue;
      result = updateAtFieldSpec(result, path, update);
    }
    return result;
  }

  #updateSubjects(root: MapNode, update: FieldUpdate): MapNode {
    const mode = this.#args.setRoleBindingSubjects;
    const subjects = root.get('subjects');
    if (mode === 'none' || !subjects || isNull(subjects)) return root;
    if (subjects.kind !== 'sequence') {
      update.onMismatch(subjects, 'The subjects of a role binding must be a list.');
      return root;
    }
    const [key, value] = mode === 'defaultOnly' ? ['name', 'default'] : ['kind', 'ServiceAccount'];
    const items = subjects.mapItems((subject) => {
      if (subject.kind !== 'map') {
        if (!isNull(subject)) update.onMismatch(subject, 'A subject of a role binding must be a map.');
        return subject;
      }
      if (scalarValue(subject.get(key)) !== value) return subject;
      return subject.with('namespace', update.set(subject.get('namespace')));
    });
    return root.with('subjects', items);
  }
}

function isBindingSpec(spec: FieldSpec): boolean {
  return spec.path === 'subjects/namespace' && (spec.kind === 'RoleBinding' || spec.kind === 'ClusterRoleBinding');
}

function isNull(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.tag === '!!null';
}

/** Objects of a chart are in the namespace that the chart's release has. */
function isHelmGenerated(root: MapNode): boolean {
  const metadata = root.get('metadata');
  const annotations = metadata?.kind === 'map' ? metadata.get('annotations') : undefined;
  return annotations?.kind === 'map' && scalarValue(annotations.get(helmGenerated)) === 'true';
}

/** How many objects have an id, kept while ids change. */
class IdCounter {
  readonly #counts = new Map<string, number>();

  constructor(map: ResMap) {
    for (const resource of map.resources) this.#add(idKey(resource.id), 1);
  }

  /** Notes that one object's id changed; returns how many have the new one. */
  change(before: string, after: string): number {
    this.#add(before, -1);
    return this.#add(after, 1);
  }

  #add(key: string, by: number): number {
    const count = (this.#counts.get(key) ?? 0) + by;
    this.#counts.set(key, count);
    return count;
  }
}

function reportConflict(map: ResMap, resource: Resource, context: BuildContext, step: Step): void {
  const key = idKey(resource.id);
  const related = map.resources
    .filter((other) => idKey(other.id) === key)
    .map((other) => {
      const place: Place = nameOf(other.root);
      return { location: place.source.locate(place.start, place.end), message: `${other.id.kind} ${other.name}` };
    });
  context.problems.error('kustomize/namespace-conflict', `Several objects are ${formatResId(resource.id)} once they are in this namespace; rename or remove all but one.`, step, {
    related,
  });
}

function nameOf(root: MapNode): YamlNode {
  const metadata = root.get('metadata');
  return (metadata?.kind === 'map' ? metadata.get('name') : undefined) ?? root;
}
