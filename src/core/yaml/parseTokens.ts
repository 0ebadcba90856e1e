/**
 * Builds one document of tokens, with go-yaml's grammar (go.yaml.in/yaml/v3 v3.0.5 parserc.go, decode.go) and kyaml's way
 * with aliases and merge keys (kyaml/yaml/rnode.go v0.21.2 DeAnchor): what go-yaml refuses is refused, and what it takes is
 * taken. Slower than the positional parser, which leaves to it what is rare or wrong.
 */
import { findLineEnd, isBlankAt, isLineEnd, type Complain } from './characters.js';
import { mergeInto } from './mergeKeys.js';
import { MapNode, Pair, ScalarNode, SequenceNode, type CommentSpan, type ScalarStyle, type ScalarTag, type YamlNode } from './nodes.js';
import { resolveTag } from './scalars.js';
import { TokenScanner, type Token, type TokenType } from './scanTokens.js';
import type { SourceText } from '../base/source.js';

/** How deep a document may be nested, and how many nodes its aliases may repeat. */
export interface ParseBudget {
  readonly depth: number;
  readonly aliased: number;
}

export interface TokenDocument {
  /** Undefined for a document without content and after a complaint. */
  readonly root: YamlNode | undefined;
  readonly duplicateKeys: readonly ScalarNode[];
  readonly comments: readonly CommentSpan[];
  /** Where text begins that kustomize never reads, because the first document ends before it; -1 where there is none. */
  readonly ignoredFrom: number;
}

/** Reads the text between two offsets as one document; mistakes go to `complain`, at most one. */
export function parseTokens(source: SourceText, start: number, end: number, budget: ParseBudget, complain: Complain): TokenDocument {
  const parser = new TokenParser(source, start, end, budget, complain);
  const root = parser.parseDocument();
  return { root, duplicateKeys: parser.duplicateKeys, comments: parser.comments, ignoredFrom: parser.ignoredFrom };
}

/** What stands before a node. */
interface Properties {
  readonly anchor: string | undefined;
  readonly tag: string | undefined;
  /** The end of the last property; 0 where there is none. */
  readonly end: number;
}

interface Anchored {
  /** Undefined while the node is being read. */
  readonly node: YamlNode | undefined;
  /** How many nodes an alias of it stands for. */
  readonly size: number;
}

const scalarTags: ReadonlySet<string> = new Set<ScalarTag>(['!!str', '!!int', '!!float', '!!bool', '!!null', '!!timestamp', '!!binary', '!!merge']);
const standardTags = 'tag:yaml.org,2002:';

