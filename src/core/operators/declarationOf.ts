/** Finds an environment's own object among those that are live. */
import type { Environment } from '../gitops/delivery.js';
import type { LiveObject } from '../live/liveObject.js';
import { parseApiVersion, type ResId } from '../objects/resId.js';
import { operatorOf } from './operatorStatus.js';

/** Where an operator's objects live if their declaration has no namespace. */
export interface OperatorNamespaces {
  /** `argocd` by default. */
  readonly argocd: string;
  /** `flux-system` by default. */
  readonly flux: string;
}

export const defaultNamespaces: OperatorNamespaces = { argocd: 'argocd', flux: 'flux-system' };

/**
 * The id that an environment's declaration has in the cluster of its operator; undefined where no operator delivers it.
 * That cluster may be another one than the environment's destination.
 */
export function declarationIdOf(environment: Environment, namespaces: OperatorNamespaces = defaultNamespaces): ResId | undefined {
  const id = environment.declaration?.id;
  const operator = id && operatorOf(id.group, id.kind);
  if (id === undefined || operator === undefined) return undefined;
  return id.namespace === '' ? { ...id, namespace: namespaces[operator] } : id;
}

/** The live object of a declaration, in any version; where the declaration has no namespace and only one fits by name, that one. */
export function findDeclaration(environment: Environment, objects: Iterable<LiveObject>): LiveObject | undefined {
  const wanted = declarationIdOf(environment);
  if (wanted === undefined) return undefined;
  const named = [...objects].filter(
    ({ apiVersion, kind, metadata }) => kind === wanted.kind && metadata.name === wanted.name && parseApiVersion(apiVersion).group === wanted.group,
  );
  const exact = named.find(({ metadata }) => metadata.namespace === wanted.namespace);
  if (exact !== undefined || environment.declaration?.id.namespace !== '') return exact;
  return named.length === 1 ? named[0] : undefined;
}
