/**
 * What every declaration of an operator says in one form: where manifests come from and where they go. Which kinds take
 * part in delivery at all is told here too. The rest of a declaration (inputs of renderers, policies) is decoded in
 * argocd/ and flux/.
 */
import type { ResId } from '../objects/resId.js';
import { scalarValue, type MapNode, type ScalarNode, type YamlNode } from '../yaml/nodes.js';
import type { Destination, Operator } from './delivery.js';

/** API groups whose objects take part in delivery. */
const deliveryGroups: ReadonlySet<string> = new Set([
  'argoproj.io',
  'kustomize.toolkit.fluxcd.io',
  'helm.toolkit.fluxcd.io',
  'source.toolkit.fluxcd.io',
  'image.toolkit.fluxcd.io',
  'notification.toolkit.fluxcd.io',
]);

/** True for Applications, Flux Kustomizations, projects, sources, policies, and Argo's events and workflows. */
export function isDeliveryObject(id: ResId): boolean {
  return deliveryGroups.has(id.group);
}

/** A quick look at a text: false where no delivery object can stand in it. */
export function mayHoldDeliveryObjects(text: string): boolean {
  return /apiVersion["']?\s*:\s*["']?(?:argoproj\.io|[a-z]+\.toolkit\.fluxcd\.io)\/|argocd\.argoproj\.io\/secret-type/.test(text);
}

/** True for the label by which Argo CD finds clusters and repositories among Secrets. */
export function isArgoSecret(root: MapNode): boolean {
  const labels = mapAt(root, 'metadata', 'labels');
  return scalarValue(labels?.get('argocd.argoproj.io/secret-type')) !== undefined;
}

/** A source as declared, before its repository is looked for. */
export interface DeclaredSource {
  readonly repoURL: ScalarNode | undefined;
  readonly revision: ScalarNode | undefined;
  /** The folder within the repository. */
  readonly path: ScalarNode | undefined;
  /** A chart from a Helm or OCI repository. */
  readonly chart: ScalarNode | undefined;
  /** Values files, for what they say about the environment. */
  readonly valueFiles: readonly ScalarNode[];
}

export interface Declared {
  readonly operator: Operator;
  readonly sources: readonly DeclaredSource[];
  readonly destination: Destination;
}

/** Finds an object that another one names. */
export type LookUp = (kind: string, namespace: string, name: string) => MapNode | undefined;

/** What an Application, a Flux Kustomization or a HelmRelease declares; undefined for any other object. */
export function readDeclared(id: ResId, root: MapNode, lookUp: LookUp): Declared | undefined {
  if (id.group === 'argoproj.io' && id.kind === 'Application') return readArgo(root);
  if (id.group === 'kustomize.toolkit.fluxcd.io' && id.kind === 'Kustomization') return readFluxKustomization(id, root, lookUp);
  if (id.group === 'helm.toolkit.fluxcd.io' && id.kind === 'HelmRelease') return readHelmRelease(id, root, lookUp);
  return undefined;
}

function readArgo(root: MapNode): Declared {
  const spec = mapAt(root, 'spec');
  const several = spec?.get('sources');
  const single = spec?.get('source') ?? mapAt(spec, 'sourceHydrator')?.get('drySource');
  const nodes = several?.kind === 'sequence' && several.items.length > 0 ? several.items : single ? [single] : [];
  const destination = mapAt(spec, 'destination');
  return {
    operator: 'argocd',
    sources: nodes.flatMap((node) => (node.kind === 'map' ? [readArgoSource(node)] : [])),
    destination: { server: scalarAt(destination, 'server'), cluster: scalarAt(destination, 'name'), namespace: scalarAt(destination, 'namespace') },
  };
}

function readArgoSource(node: MapNode): DeclaredSource {
  const valueFiles = mapAt(node, 'helm')?.get('valueFiles');
  return {
    repoURL: scalarAt(node, 'repoURL'),
    revision: scalarAt(node, 'targetRevision'),
    path: scalarAt(node, 'path'),
    chart: scalarAt(node, 'chart'),
    valueFiles: valueFiles?.kind === 'sequence' ? valueFiles.items.flatMap((item) => (item.kind === 'scalar' ? [item] : [])) : [],
  };
}

function readFluxKustomization(id: ResId, root: MapNode, lookUp: LookUp): Declared {
  const spec = mapAt(root, 'spec');
  return {
    operator: 'flux',
    sources: [{ ...readFluxSource(id, mapAt(spec, 'sourceRef'), lookUp), path: scalarAt(spec, 'path'), chart: undefined, valueFiles: [] }],
    destination: fluxDestination(spec),
  };
}

function readHelmRelease(id: ResId, root: MapNode, lookUp: LookUp): Declared {
  const spec = mapAt(root, 'spec');
  const chart = mapAt(spec, 'chart', 'spec');
  const source = readFluxSource(id, mapAt(chart, 'sourceRef') ?? mapAt(spec, 'chartRef'), lookUp);
  const name = scalarAt(chart, 'chart') ?? scalarAt(mapAt(spec, 'chartRef'), 'name');
  const isFolder = scalarValue(mapAt(chart, 'sourceRef')?.get('kind')) === 'GitRepository';
  return {
    operator: 'flux',
    sources: [
      { ...source, revision: isFolder ? source.revision : scalarAt(chart, 'version'), path: isFolder ? name : undefined, chart: isFolder ? undefined : name, valueFiles: [] },
    ],
    destination: fluxDestination(spec),
  };
}

/** URL and revision of the GitRepository (or the like) that a declaration in the namespace of `id` names. */
function readFluxSource(id: ResId, reference: MapNode | undefined, lookUp: LookUp): Pick<DeclaredSource, 'repoURL' | 'revision'> {
  const kind = scalarValue(reference?.get('kind')) ?? 'GitRepository';
  const name = scalarValue(reference?.get('name'));
  const source = name === undefined ? undefined : mapAt(lookUp(kind, scalarValue(reference?.get('namespace')) ?? id.namespace, name), 'spec');
  const ref = mapAt(source, 'ref');
  return {
    repoURL: scalarAt(source, 'url'),
    revision: scalarAt(ref, 'commit') ?? scalarAt(ref, 'name') ?? scalarAt(ref, 'semver') ?? scalarAt(ref, 'tag') ?? scalarAt(ref, 'branch'),
  };
}

function fluxDestination(spec: MapNode | undefined): Destination {
  return { server: undefined, cluster: scalarAt(mapAt(spec, 'kubeConfig', 'secretRef'), 'name'), namespace: scalarAt(spec, 'targetNamespace') };
}

/** The map at a way of keys; undefined where something else or nothing stands there. */
export function mapAt(node: YamlNode | undefined, ...keys: readonly string[]): MapNode | undefined {
  let at = node;
  for (const key of keys) at = at?.kind === 'map' ? at.get(key) : undefined;
  return at?.kind === 'map' ? at : undefined;
}

/** The text under `key`; undefined for null, the empty text and anything but a scalar. */
export function scalarAt(node: MapNode | undefined, key: string): ScalarNode | undefined {
  const value = node?.get(key);
  return value?.kind === 'scalar' && value.tag !== '!!null' && value.value !== '' ? value : undefined;
}
