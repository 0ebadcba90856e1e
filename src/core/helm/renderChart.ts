/**
 * Renders a chart as `helm template` prints it (helm v3.22), with where every field comes from. The door to this room.
 * What helm refuses is refused in its words, at its file and line; what can't be done here is refused by name.
 */
import { baseName, isInside, joinPath } from '../base/path.js';
import { Problems, type Place, type RelatedLocation } from '../base/problem.js';
import { SourceText } from '../base/source.js';
import { idOfObject } from '../objects/objectId.js';
import type { FetchedEntry, Lack, RenderedObject, Rendering } from '../objects/rendering.js';
import type { Budget } from '../template/evaluate.js';
import { rememberSecrets, type TemplateCryptography } from '../template/cryptography.js';
import { MapValue, type TemplateError } from '../template/values.js';
import type { MapNode } from '../yaml/nodes.js';
import type { PrintedDocument, PrintedLine } from '../yaml/print.js';
import { parseYaml } from '../yaml/parse.js';
import { activateChart, isCompatible, type ActiveChart } from './activeChart.js';
import type { Chart, ChartFile } from './chart.js';
import { ChartCache } from './chartCache.js';
import type { ChartRequest, RenderChart } from '../objects/chartInputs.js';
import { completeChart, reportMissing } from './dependencies.js';
import { coalesceValues } from './coalesceValues.js';
import { layValueNodes } from './layValueNodes.js';
import { isMistake, loadChart, type ChartMistake, type ChartSources, type Unpack } from './loadChart.js';
import { withOrigins } from './manifestOrigins.js';
import { sortManifests, type Manifest } from './manifests.js';
import { releaseNameOf } from './releaseName.js';
import { runTemplates, type TemplateOutput } from './runTemplates.js';
import { capabilitiesData, defaultKubeVersion, parseKubeVersion, releaseData } from './templateData.js';
import { readUserValues } from './userValues.js';
import { checkValues, type CheckSchema } from './valuesSchema.js';
import type { FileTree } from '../base/fileTree.js';

/** What renders share: what was parsed before, and what limits them. */
export interface ChartRendering {
  readonly tools: ChartTools;
  readonly cache: ChartCache;
  readonly budget?: Budget;
  /** Nanoseconds since 1970, for templates that ask for the time. */
  readonly now?: bigint;
}

/** What libraries outside of core do. */
export interface ChartTools {
  readonly unpack: Unpack;
  /** Checks values against a JSON schema. */
  readonly checkSchema: CheckSchema;
  readonly cryptography: TemplateCryptography;
}

/** A renderer of charts for those that aren't to know it; what it parses is shared by all that it renders. */
export function chartRenderer(tools: ChartTools): RenderChart {
  const cache = new ChartCache();
  const remembering: ChartTools = { ...tools, cryptography: rememberSecrets(tools.cryptography) };
  return (request) => renderChart(request, { tools: remembering, cache });
}

/** Renders a chart. Never throws for what a user wrote. */
export function renderChart(request: ChartRequest, rendering: ChartRendering): Rendering {
  const tree = new NotingTree(request.tree, request.boundary);
  const problems = new Problems();
  const run = new ChartRun({ ...request, ...rendering, tree }, problems);
  const printed = run.run();
  const base = { folder: request.path, problems: problems.list, lacks: run.lacks, dependencies: tree.noted };
  if (!printed || problems.hasErrors) return { ...base, ok: false, objects: [] };
  return { ...base, ok: true, objects: printed.objects, text: printed.text };
}

interface Printed {
  readonly objects: readonly RenderedObject[];
  readonly text: string;
}

class ChartRun {
  readonly #sources: ChartSources;
  /** Dependencies that could be fetched. */
  lacks: readonly Lack[] = [];

  constructor(
    private readonly request: ChartRequest & ChartRendering & { readonly tree: NotingTree },
    private readonly problems: Problems,
  ) {
    const { cache, tools, tree } = request;
    this.#sources = { tree, unpack: tools.unpack, parse: (source) => cache.parseYaml(source), archives: cache.archives };
  }

