/** Which fields hold secrets: what previews, comparisons and reports show masked unless the user asks for them. */
import type { Gvk } from './resId.js';

/** True for the objects of which values are hidden. */
export function isSecretObject({ group, kind }: Gvk): boolean {
  return kind === 'Secret' && group === '';
}

/** True for a field of such an object, given by its keys from the root, that holds a value or a copy of the values. */
export function isSecretPath(path: readonly unknown[]): boolean {
  if ((path[0] === 'data' || path[0] === 'stringData') && path.length > 1) return true;
  return path[0] === 'metadata' && path[1] === 'annotations' && path[2] === 'kubectl.kubernetes.io/last-applied-configuration';
}
