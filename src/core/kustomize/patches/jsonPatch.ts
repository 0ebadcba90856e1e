/**
 * JSON patches (RFC 6902) as kustomize applies them: gopkg.in/evanphx/json-patch.v4 v4.13.0 on the object's JSON form
 * (api/filters/patchjson6902 v0.21.2). With its ways: `replace` sets a field that is missing, `add` without a value sets
 * null, negative indexes count from the end.
 */
import type { Problems } from '../../base/problem.js';
import { MapNode, ScalarNode, SequenceNode, isMissingOrNull, makeScalar, stampStep, type Step, type YamlNode } from '../../yaml/nodes.js';
import type { ParsedYaml } from '../../yaml/parse.js';
import { childOf, elementIndex, parsePointer, placeOfPart, type Pointer } from './jsonPointer.js';
import { fromYaml11, jsonText, throughJson } from './jsonValue.js';

/** One operation of a patch, as written; what it lacks shows when it is applied. */
export interface JsonOperation {
  readonly node: YamlNode;
  readonly op: ScalarNode | undefined;
  readonly path: ScalarNode | undefined;
  readonly from: ScalarNode | undefined;
  /** As JSON has it. */
  readonly value: YamlNode | undefined;
  /** True where the patch is JSON text: then `test` compares numbers and texts as they are written. */
  readonly isJson: boolean;
}

/** Why a text is no JSON patch. */
export interface JsonPatchFailure {
  readonly message: string;
  readonly node: YamlNode | undefined;
}

/**
 * The operations of a patch, from the first document of its text. A text that begins with `[` has to be JSON, as for
 * kustomize; an empty text gives none.
 */
export function readJsonPatch(parsed: ParsedYaml): readonly JsonOperation[] | JsonPatchFailure {
  const isJson = parsed.source.text.startsWith('[');
  const root = parsed.documents[0]?.root;
  if (isJson && !isValidJson(parsed.source.text)) return { message: 'A JSON patch that begins with [ must be valid JSON; write it as a YAML list, or mend the JSON.', node: root };
  if (isMissingOrNull(root)) return [];
  if (root.kind !== 'sequence') return { message: 'A JSON patch is a list of operations.', node: root };
  const wrong = root.items.find((item) => item.kind !== 'map' && !isMissingOrNull(item));
  if (wrong) return { message: 'Each operation of a JSON patch is a map with op and path.', node: wrong };
  return root.items.map((item) => readOperation(item, isJson));
}

function readOperation(node: YamlNode, isJson: boolean): JsonOperation {
  const field = (name: string): YamlNode | undefined => {
    const value = node.kind === 'map' ? node.get(name) : undefined;
    return value && !isJson ? fromYaml11(value) : value;
  };
  const text = (name: string): ScalarNode | undefined => {
    const value = field(name);
    return value?.kind === 'scalar' && value.tag === '!!str' ? value : undefined;
  };
  return { node, op: text('op'), path: text('path'), from: text('from'), value: field('value'), isJson };
}

function isValidJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** The object with all operations done; undefined where one can't be, which is reported at its path. */
export function applyJsonPatch(root: MapNode, operations: readonly JsonOperation[], step: Step, problems: Problems): MapNode | undefined {
  const patcher = new Patcher(step, problems);
  let document: YamlNode = root;
  for (const operation of operations) {
    const next = patcher.apply(document, operation);
    if (!next) return undefined;
    document = next;
  }
  const converted = throughJson(document);
  if (converted.kind === 'map') return converted;
  problems.error('kustomize/json-patch-not-an-object', 'The patch leaves something that is no map in the place of the object.', operations.at(-1)?.node ?? step);
  return undefined;
}

type Container = MapNode | SequenceNode;

/** A container found by a path, with the containers above it. */
interface Found {
  readonly container: Container;
  readonly trail: readonly { readonly container: Container; readonly key: string }[];
}

class Patcher {
  readonly #step: Step;
  readonly #problems: Problems;

  constructor(step: Step, problems: Problems) {
    this.#step = step;
    this.#problems = problems;
  }

