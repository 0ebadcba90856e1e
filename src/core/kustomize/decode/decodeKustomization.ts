/**
 * Decodes a kustomization file as kustomize does when it loads one: strictly, then with deprecated fields moved into
 * those that replaced them (types.Kustomization: Unmarshal, CheckDeprecatedFields, FixKustomization, CheckEmpty,
 * EnforceFields; sigs.k8s.io/kustomize/api v0.21.2). What the fields mean is not looked at here.
 */
import type { Place, Problems } from '../../base/problem.js';
import { isMissingOrNull, type MapNode, type YamlDocument, type YamlNode } from '../../yaml/nodes.js';
import type { ParsedYaml } from '../../yaml/parse.js';
import { kustomizationType } from '../fields/kustomizationFields.js';
import type { Kustomization, TextMap } from '../kustomization.js';
import {
  convertOldChart,
  convertOldGlobals,
  decodeGenerator,
  decodeGeneratorOptions,
  decodeImage,
  decodeLabel,
  decodePatch,
  decodeReplacement,
  decodeReplica,
  decodeSortOptions,
  decodeStrategicMerge,
  decodeVar,
} from './decodeEntries.js';
import { reportDeprecatedFields } from './deprecatedFields.js';
import { checkMergeOrder } from './mergeOrder.js';
import { kustomizationDecoding, normalizeObject } from './normalize.js';
import { mapAt, mapsAt, textAt, textMapAt, textsAt, textsNamed } from './readNormal.js';

const requiredVersions = { Kustomization: 'kustomize.config.k8s.io/v1beta1', Component: 'kustomize.config.k8s.io/v1alpha1' } as const;

/**
 * The kustomization that a parsed file holds, or undefined where it holds none. Everything that is wrong with it is
 * reported; with an error, what could be read of the rest comes back.
 */
export function decodeKustomization(parsed: ParsedYaml, problems: Problems): Kustomization | undefined {
  const document = firstDocument(parsed, problems);
  if (!document) return undefined;
  const { root } = document;
  if (isMissingOrNull(root)) {
    reportEmpty({ source: parsed.source, start: 0, end: 0 }, problems);
    return undefined;
  }
  checkMergeOrder(root, problems);
  const node = normalizeObject(root, kustomizationType, kustomizationDecoding(problems), 'A kustomization');
  if (!node || root.kind !== 'map') return undefined;
  reportDeprecatedFields(root, node, problems);
  if (!problems.hasErrors && isEmpty(node)) reportEmpty(root, problems);
  const kind = checkHeader(node, problems);
  return { source: parsed.source, node, kind, ...decodeOperands(node), ...decodeNames(node), ...decodeTransformers(node), ...decodeGenerators(node), ...decodeSettings(node) };
}

/**
 * The document that kustomize reads: the first; what is wrong behind it goes unnoticed there. Comments before a first
 * `---` are none of their own.
 */
function firstDocument(parsed: ParsedYaml, problems: Problems): YamlDocument | undefined {
  const [first] = parsed.documents;
  const isPreamble = first && !first.root && parsed.documents.length > 1 && !/^---/m.test(parsed.source.text.slice(first.start, first.end));
  const index = isPreamble ? 1 : 0;
  const document = parsed.documents[index];
  problems.addAll(document ? parsed.problems.map((problem) => (problem.severity === 'error' ? { ...problem, severity: 'warning' } : problem)) : parsed.problems);
  const extra = parsed.documents[index + 1]?.root;
  if (extra) problems.warning('kustomize/extra-document', 'Kustomize reads only the first document of this file; remove this one.', firstLine(extra));
  return document;
}

function firstLine(node: YamlNode): Place {
  const lineEnd = node.source.text.indexOf('\n', node.start);
  return { source: node.source, start: node.start, end: lineEnd < 0 ? node.end : Math.min(lineEnd, node.end) };
}

function reportEmpty(place: Place, problems: Problems): void {
  problems.error('kustomize/empty-kustomization', 'This kustomization is empty, which kustomize refuses; list something under resources.', {
    source: place.source,
    start: place.start,
    end: place.start,
  });
}

/** Fields that FixKustomization appends to others: an empty list of theirs is gone afterwards. */
const movedFields = new Set(['bases', 'imageTags', 'helmChartInflationGenerator']);

function isEmpty(node: MapNode): boolean {
  return node.pairs.every(
    ({ key, value }) => key.value === 'apiVersion' || key.value === 'kind' || (movedFields.has(key.value) && value.kind === 'sequence' && value.items.length === 0),
  );
}

