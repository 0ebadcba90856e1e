/** Environments, boards and topologies as the server would tell them, for tests of what shows them. */
import type { Board, BoardDifference, EnvironmentSummary, ImageSummary, Topology, TopologyEdge, TopologyKind, TopologyNode } from '../../src/server/deliveryProtocol.js';
import type { Place } from '../../src/server/protocol.js';

const root = 'file:///w';

/** A place at the beginning of a line (1-based, as in its label). */
export function placeAt(path: string, line = 1): Place {
  return { uri: `${root}/${path}`, range: { start: { line: line - 1, character: 0 }, end: { line: line - 1, character: 0 } }, label: `${path}:${line}` };
}

/** An image whose tag is set in the overlay. */
export function imageOf(name: string, tag: string | undefined, path = 'apps/orders/overlays/prod/kustomization.yaml'): ImageSummary {
  return { name, tag, digest: undefined, setAt: placeAt(path, 12) };
}

/** A clean environment `app name`, delivered by Argo CD from `apps/<app>/overlays/<name>`, but for `changes`. */
export function environmentOf(app: string, name: string, changes: Partial<EnvironmentSummary> = {}): EnvironmentSummary {
  const path = `apps/${app}/overlays/${name}`;
  return {
    id: `argocd/argocd/${app}-${name}`,
    app,
    name,
    label: `${app} ${name}`,
    order: { dev: 10, stage: 40, prod: 60 }[name] ?? 48,
    isProtected: name === 'prod',
    operator: 'argocd',
    renderer: 'kustomize',
    state: { kind: 'rendered' },
    repoURL: 'https://github.com/tidepool-example/delivery.git',
    revision: 'main',
    path,
    server: 'https://kubernetes.default.svc',
    cluster: undefined,
    namespace: `${app}-${name}`,
    declaredAt: placeAt(`bootstrap/${app}-environments.yaml`, 2),
    sourceAt: placeAt(`${path}/kustomization.yaml`),
    folderUri: `${root}/${path}`,
    previewUri: `gitops-preview:/${app} ${name}.yaml`,
    images: [imageOf(`ghcr.io/tidepool-example/${app}-api`, 'sha-2b9f6a13', `${path}/kustomization.yaml`)],
    findings: { errors: 0, warnings: 0, infos: 0 },
    delivery: { unsaved: [], uncommitted: [], unpushed: 0, otherBranch: undefined },
    ...changes,
  };
}

/** A board of environments, one column for each name in their order; `differences` by the environment's id. */
export function boardOf(environments: readonly EnvironmentSummary[], differences: Readonly<Record<string, BoardDifference>> = {}): Board {
  const columns = [...new Set([...environments].sort((a, b) => a.order - b.order).map(({ name }) => name))];
  const apps = [...new Set(environments.map(({ app }) => app))];
  const rows = apps.map((app) => ({
    app,
    cells: columns.map((name) =>
      environments.filter((each) => each.app === app && each.name === name).map((environment) => ({ environment, difference: differences[environment.id] })),
    ),
  }));
  return { columns, rows };
}

/** A topology of `kind:label` nodes along ways such as `event:push > build:kaniko > registry:ghcr.io`. */
export function topologyOf(...ways: readonly string[]): Topology {
  const nodes = new Map<string, TopologyNode>();
  const edges = new Map<string, TopologyEdge>();
  for (const way of ways) {
    const ids = way.split(' > ');
    for (const [index, id] of ids.entries()) {
      const [kind = '', label = ''] = id.split(/:(.*)/);
      nodes.set(id, { id, kind: kind as TopologyKind, label, detail: '', place: kind === 'registry' || kind === 'cluster' ? undefined : placeAt(`${label}.yaml`) });
      const before = ids[index - 1];
      if (before !== undefined) edges.set(`${before} > ${id}`, { from: before, to: id, label: '' });
    }
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}