  /** Where charts were fetched to, which may be read then wherever that is. */
  get #fetched(): ((spec: string) => FetchedEntry | undefined) | undefined {
    const { fetched, tree } = this.request;
    return (
      fetched &&
      ((spec) => {
        const found = fetched(spec);
        if (found) tree.alsoSeen.push(found.root);
        return found;
      })
    );
  }

  run(): Printed | undefined {
    const { path, inputs } = this.request;
    const chartPlace: Place = { source: new SourceText(joinPath(path, 'Chart.yaml'), ''), start: 0, end: 0 };
    const values = readUserValues(inputs.values, this.#sources, chartPlace);
    if (!(values instanceof MapValue)) return this.#refuse(values);
    const chart = loadChart(path, this.#sources);
    if (isMistake(chart)) return this.#refuse(chart);
    const complete = completeChart(chart, { sources: this.#sources, takesLocal: this.request.buildsDependencies === true, fetched: this.#fetched });
    if (isMistake(complete)) return this.#refuse(complete);
    this.lacks = complete.lacks;
    const withDefaults = this.#withDefaults(complete.chart);
    if (isMistake(withDefaults)) return this.#refuse(withDefaults);
    const refusal = this.#checkInstallable(withDefaults);
    if (refusal) return this.#refuse(refusal);
    if (!reportMissing(withDefaults, this.problems)) return undefined;
    if (withDefaults.metadata.deprecated) this.#warnOfDeprecation(withDefaults);
    return this.#render(withDefaults, values);
  }

  /** The chart with what takes the place of its own values. */
  #withDefaults(chart: Chart): Chart | ChartMistake {
    const { defaultValues } = this.request.inputs;
    if (!defaultValues) return chart;
    const place: Place = { source: chart.file, start: 0, end: 0 };
    let values: MapNode | undefined;
    for (const layer of defaultValues) {
      const read = readUserValues([layer], this.#sources, place);
      if (!(read instanceof MapValue)) return read;
      if (read.node?.kind === 'map') values = values ? layValueNodes(values, read.node) : read.node;
    }
    return { ...chart, values };
  }

  #checkInstallable(chart: Chart): ChartMistake | undefined {
    const { metadata, file } = chart;
    const at = (field: string): Place => metadata.nodes.get(field) ?? { source: file, start: 0, end: 0 };
    if (metadata.type !== '' && metadata.type !== 'application') return { code: 'helm/not-installable', message: `${metadata.type} charts are not installable`, place: at('type') };
    return undefined;
  }

  #warnOfDeprecation({ metadata, file }: Chart): void {
    this.problems.warning('helm/deprecated-chart', 'This chart is deprecated.', metadata.nodes.get('deprecated') ?? { source: file, start: 0, end: 0 });
  }

  #render(chart: Chart, values: MapValue): Printed | undefined {
    const { inputs, cache, tools } = this.request;
    const { file, metadata } = chart;
    const chartPlace: Place = { source: file, start: 0, end: 0 };
    const releaseName = releaseNameOf(inputs, chartPlace);
    if (typeof releaseName !== 'string') return this.#refuse(releaseName);
    const kubeVersion = parseKubeVersion(inputs.kubeVersion ?? defaultKubeVersion);
    if (!kubeVersion) return this.#refuse({ code: 'helm/invalid-kube-version', message: `invalid kube version '${inputs.kubeVersion ?? ''}'`, place: chartPlace });
    const warn = (message: string): void => this.problems.warning('helm/values', message, chartPlace);
    const active = activateChart(chart, values, warn);
    const coalesced = coalesceValues(active, values, false, warn);
    if (!inputs.skipSchemaValidation) {
      const invalid = checkValues(active, coalesced, (schema, value) => cache.checkSchema(schema, value, tools.checkSchema));
      if (invalid) return this.#refuse(invalid);
    }
    if (metadata.kubeVersion !== '' && !isCompatible(metadata.kubeVersion, kubeVersion.version)) {
      const message = `chart requires kubeVersion: ${metadata.kubeVersion} which is incompatible with Kubernetes ${kubeVersion.version}`;
      return this.#refuse({ code: 'helm/incompatible-kube-version', message, place: metadata.nodes.get('kubeVersion') ?? chartPlace });
    }
    const outputs = runTemplates({
      root: active,
      values: coalesced,
      release: releaseData(releaseName, inputs.namespace),
      capabilities: capabilitiesData(kubeVersion, inputs.apiVersions),
      parse: (each, name) => cache.parseTemplate(each, name),
      now: this.request.now ?? 0n,
      cryptography: tools.cryptography,
      ...(this.request.budget && { budget: this.request.budget }),
    });
    if ('error' in outputs) return this.#refuseTemplate(outputs.error, chartPlace);
    return this.#print(active, outputs);
  }

  #print(active: ActiveChart, outputs: readonly TemplateOutput[]): Printed | undefined {
    const { inputs } = this.request;
    const manifests = this.request.cache.manifestParser(`${this.request.path} ${inputs.namespace}/${inputs.releaseName}`);
    const sorted = sortManifests(outputs, (text) => manifests.parse(text));
    if ('message' in sorted) {
      const { start, end, output, message } = sorted;
      const span = output.text.spans.find((each) => each.end > start && each.start <= Math.max(start, end));
      const place: Place =
        span?.node ?? (span?.site ? { source: span.site.tree.source, start: span.site.node.start, end: span.site.node.end } : { source: output.file.source, start: 0, end: 0 });
      return this.#refuse({ code: 'helm/invalid-manifest', message, place });
    }
    const printer = new OutputPrinter();
    if (inputs.includeCrds) for (const { name, file } of definitionsOf(active)) printer.addDefinition(name, file);
    for (const manifest of sorted.manifests) printer.addManifest(manifest);
    printer.trim();
    if (!inputs.skipHooks) for (const hook of sorted.hooks) if (!inputs.skipTests || hook.hook?.some((phase) => phase.startsWith('test')) !== true) printer.addManifest(hook);
    return printer;
  }

  #refuse({ code, message, place }: ChartMistake): undefined {
    // What a command line said stands in no file.
    const chart = joinPath(this.request.path, 'Chart.yaml');
    this.problems.error(code, message, place.source.path === '' ? { source: new SourceText(chart, ''), start: 0, end: 0 } : place);
    return undefined;
  }

  /**
   * In helm's words. A mistake stands where it happens, with what called that beside it; what the chart's author refuses
   * (`required`, `fail`) stands where helm names it: outside of what was included.
   */
  #refuseTemplate(error: TemplateError, fallback: Place): undefined {
    const places: Place[] = error.source ? [{ source: error.source, start: error.start, end: error.end }] : [];
    for (let { caller } = error; caller; caller = caller.caller) places.push({ source: caller.tree.source, start: caller.node.start, end: caller.node.end });
    const named = places.filter(({ source }) => source.path !== '');
    const line = refusedByAuthor.test(error.message) ? Number(/^template: [^:]*:(\d+)/.exec(error.message)?.[1]) - 1 : undefined;
    const file = /^template: ([^:]*):/.exec(error.message)?.[1] ?? '';
    const first = named.findIndex(({ source, start }) => source.lineAt(start) === line && baseName(source.path) === baseName(file));
    if (first > 0) named.unshift(...named.splice(first, 1));
    const [place = fallback, ...others] = named;
    const related = others.map((each): RelatedLocation => ({ location: each.source.locate(each.start, each.end), message: 'on the way from there' }));
    this.problems.error(templateCodes[error.kind], messageOf(error), place, related.length > 0 ? { related } : {});
    return undefined;
  }
}

