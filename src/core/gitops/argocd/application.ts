/**
 * An Argo CD Application as data: every text is the node that it was read from. What is wrong in it is told at its place,
 * in the words of the API; what could be read of the rest comes back. What a source renders to is planned in planSource.ts.
 */
import { Problems, type Problem } from '../../base/problem.js';
import type { ScalarReading } from '../../kustomize/decode/jsonValue.js';
import type { MapNode, ScalarNode, YamlNode } from '../../yaml/nodes.js';
import { mapAt, scalarAt } from '../declarations.js';
import type { DeliveryObject, Destination } from '../delivery.js';
import { checkObject, headOf, type ArgoObject, type ArgoType, type Checking } from './argoType.js';
import { argoSpecs } from './facts/argoSpecs.js';

type Text = ScalarNode;

/** A key with a text of the user's choice. */
export interface TextPair {
  readonly key: Text;
  readonly value: Text;
}

export interface HelmParameter {
  readonly node: MapNode;
  readonly name: Text | undefined;
  readonly value: Text | undefined;
  readonly forceString: boolean;
}

export interface HelmOptions {
  readonly node: MapNode;
  readonly releaseName: Text | undefined;
  readonly valueFiles: readonly Text[];
  readonly values: Text | undefined;
  readonly valuesObject: YamlNode | undefined;
  readonly parameters: readonly HelmParameter[];
  readonly fileParameters: readonly { readonly node: MapNode; readonly name: Text | undefined; readonly path: Text | undefined }[];
  readonly namespace: Text | undefined;
  readonly version: Text | undefined;
  readonly kubeVersion: Text | undefined;
  readonly apiVersions: readonly Text[];
  readonly skipCrds: boolean;
  readonly skipTests: boolean;
  readonly skipSchemaValidation: boolean;
  readonly ignoreMissingValueFiles: boolean;
  readonly passCredentials: boolean;
}

export interface KustomizeOptions {
  readonly node: MapNode;
  readonly namePrefix: Text | undefined;
  readonly nameSuffix: Text | undefined;
  readonly namespace: Text | undefined;
  readonly version: Text | undefined;
  readonly images: readonly Text[];
  readonly replicas: readonly { readonly node: MapNode; readonly name: Text | undefined; readonly count: Text | undefined }[];
  readonly commonLabels: readonly TextPair[];
  readonly commonAnnotations: readonly TextPair[];
  readonly patches: readonly MapNode[];
  readonly components: readonly Text[];
  readonly labelWithoutSelector: boolean;
  readonly labelIncludeTemplates: boolean;
  readonly forceCommonLabels: boolean;
  readonly forceCommonAnnotations: boolean;
  readonly commonAnnotationsEnvsubst: boolean;
  readonly ignoreMissingComponents: boolean;
  readonly kubeVersion: Text | undefined;
  readonly apiVersions: readonly Text[];
}

export interface DirectoryOptions {
  readonly node: MapNode;
  readonly recurse: boolean;
  readonly include: Text | undefined;
  readonly exclude: Text | undefined;
  readonly jsonnet: MapNode | undefined;
}

export interface ApplicationSource {
  /** The source as checked: what is wrong is left out. */
  readonly node: MapNode;
  /** `spec.source`, `spec.sources[1]`, `spec.sourceHydrator.drySource`. */
  readonly field: string;
  readonly repoURL: Text | undefined;
  readonly path: Text | undefined;
  readonly targetRevision: Text | undefined;
  readonly chart: Text | undefined;
  readonly ref: Text | undefined;
  readonly name: Text | undefined;
  readonly helm: HelmOptions | undefined;
  readonly kustomize: KustomizeOptions | undefined;
  readonly directory: DirectoryOptions | undefined;
  readonly plugin: MapNode | undefined;
}

export interface SyncPolicy {
  readonly node: MapNode;
  /** Undefined where syncs are started by hand. */
  readonly automated: AutomatedSync | undefined;
  readonly syncOptions: readonly Text[];
  readonly managedNamespaceMetadata: MapNode | undefined;
  readonly retry: MapNode | undefined;
}

export interface AutomatedSync {
  readonly node: MapNode;
  readonly prune: boolean;
  readonly selfHeal: boolean;
  readonly allowEmpty: boolean;
  /** False only where `enabled: false` says so. */
  readonly isEnabled: boolean;
}

