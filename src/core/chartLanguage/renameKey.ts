/**
 * What renaming a key of the values changes: the key in every file that sets it, and its name wherever a template reads it. Where
 * the name would show in what is rendered, or stands for something else as well, the rename is refused with the reason.
 */
import type { Fix, TextChange } from '../base/problem.js';
import type { SourceText } from '../base/source.js';
import type { ValuesLayer } from '../objects/chartInputs.js';
import { parseYaml } from '../yaml/parse.js';
import { scalarValue, type MapNode, type ScalarNode } from '../yaml/nodes.js';
import { canonicalPath, type AnalyzedTree, type ChartIndex, type FoundOccurrence, type FoundUse } from './chartIndex.js';
import { anyKey, type KeyPath } from './refs.js';
import { allKeys, findKeySites, keysBelow, type ValuesSource } from './valuesKeys.js';

/** Changes of files, or one sentence on why there are none. */
export type Renaming = { readonly changes: Fix['changes'] } | { readonly refusal: string };

export interface RenameKeyRequest {
  readonly index: ChartIndex;
  readonly sources: readonly ValuesSource[];
  /** What environments set besides. */
  readonly layers: readonly ValuesLayer[];
  readonly path: KeyPath;
  readonly newName: string;
  /** A place for people: `templates/web.yaml:12`. */
  readonly placeOf: (source: SourceText, start: number) => string;
}

class Refusal {
  constructor(readonly sentence: string) {}
}

/** Why a key can't be renamed at all, whatever its new name; undefined where it can. */
export function refusalOfKey(request: Omit<RenameKeyRequest, 'newName'>): string | undefined {
  const { index, path } = request;
  const name = path.at(-1) ?? '';
  if (path.includes(anyKey)) return 'This is a key of every item that a template loops over: items are renamed one by one.';
  if (index.units.some((unit) => unit.path.length === path.length && unit.path.every((key, at) => key === path[at])))
    return `${name} is the name of a chart in the dependencies: rename it by an alias in Chart.yaml.`;
  const canonical = canonicalPath(path, index.units);
  if (canonical.length === 1 && ['global', 'tags', 'exports'].includes(name)) return `Helm itself reads ${name}: it can’t have another name.`;
  if (canonical[0] === 'tags') return 'A tag is named in Chart.yaml as well: rename it there.';
  return refusalByUse(request) ?? refusalByMetadata(request) ?? refusalByLayers(request);
}

/** Changes that give a key another name. */
export function renameKey(request: RenameKeyRequest): Renaming {
  const refusal = refusalOfKey(request) ?? refusalOfName(request);
  if (refusal !== undefined) return { refusal };
  const parts = [changesInFiles(request), changesInTemplates(request), changesInSchemas(request), changesInConditions(request)];
  for (const part of parts) if (part instanceof Refusal) return { refusal: part.sentence };
  const changes = parts.flatMap((part) => (part instanceof Refusal ? [] : part));
  return { changes: uniqueChanges(changes) };
}

function uniqueChanges(changes: readonly TextChange[]): readonly TextChange[] {
  const known = new Set<string>();
  return changes.filter(({ location: { path, range } }) => {
    const key = `${path} ${range.start.line} ${range.start.character}`;
    return !known.has(key) && known.add(key);
  });
}

