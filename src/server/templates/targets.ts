/** What stands at a place of a template or of a values file: a key of the values, a named template, a function, a member of a built-in object. */
import type { SourceText } from '../../core/base/source.js';
import { canonicalPath, type ChartIndex, type FoundCall, type TemplateDefinition } from '../../core/chartLanguage/chartIndex.js';
import { anyKey, type KeyPath } from '../../core/chartLanguage/refs.js';
import { keyAtOffset } from '../../core/chartLanguage/valuesKeys.js';
import { Lexer, type Token } from '../../core/template/parse/lexer.js';
import type { OpenChart } from './openCharts.js';

export interface Target {
  readonly source: SourceText;
  readonly start: number;
  readonly end: number;
  readonly what:
    /** By chart, since the same file may be part of several. */
    | { readonly kind: 'value'; readonly inCharts: readonly { readonly chart: OpenChart; readonly path: KeyPath }[] }
    | { readonly kind: 'template'; readonly name: string }
    | { readonly kind: 'member'; readonly path: KeyPath }
    | { readonly kind: 'function'; readonly name: string };
}

/** What stands at an offset of a file; undefined where it is nothing of these. */
export function targetAt(charts: readonly OpenChart[], source: SourceText, offset: number): Target | undefined {
  return keyTarget(charts, source, offset) ?? occurrenceTarget(charts, source, offset) ?? nameTarget(charts, source, offset) ?? functionTarget(source, offset);
}

/** A key of a values file. */
function keyTarget(charts: readonly OpenChart[], source: SourceText, offset: number): Target | undefined {
  const found = charts.flatMap((chart) =>
    chart.sources.flatMap(({ root, prefix }) => {
      if (root.source.file !== source) return [];
      const key = keyAtOffset(root, ownOffset(root.source, offset));
      return key ? [{ chart, path: [...prefix, ...key.path], pair: key.pair }] : [];
    }),
  );
  const [first] = found;
  if (!first) return undefined;
  const { key } = first.pair;
  const [start, end] = [key.source.toFileOffset(key.start), key.source.toFileOffset(key.end)];
  return offset >= start && offset <= end ? { source, start, end, what: { kind: 'value', inCharts: found.map(({ chart, path }) => ({ chart, path })) } } : undefined;
}

/** The offset in a text that stands within the file, of an offset of the file. */
function ownOffset(source: SourceText, offset: number): number {
  if (!source.isEmbedded) return offset;
  let [low, high] = [0, source.text.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (source.toFileOffset(middle) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function occurrenceTarget(charts: readonly OpenChart[], source: SourceText, offset: number): Target | undefined {
  const at = charts.flatMap((chart) =>
    (chart.index.occurrences.get(source.path) ?? []).filter(({ start, end }) => offset >= start && offset <= end).map((each) => ({ chart, each })),
  );
  const [first] = at;
  if (!first) return undefined;
  const { start, end } = first.each;
  const values = at.filter(({ each }) => each.kind === 'value' && each.path.length > 0);
  if (values.length > 0) return { source, start, end, what: { kind: 'value', inCharts: values.map(({ chart, each }) => ({ chart, path: each.path })) } };
  return { source, start, end, what: { kind: 'member', path: first.each.kind === 'member' ? first.each.path : ['Values'] } };
}

function nameTarget(charts: readonly OpenChart[], source: SourceText, offset: number): Target | undefined {
  for (const { index } of charts) {
    for (const call of index.calls)
      if (call.name !== undefined && call.source.path === source.path && offset >= call.nameStart && offset <= call.nameEnd)
        return named(source, call.name, call.nameStart, call.nameEnd);
    for (const all of index.allDefinitions.values()) {
      for (const { name, tree, nameRange } of all)
        if (tree.source.path === source.path && offset >= nameRange.start && offset <= nameRange.end) return named(source, name, nameRange.start, nameRange.end);
    }
  }
  return undefined;
}

function named(source: SourceText, name: string, start: number, end: number): Target {
  return { source, start: start + 1, end: end - 1, what: { kind: 'template', name } };
}

function functionTarget(source: SourceText, offset: number): Target | undefined {
  const token = tokensAround(source.text, offset).find(({ start, end, type }) => type === 'identifier' && offset >= start && offset <= end);
  return token && { source, start: token.start, end: token.end, what: { kind: 'function', name: token.value } };
}

/** The tokens of the action that holds an offset; empty outside of actions. */
export function tokensAround(text: string, offset: number): readonly Token[] {
  const open = text.lastIndexOf('{{', offset);
  if (open < 0 || text.slice(open, offset).includes('}}')) return [];
  const lexer = new Lexer(text.slice(open));
  const tokens: Token[] = [];
  for (let token = lexer.next(); token.type !== 'eof' && token.type !== 'error'; token = lexer.next()) {
    tokens.push({ ...token, start: token.start + open, end: token.end + open });
    if (token.type === 'rightDelim' || tokens.length > 5000) break;
  }
  return tokens;
}

/** Where templates, and texts that they run, name a key. A name that stands for any key counts where it is looked for. */
export function usesOfKey({ index }: OpenChart, path: KeyPath): readonly { readonly source: SourceText; readonly start: number; readonly end: number }[] {
  const wanted = canonicalPath(path, index.units);
  const found = new Map<string, { readonly source: SourceText; readonly start: number; readonly end: number }>();
  for (const all of index.occurrences.values()) {
    for (const { kind, path: own, source, start, end } of all) {
      if (kind !== 'value') continue;
      const canonical = canonicalPath(own, index.units);
      if (canonical.length === wanted.length && canonical.every((key, at) => key === wanted[at] || (key === anyKey && at < wanted.length - 1)))
        found.set(`${source.path} ${start}`, { source, start, end });
    }
  }
  return [...found.values()];
}

/** Where a named template is called. */
export function callsOf({ calls }: ChartIndex, name: string): readonly FoundCall[] {
  const known = new Set<string>();
  return calls.filter((call) => {
    const key = `${call.source.path} ${call.nameStart}`;
    return call.name === name && !known.has(key) && known.add(key);
  });
}

/** The definitions of a name, the one that counts first. */
export function definitionsOf({ allDefinitions }: ChartIndex, name: string): readonly TemplateDefinition[] {
  return [...(allDefinitions.get(name) ?? [])].reverse();
}
