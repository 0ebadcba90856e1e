/** The paths of JSON patches as evanphx/json-patch v4.13.0 reads them: what is before the first slash is not looked at. */
import type { Place } from '../../base/problem.js';
import type { MapNode, ScalarNode, SequenceNode, YamlNode } from '../../yaml/nodes.js';

/** A path taken apart: the way to the container, and the key in it. Parts are unescaped. */
export interface Pointer {
  readonly parents: readonly string[];
  readonly key: string;
}

/** The path in parts, or undefined for one without a slash. */
export function parsePointer(path: string): Pointer | undefined {
  const parts = path.split('/').slice(1).map(unescapePart);
  const key = parts.pop();
  return key === undefined ? undefined : { parents: parts, key };
}

function unescapePart(part: string): string {
  return part.replace(/~[01]/g, (escape) => (escape === '~1' ? '/' : '~'));
}

/** The index that a part names in a list of `length` elements (negative ones count from the end), or why it names none. */
export function elementIndex(part: string, length: number): number | 'no-number' | 'out-of-range' {
  if (!/^[-+]?[0-9]+$/.test(part)) return 'no-number';
  const number = Number(part);
  const index = number < 0 ? number + length : number;
  return index >= 0 && index < length ? index : 'out-of-range';
}

/** What a container has under a key. */
export function childOf(container: MapNode | SequenceNode, key: string): YamlNode | undefined {
  if (container.kind === 'map') return container.get(key);
  const index = elementIndex(key, container.items.length);
  return typeof index === 'number' ? container.items[index] : undefined;
}

/** The part of a path's text that stands for its 0-based part, where the text is written as it is read; else all of it. */
export function placeOfPart(path: ScalarNode, part: number): Place {
  const { source, start, end } = path;
  const quotes = path.style === 'single' || path.style === 'double' ? 1 : 0;
  if (source.text.slice(start + quotes, end - quotes) !== path.value) return path;
  const before = path.value
    .split('/')
    .slice(0, part + 1)
    .join('/').length;
  const text = path.value.split('/')[part + 1] ?? '';
  const from = start + quotes + before;
  return { source, start: from, end: from + 1 + text.length };
}
