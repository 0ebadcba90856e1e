/**
 * A live object as YAML for people, fields in the order of their names as `kubectl get -o yaml` has them. What the server keeps for
 * itself is left out, and values of Secrets are replaced, so that two such texts can be laid side by side.
 */
import { SourceText } from '../base/source.js';
import { isSecretObject, isSecretPath } from '../objects/secretFields.js';
import { MapNode, Pair, ScalarNode, SequenceNode, type ScalarTag, type YamlNode } from '../yaml/nodes.js';
import { printDocument } from '../yaml/print.js';
import { isJsonObject, isList, type JsonObject, type JsonValue } from './json.js';
import { idOfLive, type LiveObject } from './liveObject.js';

/** Fields of `metadata` that the server counts and notes, and nobody declares. */
const ownFields: ReadonlySet<string> = new Set(['managedFields', 'resourceVersion', 'uid', 'generation', 'creationTimestamp', 'selfLink']);

export interface LiveTextOptions {
  /** Stands for a secret value; undefined where they are to be shown. */
  readonly mask: ((value: string) => string) | undefined;
  /** False leaves `status` out, which no manifest declares. */
  readonly withStatus: boolean;
}

/** The text ends in a line break. */
export function liveText(object: LiveObject, { mask, withStatus }: LiveTextOptions): string {
  const isSecret = isSecretObject(idOfLive(object));
  const hide = (value: JsonValue, path: readonly string[]): JsonValue =>
    isSecret && mask && isSecretPath(path) && typeof value === 'string' && value !== '' ? mask(value) : value;
  const shown: JsonObject = { ...object, metadata: withoutOwn(object.metadata), ...(!withStatus && { status: undefined }) };
  const root = nodeOf(shown, [], hide);
  const printed = root.kind === 'map' ? printDocument(root) : undefined;
  return printed && 'text' in printed ? printed.text : `${JSON.stringify(shown, null, 2)}\n`;
}

function withoutOwn(metadata: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !ownFields.has(key)));
}

const nowhere = new SourceText('/live', '');

function nodeOf(value: JsonValue, path: readonly string[], hide: (value: JsonValue, path: readonly string[]) => JsonValue): YamlNode {
  if (isList(value))
    return new SequenceNode(
      value.map((item) => nodeOf(item, path, hide)),
      nowhere,
      0,
      0,
      undefined,
      undefined,
      value.length === 0,
    );
  if (isJsonObject(value)) {
    const keys = Object.keys(value).sort();
    const pairs = keys.flatMap((key) => {
      const field = value[key];
      return field === undefined ? [] : [new Pair(scalar(key, '!!str'), nodeOf(field, [...path, key], hide))];
    });
    return new MapNode(pairs, nowhere, 0, 0, undefined, undefined, pairs.length === 0);
  }
  const shown = hide(value, path);
  if (typeof shown === 'string') return scalar(shown, '!!str');
  if (typeof shown === 'number') return scalar(String(shown), Number.isInteger(shown) ? '!!int' : '!!float');
  return scalar(shown === null ? 'null' : shown === true ? 'true' : 'false', shown === null ? '!!null' : '!!bool');
}

function scalar(value: string, tag: ScalarTag): ScalarNode {
  return new ScalarNode(value, tag, 'plain', nowhere, 0, 0, undefined, undefined);
}
