/**
 * Reads a chart from its folder, or out of an archive: which file is what, and the charts in charts/. As helm does
 * (pkg/chart/loader v3.22). What is read is kept by the caller for as long as the snapshot is the same.
 */
import type { FileTree } from '../base/fileTree.js';
import { baseName, joinPath } from '../base/path.js';
import type { Place } from '../base/problem.js';
import { SourceText } from '../base/source.js';
import { fromBytes } from '../template/goText.js';
import type { MapNode } from '../yaml/nodes.js';
import { parseFirstDocument, type ParsedYaml } from '../yaml/parse.js';
import type { Chart, ChartFile, ChartMetadata } from './chart.js';
import { checkMetadata, readMetadata, type MetadataMistake } from './chartMetadata.js';
import { readHelmIgnore } from './helmIgnore.js';

/** A file of an unpacked archive; its name begins with the chart's folder. */
export interface ArchivedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Unpacks a gzipped tar; a text says why it can't. */
export type Unpack = (archive: Uint8Array) => readonly ArchivedFile[] | string;

export interface ChartSources {
  readonly tree: FileTree;
  readonly unpack: Unpack;
  readonly parse: (source: SourceText) => ParsedYaml;
  /** Archives that were unpacked before. */
  readonly archives?: KeptArchives;
}

/** Keeps the files of archives. */
export interface KeptArchives {
  readonly get: (path: string, bytes: Uint8Array) => readonly ChartFile[] | undefined;
  readonly set: (path: string, bytes: Uint8Array, files: readonly ChartFile[]) => void;
}

/** Why a chart can't be read. `code` is a problem's: `helm/invalid-chart`. */
export interface ChartMistake {
  readonly code: string;
  readonly message: string;
  readonly place: Place;
}

/** Sizes that helm takes (loader.MaxDecompressedFileSize, MaxDecompressedChartSize). */
const largestFile = 5 * 1024 * 1024;
const largestChart = 100 * 1024 * 1024;
const mostFiles = 20_000;
const deepest = 12;

/** The chart in a folder or archive, by its absolute path. */
export function loadChart(path: string, sources: ChartSources): Chart | ChartMistake {
  const { tree } = sources;
  if (tree.kind(path) === 'directory') {
    const files = readFolder(path, tree);
    return isMistake(files) ? files : assemble(path, files, sources, 0);
  }
  const bytes = tree.readBytes(path);
  if (!bytes) return mistake('helm/not-found', `There is no chart at ${path}.`, path);
  return openArchive(path, bytes, sources, 0);
}

/** True for a mistake, false for what was read. */
export function isMistake(result: object): result is ChartMistake {
  return 'code' in result && 'message' in result && 'place' in result;
}

function mistake(code: string, message: string, path: string): ChartMistake {
  return { code, message, place: { source: new SourceText(path, ''), start: 0, end: 0 } };
}

function readFolder(folder: string, tree: FileTree): readonly ChartFile[] | ChartMistake {
  const ignorePath = joinPath(folder, '.helmignore');
  const ignoreFile = tree.kind(ignorePath) === 'file' ? tree.read(ignorePath) : undefined;
  const ignores = readHelmIgnore(ignoreFile);
  if (typeof ignores !== 'function') {
    const source = ignoreFile ?? new SourceText(ignorePath, '');
    const start = source.lineStarts[ignores.line] ?? 0;
    return { code: 'helm/invalid-ignore-file', message: ignores.message, place: { source, start, end: (source.lineStarts[ignores.line + 1] ?? source.text.length + 1) - 1 } };
  }
  const files: ChartFile[] = [];
  let refusal: ChartMistake | undefined;
  const walk = (path: string, name: string, depth: number): void => {
    for (const entry of tree.list(path)) {
      const child = joinPath(path, entry);
      const childName = name === '' ? entry : `${name}/${entry}`;
      const kind = tree.kind(child);
      if (refusal || ignores(childName, kind === 'directory')) continue;
      if (kind === 'none') refusal = mistake('helm/unreadable-file', `${childName} can't be read: it is a link that leads nowhere, or out of what may be read.`, child);
      else if (files.length >= mostFiles || depth > 100) refusal = mistake('helm/too-large', `The chart has more than ${mostFiles} files.`, child);
      else if (kind === 'directory') walk(child, childName, depth + 1);
      else files.push(diskFile(childName, child, tree));
    }
  };
  walk(folder, '', 0);
  return refusal ?? files;
}

function diskFile(name: string, path: string, tree: FileTree): ChartFile {
  let source: SourceText | undefined;
  return {
    name,
    get source() {
      source ??= readText(path, tree);
      return source;
    },
    bytes: () => withoutMark(tree.readBytes(path) ?? new Uint8Array()),
  };
}

