/**
 * Reads Chart.yaml and requirements.yaml as helm does (pkg/chart/metadata.go and loader/load.go v3.22, by way of
 * sigs.k8s.io/yaml, which gives a scalar of another type to a text field as its text).
 */
import type { Place } from '../base/problem.js';
import { isPrint, isSpace } from '../template/goText.js';
import { parseVersion } from '../template/functions/semver.js';
import { Failure } from '../template/values.js';
import type { MapNode, ScalarNode, YamlNode } from '../yaml/nodes.js';
import { jsonScalarOf } from '../yaml/scalars.js';
import type { ChartDependency, ChartMetadata, Maintainer, ValueImport } from './chart.js';

/** Why a file is refused, and where. */
export interface MetadataMistake {
  readonly message: string;
  readonly place: Place;
}

/** What a file says; the fields of a later file (requirements.yaml) replace those of an earlier one. */
export function readMetadata(root: MapNode, before: ChartMetadata | undefined): ChartMetadata | MetadataMistake {
  const reader = new Reader(root, before?.nodes ?? new Map());
  const text = (field: string, was: string): string => sanitize(reader.text(field) ?? was);
  const metadata: ChartMetadata = {
    name: text('name', before?.name ?? ''),
    home: text('home', before?.home ?? ''),
    sources: (reader.texts('sources') ?? before?.sources ?? []).map(sanitize),
    version: reader.text('version') ?? before?.version ?? '',
    description: text('description', before?.description ?? ''),
    keywords: (reader.texts('keywords') ?? before?.keywords ?? []).map(sanitize),
    maintainers: reader.maintainers() ?? before?.maintainers ?? [],
    icon: text('icon', before?.icon ?? ''),
    apiVersion: reader.text('apiVersion') ?? before?.apiVersion ?? '',
    condition: text('condition', before?.condition ?? ''),
    tags: text('tags', before?.tags ?? ''),
    appVersion: text('appVersion', before?.appVersion ?? ''),
    deprecated: reader.bool('deprecated') ?? before?.deprecated ?? false,
    annotations: reader.annotations() ?? before?.annotations,
    kubeVersion: text('kubeVersion', before?.kubeVersion ?? ''),
    dependencies: reader.dependencies() ?? before?.dependencies ?? [],
    type: reader.text('type') ?? before?.type ?? '',
    nodes: reader.nodes,
  };
  return reader.mistake ?? metadata;
}

/** What helm refuses in a chart's metadata; undefined where it is valid. */
export function checkMetadata(metadata: ChartMetadata, root: MapNode): MetadataMistake | undefined {
  const at = (field: string): Place => metadata.nodes.get(field) ?? { source: root.source, start: root.start, end: root.start };
  const wrong = (message: string, field: string): MetadataMistake => ({ message: `validation: ${message}`, place: at(field) });
  const { name, version, type } = metadata;
  if (name === '') return wrong('chart.metadata.name is required', 'name');
  if (name === '.' || name === '..') return wrong(`chart.metadata.name "${name}" is not allowed`, 'name');
  if (name.includes('/')) return wrong(`chart.metadata.name "${name}" is invalid`, 'name');
  if (version === '') return wrong('chart.metadata.version is required', 'version');
  if (parseVersion(version) instanceof Failure) return wrong(`chart.metadata.version "${version}" is invalid`, 'version');
  if (type !== '' && type !== 'application' && type !== 'library') return wrong('chart.metadata.type must be application or library', 'type');
  const names = new Set<string>();
  for (const { name: dependency, alias, node } of metadata.dependencies) {
    if (alias !== '' && !/^[a-zA-Z0-9_-]+$/.test(alias)) return { message: `validation: dependency "${dependency}" has disallowed characters in the alias`, place: node };
    const key = alias === '' ? dependency : alias;
    if (names.has(key)) return { message: `validation: more than one dependency with name or alias "${key}"`, place: node };
    names.add(key);
  }
  return undefined;
}

/** Blanks for all space, and nothing for what can't be printed (chart.sanitizeString). */
function sanitize(text: string): string {
  if (/^[ -~]*$/.test(text)) return text;
  return [...text].map((char) => (isSpace(char) ? ' ' : isPrint(char) ? char : '')).join('');
}

class Reader {
  readonly nodes: Map<string, ScalarNode>;
  mistake: MetadataMistake | undefined;

  constructor(
    private readonly root: MapNode,
    nodes: ReadonlyMap<string, ScalarNode>,
  ) {
    this.nodes = new Map(nodes);
  }

