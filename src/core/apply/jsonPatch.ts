/**
 * JSON patches (RFC 6902) as evanphx/json-patch v4.12 applies them in kube-apiserver: `replace` adds what is missing in a
 * map, indexes may count from the end, a path without a slash in front means a field of the object.
 */
import { isJsonObject, isList, jsonEquals, type JsonObject, type JsonValue } from '../live/json.js';
import { refusePatch, type PatchResult } from './patching.js';

const mostOperations = 10000;
/** The server doesn't tell why. */
const rejected = 'the server rejected our request due to an error in our request';

/** The object with a JSON patch applied. */
export function applyJsonPatch(object: JsonObject, patch: JsonValue): PatchResult {
  if (!isList(patch) || !patch.every((operation) => operation === null || isJsonObject(operation))) {
    return refusePatch(
      400,
      `error decoding patch: json: cannot unmarshal ${isList(patch) ? 'value' : kindOf(patch)} into Go value of type ${isList(patch) ? 'handlers.jsonPatchOp' : '[]handlers.jsonPatchOp'}`,
    );
  }
  if (patch.length > mostOperations) return refusePatch(413, `The allowed maximum operations in a JSON patch is ${mostOperations}, got ${patch.length}`);
  let document: JsonValue = object;
  for (const operation of patch) {
    const result: Outcome = applyOperation(document, isJsonObject(operation) ? operation : {});
    if ('problem' in result) return refusePatch(422, rejected, result.problem);
    document = result.value;
  }
  if (!isJsonObject(document)) return refusePatch(422, rejected, 'the patched document is no object');
  return { kind: 'patched', object: document };
}

type Outcome = { readonly value: JsonValue } | { readonly problem: string };

function applyOperation(document: JsonValue, operation: JsonObject): Outcome {
  const kind = typeof operation.op === 'string' ? operation.op : 'unknown';
  const { path, from } = operation;
  const value = operation.value ?? null;
  switch (kind) {
    case 'add':
      if (typeof path !== 'string') return { problem: 'add operation failed to decode path: missing value' };
      return prefix(`error in add for path: '${path}'`, change(document, path, `add operation does not apply: doc is missing path: "${path}"`, addValue(value)));
    case 'remove':
      if (typeof path !== 'string') return { problem: 'remove operation failed to decode path: missing value' };
      return prefix(`error in remove for path: '${path}'`, change(document, path, `remove operation does not apply: doc is missing path: "${path}"`, removeValue));
    case 'replace':
      return replaceAt(document, path, value);
    case 'move':
    case 'copy':
      return transfer(document, kind, from, path);
    case 'test':
      return testAt(document, path, value);
    default:
      return { problem: `Unexpected kind: ${kind}` };
  }
}

const missingPath = 'operation missing path field: missing value';

function replaceAt(document: JsonValue, path: JsonValue | undefined, value: JsonValue): Outcome {
  if (typeof path !== 'string') return { problem: `replace operation failed to decode path: ${missingPath}` };
  if (path === '') return isJsonObject(value) || isList(value) ? { value } : { problem: 'replace operation value must be object or array' };
  return change(document, path, `replace operation does not apply: doc is missing path: ${path}`, (container, key) => {
    if (isJsonObject(container)) return { value: { ...container, [key]: value } };
    const at = indexIn(container, key);
    if (typeof at === 'string') return { problem: `replace operation does not apply: doc is missing key: ${path}: missing value` };
    return { value: container.with(at, value) };
  });
}

function transfer(document: JsonValue, kind: 'move' | 'copy', from: JsonValue | undefined, path: JsonValue | undefined): Outcome {
  if (typeof from !== 'string') return { problem: `${kind} operation failed to decode from: operation, missing from field: missing value` };
  const source = containerOf(document, from);
  if (!source) return { problem: `${kind} operation does not apply: doc is missing from path: ${from}: missing value` };
  const found = valueIn(source.container, source.key);
  if ('problem' in found) return prefix(kind === 'move' ? `error in move for path: '${source.key}'` : `error in copy for from: '${from}'`, found);
  const rest = kind === 'move' ? prefix(`error in move for path: '${source.key}'`, change(document, from, '', removeValue)) : { value: document };
  if ('problem' in rest) return rest;
  if (typeof path !== 'string') return { problem: `${kind} operation failed to decode path: ${kind === 'move' ? missingPath : 'missing value'}` };
  const added = change(rest.value, path, `${kind} operation does not apply: doc is missing destination path: ${path}`, addValue(found.value));
  return prefix(kind === 'move' ? `error in move for path: '${path}'` : 'error while adding value during copy', added);
}

