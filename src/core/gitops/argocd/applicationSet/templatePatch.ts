/**
 * `templatePatch`: a template of YAML that is merged strategically into each Application (Argo CD v3.2.11
 * applicationset/controllers/template/patch.go; k8s.io/apimachinery strategicpatch). Lists take the place of lists, but for
 * finalizers; a null takes away. The project can't be changed.
 */
import type { Problems } from '../../../base/problem.js';
import { SourceText } from '../../../base/source.js';
import { embeddedSource } from '../../../yaml/embed.js';
import { makeMap, MapNode, ScalarNode, SequenceNode, Pair, scalarValue, stampStep, type YamlNode } from '../../../yaml/nodes.js';
import { parseYaml } from '../../../yaml/parse.js';
import { mapAt } from '../../declarations.js';
import { checkTree, headOf, type ArgoType } from '../argoType.js';
import { settleNode, type ParamSet } from './params.js';
import type { TemplateRenderer } from './renderTree.js';

/** The Application with the patch merged in; undefined where the patch can't be used, which is reported. */
export function applyTemplatePatch(
  app: MapNode,
  patch: ScalarNode,
  params: ParamSet,
  types: { readonly spec: ArgoType },
  renderer: TemplateRenderer,
  problems: Problems,
): MapNode | undefined {
  const text = renderer.renderText(patch, params, problems);
  if (!text) return undefined;
  const parsed = parseYaml(sourceOf(patch, text.value));
  const broken = parsed.problems.find(({ severity }) => severity === 'error');
  if (broken) {
    problems.error('argocd/invalid-template-patch', `What this patch renders to is no YAML: ${broken.message}`, patch);
    return undefined;
  }
  const root = parsed.documents.find((document) => document.root)?.root;
  if (!root || (root.kind === 'scalar' && root.tag === '!!null')) return app;
  if (root.kind !== 'map') {
    problems.error('argocd/invalid-template-patch', 'A patch must render to a map with fields of an Application.', patch);
    return undefined;
  }
  const step = { kind: 'applicationSet', field: 'spec.templatePatch', source: patch.source, start: patch.start, end: patch.end } as const;
  const settled = stampStep(settleNode(root, 'yaml11'), step, undefined);
  if (settled.kind !== 'map' || !checkPatch(settled, types.spec, patch, problems)) return undefined;
  const merged = new PatchMerge(problems).map(app, settled, []);
  const project = mapAt(app, 'spec')?.pair('project');
  const spec = merged && mapAt(merged, 'spec');
  if (!merged || !spec) return merged;
  return merged.with('spec', project ? spec.with('project', project.value, project.key) : spec.without('project'));
}

/** The rendered text with places in the template: line by line where it has as many, else the whole of it. */
function sourceOf(patch: ScalarNode, text: string): SourceText {
  const host = embeddedSource(patch);
  const count = text.split('\n').length;
  const lineOffsets = count === host.lineStarts.length ? host.lineStarts : Array.from({ length: count }, () => 0);
  return SourceText.embedded(host, text, 0, host.text.length, lineOffsets);
}

function checkPatch(patch: MapNode, type: ArgoType, place: ScalarNode, problems: Problems): boolean {
  const spec = patch.get('spec');
  if (!spec) return true;
  const before = problems.list.length;
  const plain = withoutDirectives(spec);
  checkTree(plain, partial(type), 'spec', { problems, readingOf: () => 'tagged' });
  const isWrong = problems.list.slice(before).some(({ severity }) => severity === 'error');
  if (isWrong) problems.error('argocd/invalid-template-patch', 'What this patch renders to is no part of an Application.', headOf(place));
  return !isWrong;
}

/** The same type, with nothing required: a patch has parts only. */
function partial(type: ArgoType): ArgoType {
  if (typeof type === 'string') return type;
  if ('items' in type) return { items: partial(type.items) };
  if ('values' in type) return { values: partial(type.values) };
  return { fields: Object.fromEntries(Object.entries(type.fields).map(([name, field]) => [name, partial(field)])), required: [] };
}