export interface Application {
  readonly object: DeliveryObject;
  readonly name: string;
  readonly namespace: string;
  readonly spec: MapNode | undefined;
  /** Missing means `default`. */
  readonly project: Text | undefined;
  readonly sources: readonly ApplicationSource[];
  /** True for `sources`, also with one entry. */
  readonly hasSourceList: boolean;
  readonly destination: Destination;
  readonly syncPolicy: SyncPolicy | undefined;
  readonly ignoreDifferences: readonly MapNode[];
  readonly finalizers: readonly Text[];
  readonly annotations: MapNode | undefined;
  readonly problems: readonly Problem[];
}

/** Decodes an Application. Pure: the same root gives equal data, so callers may keep it by the root. */
export function readApplication(object: DeliveryObject): Application {
  const problems = new Problems();
  const { root, id } = object;
  const spec = checkSpec(root, argoSpecs.Application, checkingOf(object, problems));
  const finalizers = mapAt(root, 'metadata')?.get('finalizers');
  if (spec && spec.get('source') === undefined && itemsAt(spec, 'sources').length === 0 && spec.get('sourceHydrator') === undefined) {
    problems.error('argocd/missing-field', 'An Application needs a source (or sources): spec.source.repoURL and spec.source.path.', headOf(spec));
  }
  return {
    object,
    name: id.name,
    namespace: id.namespace,
    spec,
    project: scalarAt(spec, 'project'),
    sources: spec ? readSources(spec) : [],
    hasSourceList: itemsAt(spec, 'sources').length > 0 && spec?.get('sourceHydrator') === undefined,
    destination: readDestination(mapAt(spec, 'destination')),
    syncPolicy: readSyncPolicy(mapAt(spec, 'syncPolicy')),
    ignoreDifferences: mapsAt(spec, 'ignoreDifferences'),
    finalizers: finalizers?.kind === 'sequence' ? finalizers.items.flatMap((item) => (item.kind === 'scalar' ? [item] : [])) : [],
    annotations: mapAt(root, 'metadata', 'annotations'),
    problems: problems.list,
  };
}

/** How the scalars of an object are read: as YAML where it stands in a file, by their types where a renderer made it. */
export function checkingOf({ foundIn }: DeliveryObject, problems: Problems): Checking {
  const reading: ScalarReading = foundIn.kind === 'file' ? 'yaml11' : 'tagged';
  return { problems, readingOf: () => reading };
}

/** The `spec` of an object without what is wrong in it. */
export function checkSpec(root: MapNode, type: ArgoType, checking: Checking): MapNode | undefined {
  const spec = root.get('spec');
  const object = typeof type === 'object' && 'fields' in type ? type : undefined;
  if (spec?.kind !== 'map' || !object) {
    checking.problems.error('argocd/missing-field', 'This object has no spec.', headOf(root));
    return undefined;
  }
  return checkObject(spec, object, 'spec', checking);
}

function readSources(spec: MapNode): readonly ApplicationSource[] {
  const hydrator = mapAt(spec, 'sourceHydrator');
  const dry = mapAt(hydrator, 'drySource');
  if (hydrator) return dry ? [readSource(dry, 'spec.sourceHydrator.drySource')] : [];
  const several = itemsAt(spec, 'sources');
  if (several.length > 0) return several.flatMap((node, index) => (node.kind === 'map' ? [readSource(node, `spec.sources[${index}]`)] : []));
  const single = mapAt(spec, 'source');
  return single ? [readSource(single, 'spec.source')] : [];
}

/** The fields of one checked source. */
export function readSource(node: MapNode, field: string): ApplicationSource {
  const [helm, kustomize, directory] = [mapAt(node, 'helm'), mapAt(node, 'kustomize'), mapAt(node, 'directory')];
  return {
    node,
    field,
    repoURL: scalarAt(node, 'repoURL'),
    path: scalarAt(node, 'path'),
    targetRevision: scalarAt(node, 'targetRevision'),
    chart: scalarAt(node, 'chart'),
    ref: scalarAt(node, 'ref'),
    name: scalarAt(node, 'name'),
    helm: helm && readHelm(helm),
    kustomize: kustomize && readKustomize(kustomize),
    directory: directory && {
      node: directory,
      recurse: isTrue(directory, 'recurse'),
      include: scalarAt(directory, 'include'),
      exclude: scalarAt(directory, 'exclude'),
      jsonnet: mapAt(directory, 'jsonnet'),
    },
    plugin: mapAt(node, 'plugin'),
  };
}

