/**
 * How Flux's kustomize-controller (v1.9.5) would render a Kustomization: the folder in its source, a kustomization
 * written for it where there is none, what the object lays over it, substitution and metadata afterwards. The labels by
 * which the controller knows its own objects again are left out. Encrypted files are the author's right: what is in them
 * only the cluster can read.
 */
import type { FileTree } from '../../base/fileTree.js';
import { isInside, normalizePath } from '../../base/path.js';
import { Problems, type Problem } from '../../base/problem.js';
import { isClusterScoped, type ResId } from '../../objects/resId.js';
import { scalarValue, type MapNode } from '../../yaml/nodes.js';
import type { BuildCache } from '../../kustomize/build.js';
import { mapAt, scalarAt, type LookUp } from '../declarations.js';
import type { DeliveryObject } from '../delivery.js';
import type { FinishStep, RenderPlan } from '../renderPlan.js';
import { amendKustomization } from './amendKustomization.js';
import { commonMetadataStep } from './commonMetadata.js';
import { findKustomizationFile, generateKustomization } from './generateKustomization.js';
import { readSourceIgnore } from './sourceIgnore.js';
import { findStandIns, substitutionStep, type SubstitutionStandIn } from './substitution/substituteObjects.js';
import { readVariables, type StandIns } from './substitution/variables.js';

export interface PlanKustomizationWith {
  readonly tree: FileTree;
  /** The folder of `spec.path` in the workspace, absolute. */
  readonly folder: string;
  /** Finds sources, and the ConfigMaps and Secrets of the repository. */
  readonly lookUp: LookUp;
  /** An undefined variable without a default is an error: RuleSettings.fluxStrictSubstitution. */
  readonly isStrict: boolean;
  /** Values that somebody supplied for variables that only the cluster knows. */
  readonly standIns?: StandIns;
}

export interface FluxKustomizationPlan {
  readonly plan: RenderPlan;
  /** What is wrong with the substitution's variables. With an error among them Flux renders nothing. */
  readonly problems: readonly Problem[];
  /** The variables that only the cluster knows and that objects ask for; to be called with what the plan builds without its `finish`. */
  readonly findStandIns: (objects: readonly MapNode[], cache: BuildCache) => readonly SubstitutionStandIn[];
}

/** Plans how a Flux Kustomization is rendered. */
export function planFluxKustomization({ id, root }: Pick<DeliveryObject, 'id' | 'root'>, given: PlanKustomizationWith): FluxKustomizationPlan {
  const { tree, lookUp, isStrict } = given;
  const folder = normalizePath(given.folder);
  const spec = mapAt(root, 'spec') ?? root.withPairs([]);
  const problems = new Problems();
  const variables = readVariables(id, root, lookUp, given.standIns ?? new Map(), problems);
  const isGenerated = findKustomizationFile(tree, folder) === undefined;
  const metadata = commonMetadataStep(mapAt(spec, 'commonMetadata'));
  const substitution = variables && { variables, strict: isStrict };
  const finish: FinishStep[] = [...(substitution ? [substitutionStep(substitution)] : []), ...(metadata ? [metadata] : [])];
  const plan: RenderPlan = {
    folder,
    renderer: 'kustomize',
    amend: amendKustomization(spec, isGenerated),
    ...(isGenerated && { extraFiles: [generateKustomization(tree, folder, readSourceIgnore(tree, ignoreScope(id, spec, folder, lookUp)))] }),
    options: { loadRestrictor: 'none', enableHelm: false },
    finish,
  };
  return {
    plan,
    problems: problems.list,
    findStandIns: (objects, cache) => (substitution ? findStandIns(objects, substitution, cache) : []),
  };
}

/** Groups whose kinds are all known, so that it is certain which of them live in namespaces. */
const knownGroups: ReadonlySet<string> = new Set(['', 'apps', 'batch', 'autoscaling', 'policy', 'networking.k8s.io', 'rbac.authorization.k8s.io', 'coordination.k8s.io']);

/** Objects of Kubernetes' own kinds that live in namespaces and have none: Flux fails on them (`namespace not specified`). */
export function findObjectsWithoutNamespace(objects: readonly { readonly id: ResId; readonly root: MapNode }[]): readonly { readonly id: ResId; readonly root: MapNode }[] {
  return objects.filter(({ id }) => id.namespace === '' && knownGroups.has(id.group) && !isClusterScoped(id));
}

function ignoreScope(id: ResId, spec: MapNode, folder: string, lookUp: LookUp): { top: string; folder: string; ignore: string | undefined } {
  const path = normalizePath(scalarAt(spec, 'path')?.value ?? '.').replace(/^\/+/, '');
  const suffix = path === '.' || path === '' ? '' : `/${path}`;
  const top = folder.endsWith(suffix) ? folder.slice(0, folder.length - suffix.length) || '/' : folder;
  const reference = mapAt(spec, 'sourceRef');
  const source = lookUp(scalarValue(reference?.get('kind')) ?? '', scalarValue(reference?.get('namespace')) ?? id.namespace, scalarValue(reference?.get('name')) ?? '');
  return { top: isInside(folder, top) ? top : folder, folder, ignore: scalarAt(mapAt(source, 'spec'), 'ignore')?.value };
}
