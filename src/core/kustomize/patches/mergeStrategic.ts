/**
 * Merges a strategic merge patch into an object as kyaml does (kyaml/yaml/walk and merge2 v0.21.2, called with
 * MergeOptionsListPrepend as api/filters/patchstrategicmerge does). Every field of the object is visited, also where the
 * patch says nothing: an empty null goes, and lists with merge keys lose elements that have the same key. `$retainKeys`,
 * `$setElementOrder` and `$deleteFromPrimitiveList` mean nothing to kyaml and stay in the object.
 */
import type { FieldSchema, ObjectSchema } from '../../objects/schema.js';
import { parseApiVersion } from '../../objects/resId.js';
import { MapNode, Pair, ScalarNode, SequenceNode, isMissingOrNull, scalarValue, stampStep, type Step, type YamlNode } from '../../yaml/nodes.js';
import { mergeElements } from './mergeElements.js';
import { settledStyle } from './jsonValue.js';
import { ElementList, hasValue, isNullCell, textOf, type Cell } from './elementList.js';

/** Why a patch cannot be merged. */
export interface MergeFailure {
  readonly code: 'kustomize/patch-type-mismatch' | 'kustomize/unknown-patch-directive';
  readonly message: string;
  /** The part of the patch, or of the object, that is wrong. */
  readonly node: YamlNode;
  /** What it does not fit to. */
  readonly other?: YamlNode;
}

export type MergeResult = { readonly root: MapNode } | { readonly deleted: true } | { readonly failure: MergeFailure };

/**
 * The object with the patch merged in; what the patch sets carries `step` and what it overrode.
 * @param schema kinds are looked up by the apiVersion and kind of the object, and of maps inside it that have both
 */
export function mergeStrategic(target: MapNode, patch: MapNode, schema: ObjectSchema, step: Step): MergeResult {
  const merger = new Merger(schema);
  const dest: Cell = { node: target };
  const result = merger.merge(dest, { node: stampStep(patch, step, undefined) }, undefined);
  if (merger.failure) return { failure: merger.failure };
  if (!result) return { deleted: true };
  // kyaml changes the object in place: what `$patch: replace` gives for a whole object is made, and then not used.
  if (result !== dest) return { root: target };
  return dest.node.kind === 'map' ? { root: dest.node } : { deleted: true };
}

/** What a map or list of a patch asks for with `$patch`. */
type Directive = 'delete' | 'replace' | 'merge';

/**
 * What is merged. With a patch, elements that only it has come first, and a scalar takes the style of the one before, as the
 * object is printed afterwards; with values they come last, and a scalar stays what it is, as they are decoded afterwards.
 */
export type MergeUse = 'patch' | 'values';

/** One merge; {@link Merger.failure} is set by the first thing that does not fit, and then results mean nothing. */
export class Merger {
  failure: MergeFailure | undefined;
  readonly #schema: ObjectSchema;
  readonly use: MergeUse;

  constructor(schema: ObjectSchema, use: MergeUse = 'patch') {
    this.#schema = schema;
    this.use = use;
  }

  /**
   * The merge of what stands in the object with what stands in the patch (walk.Walker.Walk).
   * @returns one of the two cells, its node changed, or undefined for what is to be removed
   */
  merge(dest: Cell | undefined, origin: Cell | undefined, parentSchema: FieldSchema | undefined): Cell | undefined {
    const first = isNullCell(dest) ? (isNullCell(origin) ? undefined : origin) : dest;
    if (!first) return this.#visitMap(dest, origin);
    const kind = first.node.kind;
    if (dest && origin && !isNullCell(origin) && origin.node.kind !== kind) {
      this.fail(
        'kustomize/patch-type-mismatch',
        `The patch has ${nameOfKind(origin.node)} where the object has ${nameOfKind(dest.node)}; make them the same.`,
        origin.node,
        dest.node,
      );
      return undefined;
    }
    if (kind === 'scalar') return origin ?? dest;
    const schema = parentSchema ?? this.#inferSchema(dest) ?? this.#inferSchema(origin);
    return kind === 'map' ? this.#mergeMaps(dest, origin, schema) : this.#mergeLists(dest, origin, schema);
  }