/** The file's own text, but for one with a byte order mark or bytes that are no UTF-8. */
function readText(path: string, tree: FileTree): SourceText {
  const source = tree.read(path);
  if (source && !source.text.startsWith('\ufeff') && !source.text.includes('\ufffd')) return source;
  return new SourceText(path, fromBytes(withoutMark(tree.readBytes(path) ?? new Uint8Array())));
}

function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

function openArchive(path: string, bytes: Uint8Array, sources: ChartSources, depth: number): Chart | ChartMistake {
  let files = sources.archives?.get(path, bytes);
  if (!files) {
    const read = readArchive(path, bytes, sources);
    if (isMistake(read)) return read;
    files = read;
    sources.archives?.set(path, bytes, files);
  }
  return assemble(path, files, sources, depth);
}

function readArchive(path: string, bytes: Uint8Array, sources: ChartSources): readonly ChartFile[] | ChartMistake {
  const unpacked = sources.unpack(bytes);
  if (typeof unpacked === 'string') return mistake('helm/invalid-archive', `The archive ${baseName(path)} can't be read: ${unpacked}`, path);
  const files: ChartFile[] = [];
  let size = 0;
  for (const { name: full, bytes: content } of unpacked) {
    const name = nameInArchive(full);
    if (typeof name !== 'string') return mistake('helm/invalid-archive', name.message, path);
    size += content.length;
    if (content.length > largestFile || size > largestChart) return mistake('helm/too-large', `The archive ${baseName(path)} is larger than helm takes.`, path);
    const own = withoutMark(content);
    let source: SourceText | undefined;
    files.push({
      name,
      get source() {
        source ??= new SourceText(`${path}/${name}`, fromBytes(own));
        return source;
      },
      bytes: () => own,
    });
  }
  if (files.length === 0) return mistake('helm/invalid-archive', 'no files in chart archive', path);
  return files;
}

