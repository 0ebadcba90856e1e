/**
 * Merges the elements of a list that has the patch strategy `merge` (kyaml/yaml/walk/associative_sequence.go v0.21.2):
 * elements with the same merge keys are merged, the patch's new ones come first. Lists whose elements all have their keys
 * take a short way; the long one follows kyaml step by step into what it does with missing and repeated keys.
 */
import type { FieldSchema } from '../../objects/schema.js';
import { makeScalar, type YamlNode } from '../../yaml/nodes.js';
import { ElementList, hasValue, isNullCell, keyText, textOf, type Cell } from './elementList.js';
import type { Merger } from './mergeStrategic.js';

type CellIndex = ReadonlyMap<string, Cell>;

/**
 * The merged elements, or undefined where the merge failed.
 * @param list the elements of the object
 * @param patch the patch's; the same list where the object had none
 */
export function mergeElements(merger: Merger, list: ElementList, patch: ElementList | undefined, schema: FieldSchema): readonly YamlNode[] | undefined {
  const keys = schema.mergeKeys.length === 0 ? [''] : schema.mergeKeys;
  const own = indexByKeys(list, keys);
  const others = patch === list ? own : patch && indexByKeys(patch, keys);
  const cells = own && (others || !patch) ? mergeRegular(merger, own, others, schema.elements, keys) : mergeIrregular(merger, list, patch, schema.elements, keys);
  return merger.failure ? undefined : cells.map((cell) => cell.node);
}

/** The elements by their keys, where every element has them all and no two have the same; else undefined. */
function indexByKeys(list: ElementList, keys: readonly string[]): CellIndex | undefined {
  const index = new Map<string, Cell>();
  for (const cell of list.cells) {
    if (!hasValue(cell.node)) return undefined;
    const values = keys[0] === '' ? [cell.node.kind === 'scalar' ? cell.node.value : ''] : keys.map((key) => keyText(cell.node, key));
    if (values.includes('')) return undefined;
    const id = values.join('\0');
    if (index.has(id)) return undefined;
    index.set(id, cell);
  }
  return index;
}

/** Elements that all have their keys: those of the patch first, with several keys only the new ones first. */
function mergeRegular(merger: Merger, own: CellIndex, others: CellIndex | undefined, schema: FieldSchema | undefined, keys: readonly string[]): readonly Cell[] {
  const merged = new Map<string, Cell>();
  const mergeInto = (id: string, dest: Cell | undefined, other: Cell | undefined): void => {
    const before = dest?.node;
    const result = merger.merge(dest, other, schema);
    if (before && dest) keepKeys(dest, before, keys);
    // What the object has stays its own node, even where the element of the patch says `$patch: replace`.
    if (result && hasValue(result.node)) merged.set(id, dest ?? result);
  };
  const addsLast = merger.use === 'values';
  if (addsLast) for (const [id, dest] of own) mergeInto(id, dest, others?.get(id));
  for (const [id, other] of others ?? []) if (!addsLast || !own.has(id)) mergeInto(id, own.get(id), other);
  if (!addsLast) for (const [id, dest] of own) if (!others?.has(id)) mergeInto(id, dest, undefined);
  if (keys.length === 1 || !others || addsLast) return [...merged.values()];
  const added = [...merged].filter(([id]) => !own.has(id));
  const kept = [...own.keys()].flatMap((id) => merged.get(id) ?? []);
  return [...added.map(([, cell]) => cell), ...kept];
}

/** The keys of a merged element are set to what they were: they stay the object's own nodes. */
function keepKeys(cell: Cell, before: YamlNode, keys: readonly string[]): void {
  for (const key of keys) {
    if (cell.node === before || cell.node.kind !== 'map' || before.kind !== 'map') return;
    const [old, now] = [before.get(key), cell.node.get(key)];
    if (old?.kind === 'scalar' && now?.kind === 'scalar' && old.value === now.value && old.tag === now.tag) cell.node = cell.node.with(key, old);
  }
  if (cell.node.kind !== 'map' || before.kind !== 'map' || cell.node.pairs.length !== before.pairs.length) return;
  if (cell.node.pairs.every((pair, index) => pair.value === before.pairs[index]?.value)) cell.node = before;
}

