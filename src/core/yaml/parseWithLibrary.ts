/**
 * Reads one YAML document with the `yaml` package: everything that the positional parser leaves to it. Tags are resolved
 * as go-yaml does, not as the package would.
 */
import { Lexer, isAlias, isMap, isScalar, isSeq, parseDocument, type Document, type Node, type Pair as LibraryPair } from 'yaml';
import { Problems, type Place, type Problem } from '../base/problem.js';
import type { SourceText } from '../base/source.js';
import { mergeInto } from './mergeKeys.js';
import { MapNode, Pair, ScalarNode, SequenceNode, type CommentSpan, type ScalarStyle, type ScalarTag, type YamlNode } from './nodes.js';
import { resolveTag } from './scalars.js';

/** Nodes that one document may have once its aliases are followed, and how deep it may be nested. */
export interface ParseBudget {
  readonly nodes: number;
  readonly depth: number;
}

export interface ParsedDocument {
  readonly root: YamlNode | undefined;
  readonly problems: readonly Problem[];
  readonly duplicateKeys: readonly ScalarNode[];
  readonly comments: readonly CommentSpan[];
}

/** Parses the text between two offsets as one document. */
export function parseWithLibrary(source: SourceText, start: number, end: number, budget: ParseBudget): ParsedDocument {
  const text = source.text.slice(start, end);
  const problems = new Problems();
  if (nestingOf(text) > budget.depth) return tooDeep(source, start, budget);
  const document = parseDocument(text, { schema: 'failsafe', version: '1.1', uniqueKeys: false, merge: false, strict: true, prettyErrors: false, logLevel: 'silent', stringKeys: false });
  if (document.errors.some(({ code }) => code === 'RESOURCE_EXHAUSTION')) return tooDeep(source, start, budget);
  for (const error of document.errors.slice(0, mostErrors)) {
    const [from, to] = error.pos;
    problems.error(`yaml/${codeOf(error.code)}`, sentence(error.message), { source, start: start + from, end: start + Math.max(to, from) });
  }
  if (problems.hasErrors) return { root: undefined, problems: problems.list, duplicateKeys: [], comments: [] };
  const converter = new Converter(source, start, document, problems, budget);
  const root = document.contents ? converter.convert(document.contents) : undefined;
  return { root: problems.hasErrors ? undefined : root, problems: problems.list, duplicateKeys: converter.duplicateKeys, comments: commentsOf(text, start) };
}

function tooDeep(source: SourceText, start: number, budget: ParseBudget): ParsedDocument {
  const problems = new Problems();
  problems.error('yaml/too-deep', `This document is nested deeper than ${budget.depth} levels.`, { source, start, end: start });
  return { root: undefined, problems: problems.list, duplicateKeys: [], comments: [] };
}

/** So many errors of one document are reported; those after them follow from the first ones as a rule. */
const mostErrors = 20;

function codeOf(code: string): string {
  return code.toLowerCase().replaceAll('_', '-');
}

function sentence(message: string): string {
  const first = message.split('\n')[0] ?? message;
  return first.endsWith('.') ? first : `${first}.`;
}

/** How deep a text nests, or a little more: levels of indentation, the dashes on one line, and flow brackets. */
function nestingOf(text: string): number {
  const columns: number[] = [];
  let flow = 0;
  let deepest = 0;
  for (let lineStart = 0; lineStart < text.length; ) {
    const lineEnd = lineEndOf(text, lineStart);
    let at = lineStart;
    while (text.charCodeAt(at) === 0x20) at++;
    if (at < lineEnd) {
      while ((columns.at(-1) ?? -1) >= at - lineStart) columns.pop();
      columns.push(at - lineStart);
    }
    for (; at < lineEnd; at++) {
      const code = text.charCodeAt(at);
      if (code === 0x2d && text.charCodeAt(at + 1) === 0x20) columns.push(at + 2 - lineStart);
      else if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, columns.length + ++flow);
      else if ((code === 0x5d || code === 0x7d) && flow > 0) flow--;
    }
    deepest = Math.max(deepest, columns.length + flow);
    lineStart = lineEnd + 1;
  }
  return deepest;
}

function lineEndOf(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
}

/** The comments of a text, by the package's lexer. */
function commentsOf(text: string, start: number): readonly CommentSpan[] {
  const comments: CommentSpan[] = [];
  let at = 0;
  for (const token of new Lexer().lex(text)) {
    if (token.startsWith('#')) comments.push({ start: start + at, end: start + at + token.length });
    if (!'\x02\x18\x1f'.includes(token)) at += token.length;
  }
  return comments;
}

class Converter {
  readonly duplicateKeys: ScalarNode[] = [];
  readonly #anchors = new Map<string, YamlNode>();
  #nodes = 0;
  #sizes = new Map<YamlNode, number>();

