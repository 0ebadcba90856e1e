/**
 * More ways to set or take away one field, besides those of setHere.ts: at the text that it comes from whatever step
 * brought it, in the map that it belongs to, in a generator's literals, and the namespace of a whole environment. Each is
 * a proposal that setField.ts tries.
 */
import type { TextChange } from '../base/problem.js';
import { isInside } from '../base/path.js';
import type { JsonValue } from '../live/json.js';
import type { FieldStep } from '../objects/compare.js';
import { appendItem, insertField, removeField, removeItem, replaceScalar, setField as setPair, type Edit } from '../yaml/edit.js';
import { scalarValue, type MapNode, type ScalarNode, type YamlNode } from '../yaml/nodes.js';
import { findWrittenMap, findWrittenScalar, isValuesFile, mapsAt, rootMapOf, type EditSources, type EditTarget } from './editSources.js';
import { addToList } from './addToList.js';
import { proposeFieldValues } from './helmEdits.js';
import { isDefault } from './imageEdits.js';
import { nodeAt, type Proposal, type Wish } from './setHere.js';
import { isScalarValue, toEditValue } from './wishedValue.js';

/** The most natural first. Edits of files of others are among them: they count only where others stay as they are, or are asked for. */
export function proposeFieldEdits(wish: Wish, target: EditTarget, sources: EditSources): { readonly own: readonly Proposal[]; readonly others: readonly Proposal[] } {
  const node = nodeAt(wish.object.root, wish.path);
  const own: Proposal[] = [];
  const others: Proposal[] = [];
  const propose = (at: YamlNode | undefined, title: string, edit: Edit): void => {
    if (edit && edit.length > 0) (at && isOwn(at, target, sources) ? own : others).push({ title, changes: edit });
  };
  const values = proposeFieldValues(wish, target, sources, (at) => isOwn(at, target, sources));
  own.push(...values.own);
  others.push(...values.others);
  if (node?.kind === 'scalar' && isScalarValue(wish.value)) propose(node, 'value where it is set', writeOver(node, wish.value, sources));
  if (node && wish.value === undefined) propose(node, 'field taken away where it is set', takeAway(wish, sources));
  const parent = wish.path.length > 0 ? nodeAt(wish.object.root, wish.path.slice(0, -1)) : undefined;
  if (!node && parent && wish.value !== undefined) propose(parent, 'new field', insert(parent, wish.path.at(-1), wish.value, sources));
  const root = kustomizationOf(target, sources);
  if (root) own.push(...generatorProposals(wish, root), ...namespaceProposals(wish, root));
  return { own, others };
}

/** What a chart says for all who use it is nobody's own. */
function isOwn({ step, source }: YamlNode, target: EditTarget, sources: EditSources): boolean {
  const { folder, declaration } = target;
  if (isDefault({ source }, target, sources)) return false;
  if (isValuesFile(source.path, target, sources)) return true;
  if (folder !== undefined && isInside(source.path, folder)) return true;
  return declaration?.root.source.path === source.path || step?.kind === 'applicationSet' || step?.kind === 'substitution';
}

/** Another value at the text that is behind a scalar: all of it, or what stands behind the `=` of a literal. */
function writeOver(node: ScalarNode, value: string | number | boolean | null, { parse }: EditSources): Edit {
  const written = findWrittenScalar(node, parse);
  if (!written) return writeOverText(node, value);
  if (written.value === node.value) return replaceScalar(written, value);
  const literal = /^([^=]+)=/.exec(written.value)?.[0];
  return node.step?.kind === 'generator' && literal !== undefined && literal + node.value === written.value ? replaceScalar(written, literal + String(value)) : undefined;
}

/** In a file that is no YAML, such as a generator's variables. */
function writeOverText({ source, start, end, value: old, step }: ScalarNode, value: string | number | boolean | null): readonly TextChange[] | undefined {
  const isText = step?.kind === 'generator' && !source.isEmbedded && !/\.(?:ya?ml|json)$/.test(source.path);
  if (!isText || String(value).includes('\n')) return undefined;
  const text = source.text.slice(start, end);
  const at = text.lastIndexOf(old);
  if (at < 0 || old === '' || !/^[^=]*=?$/.test(text.slice(0, at))) return undefined;
  return [{ location: source.locate(start + at, start + at + old.length), newText: String(value) }];
}

