/** The identity of a Kubernetes object in a rendering, as kustomize compares it (kyaml/resid v0.21.2). */
import { clusterScopedKinds } from './facts/clusterScoped.js';

/** Group, version, kind; empty strings where a part is missing. */
export interface Gvk {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** An object's id; `namespace` is as written: empty where the object has none. */
export interface ResId extends Gvk {
  readonly name: string;
  readonly namespace: string;
}

/** `apps/v1` into its parts; `v1` has the empty group. */
export function parseApiVersion(apiVersion: string): { group: string; version: string } {
  const at = apiVersion.indexOf('/');
  return at < 0 ? { group: '', version: apiVersion } : { group: apiVersion.slice(0, at), version: apiVersion.slice(at + 1) };
}

/** The form that `apiVersion` has in an object. */
export function apiVersionOf(gvk: Gvk): string {
  return gvk.group === '' ? gvk.version : `${gvk.group}/${gvk.version}`;
}

/** True for kinds that are known to live outside namespaces; unknown kinds count as namespaced (kyaml's IsCertainlyClusterScoped). */
export function isClusterScoped(gvk: Gvk): boolean {
  return clusterScopedKinds.has(`${apiVersionOf(gvk)}/${gvk.kind}`);
}

export function gvkEquals(a: Gvk, b: Gvk): boolean {
  return a.group === b.group && a.version === b.version && a.kind === b.kind;
}

/** True when every part that `selector` has is equal: an empty part matches anything (kyaml's Gvk.IsSelected). */
export function isGvkSelected(gvk: Gvk, selector: Gvk): boolean {
  return (
    (selector.group === '' || selector.group === gvk.group) && (selector.version === '' || selector.version === gvk.version) && (selector.kind === '' || selector.kind === gvk.kind)
  );
}

/** The namespace for comparisons: `default` where a namespaced object has none, a marker of its own for cluster-scoped kinds. */
export function effectiveNamespace(id: ResId): string {
  if (isClusterScoped(id)) return '_non_namespaceable_';
  return id.namespace === '' || id.namespace === 'default' ? 'default' : id.namespace;
}

/** Group, version, kind and name equal; the namespace is not looked at. */
export function gvknEquals(a: ResId, b: ResId): boolean {
  return a.name === b.name && gvkEquals(a, b);
}

/** Equal with the effective namespace. */
export function resIdEquals(a: ResId, b: ResId): boolean {
  return gvknEquals(a, b) && effectiveNamespace(a) === effectiveNamespace(b);
}

/** `Deployment.v1.apps/web.[noNs]`: the form in kustomize's messages (kyaml/resid ResId.String). */
export function formatResId(id: ResId): string {
  return `${formatGvk(id)}/${id.name === '' ? '[noName]' : id.name}.${id.namespace === '' ? '[noNs]' : id.namespace}`;
}

/** `Deployment.v1.apps`, with `[noGrp]` and so on for missing parts (kyaml/resid Gvk.String). */
export function formatGvk(gvk: Gvk): string {
  return `${gvk.kind === '' ? '[noKind]' : gvk.kind}.${gvk.version === '' ? '[noVer]' : gvk.version}.${gvk.group === '' ? '[noGrp]' : gvk.group}`;
}
