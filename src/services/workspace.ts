/**
 * The workspace as it changes: folders on disk under open buffers, which kustomizations there are, what they render to.
 * Each change leads to another state; a state itself does not change, but for the renderings that it makes when asked.
 */
import type { FileTree } from '../core/base/fileTree.js';
import type { SourceText } from '../core/base/source.js';
import { joinPath } from '../core/base/path.js';
import { findRepositoryTop } from '../core/gitops/readRepository.js';
import type { Environment } from '../core/gitops/delivery.js';
import type { WorkspaceSettings } from '../core/gitops/settings.js';
import type { BuildOptions } from '../core/kustomize/build.js';
import type { RenderChart } from '../core/objects/chartInputs.js';
import type { ParsedYaml } from '../core/yaml/parse.js';
import { Failure } from './failure.js';
import { GitStates } from './gitStates.js';
import { ChartRenderings, inputsOf, renderChartOf, type ChartPlan, type ChosenInputs } from './chartRenderings.js';
import { Delivery, type DeliveryState } from './delivery.js';
import { findDeliveryAt, lookInRounds, type DeliveryAt } from './deliveryAt.js';
import { EditedDelivery, type EditedDeliveryOptions } from './editedDelivery.js';
import { RootNamer, type FoundKustomization, type Root } from './kustomizationRoots.js';
import { WorkspaceIndex, type KustomizationPlace } from './workspaceIndex.js';
import type { BufferedTree, CommitFacts, GitRepositories, GitState, RefFacts, RevisionTree } from './ports.js';
import type { RemoteBases } from './remoteBases.js';
import type { TimedRendering } from './renderingMemo.js';
import { Renderings } from './renderings.js';
import { RevisionTrees } from './revisionTrees.js';
import { hasSameFiles } from './sameFiles.js';
import { renderRevision, type RevisionRendering } from './renderRevision.js';

export interface WorkspaceOptions {
  readonly tree: BufferedTree;
  readonly folders: readonly string[];
  readonly repositories: GitRepositories;
  /** Undefined where nothing may be fetched and nothing fetched be used. */
  readonly remoteBases: RemoteBases | undefined;
  /** A clock in milliseconds, for what a rendering took. */
  readonly now: () => number;
  /** True where the whole disk may be read, as on a command line; else the workspace's repositories alone. */
  readonly readsAnywhere?: true;
  readonly build?: Pick<BuildOptions, 'loadRestrictor' | 'enableHelm'>;
  /** Renders charts; where it is missing they are not rendered. */
  readonly renderChart?: RenderChart;
}

/** One state of the workspace. */
export interface WorkspaceState {
  readonly tree: FileTree;
  readonly folders: readonly string[];
  /** All kustomizations, environments first; the same list until one of them gets another name or role. */
  readonly roots: readonly Root[];
  /** How the workspace is delivered. Found when asked for the first time. */
  readonly delivery: DeliveryState;
  /** Folders with a chart, sorted. */
  readonly charts: readonly string[];
  /** All YAML files, sorted. */
  readonly yamlFiles: readonly string[];
  /** Open buffers whose text differs from the disk. */
  readonly unsaved: readonly string[];
  /** Renders a folder; the same object as long as nothing that it read changes. */
  readonly render: (folder: string) => TimedRendering;
  /** Renders a chart as `helm template` prints it, with inputs that somebody chose, or with those of an environment; kept in the same way. */
  readonly renderChart: (folder: string, inputs: ChosenInputs | Environment) => TimedRendering;
  /** The folders whose rendering read `path` or looked for it, as far as they were rendered. */
  readonly usersOf: (path: string) => readonly string[];
  /** The parsed form of a file; undefined where there is none. */
  readonly parse: (path: string) => ParsedYaml | undefined;
}

/** A rendering at a revision, with the files there. */
export interface TimedRevisionRendering extends RevisionRendering, TimedRendering {
  readonly parse: (path: string) => ParsedYaml | undefined;
}

export interface FetchResult {
  readonly spec: string;
  /** The commit or content that it is pinned to, or why there is none. */
  readonly outcome: string | Failure;
}

/** A comparison needs two, and mostly one of these again. */
const mostDeliveriesKept = 3;

export class Workspace {
  readonly #options: WorkspaceOptions;
  readonly #renderings: Renderings;
  readonly #index: WorkspaceIndex;
  readonly #revisionTrees: RevisionTrees;
  readonly #namer = new RootNamer();
  readonly #delivery: Delivery;
  readonly #charts: ChartRenderings;
  readonly #gitStates: GitStates;
  #kustomizations: { readonly tree: BufferedTree; readonly places: readonly KustomizationPlace[]; readonly found: readonly FoundKustomization[] } | undefined;
  #committed: { readonly of: unknown; readonly read: (path: string) => SourceText | undefined } | undefined;
  /** By commit, the latest at the end. */
  readonly #deliveriesAt = new Map<string, { readonly found: DeliveryAt; readonly settings: WorkspaceSettings }>();
  #tree: BufferedTree;
  #folders: readonly string[];
  #state: WorkspaceState | undefined;
  #edited: { readonly of: WorkspaceState | undefined; readonly tree: FileTree; readonly edited: EditedDelivery } | undefined;