function takeAway({ object, path }: Wish, { parse }: EditSources): Edit {
  const last = path.at(-1);
  const parent = nodeAt(object.root, path.slice(0, -1));
  const node = nodeAt(object.root, path);
  if (!parent || !node || last === undefined) return undefined;
  if (typeof last === 'string') {
    // The map that holds the text of the value may be a patch: it is found by what stands there.
    const holder = [parent, parent.was]
      .flatMap((each) => (each ? (findWrittenMap(each, parse) ?? []) : []))
      .find((map) => map.get(last)?.start === node.start && map.source === node.source);
    return holder && removeField(holder, last);
  }
  if (parent.kind !== 'sequence') return undefined;
  const written = findWrittenMap(node, parse);
  const list = written && listOf(written, parse);
  return list && removeItem(list.list, list.index);
}

/** The list of a file that an item stands in. */
function listOf(item: MapNode, parse: EditSources['parse']): { readonly list: Extract<YamlNode, { kind: 'sequence' }>; readonly index: number } | undefined {
  let found: { readonly list: Extract<YamlNode, { kind: 'sequence' }>; readonly index: number } | undefined;
  const visit = (node: YamlNode): void => {
    if (node.kind === 'map') for (const pair of node.pairs) visit(pair.value);
    if (node.kind !== 'sequence') return;
    const index = node.items.findIndex((each) => each.kind === 'map' && each.start === item.start && each.end === item.end);
    if (index >= 0) found = { list: node, index };
    for (const each of node.items) visit(each);
  };
  if (!item.source.isEmbedded) for (const { root } of parse(item.source.path)?.documents ?? []) if (root) visit(root);
  return found;
}

/** A new field of a map that stands in a file. */
function insert(parent: YamlNode, last: FieldStep | undefined, value: JsonValue, { parse }: EditSources): Edit {
  const map = parent.kind === 'map' && typeof last === 'string' ? findWrittenMap(parent, parse) : undefined;
  return map && typeof last === 'string' && !map.pair(last) ? insertField(map, last, toEditValue(value)) : undefined;
}

/** Literals of a ConfigMap that this kustomization generates, or that it adds to by `behavior: merge`. */
function generatorProposals({ object, path, value }: Wish, root: MapNode): readonly Proposal[] {
  const [field, key] = path;
  const field0 = 'configMapGenerator';
  if (object.id.kind !== 'ConfigMap' || field !== 'data' || typeof key !== 'string' || path.length !== 2 || typeof value !== 'string' || value.includes('\n')) return [];
  return namesBeforeHash(object.root).flatMap((name) => {
    const entry = mapsAt(root, field0).find((each) => scalarValue(each.get('name')) === name);
    if (!entry) {
      const edit = addToList(root, field0, { name, behavior: 'merge', literals: [`${key}=${value}`] });
      return edit ? [{ title: 'configMapGenerator entry', changes: edit }] : [];
    }
    const literals = entry.get('literals');
    const index = literals?.kind === 'sequence' ? literals.items.findIndex((item) => scalarValue(item)?.startsWith(`${key}=`)) : -1;
    const known = literals?.kind === 'sequence' ? literals.items[index] : undefined;
    const edit =
      known?.kind === 'scalar'
        ? replaceScalar(known, `${key}=${value}`)
        : literals?.kind === 'sequence'
          ? appendItem(literals, `${key}=${value}`)
          : insertField(entry, 'literals', [`${key}=${value}`]);
    return edit ? [{ title: 'literal of the configMapGenerator', changes: edit }] : [];
  });
}

/** The names that a generated object may have in its generator. */
function namesBeforeHash(root: MapNode): readonly string[] {
  const metadata = root.get('metadata');
  const names = new Set<string>();
  for (let link = metadata?.kind === 'map' ? metadata.get('name') : undefined; link; link = link.was) if (link.kind === 'scalar') names.add(link.value);
  return [...names].reverse();
}

/** The namespace of everything in the environment. */
function namespaceProposals({ path, value }: Wish, root: MapNode): readonly Proposal[] {
  if (path.length !== 2 || path[0] !== 'metadata' || path[1] !== 'namespace' || typeof value !== 'string') return [];
  const edit = setPair(root, 'namespace', value);
  return edit ? [{ title: 'namespace', changes: edit }] : [];
}

function kustomizationOf({ folder }: EditTarget, { parse, kustomizationFileOf }: EditSources): MapNode | undefined {
  const file = folder === undefined ? undefined : kustomizationFileOf(folder);
  return file === undefined ? undefined : rootMapOf(parse(file));
}
