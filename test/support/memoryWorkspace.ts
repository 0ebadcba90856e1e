/** A workspace in memory for tests of the server: every change makes a new snapshot, every model renders for itself. */
import { MemoryTree } from '../../src/core/base/fileTree.js';
import { joinPath, parentPath } from '../../src/core/base/path.js';
import { buildKustomization } from '../../src/core/kustomize/build.js';
import { BuildCache } from '../../src/core/kustomize/buildCache.js';
import { isKustomizationFile } from '../../src/server/kustomizationFile.js';
import type { Model } from '../../src/server/model.js';
import type { TimedRendering } from '../../src/services/renderingMemo.js';
import type { FailureWords, FetchAnswer, Revision } from '../../src/server/protocol.js';
import { Delivery, type DeliveryState } from '../../src/services/delivery.js';
import { noSettings } from '../../src/core/gitops/settings.js';
import { EditedDelivery } from '../../src/services/editedDelivery.js';
import { chartTools } from '../../src/adapters/charts/chartTools.js';
import { chartRenderer } from '../../src/core/helm/renderChart.js';
import { ChartRenderings } from '../../src/services/chartRenderings.js';
import { RootNamer } from '../../src/services/kustomizationRoots.js';
import { Renderings } from '../../src/services/renderings.js';
import type { WorkspaceSource } from '../../src/server/workspaceSource.js';