const templateCodes: Readonly<Record<TemplateError['kind'], string>> = {
  parse: 'helm/template-parse-error',
  execute: 'helm/template-error',
  budget: 'helm/template-budget',
  unsupported: 'helm/template-unsupported',
};

const refusedByAuthor = /HELM_ERR_START([^]*)HELM_ERR_END/;

/** The words that helm makes of Go's (engine.cleanupParseError, cleanupExecError). */
function messageOf({ message, kind, caller }: TemplateError): string {
  if (kind === 'parse' && caller === undefined) {
    const parts = message.split(': ');
    return parts.length === 1 ? message : `parse error at (${parts[1] ?? ''}): ${parts.at(-1) ?? ''}`;
  }
  const marked = refusedByAuthor.exec(message);
  const [, location] = message.split(': ');
  return marked ? `execution error at (${location ?? ''}): ${marked[1] ?? ''}` : message;
}

/** What stands in crds/ of a chart and of those below it. */
function definitionsOf({ chart, fullPath, dependencies }: ActiveChart): readonly { readonly name: string; readonly file: ChartFile }[] {
  const own = chart.files.filter(({ name }) => name.startsWith('crds/') && /\.(?:yaml|yml|json)$/i.test(name)).map((file) => ({ name: `${fullPath}/${file.name}`, file }));
  return [...own, ...dependencies.flatMap(definitionsOf)];
}

/** Puts manifests together as helm prints them, and notes on which line each object begins. */
class OutputPrinter implements Printed {
  readonly objects: RenderedObject[] = [];
  #text = '';
  #lines = 0;

  get text(): string {
    return this.#text;
  }

  addManifest({ name, text, parsed, root }: Manifest): void {
    this.#add(`---\n# Source: ${name}\n`);
    if (root) this.#addObject(() => withOrigins(root, text), root, parsed.source, text.text);
    this.#add(`${text.text}\n`);
  }

