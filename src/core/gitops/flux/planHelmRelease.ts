/**
 * How Flux's helm-controller would render a HelmRelease: which chart, under which name and namespace, with which values,
 * and what post-renderers and common metadata do afterwards (helm-controller v1.6 api/v2, internal/release). Charts that
 * come from a Helm or OCI repository are not in the workspace; whoever fetched one says where it is.
 */
import { joinPath, normalizePath } from '../../base/path.js';
import { Problems, type Problem } from '../../base/problem.js';
import { sha256Hex } from '../../base/sha256.js';
import type { ChartInputs, ValuesLayer } from '../../objects/chartInputs.js';
import type { ResId } from '../../objects/resId.js';
import { scalarValue, type MapNode, type ScalarNode } from '../../yaml/nodes.js';
import { mapAt, scalarAt, type LookUp } from '../declarations.js';
import type { DeliveryObject } from '../delivery.js';
import type { RenderPlan } from '../renderPlan.js';
import { commonMetadataStep } from './commonMetadata.js';
import { postRendererSteps } from './postRenderers.js';
import type { OpenReference } from './substitution/variables.js';
import { mergeReleaseValues, type MergedValues } from './values/mergeValues.js';

/** Where a release's chart comes from. */
export type ReleaseChart =
  /** A folder of a git repository or bucket. */
  | { readonly kind: 'folder'; readonly path: ScalarNode; readonly source: MapNode | undefined; readonly reference: MapNode }
  /** A chart by name and range of versions from a Helm repository. */
  | { readonly kind: 'repository'; readonly chart: ScalarNode; readonly version: ScalarNode | undefined; readonly source: MapNode | undefined; readonly reference: MapNode }
  /** An OCIRepository that is the chart. */
  | { readonly kind: 'oci'; readonly source: MapNode | undefined; readonly reference: MapNode };

export interface PlanReleaseWith {
  /** The folder of the chart in the workspace or where it was fetched to, absolute. */
  readonly folder: string;
  /** The top of the source that the chart is in: `valuesFiles` are paths from there. */
  readonly sourceTop: string;
  readonly lookUp: LookUp;
}

export interface HelmReleasePlan {
  readonly plan: RenderPlan;
  /** What is wrong with the values. With an error among them Flux installs nothing. */
  readonly problems: readonly Problem[];
  /** ConfigMaps and Secrets of `valuesFrom` that only the cluster has: their values are missing. */
  readonly open: readonly OpenReference[];
  readonly values: MergedValues;
}

/** Plans how a HelmRelease is rendered. */
export function planHelmRelease({ id, root }: Pick<DeliveryObject, 'id' | 'root'>, { folder, sourceTop, lookUp }: PlanReleaseWith): HelmReleasePlan {
  const problems = new Problems();
  const spec = mapAt(root, 'spec') ?? root.withPairs([]);
  const values = mergeReleaseValues(id, root, lookUp, problems);
  for (const { kind, name, isOptional, node } of values.open) {
    if (!isOptional) problems.info('flux/values-not-fetched', `The ${kind} ${name} isn't in the repository: what its values would change is not shown.`, node);
  }
  const metadata = commonMetadataStep(mapAt(spec, 'commonMetadata'));
  const plan: RenderPlan = {
    folder: normalizePath(folder),
    renderer: 'helm',
    chart: chartInputs(id, spec, values, chartSpecOf(id, spec, lookUp), sourceTop),
    finish: [...postRendererSteps(spec), ...(metadata ? [metadata] : [])],
  };
  return { plan, problems: problems.list, open: values.open, values };
}

/** Which chart a HelmRelease installs; undefined where it names none. */
export function findReleaseChart({ id, root }: Pick<DeliveryObject, 'id' | 'root'>, lookUp: LookUp): ReleaseChart | undefined {
  const spec = mapAt(root, 'spec');
  const reference = mapAt(spec, 'chartRef');
  if (reference) {
    const source = lookUpReference(reference, id.namespace, lookUp);
    if (scalarValue(reference.get('kind')) !== 'HelmChart') return { kind: 'oci', source, reference };
    return source && chartOf(mapAt(source, 'spec'), namespaceOf(reference, id.namespace), lookUp);
  }
  return chartOf(mapAt(spec, 'chart', 'spec'), id.namespace, lookUp);
}

