/**
 * The comments by which Flux's image automation finds the fields that it writes: `# {"$imagepolicy": "ns:policy"}`, with
 * `:tag`, `:name` or `:digest` behind it (image-automation-controller internal/update, kyaml/fieldmeta v0.21.2). A marker
 * counts where go-yaml gives its comment to a scalar value; elsewhere it silently does nothing.
 */
import type { Place } from '../../../base/problem.js';
import type { CommentSpan, ScalarNode, YamlNode } from '../../../yaml/nodes.js';
import type { ParsedYaml } from '../../../yaml/parse.js';

/** Which part of an image reference is written. */
export type MarkerPart = 'image' | 'tag' | 'name' | 'digest';

export interface ImageMarker {
  /** The comment. */
  readonly comment: Place;
  /** The text `ns:policy:tag` within the comment. */
  readonly reference: Place;
  /** Undefined where the reference hasn't the form `namespace:name` or `namespace:name:part`. */
  readonly policy: { readonly namespace: string; readonly name: string; readonly part: MarkerPart } | undefined;
  /** The scalar that is written; undefined where the comment stands at none, so that nothing is. */
  readonly node: ScalarNode | undefined;
  /** The key of that scalar's field; undefined for an item of a list. */
  readonly key: ScalarNode | undefined;
}

/** A policy's latest image, as its status would have it. */
export interface LatestImage {
  /** Without a tag: `registry.example.com/shop/web`. */
  readonly name: string;
  readonly tag: string;
  readonly digest: string | undefined;
}

/** True for a file that image automation looks at. */
export function mayHoldMarkers(path: string, text: string): boolean {
  return text.includes('"$imagepolicy"') && /\.ya?ml$|(?:^|\/)Kustomization$/.test(path);
}

/** The markers of a file, in the order of the text. */
export function findImageMarkers({ source, documents, comments }: ParsedYaml): readonly ImageMarker[] {
  const { text } = source;
  if (!text.includes('$imagepolicy')) return [];
  const lines: ScalarLines = { values: new Map(), items: new Map(), headers: [] };
  for (const { root } of documents) if (root) collectScalars(root, undefined, lines, text, 0);
  const all = [...comments, ...lines.headers].sort((a, b) => a.start - b.start);
  return all.flatMap((comment, index) => {
    const marker = readMarker(text.slice(comment.start, comment.end));
    if (!marker) return [];
    const candidate = scalarBefore(text, comment, lines) ?? itemBelow(text, comment, all[index - 1], lines);
    const place = (start: number, end: number): Place => ({ source, start: comment.start + start, end: comment.start + end });
    return [
      {
        comment: place(0, comment.end - comment.start),
        reference: place(marker.start, marker.end),
        policy: parseReference(marker.reference),
        node: candidate?.node,
        key: candidate?.key,
      },
    ];
  });
}

/** The text that automation writes at a marker for a policy's latest image. */
export function markedValue(part: MarkerPart, { name, tag, digest }: LatestImage): string {
  switch (part) {
    case 'tag':
      return tag;
    case 'name':
      return name;
    case 'digest':
      return digest ?? '';
    case 'image':
      return digest === undefined || digest === '' ? `${name}:${tag}` : `${name}:${tag}@${digest}`;
  }
}

interface Candidate {
  readonly node: ScalarNode;
  readonly key: ScalarNode | undefined;
}

/** Scalars by the offset at which a line begins. */
interface ScalarLines {
  /** Every scalar value, by the line that a comment behind it stands on. */
  readonly values: Map<number, Candidate[]>;
  /** The items of lists, by the line that they begin on. */
  readonly items: Map<number, Candidate>;
  /** Comments on lines that open a block of text, which the parser takes for a part of it. */
  readonly headers: CommentSpan[];
}

function collectScalars(node: YamlNode, key: ScalarNode | undefined, into: ScalarLines, text: string, depth: number): void {
  if (depth > 500) return;
  if (node.kind === 'map') for (const pair of node.pairs) collectScalars(pair.value, pair.key, into, text, depth + 1);
  else if (node.kind === 'sequence') for (const item of node.items) collectScalars(item, undefined, into, text, depth + 1);
  else {
    const line = lineStart(text, isBlock(node) ? node.start : node.end);
    into.values.set(line, [...(into.values.get(line) ?? []), { node, key }]);
    if (!key) into.items.set(lineStart(text, node.start), { node, key });
    const header = isBlock(node) ? /^[|>][-+0-9]*[ \t]+(#[^\r\n]*)/.exec(text.slice(node.start, node.end)) : null;
    if (header) into.headers.push({ start: node.start + header[0].length - (header[1] ?? '').length, end: node.start + header[0].length });
  }
}

/** A text behind `|` or `>`: its comment stands on the line that opens it. */
function isBlock({ style }: ScalarNode): boolean {
  return style === 'literal' || style === 'folded';
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** The scalar that a comment stands behind, with nothing but a comma between. */
function scalarBefore(text: string, comment: CommentSpan, { values }: ScalarLines): Candidate | undefined {
  const candidates = values.get(lineStart(text, comment.start)) ?? [];
  return candidates.find(({ node }) => {
    if (isBlock(node)) return comment.start > node.start;
    return node.end > node.start && comment.start >= node.end && /^[ \t]*,?[ \t]*$/.test(text.slice(node.end, comment.start));
  });
}

/** The item of a list that stands on the line below a comment, which go-yaml gives the item too. */
function itemBelow(text: string, comment: CommentSpan, before: CommentSpan | undefined, { items }: ScalarLines): Candidate | undefined {
  const start = lineStart(text, comment.start);
  if (!/^\s*-?\s*$/.test(text.slice(start, comment.start))) return undefined;
  // A comment of several lines is one text, which is no marker.
  if (before && start > 0 && before.end >= start - 2 && /^\s*#/.test(text.slice(lineStart(text, before.start), before.end))) return undefined;
  const next = text.indexOf('\n', comment.end) + 1;
  return next === 0 ? undefined : items.get(next);
}

interface ReadMarker {
  readonly reference: string;
  readonly start: number;
  readonly end: number;
}

/** What `$imagepolicy` names in a comment that is a JSON object of texts. */
function readMarker(comment: string): ReadMarker | undefined {
  const opening = /^#+\s*\{/.exec(comment);
  const field = /\s*"((?:[^"\\]|\\.)*)"\s*:\s*"((?:[^"\\]|\\.)*)"\s*(,|\}\s*$)/y;
  let found: ReadMarker | undefined;
  for (let at = opening?.[0].length ?? comment.length; ; at = field.lastIndex) {
    field.lastIndex = at;
    const match = field.exec(comment);
    if (!match) return undefined;
    const [whole, key, reference = '', end] = match;
    if (key === '$imagepolicy' && reference !== '') {
      const start = at + whole.lastIndexOf(`"${reference}"`) + 1;
      found = { reference, start, end: start + reference.length };
    }
    if (end !== ',') return found;
  }
}

function parseReference(reference: string): ImageMarker['policy'] {
  const [namespace = '', name = '', part, ...more] = reference.split(':');
  if (namespace === '' || name === '' || more.length > 0) return undefined;
  if (part === undefined) return { namespace, name, part: 'image' };
  return part === 'tag' || part === 'name' || part === 'digest' ? { namespace, name, part } : undefined;
}
