/** Go to Definition, references, highlights and the outline of templates. Plain places, by path and range. */
import { SymbolKind, type DocumentHighlight, type DocumentSymbol, type Location, type LocationLink } from 'vscode-languageserver';
import type { SourceText } from '../../core/base/source.js';
import { findKeySites } from '../../core/chartLanguage/valuesKeys.js';
import type { ParsedTemplate } from '../../core/template/parse/parser.js';
import type { ListNode } from '../../core/template/parse/nodes.js';
import { describe } from '../../core/template/parse/nodes.js';
import { pathToUri } from '../uris.js';
import type { OpenChart } from './openCharts.js';
import { callsOf, definitionsOf, usesOfKey, type Target } from './targets.js';

interface Span {
  readonly source: SourceText;
  readonly start: number;
  readonly end: number;
}

function locationOf({ source, start, end }: Span): Location {
  const { path, range } = source.locate(start, end);
  return { uri: pathToUri(path), range };
}

function unique(spans: readonly Span[]): readonly Span[] {
  const known = new Set<string>();
  return spans.filter(({ source, start }) => {
    const key = `${source.path} ${source.toFileOffset(start)}`;
    return !known.has(key) && known.add(key);
  });
}

/** Where a key stands in values files; where a template is defined. */
function declarationsOf({ what }: Target, charts: readonly OpenChart[]): readonly Span[] {
  if (what.kind === 'value') return unique(what.inCharts.flatMap(({ chart, path }) => findKeySites(path, chart.sources, chart.index.units).map(({ pair: { key } }) => key)));
  if (what.kind !== 'template') return [];
  return unique(
    charts.flatMap(({ index }) => definitionsOf(index, what.name).map(({ tree, nameRange }) => ({ source: tree.source, start: nameRange.start + 1, end: nameRange.end - 1 }))),
  );
}

/** Where templates name a key, or call a template. */
function usesOf({ what }: Target, charts: readonly OpenChart[]): readonly Span[] {
  if (what.kind === 'value') return unique(what.inCharts.flatMap(({ chart, path }) => usesOfKey(chart, path)));
  if (what.kind !== 'template') return [];
  return unique(charts.flatMap(({ index }) => callsOf(index, what.name).map(({ source, nameStart, nameEnd }) => ({ source, start: nameStart + 1, end: nameEnd - 1 }))));
}

/** Where what stands at a place is declared. Null where nothing is. */
export function findTemplateDefinitions(target: Target, charts: readonly OpenChart[]): LocationLink[] | null {
  const found = declarationsOf(target, charts);
  if (found.length === 0) return null;
  const originSelectionRange = target.source.locate(target.start, target.end).range;
  return found.map((span) => {
    const { uri, range } = locationOf(span);
    return { originSelectionRange, targetUri: uri, targetRange: range, targetSelectionRange: range };
  });
}

/** All places of what stands at a place. */
export function findTemplateReferences(target: Target, charts: readonly OpenChart[], withDeclarations: boolean): Location[] {
  const uses = usesOf(target, charts);
  return unique(withDeclarations ? [...declarationsOf(target, charts), ...uses] : uses).map(locationOf);
}

/** The same within one file. */
export function highlightTemplates(target: Target, charts: readonly OpenChart[]): DocumentHighlight[] {
  const all = unique([...declarationsOf(target, charts), ...usesOf(target, charts)]).filter(({ source }) => source.path === target.source.path);
  return all.map(({ source, start, end }) => ({ range: source.locate(start, end).range }));
}

/** The definitions of a file of templates, and the blocks of its own text. */
export function listTemplateSymbols({ source, trees, name: fileName }: ParsedTemplate): DocumentSymbol[] {
  const symbols: DocumentSymbol[] = [];
  for (const { name, root, nameRange } of trees.values()) {
    if (nameRange) {
      const range = source.locate(Math.min(nameRange.start, root.start), Math.max(root.end, nameRange.end)).range;
      symbols.push({
        name,
        detail: 'named template',
        kind: SymbolKind.Function,
        range,
        selectionRange: source.locate(nameRange.start + 1, nameRange.end - 1).range,
        children: blocksOf(source, root, 0),
      });
    } else if (name === fileName) symbols.push(...blocksOf(source, root, 0));
  }
  return symbols.sort((a, b) => a.range.start.line - b.range.start.line);
}

const deepestSymbol = 6;

function blocksOf(source: SourceText, list: ListNode, depth: number): DocumentSymbol[] {
  if (depth > deepestSymbol) return [];
  return list.nodes.flatMap((node) => {
    if (node.kind !== 'if' && node.kind !== 'with' && node.kind !== 'range') return [];
    const children = [...blocksOf(source, node.list, depth + 1), ...(node.elseList ? blocksOf(source, node.elseList, depth + 1) : [])];
    const text = describe(node.pipe);
    const selection = source.locate(node.pipe.start, Math.max(node.pipe.start, node.pipe.end)).range;
    const range = source.locate(node.pipe.start, Math.max(node.end, node.pipe.end)).range;
    return [
      {
        name: `${node.kind} ${text.length > 60 ? `${text.slice(0, 59)}…` : text}`,
        kind: node.kind === 'range' ? SymbolKind.Array : SymbolKind.Boolean,
        range,
        selectionRange: selection,
        children,
      },
    ];
  });
}