/** The path within the chart of a path in an archive, or what helm refuses in it. */
function nameInArchive(full: string): string | { readonly message: string } {
  const delimiter = full.includes('\\') ? '\\' : '/';
  const [first, ...rest] = full.split(delimiter);
  const joined = rest.join('/');
  if (joined.startsWith('/')) return { message: 'chart illegally contains absolute paths' };
  const parts: string[] = [];
  for (const part of joined.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const name = parts.join('/');
  if (name === '') return { message: `chart illegally contains content outside the base directory: "${full}"` };
  if (name.startsWith('..')) return { message: 'chart illegally references parent directory' };
  if (/^[a-zA-Z]:\//.test(name)) return { message: 'chart contains illegally named files' };
  if (first === 'Chart.yaml') return { message: 'chart yaml not in base directory' };
  return name;
}

/** Sorts the files of a chart by what they are. */
function assemble(path: string, files: readonly ChartFile[], sources: ChartSources, depth: number): Chart | ChartMistake {
  if (depth > deepest) return mistake('helm/too-large', `Charts are nested deeper than ${deepest} levels.`, path);
  const chartFile = files.find(({ name }) => name === 'Chart.yaml');
  if (!chartFile) return mistake('helm/invalid-chart', 'Chart.yaml file is missing', joinPath(path, 'Chart.yaml'));
  const own = readRoot(chartFile.source, 'cannot load Chart.yaml', sources);
  if (isMistake(own)) return own;
  const root = own.root;
  let metadata = root ? readMetadata(root, undefined) : undefined;
  if (!root || !metadata) return { code: 'helm/invalid-chart', message: 'validation: chart.metadata.name is required', place: { source: chartFile.source, start: 0, end: 0 } };
  if (isMetadataMistake(metadata)) return refused(metadata, 'cannot load Chart.yaml');
  if (metadata.apiVersion === '') metadata = { ...metadata, apiVersion: 'v1' };
  const sorted = sortFiles(files, metadata.apiVersion === 'v1');
  const requirements = sorted.requirements && readRoot(sorted.requirements.source, 'cannot load requirements.yaml', sources);
  if (requirements && isMistake(requirements)) return requirements;
  if (requirements?.root) {
    metadata = readMetadata(requirements.root, metadata);
    if (isMetadataMistake(metadata)) return refused(metadata, 'cannot load requirements.yaml');
  }
  const values = sorted.values && readRoot(sorted.values.source, 'cannot load values.yaml', sources);
  if (values && isMistake(values)) return values;
  for (const lock of sorted.locks) {
    const read = readRoot(lock.source, `cannot load ${lock.name}`, sources);
    if (isMistake(read)) return read;
  }
  const invalid = checkMetadata(metadata, root);
  if (invalid) return refused(invalid, '');
  const charts = readSubcharts(path, metadata, sorted.charts, sources, depth);
  if (isMistake(charts)) return charts;
  return { path, metadata, file: chartFile.source, values: values?.root, schema: sorted.schema, templates: sorted.templates, files: sorted.files, charts };
}

function refused({ message, place }: MetadataMistake, prefix: string): ChartMistake {
  return { code: 'helm/invalid-chart', message: prefix === '' ? message : `${prefix}: error unmarshaling JSON: while decoding JSON: ${message}`, place };
}

function isMetadataMistake(result: ChartMetadata | MetadataMistake): result is MetadataMistake {
  return 'message' in result;
}

interface SortedFiles {
  readonly values: ChartFile | undefined;
  readonly schema: ChartFile | undefined;
  readonly requirements: ChartFile | undefined;
  readonly locks: readonly ChartFile[];
  readonly templates: readonly ChartFile[];
  readonly files: readonly ChartFile[];
  /** What stands below charts/, by its first name. */
  readonly charts: ReadonlyMap<string, readonly ChartFile[]>;
}

function sortFiles(all: readonly ChartFile[], keepsRequirements: boolean): SortedFiles {
  const named = (name: string): ChartFile | undefined => all.findLast((file) => file.name === name);
  const templates: ChartFile[] = [];
  const files: ChartFile[] = [];
  const charts = new Map<string, ChartFile[]>();
  for (const file of all) {
    const { name } = file;
    if (name === 'Chart.yaml' || name === 'Chart.lock' || name === 'values.yaml' || name === 'values.schema.json') continue;
    if (name === 'requirements.yaml' || name === 'requirements.lock') {
      if (keepsRequirements) files.push(file);
    } else if (name.startsWith('templates/')) templates.push(file);
    else if (name.startsWith('charts/') && !name.endsWith('.prov')) {
      const below = renamed(file, name.slice('charts/'.length));
      const [first = ''] = below.name.split('/');
      const list = charts.get(first);
      if (list) list.push(below);
      else charts.set(first, [below]);
    } else files.push(file);
  }
  const locks = [named('Chart.lock'), named('requirements.lock')].filter((file) => file !== undefined);
  return { values: named('values.yaml'), schema: named('values.schema.json'), requirements: named('requirements.yaml'), locks, templates, files, charts };
}

function renamed(file: ChartFile, name: string): ChartFile {
  return {
    name,
    get source() {
      return file.source;
    },
    bytes: file.bytes,
  };
}

function readSubcharts(
  path: string,
  metadata: ChartMetadata,
  below: ReadonlyMap<string, readonly ChartFile[]>,
  sources: ChartSources,
  depth: number,
): readonly Chart[] | ChartMistake {
  const charts: Chart[] = [];
  for (const [name, files] of below) {
    if (/^[_.]/.test(name)) continue;
    const place = `${path}/charts/${name}`;
    let chart: Chart | ChartMistake;
    const [first] = files;
    if (name.endsWith('.tgz')) {
      if (first?.name !== name) return mistake('helm/invalid-chart', `error unpacking subchart tar in ${metadata.name}: expected ${name}, got ${first?.name ?? ''}`, place);
      chart = openArchive(place, first.bytes(), sources, depth + 1);
    } else {
      const inner = files.filter((file) => file.name.includes('/')).map((file) => renamed(file, file.name.slice(file.name.indexOf('/') + 1)));
      chart = assemble(place, inner, sources, depth + 1);
    }
    if (isMistake(chart)) return { ...chart, message: `error unpacking subchart ${name} in ${metadata.name}: ${chart.message}` };
    charts.push(chart);
  }
  return charts;
}

/** The map that a YAML file says; undefined where it says nothing. Only its first document counts. */
function readRoot(source: SourceText, prefix: string, { parse }: ChartSources): { readonly root: MapNode | undefined } | ChartMistake {
  const parsed = parse(source);
  const [document] = parsed.documents;
  const wrong = parsed.problems.find(({ severity }) => severity === 'error');
  if (wrong) {
    const { range } = wrong.location;
    const [start, end] = [source.offsetAt(range.start), source.offsetAt(range.end)];
    return { code: 'helm/invalid-yaml', message: `${prefix}: error converting YAML to JSON: yaml: line ${range.start.line + 1}: ${wrong.message}`, place: { source, start, end } };
  }
  const root = document?.root;
  if (!root || (root.kind === 'scalar' && root.tag === '!!null')) return { root: undefined };
  if (root.kind === 'map') return { root };
  const kind = root.kind === 'sequence' ? 'array' : 'string';
  return {
    code: 'helm/invalid-yaml',
    message: `${prefix}: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`,
    place: root,
  };
}

/** A parser that keeps what it parsed for as long as the text lives. */
export function keepParsed(): (source: SourceText) => ParsedYaml {
  const kept = new WeakMap<SourceText, ParsedYaml>();
  return (source) => {
    let parsed = kept.get(source);
    if (!parsed) kept.set(source, (parsed = parseFirstDocument(source)));
    return parsed;
  };
}