function testAt(document: JsonValue, path: JsonValue | undefined, value: JsonValue): Outcome {
  if (typeof path !== 'string') return { problem: `test operation failed to decode path: ${missingPath}` };
  const failed: Outcome = { problem: `testing value ${path} failed: test failed` };
  if (path === '') return jsonEquals(document, value) ? { value: document } : failed;
  const target = containerOf(document, path);
  if (!target) return { problem: `test operation does not apply: is missing path: ${path}: missing value` };
  const found = valueIn(target.container, target.key);
  if ('problem' in found) return prefix(`error in test for path: '${path}'`, found);
  return jsonEquals(found.value, value) ? { value: document } : failed;
}

type Container = JsonObject | readonly JsonValue[];
type Edit = (container: Container, key: string) => Outcome;

/** The document with what a path leads into edited. A missing part on the way is the problem given. */
function change(document: JsonValue, path: string, problem: string, edit: Edit): Outcome {
  const keys = keysOf(path);
  return keys ? changeIn(document, keys, 0, edit, `${problem}: missing value`) : { problem: `${problem}: missing value` };
}

function changeIn(value: JsonValue, keys: readonly string[], depth: number, edit: Edit, missing: string): Outcome {
  if (!isJsonObject(value) && !isList(value)) return { problem: missing };
  const key = keys[depth] ?? '';
  if (depth === keys.length - 1) return edit(value, key);
  const next = valueIn(value, key);
  if ('problem' in next || next.value === null) return { problem: missing };
  const changed = changeIn(next.value, keys, depth + 1, edit, missing);
  if ('problem' in changed) return changed;
  if (isJsonObject(value)) return { value: { ...value, [key]: changed.value } };
  const at = indexIn(value, key);
  return typeof at === 'string' ? { problem: missing } : { value: value.with(at, changed.value) };
}

function addValue(value: JsonValue): Edit {
  return (container, key) => {
    if (isJsonObject(container)) return { value: { ...container, [key]: value } };
    if (key === '-') return { value: [...container, value] };
    const index = atoi(key);
    if (index === undefined) return { problem: `value was not a proper array index: '${key}': strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax` };
    const size = container.length + 1;
    if (index >= size || index < -size) return { problem: invalidIndex(index) };
    return { value: container.toSpliced(index < 0 ? index + size : index, 0, value) };
  };
}

function removeValue(container: Container, key: string): Outcome {
  if (isJsonObject(container)) {
    if (container[key] === undefined) return { problem: `Unable to remove nonexistent key: ${key}: missing value` };
    const { [key]: _removed, ...rest } = container;
    return { value: rest };
  }
  const at = indexIn(container, key);
  return typeof at === 'string' ? { problem: at } : { value: container.toSpliced(at, 1) };
}

/** A value in a map (null where it has none) or a list. */
function valueIn(container: Container, key: string): Outcome {
  if (isJsonObject(container)) return { value: (Object.hasOwn(container, key) ? container[key] : undefined) ?? null };
  const at = indexIn(container, key);
  return typeof at === 'string' ? { problem: at } : { value: container[at] ?? null };
}

/** The index that a key means in a list, or why it means none. */
function indexIn(list: readonly JsonValue[], key: string): number | string {
  const index = atoi(key);
  if (index === undefined) return `strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`;
  if (index >= list.length || index < -list.length) return invalidIndex(index);
  return index < 0 ? index + list.length : index;
}

function invalidIndex(index: number): string {
  return `Unable to access invalid index: ${index}: invalid index referenced`;
}

function atoi(text: string): number | undefined {
  return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

function containerOf(document: JsonValue, path: string): { readonly container: Container; readonly key: string } | undefined {
  const keys = keysOf(path);
  if (!keys) return undefined;
  let value = document;
  for (const key of keys.slice(0, -1)) {
    if (!isJsonObject(value) && !isList(value)) return undefined;
    const next = valueIn(value, key);
    if ('problem' in next || next.value === null) return undefined;
    value = next.value;
  }
  return isJsonObject(value) || isList(value) ? { container: value, key: keys.at(-1) ?? '' } : undefined;
}

/** The keys of a pointer; undefined for one without a slash. What stands before the first slash doesn't count. */
function keysOf(path: string): readonly string[] | undefined {
  const parts = path.split('/');
  return parts.length < 2 ? undefined : parts.slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function prefix(text: string, outcome: Outcome): Outcome {
  if (!('problem' in outcome) || outcome.problem.includes('operation does not apply')) return outcome;
  return { problem: `${text}: ${outcome.problem}` };
}

function kindOf(value: JsonValue): string {
  return value === null ? 'null' : isJsonObject(value) ? 'object' : typeof value;
}
