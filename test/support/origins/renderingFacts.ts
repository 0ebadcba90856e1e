/** What the verifiers of origins may know of a rendering besides a node: its objects' names, and the hashes that they should have. */
import { createHash } from 'node:crypto';
import type { Rendering } from '../../../src/core/objects/rendering.js';
import { scalarValue, type MapNode, type YamlNode } from '../../../src/core/yaml/nodes.js';

export interface RenderingFacts {
  /** `metadata.name` and `metadata.namespace` of every object of the output. */
  readonly names: ReadonlySet<string>;
  /** The suffixes that the ConfigMaps and Secrets of the output should have, worked out from their content. */
  readonly hashes: ReadonlySet<string>;
  /** Every scalar's text in the output; gathered on first use. */
  readonly texts: () => ReadonlySet<string>;
}

export function factsOf(rendering: Rendering): RenderingFacts {
  const names = new Set<string>();
  const hashes = new Set<string>();
  for (const { id, root } of rendering.objects) {
    names.add(id.name);
    if (id.namespace !== '') names.add(id.namespace);
    if (id.group === '' && (id.kind === 'ConfigMap' || id.kind === 'Secret')) hashes.add(hashOf(id.kind, root));
  }
  let texts: Set<string> | undefined;
  return { names, hashes, texts: () => (texts ??= textsOf(rendering)) };
}

function textsOf(rendering: Rendering): Set<string> {
  const texts = new Set<string>();
  const visit = (node: YamlNode): void => {
    if (node.kind === 'scalar') texts.add(node.value);
    else if (node.kind === 'map') for (const pair of node.pairs) visit(pair.value);
    else node.items.forEach(visit);
  };
  for (const object of rendering.objects) visit(object.root);
  return texts;
}

/**
 * The suffix that kustomize gives to the name of a ConfigMap or Secret (api/hasher/hasher.go v0.21.2): the first ten hex
 * digits of a hash over its content, spelled without digits and vowels that could make words.
 */
function hashOf(kind: 'ConfigMap' | 'Secret', root: MapNode): string {
  const extra = kind === 'ConfigMap' ? 'binaryData' : 'stringData';
  const content: Record<string, unknown> = { data: dataOf(root.get('data')) ?? '', kind, name: '' };
  if (kind === 'Secret') content['type'] = scalarValue(root.get('type')) ?? '';
  const more = dataOf(root.get(extra));
  if (typeof more === 'object') content[extra] = more;
  const hex = createHash('sha256').update(goJson(content)).digest('hex').slice(0, 10);
  const spelled: Readonly<Record<string, string>> = { '0': 'g', '1': 'h', '3': 'k', a: 'm', e: 't' };
  return [...hex].map((digit) => spelled[digit] ?? digit).join('');
}

function dataOf(node: YamlNode | undefined): string | Readonly<Record<string, string>> | undefined {
  if (node?.kind === 'map') return Object.fromEntries(node.pairs.map((pair) => [pair.key.value, scalarValue(pair.value) ?? '']));
  return scalarValue(node);
}

/** JSON as Go's encoding/json writes it: keys sorted by their UTF-8 bytes, and what is special in HTML escaped. */
function goJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return escapeHtml(JSON.stringify(value));
  const entries = Object.entries(value).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `{${entries.map(([key, each]) => `${escapeHtml(JSON.stringify(key))}:${goJson(each)}`).join(',')}}`;
}

function escapeHtml(json: string): string {
  const escapes: Readonly<Record<string, string>> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026', '\u2028': '\\u2028', '\u2029': '\\u2029' };
  return json.replace(/[<>&\u2028\u2029]/g, (character) => escapes[character] ?? character);
}
