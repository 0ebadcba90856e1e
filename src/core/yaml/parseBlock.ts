/**
 * The positional parser: reads the YAML that people write for Kubernetes in one pass, with go-yaml v3's rules
 * (go.yaml.in/yaml/v3 v3.0.5 scannerc.go, parserc.go). It knows block and flow collections, all scalars, comments, anchors
 * and aliases. It gives up on everything rare (explicit keys, tags beyond the standard scalars, single-pair maps) and on
 * everything that is or may be an error: the caller then asks the token parser, which also finds the words.
 */
import type { SourceText } from '../base/source.js';
import { isDocumentMarker, isWordCode, type Complain } from './characters.js';
import { MapNode, Pair, ScalarNode, SequenceNode, type CommentSpan, type ScalarTag, type YamlNode } from './nodes.js';
import { mergeInto } from './mergeKeys.js';
import { resolveTag } from './scalars.js';
import { scanBlockScalar } from './scanBlockScalar.js';
import { scanQuoted } from './scanQuoted.js';

export interface BlockDocument {
  readonly root: YamlNode | undefined;
  readonly duplicateKeys: readonly ScalarNode[];
  readonly comments: readonly CommentSpan[];
}

/** Deeper documents are left to the token parser, which counts their depth. */
const deepest = 200;
/** go-yaml's limit for a key on one line. */
const longestKey = 1024;

const enum Code {
  Tab = 0x09,
  LineFeed = 0x0a,
  CarriageReturn = 0x0d,
  Space = 0x20,
  Hash = 0x23,
  DoubleQuote = 0x22,
  Ampersand = 0x26,
  SingleQuote = 0x27,
  Star = 0x2a,
  Comma = 0x2c,
  Dash = 0x2d,
  Colon = 0x3a,
  Question = 0x3f,
  OpenBracket = 0x5b,
  CloseBracket = 0x5d,
  OpenBrace = 0x7b,
  CloseBrace = 0x7d,
  Exclamation = 0x21,
  Pipe = 0x7c,
  Greater = 0x3e,
}

/** Reads the text between two offsets as one document; undefined where it is not for this parser. */
export function parseBlock(source: SourceText, start: number, end: number): BlockDocument | undefined {
  const parser = new BlockParser(source, start, end);
  const root = parser.parseDocument();
  return parser.gaveUp ? undefined : { root, duplicateKeys: parser.duplicateKeys, comments: parser.comments };
}

/** What is wrong is worded by the token parser. */
const ignore: Complain = () => undefined;

class BlockParser {
  readonly duplicateKeys: ScalarNode[] = [];
  readonly comments: CommentSpan[] = [];
  gaveUp = false;
  readonly #text: string;
  readonly #end: number;
  #at: number;
  #lineStart: number;
  #depth = 0;
  #aliasedCollections = 0;
  #openAnchors = 0;
  #aliasEnd = 0;
  #hash = -1;
  #hashFrom = 0;
  readonly #anchors = new Map<string, YamlNode>();

  constructor(
    readonly source: SourceText,
    start: number,
    end: number,
  ) {
    this.#text = source.text;
    this.#end = end;
    this.#at = start;
    this.#lineStart = start;
  }

