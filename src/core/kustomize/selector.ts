/**
 * Selects objects as kustomize's resmap.Select does (api/resmap/reswrangler.go and api/types/selector.go v0.21.2): every
 * part that a selector has must match; names and namespaces may also match as they were in the first place.
 */
import type { Problems } from '../base/problem.js';
import { effectiveNamespace, type Gvk, type ResId } from '../objects/resId.js';
import type { MapNode, ScalarNode } from '../yaml/nodes.js';
import type { Selector } from './kustomization.js';
import { matchesLabels, parseLabelSelector, type LabelSelector } from './labelSelector.js';
import { compilePattern, type Pattern } from '../base/regexp/program.js';
import type { ResMap } from './resMap.js';
import type { Resource } from './resource.js';

/** The objects that a selector selects, in their order; undefined where it can't be read, which is reported. */
export function selectResources(map: ResMap, selector: Selector, problems: Problems): readonly Resource[] | undefined {
  const matcher = compileSelector(selector, problems);
  if (!matcher) return undefined;
  const selected = map.resources.filter((resource) => matcher.matches(resource));
  return matcher.reportCostly(problems) ? undefined : selected;
}

/** A selector ready to be asked about many objects. */
export interface SelectorMatcher {
  /** True when all parts match. */
  matches(resource: Resource): boolean;
  /** True when only group, version and kind match. */
  matchesGvk(gvk: Gvk): boolean;
  /** True when kind, name and namespace match as they are written in one id, as replacements select. */
  matchesId(id: ResId): boolean;
  /** True when labels and annotations match. */
  matchesMetadata(resource: Resource): boolean;
  /** Reports a pattern that was too costly to try on a name; true where there was one. */
  reportCostly(problems: Problems): boolean;
}

/** Compiles a selector; undefined where a pattern or a label selector can't be read, which is reported. */
export function compileSelector(selector: Selector, problems: Problems): SelectorMatcher | undefined {
  const before = problems.list.length;
  const costly: ScalarNode[] = [];
  const pattern = (text: ScalarNode | undefined): PatternTest => compilePart(text, problems, costly);
  const [group, version, kind, name, namespace] = [selector.group, selector.version, selector.kind, selector.name, selector.namespace].map(pattern);
  const labels = compileLabels(selector.labelSelector, problems);
  const annotations = compileLabels(selector.annotationSelector, problems);
  if (problems.list.length > before || !group || !version || !kind || !name || !namespace) return undefined;
  const matchesGvk = (gvk: Gvk): boolean => group(gvk.group) && version(gvk.version) && kind(gvk.kind);
  const matchesMetadata = ({ root }: Resource): boolean =>
    (!labels || matchesLabels(labels, metadataMap(root, 'labels'))) && (!annotations || matchesLabels(annotations, metadataMap(root, 'annotations')));
  return {
    matchesGvk,
    matchesId: (id) => matchesGvk(id) && name(id.name) && namespace(id.namespace),
    matchesMetadata,
    matches: (resource) => {
      const { id, originalId } = resource;
      return (
        (namespace(effectiveNamespace(originalId)) || namespace(effectiveNamespace(id))) && (name(originalId.name) || name(id.name)) && matchesGvk(id) && matchesMetadata(resource)
      );
    },
    reportCostly: (sink) => {
      const [first] = costly;
      if (first) sink.error('kustomize/selector-unsupported', 'This pattern is too large to be tried on the names here; use a shorter one.', first);
      return first !== undefined;
    },
  };
}

type PatternTest = (text: string) => boolean;

function compilePart(text: ScalarNode | undefined, problems: Problems, costly: ScalarNode[]): PatternTest {
  const source = text?.value ?? '';
  if (!text || source === '') return () => true;
  if (/^[A-Za-z0-9_-]+$/.test(source)) return (other) => other === source;
  const compiled: Pattern | { readonly failure: string } = compilePattern(`^(?:${source})$`);
  if ('failure' in compiled) {
    problems.error('kustomize/invalid-selector', `The pattern '${source}' ${compiled.failure}.`, text);
    return () => false;
  }
  const known = new Map<string, boolean>();
  return (other) => {
    const before = known.get(other);
    if (before !== undefined) return before;
    const result = compiled.matches(other);
    if (result === undefined) costly.push(text);
    known.set(other, result ?? false);
    return result ?? false;
  };
}

function compileLabels(text: ScalarNode | undefined, problems: Problems): LabelSelector | undefined {
  if (!text || text.value === '') return undefined;
  const parsed = parseLabelSelector(text.value);
  if (!('failure' in parsed)) return parsed;
  problems.error('kustomize/invalid-selector', `The selector '${text.value}' ${parsed.failure}.`, text);
  return undefined;
}

/** The labels or annotations of an object as texts, as kyaml's GetLabels and GetAnnotations give them. */
function metadataMap(root: MapNode, field: 'labels' | 'annotations'): ReadonlyMap<string, string> {
  const metadata = root.get('metadata');
  const map = metadata?.kind === 'map' ? metadata.get(field) : undefined;
  if (map?.kind !== 'map') return new Map();
  return new Map(map.pairs.map(({ key, value }) => [key.value, value.kind === 'scalar' ? value.value : '']));
}