  fail(code: MergeFailure['code'], message: string, node: YamlNode, other?: YamlNode): void {
    this.failure ??= other ? { code, message, node, other } : { code, message, node };
  }

  /** A map without a schema of its own that has an apiVersion and a kind is taken for an object of that kind. */
  #inferSchema(cell: Cell | undefined): FieldSchema | undefined {
    if (cell?.node.kind !== 'map') return undefined;
    const apiVersion = scalarValue(cell.node.get('apiVersion')) ?? '';
    const kind = scalarValue(cell.node.get('kind')) ?? '';
    return apiVersion === '' || kind === '' ? undefined : this.#schema.of({ ...parseApiVersion(apiVersion), kind });
  }

  #mergeMaps(dest: Cell | undefined, origin: Cell | undefined, schema: FieldSchema | undefined): Cell | undefined {
    const target = this.#visitMap(dest, origin);
    if (!target || this.failure || target.node.kind !== 'map') return target;
    this.#mergeFields(target, target.node, origin, schema);
    return target;
  }

  /** Which of the two the merged map starts from (merge2's VisitMap). */
  #visitMap(dest: Cell | undefined, origin: Cell | undefined): Cell | undefined {
    if (isNullCell(dest)) {
      if (this.#takeDirective(origin, 'lenient') === 'delete') return undefined;
      const isWritten = dest?.node.kind === 'scalar' && dest.node.value !== '';
      return !origin && dest && isWritten ? { node: dest.node, isKept: true } : origin;
    }
    if (origin && isNullCell(origin)) return undefined;
    switch (this.#takeDirective(origin, 'strict')) {
      case 'delete':
        return undefined;
      case 'replace':
        return origin;
      case 'merge':
        return dest;
    }
  }

  #mergeFields(target: Cell, before: MapNode, origin: Cell | undefined, schema: FieldSchema | undefined): void {
    const isSame = target === origin;
    const patch = !isSame && origin?.node.kind === 'map' ? origin.node : undefined;
    let pairs: Pair[] | undefined;
    for (const [index, pair] of before.pairs.entries()) {
      const { key, value } = pair;
      const dest: Cell = { node: value };
      const patchValue = patch?.get(key.value);
      const fromPatch = isSame ? dest : patchValue && { node: patchValue };
      const result = this.merge(dest, fromPatch, schema?.field(key.value));
      if (this.failure) return;
      if (origin && patchValue && fromPatch && fromPatch.node !== patchValue) replaceField(origin, key.value, fromPatch.node);
      const next =
        !result || (isMissingOrNull(result.node) && !result.isKept)
          ? undefined
          : result === fromPatch && !isSame
            ? overriding(result.node, value, this.use)
            : quotedWhereNeeded(result.node);
      if (next !== value) pairs ??= before.pairs.slice(0, index);
      if (next) pairs?.push(next === value ? pair : new Pair(key, next));
    }
    for (const added of patch ? newFields(before, patch) : []) {
      const fromPatch: Cell = { node: added.value };
      const result = this.merge(undefined, fromPatch, schema?.field(added.key.value));
      if (this.failure) return;
      if (origin && fromPatch.node !== added.value) replaceField(origin, added.key.value, fromPatch.node);
      if (result && !isMissingOrNull(result.node)) (pairs ??= before.pairs.slice()).push(new Pair(added.key, quotedWhereNeeded(result.node)));
    }
    if (pairs) target.node = before.withPairs(pairs);
  }

  #mergeLists(dest: Cell | undefined, origin: Cell | undefined, schema: FieldSchema | undefined): Cell | undefined {
    if (!schema?.patchStrategy.includes('merge')) return origin ?? dest;
    const target = this.#visitList(dest, origin);
    if (!target || this.failure || target.node.kind !== 'sequence') return target;
    const list = new ElementList(target.node.items);
    const patch = origin === target ? list : origin?.node.kind === 'sequence' ? new ElementList(origin.node.items) : undefined;
    const items = mergeElements(this, list, patch, schema);
    if (!items) return undefined;
    target.node = sameItems(items, target.node.items) ? target.node : target.node.withItems(items);
    if (origin && patch && patch !== list && origin.node.kind === 'sequence') {
      const own = patch.cells.map((cell) => cell.node);
      if (!sameItems(own, origin.node.items)) origin.node = origin.node.withItems(own);
    }
    return target;
  }

  /** Which of the two the merged list starts from (merge2's VisitList for an associative list). */
  #visitList(dest: Cell | undefined, origin: Cell | undefined): Cell | undefined {
    if (isNullCell(dest)) return origin;
    if (origin && isNullCell(origin)) return undefined;
    switch (this.#takeDirective(origin, 'strict')) {
      case 'delete':
        return undefined;
      case 'replace':
        return origin;
      case 'merge':
        return dest;
    }
  }

  /** Reads the `$patch` of a map or list of the patch, and takes it out. */
  #takeDirective(origin: Cell | undefined, mode: 'strict' | 'lenient'): Directive {
    const node = origin?.node;
    if (!origin || !node || node.kind === 'scalar') return 'merge';
    const holder = node.kind === 'map' ? node : node.items.find((item): item is MapNode => item.kind === 'map' && item.pair('$patch') !== undefined);
    const value = holder?.get('$patch');
    if (!value || (node.kind === 'sequence' && (holder?.pairs.length ?? 0) > 1)) return 'merge';
    const directive = textOf(value);
    if (directive !== 'delete' && directive !== 'replace' && directive !== 'merge') {
      if (mode === 'strict') this.fail('kustomize/unknown-patch-directive', `There is no $patch directive '${directive}'; use delete, replace or merge.`, value);
      return 'merge';
    }
    if (node.kind === 'map') origin.node = withoutFirst(node, '$patch');
    else origin.node = node.withItems(node.items.filter((item) => keepsWithoutDirective(item, directive)));
    return directive;
  }
}

