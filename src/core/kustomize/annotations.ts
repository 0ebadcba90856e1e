/** The annotations that kustomize uses for itself, and what becomes of them and of all annotations at the end of a build. */
import type { Place } from '../base/problem.js';
import { Pair, ScalarNode, makeMap, makeScalar, scalarValue, type MapNode, type ScalarTag, type Step, type YamlNode } from '../yaml/nodes.js';
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

/** Marks what a chart made (konfig.HelmGeneratedAnnotation). */
export const helmGenerated = `${internalPrefix}/helm-generated`;
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
  helmGenerated,
]);

/** What `buildMetadata` asks to be left in the output. */
export interface KeptMetadata {
  readonly origins: boolean;
  readonly transformations: boolean;
}

/**
 * The object as it is printed: without kustomize's own annotations, and every other annotation's value a string, since
 * kustomize writes the whole map anew (RNode.SetAnnotations). The same node where nothing has to change.
 */
export function finishAnnotations(root: MapNode, kept: KeptMetadata): MapNode {
  const metadata = root.get('metadata');
  if (metadata?.kind !== 'map') return metadata === undefined ? root.with('metadata', makeMap([], root, undefined)) : root;
  const before = metadata.get('annotations');
  const pairs = before?.kind === 'map' ? before.pairs : [];
  const isKept = ({ key }: Pair): boolean => {
    if (key.value === originAnnotation) return kept.origins;
    return key.value === transformationsAnnotation ? kept.transformations : !removedAnnotations.has(key.value);
  };
  const after = pairs.filter(isKept).map(asStringPair);
  if (after.length === 0) return before === undefined ? root : root.with('metadata', metadata.without('annotations'));
  if (before?.kind !== 'map' || (after.length === pairs.length && after.every((pair, index) => pair === pairs[index]))) return root;
  return root.with('metadata', metadata.with('annotations', before.withPairs(after)));
}

/** Notes that helm made an object, as kustomize does for those of charts: their namespace is helm's business. */
export function markHelmGenerated(resource: Resource): void {
  setAnnotation(resource, helmGenerated, 'true', resource.root.step);
}

/** Notes where an object comes from, whatever was noted before. */
export function setOrigin(resource: Resource, origin: BuildOrigin, step: Step): void {
  setAnnotation(resource, originAnnotation, formatOrigin(origin), step);
}

/** Notes what changed an object; for one that has no origin yet that is its origin (resmap AddTransformerAnnotation v0.21.2). */
export function addTransformation(resource: Resource, origin: BuildOrigin, step: Step): void {
  if (annotationOf(resource.root, originAnnotation) === undefined) setOrigin(resource, origin, step);
  else setAnnotation(resource, transformationsAnnotation, (annotationOf(resource.root, transformationsAnnotation) ?? '') + formatTransformation(origin), step);
}

/** The object with the origin that another one has noted, where it has. */
export function withOriginOf(root: MapNode, other: MapNode): MapNode {
  const metadata = other.get('metadata');
  const annotations = metadata?.kind === 'map' ? metadata.get('annotations') : undefined;
  const pair = annotations?.kind === 'map' ? annotations.pair(originAnnotation) : undefined;
  const own = root.get('metadata');
  const ownAnnotations = own?.kind === 'map' ? own.get('annotations') : undefined;
  if (!pair || own?.kind !== 'map' || ownAnnotations?.kind !== 'map') return root;
  return root.with('metadata', own.with('annotations', ownAnnotations.with(originAnnotation, pair.value, pair.key)));
}

/** The origin that an object has noted: what {@link setOrigin} wrote. */
export function originOf(root: MapNode): BuildOrigin | undefined {
  const text = annotationOf(root, originAnnotation);
  if (text === undefined) return undefined;
  const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1];
  return { path: field('path') ?? '', repo: field('repo') ?? '', ref: field('ref') ?? '' };
}

function annotationOf(root: MapNode, name: string): string | undefined {
  const metadata = root.get('metadata');
  const annotations = metadata?.kind === 'map' ? metadata.get('annotations') : undefined;
  return annotations?.kind === 'map' ? scalarValue(annotations.get(name)) : undefined;
}

function setAnnotation(resource: Resource, name: string, value: string, step: Step | undefined): void {
  const { root } = resource;
  const place: Place = step ?? root;
  const metadata = root.get('metadata');
  const fields = metadata?.kind === 'map' ? metadata : makeMap([], place, step);
  const before = fields.get('annotations');
  const annotations = before?.kind === 'map' ? before.withPairs(before.pairs.map(asStringPair)) : makeMap([], place, step, before);
  const key = makeScalar(name, place, step);
  resource.root = root.with('metadata', fields.with('annotations', annotations.with(name, makeScalar(value, place, step, annotations.get(name)), key)));
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

function formatOrigin(origin: BuildOrigin): string {
  return originLines(origin)
    .map((line) => `${line}\n`)
    .join('');
}

function formatTransformation(origin: BuildOrigin): string {
  return originLines(origin)
    .map((line, index) => `${index === 0 ? '- ' : '  '}${line}\n`)
    .join('');
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
