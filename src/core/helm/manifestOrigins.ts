/**
 * Gives the nodes of a rendered manifest their origins: a scalar stands for the value that was put there, and the step that
 * put it is the action of the template, with what called that template. What no value fed stands for the template's text.
 */
import { SourceText } from '../base/source.js';
import type { Place } from '../base/problem.js';
import { firstSpanAt } from '../template/spans.js';
import type { Site, Span, Text } from '../template/values.js';
import { MapNode, Pair, ScalarNode, SequenceNode, type Step, type YamlNode } from '../yaml/nodes.js';

/** An action of a template that wrote a field. */
export interface TemplateStep extends Step {
  readonly kind: 'helm';
  /** What ran the template of the action, innermost first: calls of `include` and `template`. */
  readonly calls: readonly Place[];
  /** Further values that went into the field. */
  readonly also: readonly YamlNode[];
  /** True where the field is random, or from the clock. */
  readonly isGenerated: boolean;
}

/** True for a step that a template made. */
export function isTemplateStep(step: Step | undefined): step is TemplateStep {
  return step?.kind === 'helm' && 'calls' in step;
}

/** Of the values that a chart's field was made of the one that says `part`; the field itself where none does. */
export function partSaying(field: ScalarNode, part: string): ScalarNode {
  const also = isTemplateStep(field.step) ? field.step.also : [];
  return also.find((node): node is ScalarNode => node.kind === 'scalar' && node.value === part) ?? field;
}

/** The tree of a manifest, each node with the place it comes from. @param text the manifest as it was rendered */
export function withOrigins(root: MapNode, text: Text): MapNode {
  const tracer = new Tracer(text);
  const traced = tracer.trace(root);
  return traced.kind === 'map' ? traced : root;
}

class Tracer {
  readonly #spans: readonly Span[];
  readonly #text: SourceText;
  readonly #places = new Map<Site, Place>();

  constructor(text: Text) {
    this.#spans = text.spans;
    this.#text = new SourceText('', text.text);
  }

