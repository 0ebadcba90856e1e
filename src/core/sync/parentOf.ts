/** Where an environment's inventory and record of deliveries are kept: a ConfigMap in the namespace that it is delivered to. */
import type { Environment } from '../gitops/delivery.js';
import type { ResId } from '../objects/resId.js';

/**
 * @param namespace of the environment's destination, or where it names none that of the context
 */
export function applySetParentOf({ label }: Pick<Environment, 'label'>, namespace: string): ResId {
  const slug = label
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 200);
  return { group: '', version: 'v1', kind: 'ConfigMap', namespace, name: `gitops-workbench-${slug === '' ? 'environment' : slug}` };
}
