/**
 * The elements of a list while they are merged. Kyaml changes nodes in place and looks them up again, in the list and in
 * the patch; a {@link Cell} stands for such a node, so that a change is seen wherever the node is held.
 */
import { isMissingOrNull, type YamlNode } from '../../yaml/nodes.js';

/** A place that holds a node, which may be exchanged for a changed one. */
export interface Cell {
  node: YamlNode;
  /** True for a null that stays although nulls are removed, since the object has it written out. */
  readonly isKept?: true;
}

/** True for no cell and for a null. */
export function isNullCell(cell: Cell | undefined): boolean {
  return isMissingOrNull(cell?.node);
}

/** False for null and for a map without fields. */
export function hasValue(node: YamlNode): boolean {
  return !isMissingOrNull(node) && !(node.kind === 'map' && node.pairs.length === 0);
}

/** The text that keys are compared by: a scalar's as written, empty for a map or list. */
export function textOf(node: YamlNode | undefined): string {
  return node?.kind === 'scalar' ? node.value : '';
}

/** The value of a merge key in an element: empty where it is missing, null, or no scalar (kyaml's ElementValuesList). */
export function keyText(element: YamlNode, key: string): string {
  const value = element.kind === 'map' ? element.get(key) : undefined;
  return isMissingOrNull(value) ? '' : textOf(value);
}

export class ElementList {
  cells: Cell[];

  constructor(items: readonly YamlNode[]) {
    this.cells = items.map((node) => ({ node }));
  }

  /** The first element that has these values; the key `''` compares the elements themselves (kyaml's ElementMatcher). */
  find(keys: readonly string[], values: readonly string[]): Cell | undefined {
    if (keys[0] === undefined || keys[0] === '') return this.cells.find((cell) => textOf(cell.node) === (values[0] ?? ''));
    return this.cells.find(
      ({ node }) =>
        node.kind === 'map' &&
        keys.every((key, index) => {
          const field = node.get(key);
          return field !== undefined && textOf(field) === (values[index] ?? '');
        }),
    );
  }

  /**
   * Replaces the elements that have these values by `element`, or appends it where there are none; without `element`
   * removes them (kyaml's ElementSetter, with all its ways: elements without value always go; an empty value matches
   * any; without values everything that does not match goes; with fewer values than keys the last one found counts on).
   * @returns the element that cannot be compared, if any
   */
  set(element: Cell | undefined, keys: readonly string[], values: readonly string[]): YamlNode | undefined {
    const seeksMaps = (keys[0] ?? '') !== '' && (values[0] ?? '') !== '';
    const kept: Cell[] = [];
    let isFound = false;
    for (const cell of this.cells) {
      if (!hasValue(cell.node)) continue;
      if (cell.node.kind !== 'map' && seeksMaps) {
        kept.push(cell);
        continue;
      }
      const match = matchElement(cell.node, keys, values);
      if (match === 'incomparable') return cell.node;
      if (match === 'different') {
        if (values.length > 0) kept.push(cell);
        continue;
      }
      isFound = true;
      if (element) kept.push(element);
    }
    this.cells = kept;
    if (element && !isNullCell(element) && !isFound) kept.push(element);
    return undefined;
  }
}

function matchElement(node: YamlNode, keys: readonly string[], values: readonly string[]): 'same' | 'different' | 'incomparable' {
  let match: 'same' | 'different' | 'incomparable' = 'different';
  for (const [index, key] of keys.entries()) {
    const value = values[index];
    if (value !== undefined) match = matchField(node, key, value);
    if (match !== 'same') return match;
  }
  return match;
}

/** An empty value matches any value of a field that is there (kyaml's FieldMatcher). */
function matchField(node: YamlNode, key: string, value: string): 'same' | 'different' | 'incomparable' {
  if (key === '') {
    if (node.kind !== 'scalar') return 'incomparable';
    return node.value === value ? 'same' : 'different';
  }
  if (node.kind !== 'map') return 'incomparable';
  const field = node.get(key);
  return field && (value === '' || textOf(field) === value) ? 'same' : 'different';
}
