/**
 * Which keys of the values no template reads, and which keys templates read that nothing sets. Both are told only where nothing
 * speaks against it: a map that is printed as a whole, looped over or indexed by what is computed uses all that is in it.
 */
import type { SourceText } from '../base/source.js';
import type { MapNode, Pair, YamlNode } from '../yaml/nodes.js';
import { canonicalPath, type ChartIndex, type FoundUse } from './chartIndex.js';
import { isLibrary, type ChartUnit } from './chartUnits.js';
import { anyKey, type KeyPath } from './refs.js';
import type { ValuesSource } from './valuesKeys.js';

interface UseNode {
  readonly below: Map<string, UseNode>;
  /** Used with all that is in it. */
  isWhole: boolean;
  /** The names of its keys are used. */
  hasKeys: boolean;
  /** Something asks whether it is there. */
  isTested: boolean;
  isNamed: boolean;
}

function newNode(): UseNode {
  return { below: new Map(), isWhole: false, hasKeys: false, isTested: false, isNamed: false };
}

/** What a chart, and all below it, uses of its values. */
export class KeyUsage {
  readonly #root = newNode();

  constructor(private readonly index: ChartIndex) {
    for (const { path, mode } of index.uses) {
      const node = this.#at(path);
      node.isNamed = true;
      if (mode === 'whole' || mode === 'computed') node.isWhole = true;
      else if (mode === 'keys') node.hasKeys = true;
      else if (mode === 'test') node.isTested = true;
    }
    for (const found of index.occurrences.values()) for (const { kind, path } of found) if (kind === 'value') this.#at(path).isNamed = true;
    for (const unit of index.units) this.#addMetadata(unit);
    // Of a chart that takes part under two names, helm runs what it has in charts/ once, with the values of one of them.
    for (const { chart, below } of index.units)
      if (index.units.filter((other) => other.chart.path === chart.path).length > 1) for (const { path } of below) this.#at(path).isWhole = true;
  }

  /** What Chart.yaml says of values. */
  #addMetadata(unit: ChartUnit): void {
    const { metadata } = unit.chart;
    for (const { condition, tags, imports, name, alias } of metadata.dependencies) {
      const own = alias === '' ? name : alias;
      for (const way of condition.split(',')) if (way.trim() !== '') this.#at([...unit.path, ...way.trim().split('.')]).isWhole = true;
      for (const tag of tags) this.#at(['tags', tag]).isWhole = true;
      for (const each of imports) this.#at([...unit.path, own, ...('exported' in each ? ['exports', each.exported] : each.child.split('.'))]).isWhole = true;
    }
    // Of a chart that isn't there nothing is known; what is under the name of a library is for its templates.
    for (const { name, alias } of unit.missing) this.#at([...unit.path, alias === '' ? name : alias]).isWhole = true;
    this.#at([...unit.path, 'exports']).isWhole = true;
    this.#at([...unit.path, 'global']).isWhole = true;
  }

  #at(path: KeyPath): UseNode {
    let node = this.#root;
    for (const key of canonicalPath(path, this.index.units)) {
      let next = node.below.get(key);
      if (!next) node.below.set(key, (next = newNode()));
      node = next;
    }
    return node;
  }

  /** True where the key, something in it, or all of a map around it is used. */
  isUsed(path: KeyPath): boolean {
    const canonical = canonicalPath(path, this.index.units);
    let nodes: readonly UseNode[] = [this.#root];
    for (const [at, key] of canonical.entries()) {
      if (nodes.some(({ isWhole, hasKeys }) => isWhole || (hasKeys && at === canonical.length - 1))) return true;
      nodes = nodes.flatMap(({ below }) => [below.get(key) ?? [], key === anyKey ? [...below.values()] : (below.get(anyKey) ?? [])].flat());
      if (nodes.length === 0) return false;
    }
    return true;
  }

  /** True where a template asks, anywhere, whether the key is there. */
  isAskedFor(path: KeyPath): boolean {
    let node: UseNode | undefined = this.#root;
    for (const key of canonicalPath(path, this.index.units)) {
      node = node.below.get(key);
      if (!node) return false;
    }
    return node.isTested;
  }

  #isInSchema(key: string): boolean {
    return this.index.units.some(({ chart }) => chart.schema?.source.text.includes(JSON.stringify(key)) === true);
  }

  /** The keys of a values file that nothing reads: of a map that is not read at all the map alone. */
  *unusedKeys({ root, prefix }: ValuesSource): Generator<{ readonly pair: Pair; readonly path: KeyPath }> {
    for (const pair of root.pairs) {
      const path = [...prefix, pair.key.value];
      if (!this.isUsed(path)) {
        // Whether a map is empty counts as well, and so does what a schema names.
        const isAlone = root.pairs.length === 1 && prefix.length > 0 && this.isAskedFor(prefix);
        if (!isAlone && !this.#isInSchema(pair.key.value)) yield { pair, path };
      } else if (pair.value.kind === 'map') yield* this.unusedKeys({ root: pair.value, prefix: path });
    }
  }
}

