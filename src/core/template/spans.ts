/** Keeps the origins of a text's parts while the text is changed: joined, cut, indented, replaced, encoded. */
import type { Place } from '../base/problem.js';
import type { SourceText } from '../base/source.js';
import type { ScalarNode, YamlNode } from '../yaml/nodes.js';
import { Text, type Span } from './values.js';

const maxAlso = 8;

/** Puts texts together. */
export class TextBuilder {
  #text = '';
  readonly #spans: Span[] = [];

  get length(): number {
    return this.#text.length;
  }

  /** Adds a text of no origin. */
  addPlain(text: string): void {
    this.#text += text;
  }

  /** Adds a text with its origins. */
  add(text: Text): void {
    const by = this.#text.length;
    for (const span of text.spans) this.#spans.push(by === 0 ? span : moved(span, span.start + by, span.end + by));
    this.#text += text.text;
  }

  /** Adds a text as made of a node, or generated. */
  addOf(text: string, node: YamlNode | undefined, isExact: boolean, isGenerated = false): void {
    if ((node || isGenerated) && text.length > 0) this.#spans.push({ start: this.#text.length, end: this.#text.length + text.length, site: undefined, node, isExact, isGenerated });
    this.#text += text;
  }

  toText(): Text {
    return new Text(this.#text, this.#spans);
  }
}

/** @param cut how much of the span's beginning is left out */
function moved(span: Span, start: number, end: number, cut = 0): Span {
  const from = cut > 0 ? (span.from ?? 0) + cut : span.from;
  return { start, end, site: span.site, node: span.node, also: span.also, isExact: span.isExact, isGenerated: span.isGenerated, from };
}

/** The scalar that is all of a text, unchanged; undefined for a text of several origins, or of none. */
export function wholeNode({ text, spans }: Text): ScalarNode | undefined {
  const [span] = spans;
  const node = span?.node;
  return spans.length === 1 && span?.isExact === true && node?.kind === 'scalar' && node.value === text ? node : undefined;
}

/**
 * Where a part of a span's text stands in the file or template that the span comes from; undefined where it doesn't stand there as it is.
 * @param offset where in the span the part begins
 */
export function placeOfPart({ node, site, from = 0 }: Span, offset: number, part: string): Place | undefined {
  let source: SourceText;
  let base: number;
  if (node) [source, base] = [node.source, node.start];
  else if (site?.node.kind === 'text' && site.node.end - site.node.start === site.node.text.length) [source, base] = [site.tree.source, site.node.start];
  else return undefined;
  const start = base + from + offset;
  return source.text.startsWith(part, start) ? { source, start, end: start + part.length } : undefined;
}

/** `text[start:end]` in UTF-16 units, with the origins of what is left. */
export function cutText(text: Text, start: number, end: number): Text {
  if (start === 0 && end === text.text.length) return text;
  const spans: Span[] = [];
  for (let at = firstSpanAt(text.spans, start); at < text.spans.length; at++) {
    const span = text.spans[at];
    if (!span || span.start >= end) break;
    const [from, to] = [Math.max(span.start, start), Math.min(span.end, end)];
    const isWhole = from === span.start && to === span.end;
    spans.push(isWhole ? moved(span, from - start, to - start) : { ...moved(span, from - start, to - start, from - span.start), isExact: false });
  }
  return new Text(text.text.slice(start, end), spans);
}

/** The index of the first span that reaches beyond an offset. */
export function firstSpanAt(spans: readonly Span[], offset: number): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.end ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A replacement of a part of a text. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly by: Text;
}