  trace(node: YamlNode): YamlNode {
    switch (node.kind) {
      case 'scalar':
        return this.#scalar(node);
      case 'map': {
        const pairs = node.pairs.map(({ key, value }) => new Pair(this.#scalar(key), this.trace(value)));
        const { place, step, was } = this.#whole(node, pairs[0]?.key);
        return new MapNode(pairs, place.source, place.start, place.end, step, was, node.flow);
      }
      case 'sequence': {
        const items = node.items.map((item) => this.trace(item));
        const { place, step, was } = this.#whole(node, items[0]);
        return new SequenceNode(items, place.source, place.start, place.end, step, was, node.flow);
      }
    }
  }

  /** Where a map or list comes from: where its first part does, or what wrote it as a whole. */
  #whole(node: YamlNode, first: YamlNode | undefined): { readonly place: Place; readonly step: Step | undefined; readonly was: YamlNode | undefined } {
    const span = this.#spanAt(node.start);
    const fed = span?.node;
    if (span && fed?.kind === node.kind) return { place: fed, step: this.#stepOf(span, []), was: fed.was };
    if (first) return { place: first, step: first.step, was: undefined };
    if (!span) return { place: node, step: undefined, was: undefined };
    return { place: fed ?? this.#placeIn(span, node.start, node.end), step: this.#stepOf(span, []), was: fed?.was };
  }

  #scalar(node: ScalarNode): ScalarNode {
    const spans = this.#spansIn(node.start, node.end);
    const fed = spans.filter(({ node: from }) => from !== undefined);
    const main = fed.find(({ isExact }) => isExact) ?? fed[0] ?? spans.find(({ isGenerated }) => isGenerated === true) ?? this.#spansIn(this.#contentStart(node), node.end)[0];
    if (!main) return node;
    const also = [...new Set(fed.flatMap((span) => [...(span === main ? [] : [span.node]), ...(span.also ?? [])]))].filter((each) => each !== undefined && each !== main.node);
    // one part that is made anew each time makes the whole so
    const isGenerated = spans.some((span) => span.isGenerated === true);
    const step = this.#stepOf({ ...main, isGenerated }, also as readonly YamlNode[]);
    const place: Place = (main.node && this.#partOf(main, node)) ?? main.node ?? this.#placeIn(main, node.start, node.end);
    return new ScalarNode(node.value, node.tag, node.style, place.source, place.start, place.end, step, main.node?.was);
  }

  /** Behind the quote, or the head of a block. */
  #contentStart({ style, start, end }: ScalarNode): number {
    if (style === 'plain') return start;
    const isBlock = style === 'literal' || style === 'folded';
    const lead = isBlock ? /^[^\n]*\n\s*/.exec(this.#text.text.slice(start, end))?.[0].length : 1;
    return Math.min(start + (lead ?? 0), Math.max(start, end - 1));
  }

  #stepOf({ site, isGenerated = false }: Span, also: readonly YamlNode[]): TemplateStep | undefined {
    if (!site) return undefined;
    const place = this.#placeOf(site);
    const calls: Place[] = [];
    for (let caller = site.caller; caller; caller = caller.caller) calls.push(this.#placeOf(caller));
    return { kind: 'helm', field: site.tree.fileName, ...place, calls, also, isGenerated };
  }

  #placeOf(site: Site): Place {
    let place = this.#places.get(site);
    if (!place) this.#places.set(site, (place = { source: site.tree.source, start: site.node.start, end: site.node.end }));
    return place;
  }

  /** The part of a longer text of several lines, such as a file, that stands at a scalar. */
  #partOf(span: Span, node: ScalarNode): Place | undefined {
    const from = span.node;
    if (from?.kind !== 'scalar' || !from.value.includes('\n') || from.value === node.value) return undefined;
    const isBlock = from.style === 'literal' && from.end - from.start !== from.value.length;
    if (!isBlock && from.end - from.start !== from.value.length) return undefined;
    const first = isBlock
      ? (from.source.lineStarts[from.source.lineAt(from.start) + 1 + from.value.slice(0, span.from ?? 0).split('\n').length - 1] ?? from.start)
      : from.start + (span.from ?? 0);
    return this.#find(span, from, first, node.start, node.end);
  }

  /** The part of a template's own text that stands at a range of the manifest; the whole action for what is no plain text. */
  #placeIn(span: Span, start: number, end: number): Place {
    const { site } = span;
    if (!site) return { source: new SourceText('', ''), start: 0, end: 0 };
    const place = this.#placeOf(site);
    if (site.node.kind !== 'text' || place.end - place.start !== site.node.text.length) return place;
    return this.#find(span, place, place.start + (span.from ?? 0), start, end);
  }

  /**
   * What stands at a range of the manifest, in the text of a span's place. Its beginning was perhaps cut off, and its lines may be
   * indented: lines are counted, and words looked for. @param first where in the place the span begins
   */
  #find(span: Span, place: Place, first: number, start: number, end: number): Place {
    const shown = Math.max(start, span.start);
    const { source } = place;
    const line = source.lineAt(first) + this.#text.lineAt(shown) - this.#text.lineAt(span.start);
    const lineStart = Math.min(place.end, Math.max(first, source.lineStarts[line] ?? place.end));
    const words = this.#text.text.slice(shown, Math.min(end, span.end));
    const firstLine = words.split('\n', 1)[0] ?? '';
    const lineEnd = Math.min(place.end, source.lineStarts[line + 1] ?? place.end);
    const within = source.text.slice(lineStart, lineEnd).indexOf(firstLine);
    const from = lineStart + Math.max(0, within);
    return { source, start: from, end: within < 0 ? lineEnd : Math.min(place.end, from + (source.text.startsWith(words, from) ? words : firstLine).length) };
  }

  #spanAt(offset: number): Span | undefined {
    const span = this.#spans[firstSpanAt(this.#spans, offset)];
    return span && span.start <= offset ? span : undefined;
  }

  #spansIn(start: number, end: number): readonly Span[] {
    const found: Span[] = [];
    const to = Math.max(end, start + 1);
    for (let at = firstSpanAt(this.#spans, start); at < this.#spans.length; at++) {
      const span = this.#spans[at];
      if (!span || span.start >= to) break;
      found.push(span);
    }
    return found;
  }
}