/** Where a list's directive is taken out, empty elements go too. */
function keepsWithoutDirective(item: YamlNode, directive: string): boolean {
  if (!hasValue(item)) return false;
  return item.kind !== 'map' || scalarValue(item.get('$patch')) !== directive;
}

/** The fields of a patch that the object does not have, in the order in which kyaml adds them. */
function newFields(before: MapNode, patch: MapNode): readonly Pair[] {
  return patch.pairs.filter((pair) => !before.pair(pair.key.value)).sort((a, b) => (a.key.value < b.key.value ? -1 : 1));
}

/**
 * A value of the patch in the place of an older one. Kyaml keeps the older one's quotes, so that a number or a boolean in
 * the place of a quoted text becomes a text when that is printed (kyaml/yaml FieldSetter).
 */
function overriding(value: YamlNode, old: YamlNode, use: MergeUse): YamlNode {
  switch (value.kind) {
    case 'scalar': {
      const style = old.kind === 'scalar' && use === 'patch' ? old.style : value.style;
      const tag = use === 'values' || style === 'plain' || value.tag === '!!binary' ? value.tag : '!!str';
      return new ScalarNode(value.value, tag, style, value.source, value.start, value.end, value.step, old);
    }
    case 'map':
      return new MapNode(value.pairs, value.source, value.start, value.end, value.step, old, value.flow);
    case 'sequence':
      return new SequenceNode(value.items, value.source, value.start, value.end, value.step, old, value.flow);
  }
}

/** Kyaml quotes such texts in all that it goes through; it shows when a later patch keeps the quotes. */
function quotedWhereNeeded(node: YamlNode): YamlNode {
  if (node.kind !== 'scalar' || node.style !== 'plain' || node.tag !== '!!str') return node;
  if (settledStyle(node.value) !== 'double') return node;
  return new ScalarNode(node.value, node.tag, 'double', node.source, node.start, node.end, node.step, node.was);
}

/** Directives that were taken out of a part of the patch must not be met again where that part is met again. */
function replaceField(origin: Cell, key: string, value: YamlNode): void {
  if (origin.node.kind === 'map') origin.node = origin.node.with(key, value);
}

function withoutFirst(map: MapNode, key: string): MapNode {
  const first = map.pair(key);
  return map.withPairs(map.pairs.filter((pair) => pair !== first));
}

function sameItems(a: readonly YamlNode[], b: readonly YamlNode[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

function nameOfKind(node: YamlNode): string {
  return node.kind === 'map' ? 'a map' : node.kind === 'sequence' ? 'a list' : 'a single value';
}
