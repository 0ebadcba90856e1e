/**
 * Follows the parts of a path to one field (PathGetter in kyaml/yaml/fns.go v0.21.2): keys, numbers and `-` for items of
 * lists, `[name=web]` for the first item with such a field, `[=text]` for the first item that is this text.
 */
import { isMissingOrNull, type SequenceNode, type YamlNode } from '../../yaml/nodes.js';

/** Called where the path can't be followed, as opposed to where it leads to nothing. */
export type PathFailure = (node: YamlNode, message: string) => void;

/** The node at the path; undefined where there is none. */
export function lookupPath(root: YamlNode, parts: readonly string[], onFailure: PathFailure): YamlNode | undefined {
  let node: YamlNode | undefined = root;
  for (const part of cleanParts(parts)) {
    const step = parsePathPart(part);
    if (step.kind === 'every' || step.kind === 'invalid') {
      onFailure(node, step.kind === 'every' ? "A * can't be used in this path." : `The part ${part} of the path must be of the form [field=value].`);
      return undefined;
    }
    node = step.kind === 'key' ? fieldOf(node, step.name, onFailure) : itemOf(node, step, onFailure);
    if (!node) return undefined;
  }
  return node;
}

/** One part of a path. */
export type PathStep =
  | { readonly kind: 'key'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'last' }
  | { readonly kind: 'every' }
  /** Items by the value of a field, or with an empty `field` by their own. */
  | { readonly kind: 'match'; readonly field: string; readonly value: string }
  | { readonly kind: 'invalid' };

/** What a part of a path says. */
export function parsePathPart(part: string): PathStep {
  if (/^[+-]?\d+$/.test(part)) return { kind: 'index', index: Number(part) };
  if (part === '-') return { kind: 'last' };
  if (part === '*') return { kind: 'every' };
  if (!part.startsWith('[') || !part.endsWith(']')) return { kind: 'key', name: part };
  const inner = part.slice(1, -1);
  const at = inner.indexOf('=');
  return at < 0 ? { kind: 'invalid' } : { kind: 'match', field: inner.slice(0, at), value: inner.slice(at + 1) };
}

/** The parts without spaces around them, and without empty ones. */
export function cleanParts(parts: readonly string[]): readonly string[] {
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function fieldOf(node: YamlNode, name: string, onFailure: PathFailure): YamlNode | undefined {
  if (node.kind === 'map') return node.get(name);
  if (!isMissingOrNull(node)) onFailure(node, `A map with the field ${name} is expected here.`);
  return undefined;
}

function itemOf(node: YamlNode, step: Extract<PathStep, { readonly kind: 'index' | 'last' | 'match' }>, onFailure: PathFailure): YamlNode | undefined {
  if (node.kind !== 'sequence') {
    if (!isMissingOrNull(node)) onFailure(node, 'A list is expected here.');
    return undefined;
  }
  switch (step.kind) {
    case 'index':
      if (step.index < 0) onFailure(node, `An item can't be at the negative place ${step.index}.`);
      return node.items[step.index];
    case 'last':
      if (node.items.length === 0) onFailure(node, 'The last item of this list is asked for, but it is empty.');
      return node.items.at(-1);
    case 'match':
      return node.items[findMatch(node, step)];
  }
}

/** The 0-based index of the first item that matches, -1 where none does. */
export function findMatch(list: SequenceNode, { field, value }: { readonly field: string; readonly value: string }): number {
  return list.items.findIndex((item) => textOf(field === '' ? item : item.kind === 'map' ? item.get(field) : undefined) === value);
}

/** A map's or list's own text is empty, as that of kyaml's nodes is. */
function textOf(node: YamlNode | undefined): string | undefined {
  return node && (node.kind === 'scalar' ? node.value : '');
}