  parseDocument(): YamlNode | undefined {
    if (this.#text.charCodeAt(this.#at) === 0xfeff) this.#lineStart = ++this.#at;
    let column = this.#skipToContent();
    if (column === 0 && isDocumentMarker(this.#text, this.#at, this.#end)) {
      if (this.#text.charCodeAt(this.#at) !== Code.Dash) return this.#giveUp();
      this.#at += 3;
      column = this.#skipToContent();
      if (column >= 0 && this.#at - column !== this.#lineStart) return this.#giveUp();
    }
    if (column < 0) return undefined;
    if (this.#text.charCodeAt(this.#at) === 0x25) return this.#giveUp();
    const root = this.#parseNode(column, -1, this.#lineStart + column === this.#at);
    if (root && this.#skipToContent() >= 0) return this.#giveUp();
    return root;
  }

  #giveUp(): undefined {
    this.gaveUp = true;
    return undefined;
  }

  /** Goes over white space and comments to the next content; its column, or -1 at the end. Gives up on a tab. */
  #skipToContent(): number {
    const text = this.#text;
    let at = this.#at;
    for (; at < this.#end; at++) {
      const code = text.charCodeAt(at);
      if (code === Code.LineFeed) {
        this.#lineStart = at + 1;
      } else if (code === Code.Hash) {
        if (at > this.#lineStart && !isBlank(text.charCodeAt(at - 1))) {
          this.#giveUp();
          break;
        }
        const lineEnd = this.#lineEnd(at);
        this.comments.push({ start: at, end: text.charCodeAt(lineEnd - 1) === Code.CarriageReturn ? lineEnd - 1 : lineEnd });
        at = lineEnd - 1;
      } else if (code === Code.Tab) {
        this.#giveUp();
        break;
      } else if (code !== Code.Space && code !== Code.CarriageReturn) break;
    }
    this.#at = at;
    if (at >= this.#end) return -1;
    return this.gaveUp ? -1 : at - this.#lineStart;
  }

  #lineEnd(from: number): number {
    const at = this.#text.indexOf('\n', from);
    return at < 0 || at > this.#end ? this.#end : at;
  }

  /** Skips blanks within the line; the code of what follows, or a line feed's where nothing but a comment does. */
  #skipInLine(): number {
    const text = this.#text;
    let at = this.#at;
    while (at < this.#end && isBlank(text.charCodeAt(at))) at++;
    const afterBlank = at > this.#at;
    this.#at = at;
    if (at >= this.#end) return Code.LineFeed;
    const code = text.charCodeAt(at);
    if (code === Code.Hash && afterBlank) return Code.LineFeed;
    return code === Code.CarriageReturn && text.charCodeAt(at + 1) === Code.LineFeed ? Code.LineFeed : code;
  }

  /** True where the character at `at` ends a word: white space or the end. */
  #isBlankAt(at: number): boolean {
    if (at >= this.#end) return true;
    const code = this.#text.charCodeAt(at);
    return code === Code.Space || code === Code.LineFeed || code === Code.Tab || code === Code.CarriageReturn;
  }

  /**
   * Reads the node that begins here.
   * @param column where it begins; a map or list may begin here only if `mayBeCollection`
   * @param parentIndent the column of the collection around it
   */
  #parseNode(column: number, parentIndent: number, mayBeCollection: boolean): YamlNode | undefined {
    const code = this.#text.charCodeAt(this.#at);
    if (code === Code.Dash && this.#isBlankAt(this.#at + 1)) return mayBeCollection ? this.#parseSequence(column) : this.#giveUp();
    if (code === Code.Ampersand) return this.#parseAnchored(column, parentIndent);
    if (code === Code.Question && this.#isBlankAt(this.#at + 1)) return this.#giveUp();
    if (mayBeCollection) {
      const start = this.#at;
      const key = this.#parseKey();
      if (this.gaveUp) return undefined;
      if (key) return this.#parseMap(column, start, key);
    }
    return this.#parseLeaf(parentIndent);
  }

  /** A scalar, flow collection or alias, up to the end of its line. */
  #parseLeaf(parentIndent: number): YamlNode | undefined {
    const code = this.#text.charCodeAt(this.#at);
    const node = this.#parseLeafContent(code, parentIndent);
    if (!node || this.gaveUp) return undefined;
    if (code === Code.Pipe || code === Code.Greater) return node;
    return this.#skipInLine() === Code.LineFeed ? node : this.#giveUp();
  }

  #parseLeafContent(code: number, parentIndent: number): YamlNode | undefined {
    switch (code) {
      case Code.Pipe:
      case Code.Greater:
        return this.#parseBlockScalar(parentIndent, undefined);
      case Code.DoubleQuote:
      case Code.SingleQuote:
        return this.#parseQuoted();
      case Code.OpenBrace:
      case Code.OpenBracket:
        return this.#parseFlow();
      case Code.Star:
        return this.#parseAlias();
      case Code.Exclamation:
        return this.#parseTagged(parentIndent);
      default:
        return this.#parsePlain(parentIndent);
    }
  }

  #parseSequence(column: number): YamlNode | undefined {
    if (++this.#depth > deepest) return this.#giveUp();
    const start = this.#at;
    const items: YamlNode[] = [];
    let end = start + 1;
    for (;;) {
      this.#at++;
      const dashEnd = this.#at;
      const item = this.#parseItem(column);
      if (!item) return undefined;
      items.push(item);
      end = Math.max(end, this.#endOf(item, dashEnd));
      const next = this.#skipToContent();
      if (this.gaveUp) return undefined;
      if (next > column) return this.#giveUp();
      if (next < column || this.#text.charCodeAt(this.#at) !== Code.Dash || !this.#isBlankAt(this.#at + 1) || isDocumentMarker(this.#text, this.#at, this.#end)) break;
    }
    this.#depth--;
    return new SequenceNode(items, this.source, start, end, undefined, undefined, false);
  }

  /** Where a node that was read behind `from` ends: a node from before is there by an alias. */
  #endOf(node: YamlNode, from: number): number {
    return node.start >= from ? node.end : this.#aliasEnd;
  }

  #parseItem(column: number): YamlNode | undefined {
    const dashEnd = this.#at;
    const code = this.#skipInLine();
    if (this.#text.slice(dashEnd, this.#at).includes('\t')) return this.#giveUp();
    if (code !== Code.LineFeed) return this.#parseNode(this.#at - this.#lineStart, column, true);
    const next = this.#skipToContent();
    if (this.gaveUp) return undefined;
    if (next > column) return this.#parseNode(next, column, true);
    return this.#nullAt(dashEnd);
  }

  #nullAt(offset: number): ScalarNode {
    return new ScalarNode('', '!!null', 'plain', this.source, offset, offset, undefined, undefined);
  }

  #parseMap(column: number, start: number, firstKey: ScalarNode): YamlNode | undefined {
    if (++this.#depth > deepest) return this.#giveUp();
    const pairs: Pair[] = [];
    let merged: YamlNode | undefined;
    let end = start;
    let key: ScalarNode | undefined = firstKey;
    while (key) {
      const value = this.#parseValue(column);
      if (!value) return undefined;
      if (key.tag === '!!merge') {
        if (merged) return this.#giveUp();
        merged = value;
      } else pairs.push(new Pair(key, value));
      end = Math.max(end, key.end + 1, this.#endOf(value, key.end));
      const next = this.#skipToContent();
      if (this.gaveUp) return undefined;
      if (next > column) return this.#giveUp();
      if (next < column) break;
      if (column === 0 && isDocumentMarker(this.#text, this.#at, this.#end)) return this.#giveUp();
      key = this.#parseKey();
      if (!key) return this.#giveUp();
    }
    this.#depth--;
    this.#noteDuplicates(pairs);
    const all = merged ? mergeInto(pairs, merged) : pairs;
    return all ? new MapNode(all, this.source, start, end, undefined, undefined, false) : this.#giveUp();
  }

  #noteDuplicates(pairs: readonly Pair[]): void {
    if (pairs.length < 8) {
      for (let later = 1; later < pairs.length; later++) {
        const key = pairs[later]?.key;
        for (let earlier = 0; key && earlier < later; earlier++) {
          if (pairs[earlier]?.key.value === key.value) {
            this.duplicateKeys.push(key);
            break;
          }
        }
      }
      return;
    }
    const seen = new Set<string>();
    for (const { key } of pairs) {
      if (seen.has(key.value)) this.duplicateKeys.push(key);
      seen.add(key.value);
    }
  }

  /** The key on this line with its colon passed, or undefined (and nothing passed) where the line has none. */
  #parseKey(): ScalarNode | undefined {
    const start = this.#at;
    const code = this.#text.charCodeAt(start);
    if (code === Code.DoubleQuote || code === Code.SingleQuote) return this.#parseQuotedKey(start);
    if (code === Code.OpenBrace || code === Code.OpenBracket || code === Code.Pipe || code === Code.Greater) return undefined;
    if (code === Code.Star || code === Code.Exclamation) {
      if (this.#plainKeyEnd(start) >= 0) this.#giveUp();
      return undefined;
    }
    const colon = this.#plainKeyEnd(start);
    if (colon < 0) return undefined;
    if (!canStartPlain(code, this.#text.charCodeAt(start + 1)) || colon - start > longestKey) return this.#giveUp();
    let end = colon;
    while (end > start && isBlank(this.#text.charCodeAt(end - 1))) end--;
    if (end === start) return this.#giveUp();
    const value = this.#text.slice(start, end);
    this.#at = colon + 1;
    return new ScalarNode(value, resolveTag(value), 'plain', this.source, start, end, undefined, undefined);
  }

  /** The offset of the colon that ends a plain key on this line; -1 where there is none. */
  #plainKeyEnd(start: number): number {
    const text = this.#text;
    for (let at = start; at < this.#end; at++) {
      const code = text.charCodeAt(at);
      if (code === Code.Colon && this.#isBlankAt(at + 1)) return at;
      if (code === Code.LineFeed) return -1;
      if (code === Code.Hash && at > start && isBlank(text.charCodeAt(at - 1))) return -1;
    }
    return -1;
  }

  #parseQuotedKey(start: number): ScalarNode | undefined {
    const scanned = scanQuoted(this.#text, start, this.#end, ignore);
    if (!scanned) return this.#giveUp();
    let colon = scanned.end;
    while (isBlank(this.#text.charCodeAt(colon))) colon++;
    if (this.#text.charCodeAt(colon) !== Code.Colon || !this.#isBlankAt(colon + 1)) return undefined;
    if (scanned.end - start > longestKey || this.#text.slice(start, colon).includes('\n')) return this.#giveUp();
    this.#at = colon + 1;
    return new ScalarNode(scanned.value, '!!str', this.#text.charCodeAt(start) === Code.DoubleQuote ? 'double' : 'single', this.source, start, scanned.end, undefined, undefined);
  }

  /** What stands after a key's colon: on the line, or below it deeper than the key (a list may stand as deep as the key). */
  #parseValue(column: number): YamlNode | undefined {
    const colonEnd = this.#at;
    const code = this.#skipInLine();
    if (code === Code.Ampersand) return this.#parseAnchored(-1, column);
    if (code !== Code.LineFeed) return this.#parseInline(column);
    return this.#parseBelow(column, colonEnd);
  }

  /** A node on the line of its key: a leaf; what looks like a nested map or list there is an error. */
  #parseInline(column: number): YamlNode | undefined {
    const code = this.#text.charCodeAt(this.#at);
    const isPlain = code !== Code.DoubleQuote && code !== Code.SingleQuote && code !== Code.OpenBrace && code !== Code.OpenBracket && code !== Code.Pipe && code !== Code.Greater;
    if (isPlain && (this.#plainKeyEnd(this.#at) >= 0 || (code === Code.Dash && this.#isBlankAt(this.#at + 1)))) return this.#giveUp();
    return this.#parseLeaf(column);
  }

  #parseBelow(column: number, nullOffset: number): YamlNode | undefined {
    const next = this.#skipToContent();
    if (this.gaveUp) return undefined;
    const isList = next === column && this.#text.charCodeAt(this.#at) === Code.Dash && this.#isBlankAt(this.#at + 1);
    if (next > column || isList) return this.#parseNode(next, column, true);
    return this.#nullAt(nullOffset);
  }

  /** `&name` and its node; an anchor before a key on the same line is left to the token parser. */
  #parseAnchored(column: number, parentIndent: number): YamlNode | undefined {
    const nameStart = this.#at + 1;
    let at = nameStart;
    while (at < this.#end && isWordCode(this.#text.charCodeAt(at))) at++;
    const name = this.#text.slice(nameStart, at);
    if (name === '' || !this.#isBlankAt(at)) return this.#giveUp();
    this.#anchors.delete(name);
    this.#at = at;
    const code = this.#skipInLine();
    if (code === Code.Ampersand || code === Code.Star) return this.#giveUp();
    let node: YamlNode | undefined;
    this.#openAnchors++;
    if (code === Code.LineFeed) {
      if (column >= 0) return this.#giveUp();
      node = this.#parseBelow(parentIndent, at);
    } else if (column >= 0 && this.#plainKeyEnd(this.#at) >= 0) return this.#giveUp();
    else node = this.#parseInline(parentIndent);
    this.#openAnchors--;
    if (node) this.#anchors.set(name, node);
    return node;
  }

  #parseAlias(): YamlNode | undefined {
    let at = this.#at + 1;
    while (at < this.#end && isWordCode(this.#text.charCodeAt(at))) at++;
    const node = this.#anchors.get(this.#text.slice(this.#at + 1, at));
    if (!node) return this.#giveUp();
    // an alias bomb needs collections that are repeated inside repeated ones, or many: the token parser counts them
    if (node.kind !== 'scalar' && (this.#openAnchors > 0 || ++this.#aliasedCollections > 50)) return this.#giveUp();
    this.#at = at;
    this.#aliasEnd = at;
    return node;
  }

  /** A scalar with one of the standard tags on its own line. */
  #parseTagged(parentIndent: number): YamlNode | undefined {
    const match = /^!!(str|int|float|bool|null|binary)(?=[ ]+[^\s#&*!|>[{])/.exec(this.#text.slice(this.#at, this.#at + 12));
    if (!match) return this.#giveUp();
    this.#at += match[0].length;
    this.#skipInLine();
    const node = this.#parseLeafContent(this.#text.charCodeAt(this.#at), parentIndent);
    if (node?.kind !== 'scalar' || match[1] !== 'str') return this.#giveUp();
    return new ScalarNode(node.value, '!!str', node.style, this.source, node.start, node.end, undefined, undefined);
  }

  #parseBlockScalar(parentIndent: number, tag: ScalarTag | undefined): YamlNode | undefined {
    const start = this.#at;
    const scanned = scanBlockScalar(this.#text, start, this.#end, parentIndent, ignore);
    if (!scanned) return this.#giveUp();
    this.#at = scanned.end;
    this.#lineStart = scanned.end;
    return new ScalarNode(scanned.value, tag ?? '!!str', scanned.style, this.source, start, scanned.end, undefined, undefined);
  }

  #parseQuoted(): YamlNode | undefined {
    const start = this.#at;
    const scanned = scanQuoted(this.#text, start, this.#end, ignore);
    if (!scanned) return this.#giveUp();
    this.#passLines(start, scanned.end);
    return new ScalarNode(scanned.value, '!!str', this.#text.charCodeAt(start) === Code.DoubleQuote ? 'double' : 'single', this.source, start, scanned.end, undefined, undefined);
  }

  /** Goes on at `end`, minding the line breaks between. */
  #passLines(start: number, end: number): void {
    // Within the range alone: a search that goes on before it would read a long line again for each of its parts.
    const lastBreak = this.#text.slice(start, end).lastIndexOf('\n');
    if (lastBreak >= 0) this.#lineStart = start + lastBreak + 1;
    this.#at = end;
  }

  /** A plain scalar in block context, with the lines below that continue it. */
  #parsePlain(parentIndent: number): YamlNode | undefined {
    const text = this.#text;
    const start = this.#at;
    if (!canStartPlain(text.charCodeAt(start), text.charCodeAt(start + 1))) return this.#giveUp();
    let end = this.#plainLineEnd(start);
    let value = text.slice(start, end);
    let lineEnd = this.#lineEnd(end);
    while (lineEnd < this.#end && !this.#hasCommentBetween(end, lineEnd)) {
      const next = this.#nextPlainLine(lineEnd, parentIndent);
      if (this.gaveUp) return undefined;
      if (!next) break;
      end = this.#plainLineEnd(next.start);
      value += (next.blankLines === 0 ? ' ' : '\n'.repeat(next.blankLines)) + text.slice(next.start, end);
      lineEnd = this.#lineEnd(end);
    }
    this.#passLines(start, end);
    return new ScalarNode(value, resolveTag(value), 'plain', this.source, start, end, undefined, undefined);
  }

  #hasCommentBetween(from: number, to: number): boolean {
    return this.#nextHash(from) < to;
  }

  /** The offset of the next `#` from `from` on, looked for once for all places before it. */
  #nextHash(from: number): number {
    if (this.#hash < from || from < this.#hashFrom) {
      const at = this.#text.indexOf('#', from);
      this.#hash = at < 0 ? Infinity : at;
      this.#hashFrom = from;
    }
    return this.#hash;
  }

  /** Where the next line with content continues a plain scalar; undefined where it doesn't. Gives up where go-yaml would complain. */
  #nextPlainLine(lineEnd: number, parentIndent: number): { readonly start: number; readonly blankLines: number } | undefined {
    const text = this.#text;
    let blankLines = 0;
    let lineStart = lineEnd + 1;
    let at = lineStart;
    for (; at < this.#end; at++) {
      const code = text.charCodeAt(at);
      if (code === Code.LineFeed) {
        blankLines++;
        lineStart = at + 1;
      } else if (code === Code.Tab) return this.#giveUp();
      else if (code !== Code.Space && code !== Code.CarriageReturn) break;
    }
    if (at >= this.#end || at - lineStart <= parentIndent || text.charCodeAt(at) === Code.Hash) return undefined;
    if (at === lineStart && isDocumentMarker(text, at, this.#end)) return this.#giveUp();
    if (this.#plainKeyEnd(at) >= 0) return this.#giveUp();
    return { start: at, blankLines };
  }

  /** The end of a plain scalar's part on one line: before a comment or the blanks at the end. */
  #plainLineEnd(start: number): number {
    const text = this.#text;
    let end = this.#lineEnd(start);
    const hash = this.#nextHash(start + 1);
    if (hash < end) {
      for (let at = hash; at < end; at++) {
        if (text.charCodeAt(at) === Code.Hash && isBlank(text.charCodeAt(at - 1))) {
          end = at;
          break;
        }
      }
    }
    while (end > start && (isBlank(text.charCodeAt(end - 1)) || text.charCodeAt(end - 1) === Code.CarriageReturn)) end--;
    return end;
  }

  #parseFlow(): YamlNode | undefined {
    if (++this.#depth > deepest) return this.#giveUp();
    const start = this.#at;
    const isMap = this.#text.charCodeAt(start) === Code.OpenBrace;
    this.#at++;
    const node = isMap ? this.#parseFlowMap(start) : this.#parseFlowSequence(start);
    this.#depth--;
    return node;
  }

  #parseFlowSequence(start: number): YamlNode | undefined {
    const items: YamlNode[] = [];
    for (;;) {
      this.#skipToContent();
      if (this.gaveUp || this.#at >= this.#end) return this.#giveUp();
      if (this.#text.charCodeAt(this.#at) === Code.CloseBracket) break;
      const item = this.#parseFlowNode();
      if (!item) return undefined;
      items.push(item);
      if (!this.#passComma(Code.CloseBracket)) return this.#giveUp();
    }
    this.#at++;
    return new SequenceNode(items, this.source, start, this.#at, undefined, undefined, true);
  }

  #parseFlowMap(start: number): YamlNode | undefined {
    const pairs: Pair[] = [];
    for (;;) {
      this.#skipToContent();
      if (this.gaveUp || this.#at >= this.#end) return this.#giveUp();
      if (this.#text.charCodeAt(this.#at) === Code.CloseBrace) break;
      const key = this.#parseFlowNode();
      if (key?.kind !== 'scalar' || key.tag === '!!merge' || key.end !== this.#at) return this.#giveUp();
      const value = this.#parseFlowValue(key);
      if (!value) return undefined;
      pairs.push(new Pair(key, value));
      if (!this.#passComma(Code.CloseBrace)) return this.#giveUp();
    }
    this.#at++;
    this.#noteDuplicates(pairs);
    return new MapNode(pairs, this.source, start, this.#at, undefined, undefined, true);
  }

  #parseFlowValue(key: ScalarNode): YamlNode | undefined {
    while (isBlank(this.#text.charCodeAt(this.#at))) this.#at++;
    const code = this.#text.charCodeAt(this.#at);
    if (code === Code.Comma || code === Code.CloseBrace) return this.#nullAt(key.end);
    if (code !== Code.Colon || this.#at - key.start > longestKey || this.#lineStart > key.start) return this.#giveUp();
    this.#at++;
    const colonEnd = this.#at;
    this.#skipToContent();
    if (this.gaveUp) return undefined;
    const next = this.#text.charCodeAt(this.#at);
    return next === Code.Comma || next === Code.CloseBrace ? this.#nullAt(colonEnd) : this.#parseFlowNode();
  }

  /** Passes the comma behind an entry; true also right before the closing bracket. */
  #passComma(close: number): boolean {
    this.#skipToContent();
    const code = this.#text.charCodeAt(this.#at);
    if (this.gaveUp || this.#at >= this.#end) return false;
    if (code === Code.Comma) this.#at++;
    return code === Code.Comma || code === close;
  }

  #parseFlowNode(): YamlNode | undefined {
    const code = this.#text.charCodeAt(this.#at);
    switch (code) {
      case Code.OpenBrace:
      case Code.OpenBracket:
        return this.#parseFlow();
      case Code.DoubleQuote:
      case Code.SingleQuote:
        return this.#parseQuoted();
      case Code.Star:
        return this.#parseAlias();
      default:
        return this.#parseFlowPlain(code);
    }
  }

  /** A plain scalar in flow context, on one line. */
  #parseFlowPlain(first: number): YamlNode | undefined {
    const text = this.#text;
    const start = this.#at;
    if (!canStartPlain(first, text.charCodeAt(start + 1)) || (first === Code.Dash && isFlowIndicator(text.charCodeAt(start + 1)))) return this.#giveUp();
    let at = start;
    for (; at < this.#end; at++) {
      const code = text.charCodeAt(at);
      if (isFlowIndicator(code) || code === Code.LineFeed) break;
      if (code === Code.Colon && (this.#isBlankAt(at + 1) || isFlowIndicator(text.charCodeAt(at + 1)))) break;
      if (code === Code.Question || (code === Code.Hash && isBlank(text.charCodeAt(at - 1)))) return this.#giveUp();
    }
    if (text.charCodeAt(at) === Code.Colon && !this.#isBlankAt(at + 1)) return this.#giveUp();
    if (text.charCodeAt(at) === Code.LineFeed && !this.#endsEntry(at)) return this.#giveUp();
    let end = at;
    while (end > start && (isBlank(text.charCodeAt(end - 1)) || text.charCodeAt(end - 1) === Code.CarriageReturn)) end--;
    if (end === start) return this.#giveUp();
    this.#at = end;
    const value = text.slice(start, end);
    return new ScalarNode(value, resolveTag(value), 'plain', this.source, start, end, undefined, undefined);
  }

  /** True where a line break is followed by what ends an entry, so that the scalar before doesn't go on. */
  #endsEntry(from: number): boolean {
    let at = from;
    while (at < this.#end && this.#isBlankAt(at)) at++;
    const code = this.#text.charCodeAt(at);
    return code === Code.Comma || code === Code.CloseBrace || code === Code.CloseBracket;
  }
}

function isBlank(code: number): boolean {
  return code === Code.Space || code === Code.Tab;
}

function isFlowIndicator(code: number): boolean {
  return code === Code.Comma || code === Code.OpenBracket || code === Code.CloseBracket || code === Code.OpenBrace || code === Code.CloseBrace;
}

/** Whether a plain scalar may begin with `code`, followed by `next` (a dash needs a character of a word behind it). */
function canStartPlain(code: number, next: number): boolean {
  switch (code) {
    case Code.Dash:
    case Code.Question:
    case Code.Colon:
      return code === Code.Dash && next > Code.Space;
    case Code.Comma:
    case Code.OpenBracket:
    case Code.CloseBracket:
    case Code.OpenBrace:
    case Code.CloseBrace:
    case Code.Hash:
    case Code.Ampersand:
    case Code.Star:
    case Code.Exclamation:
    case Code.Pipe:
    case Code.Greater:
    case Code.SingleQuote:
    case Code.DoubleQuote:
    case 0x25:
    case 0x40:
    case 0x60:
      return false;
    default:
      return code > Code.Space && code !== 0x7f && code !== 0xfeff;
  }
}
