/**
 * What is sent for an object: its render as JSON, with the marks of the inventory and in the form that server-side apply
 * keeps track of. And the two edits that a plan makes to it: fields that are left to others, and fields that keep their
 * live value.
 */
import { assert } from '../base/assert.js';
import { stepInto, valueAt } from '../live/fieldPath.js';
import { isJsonObject, isList, type JsonObject, type JsonValue } from '../live/json.js';
import type { LiveObject } from '../live/liveObject.js';
import type { FieldStep } from '../objects/compare.js';
import type { RenderedObject } from '../objects/rendering.js';
import type { YamlNode } from '../yaml/nodes.js';
import { jsonScalarOf } from '../yaml/scalars.js';

/** Labels and annotations that every object of an environment gets. */
export interface Marks {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export const noMarks: Marks = { labels: {}, annotations: {} };

/** Stands in JSON for a whole number that a double can't hold; {@link manifestText} puts its digits back. */
const digitsMark = '\u0000digits:';

/**
 * The object as JSON. Texts of a Secret's `stringData` are in its `data`, where the server puts them anyway: only there
 * does it note who owns them.
 */
export function manifestOf({ root, id }: RenderedObject): JsonObject {
  const value = jsonOf(root);
  assert(isJsonObject(value), 'an object is a map');
  return id.kind === 'Secret' && id.group === '' ? withoutStringData(value) : value;
}

/** What is sent: text where a number would lose digits as a JavaScript number. */
export function manifestText(manifest: JsonObject): JsonObject | string {
  const text = JSON.stringify(manifest);
  const mark = JSON.stringify(digitsMark).slice(1, -1);
  return text.includes(mark) ? text.replaceAll(new RegExp(`"${mark.replaceAll('\\', '\\\\')}([^"]*)"`, 'g'), '$1') : manifest;
}

/** The manifest with labels and annotations, and with the name and, where it has none, the namespace. */
export function markManifest(manifest: JsonObject, marks: Marks, place: { readonly name: string; readonly namespace: string }): JsonObject {
  const { metadata: given, ...rest } = manifest;
  const metadata = isJsonObject(given) ? given : {};
  const { namespace } = metadata;
  return {
    ...rest,
    metadata: {
      ...metadata,
      name: place.name,
      ...((namespace === undefined || namespace === '') && place.namespace !== '' && { namespace: place.namespace }),
      ...mergeTexts(metadata, 'labels', marks.labels),
      ...mergeTexts(metadata, 'annotations', marks.annotations),
    },
  };
}

/** The manifest with the live values at these paths, so that applying it changes nothing there; without the field where nothing is live. */
export function keepLive(manifest: JsonObject, paths: readonly (readonly FieldStep[])[], live: LiveObject): JsonObject {
  return paths.reduce((object, path) => {
    const kept = wholePath(path);
    return editAt(object, kept, valueAt(live, kept));
  }, manifest);
}

/** The manifest without these fields, so that whoever owns them keeps them. */
export function leaveFields(manifest: JsonObject, paths: readonly (readonly FieldStep[])[]): JsonObject {
  return paths.reduce((object, path) => editAt(object, wholePath(path), undefined), manifest);
}

/** Up to the first list whose items are told by their place: such a list belongs to one manager as a whole. */
function wholePath(path: readonly FieldStep[]): readonly FieldStep[] {
  const index = path.findIndex((step) => typeof step === 'number');
  return index < 0 ? path : path.slice(0, index);
}

/** The object with another value at a path, or without the field. Where the way there isn't, it stays as it is. */
function editAt(object: JsonObject, path: readonly FieldStep[], value: JsonValue | undefined): JsonObject {
  const edited = editValue(object, path, value);
  return isJsonObject(edited) ? edited : object;
}

function editValue(at: JsonValue, [step, ...rest]: readonly FieldStep[], value: JsonValue | undefined): JsonValue | undefined {
  if (step === undefined) return value;
  const inner = stepInto(at, step);
  if (inner === undefined && (value === undefined || rest.length > 0 || typeof step !== 'string')) return at;
  const edited = inner === undefined ? value : editValue(inner, rest, value);
  if (edited === inner) return at;
  if (isList(at)) {
    const index = at.findIndex((item) => item === inner);
    return edited === undefined ? at.filter((_, each) => each !== index) : at.map((item, each) => (each === index ? edited : item));
  }
  if (!isJsonObject(at) || typeof step !== 'string') return at;
  const { [step]: _, ...others } = at;
  return edited === undefined ? others : { ...at, [step]: edited };
}

function mergeTexts(metadata: JsonObject, field: 'labels' | 'annotations', added: Readonly<Record<string, string>>): JsonObject {
  const there = metadata[field];
  const merged = { ...(isJsonObject(there) ? there : {}), ...added };
  return Object.keys(merged).length > 0 ? { [field]: merged } : {};
}

function jsonOf(node: YamlNode): JsonValue {
  switch (node.kind) {
    case 'map':
      return Object.fromEntries(node.pairs.map(({ key, value }) => [key.value, jsonOf(value)]));
    case 'sequence':
      return node.items.map(jsonOf);
    case 'scalar': {
      const scalar = jsonScalarOf(node);
      if (scalar.kind !== 'literal') return scalar.kind === 'string' ? scalar.value : node.value;
      if (scalar.text === 'null') return null;
      if (scalar.text === 'true' || scalar.text === 'false') return scalar.text === 'true';
      const number = Number(scalar.text);
      return Number.isInteger(number) && !Number.isSafeInteger(number) && /^-?\d+$/.test(scalar.text) ? digitsMark + scalar.text : number;
    }
  }
}

function withoutStringData(secret: JsonObject): JsonObject {
  const { stringData, ...rest } = secret;
  if (!isJsonObject(stringData)) return secret;
  const encoded = Object.fromEntries(Object.entries(stringData).map(([key, value]) => [key, typeof value === 'string' ? base64Of(value) : value]));
  const { data } = rest;
  return { ...rest, data: { ...(isJsonObject(data) ? data : {}), ...encoded } };
}

const base64Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The UTF-8 bytes of a text in base64, with padding (RFC 4648, section 4). */
export function base64Of(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let result = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b, c] = bytes.subarray(at, at + 3);
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    result += base64Digits.charAt(bits >> 18) + base64Digits.charAt((bits >> 12) & 63);
    result += b === undefined ? '==' : base64Digits.charAt((bits >> 6) & 63) + (c === undefined ? '=' : base64Digits.charAt(bits & 63));
  }
  return result;
}
