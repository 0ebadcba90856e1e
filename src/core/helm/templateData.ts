/**
 * What templates of charts see besides their values: `.Chart`, `.Files`, `.Release`, `.Capabilities`, `.Subcharts`, `.Template`
 * (helm v3.22 pkg/engine/engine.go recAllTpls, files.go, pkg/chartutil/values.go and capabilities.go).
 */
import { isReadableGlob, matchGlob } from '../base/glob.js';
import { baseName } from '../base/path.js';
import { compareText } from '../template/goText.js';
import { define, intOf, textList } from '../template/functions/define.js';
import { printYaml } from '../template/functions/printYaml.js';
import { Bool, Failure, Int, ListValue, MapValue, Struct, Text, textOfNode, type TemplateFunction, type Typing, type Value } from '../template/values.js';
import { makeScalar, type ScalarNode } from '../yaml/nodes.js';
import type { ActiveChart } from './activeChart.js';
import type { ChartDependency, ChartFile, ChartMetadata } from './chart.js';
import { encodeBase64 } from '../template/functions/encodings.js';
import { tableAt, valueAtPath } from './coalesceValues.js';
import { helmApiVersions } from './facts/apiVersions.js';

/** The version of Kubernetes that `helm template` of a released helm 3.22 assumes. */
export const defaultKubeVersion = 'v1.37.0';

const helmVersion = 'v3.22';
const helmGoVersion = 'go1.26.8';

const bytesType: Typing = { goType: '[]uint8', elementType: 'uint8' };

/** The same table under the type that helm's templates have for it, with its methods; what is set in one is set in the other. */
export function asValues(map: MapValue): MapValue {
  const methods = new Map<string, TemplateFunction>();
  const add = (method: TemplateFunction): void => void methods.set(method.name, method);
  add(define('AsMap', '', 'The values as a map.', () => map));
  add(define('YAML', '', 'The values in YAML.', () => printYaml(map)));
  add(
    define('Table NAME', 'string', 'The map at a way of keys with dots between.', (args) => {
      const table = tableAt(map, args.string(0));
      return table ? asValues(table) : new Failure(`"${args.string(0).split('.').at(-1) ?? ''}" is not a table`);
    }),
  );
  add(
    define('PathValue PATH', 'string', 'What is no map at a way of keys with dots between.', (args) => {
      const value = valueAtPath(map, args.string(0));
      return value ?? new Failure(`"${args.string(0).split('.').at(-1) ?? ''}" is not a value`);
    }),
  );
  return new MapValue(map.entries, map.node, { goType: 'chartutil.Values', elementType: 'interface {}', methods });
}

/** A table of the kind that holds `.Chart`, `.Values` and the others. */
export function makeScope(fields: Readonly<Record<string, Value>>): MapValue {
  return new MapValue(new Map(Object.entries(fields)));
}

/** A release that is rendered for the first time. */
export function releaseData(name: string, namespace: string): MapValue {
  return makeScope({
    Name: new Text(name),
    Namespace: new Text(namespace),
    IsUpgrade: new Bool(false),
    IsInstall: new Bool(true),
    Revision: intOf(1),
    Service: new Text('Helm'),
  });
}

/** A version of Kubernetes as helm reads it from `--kube-version` (k8s.io/apimachinery util/version ParseGeneric). */
export interface KubeVersion {
  readonly version: string;
  readonly major: string;
  readonly minor: string;
}

/** Undefined for what is no version. */
export function parseKubeVersion(text: string): KubeVersion | undefined {
  const [, numbers] = /^\s*v?(\d+(?:\.\d+)+)/.exec(text) ?? [];
  const parts = numbers?.split('.') ?? [];
  const [major, minor] = parts;
  if (numbers === undefined || major === undefined || minor === undefined || parts.some((part) => /^0\d/.test(part))) return undefined;
  return { version: `v${numbers}`, major, minor };
}

/** @param apiVersions what is served beside what helm knows */
export function capabilitiesData({ version, major, minor }: KubeVersion, apiVersions: readonly string[]): Struct {
  const method = (name: string, value: Value): [string, TemplateFunction] => [name, define(name, '', `The ${name} of the cluster.`, () => value)];
  const shown = new Text(version);
  const kubeVersion = new Struct(
    new Map<string, Value>([
      ['Version', shown],
      ['Major', new Text(major)],
      ['Minor', new Text(minor)],
    ]),
    'chartutil.KubeVersion',
    new Map([method('String', shown), method('GitVersion', shown)]),
  );
  const served = [...helmApiVersions, ...apiVersions];
  const has = define('Has VERSION', 'string', 'True where the cluster serves a version, or a kind of one.', (args) => new Bool(served.includes(args.string(0))));
  const versions = new ListValue(
    served.map((each) => new Text(each)),
    undefined,
    { goType: 'chartutil.VersionSet', elementType: 'string', methods: new Map([['Has', has]]) },
  );
  const build = new Struct(
    new Map<string, Value>([
      ['Version', new Text(helmVersion)],
      ['GitCommit', new Text('')],
      ['GitTreeState', new Text('')],
      ['GoVersion', new Text(helmGoVersion)],
    ]),
    'version.BuildInfo',
  );
  const fields = new Map<string, Value>([
    ['KubeVersion', kubeVersion],
    ['APIVersions', versions],
    ['HelmVersion', build],
  ]);
  return new Struct(fields, '*chartutil.Capabilities');
}

