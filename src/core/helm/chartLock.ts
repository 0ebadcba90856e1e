/**
 * Chart.lock (requirements.lock of old charts): which versions `helm dependency update` chose, and whether the lock still
 * belongs to the dependencies of Chart.yaml (helm v3.22 internal/resolver HashReq).
 */
import { sha256Hex } from '../base/sha256.js';
import type { SourceText } from '../base/source.js';
import { jsonScalarOf } from '../yaml/scalars.js';
import { scalarValue, type MapNode, type YamlNode } from '../yaml/nodes.js';
import type { ParsedYaml } from '../yaml/parse.js';
import type { ChartDependency } from './chart.js';

export interface LockedDependency {
  readonly name: string;
  readonly repository: string;
  readonly version: string;
}

export interface ChartLock {
  readonly source: SourceText;
  readonly digest: string;
  readonly dependencies: readonly LockedDependency[];
}

/** What a lock file says; undefined where it says nothing that can be read. */
export function readChartLock({ source, documents }: ParsedYaml): ChartLock | undefined {
  const root = documents[0]?.root;
  if (root?.kind !== 'map') return undefined;
  const list = root.get('dependencies');
  const text = (map: MapNode, field: string): string => scalarValue(map.get(field)) ?? '';
  const dependencies = (list?.kind === 'sequence' ? list.items : []).flatMap((item) =>
    item.kind === 'map' ? [{ name: text(item, 'name'), repository: text(item, 'repository'), version: text(item, 'version') }] : [],
  );
  return { source, digest: text(root, 'digest'), dependencies };
}

/** True where the lock was made for just these dependencies; helm refuses to build from any other. */
export function isInSync(lock: ChartLock, required: readonly ChartDependency[]): boolean {
  const written = `[${listOf(required.map(dependencyText))},${listOf(lock.dependencies.map(lockedText))}]`;
  return lock.digest === `sha256:${sha256Hex(new TextEncoder().encode(written))}`;
}

function listOf(items: readonly string[]): string {
  return items.length === 0 ? 'null' : `[${items.join(',')}]`;
}

/** A dependency as Go's encoding/json writes helm's struct: its fields in order, empty ones left out. */
function dependencyText({ name, version, repository, condition, tags, alias, node }: ChartDependency): string {
  const imports = node.get('import-values');
  return fieldsText([
    ['name', text(name)],
    ['version', version === '' ? undefined : text(version)],
    ['repository', text(repository)],
    ['condition', condition === '' ? undefined : text(condition)],
    ['tags', tags.length === 0 ? undefined : listOf(tags.map(text))],
    ['enabled', scalarValue(node.get('enabled')) === 'true' ? 'true' : undefined],
    ['import-values', imports?.kind === 'sequence' && imports.items.length > 0 ? nodeText(imports) : undefined],
    ['alias', alias === '' ? undefined : text(alias)],
  ]);
}

function lockedText({ name, version, repository }: LockedDependency): string {
  return fieldsText([
    ['name', text(name)],
    ['version', version === '' ? undefined : text(version)],
    ['repository', text(repository)],
  ]);
}

function fieldsText(fields: readonly (readonly [name: string, value: string | undefined])[]): string {
  return `{${fields.flatMap(([name, value]) => (value === undefined ? [] : [`${text(name)}:${value}`])).join(',')}}`;
}

/** Go escapes what HTML takes for its own. */
function text(value: string): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function nodeText(node: YamlNode): string {
  switch (node.kind) {
    case 'scalar': {
      const read = jsonScalarOf(node);
      return read.kind === 'literal' ? read.text : text(read.kind === 'string' ? read.value : node.value);
    }
    case 'sequence':
      return `[${node.items.map(nodeText).join(',')}]`;
    case 'map': {
      const sorted = [...node.pairs].sort((a, b) => (a.key.value < b.key.value ? -1 : 1));
      return `{${sorted.map(({ key, value }) => `${text(key.value)}:${nodeText(value)}`).join(',')}}`;
    }
  }
}