function withoutDirectives(node: YamlNode): YamlNode {
  if (node.kind === 'scalar') return node;
  if (node.kind === 'sequence') return node.mapItems(withoutDirectives);
  return node.withPairs(node.pairs.flatMap(({ key, value }) => (key.value.startsWith('$') ? [] : [new Pair(key, withoutDirectives(value))])));
}

class PatchMerge {
  readonly #problems: Problems;

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  /** Undefined where a directive isn't supported. */
  map(original: MapNode, patch: MapNode, way: readonly string[]): MapNode | undefined {
    const directive = scalarValue(patch.get('$patch'));
    if (directive === 'replace') return overriding(patch.without('$patch'), original);
    if (directive === 'delete') return makeMap([], patch, patch.step, original);
    let result = original;
    for (const { key, value } of patch.pairs) {
      if (key.value === '$patch') continue;
      if (key.value.startsWith('$')) return this.#refuse(key, `The directive ${key.value} is not supported in a patch of a template.`);
      const before = result.get(key.value);
      if (value.kind === 'scalar' && value.tag === '!!null') {
        result = result.without(key.value);
        continue;
      }
      const merged = this.#value(before, value, [...way, key.value]);
      if (!merged) return undefined;
      result = result.with(key.value, merged, key);
    }
    return result;
  }

  #value(before: YamlNode | undefined, value: YamlNode, way: readonly string[]): YamlNode | undefined {
    if (!before) return withoutNulls(value);
    const isOpaque = way.slice(0, -1).includes('valuesObject');
    if (isOpaque && before.kind === value.kind && value.kind !== 'scalar') {
      return this.#refuse(value, 'Argo CD fails to merge into maps and lists that valuesObject already has; give the whole of it in one place.');
    }
    if (before.kind === 'map' && value.kind === 'map') return this.map(before, value, way);
    if (before.kind === 'sequence' && value.kind === 'sequence') {
      return way.join('.') === 'metadata.finalizers' ? union(before, value) : overriding(value, before);
    }
    return overriding(value, before);
  }

  #refuse(place: YamlNode, message: string): undefined {
    this.#problems.error('argocd/template-patch-unsupported', message, headOf(place));
    return undefined;
  }
}

/** A value that is new: what is null in it isn't there, and directives are gone. */
function withoutNulls(node: YamlNode): YamlNode {
  if (node.kind !== 'map') return node;
  return node.withPairs(
    node.pairs.flatMap(({ key, value }) => (key.value === '$patch' || (value.kind === 'scalar' && value.tag === '!!null') ? [] : [new Pair(key, withoutNulls(value))])),
  );
}

/** Both lists in one: what only the first has stands before an item of the patch only where it did so already. */
function union(before: SequenceNode, patch: SequenceNode): SequenceNode {
  const order = before.items.map((item) => scalarValue(item));
  const indexOf = (item: YamlNode | undefined): number => (item ? order.indexOf(scalarValue(item)) : -1);
  const added = new Set(patch.items.map((item) => scalarValue(item)));
  const rest = before.items.filter((item) => !added.has(scalarValue(item)));
  const all: YamlNode[] = [];
  for (const item of patch.items) {
    while (rest.length > 0 && indexOf(item) > indexOf(rest[0])) all.push(...rest.splice(0, 1));
    all.push(item);
  }
  return before.withItems([...all, ...rest]);
}

/** The node, as what overrode `before`. */
function overriding<Node extends YamlNode>(node: Node, before: YamlNode): Node;
function overriding(node: YamlNode, before: YamlNode): YamlNode {
  const { source, start, end, step } = node;
  if (node.kind === 'scalar') return new ScalarNode(node.value, node.tag, node.style, source, start, end, step, before);
  if (node.kind === 'map') return new MapNode(node.pairs, source, start, end, step, before, node.flow);
  return new SequenceNode(node.items, source, start, end, step, before, node.flow);
}