/** `.Chart`. */
export function chartData({ chart: { metadata }, name, isRoot, requirements }: ActiveChart): Struct {
  const text = (field: keyof ChartMetadata, value: string): Text => textOfNode(value, metadata.nodes.get(field));
  const { annotations } = metadata;
  const fields = new Map<string, Value>([
    ['Name', text('name', name)],
    ['Home', text('home', metadata.home)],
    ['Sources', texts(metadata.sources)],
    ['Version', text('version', metadata.version)],
    ['Description', text('description', metadata.description)],
    ['Keywords', texts(metadata.keywords)],
    ['Maintainers', pointers(metadata.maintainers.map(maintainerData), 'chart.Maintainer')],
    ['Icon', text('icon', metadata.icon)],
    ['APIVersion', text('apiVersion', metadata.apiVersion)],
    ['Condition', text('condition', metadata.condition)],
    ['Tags', text('tags', metadata.tags)],
    ['AppVersion', text('appVersion', metadata.appVersion)],
    ['Deprecated', new Bool(metadata.deprecated)],
    [
      'Annotations',
      new MapValue(new Map([...(annotations ?? [])].map(([key, value]) => [key, new Text(value)])), undefined, {
        goType: 'map[string]string',
        elementType: 'string',
        isNil: annotations === undefined,
      }),
    ],
    ['KubeVersion', text('kubeVersion', metadata.kubeVersion)],
    ['Dependencies', pointers(requirements.map(dependencyData), 'chart.Dependency')],
    ['Type', text('type', metadata.type)],
    ['IsRoot', new Bool(isRoot)],
  ]);
  return new Struct(fields, 'struct { chart.Metadata; IsRoot bool }');
}

function texts(list: readonly string[]): ListValue {
  return textList(list.map((each) => new Text(each)));
}

function pointers(items: readonly Value[], type: string): ListValue {
  return new ListValue(items, undefined, { goType: `[]*${type}`, elementType: `*${type}` });
}

function maintainerData({ name, email, url }: ChartMetadata['maintainers'][number]): Struct {
  const fields = new Map<string, Value>([
    ['Name', new Text(name)],
    ['Email', new Text(email)],
    ['URL', new Text(url)],
  ]);
  return new Struct(fields, '*chart.Maintainer');
}

function dependencyData({ name, alias, version, repository, condition, tags }: ChartDependency): Struct {
  const fields = new Map<string, Value>([
    ['Name', new Text(alias === '' ? name : alias)],
    ['Version', new Text(version)],
    ['Repository', new Text(repository)],
    ['Condition', new Text(condition)],
    ['Tags', texts(tags)],
    ['Enabled', new Bool(true)],
    ['ImportValues', new ListValue([])],
    ['Alias', new Text(alias)],
  ]);
  return new Struct(fields, '*chart.Dependency');
}

/** `.Files`: the contents by name, and ways to ask for them. */
export function filesData(files: readonly ChartFile[]): MapValue {
  const byName = new Map(files.map((file) => [file.name, file]));
  const contentOf = (name: string): Text => {
    const file = byName.get(name);
    if (!file) return new Text('');
    return textOfNode(file.source.text, nodeOfFile(file));
  };
  const toYaml = (entryOf: (file: ChartFile) => Text): Text => {
    const sorted = [...byName.values()].sort((a, b) => compareText(a.name, b.name));
    const text = printYaml(new MapValue(new Map(sorted.map((file) => [baseName(file.name), entryOf(file)]))));
    return text instanceof Failure ? new Text('') : withoutBreak(text);
  };
  const methods = new Map<string, TemplateFunction>();
  const add = (method: TemplateFunction): void => void methods.set(method.name, method);
  add(define('Get NAME', 'string', 'The content of a file of the chart as text; empty where there is none.', (args) => contentOf(args.string(0))));
  add(define('GetBytes NAME', 'string', 'The content of a file of the chart as bytes.', (args) => bytesOf(byName.get(args.string(0)))));
  add(
    define('Glob PATTERN', 'string', 'The files whose names a pattern matches.', (args) => {
      const pattern = isReadableGlob(args.string(0)) ? args.string(0) : '**';
      return filesData(files.filter(({ name }) => matchGlob(pattern, name, '/')));
    }),
  );
  add(define('AsConfig', '', 'The files as the data of a ConfigMap, by their last names.', () => toYaml((file) => contentOf(file.name))));
  add(define('AsSecrets', '', 'The files as the data of a Secret, by their last names, in base64.', () => toYaml((file) => new Text(encodeBase64(file.bytes())))));
  add(
    define('Lines NAME', 'string', 'The lines of a file.', (args) => {
      const { text } = contentOf(args.string(0));
      return texts(text === '' ? [] : (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n'));
    }),
  );
  const entries = (): Map<string, Value> => new Map([...byName].map(([name, file]) => [name, bytesOf(file)]));
  return new MapValue(entries, undefined, { goType: 'engine.files', elementType: '[]uint8', methods });
}

function withoutBreak(text: Text): Text {
  return text.text.endsWith('\n')
    ? new Text(
        text.text.slice(0, -1),
        text.spans.map((span) => ({ ...span, end: Math.min(span.end, text.text.length - 1) })),
      )
    : text;
}

function bytesOf(file: ChartFile | undefined): ListValue {
  return new ListValue(() => [...(file?.bytes() ?? [])].map((byte) => new Int(BigInt(byte), 'uint8')), file && nodeOfFile(file), bytesType);
}

/** A file as a value, for what its content becomes a part of. */
function nodeOfFile({ source }: ChartFile): ScalarNode {
  return makeScalar(source.text, { source, start: 0, end: source.text.length }, undefined);
}
