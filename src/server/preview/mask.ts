/**
 * Hides the values of Secrets in what is shown. Every line keeps its place, so that what a line means is not moved. A
 * masked value ends in a tag that changes with the value: two environments with different secrets can be told apart,
 * and the tag (of a key that only this process knows) says nothing about the value.
 */
import type { RenderedObject } from '../../core/objects/rendering.js';
import { isSecretObject, isSecretPath } from '../../core/objects/secretFields.js';
import type { PrintedLine } from '../../core/yaml/print.js';

/** A short text that stands for `value`. */
export type Fingerprint = (value: string) => string;

/** True for the objects of which values are hidden. */
export function isSecret(object: RenderedObject): boolean {
  return isSecretObject(object.id);
}

/** True for a line with (a part of) a value that must not be shown. */
export function isSecretLine(object: RenderedObject, line: PrintedLine): boolean {
  return isSecret(object) && isSecretPath(line.path);
}

/** The object's text with its secret values replaced. */
export function maskSecret(object: RenderedObject, fingerprint: Fingerprint): string {
  if (!isSecret(object)) return object.printed.text;
  const lines = object.printed.text.split('\n');
  let last: PrintedLine | undefined;
  return lines
    .map((text, index) => {
      const line = object.printed.lines[index];
      if (!line || !isSecretPath(line.path)) return text;
      const isFirst = last?.value !== line.value || last.path.join('\0') !== line.path.join('\0');
      last = line;
      return isFirst ? maskFirstLine(text, line, fingerprint) : maskFurtherLine(text);
    })
    .join('\n');
}

function maskFirstLine(text: string, line: PrintedLine, fingerprint: Fingerprint): string {
  if (line.value.kind !== 'scalar') return text;
  const key = /^\s*(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|\? \S*|[^\s:][^:]*?):(?= |$)/.exec(text)?.[0];
  if (key === undefined) return maskFurtherLine(text);
  if (line.value.value === '') return text;
  return `${key} ${mask}${fingerprint(line.value.value)}`;
}

function maskFurtherLine(text: string): string {
  return text.trim() === '' ? text : `${/^\s*/.exec(text)?.[0] ?? ''}${mask}`;
}

const mask = '••••••••';