function refusalOfName({ index, sources, path, newName }: RenameKeyRequest): string | undefined {
  if (newName === '' || /[\n\r\0"'`\\{}]/.test(newName) || newName.trim() !== newName) return 'A key is one word, without quotes and braces.';
  if (keysBelow(path.slice(0, -1), sources, index.units).has(newName)) return `There is a key ${newName} beside it already.`;
  const known = index.uses.find((use) => isSamePath(canonicalPath(use.path, index.units), canonicalPath([...path.slice(0, -1), newName], index.units)));
  return known && `Templates read a key ${newName} there already.`;
}

function isSamePath(a: KeyPath, b: KeyPath): boolean {
  return a.length === b.length && a.every((key, at) => key === b[at]);
}

function matches(pattern: KeyPath, path: KeyPath, length = pattern.length): boolean {
  for (let at = 0; at < length; at++) if (pattern[at] !== path[at] && pattern[at] !== anyKey) return false;
  return true;
}

/** What uses the key without naming it. */
function refusalByUse({ index, path, placeOf }: Omit<RenameKeyRequest, 'newName'>): string | undefined {
  const wanted = canonicalPath(path, index.units);
  const name = wanted.at(-1) ?? '';
  for (const use of index.uses) {
    const own = canonicalPath(use.path, index.units);
    if (own.length > wanted.length || !matches(own, wanted)) continue;
    const sentence = refusalFor(use, own, wanted, name);
    if (sentence !== undefined) return `${sentence} at ${placeOf(use.source, use.start)}.`;
  }
  return undefined;
}

function refusalFor({ mode, by }: FoundUse, own: KeyPath, wanted: KeyPath, name: string): string | undefined {
  const around = own.map((key) => (key === anyKey ? '*' : key)).join('.');
  const isParent = own.length === wanted.length - 1;
  if (mode === 'written') return `${around === '' ? 'The values are' : `${around} is`} changed by ${by}`;
  if (own.length >= wanted.length) return undefined;
  if (mode === 'whole')
    return around === ''
      ? `All values are used as a whole, with their names, by ${by === '' ? 'what is printed' : by}`
      : `${around} is used as a whole, with the names in it, by ${by === '' ? 'what is printed' : by}`;
  if (mode === 'computed' && isParent) return `A key of ${around === '' ? 'the values' : around} is computed, which may be ${name},`;
  if (mode === 'keys' && isParent) return `The names in ${around === '' ? 'the values' : around} are read by ${by}`;
  return undefined;
}

function refusalByMetadata({ index, path }: Omit<RenameKeyRequest, 'newName'>): string | undefined {
  for (const unit of index.units) {
    const isTwice = index.units.some((other) => other !== unit && other.chart.path === unit.chart.path);
    if (isTwice && unit.below.some((below) => matches(below.path, path)))
      return `The chart ${unit.chart.metadata.name} takes part under several names: whose values those of the charts below it are can’t be told.`;
    for (const { imports, name, alias } of unit.chart.metadata.dependencies) {
      const own = alias === '' ? name : alias;
      for (const each of imports) {
        const ways =
          'exported' in each
            ? [[...unit.path, own, 'exports', each.exported]]
            : [
                [...unit.path, own, ...each.child.split('.')],
                [...unit.path, ...each.parent.split('.')],
              ];
        if (ways.some((way) => matches(way.slice(0, path.length), path, Math.min(way.length, path.length))))
          return `Chart.yaml imports it by import-values from ${own}: rename it there first.`;
      }
    }
    const missing = unit.missing.find(({ name, alias }) => isSamePath([...unit.path, alias === '' ? name : alias], path.slice(0, unit.path.length + 1)));
    if (missing) return `The chart ${missing.name}, whose value it is, isn’t there.`;
  }
  return undefined;
}

function refusalByLayers({ layers, path, placeOf }: Omit<RenameKeyRequest, 'newName'>): string | undefined {
  const way = path.join('.');
  for (const layer of layers) {
    if (layer.kind !== 'set' || layer.path.source.path === '') continue;
    if (layer.path.value === way || layer.path.value.startsWith(`${way}.`) || layer.path.value.startsWith(`${way}[`))
      return `A parameter sets it at ${placeOf(layer.path.source, layer.path.start)}: rename it there first.`;
  }
  return undefined;
}

function changesInFiles({ index, sources, path, newName, placeOf }: RenameKeyRequest): readonly TextChange[] | Refusal {
  const changes: TextChange[] = [];
  for (const { pair, of } of findKeySites(path, sources, index.units)) {
    const shared = [...allKeys(of.root, of.prefix)].find(
      (other) => isSamePlace(other.pair.key, pair.key) && !isSamePath(canonicalPath(other.path, index.units), canonicalPath(path, index.units)),
    );
    if (shared) return new Refusal(`An alias makes it the key ${shared.path.join('.')} as well, at ${placeOf(pair.key.source, pair.key.start)}.`);
    const change = changeOfKey(pair.key, newName);
    if (!change) return new Refusal(`The key at ${placeOf(pair.key.source, pair.key.start)} can’t be edited where it stands.`);
    changes.push(change);
  }
  return changes;
}

function isSamePlace(a: ScalarNode, b: ScalarNode): boolean {
  return a.source === b.source && a.start === b.start;
}

function isInArchive(path: string): boolean {
  return path === '' || path.includes('.tgz/');
}

/** A key keeps its quotes. */
function changeOfKey(key: ScalarNode, newName: string): TextChange | undefined {
  const { source, start, end, value } = key;
  if (isInArchive(source.path)) return undefined;
  const [from, to] = [source.toFileOffset(start), source.toFileOffset(end)];
  const text = source.file.text.slice(from, to);
  const quote = /^["']/.exec(text)?.[0] ?? '';
  if (text !== `${quote}${value}${quote}`) return undefined;
  const isPlain = /^[\w./-]+$/.test(newName) && !/^(?:[\d.+-].*|true|false|yes|no|on|off|null|y|n|~)$/i.test(newName);
  const quoted = quote === '' && !isPlain ? '"' : quote;
  return { location: source.file.locate(from, to), newText: `${quoted}${newName}${quoted}` };
}

function changesInTemplates(request: RenameKeyRequest): readonly TextChange[] | Refusal {
  const { index, path, newName, placeOf } = request;
  const wanted = canonicalPath(path, index.units);
  const changes: TextChange[] = [];
  for (const found of index.occurrences.values()) {
    for (const each of found) {
      if (each.kind !== 'value' || each.isEntry) continue;
      const own = canonicalPath(each.path, index.units);
      if (own.length !== wanted.length || !matches(own, wanted)) continue;
      const place = placeOf(each.source, each.start);
      if (!isSamePath(own, wanted)) return new Refusal(`A template reads it in a loop over all that lies beside it, at ${place}.`);
      if (isInArchive(each.source.path)) return new Refusal(`A template in an archive reads it, at ${place}.`);
      const other = otherMeaning(index, found, each, wanted);
      if (other !== undefined) return new Refusal(`The name at ${place} stands for ${other} as well: a template that is run for several values reads it.`);
      if (!each.isQuoted && !/^[\p{L}_][\p{L}\p{Nd}_]*$/u.test(newName))
        return new Refusal(`${newName} can’t stand behind a dot, as the template at ${place} writes it: use letters, digits and underscores.`);
      if (each.source.text.slice(each.start, each.end) !== path.at(-1)) return new Refusal(`The name at ${place} is written with escapes.`);
      changes.push({ location: each.source.locate(each.start, each.end), newText: newName });
    }
  }
  return changes;
}

/** What else a name in a template stands for: it can't be renamed for one alone. */
function otherMeaning(index: ChartIndex, found: readonly FoundOccurrence[], occurrence: FoundOccurrence, wanted: KeyPath): string | undefined {
  const other = found.find((each) => each.start === occurrence.start && (each.kind !== 'value' || each.isEntry || !isSamePath(canonicalPath(each.path, index.units), wanted)));
  if (other) return other.path.map((key) => (key === anyKey ? '*' : key)).join('.');
  // In some call of the template it is no value at all.
  const { start, source } = occurrence;
  const trees = index.trees.filter((tree) => tree.source.file === source && tree.isCalled && startsAt(tree, start));
  const isElsewhere = trees.some(({ tree }) => index.trees.some((each) => each.tree === tree && each.isCalled && !startsAt(each, start)));
  return isElsewhere ? 'something that is no value' : undefined;
}

function startsAt({ facts, source }: AnalyzedTree, start: number): boolean {
  return facts.occurrences.some((each) => source.toFileOffset(each.start) === start);
}

function changesInSchemas({ index, path, newName }: RenameKeyRequest): readonly TextChange[] | Refusal {
  const changes: TextChange[] = [];
  for (const { chart, path: prefix } of index.units) {
    const { schema } = chart;
    if (!schema || !prefix.every((key, at) => path[at] === key) || path.length <= prefix.length) continue;
    const root = parseYaml(schema.source).documents[0]?.root;
    const way = path.slice(prefix.length);
    const name = way.at(-1) ?? '';
    const around = root?.kind === 'map' ? schemaAt(root, way.slice(0, -1)) : undefined;
    const properties = around?.get('properties');
    const pair = properties?.kind === 'map' ? properties.pair(name) : undefined;
    if (!around || !pair) {
      if (around && !schema.source.text.includes('$ref')) continue;
      if (schema.source.text.includes(JSON.stringify(name)))
        return new Refusal(`The schema of ${chart.metadata.name} names ${name} where it can’t be followed: rename it there first.`);
      continue;
    }
    const required = around.get('required');
    const items = required?.kind === 'sequence' ? required.items.filter((item): item is ScalarNode => item.kind === 'scalar' && scalarValue(item) === name) : [];
    for (const node of [pair.key, ...items]) {
      const change = changeOfKey(node, newName);
      if (!change) return new Refusal(`The schema of ${chart.metadata.name} can’t be edited where it stands.`);
      changes.push(change);
    }
  }
  return changes;
}

function schemaAt(root: MapNode, way: KeyPath): MapNode | undefined {
  let node: MapNode | undefined = root;
  for (const key of way) {
    const properties: ReturnType<MapNode['get']> = node.get('properties');
    const next: ReturnType<MapNode['get']> = properties?.kind === 'map' ? properties.get(key) : undefined;
    node = next?.kind === 'map' ? next : undefined;
    if (!node) return undefined;
  }
  return node;
}

/** `condition: redis.enabled, global.redis.enabled` of a dependency. */
function changesInConditions({ index, path, newName }: RenameKeyRequest): readonly TextChange[] | Refusal {
  const wanted = canonicalPath(path, index.units);
  const changes: TextChange[] = [];
  for (const unit of index.units) {
    for (const { node, condition } of unit.chart.metadata.dependencies) {
      const written = node.get('condition');
      if (written?.kind !== 'scalar' || condition === '') continue;
      const renamed = condition.split(',').map((part) => {
        const keys = part.trim().split('.');
        const own = canonicalPath([...unit.path, ...keys], index.units);
        if (own.length < wanted.length || !isSamePath(own.slice(0, wanted.length), wanted)) return part;
        const at = keys.length - (own.length - wanted.length) - 1;
        return part.replace(part.trim(), keys.map((key, index) => (index === at ? newName : key)).join('.'));
      });
      const text = renamed.join(',');
      if (text === condition) continue;
      const from = written.source.text.slice(written.start, written.end);
      if (isInArchive(written.source.path) || !from.includes(condition)) return new Refusal('Chart.yaml names it in a condition that can’t be edited where it stands.');
      changes.push({ location: written.source.locate(written.start, written.end), newText: from.replace(condition, text) });
    }
  }
  return changes;
}