class TokenParser {
  readonly duplicateKeys: ScalarNode[] = [];
  ignoredFrom = -1;
  readonly #scanner: TokenScanner;
  readonly #text: string;
  readonly #complain: Complain;
  readonly #anchors = new Map<string, Anchored>();
  readonly #handles = new Map([
    ['!', '!'],
    ['!!', standardTags],
  ]);
  /** Scalars with tags that are not YAML's own: strings as values and as keys of the root, nothing as other keys. */
  readonly #foreign = new Set<YamlNode>();
  /** The brackets around the present place. */
  readonly #open: Token[] = [];
  #depth = 0;
  #nodes = 0;
  #aliased = 0;
  #hasFailed = false;
  /** The end of the last content that was read: a node's own end, but for aliases and what has no text. */
  #end = 0;

  constructor(
    readonly source: SourceText,
    start: number,
    readonly limit: number,
    readonly budget: ParseBudget,
    complain: Complain,
  ) {
    this.#text = source.text;
    this.#complain = (...problem) => {
      if (!this.#hasFailed) complain(...problem);
      this.#hasFailed = true;
      return undefined;
    };
    this.#scanner = new TokenScanner(source.text, start, limit, this.#complain);
  }

  get comments(): readonly CommentSpan[] {
    return this.#scanner.comments;
  }

  parseDocument(): YamlNode | undefined {
    const root = this.#parseRoot();
    if (this.#hasFailed) return undefined;
    const after = this.#scanner.peek();
    if (this.#hasFailed) return undefined;
    if (after.type === 'documentEnd') this.#scanner.skip();
    if (root && after.type !== 'end') this.ignoredFrom = this.#findIgnored(after.type === 'documentEnd' ? after.end : after.start);
    return root;
  }

  /** The first text behind the document that is more than comments and document markers. */
  #findIgnored(from: number): number {
    const rest = /^(?:\s|(?:---|\.\.\.)(?=\s|$)|#.*)*/.exec(this.#text.slice(from, this.limit))?.[0].length ?? 0;
    return from + rest < this.limit ? from + rest : -1;
  }

  #parseRoot(): YamlNode | undefined {
    const first = this.#scanner.peek();
    if (first.type === 'end') return undefined;
    if (first.type !== 'version' && first.type !== 'tagDirective' && first.type !== 'documentStart') return this.#parseNode(true, false);
    if (!this.#parseDirectives()) return undefined;
    const marker = this.#scanner.peek();
    if (marker.type !== 'documentStart') return this.#unexpected(marker, 'yaml/invalid-directive', 'Behind directives (lines with %) the document begins with a line ---.');
    this.#scanner.skip();
    const content = this.#scanner.peek();
    if (['version', 'tagDirective', 'documentStart', 'documentEnd', 'end'].includes(content.type)) return this.#nullAt(marker.end);
    return this.#parseNode(true, false);
  }

  #parseDirectives(): boolean {
    let versions = 0;
    const declared = new Set<string>();
    for (let token = this.#scanner.peek(); token.type === 'version' || token.type === 'tagDirective'; token = this.#scanner.peek()) {
      if (token.type === 'version' && (versions++ > 0 || !/^0?1\.0?1$/.test(token.value))) {
        this.#complain('yaml/invalid-directive', 'Kustomize reads %YAML 1.1 alone, and once: leave the directive out.', token.start, token.end);
        return false;
      }
      if (token.type === 'tagDirective') {
        if (declared.has(token.value)) {
          this.#complain('yaml/invalid-directive', `The tag handle ${token.value} is declared twice.`, token.start, token.end);
          return false;
        }
        declared.add(token.value);
        this.#handles.set(token.value, token.suffix);
      }
      this.#scanner.skip();
    }
    return !this.#hasFailed;
  }

  /** Complains that a token is not what should stand there, unless the scanner has complained already. */
  #unexpected(token: Token, code: string, message: string): undefined {
    if (token.type === 'failure') return undefined;
    const open = this.#open.at(-1);
    if (token.type === 'end' && open)
      return this.#complain('yaml/unclosed-bracket', `This bracket is not closed: ${open.type === 'flowMap' ? '}' : ']'} is missing.`, open.start, open.end);
    const lineEnd = findLineEnd(this.#text, token.start, this.limit);
    let start = token.start;
    // a colon too many: the key before it says more
    if (token.type === 'value') {
      while (start > 0 && !isLineEnd(this.#text, start - 1, this.limit)) start--;
      while (isBlankAt(this.#text, start, token.start)) start++;
    }
    return this.#complain(code, message, start, Math.max(token.end, lineEnd));
  }

  /**
   * Reads one node.
   * @param block true where block collections may stand, false inside brackets
   * @param indentless true where a list may stand at the indentation of its key
   */
  #parseNode(block: boolean, indentless: boolean): YamlNode | undefined {
    if (++this.#depth > this.budget.depth) {
      const { start } = this.#scanner.peek();
      return this.#complain('yaml/too-deep', `This document is nested deeper than ${this.budget.depth} levels.`, start, start);
    }
    this.#nodes++;
    const node = this.#scanner.peek().type === 'alias' ? this.#parseAlias() : this.#parseAnchored(block, indentless);
    this.#depth--;
    return node;
  }

  #parseAlias(): YamlNode | undefined {
    const token = this.#scanner.peek();
    const anchored = this.#anchors.get(token.value);
    if (!anchored) return this.#complain('yaml/unknown-anchor', `There is no anchor &${token.value} before this alias.`, token.start, token.end);
    if (!anchored.node) return this.#complain('yaml/self-reference', `The alias *${token.value} stands inside the node that it names.`, token.start, token.end);
    this.#aliased += anchored.size;
    if (this.#aliased > this.budget.aliased) {
      return this.#complain('yaml/too-large', `The aliases of this document repeat more than ${this.budget.aliased} nodes.`, token.start, token.end);
    }
    this.#scanner.skip();
    this.#end = token.end;
    return anchored.node;
  }

  #parseAnchored(block: boolean, indentless: boolean): YamlNode | undefined {
    const properties = this.#parseProperties();
    if (!properties) return undefined;
    const { anchor } = properties;
    if (anchor === undefined) return this.#parseContent(properties, block, indentless);
    this.#anchors.set(anchor, { node: undefined, size: 0 });
    const before = this.#nodes + this.#aliased;
    const node = this.#parseContent(properties, block, indentless);
    this.#anchors.set(anchor, { node, size: this.#nodes + this.#aliased - before + 1 });
    return node;
  }

  /** An anchor and a tag, in either order. */
  #parseProperties(): Properties | undefined {
    let anchor: string | undefined;
    let tag: string | undefined;
    let end = 0;
    for (;;) {
      const token = this.#scanner.peek();
      if (token.type === 'failure') return undefined;
      const isNew = token.type === 'anchor' ? anchor === undefined : token.type === 'tag' && tag === undefined;
      if (!isNew) return { anchor, tag: tag === '!' ? undefined : tag, end };
      if (token.type === 'anchor') anchor = token.value;
      else {
        tag = this.#fullTag(token);
        if (tag === undefined) return undefined;
      }
      end = token.end;
      this.#scanner.skip();
    }
  }

  /** A tag in go-yaml's short form; `!` alone for the tag that says nothing. */
  #fullTag(token: Token): string | undefined {
    const prefix = token.value === '' ? '' : this.#handles.get(token.value);
    if (prefix === undefined) return this.#complain('yaml/unknown-tag-handle', `The tag handle ${token.value} is not declared.`, token.start, token.end);
    const tag = prefix + token.suffix;
    return tag.startsWith(standardTags) ? `!!${tag.slice(standardTags.length)}` : tag;
  }

  #parseContent(properties: Properties, block: boolean, indentless: boolean): YamlNode | undefined {
    const token = this.#scanner.peek();
    switch (token.type) {
      case 'scalar':
        this.#scanner.skip();
        this.#end = token.end;
        return this.#scalar(token.value, token.style, properties.tag, token.start, token.end);
      case 'flowSequence':
        return this.#parseFlowSequence();
      case 'flowMap':
        return this.#parseFlowMap();
      case 'dash':
        if (indentless) return this.#parseSequence(token.start, true);
        break;
      case 'blockSequence':
        if (block) return this.#parseSequence(token.start, false);
        break;
      case 'blockMap':
        if (block) return this.#parseBlockMap(token.start);
        break;
      default:
    }
    if (properties.end > 0 && token.type !== 'failure') {
      this.#end = properties.end;
      return this.#scalar('', 'plain', properties.tag, properties.end, properties.end);
    }
    return this.#unexpected(token, 'yaml/unexpected-token', block ? 'A value is expected here.' : 'A value is expected here, or the end of the brackets.');
  }

  #scalar(value: string, style: ScalarStyle, tag: string | undefined, start: number, end: number): ScalarNode {
    const node = new ScalarNode(value, scalarTag(value, style, tag), style, this.source, start, end, undefined, undefined);
    if (tag !== undefined && !isScalarTag(tag)) this.#foreign.add(node);
    return node;
  }

  #nullAt(offset: number): ScalarNode {
    this.#end = Math.max(this.#end, offset);
    return new ScalarNode('', '!!null', 'plain', this.source, offset, offset, undefined, undefined);
  }

  /** A block list; one at the indentation of its key has no tokens around it. */
  #parseSequence(start: number, indentless: boolean): YamlNode | undefined {
    if (!indentless) this.#scanner.skip();
    const items: YamlNode[] = [];
    let end = start + 1;
    for (;;) {
      const dash = this.#scanner.peek();
      if (dash.type !== 'dash') {
        if (dash.type === 'failure') return undefined;
        if (indentless) break;
        if (dash.type !== 'blockEnd')
          return this.#unexpected(dash, 'yaml/bad-indentation', 'This line stands where an item of the list above is expected: begin it with a dash, or indent it otherwise.');
        this.#scanner.skip();
        break;
      }
      this.#scanner.skip();
      const next = this.#scanner.peek().type;
      const isEmpty = next === 'dash' || next === 'blockEnd' || (indentless && (next === 'key' || next === 'value'));
      const item = isEmpty ? this.#nullAt(dash.end) : this.#parseNode(true, false);
      if (!item) return undefined;
      items.push(item);
      end = this.#end;
    }
    this.#end = end;
    return new SequenceNode(items, this.source, start, end, undefined, undefined, false);
  }

  #parseBlockMap(start: number): YamlNode | undefined {
    this.#scanner.skip();
    const builder = new MapBuilder();
    let end = start;
    for (;;) {
      const token = this.#scanner.peek();
      if (token.type === 'blockEnd') {
        this.#scanner.skip();
        break;
      }
      if (token.type !== 'key')
        return this.#unexpected(token, 'yaml/bad-indentation', 'This line stands where a key of the map above is expected: indent it like the keys of its map.');
      this.#scanner.skip();
      const key = this.#isMapPartMissing() ? this.#nullAt(token.end) : this.#parseNode(true, true);
      if (!key) return undefined;
      const colon = this.#scanner.peek();
      if (colon.type === 'failure') return undefined;
      const wasAlias = colon.type === 'value' ? this.#passColon(colon) : false;
      const value = colon.type !== 'value' ? this.#nullAt(this.#end) : this.#isMapPartMissing() ? this.#nullAt(colon.end) : this.#parseNode(true, true);
      if (!value || !this.#addPair(builder, key, value, wasAlias)) return undefined;
      end = this.#end;
    }
    this.#end = end;
    return this.#finishMap(builder, start, end, false);
  }

  /** Passes a colon; true where an alias is behind it. */
  #passColon(colon: Token): boolean {
    this.#scanner.skip();
    this.#end = colon.end;
    return this.#scanner.peek().type === 'alias';
  }

  /** True where the key or value of a block map's field has no text. */
  #isMapPartMissing(): boolean {
    const { type } = this.#scanner.peek();
    return type === 'key' || type === 'value' || type === 'blockEnd';
  }

  #parseFlowSequence(): YamlNode | undefined {
    const open = this.#scanner.peek();
    this.#open.push(open);
    this.#scanner.skip();
    const items: YamlNode[] = [];
    for (;;) {
      if (!this.#passComma(items.length === 0, 'flowSequenceEnd', ']')) return undefined;
      const token = this.#scanner.peek();
      if (token.type === 'flowSequenceEnd') break;
      const item = token.type === 'key' ? this.#parseSinglePair(token.start) : this.#parseNode(false, false);
      if (!item) return undefined;
      items.push(item);
    }
    const close = this.#scanner.peek();
    this.#open.pop();
    this.#scanner.skip();
    this.#end = close.end;
    return new SequenceNode(items, this.source, open.start, close.end, undefined, undefined, true);
  }

  /** Passes the comma before an entry that is not the first; true also at the closing bracket. */
  #passComma(isFirst: boolean, close: TokenType, bracket: string): boolean {
    const token = this.#scanner.peek();
    if (token.type === 'failure') return false;
    if (isFirst || token.type === close) return true;
    if (token.type === 'comma') {
      this.#scanner.skip();
      return this.#scanner.peek().type !== 'failure';
    }
    this.#unexpected(token, 'yaml/missing-comma', `A comma or ${bracket} is expected here, because a bracket before is not closed.`);
    return false;
  }

  /** `a: b` inside square brackets: a map of one field. */
  #parseSinglePair(start: number): YamlNode | undefined {
    this.#scanner.skip();
    const token = this.#scanner.peek();
    const isMissing = token.type === 'value' || token.type === 'comma' || token.type === 'flowSequenceEnd';
    const key = isMissing ? this.#nullAt(token.start) : this.#parseNode(false, false);
    if (!key) return undefined;
    // go-yaml passes the token behind a missing key, whatever it is
    if (isMissing) this.#scanner.skip();
    const builder = new MapBuilder();
    const value = this.#parseFlowValue('flowSequenceEnd');
    if (!value || !this.#addPair(builder, key, value, false)) return undefined;
    return this.#finishMap(builder, start, this.#end, true);
  }

  /** What stands behind a key inside brackets: `: value`, or nothing. */
  #parseFlowValue(close: TokenType): YamlNode | undefined {
    const colon = this.#scanner.peek();
    if (colon.type === 'failure') return undefined;
    if (colon.type !== 'value') return this.#nullAt(this.#end);
    this.#passColon(colon);
    const next = this.#scanner.peek().type;
    return next === 'comma' || next === close ? this.#nullAt(colon.end) : this.#parseNode(false, false);
  }

  #parseFlowMap(): YamlNode | undefined {
    const open = this.#scanner.peek();
    this.#open.push(open);
    this.#scanner.skip();
    const builder = new MapBuilder();
    for (let isFirst = true; ; isFirst = false) {
      if (!this.#passComma(isFirst, 'flowMapEnd', '}')) return undefined;
      const token = this.#scanner.peek();
      if (token.type === 'flowMapEnd') break;
      if (!this.#parseFlowPair(builder, token)) return undefined;
    }
    const close = this.#scanner.peek();
    this.#open.pop();
    this.#scanner.skip();
    this.#end = close.end;
    return this.#finishMap(builder, open.start, close.end, true);
  }

  #parseFlowPair(builder: MapBuilder, token: Token): boolean {
    if (token.type !== 'key') {
      const key = this.#parseNode(false, false);
      return key !== undefined && this.#addPair(builder, key, this.#nullAt(this.#end), false);
    }
    this.#scanner.skip();
    const next = this.#scanner.peek();
    const isMissing = next.type === 'value' || next.type === 'comma' || next.type === 'flowMapEnd';
    const key = isMissing ? this.#nullAt(token.end) : this.#parseNode(false, false);
    if (!key) return false;
    const value = this.#parseFlowValue('flowMapEnd');
    return value !== undefined && this.#addPair(builder, key, value, false);
  }

  #addPair(builder: MapBuilder, key: YamlNode, value: YamlNode, isAlias: boolean): boolean {
    if (key.kind !== 'scalar') {
      const isTemplate = key.kind === 'map' && this.#text.startsWith('{{', key.start - 1);
      const message = isTemplate ? 'Two braces begin a map whose key is a map: quote the template {{ … }}.' : `A ${key.kind === 'map' ? 'map' : 'list'} cannot be a key here.`;
      this.#complain('yaml/complex-key', message, key.start, key.end);
      return false;
    }
    if (this.#foreign.has(key) && this.#depth > 1) {
      this.#complain('yaml/invalid-tag', 'A key with a tag of its own has no form in JSON: leave the tag out.', key.start, key.end);
      return false;
    }
    if (key.tag !== '!!merge') {
      builder.pairs.push(new Pair(key, value));
      return true;
    }
    const isTwice = builder.merged !== undefined;
    if (isTwice) this.#complain('yaml/invalid-merge', 'A map has one merge key <<: give it a list of maps.', key.start, key.end);
    else if (isAlias && value.kind !== 'map') this.#complain('yaml/invalid-merge', 'An alias behind a merge key << names a map.', key.start, this.#end);
    builder.merged = value;
    return !this.#hasFailed;
  }

  #finishMap(builder: MapBuilder, start: number, end: number, flow: boolean): YamlNode | undefined {
    const seen = new Set<string>();
    for (const { key } of builder.pairs) {
      if (seen.has(key.value)) this.duplicateKeys.push(key);
      seen.add(key.value);
    }
    const pairs = builder.merged ? mergeInto(builder.pairs, builder.merged) : builder.pairs;
    if (!pairs) return this.#complain('yaml/invalid-merge', 'A merge key << takes a map, or a list of maps.', builder.merged?.start ?? start, builder.merged?.end ?? end);
    return new MapNode(pairs, this.source, start, end, undefined, undefined, flow);
  }
}

/** The fields of a map while it is read. */
class MapBuilder {
  readonly pairs: Pair[] = [];
  merged: YamlNode | undefined;
}

function scalarTag(value: string, style: ScalarStyle, tag: string | undefined): ScalarTag {
  if (tag !== undefined) return isScalarTag(tag) ? tag : '!!str';
  return style === 'plain' ? resolveTag(value) : '!!str';
}

function isScalarTag(tag: string): tag is ScalarTag {
  return scalarTags.has(tag);
}
