/** Finds the object that a name in another object means (selectReferral in kustomize's api/filters/nameref v0.21.2). */
import type { Problems } from '../../base/problem.js';
import { effectiveNamespace, isClusterScoped, isGvkSelected, type Gvk } from '../../objects/resId.js';
import { scalarValue, type YamlNode } from '../../yaml/nodes.js';
import type { ResMap } from '../resMap.js';
import type { Resource } from '../resource.js';

/** A name that is met in an object. */
export interface ReferralQuery {
  /** The kind that the field refers to. */
  readonly target: Gvk;
  readonly name: string;
  /** The namespace beside the name, where both stand in a map; undefined inside where there is none. */
  readonly map: { readonly namespace: string | undefined } | undefined;
  /** True for the name in a `roleRef`, whose kind and group stand beside it. */
  readonly isRoleRef: boolean;
}

/** An object whose references are followed. */
export class Referrer {
  readonly isClusterScoped: boolean;
  readonly namespace: string;
  /** The namespaces of the service accounts that a role binding names. */
  readonly #subjectNamespaces: ReadonlySet<string>;
  readonly #roleRef: Gvk | undefined;

  constructor(
    readonly resource: Resource,
    problems: Problems,
  ) {
    this.isClusterScoped = isClusterScoped(resource.id);
    this.namespace = effectiveNamespace(resource.id);
    this.#subjectNamespaces = !this.isClusterScoped && resource.id.kind === 'RoleBinding' ? subjectNamespaces(resource, problems) : new Set();
    this.#roleRef = roleRefOf(resource);
  }

  /** True where the object may refer to `other` at all, as far as namespaces go. */
  canReach(other: Resource): boolean {
    if (this.isClusterScoped || isClusterScoped(other.id)) return true;
    return effectiveNamespace(other.id) === this.namespace || this.#subjectNamespaces.has(other.namespace);
  }

  /** Objects of the same namespace, but for service accounts, which role bindings of other namespaces may name. */
  sharesNamespaceWith(other: Resource): boolean {
    return this.isClusterScoped || isClusterScoped(other.id) || other.id.kind === 'ServiceAccount' || effectiveNamespace(other.id) === this.namespace;
  }

  /** True where the role binding's roleRef may mean `other`; a roleRef without kind or group may mean anything. */
  matchesRoleRef(other: Resource): boolean {
    const roleRef = this.#roleRef;
    return !roleRef || other.previousIds.some((id) => isGvkSelected(id, roleRef));
  }
}

/** All objects that names may mean: those that once had an id, by the names that they had. */
export class Candidates {
  readonly #byPreviousName = new Map<string, Resource[]>();
  readonly #byOriginalNamespace = new Map<string, Resource[]>();

  constructor(map: ResMap) {
    for (const resource of map.resources) {
      for (const name of new Set(resource.previousNames.map((previous) => previous.name))) addTo(this.#byPreviousName, name, resource);
    }
    if (this.#byPreviousName.size === 0) return;
    for (const resource of map.resources) {
      const id = resource.originalId;
      if (!isClusterScoped(id)) addTo(this.#byOriginalNamespace, effectiveNamespace(id), resource);
    }
  }

  /** The object that is meant, undefined where it is none of these, several where that can't be told. */
  select(query: ReferralQuery, referrer: Referrer): Resource | readonly Resource[] | undefined {
    const named = this.#byPreviousName.get(query.name);
    if (!named) return undefined;
    const reached = this.#inNamespace(
      named.filter((each) => referrer.canReach(each)),
      query,
      referrer,
    );
    let found = reached.filter(
      (each) => each.previousIds.some((id) => isGvkSelected(id, query.target)) && (!query.isRoleRef || referrer.matchesRoleRef(each)) && referrer.sharesNamespaceWith(each),
    );
    if (found.length === 1) return found[0];
    found = found.filter((each) => hasSameAffixes(each, referrer.resource, 'orNone'));
    if (found.length > 1) found = found.filter((each) => hasSameAffixes(each, referrer.resource, 'exactly'));
    const [first] = found;
    if (found.length < 2 || !first) return first;
    const areAlike = found.every((each) => each.name === first.name && (!query.map || each.namespace === first.namespace));
    return areAlike ? first : found;
  }

  /** Those in the namespace that stands beside the name: the one they had first, where any object had it, else the present one. */
  #inNamespace(resources: readonly Resource[], query: ReferralQuery, referrer: Referrer): readonly Resource[] {
    const namespace = query.map?.namespace;
    if (namespace === undefined || resources.length === 0) return resources;
    const isOriginal = this.#byOriginalNamespace.get(namespace)?.some((each) => referrer.canReach(each)) ?? false;
    return resources.filter((each) => {
      const id = isOriginal ? each.originalId : each.id;
      return !isClusterScoped(id) && effectiveNamespace(id) === namespace;
    });
  }
}

function addTo(map: Map<string, Resource[]>, key: string, resource: Resource): void {
  const list = map.get(key);
  if (list) list.push(resource);
  else map.set(key, [resource]);
}

/** Same prefixes and suffixes, compared from the outermost; `orNone`: an object without any goes with all. */
function hasSameAffixes(a: Resource, b: Resource, mode: 'exactly' | 'orNone'): boolean {
  const same = (x: readonly string[], y: readonly string[]): boolean => (mode === 'orNone' && (x.length === 0 || y.length === 0)) || endAlike(x, y);
  return same(a.namePrefixes, b.namePrefixes) && same(a.nameSuffixes, b.nameSuffixes);
}

function endAlike(a: readonly string[], b: readonly string[]): boolean {
  const shorter = Math.min(a.length, b.length);
  if (shorter === 0) return a.length === b.length;
  for (let back = 1; back <= shorter; back++) if (a.at(-back) !== b.at(-back)) return false;
  return true;
}

/** Undefined where the object has no full roleRef. */
function roleRefOf({ root }: Resource): Gvk | undefined {
  const roleRef = root.get('roleRef');
  const [group, kind] = roleRef?.kind === 'map' ? [roleRef.get('apiGroup'), roleRef.get('kind')] : [];
  return group && kind ? { group: scalarValue(group) ?? '', version: '', kind: scalarValue(kind) ?? '' } : undefined;
}

function subjectNamespaces({ root }: Resource, problems: Problems): ReadonlySet<string> {
  const subjects = root.get('subjects');
  const found = new Set<string>();
  for (const subject of subjects?.kind === 'sequence' ? subjects.items : []) {
    if (subject.kind !== 'map') {
      problems.error('kustomize/invalid-subject', 'A subject of a role binding must be a map with kind and name.', subject);
      continue;
    }
    const [namespace, kind] = [subject.get('namespace'), subject.get('kind')];
    if (!namespace || !kind) continue;
    if (!isText(kind)) problems.error('kustomize/invalid-subject', 'The kind of a subject must be a string.', kind);
    else if (scalarValue(kind) !== 'ServiceAccount') continue;
    else if (isText(namespace)) found.add(scalarValue(namespace) ?? '');
    else
      problems.error('kustomize/invalid-subject', 'The namespace of this subject must be a string; give it a value, quoted where it looks like a number, or remove it.', namespace);
  }
  return found;
}

function isText(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.tag === '!!str';
}
