/**
 * Texts of pipelines, of which some parts are known only when they run: `ghcr.io/acme/orders:sha-<commit:8>`. What is
 * constant stays text; the rest is a hole that says what it means, where that can be told. Nothing is ever guessed: a
 * hole of unknown meaning equals nothing but itself.
 */

/** What stands in a hole when the pipeline runs. */
export type Meaning = 'commit' | 'shortCommit' | 'branch' | 'defaultBranch' | 'ref' | 'gitTag' | 'number' | 'date' | 'repository' | 'owner' | 'unknown';

/** A part that is known only when the pipeline runs. */
export interface Hole {
  readonly meaning: Meaning;
  /** As the pipeline writes it: `${{ github.sha }}`, `$TAG`. */
  readonly expression: string;
  /** Of a short commit: how many characters. */
  readonly length?: number;
}

/** Constant parts and holes, in order; no two constant parts stand side by side, none is empty. */
export type SymbolicText = readonly (string | Hole)[];

export const noText: SymbolicText = [];

/** A text that is known as a whole. */
export function constantText(text: string): SymbolicText {
  return text === '' ? noText : [text];
}

/** A text of which nothing is known but what it means. */
export function holeText(meaning: Meaning, expression: string, length?: number): SymbolicText {
  return [length === undefined ? { meaning, expression } : { meaning, expression, length }];
}

/** The texts one after the other. */
export function joinTexts(...texts: readonly SymbolicText[]): SymbolicText {
  const parts: (string | Hole)[] = [];
  for (const part of texts.flat()) {
    const last = parts.at(-1);
    if (typeof part !== 'string') parts.push(part);
    else if (typeof last === 'string') parts[parts.length - 1] = last + part;
    else if (part !== '') parts.push(part);
  }
  return parts;
}

/** The text where it is known as a whole. */
export function constantOf(text: SymbolicText): string | undefined {
  if (text.length === 0) return '';
  const [only] = text;
  return text.length === 1 && typeof only === 'string' ? only : undefined;
}

/** For people: `sha-<commit:8>`; a hole of unknown meaning is shown as it is written. */
export function describeText(text: SymbolicText): string {
  return text.map((part) => (typeof part === 'string' ? part : describeHole(part))).join('');
}

function describeHole({ meaning, expression, length }: Hole): string {
  switch (meaning) {
    case 'unknown':
      return expression;
    case 'shortCommit':
      return length === undefined ? '<commit>' : `<commit:${length}>`;
    case 'gitTag':
      return '<tag>';
    case 'defaultBranch':
      return '<default branch>';
    default:
      return `<${meaning}>`;
  }
}

/** The hole, where the text is nothing but one. */
export function onlyHole(text: SymbolicText): Hole | undefined {
  const [only] = text;
  return text.length === 1 && typeof only === 'object' ? only : undefined;
}

/** True for equal texts; holes are equal when they are written the same or mean the same commit. */
export function areTextsEqual(a: SymbolicText, b: SymbolicText): boolean {
  return a.length === b.length && a.every((part, index) => isPartEqual(part, b[index]));
}

function isPartEqual(a: string | Hole, b: string | Hole | undefined): boolean {
  if (typeof a === 'string' || typeof b !== 'object') return a === b;
  if (a.meaning !== b.meaning || a.length !== b.length) return false;
  return a.meaning !== 'unknown' || a.expression === b.expression;
}

/** The parts between any of the characters in constant text; empty parts are left out. */
export function splitText(text: SymbolicText, separators: string): readonly SymbolicText[] {
  const pieces: SymbolicText[] = [];
  let piece: SymbolicText = noText;
  for (const part of text) {
    if (typeof part !== 'string') {
      piece = joinTexts(piece, [part]);
      continue;
    }
    let from = 0;
    for (let at = 0; at <= part.length; at++) {
      if (at < part.length && !separators.includes(part.charAt(at))) continue;
      piece = joinTexts(piece, constantText(part.slice(from, at)));
      from = at + 1;
      if (at === part.length) continue;
      if (piece.length > 0) pieces.push(piece);
      piece = noText;
    }
  }
  if (piece.length > 0) pieces.push(piece);
  return pieces;
}

/** The text before and after the first (or last) `separator` in constant text; undefined where there is none. */
export function cutText(text: SymbolicText, separator: string, which: 'first' | 'last' = 'first'): readonly [SymbolicText, SymbolicText] | undefined {
  const order = text.map((_, index) => (which === 'first' ? index : text.length - 1 - index));
  for (const index of order) {
    const part = text[index];
    if (typeof part !== 'string') continue;
    const at = which === 'first' ? part.indexOf(separator) : part.lastIndexOf(separator);
    if (at < 0) continue;
    const before = joinTexts(text.slice(0, index), constantText(part.slice(0, at)));
    return [before, joinTexts(constantText(part.slice(at + separator.length)), text.slice(index + 1))];
  }
  return undefined;
}

/** The constant text that `text` begins with. */
export function constantHead(text: SymbolicText): string {
  const [first] = text;
  return typeof first === 'string' ? first : '';
}

/** `text` without a constant `prefix`; undefined where it does not begin with it. */
export function withoutPrefix(text: SymbolicText, prefix: string): SymbolicText | undefined {
  const head = constantHead(text);
  return head.startsWith(prefix) ? joinTexts(constantText(head.slice(prefix.length)), text.slice(1)) : undefined;
}

/** `text` without white space around it, as far as that is constant. */
export function trimText(text: SymbolicText): SymbolicText {
  const parts = [...text];
  const first = parts[0];
  if (typeof first === 'string') parts[0] = first.trimStart();
  const last = parts.at(-1);
  if (typeof last === 'string') parts[parts.length - 1] = last.trimEnd();
  return joinTexts(parts);
}

/** An image reference in its parts. */
export interface ImageText {
  /** Registry, if written, and repository. */
  readonly name: SymbolicText;
  readonly tag: SymbolicText | undefined;
  readonly digest: SymbolicText | undefined;
}

/** `name:tag@digest` in its parts: the tag stands behind the last colon that no slash follows. */
export function splitImage(text: SymbolicText): ImageText {
  const [reference, digest] = cutText(text, '@') ?? [text, undefined];
  const colon = cutText(reference, ':', 'last');
  if (!colon || colon[1].some((part) => typeof part === 'string' && part.includes('/'))) return { name: reference, tag: undefined, digest };
  return { name: colon[0], tag: colon[1], digest };
}

/** The lines that hold something but white space and are no comments, trimmed. */
export function lineTexts(text: SymbolicText): readonly SymbolicText[] {
  return splitText(text, '\n\r')
    .map(trimText)
    .filter((line) => line.length > 0 && !constantHead(line).startsWith('#'));
}