  constructor(options: WorkspaceOptions) {
    this.#options = options;
    this.#tree = options.tree;
    this.#folders = options.folders;
    this.#revisionTrees = new RevisionTrees(options.repositories);
    this.#index = new WorkspaceIndex(this.#tree, options.folders);
    this.#renderings = new Renderings({
      build: this.#withBoundary(options.build ?? { loadRestrictor: 'rootOnly', enableHelm: false }),
      now: options.now,
      ...(options.remoteBases && { fetched: options.remoteBases.fetched }),
    });
    this.#delivery = new Delivery(this.#renderings, options.now);
    this.#charts = new ChartRenderings(this.#renderings, options.now);
    this.#gitStates = new GitStates(options.repositories);
  }

  /** The present state; the same object until something changes. */
  get state(): WorkspaceState {
    if (this.#state) return this.#state;
    const [tree, folders, renderings, index, deliveryService] = [this.#tree, this.#folders, this.#renderings, this.#index, this.#delivery];
    const { roots, facts } = this.#namer.name(this.#readKustomizations(), folders);
    let delivery: DeliveryState | undefined;
    const charts = this.#charts;
    return (this.#state = {
      tree,
      folders,
      roots,
      charts: index.charts,
      yamlFiles: index.yamlFiles,
      unsaved: tree.unsaved,
      get delivery() {
        return (delivery ??= deliveryService.at({ tree, folders, kustomizations: facts, charts: index.charts, yamlFiles: index.yamlFiles }));
      },
      render: (folder) => renderings.render(folder, tree),
      renderChart(folder, inputs) {
        return charts.render(folder, inputs, this);
      },
      usersOf: (path) => [...renderings.usersOf(path)],
      parse: (path) => renderings.parse(path, tree),
    });
  }

  /** All kustomizations as they stand; the same list where none of them changed. */
  #readKustomizations(): readonly FoundKustomization[] {
    const [tree, renderings, { places }] = [this.#tree, this.#renderings, this.#index];
    const read = (place: KustomizationPlace): FoundKustomization => ({ ...place, node: renderings.parse(place.file, tree)?.documents[0]?.root });
    const known = this.#kustomizations;
    const changed = known?.places === places ? tree.changesSince?.(known.tree) : undefined;
    const isChanged = changed && known?.found.some(({ file }) => changed.has(file));
    const found = known && changed ? (isChanged ? known.found.map((each) => (changed.has(each.file) ? read(each) : each)) : known.found) : places.map(read);
    this.#kustomizations = { tree, places, found };
    return found;
  }

  /** True where the workspace has more folders than are looked at. */
  get isIncomplete(): boolean {
    return this.#index.isIncomplete;
  }

  /** Lays the text of an open buffer over the disk; undefined when it was closed. */
  setBuffer(path: string, text: string | undefined): void {
    const next = this.#tree.withBuffer(path, text);
    if (next === this.#tree) return;
    const mayFind = this.#tree.kind(path) !== next.kind(path);
    this.#tree = next;
    if (mayFind) this.#updateIndex([path]);
    this.#delivery.noteChanges(next, [path]);
    this.#state = undefined;
  }

  /** Takes in that these files or folders were created, changed or deleted on disk. */
  noteChanges(paths: readonly string[]): void {
    if (paths.length === 0) return;
    this.#tree = this.#tree.withChanges(paths);
    this.#updateIndex(paths);
    this.#delivery.noteChanges(this.#tree, paths);
    this.#state = undefined;
  }

  setFolders(folders: readonly string[]): void {
    this.#folders = folders;
    this.#renderings.setOptions(this.#withBoundary(this.#renderings.options));
    this.#index.setFolders(this.#tree, folders);
    this.#dropOldRenderings();
    this.#state = undefined;
  }

  setBuildOptions(options: BuildOptions): void {
    const { loadRestrictor, enableHelm } = this.#renderings.options;
    if (options.loadRestrictor === loadRestrictor && options.enableHelm === enableHelm) return;
    this.#renderings.setOptions(this.#withBoundary(options));
    this.#state = undefined;
  }

  /** What the editor's settings say about delivery and rules. */
  setEditorSettings(settings: WorkspaceSettings): void {
    const { forgePullRequests } = this.#delivery.editorSettings;
    this.#delivery.setEditorSettings({ ...settings, forgePullRequests });
    this.#state = undefined;
  }

  /** What forges said of open pull requests, by the key of what was asked. */
  setForgePullRequests(forgePullRequests: WorkspaceSettings['forgePullRequests']): void {
    this.#delivery.setEditorSettings({ ...this.#delivery.editorSettings, forgePullRequests });
    this.#state = undefined;
  }

  /** With what renderings may read: the repositories that the workspace's folders are in, or these folders alone. */
  #withBoundary({ loadRestrictor, enableHelm }: BuildOptions): BuildOptions {
    const { readsAnywhere, renderChart } = this.#options;
    const options = { loadRestrictor, enableHelm, ...(renderChart && { renderChart }) };
    if (readsAnywhere) return options;
    return { ...options, boundary: this.#folders.map((folder) => findRepositoryTop(this.#tree, this.#tree.realPath(folder)) ?? folder) };
  }

  /** Renders a folder as it is at a git revision. Rejects with a {@link Failure}. */
  async renderAt(folder: string, revision: string, signal: AbortSignal): Promise<TimedRevisionRendering> {
    const { remoteBases, now } = this.#options;
    const start = now();
    const renderings = this.#renderings;
    const revisionRendering = await renderRevision(
      {
        trees: this.#revisionTrees,
        revision,
        folder: this.#tree.realPath(folder),
        options: renderings.options,
        cache: renderings.cache,
        disk: this.#tree,
        ...(remoteBases && { fetched: remoteBases.fetched }),
      },
      signal,
    );
    return { ...revisionRendering, milliseconds: now() - start, parse: (path) => renderings.parse(path, revisionRendering.tree) };
  }

  /** Renders a chart with inputs that somebody chose, as it is at a git revision. Rejects with a {@link Failure}. */
  async renderChartAt(folder: string, chosen: ChosenInputs, revision: string, signal: AbortSignal): Promise<TimedRevisionRendering> {
    const start = this.#options.now();
    const { options, cache, fetched } = this.#renderings;
    const inputs = inputsOf({ ...chosen, values: chosen.values.map((path) => this.#tree.realPath(path)) });
    const answer = await renderRevision(
      {
        trees: this.#revisionTrees,
        revision,
        folder: this.#tree.realPath(folder),
        options,
        cache,
        disk: this.#tree,
        ...(fetched && { fetched }),
        render: (request) => renderChartOf(request, inputs),
      },
      signal,
    );
    return { ...answer, milliseconds: this.#options.now() - start, parse: (path) => this.#renderings.parse(path, answer.tree) };
  }

  /** Renders a chart of a snapshot as planned, without what its operator does to the objects afterwards. */
  renderPlannedChart(tree: FileTree, { folder, chart }: ChartPlan): TimedRendering {
    const start = this.#options.now();
    const { options, fetched } = this.#renderings;
    const rendering = renderChartOf({ tree, folder, options, ...(fetched && { fetched }) }, chart);
    return { rendering, milliseconds: this.#options.now() - start };
  }

  /** Whether these files are as they were at a git revision. Rejects with a {@link Failure}. */
  hasSameFiles(folder: string, revision: string, paths: Iterable<string>, signal: AbortSignal): Promise<boolean> {
    return hasSameFiles({ trees: this.#revisionTrees, revision, folder: this.#tree.realPath(folder), paths, now: this.#tree }, signal);
  }

  /** How the workspace is delivered at a git revision. Rejects with a {@link Failure}. */
  async deliveryAt(revision: string, signal: AbortSignal): Promise<DeliveryAt> {
    const { remoteBases, now } = this.#options;
    const { options, cache } = this.#renderings;
    const [trees, folders, disk, editorSettings] = [this.#revisionTrees, this.#folders, this.#tree, this.#delivery.editorSettings];
    const request = { trees, revision, folders, options, cache, disk, editorSettings, now, ...(remoteBases && { fetched: remoteBases.fetched }) };
    const known = this.#deliveriesAt.get(revision);
    // A name may stand for another commit by now; a commit never changes, and its tree is kept.
    if (known?.settings === editorSettings && /^[0-9a-f]{40,64}$/.test(revision)) return known.found;
    const found = await findDeliveryAt(request, signal);
    this.#deliveriesAt.delete(revision);
    this.#deliveriesAt.set(found.commit, { found, settings: editorSettings });
    for (const oldest of this.#deliveriesAt.keys()) {
      if (this.#deliveriesAt.size <= mostDeliveriesKept) break;
      this.#deliveriesAt.delete(oldest);
    }
    return found;
  }

  /** The files as they stand, for edits that are tried on them. */
  get edited(): EditedDelivery {
    const { tree, folders } = this.state;
    if (this.#edited?.tree !== tree || this.#edited.of !== this.#state) this.#edited = { tree, of: this.#state, edited: new EditedDelivery(tree, folders, this.#editedOptions) };
    return this.#edited.edited;
  }

  /** The files of a commit of the repository at `top`, for the same. Rejects with a {@link Failure}. */
  editedAt(top: string, commit: string, signal: AbortSignal): Promise<EditedDelivery> {
    return this.#revisionTrees.use({ folder: top, revision: commit }, (tree) => this.editedOn(tree, signal), signal);
  }

  /** The same for a tree that is open. */
  async editedOn(tree: RevisionTree, signal: AbortSignal): Promise<EditedDelivery> {
    const [disk, folders] = [this.#tree, this.#folders];
    return (await lookInRounds({ ...this.#editedOptions, disk, folders }, tree, signal)).edited;
  }

  get #editedOptions(): EditedDeliveryOptions {
    const { remoteBases, now } = this.#options;
    const { options, cache } = this.#renderings;
    return { options, cache, editorSettings: this.#delivery.editorSettings, now, ...(remoteBases && { fetched: remoteBases.fetched }) };
  }

  /** The commit at which two revisions part: against which a branch is compared. Rejects with a {@link Failure}. */
  async mergeBase(a: string, b: string, signal: AbortSignal): Promise<string> {
    const { repositories } = this.#options;
    const [folder] = this.#folders;
    const top = folder === undefined ? undefined : await repositories.topOf(this.#tree.realPath(folder), signal);
    if (top === undefined) throw new Failure('git/no-repository', 'The workspace is in no git repository.', 'Open a folder that is under git.');
    return repositories.mergeBase(top, a, b, signal);
  }

  /** The refs of the repository that holds `folder`, and the latest commits that touch it. Rejects with a {@link Failure}. */
  async revisions(folder: string, signal: AbortSignal): Promise<{ readonly refs: readonly RefFacts[]; readonly commits: readonly CommitFacts[] }> {
    const { repositories } = this.#options;
    const real = this.#tree.realPath(folder);
    const top = await repositories.topOf(real, signal);
    if (top === undefined) throw new Failure('git/no-repository', `${folder} is in no git repository.`, 'Open a folder that is under git.');
    const [refs, commits] = await Promise.all([repositories.refsOf(top, signal), repositories.commitsOf(top, real, 50, signal)]);
    return { refs, commits };
  }

  /** What git said last of the repository at `top`; undefined where it wasn't asked or can't be read. */
  gitState(top: string): GitState | undefined {
    return this.#gitStates.of(top);
  }

  /** Asks git again about the workspace's repositories, or forgets what it said where it may not be asked. True where that differs. */
  async refreshGit(isAllowed: boolean, signal: AbortSignal): Promise<boolean> {
    if (!isAllowed) return this.#gitStates.forget();
    const { repositories } = this.state.delivery.model;
    return this.#gitStates.refresh(
      repositories.map(({ top }) => top).filter((top) => this.#tree.kind(joinPath(top, '.git')) !== 'none'),
      this.#tree.unsaved,
      signal,
    );
  }

  /** Files as they were last committed; undefined where git wasn't asked. The same function until git says something else. */
  get committed(): ((path: string) => SourceText | undefined) | undefined {
    const states = this.#gitStates;
    if (!states.isKnown) return undefined;
    const known = this.#committed;
    if (known && known.of === states.generation) return known.read;
    const read = (path: string): SourceText | undefined => states.committedText(path, this.#tree);
    this.#committed = { of: states.generation, read };
    return read;
  }

  /** Fetches remote entries, each on its own: one that fails keeps no other from coming. Rejects only when cancelled. */
  async fetch(specs: readonly string[], signal: AbortSignal): Promise<readonly FetchResult[]> {
    const { remoteBases } = this.#options;
    const results: FetchResult[] = [];
    let replaced = false;
    for (const spec of specs) {
      const before = remoteBases?.fetched(spec);
      try {
        if (!remoteBases) throw new Failure('remote/unreachable', 'There is no folder to fetch into.', 'Start the server with a cache folder.');
        const { version, path } = await remoteBases.fetch(spec, signal);
        if (before && before.path !== path) replaced = true;
        results.push({ spec, outcome: version });
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        results.push({ spec, outcome: error });
      }
    }
    // What was looked for in the cache before it was fetched was remembered as missing.
    const copies = specs.flatMap((spec) => remoteBases?.fetched(spec)?.root ?? []);
    this.#tree = this.#tree.withChanges(copies);
    if (replaced) this.#renderings.forgetAll();
    else this.#renderings.forgetLacking();
    this.#state = undefined;
    return results;
  }

  #updateIndex(paths: readonly string[]): void {
    const before = this.#index.places;
    this.#index.update(this.#tree, paths);
    if (this.#index.places !== before) this.#dropOldRenderings();
  }

  #dropOldRenderings(): void {
    this.#renderings.keepOnly(new Set(this.#index.places.map(({ folder }) => folder)));
  }
}
