/** The state of one build while it runs: what was found wrong, what is missing, what was looked at, which schema holds. */
import { Problems, type Place } from '../base/problem.js';
import type { SourceText } from '../base/source.js';
import type { ObjectSchema } from '../objects/schema.js';
import type { BuildRequest } from './build.js';
import type { BuildCache, FinishedBase } from './buildCache.js';
import type { MergeConfigs } from './accumulator.js';
import type { ChartEntry } from './charts/chartEntry.js';
import { inflateChart, type ChartWorld } from './charts/inflateChart.js';
import type { GeneratorContext } from './context.js';
import type { Text } from './kustomization.js';
import { reportLoadFailure } from './loadFailure.js';
import { ObservedTree, resolveFile, type Loader } from './loader.js';
import { parseRemoteEntry } from './remote.js';
import type { Lack } from '../objects/rendering.js';
import type { Resource } from './resource.js';
import type { Target } from './target.js';

/** A schema that a kustomization chose holds for the whole build, from the moment it is read. */
interface SchemaChoice {
  chosen: ObjectSchema | undefined;
}

/** What a remote entry was fetched to. */
type FoundRemote = { readonly kind: 'file'; readonly source: SourceText } | { readonly kind: 'folder'; readonly loader: Loader };

export class Build {
  readonly problems = new Problems();
  readonly lacks: Lack[] = [];
  /** The folders that were entered. */
  readonly roots = new Set<string>();
  readonly tree: ObservedTree;
  /** True once a kustomization inside chose a schema: what came out holds only for this build. */
  setsSchema = false;
  /** True once the namespace of what includes this decided something. */
  usesOuterNamespace = false;
  readonly #schema: SchemaChoice;

  /** @param base the build of which this is a base with problems, lacks and looks of its own */
  constructor(
    readonly request: BuildRequest,
    base?: Build,
  ) {
    this.tree = new ObservedTree(request.tree);
    this.#schema = base ? base.#schema : { chosen: undefined };
  }

  get cache(): BuildCache {
    return this.request.cache;
  }

  /** Merges field specifications, each pair of configurations once. */
  readonly mergeConfigs: MergeConfigs = (into, config, problems) => this.cache.mergeConfigs(into, config, problems);

  /** The state for a base that is to be kept. */
  startBase(): Build {
    return new Build(this.request, this);
  }

  /** Adds what building a base found, now or earlier. */
  takeOver(base: Omit<FinishedBase, 'accumulator'>): void {
    this.problems.addAll(base.problems);
    this.lacks.push(...base.lacks);
    this.tree.noteAll(base.seen);
    for (const root of base.roots) this.roots.add(root);
    this.usesOuterNamespace ||= base.usesOuterNamespace;
  }

  get schemaIsChosen(): boolean {
    return this.#schema.chosen !== undefined;
  }

  chooseSchema(schema: ObjectSchema): void {
    this.#schema.chosen = schema;
    this.setsSchema = true;
  }

  /** A base can be shared between builds unless it depends on how it was reached. */
  canShareBases(target: Target): boolean {
    return !target.origin && !this.schemaIsChosen;
  }

  /** What tells two builds of the same folder apart. */
  baseKey(loader: Loader): string {
    return [
      loader.limits.restricted ? 'restricted' : 'open',
      this.request.options.enableHelm ? 'helm' : '',
      (loader.limits.boundary ?? []).join(':'),
      loader.repositoryRoot ?? '',
      loader.root,
    ].join(' ');
  }

  /** What the steps of the kustomization at `loader` are handed. */
  contextOf(loader: Loader): GeneratorContext {
    const resolve = (from: string, path: string, place: Place): string | undefined => {
      const resolved = resolveFile(this.tree, from, path, loader.limits);
      if (typeof resolved === 'string') return resolved;
      reportLoadFailure(this.problems, { source: place.source, start: place.start, end: place.end, value: path }, resolved);
      return undefined;
    };
    const locate = (from: string, path: string, place: Place): string | undefined => {
      if (parseRemoteEntry(path)?.kind !== 'file') return resolve(from, path, place);
      const found = this.request.fetched?.(path);
      if (!found) this.#lack('remote-file', path, place);
      return found?.path;
    };
    return {
      problems: this.problems,
      schema: this.#schema.chosen ?? this.cache.schema,
      tree: this.tree,
      parse: (source) => this.cache.parse(source),
      parseInline: (scalar, embed) => this.cache.parseInline(scalar, embed),
      load: (from, path, place) => {
        const found = locate(from, path, place);
        return found === undefined ? undefined : this.tree.read(found);
      },
      loadBytes: (from, path, place) => {
        const found = locate(from, path, place);
        return found === undefined ? undefined : this.tree.readBytes(found);
      },
      inflateChart: (entry) => this.#inflateChart(loader, entry),
    };
  }

  /** Where a remote entry was fetched to; `lacking` (and reported) where it wasn't; undefined for a local entry. */
  findRemote(loader: Loader, entry: Text): FoundRemote | 'lacking' | undefined {
    const remote = parseRemoteEntry(entry.value);
    if (!remote) return undefined;
    if (remote.kind === 'repository' && this.tree.kind(`${loader.root}/${entry.value}`) === 'file') return undefined;
    const found = this.request.fetched?.(entry.value);
    if (!found) {
      this.#lack(remote.kind === 'file' ? 'remote-file' : 'remote-folder', entry.value, entry);
      return 'lacking';
    }
    const source = this.tree.kind(found.path) === 'file' ? this.tree.read(found.path) : undefined;
    return source ? { kind: 'file', source } : { kind: 'folder', loader: loader.enterFetched(found.path, found.root) };
  }

  /** The objects of a chart; where nothing that it was made of has changed, those of the build before. */
  #inflateChart(loader: Loader, entry: ChartEntry): readonly Resource[] | undefined {
    const { helmKubeVersion, helmApiVersions } = this.request.options;
    const stamp = JSON.stringify([this.baseKey(loader), entry.namespace?.value, helmKubeVersion, helmApiVersions]);
    const kept = this.schemaIsChosen ? undefined : this.cache.chart(entry.node, stamp, this.tree.tree);
    if (kept) {
      this.takeOver(kept);
      return kept.resources?.map((resource) => resource.copy());
    }
    const inner = this.startBase();
    const resources = inflateChart(entry, inner.#chartWorld(loader));
    const made = { problems: inner.problems.list, lacks: inner.lacks, seen: inner.tree.seen, roots: inner.roots, usesOuterNamespace: false };
    this.takeOver(made);
    if (inner.lacks.length === 0 && !this.schemaIsChosen) {
      this.cache.keepChart(entry.node, this.tree.tree, { ...made, stamp, resources: resources?.map((resource) => resource.copy()) });
    }
    return resources;
  }

  #chartWorld(loader: Loader): ChartWorld {
    const { enableHelm, renderChart, helmKubeVersion, helmApiVersions = [] } = this.request.options;
    return {
      context: this.contextOf(loader),
      folder: loader.root,
      limits: loader.limits,
      enableHelm,
      renderChart,
      kubeVersion: helmKubeVersion,
      apiVersions: helmApiVersions,
      findFetched: (spec, place) => {
        const found = this.request.fetched?.(spec);
        if (!found) this.#lack('chart', spec, place);
        return found;
      },
    };
  }

  #lack(kind: Lack['kind'], spec: string, place: Place): void {
    this.lacks.push({ kind, spec, location: place.source.locate(place.start, place.end) });
    this.problems.error('kustomize/not-fetched', `${spec} is remote and was not fetched yet; fetch it to render this.`, place);
  }
}
