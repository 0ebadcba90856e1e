/** Reads the JSON value that a text begins with, for `--set-json`; numbers become floats, as Go's encoding/json has them. */
import { valueOfData, type PlainData } from '../template/data.js';
import type { Value } from '../template/values.js';
import type { YamlNode } from '../yaml/nodes.js';
import { withOrigin } from './overrideValue.js';

/** The value and how many characters it takes; undefined where there is none. */
export function readJsonValue(text: string, node: YamlNode | undefined): { readonly value: Value; readonly length: number } | undefined {
  const characters = [...text];
  const end = endOfValue(characters);
  if (end === undefined) return undefined;
  let data: unknown;
  try {
    data = JSON.parse(characters.slice(0, end).join(''));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return { value: withOrigin(valueOfData(plainOf(data)), node), length: end };
}

function plainOf(data: unknown): PlainData {
  if (data === null || typeof data === 'string' || typeof data === 'number' || typeof data === 'boolean') return data;
  if (Array.isArray(data)) return data.map(plainOf);
  if (typeof data === 'object') return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, plainOf(value)]));
  return undefined;
}

/** Where the first value of a text ends. */
function endOfValue(text: readonly string[]): number | undefined {
  let depth = 0;
  let isQuoted = false;
  let hasBegun = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (isQuoted) {
      if (char === '\\') at++;
      else if (char === '"') {
        isQuoted = false;
        if (depth === 0) return at + 1;
      }
    } else if (char === '"') [isQuoted, hasBegun] = [true, true];
    else if (char === '{' || char === '[') [depth, hasBegun] = [depth + 1, true];
    else if (char === '}' || char === ']') {
      depth--;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && /[\s,]/.test(char)) {
      if (hasBegun) return at;
    } else hasBegun = true;
  }
  return hasBegun && depth === 0 && !isQuoted ? text.length : undefined;
}