/** A key that a template reads and nothing sets. */
export interface UndefinedKey {
  readonly path: KeyPath;
  readonly source: SourceText;
  readonly start: number;
  readonly end: number;
}

/**
 * What the templates of the outermost chart read of its values, unguarded, and no source sets.
 * @param sources all that may set values
 * @param isSetElsewhere for what other means set: a schema, a parameter of an operator
 */
export function* undefinedKeys(index: ChartIndex, usage: KeyUsage, sources: readonly ValuesSource[], isSetElsewhere: (path: KeyPath) => boolean): Generator<UndefinedKey> {
  if (isLibrary(index.root)) return;
  const written = index.uses.filter(({ mode }) => mode === 'written').map(({ path }) => path);
  const imported = index.units.flatMap(({ path, chart }) =>
    chart.metadata.dependencies.flatMap(({ imports }) => imports.map((each) => [...path, ...('exported' in each ? [] : each.parent.split('.'))])),
  );
  const told = new Set<string>();
  const guardedPaths = new Set(index.uses.filter(({ isGuarded, mode }) => isGuarded && mode !== 'written').map(({ path }) => path.join('\0')));
  for (const use of index.uses) {
    if (!isCandidate(use, index, usage) || guardedPaths.has(use.path.join('\0'))) continue;
    const { path, source } = use;
    if (isSet(path, sources, index) || isSetElsewhere(path)) continue;
    if ([...written, ...imported].some((way) => way.every((key, at) => key === anyKey || path[at] === undefined || path[at] === key))) continue;
    const name = index.occurrences.get(source.path)?.find((each) => each.kind === 'value' && each.start >= use.start - 400 && each.end <= use.end && isSame(each.path, path));
    if (!name) continue;
    const key = `${source.path} ${name.start}`;
    if (!told.has(key)) yield { path, source, start: name.start, end: name.end };
    told.add(key);
  }
}

function isCandidate({ path, mode, isGuarded, source }: FoundUse, index: ChartIndex, usage: KeyUsage): boolean {
  if (isGuarded || (mode !== 'whole' && mode !== 'keys') || path.length === 0 || path.includes(anyKey)) return false;
  if (!source.path.startsWith(`${index.root.chart.path}/templates/`) || canonicalPath(path, index.units)[0] === 'global') return false;
  for (let length = 1; length <= path.length; length++) if (usage.isAskedFor(path.slice(0, length))) return false;
  return true;
}

function isSame(a: KeyPath, b: KeyPath): boolean {
  return a.length === b.length && a.every((key, at) => key === b[at]);
}

/** True where so much is undefined that the chart is meant to get its values from elsewhere. */
export function isFedFromElsewhere(index: ChartIndex, found: readonly UndefinedKey[]): boolean {
  const templates = `${index.root.chart.path}/templates/`;
  const read = new Set(index.uses.filter(({ mode, source }) => source.path.startsWith(templates) && mode !== 'written').map(({ path }) => path.join('\0')));
  return found.length > 3 && new Set(found.map(({ path }) => path.join('\0'))).size * 10 > read.size;
}

/** True where a source sets the key, or may: a map that a source leaves empty, or a value that is no map, says nothing of what is in it. */
function isSet(path: KeyPath, sources: readonly ValuesSource[], { units }: ChartIndex): boolean {
  if (units.some((unit) => unit.path.length > 0 && (startsWith(unit.path, path) || startsWith(path, unit.path)))) return true;
  let hasParent = path.length === 1;
  for (const { root, prefix } of sources) {
    if (!startsWith(path, prefix)) continue;
    let node: YamlNode = root;
    for (const [at, key] of path.slice(prefix.length).entries()) {
      if (node.kind !== 'map' || (node.pairs.length === 0 && at > 0)) return true;
      const pair: Pair | undefined = (node satisfies MapNode).pair(key);
      if (!pair) {
        if (at === path.length - prefix.length - 1) hasParent = true;
        break;
      }
      if (at === path.length - prefix.length - 1) return true;
      node = pair.value;
    }
  }
  // Where not even the map around it is there, the author means it to be given.
  return !hasParent;
}

function startsWith(path: KeyPath, prefix: KeyPath): boolean {
  return prefix.length <= path.length && prefix.every((key, at) => path[at] === key);
}