function checkHeader(node: MapNode, problems: Problems): Kustomization['kind'] {
  const kindNode = textAt(node, 'kind');
  const kind = kindNode?.value === 'Component' ? 'Component' : 'Kustomization';
  if (kindNode && kindNode.value !== kind) {
    const fix = { title: 'Change to Kustomization', changes: [{ location: kindNode.source.locate(kindNode.start, kindNode.end), newText: 'Kustomization' }] };
    problems.error('kustomize/wrong-kind', 'The kind of a kustomization must be Kustomization or Component.', kindNode, { fix });
    return kind;
  }
  const version = textAt(node, 'apiVersion');
  const required = requiredVersions[kind];
  if (version && version.value !== required) {
    const fix = { title: `Change to ${required}`, changes: [{ location: version.source.locate(version.start, version.end), newText: required }] };
    problems.error('kustomize/wrong-api-version', `The apiVersion of a ${kind} must be ${required}.`, version, { fix });
  }
  return kind;
}

function decodeOperands(node: MapNode): Pick<Kustomization, 'resources' | 'components' | 'crds' | 'configurations' | 'generators' | 'transformers' | 'validators'> {
  return {
    resources: [...textsAt(node, 'resources'), ...textsAt(node, 'bases')],
    components: textsAt(node, 'components'),
    crds: textsAt(node, 'crds'),
    configurations: textsAt(node, 'configurations'),
    generators: textsAt(node, 'generators'),
    transformers: textsAt(node, 'transformers'),
    validators: textsAt(node, 'validators'),
  };
}

function decodeNames(node: MapNode): Pick<Kustomization, 'namespace' | 'namePrefix' | 'nameSuffix' | 'commonLabels' | 'commonAnnotations'> {
  const commonLabels = textMapAt(node, 'commonLabels');
  const commonAnnotations = textMapAt(node, 'commonAnnotations');
  return { ...textsNamed(node, 'namespace', 'namePrefix', 'nameSuffix'), ...(commonLabels && { commonLabels }), ...(commonAnnotations && { commonAnnotations }) };
}

function decodeTransformers(
  node: MapNode,
): Pick<Kustomization, 'labels' | 'images' | 'replicas' | 'patches' | 'patchesStrategicMerge' | 'patchesJson6902' | 'replacements' | 'vars'> {
  return {
    labels: mapsAt(node, 'labels').map(decodeLabel),
    images: [...mapsAt(node, 'images'), ...mapsAt(node, 'imageTags')].map(decodeImage),
    replicas: mapsAt(node, 'replicas').map(decodeReplica),
    patches: mapsAt(node, 'patches').map((patch, index) => decodePatch(patch, 'patches', index)),
    patchesStrategicMerge: textsAt(node, 'patchesStrategicMerge').map(decodeStrategicMerge),
    patchesJson6902: mapsAt(node, 'patchesJson6902').map((patch, index) => decodePatch(patch, 'patchesJson6902', index)),
    replacements: mapsAt(node, 'replacements').map(decodeReplacement),
    vars: mapsAt(node, 'vars').map(decodeVar),
  };
}

function decodeGenerators(node: MapNode): Pick<Kustomization, 'configMapGenerator' | 'secretGenerator' | 'generatorOptions' | 'helmCharts' | 'helmGlobals'> {
  const optionsNode = mapAt(node, 'generatorOptions');
  const options = optionsNode && decodeGeneratorOptions(optionsNode);
  const oldCharts = mapsAt(node, 'helmChartInflationGenerator');
  const helmGlobals = mapAt(node, 'helmGlobals') ?? convertOldGlobals(oldCharts);
  return {
    configMapGenerator: mapsAt(node, 'configMapGenerator').map((entry, index) => decodeGenerator(entry, 'configMapGenerator', index, options)),
    secretGenerator: mapsAt(node, 'secretGenerator').map((entry, index) => decodeGenerator(entry, 'secretGenerator', index, options)),
    ...(options && { generatorOptions: options }),
    helmCharts: [...mapsAt(node, 'helmCharts'), ...oldCharts.map(convertOldChart)],
    ...(helmGlobals && { helmGlobals }),
  };
}

function decodeSettings(node: MapNode): Pick<Kustomization, 'openapiPath' | 'openapiVersion' | 'buildMetadata' | 'sortOptions'> {
  const openapi: TextMap | undefined = textMapAt(node, 'openapi');
  const openapiPath = openapi?.entries.find((entry) => entry.key.value === 'path')?.value;
  const openapiVersion = openapi?.entries.find((entry) => entry.key.value === 'version')?.value;
  const sortOptions = mapAt(node, 'sortOptions');
  return {
    ...(openapiPath && openapiPath.value !== '' && { openapiPath }),
    ...(openapiVersion && openapiVersion.value !== '' && { openapiVersion }),
    buildMetadata: textsAt(node, 'buildMetadata'),
    ...(sortOptions && { sortOptions: decodeSortOptions(sortOptions) }),
  };
}