  apply(document: YamlNode, operation: JsonOperation): YamlNode | undefined {
    const { op, path } = operation;
    if (!path) return this.#fail('kustomize/json-patch-invalid-operation', 'This operation has no path; give it one, such as /spec/replicas.', operation.node);
    switch (op?.value) {
      case 'add':
        return this.#change(document, path, (found, pointer) => this.#add(found, pointer, path, this.#valueOf(operation)));
      case 'remove':
        return this.#change(document, path, (found, pointer) => this.#remove(found, pointer, path));
      case 'replace':
        return this.#replace(document, path, operation);
      case 'test':
        return this.#test(document, path, operation);
      case 'move':
      case 'copy':
        return this.#transfer(document, path, operation, op.value);
      default:
        return this.#fail(
          'kustomize/json-patch-invalid-operation',
          `There is no operation '${op?.value ?? ''}'; use add, remove, replace, move, copy or test.`,
          op ?? operation.node,
        );
    }
  }

  /** The value that an operation sets in the place of another. */
  #valueOf({ value, node }: JsonOperation): (old: YamlNode | undefined) => YamlNode {
    if (!value) return (old) => makeScalar('null', node, this.#step, old, '!!null');
    return (old) => stampStep(value, this.#step, old);
  }

  /** Changes the container that a path leads to, and with it all above it. */
  #change(document: YamlNode, path: ScalarNode, change: (container: Container, pointer: Pointer) => Container | undefined): YamlNode | undefined {
    const pointer = parsePointer(path.value);
    const found = pointer && this.#find(document, path, pointer);
    if (!pointer) return this.#missing(path, undefined, 0);
    const changed = found && change(found.container, pointer);
    return changed && rebuild(changed, found.trail);
  }

  #find(document: YamlNode, path: ScalarNode, pointer: Pointer): Found | undefined {
    const trail: { container: Container; key: string }[] = [];
    let at = document;
    for (const [index, key] of pointer.parents.entries()) {
      if (at.kind === 'scalar') return this.#missing(path, at, index - 1);
      const child = childOf(at, key);
      if (isMissingOrNull(child)) return this.#missing(path, at, index);
      trail.push({ container: at, key });
      at = child;
    }
    return at.kind === 'scalar' ? this.#missing(path, at, pointer.parents.length - 1) : { container: at, trail };
  }

  #add(container: Container, { parents, key }: Pointer, path: ScalarNode, valueFor: (old: YamlNode | undefined) => YamlNode): Container | undefined {
    if (container.kind === 'map') {
      return container.with(key, valueFor(container.get(key)), makeScalar(key, path, this.#step));
    }
    const length = container.items.length;
    const index = key === '-' ? length : elementIndex(key, length + 1);
    if (typeof index === 'string') return this.#invalidIndex(path, parents.length, key, length);
    return container.withItems([...container.items.slice(0, index), valueFor(undefined), ...container.items.slice(index)]);
  }

  #remove(container: Container, { parents, key }: Pointer, path: ScalarNode): Container | undefined {
    if (container.kind === 'map') return container.pair(key) ? container.without(key) : this.#missing(path, container, parents.length);
    const index = elementIndex(key, container.items.length);
    if (typeof index === 'string') return this.#invalidIndex(path, parents.length, key, container.items.length);
    return container.withItems(container.items.filter((_, at) => at !== index));
  }

  #replace(document: YamlNode, path: ScalarNode, operation: JsonOperation): YamlNode | undefined {
    const valueFor = this.#valueOf(operation);
    if (path.value === '') {
      const whole = valueFor(document);
      if (whole.kind !== 'scalar') return whole;
      return this.#fail('kustomize/json-patch-invalid-operation', 'The whole object can only be replaced by a map.', operation.value ?? operation.node);
    }
    return this.#change(document, path, (container, { parents, key }) => {
      if (container.kind === 'map') return this.#add(container, { parents, key }, path, valueFor);
      const index = elementIndex(key, container.items.length);
      if (typeof index === 'string') return this.#invalidIndex(path, parents.length, key, container.items.length);
      return container.withItems(container.items.map((item, at) => (at === index ? valueFor(item) : item)));
    });
  }

  #transfer(document: YamlNode, path: ScalarNode, operation: JsonOperation, op: 'move' | 'copy'): YamlNode | undefined {
    const { from } = operation;
    if (!from) return this.#fail('kustomize/json-patch-invalid-operation', `A ${op} operation needs the path in from that it takes the value from.`, operation.node);
    const pointer = parsePointer(from.value);
    if (!pointer) return this.#missing(from, undefined, 0);
    const found = this.#find(document, from, pointer);
    if (!found) return undefined;
    const { container } = found;
    const old = childOf(container, pointer.key);
    if (!old && container.kind === 'sequence') return this.#invalidIndex(from, pointer.parents.length, pointer.key, container.items.length);
    const value = old ? carried(old, this.#step) : makeScalar('null', from, this.#step, undefined, '!!null');
    let rest = document;
    if (op === 'move') {
      const removed = this.#remove(container, pointer, from);
      if (!removed) return undefined;
      rest = rebuild(removed, found.trail);
    }
    return this.#change(rest, path, (to, toPointer) => this.#add(to, toPointer, path, () => value));
  }

  #test(document: YamlNode, path: ScalarNode, operation: JsonOperation): YamlNode | undefined {
    let actual: YamlNode | undefined = document;
    if (path.value !== '') {
      const pointer = parsePointer(path.value);
      if (!pointer) return this.#missing(path, undefined, 0);
      const found = this.#find(document, path, pointer);
      if (!found) return undefined;
      const { container } = found;
      actual = childOf(container, pointer.key);
      if (!actual && container.kind === 'sequence') return this.#invalidIndex(path, pointer.parents.length, pointer.key, container.items.length);
    }
    if (isEqual(actual, operation.value, operation.isJson)) return document;
    const shown = actual?.kind === 'scalar' ? `, which is ${jsonText(actual)},` : '';
    return this.#fail('kustomize/json-patch-test-failed', `The test of ${path.value}${shown} fails, so the patch cannot be applied.`, operation.value ?? path);
  }

  #missing(path: ScalarNode, container: YamlNode | undefined, part: number): undefined {
    if (!container) return this.#fail('kustomize/json-patch-missing-path', `The path '${path.value}' leads nowhere; begin it with a slash.`, path);
    const parts = path.value.split('/');
    const missing = parts.slice(0, part + 2).join('/');
    const what = container.kind === 'scalar' ? 'holds a single value, so nothing can stand below it' : 'does not exist';
    this.#problems.error(
      'kustomize/json-patch-missing-path',
      `${missing === '' ? 'The path' : missing} ${what} in the object that this patch is applied to.`,
      placeOfPart(path, Math.max(part, 0)),
    );
    return undefined;
  }

  #invalidIndex(path: ScalarNode, part: number, key: string, length: number): undefined {
    const message = `'${key}' names no element of this list of ${length}; use a number below that, or - to add at the end.`;
    this.#problems.error('kustomize/json-patch-invalid-index', message, placeOfPart(path, part));
    return undefined;
  }

  #fail(code: 'kustomize/json-patch-invalid-operation' | 'kustomize/json-patch-missing-path' | 'kustomize/json-patch-test-failed', message: string, node: YamlNode): undefined {
    this.#problems.error(code, message, node);
    return undefined;
  }
}