/** Any elements, as kyaml's setAssociativeSequenceElements goes through them. */
function mergeIrregular(merger: Merger, list: ElementList, patch: ElementList | undefined, schema: FieldSchema | undefined, keys: readonly string[]): readonly Cell[] {
  const addsLast = merger.use === 'values';
  const sources = patch ? (addsLast ? [list, patch] : [patch, list]) : [list];
  const rows = keys[0] === '' ? distinctRows(sources, (node) => [textOf(node)]) : distinctRows(sources, (node) => keys.map((key) => keyText(node, key)));
  if (keys.length > 1) alignRows(rows);
  if (rows.length === 0) return list.cells;
  const merged = new ElementList([]);
  let usedKeys = keys;
  for (const row of rows) {
    const used = usableKeys(rows, row, keys);
    usedKeys = used.keys;
    const own = usableKeys([used.values], used.values, used.keys);
    const dest = list.find(own.keys, own.values);
    const result = merger.merge(dest, patch === list ? dest : patch?.find(own.keys, own.values), schema);
    if (merger.failure) return [];
    if (!result || !hasValue(result.node)) {
      if (reported(merger, list.set(undefined, used.keys, used.values))) return [];
      continue;
    }
    addKeys(result, used.keys, used.values, sources);
    if (reported(merger, merged.set(result, used.keys, used.values))) return [];
  }
  const [into, from] = addsLast ? [list, merged] : [merged, list];
  for (const cell of from.cells) {
    if (reported(merger, appendElement(into, cell, usedKeys))) return [];
  }
  return into.cells;
}

/** Puts an element of the object into the merged list, in the place of the one that has its keys (kyaml's appendListNode). */
function appendElement(merged: ElementList, cell: Cell, keys: readonly string[]): YamlNode | undefined {
  if (keys[0] === '') return merged.set(cell, [''], [textOf(cell.node)]);
  const values: string[] = [];
  for (const key of keys) {
    if (cell.node.kind !== 'map') {
      if (!isNullCell(cell)) return cell.node;
      merged.cells.push(cell);
      continue;
    }
    const value = cell.node.get(key);
    if (value) values.push(textOf(value));
    else merged.cells.push(cell);
  }
  if (keys.length > 1) {
    const incomparable = merged.set(undefined, keys, values);
    if (incomparable) return incomparable;
  }
  return merged.set(cell, keys, values);
}

/** The key values of all elements, each once, those of the first source first. */
function distinctRows(sources: readonly ElementList[], read: (node: YamlNode) => readonly string[]): (readonly string[])[] {
  const rows = new Map<string, readonly string[]>();
  for (const source of sources) {
    for (const { node } of source.cells) {
      const row = read(node);
      const id = row.join('\0');
      if (!rows.has(id)) rows.set(id, row);
    }
  }
  return [...rows.values()];
}

/** Rows that have a value in common, and otherwise differ only where one is empty, stand for the same element (kyaml's mergeValues). */
function alignRows(rows: (readonly string[])[]): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? [];
    for (let j = 0; j < rows.length; j++) {
      const joined = joinRows(row, rows[j] ?? []);
      if (!joined) continue;
      rows[i] = joined;
      rows[j] = joined;
    }
  }
}

function joinRows(a: readonly string[], b: readonly string[]): readonly string[] | undefined {
  let hasCommon = false;
  const joined: string[] = [];
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? '';
    if (value === other) hasCommon = true;
    else if (value !== '' && other !== '') return undefined;
    joined.push(value === '' ? other : value);
  }
  return hasCommon ? joined : undefined;
}

/** The keys that at least one row has a value for, with this row's values (kyaml's validateKeys). */
function usableKeys(
  rows: readonly (readonly string[])[],
  values: readonly string[],
  keys: readonly string[],
): { readonly keys: readonly string[]; readonly values: readonly string[] } {
  const isUsed = keys.map((_, index) => rows.some((row) => (row[index] ?? '') !== ''));
  if (!isUsed.includes(true)) return { keys, values };
  return { keys: keys.filter((_, index) => isUsed[index]), values: values.filter((_, index) => isUsed[index]) };
}

/** An element that was found by some of its keys gets the others, as texts. */
function addKeys(cell: Cell, keys: readonly string[], values: readonly string[], sources: readonly ElementList[]): void {
  for (const [index, key] of keys.entries()) {
    const value = values[index] ?? '';
    if (value === '' || cell.node.kind !== 'map' || cell.node.pair(key)) continue;
    const from = sources.flatMap((source) => source.cells).find(({ node }) => keyText(node, key) === value)?.node;
    const field = from?.kind === 'map' ? from.get(key) : undefined;
    cell.node = cell.node.with(key, makeScalar(value, field ?? cell.node, field?.step));
  }
}

function reported(merger: Merger, incomparable: YamlNode | undefined): boolean {
  if (incomparable) merger.fail('kustomize/patch-type-mismatch', 'A list that is merged by key has an element that is of another kind than the others.', incomparable);
  return merger.failure !== undefined;
}
