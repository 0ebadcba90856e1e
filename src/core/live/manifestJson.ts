/**
 * A rendered object as the JSON that is sent to a server: numbers keep their digits, and texts of a Secret's `stringData`
 * are in its `data`.
 */
import { assert } from '../base/assert.js';
import type { RenderedObject } from '../objects/rendering.js';
import type { YamlNode } from '../yaml/nodes.js';
import { jsonScalarOf } from '../yaml/scalars.js';
import { isJsonObject, type JsonObject, type JsonValue } from './json.js';

/** Stands in JSON for a whole number that a double can't hold; {@link manifestText} puts its digits back. */
const digitsMark = '\u0000digits:';

/**
 * The object as JSON. Texts of a Secret's `stringData` are in its `data`, where the server puts them anyway: only there
 * does it note who owns them.
 */
export function manifestOf({ root, id }: Pick<RenderedObject, 'root' | 'id'>): JsonObject {
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
