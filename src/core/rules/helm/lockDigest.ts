/** The digest of Chart.lock: what helm compares to know whether the lock is for these dependencies (helm internal/resolver HashReq v3.19). */
import { sha256Hex } from '../../base/sha256.js';
import { scalarValue, type MapNode, type YamlNode } from '../../yaml/nodes.js';

/** The fields of a dependency in the order in which helm writes them; those of the second list are left out where empty. */
const always = new Set(['name', 'repository']);
const fields = ['name', 'version', 'repository', 'condition', 'tags', 'alias'] as const;

/** `sha256:…` of dependencies and what they are locked to; undefined where they have fields that aren't written simply. */
export function lockDigest(required: readonly MapNode[], locked: readonly MapNode[]): string | undefined {
  const lists = [required, locked].map((list) => list.map(writeDependency));
  if (lists.some((list) => list.includes(undefined))) return undefined;
  const json = `[${lists.map((list) => `[${list.join(',')}]`).join(',')}]`;
  return `sha256:${sha256Hex(new TextEncoder().encode(json))}`;
}

function writeDependency(node: MapNode): string | undefined {
  if (node.get('import-values') || node.get('enabled')) return undefined;
  const parts: string[] = [];
  for (const field of fields) {
    const value = node.get(field);
    const written = field === 'tags' ? writeList(value) : writeText(scalarValue(value) ?? '');
    if (value?.kind === 'scalar' && value.tag !== '!!str') return undefined;
    if (always.has(field) || (written !== '""' && written !== '[]')) parts.push(`"${field}":${written}`);
  }
  return `{${parts.join(',')}}`;
}

function writeList(node: YamlNode | undefined): string {
  const items = node?.kind === 'sequence' ? node.items.map((item) => writeText(scalarValue(item) ?? '')) : [];
  return `[${items.join(',')}]`;
}

/** A text as Go's encoding/json writes it, which escapes what HTML gives a meaning to. */
function writeText(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