  text(field: string): string | undefined {
    const node = this.root.get(field);
    if (node?.kind === 'scalar' && !isNull(node)) this.nodes.set(field, node);
    return this.#text(node, field);
  }

  #text(node: YamlNode | undefined, field: string): string | undefined {
    if (!node || isNull(node)) return undefined;
    if (node.kind === 'scalar') return textOfScalar(node);
    this.#refuse(node, field, 'string');
    return undefined;
  }

  bool(field: string): boolean | undefined {
    const node = this.root.get(field);
    if (!node || isNull(node)) return undefined;
    if (node.kind === 'scalar' && node.tag === '!!bool') return /^(?:true|y|on)/i.test(node.value);
    if (node.kind === 'scalar' && node.style === 'plain' && /^(?:y|yes|on|n|no|off)$/i.test(node.value)) return /^(?:y|on)/i.test(node.value);
    this.#refuse(node, field, 'bool');
    return undefined;
  }

  texts(field: string): readonly string[] | undefined {
    return this.#list(this.root, field, 'string')?.map((item) => this.#text(item, field) ?? '');
  }

  #list(map: MapNode, field: string, type: string): readonly YamlNode[] | undefined {
    const node = map.get(field);
    if (!node || isNull(node)) return undefined;
    if (node.kind === 'sequence') return node.items;
    this.#refuse(node, field, `[]${type}`);
    return undefined;
  }

  annotations(): ReadonlyMap<string, string> | undefined {
    const node = this.root.get('annotations');
    if (!node || isNull(node)) return undefined;
    if (node.kind === 'map') return new Map(node.pairs.map(({ key, value }) => [textOfScalar(key), this.#text(value, 'annotations') ?? '']));
    this.#refuse(node, 'annotations', 'map[string]string');
    return undefined;
  }

  maintainers(): readonly Maintainer[] | undefined {
    return this.#maps(this.root, 'maintainers', '*chart.Maintainer')?.map((map) => {
      const text = (field: string): string => sanitize(this.#text(map.get(field), `maintainers.${field}`) ?? '');
      return { name: text('name'), email: text('email'), url: text('url') };
    });
  }

  dependencies(): readonly ChartDependency[] | undefined {
    return this.#maps(this.root, 'dependencies', '*chart.Dependency')?.map((node) => {
      const text = (field: string): string => this.#text(node.get(field), `dependencies.${field}`) ?? '';
      return {
        name: sanitize(text('name')),
        version: sanitize(text('version')),
        repository: sanitize(text('repository')),
        condition: sanitize(text('condition')),
        tags: (this.#list(node, 'tags', 'string') ?? []).map((tag) => sanitize(this.#text(tag, 'tags') ?? '')),
        imports: (this.#list(node, 'import-values', 'interface {}') ?? []).flatMap(readImport),
        alias: text('alias'),
        node,
      };
    });
  }

  #maps(map: MapNode, field: string, type: string): readonly MapNode[] | undefined {
    return this.#list(map, field, type)?.flatMap((item) => {
      if (item.kind === 'map') return [item];
      if (isNull(item)) this.mistake ??= { message: `validation: ${field} must not contain empty or null nodes`, place: item };
      else this.#refuse(item, field, type.slice(1));
      return [];
    });
  }

  #refuse(node: YamlNode, field: string, type: string): void {
    this.mistake ??= { message: `json: cannot unmarshal ${jsonKindOf(node)} into Go struct field Metadata.${field} of type ${type}`, place: node };
  }
}

function readImport(node: YamlNode): readonly ValueImport[] {
  if (node.kind === 'scalar') return [{ exported: textOfScalar(node) }];
  if (node.kind !== 'map') return [];
  const text = (field: string): string => {
    const value = node.get(field);
    return value?.kind === 'scalar' && !isNull(value) ? textOfScalar(value) : '<nil>';
  };
  return [{ child: text('child'), parent: text('parent') }];
}

function isNull(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.tag === '!!null';
}

/** A scalar of another type as the text that sigs.k8s.io/yaml gives to a text field. */
function textOfScalar(node: ScalarNode): string {
  const read = jsonScalarOf(node);
  if (node.tag === '!!bool' || read.kind === 'none') return node.tag === '!!bool' && read.kind === 'literal' ? read.text : node.value;
  return read.kind === 'string' ? read.value : read.text;
}

function jsonKindOf(node: YamlNode): string {
  if (node.kind === 'map') return 'object';
  if (node.kind === 'sequence') return 'array';
  const read = jsonScalarOf(node);
  if (read.kind === 'literal') return read.text === 'true' || read.text === 'false' ? 'bool' : 'number';
  return 'string';
}