/** What a test may lay in place of git and the network. */
export interface MemoryWorkspaceOptions {
  readonly folders: readonly string[];
  /** Files by revision. */
  readonly revisions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export class MemoryWorkspace implements WorkspaceSource {
  readonly fetchedSpecs: string[] = [];
  readonly editable = undefined;
  readonly #cache = new BuildCache();
  readonly #buffers = new Map<string, string>();
  readonly #options: MemoryWorkspaceOptions;
  #files: Readonly<Record<string, string>>;
  #folders: readonly string[];
  #known: readonly string[];
  #tree: MemoryTree;
  #model: Model | undefined;
  #loadRestrictor: 'rootOnly' | 'none' = 'rootOnly';

  constructor(files: Readonly<Record<string, string>>, options: MemoryWorkspaceOptions) {
    this.#files = files;
    this.#options = options;
    this.#folders = options.folders;
    this.#tree = new MemoryTree(files);
    this.#known = Object.keys(files);
  }

  /** Writes a file to the "disk"; undefined deletes it. The server hears of it by noteChanges. */
  write(path: string, text: string | undefined): void {
    const { [path]: _, ...others } = this.#files;
    this.#files = text === undefined ? others : { ...others, [path]: text };
    this.#renew();
  }

  model(): Model {
    return (this.#model ??= makeModel(this.#tree, this.#folders, this.#cache, this.#loadRestrictor));
  }

  setBuffer(path: string, text: string | undefined): void {
    if (text === undefined) this.#buffers.delete(path);
    else this.#buffers.set(path, text);
    this.#renew();
  }

  noteChanges(): void {
    this.#renew();
  }

  setFolders(folders: readonly string[]): void {
    this.#folders = folders;
    this.#renew();
  }

  setWorkspaceSettings(): void {
    this.#renew();
  }

  setForgePullRequests(): void {
    this.#renew();
  }

  setLoadRestrictor(loadRestrictor: 'rootOnly' | 'none'): void {
    this.#loadRestrictor = loadRestrictor;
    this.#renew();
  }

  deliveryAt(): ReturnType<WorkspaceSource['deliveryAt']> {
    return Promise.resolve({ code: 'git/no-repository', message: 'There is no repository in memory.' });
  }

  mergeBase(): ReturnType<WorkspaceSource['mergeBase']> {
    return Promise.resolve({ code: 'git/no-repository', message: 'There is no repository in memory.' });
  }

  hasSameFiles(): ReturnType<WorkspaceSource['hasSameFiles']> {
    return Promise.resolve({ code: 'git/no-repository', message: 'There is no repository in memory.' });
  }

  renderAt({ folder, revision }: Parameters<WorkspaceSource['renderAt']>[0]): ReturnType<WorkspaceSource['renderAt']> {
    const files = this.#options.revisions?.[revision];
    if (!files) return Promise.resolve({ code: 'git/unknown-revision', message: `There is no revision ${revision}.` });
    const model = makeModel(new MemoryTree(files), this.#folders, this.#cache, this.#loadRestrictor);
    return Promise.resolve({ ...model.render(folder), model });
  }

  revisions(): Promise<readonly Revision[] | FailureWords> {
    return Promise.resolve(Object.keys(this.#options.revisions ?? {}).map((name) => ({ name, kind: 'branch' as const, description: '' })));
  }

  fetch(specs: readonly string[]): Promise<FetchAnswer> {
    this.fetchedSpecs.push(...specs);
    return Promise.resolve({ fetched: specs.map((spec) => ({ spec, commit: undefined })), failures: [] });
  }

  edited(): EditedDelivery {
    const options = { loadRestrictor: this.#loadRestrictor, enableHelm: false, renderChart: chartRenderer(chartTools) };
    return new EditedDelivery(this.#tree, this.#folders, { options, cache: this.#cache, editorSettings: noSettings, now: () => 0 });
  }

  unsaved(): readonly string[] {
    return [...this.#buffers].flatMap(([path, text]) => (this.#files[path] === text ? [] : [path]));
  }

  committed(): undefined {
    return undefined;
  }

  gitState(): undefined {
    return undefined;
  }

  refreshGit(): Promise<boolean> {
    return Promise.resolve(false);
  }

  #renew(): void {
    this.#model = undefined;
    const texts = new Map([...Object.entries(this.#files), ...this.#buffers]);
    const isGone = this.#known.some((path) => !texts.has(path));
    this.#known = [...texts.keys()];
    if (isGone) this.#tree = new MemoryTree(Object.fromEntries(texts));
    // Unchanged files keep their SourceText, as in any file tree.
    for (const [path, text] of texts) if (this.#tree.read(path)?.text !== text) this.#tree = this.#tree.with(path, text);
  }
}

function makeModel(tree: MemoryTree, folders: readonly string[], cache: BuildCache, loadRestrictor: 'rootOnly' | 'none'): Model {
  const all = folders.flatMap((folder) => [...listFiles(tree, folder)]);
  const files = all.filter(isKustomizationFile);
  const parse: Model['parse'] = (path) => {
    const source = tree.read(path);
    return source && cache.parse(source);
  };
  const { roots, facts } = new RootNamer().name(
    files.map((file) => ({ file, folder: parentPath(file), node: parse(file)?.documents[0]?.root })),
    folders,
  );
  const rendered = new Map<string, TimedRendering>();
  const render = (folder: string): TimedRendering => {
    const known = rendered.get(folder) ?? { rendering: buildKustomization({ tree, folder, cache, options: { loadRestrictor, enableHelm: false } }), milliseconds: 1 };
    rendered.set(folder, known);
    return known;
  };
  const yamlFiles = all.filter((path) => /\.ya?ml$/.test(path));
  const charts = all.filter((path) => path.endsWith('/Chart.yaml')).map(parentPath);
  let delivery: DeliveryState | undefined;
  const renderings = new Renderings({ build: { loadRestrictor, enableHelm: false, renderChart: chartRenderer(chartTools) }, now: () => 0 });
  const chartRenderings = new ChartRenderings(renderings, () => 0);
  return {
    yamlFiles,
    charts,
    renderChart(folder, inputs) {
      return chartRenderings.render(folder, inputs, this);
    },
    get delivery() {
      return (delivery ??= new Delivery(renderings, () => 0).at({ tree, folders, kustomizations: facts, charts, yamlFiles }));
    },
    tree,
    roots,
    parse,
    render,
    workspaceFolders: folders,
    rootOf: (folder) => roots.find((root) => root.folder === folder),
    usersOf: (path) => roots.filter((root) => render(root.folder).rendering.dependencies.has(path)),
  };
}

function* listFiles(tree: MemoryTree, folder: string): Generator<string> {
  for (const name of tree.list(folder)) {
    const path = joinPath(folder, name);
    if (tree.kind(path) === 'directory') yield* listFiles(tree, path);
    else yield path;
  }
}