  /** A file of definitions as it is; the objects in it keep their own places. */
  addDefinition(name: string, file: ChartFile): void {
    this.#add(`---\n# Source: ${name}\n`);
    const { text } = file.source;
    for (const { root, start, end } of parseYaml(file.source).documents) {
      if (root?.kind !== 'map') continue;
      const own = file.source.lineAt(start);
      this.#addObject(() => root, root, file.source, text.slice(start, end), own);
    }
    this.#add(`${text}\n`);
  }

  /** Takes blanks off both ends, as helm does before it prints hooks. */
  trim(): void {
    this.#text = this.#text.trim();
    this.#text = `${this.#text}\n`;
    this.#lines = this.#text.split('\n').length - 1;
  }

  #add(text: string): void {
    this.#text += text;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#lines++;
  }

  /** Adds an object; what it comes from is found out when somebody asks, which a preview's text doesn't. */
  #addObject(trace: () => MapNode, asParsed: MapNode, source: SourceText, text: string, by = 0): void {
    let traced: MapNode | undefined;
    let printed: PrintedDocument | undefined;
    const print = (root: MapNode): PrintedDocument => {
      const lines = linesOf(root, asParsed, source, by);
      const count = text.split('\n').length;
      return { text: text.endsWith('\n') ? text : `${text}\n`, lines: Array.from({ length: count }, (_, index) => lines[index] ?? blank(root)) };
    };
    this.objects.push({
      id: idOfObject(asParsed),
      get root() {
        return (traced ??= trace());
      },
      get printed() {
        return (printed ??= print(this.root));
      },
      firstLine: this.#lines + by,
    });
  }
}

function blank(root: MapNode): PrintedLine {
  return { key: undefined, value: root, path: [] };
}

/** For each line of a manifest what stands on it; the deepest node that begins there. */
function linesOf(root: MapNode, asParsed: MapNode, source: SourceText, by: number): readonly (PrintedLine | undefined)[] {
  const lines: (PrintedLine | undefined)[] = [];
  const put = (offset: number, end: number, entry: PrintedLine): void => {
    const from = source.lineAt(offset) - by;
    const to = Math.max(from, source.lineAt(Math.max(offset, end - 1)) - by);
    for (let line = from; line <= to; line++) if (line >= 0) lines[line] = entry;
  };
  type Node = MapNode['pairs'][number]['value'];
  const walk = (node: Node, parsed: Node, path: readonly (string | number)[]): void => {
    if (node.kind === 'map' && parsed.kind === 'map') {
      for (const [index, { key, value }] of node.pairs.entries()) {
        const was = parsed.pairs[index];
        if (!was) continue;
        const way = [...path, key.value];
        put(was.key.start, value.kind === 'scalar' ? was.value.end : was.key.end, { key, value, path: way });
        walk(value, was.value, way);
      }
    } else if (node.kind === 'sequence' && parsed.kind === 'sequence') {
      for (const [index, item] of node.items.entries()) {
        const was = parsed.items[index];
        if (!was) continue;
        const way = [...path, index];
        if (item.kind === 'scalar') put(was.start, was.end, { key: undefined, value: item, path: way });
        walk(item, was, way);
      }
    }
  };
  walk(root, asParsed, []);
  return lines;
}

/** A tree that notes what was asked of it, and shows nothing that lies outside of a boundary, links followed. */
class NotingTree implements FileTree {
  readonly noted = new Set<string>();
  /** Folders outside of the boundary that are seen as well. */
  readonly alsoSeen: string[] = [];

  constructor(
    private readonly tree: FileTree,
    private readonly boundary: readonly string[] | undefined,
  ) {}

  #isSeen(path: string): boolean {
    if (!this.boundary) return true;
    const real = this.tree.realPath(path);
    return [...this.boundary, ...this.alsoSeen].some((folder) => isInside(real, folder));
  }

  /** A file that is there is noted when it is read: a chart lists many that it never looks into, and where one goes its folder tells. */
  kind(path: string): ReturnType<FileTree['kind']> {
    const kind = this.#isSeen(path) ? this.tree.kind(path) : 'none';
    if (kind !== 'file') this.noted.add(path);
    return kind;
  }

  read(path: string): SourceText | undefined {
    this.noted.add(path);
    return this.#isSeen(path) ? this.tree.read(path) : undefined;
  }

  readBytes(path: string): Uint8Array | undefined {
    this.noted.add(path);
    return this.#isSeen(path) ? this.tree.readBytes(path) : undefined;
  }

  list(path: string): readonly string[] {
    this.noted.add(path);
    return this.#isSeen(path) ? this.tree.list(path) : [];
  }

  realPath(path: string): string {
    return this.tree.realPath(path);
  }
}
