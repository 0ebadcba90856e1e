/** Makes the text of a scalar, such as an inline patch, a source of its own whose places are answered in the file. */
import { SourceText } from '../base/source.js';
import type { ScalarNode } from './nodes.js';

/**
 * The value of `scalar` as a text with places in the scalar's file: exact for literal blocks, by line for folded and
 * quoted ones. Each call makes a new SourceText: keep it with the scalar.
 */
export function embeddedSource(scalar: ScalarNode): SourceText {
  return SourceText.embedded(scalar.source, scalar.value, scalar.start, scalar.end, lineOffsetsOf(scalar));
}

/** For each line of the value, where its first character stands in the scalar's source. */
function lineOffsetsOf(scalar: ScalarNode): readonly number[] {
  const { text } = scalar.source;
  if (scalar.style !== 'literal' && scalar.style !== 'folded') {
    return [scalar.start + (scalar.style === 'plain' ? 0 : 1)];
  }
  const offsets: number[] = [];
  let indent: number | undefined;
  for (let at = text.indexOf('\n', scalar.start) + 1; at > 0 && at < scalar.end; at = text.indexOf('\n', at) + 1) {
    const width = indentAt(text, at);
    const isBlank = text[at + width] === '\n' || text[at + width] === '\r' || at + width >= scalar.end;
    if (indent === undefined && !isBlank) indent = declaredIndent(scalar, text) ?? width;
    offsets.push(at + Math.min(width, indent ?? width));
    if (text.indexOf('\n', at) < 0) break;
  }
  return offsets;
}

function indentAt(text: string, at: number): number {
  let width = 0;
  while (text[at + width] === ' ') width++;
  return width;
}

/** The indentation that a block's header states (`|2`), as a number of spaces from the start of a line. */
function declaredIndent(scalar: ScalarNode, text: string): number | undefined {
  const header = text.slice(scalar.start, text.indexOf('\n', scalar.start));
  const digit = /[1-9]/.exec(header.replace(/#.*$/, ''))?.[0];
  if (digit === undefined) return undefined;
  const valueLine = scalar.value.split('\n').find((line) => line.trim() !== '') ?? '';
  const leading = valueLine.length - valueLine.trimStart().length;
  const firstLine = text.slice(text.indexOf('\n', scalar.start) + 1).split('\n').find((line) => line.trim() !== '') ?? '';
  return firstLine.length - firstLine.trimStart().length - leading;
}
