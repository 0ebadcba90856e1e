/**
 * The hash that kustomize puts behind the names of generated objects (api/hasher/hasher.go v0.21.2): the first ten hex
 * digits of SHA-256 over a JSON form of the content, spelled without digits and vowels that could make words.
 */
import { sha256Hex } from '../../base/sha256.js';
import type { MapNode, YamlNode } from '../../yaml/nodes.js';
import { jsonScalarOf } from '../../yaml/scalars.js';

const spelling: Readonly<Record<string, string>> = { '0': 'g', '1': 'h', '3': 'k', a: 'm', e: 't' };

/** The hash of a ConfigMap or Secret; undefined for any other kind, which no generator makes. */
export function contentHash(root: MapNode, kind: string): string | undefined {
  const json = kind === 'ConfigMap' ? configMapJson(root) : kind === 'Secret' ? secretJson(root) : undefined;
  if (json === undefined) return undefined;
  const hex = sha256Hex(new TextEncoder().encode(json)).slice(0, 10);
  return [...hex].map((digit) => spelling[digit] ?? digit).join('');
}

/** The name has no part in it: kustomize looks it up under a key that no object has, and finds nothing. */
function configMapJson(root: MapNode): string {
  const binary = root.get('binaryData');
  const optional = binary && binary.kind !== 'scalar' ? `"binaryData":${fieldJson(binary)},` : '';
  return `{${optional}"data":${fieldJson(root.get('data'))},"kind":"ConfigMap","name":""}`;
}

function secretJson(root: MapNode): string {
  const texts = root.get('stringData');
  const optional = texts && texts.kind !== 'scalar' ? `"stringData":${fieldJson(texts)},` : '';
  return `{"data":${fieldJson(root.get('data'))},"kind":"Secret","name":"",${optional}"type":${fieldJson(root.get('type'))}}`;
}

/** A field's content: empty where it is missing; of a scalar its text whatever its type; a list where a map should be is lost. */
function fieldJson(node: YamlNode | undefined): string {
  if (!node) return '""';
  if (node.kind === 'sequence') return 'null';
  return node.kind === 'scalar' ? quote(node.value) : json(node);
}

function json(node: YamlNode): string {
  switch (node.kind) {
    case 'map': {
      const pairs = [...node.pairs].sort((a, b) => compareUtf8(a.key.value, b.key.value));
      return `{${pairs.map(({ key, value }) => `${quote(key.value)}:${json(value)}`).join(',')}}`;
    }
    case 'sequence':
      return `[${node.items.map(json).join(',')}]`;
    case 'scalar': {
      const value = jsonScalarOf(node);
      if (value.kind === 'string') return quote(value.value);
      return value.kind === 'literal' && node.tag !== '!!null' && node.tag !== '!!bool' ? String(Number(value.text)) : value.kind === 'literal' ? value.text : 'null';
    }
  }
}

/** A text as Go's encoding/json writes it: what is special in HTML is escaped. */
function quote(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Compares as Go compares strings, by their UTF-8 bytes: by code points, unlike JavaScript's code units. */
function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    if (a.charCodeAt(at) !== b.charCodeAt(at)) return (a.codePointAt(at) ?? 0) - (b.codePointAt(at) ?? 0);
  }
  return a.length - b.length;
}