function rebuild(changed: Container, trail: Found['trail']): Container {
  let node = changed;
  for (const { container, key } of trail.toReversed()) {
    if (container.kind === 'map') node = container.with(key, node);
    else {
      const index = elementIndex(key, container.items.length);
      const inner = node;
      node = container.withItems(container.items.map((item, at) => (at === index ? inner : item)));
    }
  }
  return node;
}

/** A value in another place: its text and what it overrode are where they were; what lies in it is as it was. */
function carried(node: YamlNode, step: Step): YamlNode {
  const { source, start, end } = node;
  switch (node.kind) {
    case 'scalar':
      return new ScalarNode(node.value, node.tag, node.style, source, start, end, step, node);
    case 'map':
      return new MapNode(node.pairs, source, start, end, step, node, node.flow);
    case 'sequence':
      return new SequenceNode(node.items, source, start, end, step, node, node.flow);
  }
}

/** Equal as JSON; a missing value and null are the same only at the top, where a patch may leave `value` out. */
function isEqual(actual: YamlNode | undefined, expected: YamlNode | undefined, isJson: boolean): boolean {
  if (isMissingOrNull(actual) || isMissingOrNull(expected)) return isMissingOrNull(actual) && isMissingOrNull(expected);
  if (actual.kind === 'scalar') return expected.kind === 'scalar' && jsonText(actual) === (isJson ? rawText(expected) : jsonText(expected));
  if (actual.kind === 'sequence') {
    if (expected.kind !== 'sequence' || expected.items.length !== actual.items.length) return false;
    return actual.items.every((item, index) => isEqual(item, expected.items[index], isJson));
  }
  if (expected.kind !== 'map' || expected.pairs.length !== actual.pairs.length) return false;
  return actual.pairs.every(({ key, value }) => expected.pair(key.value) !== undefined && isEqual(value, expected.get(key.value), isJson));
}

/** A scalar of a JSON text as it is written. */
function rawText(node: ScalarNode): string {
  return node.source.text.slice(node.start, node.end);
}
