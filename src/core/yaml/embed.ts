/** Makes the text of a scalar, such as an inline patch, a source of its own whose places are answered in the file. */
import { SourceText } from '../base/source.js';
import { breakLength, isBlankAt } from './characters.js';
import type { ScalarNode } from './nodes.js';

/**
 * The value of `scalar` as a text with places in the scalar's file: exact for literal blocks and for plain and quoted
 * scalars of one line without escapes, by line for the others. Each call makes a new SourceText: keep it with the scalar.
 */
export function embeddedSource(scalar: ScalarNode): SourceText {
  return SourceText.embedded(scalar.source, scalar.value, scalar.start, scalar.end, lineOffsetsOf(scalar));
}

/** For each line of the value, where its first character stands in the scalar's source. */
function lineOffsetsOf(scalar: ScalarNode): readonly number[] {
  switch (scalar.style) {
    case 'literal':
      return literalLines(scalar);
    case 'folded':
      return foldedLines(scalar, literalLines(scalar));
    case 'double':
      return doubleQuotedLines(scalar);
    case 'single':
      return foldedLines(scalar, writtenLines(scalar, scalar.start + 1));
    case 'plain':
      return foldedLines(scalar, writtenLines(scalar, scalar.start));
  }
}

/** For each line of a block as it is written, where its text begins behind the block's indentation. */
function literalLines(scalar: ScalarNode): readonly number[] {
  const { text } = scalar.source;
  const starts: number[] = [];
  for (let at = text.indexOf('\n', scalar.start) + 1; at > 0 && at < scalar.end; at = text.indexOf('\n', at) + 1) starts.push(at);
  const indent = indentOf(scalar, starts);
  return starts.map((start) => start + Math.min(blanksAt(text, start), indent));
}

/** The indentation of a block: what its first line with text has more on paper than in the value. */
function indentOf(scalar: ScalarNode, starts: readonly number[]): number {
  const { text } = scalar.source;
  const first = starts.find((start) => !isLineBlank(text, start, scalar.end));
  if (first === undefined) return Infinity;
  const firstValue = /^[\n\r]*( *)/.exec(scalar.value)?.[1]?.length ?? 0;
  return blanksAt(text, first) - firstValue;
}

function blanksAt(text: string, at: number): number {
  let width = 0;
  while (text.charCodeAt(at + width) === 0x20) width++;
  return width;
}

function isLineBlank(text: string, start: number, limit: number): boolean {
  const at = start + blanksAt(text, start);
  return at >= limit || breakLength(text, at, limit) > 0;
}

/** For each line of a plain or quoted scalar as it is written, where its text begins. */
function writtenLines(scalar: ScalarNode, start: number): readonly number[] {
  const { text } = scalar.source;
  const starts = [start];
  for (let at = text.indexOf('\n', start) + 1; at > 0 && at < scalar.end; at = text.indexOf('\n', at) + 1) {
    let begin = at;
    while (isBlankAt(text, begin, scalar.end)) begin++;
    starts.push(begin);
  }
  return starts;
}

/** The written lines at which lines of a folded value begin: looked up by the words that each begins with. */
function foldedLines(scalar: ScalarNode, written: readonly number[]): readonly number[] {
  const { text } = scalar.source;
  let next = 0;
  return scalar.value.split('\n').map((line) => {
    const words = line.trimStart();
    const leading = line.length - words.length;
    const beginning = /^[^'"\\]{0,24}/.exec(words)?.[0].trimEnd() ?? '';
    for (let index = next; index < written.length && beginning !== ''; index++) {
      const start = written[index] ?? 0;
      if (!text.startsWith(beginning, start + leading)) continue;
      next = index + 1;
      return start;
    }
    return written[Math.min(next, written.length - 1)] ?? scalar.start;
  });
}

/** The lines of a double-quoted value begin behind its `\n` escapes and where written lines do. */
function doubleQuotedLines(scalar: ScalarNode): readonly number[] {
  const { text } = scalar.source;
  const starts = [scalar.start + 1];
  for (let at = scalar.start + 1; at < scalar.end - 1; at++) {
    if (text[at] === '\\') {
      at++;
      if (text[at] === 'n') starts.push(at + 1);
    } else if (breakLength(text, at, scalar.end) > 0) {
      const after = skipWhite(text, at, scalar.end);
      for (let breaks = countBreaks(text, at, after, scalar.end); breaks > 1; breaks--) starts.push(after);
      at = after - 1;
    }
  }
  return starts;
}

function skipWhite(text: string, from: number, limit: number): number {
  let at = from;
  while (isBlankAt(text, at, limit) || breakLength(text, at, limit) > 0) at++;
  return at;
}

function countBreaks(text: string, from: number, to: number, limit: number): number {
  let breaks = 0;
  for (let at = from; at < to; at += Math.max(1, breakLength(text, at, limit))) if (breakLength(text, at, limit) > 0) breaks++;
  return breaks;
}