function readHelm(node: MapNode): HelmOptions {
  return {
    node,
    releaseName: scalarAt(node, 'releaseName'),
    valueFiles: textsAt(node, 'valueFiles'),
    values: scalarAt(node, 'values'),
    valuesObject: node.get('valuesObject'),
    parameters: mapsAt(node, 'parameters').map((each) => ({ node: each, name: scalarAt(each, 'name'), value: scalarAt(each, 'value'), forceString: isTrue(each, 'forceString') })),
    fileParameters: mapsAt(node, 'fileParameters').map((each) => ({ node: each, name: scalarAt(each, 'name'), path: scalarAt(each, 'path') })),
    namespace: scalarAt(node, 'namespace'),
    version: scalarAt(node, 'version'),
    kubeVersion: scalarAt(node, 'kubeVersion'),
    apiVersions: textsAt(node, 'apiVersions'),
    skipCrds: isTrue(node, 'skipCrds'),
    skipTests: isTrue(node, 'skipTests'),
    skipSchemaValidation: isTrue(node, 'skipSchemaValidation'),
    ignoreMissingValueFiles: isTrue(node, 'ignoreMissingValueFiles'),
    passCredentials: isTrue(node, 'passCredentials'),
  };
}

function readKustomize(node: MapNode): KustomizeOptions {
  return {
    node,
    namePrefix: scalarAt(node, 'namePrefix'),
    nameSuffix: scalarAt(node, 'nameSuffix'),
    namespace: scalarAt(node, 'namespace'),
    version: scalarAt(node, 'version'),
    images: textsAt(node, 'images'),
    replicas: mapsAt(node, 'replicas').map((each) => ({ node: each, name: scalarAt(each, 'name'), count: scalarAt(each, 'count') })),
    commonLabels: pairsAt(node, 'commonLabels'),
    commonAnnotations: pairsAt(node, 'commonAnnotations'),
    patches: mapsAt(node, 'patches'),
    components: textsAt(node, 'components'),
    labelWithoutSelector: isTrue(node, 'labelWithoutSelector'),
    labelIncludeTemplates: isTrue(node, 'labelIncludeTemplates'),
    forceCommonLabels: isTrue(node, 'forceCommonLabels'),
    forceCommonAnnotations: isTrue(node, 'forceCommonAnnotations'),
    commonAnnotationsEnvsubst: isTrue(node, 'commonAnnotationsEnvsubst'),
    ignoreMissingComponents: isTrue(node, 'ignoreMissingComponents'),
    kubeVersion: scalarAt(node, 'kubeVersion'),
    apiVersions: textsAt(node, 'apiVersions'),
  };
}

function readDestination(node: MapNode | undefined): Destination {
  return { server: scalarAt(node, 'server'), cluster: scalarAt(node, 'name'), namespace: scalarAt(node, 'namespace') };
}

function readSyncPolicy(node: MapNode | undefined): SyncPolicy | undefined {
  const automated = mapAt(node, 'automated');
  return (
    node && {
      node,
      automated: automated && {
        node: automated,
        prune: isTrue(automated, 'prune'),
        selfHeal: isTrue(automated, 'selfHeal'),
        allowEmpty: isTrue(automated, 'allowEmpty'),
        isEnabled: scalarAt(automated, 'enabled')?.value !== 'false',
      },
      syncOptions: textsAt(node, 'syncOptions'),
      managedNamespaceMetadata: mapAt(node, 'managedNamespaceMetadata'),
      retry: mapAt(node, 'retry'),
    }
  );
}

/** The items of the list at `key`. */
export function itemsAt(node: MapNode | undefined, key: string): readonly YamlNode[] {
  const value = node?.get(key);
  return value?.kind === 'sequence' ? value.items : [];
}

/** The maps in the list at `key`. */
export function mapsAt(node: MapNode | undefined, key: string): readonly MapNode[] {
  return itemsAt(node, key).flatMap((item) => (item.kind === 'map' ? [item] : []));
}

/** The texts in the list at `key`. */
export function textsAt(node: MapNode | undefined, key: string): readonly Text[] {
  return itemsAt(node, key).flatMap((item) => (item.kind === 'scalar' ? [item] : []));
}

/** The entries of the map of texts at `key`. */
export function pairsAt(node: MapNode | undefined, key: string): readonly TextPair[] {
  const map = mapAt(node, key);
  return map ? map.pairs.flatMap(({ key: name, value }) => (value.kind === 'scalar' ? [{ key: name, value }] : [])) : [];
}

/** True for a checked boolean that is true. */
export function isTrue(node: MapNode | undefined, key: string): boolean {
  return scalarAt(node, key)?.value === 'true';
}

/** The type of one source, for what is merged over it. */
export const sourceType: ArgoObject = sourceTypeOf(argoSpecs.Application);

function sourceTypeOf(spec: ArgoType): ArgoObject {
  const source = typeof spec === 'object' && 'fields' in spec ? spec.fields['source'] : undefined;
  return typeof source === 'object' && 'fields' in source ? source : { fields: {}, required: [] };
}