/**
 * The release's name: as given, or `[targetNamespace-]name`; cut with a sum of the whole where it is too long
 * (helm-controller internal/release/name.go).
 */
export function releaseNameOf(id: ResId, spec: MapNode | undefined): string {
  const target = scalarAt(spec, 'targetNamespace')?.value;
  const name = scalarAt(spec, 'releaseName')?.value ?? (target === undefined ? id.name : `${target}-${id.name}`);
  if (name.length <= 53) return name;
  return `${name.slice(0, 40)}-${sha256Hex(new TextEncoder().encode(name)).slice(0, 12)}`;
}

function chartInputs(id: ResId, spec: MapNode, values: MergedValues, chartSpec: MapNode | undefined, sourceTop: string): ChartInputs {
  const install = mapAt(spec, 'install');
  const defaults = defaultValues(chartSpec, sourceTop);
  return {
    releaseName: releaseNameOf(id, spec),
    namespace: scalarAt(spec, 'targetNamespace')?.value ?? id.namespace,
    values: [{ kind: 'map', node: values.node }],
    ...(defaults.length > 0 && { defaultValues: defaults }),
    // An install creates them unless told otherwise; an upgrade leaves them alone.
    includeCrds: scalarAt(install, 'crds')?.value !== 'Skip' && !isTrue(install, 'skipCRDs'),
    skipHooks: isTrue(install, 'disableHooks'),
    skipTests: !isTrue(mapAt(spec, 'test'), 'enable'),
    skipSchemaValidation: isTrue(install, 'disableSchemaValidation'),
    kubeVersion: undefined,
    apiVersions: [],
  };
}

/** Files that take the place of the chart's own values.yaml. */
function defaultValues(chartSpec: MapNode | undefined, sourceTop: string): readonly ValuesLayer[] {
  const files = chartSpec?.get('valuesFiles');
  const isOptional = isTrue(chartSpec, 'ignoreMissingValuesFiles');
  return (files?.kind === 'sequence' ? files.items : []).flatMap((node) =>
    node.kind === 'scalar' ? [{ kind: 'file' as const, path: joinPath(sourceTop, node.value.replace(/^\/+/, '')), node, isOptional }] : [],
  );
}

function chartSpecOf(id: ResId, spec: MapNode, lookUp: LookUp): MapNode | undefined {
  const reference = mapAt(spec, 'chartRef');
  if (!reference) return mapAt(spec, 'chart', 'spec');
  return scalarValue(reference.get('kind')) === 'HelmChart' ? mapAt(lookUpReference(reference, id.namespace, lookUp), 'spec') : undefined;
}

function chartOf(chartSpec: MapNode | undefined, namespace: string, lookUp: LookUp): ReleaseChart | undefined {
  const chart = scalarAt(chartSpec, 'chart');
  const reference = mapAt(chartSpec, 'sourceRef');
  if (!chart || !reference) return undefined;
  const source = lookUpReference(reference, namespace, lookUp);
  if (scalarValue(reference.get('kind')) !== 'HelmRepository') return { kind: 'folder', path: chart, source, reference };
  return { kind: 'repository', chart, version: scalarAt(chartSpec, 'version'), source, reference };
}

function lookUpReference(reference: MapNode, namespace: string, lookUp: LookUp): MapNode | undefined {
  return lookUp(scalarValue(reference.get('kind')) ?? '', namespaceOf(reference, namespace), scalarValue(reference.get('name')) ?? '');
}

function namespaceOf(reference: MapNode, namespace: string): string {
  return scalarAt(reference, 'namespace')?.value ?? namespace;
}

function isTrue(node: MapNode | undefined, field: string): boolean {
  return scalarAt(node, field)?.value === 'true';
}