/** The text with parts replaced; `replacements` are in order and do not overlap. What surrounds an insertion goes over it. */
export function replaceParts(text: Text, replacements: readonly Replacement[]): Text {
  if (replacements.length === 0) return text;
  let out = '';
  let from = 0;
  const inserted: Span[] = [];
  // for each replacement, the offset behind it before and after
  const befores: number[] = [];
  const afters: number[] = [];
  for (const { start, end, by } of replacements) {
    out += text.text.slice(from, start);
    for (const span of by.spans) inserted.push(moved(span, span.start + out.length, span.end + out.length));
    out += by.text;
    from = end;
    befores.push(end);
    afters.push(out.length);
  }
  out += text.text.slice(from);
  if (text.spans.length === 0) return new Text(out, inserted);
  return new Text(out, inserted.length > 0 ? mergeSpans(mapSpans(text.spans, replacements, befores, afters), inserted) : mapSpans(text.spans, replacements, befores, afters));
}

function mapSpans(spans: readonly Span[], replacements: readonly Replacement[], befores: readonly number[], afters: readonly number[]): readonly Span[] {
  let index = 0;
  // the offset after the replacements of an offset before them; `index` goes along
  const map = (offset: number, isEnd: boolean): number => {
    while (index < befores.length && (isEnd ? (replacements[index]?.start ?? 0) < offset && (befores[index] ?? 0) <= offset : (befores[index] ?? 0) <= offset)) index++;
    const current = replacements[index];
    const base = index === 0 ? offset : (afters[index - 1] ?? 0) + offset - (befores[index - 1] ?? 0);
    if (!current || offset <= current.start) return base;
    return isEnd ? (afters[index] ?? base) : base - (offset - current.start);
  };
  const out: Span[] = [];
  for (const span of spans) {
    const start = map(span.start, false);
    const before = index;
    const end = map(span.end, true);
    if (end > start) out.push({ ...moved(span, start, end), isExact: span.isExact && before === index && end - start === span.end - span.start });
    index = Math.max(0, before - 1);
  }
  return out;
}

/** Spans of a text with those of what was put into it, which win. */
function mergeSpans(outer: readonly Span[], inner: readonly Span[]): readonly Span[] {
  const out: Span[] = [];
  let at = 0;
  for (const span of outer) {
    let { start } = span;
    for (let next = inner[at]; next && next.end <= start; next = inner[++at]) out.push(next);
    for (let next = inner[at]; next && next.start < span.end; next = inner[++at]) {
      if (next.start > start) out.push({ ...moved(span, start, next.start, start - span.start), isExact: false });
      out.push(next);
      start = next.end;
    }
    if (start < span.end) out.push(start === span.start ? span : { ...moved(span, start, span.end, start - span.start), isExact: false });
  }
  return [...out, ...inner.slice(at)];
}

/** A text made of others as a whole, so that no part of it is a part of theirs: encoded, counted, hashed. */
export function madeOf(text: string, ...from: readonly Text[]): Text {
  const nodes: YamlNode[] = [];
  let site = undefined as Span['site'];
  let isGenerated = false;
  for (const part of from) {
    for (const span of part.spans) {
      site ??= span.site;
      isGenerated ||= span.isGenerated ?? false;
      if (span.node && nodes.length < maxAlso && !nodes.includes(span.node)) nodes.push(span.node);
    }
  }
  if (text.length === 0 || (nodes.length === 0 && !isGenerated && !site)) return new Text(text);
  const [node, ...also] = nodes;
  return new Text(text, [{ start: 0, end: text.length, site, node, also: also.length > 0 ? also : undefined, isExact: false, isGenerated }]);
}

/** The text with every character changed by itself: where the lengths agree the origins stay in place. */
export function changeText(text: Text, changed: string): Text {
  if (changed === text.text) return text;
  if (text.spans.length === 0) return new Text(changed);
  return changed.length === text.text.length
    ? new Text(
        changed,
        text.spans.map((span) => ({ ...moved(span, span.start, span.end), isExact: false })),
      )
    : madeOf(changed, text);
}

/** A text that was generated, marked as such. */
export function generatedText(text: string): Text {
  return new Text(text, [{ start: 0, end: text.length, site: undefined, node: undefined, isExact: false, isGenerated: true }]);
}
