/** Where keys of the values stand in files: the charts' own defaults, what a parent sets for a chart below it, and files of environments. */
import type { SourceText } from '../base/source.js';
import type { MapNode, Pair, YamlNode } from '../yaml/nodes.js';
import { canonicalPath, type ChartIndex } from './chartIndex.js';
import type { ChartUnit } from './chartUnits.js';
import type { KeyPath } from './refs.js';

/** A map of values, and where its keys lie in those of the outermost chart. */
export interface ValuesSource {
  readonly root: MapNode;
  readonly prefix: KeyPath;
}

/** A key in a file. */
export interface KeySite {
  readonly pair: Pair;
  readonly of: ValuesSource;
}

/** The defaults of the charts, the outermost first. */
export function defaultSources({ units }: ChartIndex): readonly ValuesSource[] {
  return units.flatMap(({ chart, path }) => (chart.values ? [{ root: chart.values, prefix: path }] : []));
}

/** The field at the end of a way of keys; undefined where it doesn't lead there. */
export function pairAt(root: YamlNode, path: KeyPath): Pair | undefined {
  let node: YamlNode | undefined = root;
  let pair: Pair | undefined;
  for (const key of path) {
    pair = node?.kind === 'map' ? node.pair(key) : undefined;
    if (!pair) return undefined;
    node = pair.value;
  }
  return pair;
}

/** The ways in which a source may name a path: its own, and for what is global that of each chart. */
function waysTo(path: KeyPath, prefix: KeyPath, units: readonly ChartUnit[]): readonly KeyPath[] {
  const global = canonicalPath(path, units);
  const all = global[0] === 'global' ? units.map((unit) => [...unit.path, ...global]) : [path];
  return all.filter((each) => each.length > prefix.length && prefix.every((key, at) => each[at] === key)).map((each) => each.slice(prefix.length));
}

/** Where files set a key, in the order of the sources. */
export function findKeySites(path: KeyPath, sources: readonly ValuesSource[], units: readonly ChartUnit[]): readonly KeySite[] {
  return sources.flatMap((of) =>
    waysTo(path, of.prefix, units)
      .flatMap((way) => pairAt(of.root, way) ?? [])
      .map((pair) => ({ pair, of })),
  );
}

/** The keys that files have below a path, each with the first pair that sets it. */
export function keysBelow(path: KeyPath, sources: readonly ValuesSource[], units: readonly ChartUnit[]): ReadonlyMap<string, Pair> {
  const found = new Map<string, Pair>();
  const addAll = (node: YamlNode | undefined): void => {
    if (node?.kind !== 'map') return;
    for (const pair of node.pairs) if (!found.has(pair.key.value)) found.set(pair.key.value, pair);
  };
  for (const { root, prefix } of sources) {
    if (path.length === prefix.length && prefix.every((key, at) => path[at] === key)) addAll(root);
    else for (const way of waysTo(path, prefix, units)) addAll(pairAt(root, way)?.value);
  }
  return found;
}

/** A key of a file by its offset, with its path. @param isKeyOnly false to take the value as well */
export function keyAtOffset(root: MapNode, offset: number): { readonly pair: Pair; readonly path: KeyPath } | undefined {
  const path: string[] = [];
  let node: YamlNode = root;
  for (;;) {
    if (node.kind !== 'map') return undefined;
    const pair: Pair | undefined = node.pairs.find(({ key, value }) => isWithin(key, offset) || isWithin(value, offset));
    if (!pair) return undefined;
    path.push(pair.key.value);
    if (isWithin(pair.key, offset)) return { pair, path };
    node = pair.value;
  }
}

function isWithin({ start, end }: YamlNode, offset: number): boolean {
  return offset >= start && offset <= end;
}

/** Every key of a map, outermost first, down to the leaves; not those in lists. */
export function* allKeys(root: MapNode, prefix: KeyPath = []): Generator<{ readonly pair: Pair; readonly path: KeyPath }> {
  for (const pair of root.pairs) {
    const path = [...prefix, pair.key.value];
    yield { pair, path };
    if (pair.value.kind === 'map') yield* allKeys(pair.value, path);
  }
}

/**
 * What the author wrote of a key: the comment above it, `# -- text` as helm-docs reads it, or a line `## @param way text`
 * (readme-generator-for-helm) anywhere in the file. Plain text; undefined where there is none.
 */
export function documentationOf({ key }: Pair, path: KeyPath): string | undefined {
  const { source } = key;
  return commentAbove(source, source.lineAt(key.start)) ?? parameterLine(source, path);
}

function commentAbove(source: SourceText, line: number): string | undefined {
  const lines: string[] = [];
  for (let at = line - 1; at >= 0; at--) {
    const text = lineText(source, at).trim();
    if (!text.startsWith('#')) break;
    lines.unshift(text.replace(/^#+ ?/, ''));
  }
  const marked = lines.findLastIndex((text) => text.trimStart().startsWith('--'));
  const told = (marked >= 0 ? lines.slice(marked) : lines).flatMap((text, index) => {
    const words = marked >= 0 && index === 0 ? text.replace(/^\s*-- ?/, '').replace(/^\([^)]*\) /, '') : text;
    if (/^\s*@(?:default|raw|ignored|notationType|section|skip|extra|descriptionStart|descriptionEnd)/.test(words)) return [];
    const parameter = /^\s*@param\s+\S+\s+(?:\[[^\]]*\]\s*)?(.*)$/.exec(words);
    return [(parameter?.[1] ?? words).trimEnd()];
  });
  const text = told.join('\n').trim();
  return text === '' ? undefined : text;
}

function parameterLine(source: SourceText, path: KeyPath): string | undefined {
  const mark = `@param ${path.join('.')} `;
  const at = source.text.indexOf(mark);
  if (at < 0) return undefined;
  const end = source.text.indexOf('\n', at);
  const text = source.text
    .slice(at + mark.length, end < 0 ? source.text.length : end)
    .replace(/^\[[^\]]*\]\s*/, '')
    .trim();
  return text === '' ? undefined : text;
}

function lineText(source: SourceText, line: number): string {
  return source.text.slice(source.lineStarts[line] ?? 0, (source.lineStarts[line + 1] ?? source.text.length + 1) - 1);
}
