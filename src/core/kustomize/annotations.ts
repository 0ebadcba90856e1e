/** The annotations that kustomize uses for itself, and what becomes of them and of all annotations at the end of a build. */
import { MapNode, Pair, ScalarNode, makeMap, makeScalar, type ScalarTag, type Step, type YamlNode } from '../yaml/nodes.js';
import { resolveTag } from '../yaml/scalars.js';
import type { BuildOrigin, Resource } from './resource.js';

const internalPrefix = 'internal.config.kubernetes.io';

/** kustomize's build annotations that a file may carry in (api/internal/utils/annotations.go v0.21.2). */
export const buildAnnotations = {
  previousKinds: `${internalPrefix}/previousKinds`,
  previousNames: `${internalPrefix}/previousNames`,
  previousNamespaces: `${internalPrefix}/previousNamespaces`,
  prefixes: `${internalPrefix}/prefixes`,
  suffixes: `${internalPrefix}/suffixes`,
  referredBy: `${internalPrefix}/refBy`,
  behavior: `${internalPrefix}/generatorBehavior`,
  needsHashSuffix: `${internalPrefix}/needsHashSuffix`,
  allowNameChange: `${internalPrefix}/allowNameChange`,
  allowKindChange: `${internalPrefix}/allowKindChange`,
} as const;

export const originAnnotation = 'config.kubernetes.io/origin';
export const transformationsAnnotation = 'alpha.config.kubernetes.io/transformations';

/** What the end of a build takes out, whoever wrote it (api/resource BuildAnnotations v0.21.2). */
const removedAnnotations: ReadonlySet<string> = new Set([
  ...Object.values(buildAnnotations),
  `${internalPrefix}/path`,
  `${internalPrefix}/index`,
  `${internalPrefix}/seqindent`,
  `${internalPrefix}/id`,
  `${internalPrefix}/annotations-migration-resource-id`,
  'config.kubernetes.io/path',
  'config.kubernetes.io/index',
  'config.k8s.io/id',
  `${internalPrefix}/helm-generated`,
]);

/** What `buildMetadata` asks to be left in the output. */
export interface KeptMetadata {
  readonly origins: boolean;
  readonly transformations: boolean;
  readonly step: Step;
}

/**
 * The object as it is printed: without kustomize's own annotations, and every other annotation's value a string, since
 * kustomize writes the whole map anew (RNode.SetAnnotations). The same node where nothing has to change.
 */
export function finishAnnotations(resource: Resource, kept: KeptMetadata | undefined): MapNode {
  const { root } = resource;
  const metadataPair = root.pair('metadata');
  const metadata = metadataPair?.value;
  if (metadata?.kind !== 'map') return metadata === undefined ? root.with('metadata', makeMap([], root, undefined)) : root;
  const before = metadata.get('annotations');
  const pairs = before?.kind === 'map' ? before.pairs : [];
  const after: Pair[] = [];
  for (const pair of pairs) {
    const name = pair.key.value;
    if (removedAnnotations.has(name) || name === originAnnotation || name === transformationsAnnotation) continue;
    after.push(asStringPair(pair));
  }
  if (kept?.origins && resource.origin) after.push(madePair(originAnnotation, formatOrigin(resource.origin), kept.step));
  if (kept?.transformations && resource.transformations.length > 0) {
    after.push(madePair(transformationsAnnotation, formatTransformations(resource.transformations), kept.step));
  }
  if (after.length === 0) return before === undefined ? root : root.with('metadata', metadata.without('annotations'));
  if (after.length === pairs.length && after.every((pair, index) => pair === pairs[index])) return root;
  const annotations = before?.kind === 'map' ? before.withPairs(after) : makeMap(after, kept?.step ?? metadata, kept?.step);
  return root.with('metadata', metadata.with('annotations', annotations));
}

function asStringPair(pair: Pair): Pair {
  const { key, value } = pair;
  const isString = value.kind === 'scalar' && value.tag === '!!str';
  // The keys are written without saying that they are strings, whatever they were before.
  const keyTag = resolveTag(key.value);
  if (isString && key.tag === keyTag) return pair;
  return new Pair(withTag(key, keyTag), isString ? value : asString(value));
}

function asString(node: YamlNode): ScalarNode {
  if (node.kind !== 'scalar') return makeScalar('', node, node.step, node.was);
  return withTag(node, '!!str');
}

function withTag(node: ScalarNode, tag: ScalarTag): ScalarNode {
  return new ScalarNode(node.value, tag, node.style, node.source, node.start, node.end, node.step, node.was);
}

function madePair(name: string, value: string, step: Step): Pair {
  return new Pair(makeScalar(name, step, step), makeScalar(value, step, step));
}

function formatOrigin(origin: BuildOrigin): string {
  return originLines(origin).map((line) => `${line}\n`).join('');
}

function formatTransformations(origins: readonly BuildOrigin[]): string {
  return origins.map((origin) => originLines(origin).map((line, index) => `${index === 0 ? '- ' : '  '}${line}\n`).join('')).join('');
}

/** The YAML of kustomize's resource.Origin, line by line. */
function originLines(origin: BuildOrigin): string[] {
  const lines: string[] = [];
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') lines.push(`${name}: ${value}`);
  };
  add('path', origin.path);
  add('repo', origin.repo);
  add('ref', origin.ref);
  add('configuredIn', origin.configuredIn);
  if (origin.configuredBy) {
    lines.push('configuredBy:');
    add('  apiVersion', origin.configuredBy.apiVersion);
    add('  kind', origin.configuredBy.kind);
    add('  name', origin.configuredBy.name);
    add('  namespace', origin.configuredBy.namespace);
  }
  return lines;
}
