/** Comparisons of an environment with a test cluster, with all that a comparison can be given, and what came of them as lines. */
import { MemoryTree } from '../../src/core/base/fileTree.js';
import { SourceText } from '../../src/core/base/source.js';
import type { EnvironmentDrift } from '../../src/core/drift/drift.js';
import { mapAt, scalarAt } from '../../src/core/gitops/declarations.js';
import type { Environment } from '../../src/core/gitops/delivery.js';
import { BuildCache } from '../../src/core/kustomize/buildCache.js';
import { renderDirectory } from '../../src/core/kustomize/renderDirectory.js';
import { formatFieldPath } from '../../src/core/objects/compare.js';
import type { Rendering } from '../../src/core/objects/rendering.js';
import { parseApiVersion } from '../../src/core/objects/resId.js';
import type { MapNode } from '../../src/core/yaml/nodes.js';
import { parseYaml } from '../../src/core/yaml/parse.js';
import { compareEnvironment, readLive, type DriftRequest } from '../../src/services/drift.js';
import type { Cluster } from '../../src/services/ports.js';

export type DriftWish = Partial<Pick<DriftRequest, 'ignore' | 'typeOf' | 'isReconciled' | 'live' | 'operator'>> & {
  /** The manifest of an Application, a Kustomization or a HelmRelease that delivers it. */
  readonly declaration?: string;
};

/** What documents render to as they are. */
export function renderingOf(manifests: string): Rendering {
  return renderDirectory({ tree: new MemoryTree({ '/manifests/all.yaml': manifests }), folder: '/manifests', cache: new BuildCache() });
}

/** An environment that goes to a namespace. */
export function environmentIn(namespace: string, declaration?: string): Environment {
  const place = mapOf(`namespace: ${namespace}\n`);
  const root = declaration === undefined ? undefined : mapOf(declaration);
  const text = (key: string): string => scalarAt(root, key)?.value ?? '';
  const named = (key: string): string => scalarAt(mapAt(root, 'metadata'), key)?.value ?? '';
  const { group, version } = parseApiVersion(text('apiVersion'));
  return {
    id: `folder/${namespace}`,
    app: namespace,
    name: 'test',
    label: namespace,
    order: 0,
    isProtected: false,
    operator: root === undefined ? 'none' : group === 'argoproj.io' ? 'argocd' : 'flux',
    sources: [],
    destination: { server: undefined, cluster: undefined, namespace: scalarAt(place, 'namespace') },
    declaration: root && { id: { group, version, kind: text('kind'), namespace: named('namespace'), name: named('name') }, root, foundIn: { kind: 'file', path: '/text.yaml' } },
    declaredAt: { source: place.source, start: 0, end: 0 },
  };
}

function mapOf(text: string): MapNode {
  const root = parseYaml(new SourceText('/text.yaml', text)).documents[0]?.root;
  if (root?.kind !== 'map') throw new Error(`this is no map: ${text}`);
  return root;
}

/** Compares manifests, as they go to a namespace, with what is live. */
export async function driftOn(cluster: Cluster, namespace: string, manifests: string | Rendering, { declaration, ...wish }: DriftWish = {}): Promise<EnvironmentDrift> {
  const { signal } = new AbortController();
  const served = await cluster.kinds(signal);
  const rendering = typeof manifests === 'string' ? renderingOf(manifests) : manifests;
  const request = { cluster, environment: environmentIn(namespace, declaration), rendering, served, operator: undefined, ...wish };
  return compareEnvironment({ ...request, live: wish.live ?? (await readLive(request, signal)) }, signal);
}

/** What differs, a line each: `changed Deployment web: spec.replicas changed 1 -> 5 (kubectl-scale)`. */
export function driftLines({ objects }: Pick<EnvironmentDrift, 'objects'>): readonly string[] {
  return objects.flatMap(({ id, state, fields, reason }) => {
    if (state === 'in-sync') return [];
    const head = `${state} ${id.kind} ${id.name}`;
    if (fields.length === 0) return [reason === '' ? head : `${head} (${reason})`];
    const value = (side: unknown): string => (side === undefined ? 'nothing' : JSON.stringify(side));
    return fields.map((field) => `${head}: ${formatFieldPath(field.path)} ${field.state} ${value(field.desired)} -> ${value(field.live)} (${field.owner?.manager ?? 'nobody'})`);
  });
}