  constructor(
    readonly source: SourceText,
    readonly base: number,
    readonly document: Document,
    readonly problems: Problems,
    readonly budget: ParseBudget,
  ) {}

  convert(node: Node): YamlNode | undefined {
    const before = this.#nodes;
    const converted = this.#convert(node);
    if (converted && 'anchor' in node && typeof node.anchor === 'string') {
      this.#anchors.set(node.anchor, converted);
      this.#sizes.set(converted, this.#nodes - before + 1);
    }
    return converted;
  }

  #place(node: Node): Place {
    const [start, end] = node.range ?? [0, 0];
    return { source: this.source, start: this.base + start, end: this.base + end };
  }

  #convert(node: Node): YamlNode | undefined {
    if (++this.#nodes > this.budget.nodes) {
      if (!this.problems.hasErrors) this.problems.error('yaml/too-large', `This document has more than ${this.budget.nodes} nodes once its aliases are followed.`, this.#place(node));
      return undefined;
    }
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source);
      if (!target) this.problems.error('yaml/unknown-anchor', `There is no anchor &${node.source} before this alias.`, this.#place(node));
      else this.#nodes += this.#sizes.get(target) ?? 1;
      return target;
    }
    const { start, end } = this.#place(node);
    if (isScalar(node)) return this.#scalar(node, start, end);
    if (isSeq(node)) {
      const items: YamlNode[] = [];
      for (const item of node.items as Node[]) {
        const converted = this.convert(item);
        if (!converted) return undefined;
        items.push(converted);
      }
      return new SequenceNode(items, this.source, start, lastEnd(items, end, node.flow === true), undefined, undefined, node.flow === true);
    }
    return isMap(node) ? this.#map(node.items as LibraryPair<Node, Node | null>[], start, end, node.flow === true) : undefined;
  }

  #scalar(node: Node & { readonly value: unknown }, start: number, end: number): ScalarNode {
    const scalar = node as Node & { readonly value: unknown; readonly type?: string; readonly tag?: string; readonly source?: string };
    const style = styleOf(scalar.type);
    const value = typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? '');
    const tag = explicitTag(scalar.tag) ?? (style === 'plain' ? resolveTag(value) : '!!str');
    return new ScalarNode(value, tag, style, this.source, start, end, undefined, undefined);
  }

  #map(pairs: readonly LibraryPair<Node, Node | null>[], start: number, end: number, flow: boolean): MapNode | undefined {
    const converted: Pair[] = [];
    const merged: YamlNode[] = [];
    const seen = new Set<string>();
    for (const pair of pairs) {
      const key = this.convert(pair.key);
      if (!key) return undefined;
      if (key.kind !== 'scalar') {
        this.problems.error('yaml/complex-key', 'A map or list cannot be a key here.', key);
        return undefined;
      }
      const value = pair.value ? this.convert(pair.value) : new ScalarNode('', '!!null', 'plain', this.source, key.end, key.end, undefined, undefined);
      if (!value) return undefined;
      if (key.tag === '!!merge') merged.push(value);
      else {
        if (seen.has(key.value)) this.duplicateKeys.push(key);
        seen.add(key.value);
        converted.push(new Pair(key, value));
      }
    }
    const all = merged.length > 0 ? mergeInto(converted, merged) : converted;
    if (!all) {
      this.problems.error('yaml/invalid-merge', 'A merge key << takes a map, or a list of maps.', merged[0] ?? { source: this.source, start, end });
      return undefined;
    }
    const lastPair = converted.at(-1);
    return new MapNode(all, this.source, start, flow || !lastPair ? end : Math.max(lastPair.value.source === this.source ? lastPair.value.end : end, lastPair.key.end), undefined, undefined, flow);
  }
}

function lastEnd(items: readonly YamlNode[], end: number, flow: boolean): number {
  const last = items.at(-1);
  return flow || !last ? end : last.end;
}

function styleOf(type: string | undefined): ScalarStyle {
  switch (type) {
    case 'QUOTE_SINGLE':
      return 'single';
    case 'QUOTE_DOUBLE':
      return 'double';
    case 'BLOCK_LITERAL':
      return 'literal';
    case 'BLOCK_FOLDED':
      return 'folded';
    default:
      return 'plain';
  }
}

const knownTags: ReadonlySet<string> = new Set<ScalarTag>(['!!str', '!!int', '!!float', '!!bool', '!!null', '!!timestamp', '!!binary', '!!merge']);

function explicitTag(tag: string | undefined): ScalarTag | undefined {
  if (tag === undefined) return undefined;
  const short = tag.replace('tag:yaml.org,2002:', '!!');
  return isScalarTag(short) ? short : '!!str';
}

function isScalarTag(tag: string): tag is ScalarTag {
  return knownTags.has(tag);
}
